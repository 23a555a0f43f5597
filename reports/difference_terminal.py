"""The difference of two saved runs on a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.text import Text

from advisor.figures import amount, money
from advisor.tables import table
from reports.difference import Change, Difference, LineChange, RunChange
from reports.formats import short, text

MOST_TEXT = 60  # characters of a value


def show_difference(found: Difference) -> None:
    """Print what changed, and why."""
    console = Console(highlight=False)
    if found.empty:
        console.print("Nothing changed.")
    for run in found.runs:
        if not run.empty:
            _print_run(console, run)
    for names, word in ((found.gone, "Gone"), (found.new, "New")):
        if names:
            console.print(Text(f"{word}: {', '.join(map(short, names))}"))


def _print_run(console: Console, run: RunChange) -> None:
    console.print(f"[bold]{escape(short(run.workload))}[/bold]: changed by {', '.join(run.causes) or 'nothing known'}")
    for title, changes in (("Workload", run.fields), ("Price book", run.prices), ("Version", run.program)):
        _print_changes(console, title, changes)
    _print_changes(console, "Choice", run.choice)
    _print_changes(console, "Cheapest way", run.variants)
    _print_changes(console, "USD a month", run.bills, money)
    _print_changes(console, "USD over the horizon", run.totals, money)
    for option in dict.fromkeys(line.option for line in run.lines):
        _print_lines(console, option, [line for line in run.lines if line.option == option])
    for words in run.untold:
        console.print(Text(f"Not told: {text(words)}"))


def _print_changes(
    console: Console, title: str, changes: Sequence[Change], number: Callable[[float], str] = amount
) -> None:
    if not changes:
        return
    grid = table(title, "", "before", "after", right=("before", "after"))
    for change in changes:
        grid.add_row(*map(escape, (text(change.what), _value(change.before, number), _value(change.after, number))))
    console.print(grid)


def _value(value: Any, number: Callable[[float], str]) -> str:
    words = number(value) if isinstance(value, float) else text(value)
    return words if len(words) <= MOST_TEXT else f"{words[: MOST_TEXT - 1]}…"


def _print_lines(console: Console, option: str, lines: Sequence[LineChange]) -> None:
    figures = ("before", "after", "by price", "by quantity")
    grid = table(f"Lines of {option}, USD a month", "meter", *figures, "cause", right=figures, whole=figures)
    for line in lines:
        usd = (line.before_usd, line.after_usd, line.by_price_usd, line.by_quantity_usd)
        grid.add_row(escape(text(line.meter)), *map(money, usd), line.cause)
    console.print(grid)
