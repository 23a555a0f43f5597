"""One variant of one option for one workload, with everything that led to its figure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from advisor.bill import MOST_BORROWED_SHARE, Bill, Status, Till
from advisor.capacity import CapacityPlan
from advisor.commitments import has_price, signed
from advisor.comparison import best_of_each, evaluate, in_years, may_buy
from advisor.evaluation import Best, Evaluation, InYear, Variant
from advisor.limits import Limit
from advisor.market import Market
from advisor.platforms.platform import Offer, Platform
from advisor.units import Array
from advisor.workload import FIELDS, Workload, Workloads
from pricing import Fact, Rate

NO_QUANTITY = ("name", "yes-no")  # units that say what kind of word a fact is


class Line(NamedTuple):
    """One line of a bill: quantity × price, and who says so."""

    meter: str
    quantity: float
    unit: str
    usd: float
    usd_low: float
    usd_high: float
    rate: Rate
    tiers: tuple[Any, ...]


class YearBill(NamedTuple):
    """What a month costs from a month of the horizon on, at the mean traffic of its year."""

    first_month: int
    requests_per_month: float
    usd: float


@dataclass(frozen=True, eq=False)
class Explanation:
    """A variant with its bill, capacity, limits and assumptions. Money is in USD a month, list price before tax."""

    workload: Workload
    platform: Platform
    region: str
    variant: Variant
    offer: Offer
    status: Status
    lines: tuple[Line, ...]
    plan: CapacityPlan
    limits: tuple[Limit, ...]
    why_not: tuple[str, ...]
    unknown: tuple[str, ...]
    assumptions: tuple[str, ...]
    facts: tuple[Fact, ...]
    would_cost_usd: float
    low_usd: float
    high_usd: float
    alone_usd: float
    marginal_usd: float
    borrowed_usd: float
    cold_share: float
    best: Best  # of one row
    years: tuple[YearBill, ...]  # one where traffic does not grow

    @property
    def option(self) -> str:
        """The option's id."""
        return self.platform.id

    @property
    def defaults(self) -> tuple[str, ...]:
        """The fields the user left blank, with the value that was used."""
        return tuple(_defaults(self.workload))

    @property
    def feasible(self) -> bool:
        """Whether the option could run the workload, priced or not."""
        return self.status != Status.INFEASIBLE

    @property
    def cheapest_way(self) -> str:
        """The variant as people read it; nothing where the status is unknown, for then none is known to be cheapest."""
        return "" if self.status == Status.UNKNOWN else self.variant.label

    def if_priced(self, usd: float) -> float | None:
        """An amount of money, or None where the option is not priced, or not the other way of sharing a cluster."""
        return usd if self.status == Status.PRICED and np.isfinite(usd) else None

    @property
    def monthly_usd(self) -> float | None:
        """What the option costs a month; None unless it is priced."""
        return self.if_priced(self.would_cost_usd)


def explain(
    workload: Workload, work: Workloads, platform: Platform, market: Market, found: Best | None = None
) -> Explanation:
    """Explain the cheapest variant of an option that agrees with what the market is asked for.

    `work` holds the workload as a table of one row, which all options share; `found` is what is known to be the best,
    with a second row, in which the workload has the other tenancy.
    """
    if found is None:
        found = best_of_each([platform], with_other_tenancy(work), market)[platform.id]
    (group,) = market.groups(platform, work)
    variant = found.variant(0)
    offer = one_machine(market.offer(platform, group), variant, market)
    lists = market.lists(platform, group.region, offer.machines, (variant.purchase,))
    evaluation = evaluate(platform, variant.mode, work, offer, lists, Till(work))
    later = list(_later(platform, variant, work, offer, lists))
    bill = evaluation.bills[variant.purchase]
    lines = tuple(_lines(bill))
    low_usd, high_usd = _range(lines)
    usd = single(bill.usd)
    alone_usd, marginal_usd = _tenancies(usd, float(found.usd[-1]) if platform.shared else usd, workload)
    return Explanation(
        workload=workload,
        platform=platform,
        region=group.region,
        variant=variant,
        offer=offer,
        status=Status(int(found.status[0])),
        lines=lines,
        plan=evaluation.plan,
        limits=evaluation.limits,
        why_not=(*_why_not(evaluation, variant, work), *_breaks_later(evaluation, later)),
        unknown=(*_unknown(bill, lines), *_unknown_later(bill, later, variant)),
        assumptions=(*_trims(evaluation), *_uncommitted(platform, work, evaluation, market), *_judgements(offer)),
        facts=offer.facts.read,
        would_cost_usd=usd,
        low_usd=low_usd,
        high_usd=high_usd,
        alone_usd=alone_usd,
        marginal_usd=marginal_usd,
        borrowed_usd=single(bill.borrowed_usd),
        cold_share=single(evaluation.plan.cold_share),
        best=found.first(1),
        years=tuple(_year_bill(each, variant) for each in later) or (YearBill(1, workload.requests_per_month, usd),),
    )


def _later(
    platform: Platform, variant: Variant, work: Workloads, offer: Offer, lists: Mapping[str, Mapping[str, Rate]]
) -> Iterator[InYear]:
    """The variant in each year of growing traffic."""
    for year, then, till in in_years(work):
        yield InYear(year, evaluate(platform, variant.mode, then, offer, lists, till))


def _tenancies(usd: float, other_usd: float, workload: Workload) -> tuple[float, float]:
    """Alone and as one of several, of which the workload asks for one."""
    return (other_usd, usd) if workload.has_cluster else (usd, other_usd)


def with_other_tenancy(work: Workloads) -> Workloads:
    """A second row in which a cluster is shared if it was alone, or alone if it was shared, each bought its own way."""
    both = work.take(np.array([0, 0]))
    return both.replace(has_cluster=np.concatenate([work.has_cluster, 1.0 - work.has_cluster]))


def one_machine(offer: Offer, variant: Variant, market: Market) -> Offer:
    """The same offer with one machine, and with facts that remember being read.

    The book knows a machine of a market that it was asked for before, and the price lists of it.
    """
    sold_in = offer.machines.market
    if sold_in and variant.machine in market.book.machine_names(sold_in):
        machines = market.book.machines(sold_in, offer.region, names=(variant.machine,))
    else:
        machines = offer.machines.take([offer.machines.names.index(variant.machine)])
    return replace(offer, machines=machines, facts=offer.facts.watched())


def single(column: Array) -> float:
    """The number of a column of one row and one machine."""
    return float(column.item(0))


def _lines(bill: Bill) -> Iterator[Line]:
    """Every meter that this purchase charges and this workload uses."""
    free = single(bill.free)
    for meter, quantity in bill.usage.items():
        amount = single(quantity.expected)
        if meter in bill.rates and amount > 0:
            rate = bill.rates[meter]
            usd = single(rate.charge(quantity.expected, bill.free))
            sure = rate.exact and quantity.exact
            low, high = (usd, usd) if sure else (single(each) for each in bill.line_range(meter, quantity))
            yield Line(meter, amount, rate.about.unit, usd, low, high, rate, tuple(rate.tiers(amount, free)))


def _why_not(evaluation: Evaluation, variant: Variant, work: Workloads) -> Iterator[str]:
    """A sentence for every hard limit that is broken, and for a purchase that may not be used."""
    if not may_buy(work, variant.purchase).all():
        yield f"buy {variant.purchase}: the workload allows no such commitment, horizon or interruption"
    elif not evaluation.admitted[variant.purchase].all():
        yield f"buy {variant.machine} {variant.purchase}: it is not sold so in this region"
    for limit in evaluation.limits:
        if not limit.soft and limit.broken.any():
            yield limit.reason(single(limit.asked), single(limit.allowed))


def _breaks_later(now: Evaluation, later: Sequence[InYear]) -> Iterator[str]:
    """A sentence for every hard limit that holds now and breaks as traffic grows, with the month from which it does."""
    said = {limit.name for limit in now.limits if limit.broken.any()}
    for each in later:
        for limit in each.evaluation.limits:
            if not limit.soft and limit.broken.any() and limit.name not in said:
                said.add(limit.name)
                reason = limit.reason(single(limit.asked), single(limit.allowed))
                yield f"from month {each.year.first_month} on: {reason}"


def _unknown_later(now: Bill, later: Sequence[InYear], variant: Variant) -> Iterator[str]:
    """The first month from which growing traffic needs a price that is missing."""
    for each in later if not now.is_unknown.any() else ():
        bill = each.evaluation.bills[variant.purchase]
        if bill.is_unknown.any():
            yield from (f"from month {each.year.first_month} on: {why}" for why in _unknown(bill, tuple(_lines(bill))))
            return


def _year_bill(each: InYear, variant: Variant) -> YearBill:
    usd = single(each.evaluation.bills[variant.purchase].usd)
    return YearBill(each.year.first_month, single(each.year.requests_per_month), usd)


def _range(lines: Sequence[Line]) -> tuple[float, float]:
    """The least and the most the month may cost: added as the bill is."""
    low, high = 0.0, 0.0
    for line in reversed(lines):
        low, high = low + line.usd_low, high + line.usd_high
    return low, high


def _unknown(bill: Bill, lines: Sequence[Line]) -> Iterator[str]:
    """The prices that are missing, by name."""
    for line in lines:
        if np.isnan(line.usd):
            yield f"no price is known for {line.rate.about.label} ({line.meter}) in {line.rate.about.region}"
    borrowed, total = single(bill.borrowed_usd), single(bill.usd)
    if borrowed > MOST_BORROWED_SHARE * abs(total):
        yield f"{borrowed:.2f} of {total:.2f} USD a month rest on prices borrowed from other regions"


def _defaults(workload: Workload) -> Iterator[str]:
    """The fields the user left blank, with the value that was used."""
    for name, field in FIELDS.items():
        if name not in workload.model_fields_set:
            yield f"{name} = {_shown(getattr(workload, name))} (default): {field.description}"


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "blank" if value is None else str(value)


def _trims(evaluation: Evaluation) -> Iterator[str]:
    """Whether a replica asks for less than it declares, and what that does."""
    trimmed = evaluation.plan.trimmed
    if trimmed is not None and trimmed.any():
        yield "replicas ask for a little less than declared, so a node holds more of them; requests may take longer"


def _uncommitted(platform: Platform, work: Workloads, evaluation: Evaluation, market: Market) -> Iterator[str]:
    """The commitments that the workload would sign and that the option has no price for; none on servers one owns."""
    terms = signed(work)
    if evaluation.outright or not terms:
        return
    (group,) = market.groups(platform, work)
    machines = market.offer(platform, group).machines
    on_demand, *sold = ("on-demand", *(purchase for purchase in terms if purchase in platform.purchases))
    lists = market.lists(platform, group.region, machines, (on_demand, *sold))
    priced = {terms[each] for each in sold if has_price(evaluation.usage, machines, lists[on_demand], lists[each])}
    for years in sorted(set(terms.values()) - priced):
        yield f"no {years}-year price is known for {platform.title}: it is compared without that commitment"


def _judgements(offer: Offer) -> Iterator[str]:
    """The facts read that are a judgement, not a published figure."""
    for fact in offer.facts.read:
        if fact.grade == "judgement":
            unit = "" if fact.unit in NO_QUANTITY else f" {fact.unit}"
            yield f"{fact.label}: {_shown(fact.value)}{unit} (judgement: {fact.rule})"
