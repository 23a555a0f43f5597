"""The answer about one workload: every option explained, and the cheapest of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from advisor.bill import Status
from advisor.evaluation import Wanted
from advisor.explanation import Explanation, explain
from advisor.market import Market
from advisor.platforms.platform import Platform
from advisor.workload import Workload
from pricing import PriceBook


@dataclass(frozen=True)
class Answer:
    """All options of one workload on one price book."""

    workload: Workload
    book: PriceBook
    options: tuple[Explanation, ...]

    @property
    def ranking(self) -> tuple[Explanation, ...]:
        """Priced options by monthly cost, then the unknown and the infeasible ones in display order."""
        return tuple(sorted(self.options, key=lambda each: (each.status, each.monthly_usd or 0.0)))

    @property
    def cheapest(self) -> Explanation | None:
        """The priced option that costs least a month."""
        first = self.ranking[0]
        return first if first.status == Status.PRICED else None

    @property
    def feasible(self) -> bool:
        """Whether any option could run the workload."""
        return any(each.feasible for each in self.options)


def compare_one(workload: Workload, platforms: Sequence[Platform], book: PriceBook) -> Answer:
    """Compare the options for one workload, each by its cheapest variant."""
    market = Market(book)
    return Answer(workload, book, tuple(explain(workload, platform, market) for platform in platforms))


def explain_one(workload: Workload, platform: Platform, book: PriceBook, wanted: Wanted) -> Answer:
    """Explain one option, in the variant that is wanted or the cheapest that agrees with it."""
    return Answer(workload, book, (explain(workload, platform, Market(book, wanted)),))
