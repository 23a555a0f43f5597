"""The machine form of a portfolio: a row for each workload, and all of them together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from advisor.saved import Saved, SavedChoice, SavedOption


class Row(Saved):
    """One workload of a portfolio: what is chosen for it. None where no option can be priced."""

    workload: Mapping[str, Any]
    choice: SavedChoice
    runner_up: str | None
    status: Literal["priced", "unknown", "infeasible"]
    monthly_usd: float | None
    tco_usd: float | None
    difference_usd: float | None
    days_to_production: float | None  # mean
    setup_hours: float | None  # mean
    running_hours_per_month: float | None  # mean
    current_monthly_usd: float | None
    options: tuple[SavedOption, ...]

    @property
    def name(self) -> str:
        """What people call the workload."""
        return str(self.workload["name"])


class Share(Saved):
    """What goes to one option."""

    option: str
    workloads: int
    monthly_usd: float
    tco_usd: float


class Saving(Saved):
    """What following the choice saves one workload. [USD/month]"""

    workload: str
    current_option: str | None
    option: str
    today_usd: float
    followed_usd: float

    @property
    def monthly_usd(self) -> float:
        """Today's bill less the other."""
        return self.today_usd - self.followed_usd


class Totals(Saved):
    """A whole portfolio, whether or not a row tells of each workload. Money and hours are of those that are priced."""

    workloads: int
    priced: int
    refused: int  # records of a table that could not be used
    monthly_usd: float
    tco_usd: float
    setup_hours: float
    running_hours_per_month: float | None
    compared: int  # workloads whose bill of today is known and that are priced
    today_usd: float  # of these
    followed_usd: float  # of these, if every choice is followed
    by_choice: tuple[Share, ...]
    savings: tuple[Saving, ...]  # the largest
