"""Where the price book can answer: option by geography, found by asking the same kernel about two small workloads."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from advisor.bill import Status
from advisor.explanation import Explanation, Line, explain
from advisor.market import Market
from advisor.platforms.platform import Platform
from advisor.workload import Workload, Workloads
from pricing import PriceBook
from pricing.purchases import sold_by

# What is known of an option in a geography, the best first.
PRICED, BORROWED, UNKNOWN, NOT_SOLD, IMPOSSIBLE = STATES = ("priced", "borrowed", "unknown", "not sold", "impossible")
ON_DEMAND = "on-demand"
KINDS = ("online", "async")  # an option that only works off a queue is asked for that

# Public, without the account's allowances: every meter that a plain service uses has a quantity that is charged.
SMALL: Mapping[str, object] = {
    "name": "reference",
    "requests_per_month": 1_000_000,
    "duration_s": 0.2,
    "vcpu": 1,
    "memory_gib": 2,
    "exposure": "public",
    "free_tier": False,
}
ACCELERATED: Mapping[str, object] = {**SMALL, "vcpu": 4, "memory_gib": 16, "model_gib": 2}


@dataclass(frozen=True)
class Cell:
    """What is known of one option in one geography, and why not more."""

    reference: str  # which workload was asked about: cpu or gpu
    option: str
    geography: str
    region: str
    inside: bool  # whether the region lies inside the geography
    state: str
    reasons: tuple[str, ...]


def coverage(platforms: Sequence[Platform], book: PriceBook) -> tuple[Cell, ...]:
    """Every option in every geography, for a workload without a GPU and for one that takes any GPU."""
    market = Market(book)
    return tuple(
        cell(reference, fields, platform, geography, market)
        for reference, fields in references(book).items()
        for platform in platforms
        for geography in book.geographies()
    )


def references(book: PriceBook) -> Mapping[str, Mapping[str, object]]:
    """The workloads that are asked about, by name."""
    return {"cpu": SMALL, "gpu": {**ACCELERATED, "gpu": dict.fromkeys(gpu_types(book), 1.0)}}


def gpu_types(book: PriceBook) -> tuple[str, ...]:
    """Every type of GPU that some vendor builds into a machine."""
    shapes = (row for market in book.markets() for row in book.market(market).shapes.values())
    return tuple(sorted({row["gpu"] for row in shapes} - {""}))


def cell(reference: str, fields: Mapping[str, object], platform: Platform, geography: str, market: Market) -> Cell:
    """The best that is known over the kinds of service an option may be asked for."""
    found = []
    for kind in KINDS:
        workload = Workload.model_validate({**fields, "geography": geography, "kind": kind})
        found.append(replace(_asked(workload, platform, market), reference=reference))
        if found[-1].state != IMPOSSIBLE:
            break
    return min(found, key=lambda cell: STATES.index(cell.state))


def _asked(workload: Workload, platform: Platform, market: Market) -> Cell:
    work = Workloads.of([workload])
    explanation = explain(workload, work, platform, market)
    (group,) = market.groups(platform, work)
    offer = market.offer(platform, group)
    sold = offer.sold and bool(sold_by(offer.machines, ON_DEMAND).any())
    state = _state(explanation, sold)
    return Cell(
        "", platform.id, workload.geography, offer.region, offer.inside, state, tuple(_reasons(explanation, state))
    )


def _state(explanation: Explanation, sold: bool) -> str:
    if not sold or any(not line.rate.about.sold for line in explanation.lines):
        return NOT_SOLD
    if explanation.status == Status.INFEASIBLE:
        return IMPOSSIBLE
    if explanation.status == Status.UNKNOWN:
        return UNKNOWN
    return BORROWED if any(map(_borrowed, explanation.lines)) else PRICED


def _reasons(explanation: Explanation, state: str) -> Iterator[str]:
    """Why the state is not the best: the limits that are broken, or what has no price of its own there."""
    lines = explanation.lines
    if state == IMPOSSIBLE:
        yield from explanation.why_not
    if state == NOT_SOLD:
        yield from _named(line for line in lines if not line.rate.about.sold)
    if state == UNKNOWN:
        yield from _named(line for line in lines if math.isnan(line.usd))
        if not math.isnan(explanation.would_cost_usd):
            yield "too much of the total is borrowed from other regions"
    if state == BORROWED:
        yield from _named(filter(_borrowed, lines))


def _borrowed(line: Line) -> bool:
    return line.rate.about.borrowed


def _named(lines: Iterable[Line]) -> Iterator[str]:
    return (f"{line.rate.about.label} ({line.meter})" for line in lines)
