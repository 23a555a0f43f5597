"""The tables of a portfolio: by choice, the largest savings, the workloads themselves."""

from __future__ import annotations

from collections.abc import Sequence

from advisor.figures import amount, money
from reports.content import Column, Table
from reports.document_of_many import Row, Totals
from reports.formats import short

NO_CHOICE = "none"  # where no option can be priced
MOST_ROWS = 1000  # of a table that somebody reads


def by_choice_table(totals: Totals) -> Table:
    """Where the workloads go."""
    columns = (
        Column("choice"),
        Column("workloads", "amount"),
        Column("bills", "money", "USD/month"),
        Column("total", "money", "USD"),
    )
    rows = [(each.option, each.workloads, each.monthly_usd, each.tco_usd) for each in totals.by_choice]
    missing = totals.workloads - totals.priced
    nowhere = [(NO_CHOICE, missing, None, None)] if missing else []
    together = ("all", totals.workloads, totals.monthly_usd, totals.tco_usd)
    return Table(
        "Where the workloads go",
        "By choice",
        columns,
        [*rows, *nowhere, together],
        frozenset([len(rows) + len(nowhere)]),
        frozenset(range(len(rows), len(rows) + len(nowhere))),
    )


def savings_table(totals: Totals) -> Table:
    """Whom the choice saves most."""
    columns = (
        Column("workload"),
        Column("from"),
        Column("to"),
        *(Column(title, "money", "USD/month") for title in ("today", "then", "saving")),
    )
    rows = [
        (
            short(each.workload),
            each.current_option,
            each.option,
            each.today_usd,
            each.followed_usd,
            each.monthly_usd,
        )
        for each in totals.savings
    ]
    return Table("The largest savings", "Savings", columns, rows)


def workloads_table(rows: Sequence[Row], workloads: int) -> Table:
    """A row for each workload; where there are too many to read, for those with the largest bills."""
    if len(rows) > MOST_ROWS:
        rows = sorted(rows, key=lambda row: -(row.monthly_usd or 0.0))[:MOST_ROWS]
    columns = (
        Column("workload"),
        Column("requests", "amount", "a month"),
        Column("choice"),
        Column("bill", "money", "USD/month"),
        Column("total", "money", "USD"),
        Column("to production", "hours", "business days"),
        Column("set-up", "hours", "hours"),
        Column("running", "hours", "hours/month"),
        Column("runner-up"),
        Column("costs more by", "money", "USD"),
    )
    cells = [
        (
            short(row.name),
            row.workload.get("requests_per_month"),
            row.choice.option or row.status,
            row.monthly_usd,
            row.tco_usd,
            row.days_to_production,
            row.setup_hours,
            row.running_hours_per_month,
            row.runner_up,
            row.difference_usd,
        )
        for row in rows
    ]
    faint = frozenset(at for at, row in enumerate(rows) if row.choice.option is None)
    kept = [
        at
        for at, column in enumerate(columns)
        if column.title not in MAYBE or any(row[at] is not None for row in cells)
    ]
    return Table(
        _title(len(rows), workloads),
        "Portfolio",
        tuple(columns[at] for at in kept),
        [tuple(row[at] for at in kept) for row in cells],
        faint=faint,
        note=f"Bills of these rows together: {money(sum(row.monthly_usd or 0.0 for row in rows))} USD a month.",
    )


MAYBE = ("requests", "running")  # columns that the result of a batch has no figures for


def _title(shown: int, workloads: int) -> str:
    if shown == workloads:
        return "Workloads"
    return f"The {amount(shown)} workloads with the largest bills, of {amount(workloads)}"
