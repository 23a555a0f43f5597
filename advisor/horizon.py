"""The months a service runs: what they count for today, and the years into which growing traffic cuts them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from advisor.columns import Workloads
from advisor.units import MONTHS_PER_YEAR, Array, Index


class Year(NamedTuple):
    """One year of the rows whose traffic grows and that still run. Columns have a row for each of `rows`."""

    first_month: int
    rows: Index
    requests_per_month: Array  # mean of the year's months
    share: Array  # of the discounted months of the whole horizon

    def of(self, work: Workloads) -> Workloads:
        """Those rows of the workloads with this year's traffic."""
        return work.take(self.rows).replace(requests_per_month=self.requests_per_month)


def months_of(work: Workloads) -> Array:
    """The discounted months of each row's horizon; worked out once for all options. Shape (rows, 1)."""
    months: Array = work.once(discounted_months, lambda: discounted_months(work.horizon_months, work.discount_per_year))
    return months


def discounted_months(horizon_months: Array, discount_per_year: Array) -> Array:
    """Months of the horizon, each weighed by what money paid in it is worth on the first day. Shape (rows, 1).

    Σ 1/(1 + d)^{m/12} over m = 1 … horizon. Source: model 9.
    """
    total = np.zeros(horizon_months.shape)
    for month, worth in enumerate(worth_of_months(discount_per_year, _longest(horizon_months)), start=1):
        total += np.where(month <= horizon_months, worth, 0.0)
    return total


def worth_by_length(discount_per_year: Array, longest: int) -> Array:
    """The discounted months of every horizon from 1 month to the longest, one column each. Shape (rows, longest)."""
    return np.hstack(list(accumulate(worth_of_months(discount_per_year, longest))))


def years(work: Workloads) -> tuple[Year, ...]:
    """The years of the rows whose traffic grows; none where none grows. Month m brings R (1 + g)^{m-1}."""
    rows = np.flatnonzero(work.growth_per_month[:, 0])
    if not len(rows):
        return ()
    horizon, discount = work.horizon_months[rows], work.discount_per_year[rows]
    months = discounted_months(horizon, discount)
    worth = list(worth_of_months(discount, _longest(horizon)))
    traffic = list(_grown(work.requests_per_month[rows], work.growth_per_month[rows], _longest(horizon)))
    return tuple(_year(first, rows, horizon, worth, traffic, months) for first in range(0, len(worth), MONTHS_PER_YEAR))


def _year(first: int, rows: Index, horizon: Array, worth: list[Array], traffic: list[Array], months: Array) -> Year:
    """The year whose months stand from position `first` on."""
    counted, brought, lasted = np.zeros(horizon.shape), np.zeros(horizon.shape), np.zeros(horizon.shape)
    for month in range(first, min(first + MONTHS_PER_YEAR, len(worth))):
        runs = month < horizon
        counted += np.where(runs, worth[month], 0.0)
        brought += np.where(runs, traffic[month], 0.0)
        lasted += runs
    left = lasted[:, 0] > 0
    return Year(first + 1, rows[left], brought[left] / lasted[left], counted[left] / months[left])


def worth_of_months(discount_per_year: Array, months: int) -> Iterator[Array]:
    """What money of each month is worth on the first day; multiplied up month by month, so that 0 % is exactly 1."""
    monthly = (1.0 + discount_per_year) ** (-1 / MONTHS_PER_YEAR)
    worth = np.ones(discount_per_year.shape)
    for _ in range(months):
        worth = worth * monthly
        yield worth


def _grown(requests: Array, growth: Array, months: int) -> Iterator[Array]:
    """Requests of each month."""
    for _ in range(months):
        yield requests
        requests = requests * (1.0 + growth)


def _longest(horizon_months: Array) -> int:
    return int(np.max(horizon_months, initial=0))
