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
PARTS, ROUNDS = 32, 4  # a step of the grid with a crossing is cut into so many parts so often: to a millionth of it
FIRST, SECOND, NEITHER, UNKNOWN = 0, 1, -1, -2  # who wins a point
REQUESTS = (1e3, 1e10)  # searched, and wider where the present value lies outside
LEAST_USD = 1.0  # where a grid of even ratios of money begins

Outcome = Literal["reached", "not reached", "not computed"]
Value = float | str
Point = tuple[str, Value]  # a field of the workload and what it is set to
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


@dataclass(frozen=True)
class Costs:
    """What every option comes to at some points. Shapes (points, options)."""

    options: tuple[str, ...]
    status: NDArray[np.int8]
    tco_usd: Array  # NaN unless priced

    @classmethod
    def of(cls, comparison: Comparison) -> Costs:
        """From a comparison with a row for each point."""
        status = np.stack([best.status for best in comparison.options.values()], axis=1)
        return cls(
            tuple(comparison.options), status, np.hstack([each.total_usd for each in comparison.ownership.values()])
        )

    def cut(self, lengths: Sequence[int]) -> Iterator[Costs]:
        """Consecutive parts of these lengths."""
        ends = np.cumsum(lengths)[:-1]
        for status, tco_usd in zip(np.split(self.status, ends), np.split(self.tco_usd, ends), strict=True):
            yield Costs(self.options, status, tco_usd)


def breakeven_of(answer: Answer, platforms: Sequence[Platform], against: str | None, over: str) -> Breakeven:
    """Vary one figure around its present value. Raises `InputError` for a figure that is not one of `AXES`."""
    (found,) = breakevens_of(answer, platforms, against, [over])
    return found


def breakevens_of(
    answer: Answer, platforms: Sequence[Platform], against: str | None, overs: Sequence[str]
) -> tuple[Breakeven, ...]:
    """Vary each of several figures alone, all points of all of them in one comparison. Raises as `breakeven_of`.

    `platforms` are those that every point is worked out for; the two that are compared must be among them.
    """
    for over in overs:
        if over not in AXES:
            raise unknown_name("--over", over, AXES)
    pair, reason = pair_of(answer, against)
    if pair is None:
        return tuple(Breakeven(over, (), reason) for over in overs)
    axes = [(over, axis) for over in overs for axis in AXES[over](answer)]
    costs = _costs(answer, platforms, [(axis.field, value) for _, axis in axes for value in axis.values])
    parts = costs.cut([len(axis.values) for _, axis in axes])
    sweeps = [
        (over, _sweep(answer, platforms, pair, axis, part)) for (over, axis), part in zip(axes, parts, strict=True)
    ]
    return tuple(_told(answer, pair, over, tuple(sweep for of, sweep in sweeps if of == over)) for over in overs)


def _told(answer: Answer, pair: tuple[str, str], over: str, sweeps: tuple[Sweep, ...]) -> Breakeven:
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


def _sweep(answer: Answer, platforms: Sequence[Platform], pair: tuple[str, str], axis: Axis, costs: Costs) -> Sweep:
    found = winners(costs, pair)
    flips = np.flatnonzero((found[:-1] >= FIRST) & (found[1:] >= FIRST) & (found[:-1] != found[1:]))
    at = [axis.values[step + 1] for step in flips]
    if axis.continuous and at:
        two = [platform for platform in platforms if platform.id in pair]
        at = _narrowed(answer, two, pair, axis, flips, found).tolist()
    return Sweep(
        field=axis.field,
        values=axis.values,
        options=costs.options,
        tco_usd=costs.tco_usd,
        cheapest=tuple(_cheapest(costs)),
        pair=pair,
        winners=tuple(pair[winner] if winner >= FIRST else None for winner in found),
        crossings=tuple(
            Crossing(value, pair[found[step]], pair[found[step + 1]]) for value, step in zip(at, flips, strict=True)
        ),
        unknown=int((found == UNKNOWN).sum()),
    )


def _costs(answer: Answer, platforms: Sequence[Platform], points: Sequence[Point]) -> Costs:
    """The workload with one field at another value, point by point, all of them in one call."""
    rows = [answer.workload.model_copy(update={field: value}) for field, value in points]
    return Costs.of(compare(Workloads.of(rows), platforms, answer.book, answer.pace))


def winners(costs: Costs, pair: tuple[str, str]) -> Winners:
    """Who of two is cheaper in total, point by point. What is infeasible loses; a missing price decides nothing."""
    at = [costs.options.index(option) for option in pair]
    status, (first, second) = costs.status[:, at].T, costs.tco_usd[:, at].T
    priced = status == Status.PRICED
    cheaper = np.where(second < first, SECOND, FIRST)
    cases = [(status == Status.UNKNOWN).any(axis=0), priced.all(axis=0), priced[0], priced[1]]
    return np.select(cases, [np.full_like(cheaper, UNKNOWN), cheaper, FIRST, SECOND], NEITHER)


def _narrowed(
    answer: Answer, two: Sequence[Platform], pair: tuple[str, str], axis: Axis, flips: Winners, found: Winners
) -> Array:
    """Cut every step of the grid with a crossing again and again, each to where the other wins first."""
    values = np.array(axis.values, dtype=np.float64)
    low, high, below = values[flips], values[flips + 1], found[flips]
    steps = np.arange(len(flips))
    for _ in range(ROUNDS):
        inner = _between(low, high)
        wins = winners(_costs(answer, two, [(axis.field, value) for value in inner.ravel().tolist()]), pair)
        left = np.append(wins.reshape(inner.shape) != below[:, np.newaxis], np.full((len(flips), 1), True), axis=1)
        first = left.argmax(axis=1)  # the last of all is the high end, where the other wins
        ends = np.column_stack([low, inner, high])
        low, high = ends[steps, first], ends[steps, first + 1]
    return high


def _between(low: Array, high: Array) -> Array:
    """Points that cut from low to high, in even ratios where low is above 0. Shape (steps, PARTS - 1)."""
    share = np.arange(1, PARTS) / PARTS
    start, end = low[:, np.newaxis], high[:, np.newaxis]
    ratio = end / np.where(start > 0, start, end)
    return np.where(start > 0, start * ratio**share, start + (end - start) * share)


def _cheapest(costs: Costs) -> Iterator[str | None]:
    """The cheapest of all options at each point."""
    for usd in costs.tco_usd:
        known = np.isfinite(usd)
        yield costs.options[int(np.where(known, usd, np.inf).argmin())] if known.any() else None


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
