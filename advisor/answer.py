"""The answer about one workload: every option explained, its people and total cost beside it, and the choice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from advisor.bill import Status
from advisor.choice import Choice, choose
from advisor.comparison import Comparison, joined
from advisor.deploy import DeployPlan
from advisor.evaluation import Wanted
from advisor.explanation import Explanation, explain, single
from advisor.hours import OwnPace
from advisor.market import Market
from advisor.people import Labour
from advisor.platforms.platform import Platform
from advisor.workload import Workload, Workloads
from pricing import PriceBook


@dataclass(frozen=True)
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

    def tco_usd(self, option: str) -> float | None:
        """The total cost of ownership of an option; None unless it is priced."""
        total = single(self.comparison.ownership[option].total_usd)
        return total if self.comparison.options[option].status[0] == Status.PRICED else None


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
    explained = [explain(workload, work, platform, market) for platform in platforms]
    bests = {each.option: each.best for each in explained}
    comparison = joined(work, platforms, bests, market, Labour.of(market.book, pace))
    options = tuple(_with_people(each, comparison) for each in explained)
    return Answer(workload, market.book, options, comparison, pace)


def _with_people(explanation: Explanation, comparison: Comparison) -> Explanation:
    """The same option, infeasible where the team is too small for the support it is asked for."""
    plan = comparison.people[explanation.option].of(0)
    if plan.on_call_feasible:
        return explanation
    return replace(explanation, status=Status.INFEASIBLE, why_not=(*explanation.why_not, plan.on_call_reason))
