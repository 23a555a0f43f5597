"""The meters of machines under each way of buying them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from pricing.fact import FactError, Facts, nearest
from pricing.machines import PURCHASES, TERMS, Machines, Quote, letters
from pricing.rate import About, MachineRate, Rate
from pricing.scale import Mask

BASE = "base_machine_hours"
ABOVE = "above_base_machine_hours"
UNUSED = "unused_committed_machine_hours"
SUSTAINED = "sustained_base_machine_hours"
SUSTAINED_ABOVE = "sustained_above_base_machine_hours"
CONTROL_PLANE = "control_plane_machine_hours"
PAYING = {term: f"paying_{term}_machine_hours" for term in TERMS}
NODE_FEE = "managed_machine_hours"

LABELS = {
    BASE: "machines that always run",
    ABOVE: "machines above those that always run",
    UNUSED: "committed machines while they are not needed",
    SUSTAINED: "sustained-use discount on machines that always run",
    SUSTAINED_ABOVE: "sustained-use discount on machines above them",
    CONTROL_PLANE: "control plane on machines of one's own",
    PAYING["1y"]: "saved by a year's commitment on machines above those that always run, where it pays",
    PAYING["3y"]: "saved by three years' commitment on machines above those that always run, where it pays",
    NODE_FEE: "the vendor's fee on running machines",
}
UNIT = "machine-hour"

# Facts: the name of a fee by the letters that a family begins with, and the fee of all other families.
NODE_FEE_FAMILIES, NODE_FEE_SHARE = "node_fee_families", "node_fee_share"

# purchase -> meter -> (price list, sign): a discount line is a price below zero
METERS: dict[str, dict[str, tuple[str, float]]] = {
    "on-demand": {
        BASE: ("on-demand", 1.0),
        ABOVE: ("on-demand", 1.0),
        SUSTAINED: ("on-demand", -1.0),
        SUSTAINED_ABOVE: ("on-demand", -1.0),
    },
    "spot": {BASE: ("spot", 1.0), ABOVE: ("spot", 1.0)},
} | {
    purchase: meters
    for term in TERMS
    for purchase, meters in (
        (
            f"{term}-base",
            {
                BASE: (term, 1.0),
                ABOVE: ("on-demand", 1.0),
                SUSTAINED_ABOVE: ("on-demand", -1.0),
                PAYING[term]: (term, -1.0),
            },
        ),
        (f"{term}-peak", {BASE: (term, 1.0), ABOVE: (term, 1.0), UNUSED: (term, 1.0)}),
    )
}


def check_purchases(purchases: Sequence[str]) -> None:
    """Refuse a purchase that nobody offers."""
    for purchase in purchases:
        if purchase not in METERS:
            raise FactError("purchases", purchase, f"there is no such purchase{nearest(purchase, PURCHASES)}")


def drawn_on(purchase: str) -> tuple[str, ...]:
    """The price lists that a purchase draws on, each once."""
    return tuple(dict.fromkeys(term for term, _ in METERS[purchase].values()))


def sold_by(machines: Machines, purchase: str) -> Mask:
    """Whether each machine is sold by every price list that the purchase draws on, known price or not. (machines,)."""
    sold = np.ones(len(machines), dtype=np.bool_)
    for term in drawn_on(purchase):
        if term in machines.sold:
            sold = sold & machines.sold[term]
    return sold


def machine_lists(
    machines: Machines, purchases: Sequence[str], spot_allowance: Callable[[], float]
) -> dict[str, dict[str, Rate]]:
    """Purchase -> meter -> rate. Meters at the same price in two lists share one rate.

    Spot machines are asked for again after each interruption: `spot_allowance` is that share of extra hours.
    """
    made: dict[tuple[str, str, float], Rate] = {}

    def rate(meter: str, term: str, sign: float) -> Rate:
        if (meter, term, sign) not in made:
            factor = sign * (1.0 + spot_allowance()) if term == "spot" else sign
            made[meter, term, sign] = MachineRate(_about(meter, machines, term), machines.usd_per_hour[term] * factor)
        return made[meter, term, sign]

    return {
        purchase: {meter: rate(meter, *priced) for meter, priced in METERS[purchase].items()} for purchase in purchases
    }


def control_plane_rates(machine: Machines, purchases: Sequence[str]) -> dict[str, Rate]:
    """Purchase -> rate of the machine type that a control plane of one's own runs on.

    It always runs, so it is bought as the machines are that do; but never on spot, which would take it away.
    """
    terms = {purchase: "on-demand" if purchase == "spot" else METERS[purchase][BASE][0] for purchase in purchases}
    rates = {term: _control_plane_rate(machine, term) for term in terms.values()}
    return {purchase: rates[term] for purchase, term in terms.items()}


def _control_plane_rate(machine: Machines, term: str) -> Rate:
    about = _about(CONTROL_PLANE, machine, term)
    return MachineRate(about._replace(label=f"{about.label}, {machine.names[0]}"), machine.usd_per_hour[term])


def node_fee_rate(machines: Machines, facts: Facts) -> Rate:
    """A fee that the vendor takes for running a machine: a share of its price on demand, however it was bought."""
    families = facts[NODE_FEE_FAMILIES]
    names = [families.get(letters(family), NODE_FEE_SHARE) for family in machines.family]
    shares = np.array([facts.number(name) for name in names])
    fact = facts.fact(names[0] if names else NODE_FEE_SHARE)
    about = _about(NODE_FEE, machines, "on-demand")._replace(
        source=fact.source, url=fact.url, date=fact.date, grade=fact.grade, rule=fact.rule
    )
    return MachineRate(about, machines.usd_per_hour["on-demand"] * shares)


def _about(meter: str, machines: Machines, term: str) -> About:
    """What the rate is for; for several machines, as vouched for as the oldest of their prices."""
    quotes = machines.quotes[term]
    oldest = min(quotes, key=lambda quote: str(quote.day or ""), default=Quote(0.0, "", "", "", ""))
    return About(
        meter=meter,
        label=LABELS[meter],
        unit=UNIT,
        role="principal",
        source=oldest.source,
        url=oldest.url,
        date=oldest.date,
        grade=oldest.grade,
        rule=oldest.rule,
        day=oldest.day,
        region=machines.region,
        stale=any(quote.stale for quote in quotes),
        sold=any(quote.sold for quote in quotes),
    )
