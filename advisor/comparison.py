"""The straight line: Workload → CapacityPlan → Usage → Bill, beside it DeployPlan; together they are a Comparison."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from advisor.bill import Bill, Till
from advisor.capacity import asks_promise
from advisor.evaluation import Best, Evaluation, InYear, Wanted
from advisor.horizon import Year, years
from advisor.hours import OwnPace
from advisor.market import Group, Market
from advisor.outright import Life
from advisor.people import Labour, People
from advisor.platforms.platform import Offer, Platform
from advisor.tco import Outlay, Ownership, ownership
from advisor.units import MONTHS_PER_YEAR, Index, Mask
from advisor.workload import Workloads
from pricing import Facts, PriceBook
from pricing.machines import PURCHASES, TERMS, Machines
from pricing.purchases import sold_by
from pricing.rate import Rate

CHUNK_CELLS = 80_000  # rows × columns that are worked on at once: about what a processor's cache holds
FEW = 64  # rows that are never cut, so that platforms share what they work out about them
# The C library of Linux hands memory back to the system after each large array, and gets it wiped for the next one: a
# tenth of all time. Once it has freed an array of almost 32 MiB, it keeps as much. Elsewhere this changes nothing.
KEPT_BYTES = 31 * 2**20

# Purchase -> years that must be signed, on which part of the nodes. Spot signs nothing and may lose its machines.
COMMITTED_YEARS = {f"{term}-{part}": years for term, years in TERMS.items() for part in ("base", "peak")}
SPOT = "spot"


def evaluate(
    platform: Platform, mode: str, work: Workloads, offer: Offer, lists: Mapping[str, Mapping[str, Rate]], till: Till
) -> Evaluation:
    """Answer every money question about one mode of one platform, for all rows and machines at once."""
    plan = platform.capacity(work, mode, offer)
    usage = platform.usage(work, mode, offer, plan)
    bills = Bill.of_each(usage, till, lists)
    limits = platform.limits(work, mode, offer, plan)
    return Evaluation(
        mode,
        offer.machines.names,
        plan,
        usage,
        bills,
        limits,
        work.once(lists, lambda: admitted(work, offer.machines, lists)),
        Life.of(offer.facts) is not None,
    )


def admitted(work: Workloads, machines: Machines, purchases: Iterable[str]) -> Mapping[str, Mask]:
    """Which rows may buy each machine in each of the ways. Masks of shape (rows, machines)."""
    ways = ways_to_buy(work)
    return {purchase: ways[purchase] & sold_by(machines, purchase) for purchase in purchases}


def may_buy(work: Workloads, purchase: str) -> Mask:
    """Which rows may buy this way: a commitment as long as they would sign and no longer than the horizon.

    Spot is for those that may be interrupted and are promised nothing.
    """
    if purchase == SPOT:
        return (work.interruptible > 0) & ~asks_promise(work)
    years = COMMITTED_YEARS.get(purchase, 0)
    return (work.commitment_years >= years) & (work.horizon_months >= years * MONTHS_PER_YEAR)


def ways_to_buy(work: Workloads) -> Mapping[str, Mask]:
    """Which rows may buy in which way; worked out once for all who ask. Masks of shape (rows, 1)."""
    ways: Mapping[str, Mask] = work.once(may_buy, lambda: {purchase: may_buy(work, purchase) for purchase in PURCHASES})
    return ways


def purchases_for(platform: Platform, work: Workloads, wanted: Wanted) -> tuple[str, ...]:
    """The platform's purchases that any of the rows may use; one that is wanted by name, even where it may not."""
    if wanted.purchase is not None:
        return (wanted.purchase,)
    ways = ways_to_buy(work)
    return tuple(purchase for purchase in platform.purchases if ways[purchase].any())


class WhenAsked(Mapping[str, Ownership]):
    """A part of each option's answer that is worked out when asked for and not kept: many rows take much room."""

    def __init__(self, options: Iterable[str], make: Callable[[str], Ownership]) -> None:
        self._options, self._make = tuple(options), make

    def __getitem__(self, option: str) -> Ownership:
        if option not in self._options:
            raise KeyError(option)
        return self._make(option)

    def __iter__(self) -> Iterator[str]:
        return iter(self._options)

    def __len__(self) -> int:
        return len(self._options)


class Comparison(NamedTuple):
    """The cheapest variant of every option, its people and its total cost, for every workload."""

    work: Workloads
    options: Mapping[str, Best]
    people: Mapping[str, People]
    outlays: Mapping[str, Outlay]
    ownership: Mapping[str, Ownership]
    capabilities: Mapping[str, Facts]  # what each option can do
    control: tuple[str, ...]  # the capabilities that make up how open an option is
    tie_share: float  # hours or days that differ by less are called a tie


def compare(work: Workloads, platforms: Sequence[Platform], book: PriceBook, pace: OwnPace | None = None) -> Comparison:
    """Find the cheapest variant of every option for every workload. One row and a million take the same path."""
    market = Market(book)
    bests = best_of_each(platforms, work, market)
    return joined(work, platforms, bests, market, Labour.of(book, pace))


def joined(
    work: Workloads, platforms: Sequence[Platform], bests: Mapping[str, Best], market: Market, labour: Labour
) -> Comparison:
    """Join the people to the variants that were chosen; a team too small for its rota refuses them all."""
    people = {platform.id: labour.people(platform.effort, work) for platform in platforms}
    options = {option: found.refused(people[option].too_few) for option, found in bests.items()}
    outlays = {platform.id: outlay(options[platform.id], life(platform, work, market)) for platform in platforms}
    return Comparison(
        work,
        options,
        people,
        outlays,
        WhenAsked(outlays, lambda option: ownership(work, outlays[option], people[option])),
        {platform.id: market.capabilities(platform) for platform in platforms},
        market.book.control,
        labour.tables.practice.tie_share,
    )


def outlay(best: Best, life: Life | None) -> Outlay:
    """What the variants that were chosen cost."""
    return Outlay(best.mean_usd[:, np.newaxis], best.worn_usd[:, np.newaxis], life)


def life(platform: Platform, work: Workloads, market: Market) -> Life | None:
    """How long the machines of a platform serve that are bought outright; None where they are rented."""
    return next((Life.of(market.offer(platform, group).facts) for group in market.groups(platform, work)), None)


def best_of_each(platforms: Sequence[Platform], work: Workloads, market: Market) -> dict[str, Best]:
    """The cheapest mode, machine and purchase of each option for every row. A vendor's options share its groups."""
    np.empty(KEPT_BYTES, dtype=np.uint8)  # freed at once, and never touched
    found = {platform.id: Best.none(len(work)) for platform in platforms}
    for vendor in dict.fromkeys(platform.vendor for platform in platforms):
        sold = [platform for platform in platforms if platform.vendor == vendor]
        for group in market.groups(sold[0], work):
            members, rows = _members(work, group)
            for platform in sold:
                _put_best(found[platform.id], platform, members, rows, group, market)
            if members is not work:
                members.forget()
    return found


def _members(work: Workloads, group: Group) -> tuple[Workloads, Index]:
    """A group's rows. A small table of one group is its own, so that vendors find what was worked out for others."""
    if len(group.rows) == len(work) <= FEW:
        return work, group.rows
    rows = in_order_of_buying(work, group.rows)
    return work.take(rows), rows


def _put_best(found: Best, platform: Platform, members: Workloads, rows: Index, group: Group, market: Market) -> None:
    """Put the best variants of a group's members where their rows are."""
    for part in parts(len(rows), len(market.offer(platform, group).machines)):
        some = members if len(members) <= FEW else members.take(part)
        contenders = market.contenders(platform, group, purchases_for(platform, some, market.wanted))
        for evaluation, later in evaluations(platform, some, contenders, group.region, market):
            found.put(rows[part], evaluation.cheapest(later))
        if some is not members:
            some.forget()


def evaluations(
    platform: Platform, work: Workloads, offer: Offer, region: str, market: Market
) -> Iterator[tuple[Evaluation, list[InYear]]]:
    """Every mode of one platform for some rows, now and in the years of those that grow."""
    lists = market.lists(platform, region, offer.machines, purchases_for(platform, work, market.wanted))
    till, growing = Till(work), list(in_years(work))
    for mode in modes_for(platform, offer, market.wanted):
        later = [InYear(year, evaluate(platform, mode, then, offer, lists, due)) for year, then, due in growing]
        yield evaluate(platform, mode, work, offer, lists, till), later


def in_years(work: Workloads) -> Iterator[tuple[Year, Workloads, Till]]:
    """Each year of the rows whose traffic grows, with those rows in it and a till for their bills."""
    for year in years(work):
        then = year.of(work)
        yield year, then, Till(then)


def in_order_of_buying(work: Workloads, rows: Index) -> Index:
    """The rows with those that buy alike together, so that few chunks work out what only some of theirs want."""
    kinds = (work.interruptible, work.commitment_years, work.has_cluster)
    return rows[np.lexsort([kind[rows, 0] for kind in kinds])]


def modes_for(platform: Platform, offer: Offer, wanted: Wanted) -> tuple[str, ...]:
    """The modes that can serve these workloads, or the one that is wanted by name."""
    return (wanted.mode,) if wanted.mode is not None else platform.modes_for(gpu=bool(offer.relative_durations))


def parts(rows: int, machines: int) -> Iterator[slice]:
    """Cut rows into pieces whose results fit the cache."""
    step = max(FEW, CHUNK_CELLS // max(machines, 1))
    for start in range(0, rows, step):
        yield slice(start, start + step)
