"""The recommendation, break-evens and a team's pace on a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.text import Text

from advisor.answer import Answer
from advisor.breakeven import Breakeven, Sweep
from advisor.breakeven_words import outcome, shown, stretches
from advisor.calibration import Calibration
from advisor.choice_words import paragraphs
from advisor.errors import printable
from advisor.figures import amount
from advisor.pace_words import pace_sentences, rows_sentence
from advisor.people_terminal import JUDGED, months
from advisor.tables import table
from advisor.terminal import CAVEAT

MOST_SHOWN = 20  # crossings, stretches or rows


def show_choice(answer: Answer, path: Path) -> None:
    """Print the recommendation, its caveats, and how to look behind it."""
    console = Console(highlight=False)
    _print_heading(console, answer)
    for heading, sentences in paragraphs(answer):
        console.print(f"\n[bold]{heading}[/bold]" if heading else "")
        for sentence in sentences:
            console.print(Text(sentence, style="" if heading else "bold"))
    console.print("\n[bold]Mind[/bold]")
    console.print(f"{JUDGED} {CAVEAT}")
    console.print(f"Prices as of {answer.book.as_of}, fingerprint {answer.book.fingerprint}. Traffic is varied by")
    console.print(f"  [bold]advisor breakeven {escape(printable(str(path)))}[/bold]")


def _print_heading(console: Console, answer: Answer) -> None:
    workload = answer.workload
    console.print(
        f"[bold]{escape(printable(workload.name)[:70])}[/bold]: "
        f"{amount(workload.requests_per_month)} requests a month, {workload.geography}, {months(answer)}"
    )


def show_breakeven(answer: Answer, found: Breakeven) -> None:
    """Print every sweep; or why there is none."""
    console = Console(highlight=False)
    _print_heading(console, answer)
    for sweep in found.sweeps:
        _print_sweep(console, sweep)
    if found.reason:
        console.print(Text(f"\nNot computed: {found.reason}." if not found.sweeps else f"\nMissing: {found.reason}."))


def _print_sweep(console: Console, sweep: Sweep) -> None:
    console.print(Text(f"\n{' against '.join(sweep.pair)}, over {sweep.field} ({sweep.unit})", style="bold"))
    console.print(Text(outcome(sweep)))
    for crossing in sweep.crossings[:MOST_SHOWN]:
        console.print(f"  from {shown(crossing.at)} on {crossing.above}, below it {crossing.below}")
    if len(sweep.crossings) > MOST_SHOWN:
        console.print(f"  and {len(sweep.crossings) - MOST_SHOWN} more")
    grid = table("Cheapest of all options", sweep.field, "option")
    for stretch, winner in stretches(sweep):
        grid.add_row(stretch, winner or "none is priced")
    console.print(grid)


def show_calibration(pace: Calibration, ignored: Sequence[str], output: Path | None) -> None:
    """Print what was learnt, how sure it is, and the rows that were not used."""
    console = Console(highlight=False)
    console.print(f"[bold]{rows_sentence(pace, len(ignored))}[/bold]")
    for message in ignored[:MOST_SHOWN]:
        console.print(Text(f"  {printable(message)}"))
    console.print("")
    for sentence in pace_sentences(pace):
        console.print(sentence)
    if output is None:
        console.print("\nTo use it everywhere, write it with [bold]-o team.yaml[/bold].")
    else:
        file = escape(printable(str(output)))
        console.print(f"\nWrote {file}. Next: [bold]advisor compare WORKLOAD.yaml --team {file}[/bold]")
