"""What the choices of many workloads come to: how many go where, today's total against theirs, the largest savings."""

from __future__ import annotations

import heapq
import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from advisor.batch.answers import chosen_usd
from advisor.choice import NOBODY, Choice
from advisor.comparison import Comparison

LARGEST = 10
NO_CHOICE = "none"


@dataclass(frozen=True, order=True)
class Saving:
    """What following the choice saves one workload."""

    monthly_usd: float
    name: str
    current_option: str
    choice: str
    today_usd: float
    followed_usd: float


@dataclass(frozen=True)
class Summary:
    """Counts and money of a part or of a whole run. [USD/month]"""

    chosen: dict[str, int] = field(default_factory=dict)
    monthly_usd: float = 0.0  # of all choices
    compared: int = 0  # workloads whose cost of today is known and for which there is a choice
    today_usd: float = 0.0  # of these
    followed_usd: float = 0.0  # of these, if every choice is followed
    savings: tuple[Saving, ...] = ()

    @classmethod
    def of(cls, comparison: Comparison, choice: Choice) -> Summary:
        """The summary of some rows."""
        monthly, today = chosen_usd(comparison, choice), comparison.work.current_monthly_usd[:, 0]
        positions, counts = np.unique(choice.option, return_counts=True)
        known = np.flatnonzero(~np.isnan(today) & ~np.isnan(monthly))
        largest = known[np.argsort(monthly[known] - today[known], kind="stable")][:LARGEST]
        return cls(
            chosen={choice.name(at) or NO_CHOICE: n for at, n in zip(positions.tolist(), counts.tolist(), strict=True)},
            monthly_usd=math.fsum(monthly[choice.option != NOBODY].tolist()),
            compared=len(known),
            today_usd=math.fsum(today[known].tolist()),
            followed_usd=math.fsum(monthly[known].tolist()),
            savings=tuple(_saving(comparison, choice, row, float(today[row]), float(monthly[row])) for row in largest),
        )

    @classmethod
    def joined(cls, parts: Iterable[Summary]) -> Summary:
        """The summary of several parts, in their order."""
        listed = list(parts)
        chosen: Counter[str] = Counter()
        for part in listed:
            chosen.update(part.chosen)
        money = {
            name: math.fsum(getattr(part, name) for part in listed)
            for name in ("monthly_usd", "today_usd", "followed_usd")
        }
        savings = heapq.nlargest(LARGEST, (saving for part in listed for saving in part.savings))
        compared = sum(part.compared for part in listed)
        return cls(dict(chosen.most_common()), compared=compared, savings=tuple(savings), **money)

    @classmethod
    def read(cls, document: dict[str, Any]) -> Summary:
        """A summary from its document."""
        return cls(**{**document, "savings": tuple(Saving(**each) for each in document["savings"])})

    @property
    def document(self) -> dict[str, Any]:
        """The summary for machines."""
        return asdict(self)


def _saving(comparison: Comparison, choice: Choice, row: int, today: float, followed: float) -> Saving:
    texts = {name: comparison.work.text(name)[row, 0] or "" for name in ("name", "current_option")}
    taken = choice.name(int(choice.option[row])) or NO_CHOICE
    return Saving(today - followed, texts["name"], texts["current_option"], taken, today, followed)
