"""The tables of the dashboard: all options in one, and two of them line by line. Unrounded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from advisor.fields import is_number
from advisor.figures import NOTHING, amount, money, rough
from advisor.workload import FIELDS
from reports.content import Column, Table
from reports.document import Chapter, Option
from reports.formats import text

OPEN = "yes"


def options_table(chapter: Chapter) -> Table:
    """Every option in a row: money, time, work and openness; what is not priced is faint and says why."""
    columns = (
        Column("option"),
        Column("total", "money", f"USD, {chapter.months} months"),
        Column("P10 – P90", "range", "USD"),
        Column("bill", "money", "USD/month"),
        Column("its range", "range", "USD/month"),
        Column("live after", "hours", "business days"),
        Column("set-up", "hours", "hours"),
        Column("running", "hours", "hours/month"),
        Column("control", "text", "open to you"),
        Column("cheapest way, or why not"),
    )
    strong = (at for at, option in enumerate(chapter.options) if option.option == chapter.choice.option)
    faint = (at for at, option in enumerate(chapter.options) if not option.priced)
    return Table(
        "All options",
        "Options",
        columns,
        [_row(option) for option in chapter.options],
        frozenset(strong),
        frozenset(faint),
        note="Totals count bills, people and delay; eight times in ten they lie between P10 and P90. Days and hours "
        "are means. Control: how many of the things that a cluster of your own allows are known to be open to you.",
    )


def _row(option: Option) -> tuple[Any, ...]:
    total = option.tco_range_usd
    return (
        option.option,
        option.tco_usd,
        (total.p10, total.p90) if total else (None, None),
        option.monthly_usd,
        (option.monthly_usd_low, option.monthly_usd_high),
        option.days_to_production.mean,
        option.setup_hours.mean,
        option.operations_hours_per_month.mean,
        f"{sum(each.value == OPEN for each in option.control)} of {len(option.control)}",
        option.variant if option.priced else why_not(option),
    )


def headline(option: Option, chapter: Chapter) -> list[str]:
    """What an option costs and how it is bought; or why it is not in the race."""
    bought = f"Cheapest as {option.variant} in {option.region}."
    if not option.priced:
        return [f"{option.option} is {why_not(option)}.", bought]
    total = f"{money(option.tco_usd)} USD in {chapter.months} months, people included"
    return [f"{option.option} costs {money(option.monthly_usd)} USD a month at today's traffic; {total}.", bought]


def why_not(option: Option) -> str:
    """Why an option is not in the race."""
    why = option.why_not if option.status == "infeasible" else option.unknown
    return f"{option.status}: {'; '.join(why)}"


def lines_beside(one: Option, other: Option) -> Table:
    """The bills of two options line by line, what both pay for side by side."""
    columns = (
        Column("line"),
        Column(one.option, "money", "USD/month"),
        Column(other.option, "money", "USD/month"),
        Column("difference", "money", "USD/month"),
    )
    first, second = (_by_label(option) for option in (one, other))
    rows = [
        (label, first.get(label), second.get(label), _difference(first.get(label, 0.0), second.get(label, 0.0)))
        for label in dict.fromkeys([*first, *second])
    ]
    month = ("the month", one.would_cost_usd, other.would_cost_usd)
    rows.append((*month, _difference(one.would_cost_usd, other.would_cost_usd)))
    return Table("Two bills line by line", "Two bills", columns, rows, frozenset([len(rows) - 1]))


def _by_label(option: Option) -> dict[str, float | None]:
    """Label -> what its lines cost together; None where a price is missing."""
    found: dict[str, float | None] = {}
    for line in option.lines:
        before = found.get(line.label, 0.0)
        found[line.label] = None if before is None or line.usd is None else before + line.usd
    return found


def _difference(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else other - one


FIGURES: Mapping[str, Callable[[Option], str]] = {
    "bill, USD/month": lambda option: money(option.monthly_usd),
    "total with people, USD": lambda option: money(option.tco_usd),
    "to production, business days": lambda option: rough(option.days_to_production.mean),
    "set-up, hours": lambda option: rough(option.setup_hours.mean),
    "running, hours/month": lambda option: rough(option.operations_hours_per_month.mean),
}


def scenarios_beside(scenarios: Mapping[str, Chapter], asked: Mapping[str, Sequence[str]]) -> Table:
    """What scenarios come to, side by side: the choice, its figures, and what was asked differently.

    `asked` holds what a scenario depends on besides its workload: title -> a word for each scenario.
    """
    chapters = list(scenarios.values())
    rows = [
        ("choice", *(chapter.choice.option or NOTHING for chapter in chapters)),
        ("runner-up", *(chapter.choice.runner_up or NOTHING for chapter in chapters)),
        *((title, *(_of_choice(chapter, figure) for chapter in chapters)) for title, figure in FIGURES.items()),
        *_different({**asked, **{name: [each.workload[name] for each in chapters] for name in FIELDS}}),
    ]
    columns = (Column("the choice, and what was asked differently"), *(Column(name) for name in scenarios))
    return Table("Side by side", "Side by side", columns, rows, frozenset([0]))


def _of_choice(chapter: Chapter, figure: Callable[[Option], str]) -> str:
    return figure(chapter.chosen) if chapter.chosen else NOTHING


def _different(asked: Mapping[str, Sequence[Any]]) -> Iterator[tuple[str, ...]]:
    for name, values in asked.items():
        if any(value != values[0] for value in values):
            yield (name, *(amount(value) if is_number(value) else text(value) for value in values))
