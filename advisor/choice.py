"""The choice among priced options: the cheapest in total, the next, ties, and who dominates whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from advisor.comparison import Comparison, parts
from advisor.deploy import DeployPlan
from advisor.people import People
from advisor.tco import Level, ownership, setup_hours
from advisor.units import Array, Index, Mask
from pricing import Facts

Position: TypeAlias = NDArray[np.int16]  # of an option: small, as there may be one for each row and option
NOBODY = -1  # the position of an option where there is none
OPENS = {"no": 0, "unknown": 1, "yes": 2}  # what is not known to be open may be


@dataclass(frozen=True, eq=False)
class Choice:
    """What to take, row by row. An option is its position in `names`, or NOBODY."""

    names: tuple[str, ...]
    people: tuple[People, ...]  # of each option
    tco_usd: Array  # shape (rows, options); NaN unless priced
    option: Index  # the cheapest of the priced options, shape (rows,)
    runner_up: Index  # the next, shape (rows,)
    tied: Mask  # options that cannot be told apart from the choice by total cost, shape (rows, options)
    dominator: Position  # the cheapest option that is nowhere worse, shape (rows, options); NOBODY on the frontier

    @cached_property
    def hours(self) -> Array:
        """Mean hands-on hours until production. Shape (rows, options)."""
        return side_by_side([setup_hours(each) for each in self.people], self.tco_usd.shape)

    @cached_property
    def days(self) -> Array:
        """Mean business days until production. Shape (rows, options)."""
        return side_by_side([each.column(mean_days) for each in self.people], self.tco_usd.shape)

    @property
    def difference_usd(self) -> Array:
        """What the runner-up costs more. Shape (rows,); NaN where there is none."""
        return self._beyond(self.tco_usd)

    @property
    def difference_days(self) -> Array:
        """How many business days later the runner-up is, on average; below 0 where it is earlier. Shape (rows,)."""
        return self._beyond(self.days)

    def _beyond(self, figures: Array) -> Array:
        """The runner-up's figure less the choice's."""
        rows = np.arange(len(figures))
        return np.where(self.runner_up == NOBODY, np.nan, figures[rows, self.runner_up] - figures[rows, self.option])

    def name(self, position: int) -> str | None:
        """The option at a position; None for NOBODY."""
        return None if position == NOBODY else self.names[position]


def choose(comparison: Comparison) -> Choice:
    """Choose for every row: the cheapest total cost of ownership among priced options."""
    names = tuple(comparison.options)
    shape, people = (len(comparison.work), len(names)), tuple(comparison.people.values())
    tco_usd = side_by_side((each.total_usd for each in comparison.ownership.values()), shape)
    order = np.argsort(tco_usd, axis=1, kind="stable")  # NaN last; the earlier in display order wins a draw
    option, runner_up = (_ranked(order, tco_usd, rank) for rank in range(2))
    return Choice(
        names,
        people,
        tco_usd,
        option,
        runner_up,
        _tied(comparison, tco_usd, option),
        _dominators(tco_usd, people, opening(comparison.capabilities, comparison.control)),
    )


def mean_days(plan: DeployPlan) -> float:
    """Business days until production, on average."""
    return plan.days_to_production.mean


def side_by_side(columns: Iterable[Array], shape: tuple[int, int]) -> Array:
    """Columns of shape (rows, 1) as one table, of which no more than one column exists beside it."""
    table = np.empty(shape)
    for position, column in enumerate(columns):
        table[:, position : position + 1] = column
    return table


def totals(comparison: Comparison, level: Level = "mean") -> Array:
    """Total cost of ownership of every option, hours and days at their mean or at a quantile. (rows, options). [USD]"""
    outlays, people = comparison.outlays, comparison.people
    costs = (ownership(comparison.work, outlay, people[option], level) for option, outlay in outlays.items())
    return side_by_side((each.total_usd for each in costs), (len(comparison.work), len(outlays)))


def _ranked(order: Index, tco_usd: Array, rank: int) -> Index:
    """The option at a rank, or NOBODY where fewer are priced. Shape (rows,)."""
    if rank >= order.shape[1]:
        return np.full(len(order), NOBODY)
    at = order[:, rank]
    return np.where(np.isnan(tco_usd[np.arange(len(at)), at]), NOBODY, at)


def _tied(comparison: Comparison, mean: Array, option: Index) -> Mask:
    """Where each of two ranges, P10 to P90, holds the other's mean. Shape The choice itself is left out."""
    low, high = totals(comparison, "p10"), totals(comparison, "p90")
    rows = np.arange(len(mean))
    chosen_mean, chosen_low, chosen_high = (figures[rows, option][:, np.newaxis] for figures in (mean, low, high))
    tied: Mask = (low <= chosen_mean) & (chosen_mean <= high) & (chosen_low <= mean) & (mean <= chosen_high)
    tied &= option[:, np.newaxis] != np.arange(mean.shape[1])
    return tied


def alike(figures: Array, option: Index, share: float) -> Mask:
    """Options whose hours or days differ from the choice's by less than a share of the smaller. (rows, options)."""
    chosen = figures[np.arange(len(figures)), option][:, np.newaxis]
    near: Mask = np.maximum(figures, chosen) < np.minimum(figures, chosen) * (1.0 + share)
    near &= option[:, np.newaxis] != np.arange(figures.shape[1])
    return near


def opening(capabilities: Mapping[str, Facts], control: tuple[str, ...]) -> NDArray[np.int8]:
    """How far each option opens each capability of control. Shape (options, capabilities)."""
    return np.array([[OPENS[facts[name]] for name in control] for facts in capabilities.values()], dtype=np.int8)


def _dominators(tco_usd: Array, people: Sequence[People], open_: NDArray[np.int8]) -> Position:
    """For every option the cheapest of those that dominate it. Shape (rows, options).

    One dominates another if it costs no more, is no later and opens at least every capability that the other opens,
    and is better in one of these; only priced options take part.
    """
    found = np.empty(tco_usd.shape, dtype=np.int16)
    for rows in parts(len(found), len(people)):
        days = side_by_side((each.column(mean_days, rows) for each in people), tco_usd[rows].shape)
        found[rows] = _dominators_of(tco_usd[rows], days, open_)
    return found


def _dominators_of(tco_usd: Array, days: Array, open_: NDArray[np.int8]) -> Position:
    found, least = np.full(tco_usd.shape, NOBODY, dtype=np.int16), np.full(tco_usd.shape, np.inf)
    for one in range(tco_usd.shape[1]):
        own = tco_usd[:, one : one + 1]
        cheaper, earlier = own - tco_usd, days[:, one : one + 1] - days
        no_narrower, wider = (open_[one] >= open_).all(axis=1), (open_[one] > open_).any(axis=1)
        dominates = no_narrower & (cheaper <= 0) & (earlier <= 0) & ((cheaper < 0) | (earlier < 0) | wider)
        better = dominates & (own < least)
        found[better] = one
        least = np.where(better, own, least)
    return found
