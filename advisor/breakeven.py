"""Break-even: where the order of two options flips as one field of a workload varies, everything chosen anew each time.

Packing makes cost a saw-tooth, so two lines may cross more than once: the first, the last and their number are told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from advisor.answer import Answer
from advisor.bill import Status
from advisor.comparison import Comparison, compare
from advisor.declaration import FIELDS
from advisor.errors import unknown_name
from advisor.fields import bounds_of, choices_of, extra
from advisor.platforms.platform import Platform
from advisor.units import Array
from advisor.workload import Workloads

POINTS = 60  # of a grid of even ratios; what crosses twice between two of them is not seen
HALVINGS = 20  # of a step of the grid: to a few parts in a million
FIRST, SECOND, NEITHER, UNKNOWN = 0, 1, -1, -2  # who wins a point
REQUESTS = (1e3, 1e10)  # searched, and wider where the present value lies outside
LEAST_USD = 1.0  # where a grid of even ratios of money begins

Outcome = Literal["reached", "not reached", "not computed"]
Value = float | str
Winners = NDArray[np.int_]


@dataclass(frozen=True)
class Crossing:
    """Where the cheaper of the two becomes the dearer."""

    at: Value  # the first value found at which the other wins
    below: str
    above: str


@dataclass(frozen=True)
class Sweep:
    """One field varied. `winners` and `cheapest` have a name for each value, None where nobody can be named."""

    field: str
    values: tuple[Value, ...]
    options: tuple[str, ...]
    tco_usd: Array  # shape (values, options); NaN unless priced
    cheapest: tuple[str | None, ...]  # of all options
    pair: tuple[str, str]
    winners: tuple[str | None, ...]  # of the pair
    crossings: tuple[Crossing, ...]
    unknown: int  # values at which a price of the pair is missing

    @property
    def status(self) -> Outcome:
        """Whether the order flips; not computed where a missing price may hide it."""
        if self.crossings:
            return "reached"
        return "not computed" if self.unknown else "not reached"

    @property
    def unit(self) -> str:
        """The field's unit."""
        return str(extra(FIELDS[self.field])["unit"])


@dataclass(frozen=True)
class Breakeven:
    """One figure varied for the choice and another option; for skill, that with each kind of platform in turn."""

    over: str
    sweeps: tuple[Sweep, ...]
    reason: str  # why there is nothing to tell, or what is missing; empty where all is known

    @property
    def status(self) -> Outcome:
        """A crossing in any sweep is one; without one, what is not computed may hide it."""
        found = [sweep.status for sweep in self.sweeps]
        order: tuple[Outcome, ...] = ("reached", "not computed", "not reached")
        return next((status for status in order if status in found), "not computed")


@dataclass(frozen=True)
class Axis:
    """A field and the values to try; between two of them a crossing is narrowed down where that is `continuous`."""

    field: str
    values: tuple[Any, ...]
    continuous: bool


def breakeven_of(answer: Answer, platforms: Sequence[Platform], against: str | None, over: str) -> Breakeven:
    """Vary one figure around its present value. Raises `InputError` for a figure that is not one of `AXES`."""
    if over not in AXES:
        raise unknown_name("--over", over, AXES)
    pair, reason = pair_of(answer, against)
    if pair is None:
        return Breakeven(over, (), reason)
    sweeps = tuple(_sweep(answer, platforms, pair, axis) for axis in AXES[over](answer))
    return Breakeven(over, sweeps, _missing(answer, pair) if any(sweep.unknown for sweep in sweeps) else "")


def pair_of(answer: Answer, against: str | None) -> tuple[tuple[str, str] | None, str]:
    """The choice and what it is held against: the runner-up, unless another is named. Else why there are no two."""
    choice = answer.choice
    first, second = choice.name(choice.option[0]), choice.name(choice.runner_up[0])
    other = second if against in (None, first) else against
    if first is None:
        return None, "no option can be priced for this workload"
    if other is None:
        return None, f"{first} is the only option that is priced"
    return (first, other), ""


def _missing(answer: Answer, pair: tuple[str, str]) -> str:
    """The prices that the two lack for the workload as it is."""
    missing = [f"{each.option}: {why}" for each in answer.options if each.option in pair for why in each.unknown]
    return "; ".join(missing) or "a price is missing at some of the values"


def _sweep(answer: Answer, platforms: Sequence[Platform], pair: tuple[str, str], axis: Axis) -> Sweep:
    comparison = _compared(answer, platforms, axis.field, axis.values)
    found = winners(comparison, pair)
    flips = np.flatnonzero((found[:-1] >= FIRST) & (found[1:] >= FIRST) & (found[:-1] != found[1:]))
    at = [axis.values[step + 1] for step in flips]
    if axis.continuous and at:
        two = [platform for platform in platforms if platform.id in pair]
        at = _narrowed(answer, two, pair, axis, flips, found).tolist()
    tco_usd = np.hstack([each.total_usd for each in comparison.ownership.values()])
    return Sweep(
        field=axis.field,
        values=axis.values,
        options=tuple(comparison.options),
        tco_usd=tco_usd,
        cheapest=tuple(_cheapest(tco_usd, tuple(comparison.options))),
        pair=pair,
        winners=tuple(pair[winner] if winner >= FIRST else None for winner in found),
        crossings=tuple(
            Crossing(value, pair[found[step]], pair[found[step + 1]]) for value, step in zip(at, flips, strict=True)
        ),
        unknown=int((found == UNKNOWN).sum()),
    )


def _compared(answer: Answer, platforms: Sequence[Platform], field: str, values: Sequence[Any]) -> Comparison:
    """The workload at each value of a field, all rows in one call."""
    rows = [answer.workload.model_copy(update={field: value}) for value in values]
    return compare(Workloads.of(rows), platforms, answer.book, answer.pace)


def winners(comparison: Comparison, pair: tuple[str, str]) -> Winners:
    """Who of two is cheaper in total, row by row. One that is infeasible loses; a missing price decides nothing."""
    status = np.stack([comparison.options[option].status for option in pair])
    first, second = (comparison.ownership[option].total_usd[:, 0] for option in pair)
    priced = status == Status.PRICED
    cheaper = np.where(second < first, SECOND, FIRST)
    cases = [(status == Status.UNKNOWN).any(axis=0), priced.all(axis=0), priced[0], priced[1]]
    return np.select(cases, [np.full_like(cheaper, UNKNOWN), cheaper, FIRST, SECOND], NEITHER)


def _narrowed(
    answer: Answer, two: Sequence[Platform], pair: tuple[str, str], axis: Axis, flips: Winners, found: Winners
) -> Array:
    """Halve all steps of the grid with a crossing at once, each towards the first value at which the other wins."""
    values = np.array(axis.values, dtype=np.float64)
    low, high, below = values[flips], values[flips + 1], found[flips]
    for _ in range(HALVINGS):
        middle = np.where(low > 0, np.sqrt(low * high), (low + high) / 2)
        stays = winners(_compared(answer, two, axis.field, middle.tolist()), pair) == below
        low, high = np.where(stays, middle, low), np.where(stays, high, middle)
    return high


def _cheapest(tco_usd: Array, options: tuple[str, ...]) -> Iterator[str | None]:
    """The cheapest of all options at each value."""
    for costs in tco_usd:
        known = np.isfinite(costs)
        yield options[int(np.where(known, costs, np.inf).argmin())] if known.any() else None


def _grid(lowest: float, highest: float, now: float) -> tuple[float, ...]:
    """Even ratios, and the present value."""
    return tuple(np.unique(np.append(np.geomspace(lowest, highest, POINTS), now)).tolist())


def _requests(answer: Answer) -> Iterator[Axis]:
    """As many as a field takes, growth until the end of the horizon included."""
    workload, now = answer.workload, answer.workload.requests_per_month
    growth = max(1.0, (1 + workload.growth_per_month) ** (workload.horizon_months - 1))
    yield Axis(
        "requests_per_month", _grid(REQUESTS[0], min(REQUESTS[1], _most("requests_per_month") / growth), now), True
    )


def _horizon(answer: Answer) -> Iterator[Axis]:
    del answer
    yield Axis("horizon_months", tuple(range(1, int(_most("horizon_months")) + 1)), continuous=False)


def _wage(answer: Answer) -> Iterator[Axis]:
    now = float(next(iter(answer.comparison.people.values())).hour_usd[0, 0])
    yield Axis("hour_usd", _grid(LEAST_USD, _most("hour_usd"), now), continuous=True)


def _delay(answer: Answer) -> Iterator[Axis]:
    now = answer.workload.delay_usd_per_week
    yield Axis("delay_usd_per_week", _grid(LEAST_USD, _most("delay_usd_per_week"), now), continuous=True)


def _skill(answer: Answer) -> Iterator[Axis]:
    del answer
    for field in ("skill_kubernetes", "skill_managed"):
        yield Axis(field, choices_of(FIELDS[field]), continuous=False)


def _most(field: str) -> float:
    return dict(bounds_of(FIELDS[field]))["le"]


AXES: Mapping[str, Callable[[Answer], Iterator[Axis]]] = {
    "requests": _requests,
    "horizon": _horizon,
    "wage": _wage,
    "skill": _skill,
    "delay": _delay,
}
