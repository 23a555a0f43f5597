"""Progress of a batch and what it came to, on a terminal of 80 columns."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from rich.text import Text

from advisor.batch.pace import Pace
from advisor.batch.parts import Done
from advisor.batch.run import Outcome, Run, Told
from advisor.batch.words import against_today, counted, together
from advisor.errors import printable
from advisor.figures import money
from advisor.tables import table
from advisor.terminal import CAVEAT

LINE_S = 5.0  # between lines where nobody watches a bar
LONGEST = 40


@contextmanager
def progress(quiet: bool) -> Iterator[Told]:
    """Show how far a run is: a bar on a terminal, else a line every few seconds, on the error stream."""
    pace = Pace()
    if quiet:
        yield pace.count
    elif sys.stderr.isatty():
        with _bar(pace) as told:
            yield told
    else:
        yield _lines(pace)


@contextmanager
def _bar(pace: Pace) -> Iterator[Told]:
    columns = (BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TextColumn("{task.fields[said]}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=1.0, said="starting")

        def told(done: Done, share: float, fresh: bool) -> None:
            pace.count(done, share, fresh)
            bar.update(task, completed=pace.share, said=pace.sentence)

        yield told


def _lines(pace: Pace) -> Told:
    last = time.monotonic()

    def told(done: Done, share: float, fresh: bool) -> None:
        nonlocal last
        pace.count(done, share, fresh)
        if time.monotonic() - last >= LINE_S:
            last = time.monotonic()
            print(pace.sentence, file=sys.stderr, flush=True)

    return told


def show_outcome(outcome: Outcome, run: Run) -> None:
    """Print where the workloads go, today's total against the choices', and the largest savings."""
    console = Console(highlight=False)
    console.print(counted(outcome.records, outcome.answered, outcome.rejected))
    console.print(f"Written: {printable(run.output)}", markup=False, soft_wrap=True)
    if outcome.rejected:
        console.print(f"Refused records, with reasons: {printable(run.rejects)}", markup=False, soft_wrap=True)
    summary = outcome.summary
    grid = table("Where they go", "choice", "workloads", right=("workloads",))
    for option, workloads in summary.chosen.items():
        grid.add_row(option, f"{workloads:,}")
    console.print(grid)
    console.print(f"\n{together(summary)}")
    if summary.compared:
        _print_savings(console, outcome)
    console.print(CAVEAT)


def _print_savings(console: Console, outcome: Outcome) -> None:
    summary = outcome.summary
    console.print(against_today(summary))
    figures = ("today", "then", "saving")
    grid = table("Largest savings, USD a month", "workload", "from", "to", *figures, right=figures)
    for each in summary.savings:
        words = (printable(each.name)[:LONGEST], each.current_option, each.choice)
        grid.add_row(*map(Text, words), *map(money, (each.today_usd, each.followed_usd, each.monthly_usd)))
    console.print(grid)
