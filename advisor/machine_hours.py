"""Machine-hours of a month, split the way they are bought: those that always run, those above, those only committed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from advisor.capacity import CapacityPlan
from advisor.units import HOURS_PER_MONTH, Array
from pricing.machines import TERMS
from pricing.scale import MarginalScale

if TYPE_CHECKING:  # platforms count with this module
    from advisor.platforms.platform import Offer


class MachineHours(NamedTuple):
    """Machine-hours by meter, and those that really run. Shape (rows, machines)."""

    total: Array
    meters: Mapping[str, Array]


def machine_hours(plan: CapacityPlan, offer: Offer, committed_years: float) -> MachineHours:
    """Count the hours of the machines of every level.

    A commitment on the base pays the machines of the lowest level around the clock, and those above them that run long
    enough to be cheaper so; one on the peak pays all of them, whether they run or not. Sustained use is a discount on
    hours, by each machine's share of the month. What a service pays of machines that it shares is bought as if it were
    machines of its own, in fractions.
    """
    base, added, shares = plan.paid[0], plan.added, _shares_from_above(plan.hours)
    lasting_h = HOURS_PER_MONTH * shares[1:]
    above = _over_levels(lasting_h, added, base)
    meters = {"base_machine_hours": HOURS_PER_MONTH * base, "above_base_machine_hours": above}
    total = meters["base_machine_hours"] + above
    off = _discount_rates(offer.machines.family, offer.facts.get("sustained_use", {}), shares)
    if committed_years:
        meters["unused_committed_machine_hours"] = _over_levels(HOURS_PER_MONTH - lasting_h, added, base)
        for term, years in TERMS.items():
            if years <= committed_years:
                times = offer.machines.times_committed[term]
                meters[f"paying_{term}_machine_hours"] = _over_levels(_saved_h(times, shares, off), added, base)
    if off.any():
        meters |= _sustained(plan, meters, shares, off)
    return MachineHours(total, meters)


def _over_levels(hours_each: Iterable[float | Array], added: Sequence[Array], like: Array) -> Array:
    """Hours of the machines that each level adds to the one below it, in the shape of `like`. (rows, machines)."""
    total = np.zeros(like.shape)
    for hours, machines in zip(hours_each, added, strict=True):
        total += hours * machines
    return total


def _saved_h(times_committed: Array, shares: Array, off: Array) -> Array:
    """Committed hours of a month saved on a machine that is added at each level but the lowest, where it pays.

    It runs for a share s of the month, and is paid on demand, less sustained use, or all month at the committed price:
    min(s · on demand, committed), which more traffic cannot lower. Shape (levels - 1, machines).
    """
    saved = np.maximum(times_committed * shares[:, np.newaxis] * (1.0 - off) - 1.0, 0.0)
    return HOURS_PER_MONTH * saved[1:]


def least_share(offer: Offer) -> Array:
    """The least share of its list price that an hour of each machine comes to, as sustained use is discounted.

    Shape (machines,); 1 where nothing is. A discount grows with use, so that a whole month decides.
    """
    scales, families = offer.facts.get("sustained_use", {}), offer.machines.family
    whole = np.array([1.0])
    least = {family: float(MarginalScale.of(scales[family])(whole)[0]) for family in set(families) & scales.keys()}
    return np.array([least.get(family, 1.0) for family in families])


def _sustained(plan: CapacityPlan, meters: Mapping[str, Array], shares: Array, off: Array) -> Mapping[str, Array]:
    """Machine-hours that the sustained-use discount takes off.

    Machines that are added at a level run while it or a higher one lasts; the discount is a scale of that share.
    """
    granted = np.flatnonzero(off.any(axis=0))
    view = slice(granted[0], granted[-1] + 1)  # a view: a copy would cost more than all that follows
    off_h = HOURS_PER_MONTH * shares[1:, np.newaxis] * off[1:, view]
    base, above = np.zeros(plan.paid[0].shape), np.zeros(plan.paid[0].shape)
    base[:, view] = off[0, view] * meters["base_machine_hours"][:, view]
    above[:, view] = _over_levels(off_h, [machines[:, view] for machines in plan.added], base[:, view])
    return {"sustained_base_machine_hours": base, "sustained_above_base_machine_hours": above}


def _shares_from_above(hours: Sequence[float]) -> Array:
    """Share of the month in which each level or a higher one lasts; all of it for the lowest. Shape (levels,)."""
    shares = [1.0]
    for level_hours in hours[:-1]:
        shares.append(shares[-1] - level_hours / HOURS_PER_MONTH)
    return np.array(shares)


def _discount_rates(families: Sequence[str], scales: Mapping[str, Mapping[float, float]], shares: Array) -> Array:
    """What each machine's family takes off an hour of machines that run a share of the month. (levels, machines)."""
    granted = [family for family in scales if family in families]
    if not granted:
        return np.zeros((len(shares), len(families)))
    off = [1.0 - MarginalScale.of(scales[family])(shares) / shares for family in granted]
    position = [granted.index(family) + 1 if family in granted else 0 for family in families]
    return np.stack([np.zeros_like(shares), *off], axis=1)[:, position]
