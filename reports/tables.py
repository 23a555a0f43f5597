"""The tables of a report, unrounded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from advisor.figures import amount
from reports.content import Column, Table
from reports.document import Chapter, Line, Option

FIELD_WORDS = {
    "hour_usd": "an hour of work",
    "delay_usd_per_week": "a week of delay",
    "horizon_months": "the horizon",
    "requests_per_month": "requests a month",
    "skill_kubernetes": "skill in Kubernetes",
    "skill_managed": "skill in managed platforms",
}


def costs_table(chapter: Chapter) -> Table:
    """What every option costs."""
    columns = (
        Column("option"),
        Column("status"),
        Column("bill", "money", "USD/month"),
        Column("range", "range", "USD/month"),
        Column("total", "money", f"USD in {chapter.months} months"),
        Column("P10 – P90", "range", "USD"),
        Column("cheapest way"),
        Column("region"),
    )
    rows = [
        (
            option.option,
            option.status,
            option.monthly_usd,
            (option.monthly_usd_low, option.monthly_usd_high),
            option.tco_usd,
            (option.tco_range_usd.p10, option.tco_range_usd.p90) if option.tco_range_usd else (None, None),
            option.variant,
            option.region,
        )
        for option in chapter.options
    ]
    return Table("What each option costs", "Comparison", columns, rows, *_marked(chapter))


def people_table(chapter: Chapter) -> Table:
    """What every option asks of the team."""
    columns = (
        Column("option"),
        Column("to production", "spread", "business days"),
        Column("set-up", "spread", "hours"),
        Column("running", "spread", "hours/month"),
        Column("a release", "spread", "hours"),
    )
    rows = [
        (
            option.option,
            option.days_to_production,
            option.setup_hours,
            option.operations_hours_per_month,
            option.release_hours,
        )
        for option in chapter.options
    ]
    return Table("What each asks of people: P10/P50/P90", "People", columns, rows, *_marked(chapter))


def parts_table(chapter: Chapter) -> Table:
    """What each total is made of."""
    columns = tuple(
        Column(title, "money", "USD") for title in ("total", "bills", "set-up", "running", "delay", "purchases")
    )
    rows = [
        (
            option.option,
            option.tco_usd,
            option.tco_parts.infrastructure_usd,
            option.tco_parts.setup_usd,
            option.tco_parts.running_usd,
            option.tco_parts.delay_usd,
            option.tco_parts.one_off_usd,
        )
        for option in chapter.priced
    ]
    title = f"What the total over {chapter.months} months is made of"
    return Table(title, "Total cost", (Column("option"), *columns), rows, *_marked(chapter, priced=True))


def _marked(chapter: Chapter, priced: bool = False) -> tuple[frozenset[int], frozenset[int]]:
    """The rows of the choice, and of what is ruled out."""
    options = chapter.priced if priced else chapter.options
    strong = (at for at, option in enumerate(options) if option.option == chapter.choice.option)
    return frozenset(strong), frozenset(at for at, option in enumerate(options) if not option.priced)


def bill_table(option: Option) -> Table:
    """Every line of a bill, with the parts that a tier or an allowance makes of it."""
    columns = (
        Column("line"),
        Column("cost", "money", "USD/month"),
        Column("range", "range", "USD/month"),
        Column("quantity", "amount"),
        Column("unit"),
        Column("price", "price", "USD/unit"),
        Column("meter"),
        Column("dated"),
        Column("grade"),
    )
    rows = [row for line in option.lines for row in line_rows(line)]
    total = ("the month", option.would_cost_usd, _month(option), None, "", None, "", "", "")
    title = "Line by line" if option.priced else "Line by line: what it would have cost"
    return Table(title, f"Bill {option.option}", columns, [*rows, total], frozenset([len(rows)]))


def _month(option: Option) -> tuple[float | None, float | None]:
    return option.monthly_usd_low, option.monthly_usd_high


def line_rows(line: Line) -> Iterator[tuple[Any, ...]]:
    """A line of a bill, and under it its parts where a tier or an allowance makes several."""
    only = line.tiers[0].usd_per_unit if len(line.tiers) == 1 else None
    marks = [line.grade, *(["borrowed"] if line.borrowed else []), *(["stale"] if line.stale else [])]
    ends = (line.usd_low, line.usd_high)
    grade = ", ".join(marks)
    yield line.label, line.usd, ends, line.quantity, line.unit, only, line.meter, line.date, grade
    for tier in line.tiers if len(line.tiers) > 1 else ():
        quantity = tier.quantity if tier.quantity else None
        words = f"· {tier.note or 'of it'}"
        price = tier.usd_per_unit if quantity else None
        yield words, tier.usd, (None, None), quantity, line.unit if quantity else "", price, "", "", ""


def activities_table(option: Option) -> Table:
    """The activities until production."""
    columns = (
        Column("activity"),
        Column("work", "spread", "hours"),
        Column("lasts", "spread", "business days"),
        Column("begins", "hours", "day"),
        Column("ends", "hours", "day"),
        Column("sets the end", "share", "of cases"),
        Column("hours are"),
    )
    rows = [
        (
            f"{each.activity} {each.label}",
            each.hours if each.hours.p90 else None,
            each.days,
            each.start_day,
            each.finish_day,
            each.critical_share,
            each.mark,
        )
        for each in option.activities
    ]
    critical = (at for at, each in enumerate(option.activities) if each.activity in option.critical_path)
    return Table("Activities", "Plan", columns, rows, frozenset(critical), note="Bold: the critical path.")


def flips_table(chapter: Chapter) -> Table:
    """Where another option would win, one figure of the workload at a time."""
    columns = (Column("what varies"), Column("outcome"), Column("below it"), Column("above it"), Column("now"))
    rows = [*_swept(chapter), *_algebraic(chapter)]
    note = "Requests and skill: the choice against the runner-up, all chosen anew. The others: against all, by algebra."
    return Table("Break-evens", "Break-evens", columns, rows, note=note)


def _swept(chapter: Chapter) -> Iterator[tuple[Any, ...]]:
    for found in chapter.breakevens:
        if not found.sweeps:
            yield found.over, f"not computed: {found.reason}", None, None, None
        for sweep in found.sweeps:
            what = FIELD_WORDS.get(sweep.field, sweep.field)
            now = _value(chapter.workload[sweep.field])
            if not sweep.crossings:
                reason = f": {found.reason}" if sweep.status == "not computed" and found.reason else ""
                searched = f" from {_value(sweep.points[0].value)} to {_value(sweep.points[-1].value)}"
                yield what, f"{sweep.status}{searched}{reason}", None, None, now
            for crossing in sweep.crossings:
                yield what, f"flips at {_value(crossing.at)}", crossing.below, crossing.above, now


def _algebraic(chapter: Chapter) -> Iterator[tuple[Any, ...]]:
    for flip in (chapter.choice.model_extra or {}).get("flips", ()):
        what = f"{FIELD_WORDS.get(flip['over'], flip['over'])} [{flip['unit']}]"
        now = _value(flip["now"])
        if flip["status"] != "reached":
            yield what, f"{flip['status']} from {_value(flip['lowest'])} to {_value(flip['highest'])}", None, None, now
            continue
        chosen, other = chapter.choice.option, flip["option"]
        below, above = (other, chosen) if flip["direction"] == "below" else (chosen, other)
        yield what, f"flips at {_value(flip['at'])}", below, above, now


def _value(value: Any) -> str:
    return amount(value) if isinstance(value, (int, float)) else str(value)
