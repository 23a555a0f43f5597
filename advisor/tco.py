"""Total cost of ownership: what an option costs until the end of the horizon, its people and its delay included."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal, NamedTuple

import numpy as np

from advisor.columns import Workloads
from advisor.draws import Spread
from advisor.horizon import months_of, worth_of_months
from advisor.outright import Life, cash_usd
from advisor.people import People
from advisor.units import DAYS_PER_WEEK, Array

Level = Literal["p10", "p50", "p90", "mean"]


class Outlay(NamedTuple):
    """What an option is billed in a mean month of the horizon. Columns of shape (rows, 1). [USD/month]"""

    mean_usd: Array
    worn_usd: Array  # the part of it that is the wear of what is bought outright
    life: Life | None  # of what is bought; None where nothing is

    @property
    def rented_usd(self) -> Array:
        """What is paid month by month."""
        return self.mean_usd - self.worn_usd

    def cash_usd(self, months: Array, discount_per_year: Array) -> Array:
        """Purchases less what they still fetch after some months, discounted. Broadcasts to the shape of `months`."""
        if self.life is None:
            return np.zeros(np.broadcast_shapes(self.worn_usd.shape, months.shape))
        return cash_usd(self.worn_usd, self.life, months, discount_per_year)


@dataclass(frozen=True, eq=False)
class Ownership:
    """The parts of a total cost of ownership. Columns of shape (rows, 1); NaN where the bill is not priced. [USD]"""

    infrastructure_usd: Array  # the bills of the horizon, discounted
    setup_usd: Array  # hands-on hours until production
    running_usd: Array  # operations, releases and stand-by, discounted
    delay_usd: Array  # what the business loses until production
    one_off_usd: Array  # what is bought outright, less what it still fetches at the end, discounted

    @property
    def total_usd(self) -> Array:
        """All parts together. Shape (rows, 1)."""
        total = np.zeros(self.infrastructure_usd.shape)
        for part in fields(self):
            total = total + getattr(self, part.name)
        return total


def ownership(work: Workloads, outlay: Outlay, people: People, level: Level = "mean") -> Ownership:
    """What an option costs until the end of the horizon. Shape (rows, 1).

    Hours and days are their means, or all at once the quantile asked for: those of one team rise and fall together, so
    the range is a little too wide and never too narrow. Source: model 9.
    """
    months = months_of(work)
    days = people.column(lambda plan: _at(plan.days_to_production, level))
    return Ownership(
        infrastructure_usd=months * outlay.rented_usd,
        setup_usd=setup_hours(people, level) * people.hour_usd,
        running_usd=months * running_usd(people, level),
        delay_usd=work.delay_usd_per_week * days / DAYS_PER_WEEK,
        one_off_usd=outlay.cash_usd(work.horizon_months, work.discount_per_year),
    )


def cumulative_usd(upfront_usd: Array, monthly_usd: Array, discount_per_year: Array) -> Array:
    """What has been paid when each month ends, from go-live (month 0) on. Shape (rows, months + 1). [USD]

    `upfront_usd` has shape (rows, 1), `monthly_usd` (rows, months). The last column is the total cost of ownership.
    """
    paid, lines = upfront_usd, [upfront_usd]
    for month, worth in enumerate(worth_of_months(discount_per_year, monthly_usd.shape[1])):
        paid = paid + worth * monthly_usd[:, month : month + 1]
        lines.append(paid)
    return np.hstack(lines)


def crossed(one: Array, other: Array) -> tuple[int, ...]:
    """The months in which two cumulative lines of shape (months + 1,) change order; a mere touch changes nothing."""
    order = np.sign(one - other)
    apart = np.flatnonzero(order)
    changes = apart[1:][order[apart[1:]] != order[apart[:-1]]]
    return tuple(int(month) for month in changes)


def setup_hours(people: People, level: Level = "mean") -> Array:
    """Hands-on hours until production. Shape (rows, 1). [h]"""
    return people.column(lambda plan: _at(plan.setup_hours, level))


def running_hours(people: People, level: Level = "mean") -> Array:
    """Operations, the month's releases in them, and stand-by in hours of full pay. Shape (rows, 1). [h/month]"""
    return people.column(lambda plan: _at(plan.operations_hours_per_month, level) + plan.standby_hours_per_month)


def running_usd(people: People, level: Level = "mean") -> Array:
    """What the people cost who keep an option running. Shape (rows, 1). [USD/month]"""
    return running_hours(people, level) * people.hour_usd


def _at(spread: Spread, level: Level) -> float:
    return float(getattr(spread, level))
