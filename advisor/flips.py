"""What would have to change for another option to win: algebra on the totals of a choice, with nothing chosen anew.

A total is linear in the wage, in the cost of delay and in the discounted months, so the first option to overtake the
choice is the one whose line crosses the choice's nearest.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

import numpy as np

from advisor.choice import NOBODY, Choice
from advisor.columns import Workloads
from advisor.comparison import COMMITTED_YEARS, Comparison
from advisor.declaration import FIELDS
from advisor.fields import bounds_of, extra
from advisor.horizon import months_of, worth_by_length
from advisor.tco import Outlay, running_hours, running_usd, setup_hours
from advisor.units import DAYS_PER_WEEK, MONTHS_PER_YEAR, ROUNDING_SLACK, Array

Direction = Literal["below", "above"]
WAGE, DELAY, HORIZON = "wage", "delay", "horizon"
FIELD_OF = {WAGE: "hour_usd", DELAY: "delay_usd_per_week", HORIZON: "horizon_months"}  # of the workload


class Flip(NamedTuple):
    """Where another option overtakes the choice, going one way from the present value of a field."""

    over: str  # wage, delay or horizon
    status: Literal["reached", "not reached", "not computed"]
    now: float
    lowest: float  # of the searched range
    highest: float
    direction: Direction | None = None
    at: float | None = None  # a horizon in whole months that are won; else where the lines cross
    option: str | None = None  # that wins there

    @property
    def unit(self) -> str:
        """The field's unit."""
        return str(extra(FIELDS[FIELD_OF[self.over]])["unit"])


def flips(comparison: Comparison, choice: Choice, row: int = 0) -> tuple[Flip, ...]:
    """Everything that would, on its own, flip the choice of a row. Nothing where there is no choice."""
    if choice.option[row] == NOBODY:
        return ()
    return (*_wage(comparison, choice, row), *_delay(comparison, choice, row), *_horizon(comparison, choice, row))


def _wage(comparison: Comparison, choice: Choice, row: int) -> Iterator[Flip]:
    people = comparison.people.values()
    months = months_of(comparison.work)
    hours = [(setup_hours(each) + months * running_hours(each))[row, 0] for each in people]
    now = float(next(iter(people)).hour_usd[row, 0])
    return _nearest(WAGE, now, _bounds(WAGE), _meetings(choice, row, now, np.array(hours)), choice)


def _delay(comparison: Comparison, choice: Choice, row: int) -> Iterator[Flip]:
    now = float(comparison.work.delay_usd_per_week[row, 0])
    meetings = _meetings(choice, row, now, choice.days[row] / DAYS_PER_WEEK)
    return _nearest(DELAY, now, _bounds(DELAY), meetings, choice)


def _horizon(comparison: Comparison, choice: Choice, row: int) -> Iterator[Flip]:
    """Whole months, as far as what may be bought stays the same. Growing traffic has another bill in every year."""
    work = comparison.work.take(np.array([row]))
    now, (lowest, highest) = float(work.horizon_months[0, 0]), _same_purchases(work)
    if work.growth_per_month[0, 0] != 0:
        return iter([Flip(HORIZON, "not computed", now, lowest, highest)])
    lengths = np.arange(lowest, highest + 1)[np.newaxis]
    worth = worth_by_length(work.discount_per_year, int(highest))[:, int(lowest) - 1 :]
    totals = np.vstack([_by_length(comparison, option, row, lengths, worth) for option in choice.names])
    chosen, dearer = totals[choice.option[row]], np.where(np.isnan(totals), np.inf, totals)
    wins = (dearer < chosen * (1 - ROUNDING_SLACK)) & (dearer <= dearer.min(axis=0))
    return _nearest(HORIZON, now, (lowest, highest), np.where(wins, lengths, np.nan), choice)


def _by_length(comparison: Comparison, option: str, row: int, lengths: Array, worth: Array) -> Array:
    """An option's total for every horizon, of which `worth` is the discounted months. Shape (1, lengths)."""
    parts, outlay, people = comparison.ownership[option], comparison.outlays[option], comparison.people[option]
    discount = comparison.work.discount_per_year[row : row + 1]
    upfront, monthly = parts.setup_usd + parts.delay_usd, outlay.rented_usd + running_usd(people)
    bought = Outlay(outlay.mean_usd[row : row + 1], outlay.worn_usd[row : row + 1], outlay.life)
    total: Array = upfront[row] + worth * monthly[row] + bought.cash_usd(lengths, discount)
    return total


def _meetings(choice: Choice, row: int, now: float, figures: Array) -> Array:
    """Where each option's total meets the choice's; `figures` is what a unit more of the field costs each."""
    chosen = choice.option[row]
    gap = choice.tco_usd[row] - choice.tco_usd[row, chosen]
    return crossings(now, gap, figures - figures[chosen])[:, np.newaxis]


def crossings(now: float, gap: Array, slope: Array) -> Array:
    """Where lines that lie `gap` above another at `now`, and rise by `slope` beside it, meet it; NaN where never."""
    steps = np.full(gap.shape, np.nan)
    np.divide(gap, slope, out=steps, where=slope != 0)
    return now - steps


def _nearest(over: str, now: float, bounds: tuple[float, float], at: Array, choice: Choice) -> Iterator[Flip]:
    """The nearest place on each side of the present value, within bounds, at which an option overtakes; or none.

    `at` has a row for each option and NaN where it does not.
    """
    sides: dict[Direction, Array] = {
        "below": np.where((at < now) & (at >= bounds[0]), now - at, np.inf),
        "above": np.where((at >= now) & (at <= bounds[1]), at - now, np.inf),
    }
    found = []
    for direction, distance in sides.items():
        option, place = np.unravel_index(distance.argmin(), distance.shape)
        if np.isfinite(distance[option, place]):
            found.append(Flip(over, "reached", now, *bounds, direction, float(at[option, place]), choice.names[option]))
    return iter(found or [Flip(over, "not reached", now, *bounds)])


def _bounds(over: str) -> tuple[float, float]:
    """What the field takes."""
    bounds = dict(bounds_of(FIELDS[FIELD_OF[over]]))
    return bounds["ge"], bounds["le"]


def _same_purchases(work: Workloads) -> tuple[float, float]:
    """The horizons, in months, around that of one row in which the same commitments may be signed."""
    now, (lowest, highest) = float(work.horizon_months[0, 0]), _bounds(HORIZON)
    terms = {years * MONTHS_PER_YEAR for years in COMMITTED_YEARS.values() if years <= work.commitment_years[0, 0]}
    return (
        max([lowest, *(float(term) for term in terms if term <= now)]),
        min([highest, *(float(term - 1) for term in terms if term > now)]),
    )
