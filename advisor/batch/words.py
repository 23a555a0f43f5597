"""What a batch came to, in sentences: the same on a terminal and on a page."""

from __future__ import annotations

from advisor.batch.summary import Summary
from advisor.figures import money


def counted(records: int, answered: int, refused: int) -> str:
    """No record is lost."""
    return f"{records:,} records read = {answered:,} answered + {refused:,} refused."


def together(summary: Summary) -> str:
    """What it costs to follow every choice."""
    return f"All choices together cost {money(summary.monthly_usd)} USD a month."


def against_today(summary: Summary) -> str:
    """The same against what is paid today; empty where nobody said what that is."""
    if not summary.compared:
        return ""
    return (
        f"Of {summary.compared:,} workloads the cost of today is known: {money(summary.today_usd)} USD a month, "
        f"{money(summary.followed_usd)} if every choice is followed."
    )
