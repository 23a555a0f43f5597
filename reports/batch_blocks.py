"""What a batch came to as tables and a chart: where the workloads go, what that costs, the largest savings."""

from __future__ import annotations

from advisor.batch.in_memory import Result
from advisor.batch.summary import NO_CHOICE, Summary
from reports.charts_of_bills import choice_bars
from reports.content import Chart, Column, Table
from reports.formats import short


def choices_chart(result: Result) -> Chart | None:
    """The bills by the option chosen; None where nothing is chosen."""
    usd = result.monthly_usd
    return choice_bars(usd, result.summary.chosen) if usd else None


def choices_table(result: Result) -> Table:
    """How many workloads go where, and what that costs."""
    columns = (Column("choice"), Column("workloads", "amount"), Column("bill", "money", "USD/month"))
    usd, chosen = result.monthly_usd, result.summary.chosen
    rows = [(option, count, usd.get(option)) for option, count in chosen.items()]
    faint = frozenset(at for at, option in enumerate(chosen) if option == NO_CHOICE)
    return Table("Where the workloads go", "Choices", columns, rows, faint=faint)


def savings_table(summary: Summary) -> Table | None:
    """Whose bill falls most; None where the cost of today is known of none."""
    columns = (
        *map(Column, ("workload", "from", "to")),
        *(Column(name, "money", "USD/month") for name in ("today", "then", "saving")),
    )
    rows = [
        (short(each.name), each.current_option, each.choice, each.today_usd, each.followed_usd, each.monthly_usd)
        for each in summary.savings
    ]
    return Table("Largest savings", "Savings", columns, rows) if rows else None
