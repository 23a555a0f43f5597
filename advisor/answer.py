"""The answer about one workload: every option explained, its people and total cost beside it, and the choice."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from advisor.bill import Status
from advisor.choice import Choice, choose, totals
from advisor.comparison import Comparison, best_of_each, joined
from advisor.deploy import DeployPlan
from advisor.draws import Spread
from advisor.evaluation import Wanted
from advisor.explanation import Explanation, explain, with_other_tenancy
from advisor.hours import OwnPace
from advisor.market import Market
from advisor.people import Labour
from advisor.platforms.platform import Platform
from advisor.tco import Level, Ownership, cumulative_usd, running_usd
from advisor.units import Array
from advisor.workload import Workload, Workloads
from pricing import PriceBook


@dataclass(frozen=True, eq=False)
class Answer:
    """All options of one workload on one price book."""

    workload: Workload
    book: PriceBook
    options: tuple[Explanation, ...]
    comparison: Comparison  # of one row
    pace: OwnPace | None

    @cached_property
    def choice(self) -> Choice:
        """The option to take, and how sure that is."""
        return choose(self.comparison)

    @cached_property
    def ranking(self) -> tuple[Explanation, ...]:
        """Priced options by total cost of ownership, then the unknown and the infeasible ones in display order."""
        return tuple(sorted(self.options, key=lambda each: (each.status, self.tco_usd(each.option) or 0.0)))

    @property
    def cheapest(self) -> Explanation | None:
        """The priced option that costs least a month."""
        priced = [each for each in self.options if each.status == Status.PRICED]
        return min(priced, key=lambda each: each.would_cost_usd, default=None)

    @property
    def feasible(self) -> bool:
        """Whether any option could run the workload."""
        return any(each.feasible for each in self.options)

    def plan(self, option: str) -> DeployPlan:
        """What an option asks of the team."""
        return self.comparison.people[option].of(0)

    def ownership(self, option: str) -> Ownership:
        """The parts of an option's total cost of ownership."""
        return self.comparison.ownership[option]

    def tco_usd(self, option: str) -> float | None:
        """The total cost of ownership of an option; None unless it is priced."""
        spread = self.tco(option)
        return None if spread is None else spread.mean

    def tco(self, option: str) -> Spread | None:
        """The total cost of ownership with its range; None unless the option is priced."""
        at = list(self.comparison.options).index(option)
        figures = {level: float(totals[0, at]) for level, totals in self._totals.items()}
        return None if math.isnan(figures["mean"]) else Spread(**figures)

    @cached_property
    def _totals(self) -> Mapping[str, Array]:
        levels: tuple[Level, ...] = ("p10", "p50", "p90", "mean")
        return {level: totals(self.comparison, level) for level in levels}

    def cumulative_usd(self, explanation: Explanation) -> Array:
        """What an option has cost when each month ends, from its go-live on. Shape (months + 1,). [USD]

        What was bought outright counts less what it would still fetch in that month.
        """
        parts, outlay, work = (
            self.ownership(explanation.option),
            self.comparison.outlays[explanation.option],
            self.comparison.work,
        )
        starts = [each.first_month for each in explanation.years]
        months = np.arange(1, self.workload.horizon_months + 1)
        bills = np.array([each.usd for each in explanation.years])[np.searchsorted(starts, months, side="right") - 1]
        monthly = bills - outlay.worn_usd + running_usd(self.comparison.people[explanation.option])
        line = cumulative_usd(parts.setup_usd + parts.delay_usd, monthly, work.discount_per_year)
        bought = outlay.cash_usd(np.append(0.0, months)[np.newaxis], work.discount_per_year)
        total: Array = (line + bought)[0]
        return total


def compare_one(
    workload: Workload, platforms: Sequence[Platform], book: PriceBook, pace: OwnPace | None = None
) -> Answer:
    """Compare the options for one workload, each by its cheapest variant."""
    return _answer(workload, platforms, Market(book), pace)


def explain_one(
    workload: Workload, platform: Platform, book: PriceBook, wanted: Wanted, pace: OwnPace | None = None
) -> Answer:
    """Explain one option, in the variant that is wanted or the cheapest that agrees with it."""
    return _answer(workload, [platform], Market(book, wanted), pace)


def _answer(workload: Workload, platforms: Sequence[Platform], market: Market, pace: OwnPace | None) -> Answer:
    work = Workloads.of([workload])
    found = best_of_each(platforms, with_other_tenancy(work), market)
    explained = [explain(workload, work, platform, market, found[platform.id]) for platform in platforms]
    bests = {each.option: each.best for each in explained}
    comparison = joined(work, platforms, bests, market, Labour.of(market.book, pace))
    options = tuple(_with_people(each, comparison) for each in explained)
    return Answer(workload, market.book, options, comparison, pace)


def _with_people(explanation: Explanation, comparison: Comparison) -> Explanation:
    """The same option, infeasible where the team is too small for the support it is asked for."""
    plan = comparison.people[explanation.option].of(0)
    if plan.on_call_feasible:
        return explanation
    return replace(explanation, status=Status.INFEASIBLE, why_not=(*explanation.why_not, plan.too_few))
