"""What the figures rest on: reasons, assumptions, defaults, prices and facts with their sources."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reports.content import Bullets, Column, Section, Table
from reports.document import Chapter, Option
from reports.formats import shown


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


def evidence(chapter: Chapter, pair: Sequence[Option]) -> Iterator[Section]:
    """Assumptions and defaults; then prices, limits and facts."""
    assumed = [Bullets(each.assumptions, title=each.option) for each in pair if each.assumptions]
    yield Section(
        "Assumptions and defaults", (*assumed, Bullets(chapter.defaults, title="Fields left blank", folded=True))
    )
    if pair:
        yield Section("Prices and other facts", (prices_table(pair), limits_table(pair), facts_table(pair)))


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
            "holds" if limit.holds else "a quota to raise" if limit.soft else "broken",
            (limit.source or "", limit.url or ""),
        )
        for option in options
        for limit in option.limits
        if limit.asked or not limit.holds
    ]
    return Table("Limits", "Limits", columns, rows, folded=True)


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
