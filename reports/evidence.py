"""What the figures rest on: reasons, assumptions, defaults, prices and facts with their sources."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from reports.content import Bullets, Column, Table
from reports.document import Chapter, Limit, Line, Option
from reports.formats import shown
from reports.tables import line_rows


def ruled_out(chapter: Chapter) -> Table | None:
    """Every option that cannot be or cannot be priced, and why; None where there is none."""
    rows = [
        (option.option, option.status, reason)
        for option in chapter.options
        if not option.priced
        for reason in (option.why_not if option.status == "infeasible" else option.unknown)
    ]
    columns = (Column("option"), Column("status"), Column("why"))
    return Table("What cannot be, or cannot be priced", "Infeasible or unknown", columns, rows) if rows else None


def assumptions(chapter: Chapter, options: Sequence[Option]) -> Iterator[Bullets]:
    """What was assumed of some options, and the defaults in place of fields left blank."""
    yield from (Bullets(each.assumptions, title=each.option) for each in options if each.assumptions)
    yield Bullets(chapter.defaults, title="Fields left blank", folded=True)


def prices_table(options: Sequence[Option]) -> Table:
    """The prices behind the bills of some options, each once."""
    columns = (*map(Column, ("option", "price", "unit", "dated", "grade", "role")), Column("source", "source"))
    rows = dict.fromkeys(
        (
            option.option,
            line.label,
            line.unit,
            line.date,
            ", ".join([line.grade, *(["stale"] if line.stale else []), *(["borrowed"] if line.borrowed else [])]),
            line.role,
            (line.source, line.url),
        )
        for option in options
        for line in option.lines
    )
    note = "Stale: older than 180 days. Borrowed: taken from other regions of the same vendor, the dearest counted."
    return Table("Prices", "Prices", columns, list(rows), note=note, folded=True)


def sourced_bill(option: Option) -> Table:
    """Every line of a bill as quantity times price, with who says so."""
    columns = (
        Column("line"),
        Column("cost", "money", "USD/month"),
        Column("its range", "range", "USD/month"),
        Column("quantity", "amount"),
        Column("unit"),
        Column("price", "price", "USD/unit"),
        Column("dated"),
        Column("grade"),
        Column("source", "source"),
    )
    rows = [row for line in option.lines for row in _sourced(line)]
    ends = (option.monthly_usd_low, option.monthly_usd_high)
    rows.append(("the month", option.would_cost_usd, ends, None, "", None, "", "", ("", "")))
    title = "Line by line" if option.priced else "Line by line: what it would have cost"
    return Table(title, f"Bill {option.option}", columns, rows, frozenset([len(rows) - 1]))


def _sourced(line: Line) -> Iterator[tuple[Any, ...]]:
    """The rows of a line without its meter; who says so stands in the first."""
    said = (line.source, line.url)
    for *figures, _, dated, grade in line_rows(line):
        yield (*figures, dated, grade, said)
        said = ("", "")


def limits_table(options: Sequence[Option]) -> Table:
    """What some options allow, and what the workload asks."""
    columns = (
        Column("option"),
        Column("limit"),
        Column("asked", "amount"),
        Column("allowed", "amount"),
        Column("unit"),
        Column("outcome"),
        Column("source", "source"),
    )
    rows = [
        (
            option.option,
            limit.name,
            limit.asked,
            limit.allowed,
            limit.unit,
            outcome(limit),
            (limit.source or "", limit.url or ""),
        )
        for option in options
        for limit in option.limits
        if limit.asked or not limit.holds
    ]
    return Table("Limits", "Limits", columns, rows, folded=True)


def margins_table(option: Option) -> Table:
    """How far an option is from each of its limits."""
    columns = (
        Column("limit"),
        Column("asked", "amount"),
        Column("allowed", "amount"),
        Column("left", "amount"),
        Column("unit"),
        Column("outcome"),
        Column("dated"),
        Column("grade"),
        Column("source", "source"),
    )
    limits = [limit for limit in option.limits if limit.asked or not limit.holds]
    rows = [
        (
            limit.name,
            limit.asked,
            limit.allowed,
            limit.margin,
            limit.unit,
            outcome(limit),
            limit.date,
            limit.grade,
            (limit.source or "", limit.url or ""),
        )
        for limit in limits
    ]
    broken = (at for at, limit in enumerate(limits) if not limit.holds)
    return Table(
        "How far its limits are", "Limits", columns, rows, frozenset(broken), note="Bold: more than is allowed."
    )


def outcome(limit: Limit) -> str:
    """Whether a limit holds, in a word."""
    return "holds" if limit.holds else "a quota to raise" if limit.soft else "broken"


def facts_table(options: Sequence[Option]) -> Table:
    """The figures of the world, other than prices, that were read for some options; each once."""
    columns = (
        Column("fact"),
        Column("value", "value"),
        *map(Column, ("unit", "dated", "grade")),
        Column("source", "source"),
    )
    rows = dict.fromkeys(
        (fact.label, _value(fact.value), fact.unit, fact.date, fact.grade, (fact.source, fact.url))
        for option in options
        for fact in option.facts
    )
    return Table("Facts", "Facts", columns, list(rows), folded=True)


def _value(value: object) -> float | str:
    """A number as it is; a word, a list or a table as text."""
    if isinstance(value, dict):
        return ", ".join(f"{key}: {shown(_value(each), 'value')}" for key, each in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(shown(_value(each), "value") for each in value)
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else str(value)
