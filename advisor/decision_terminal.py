"""The recommendation, break-evens and a team's pace on a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.text import Text

from advisor.answer import Answer
from advisor.breakeven import Breakeven, Sweep, Value
from advisor.calibration import Calibration
from advisor.choice_words import paragraphs
from advisor.errors import printable
from advisor.figures import amount
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
    console.print(Text(_outcome(sweep)))
    for crossing in sweep.crossings[:MOST_SHOWN]:
        console.print(f"  from {shown(crossing.at)} on {crossing.above}, below it {crossing.below}")
    if len(sweep.crossings) > MOST_SHOWN:
        console.print(f"  and {len(sweep.crossings) - MOST_SHOWN} more")
    grid = table("Cheapest of all options", sweep.field, "option")
    for stretch, winner in _stretches(sweep):
        grid.add_row(stretch, winner or "none is priced")
    console.print(grid)


def _outcome(sweep: Sweep) -> str:
    """What was found, in one sentence."""
    searched = f"{len(sweep.values)} values from {shown(sweep.values[0])} to {shown(sweep.values[-1])}"
    if sweep.status == "not computed":
        return f"Not computed: a price is missing at {sweep.unknown} of {searched}."
    if sweep.status == "not reached":
        winner = next((winner for winner in sweep.winners if winner), "neither")
        return f"Not reached in the searched range ({searched}): {winner} wins wherever either is possible."
    first, last, many = shown(sweep.crossings[0].at), shown(sweep.crossings[-1].at), len(sweep.crossings)
    places = f"once, at {first}" if many == 1 else f"{many} times, first at {first}, last at {last}"
    return f"The order flips {places} (searched: {searched}, everything chosen anew at each)."


def _stretches(sweep: Sweep) -> Iterator[tuple[str, str | None]]:
    """Neighbouring values with the same cheapest option, as a range."""
    for winner, group in groupby(zip(sweep.values, sweep.cheapest, strict=True), key=lambda each: each[1]):
        values = [value for value, _ in group]
        first, last = shown(values[0]), shown(values[-1])
        yield (first if first == last else f"{first} – {last}"), winner


def shown(value: Value) -> str:
    """A value of the field that is varied."""
    return value if isinstance(value, str) else amount(value)


def show_calibration(pace: Calibration, ignored: Sequence[str], output: Path | None) -> None:
    """Print what was learnt, how sure it is, and the rows that were not used."""
    console = Console(highlight=False)
    following, wary = pace.next_deployment(1.0), pace.next_deployment_noise_unknown(1.0)
    console.print(f"[bold]{_count(pace.cases, 'past deployment')} used, {_count(len(ignored), 'row')} ignored[/bold]")
    for message in ignored[:MOST_SHOWN]:
        console.print(Text(f"  {printable(message)}"))
    console.print(
        f"\nHours: {pace.hours_factor:.2f} times the generic ones; {pace.weight:.0%} of that is your history.\n"
        f"The next deployment: {following.p10:.2f} to {following.p90:.2f} times, eight times in ten;\n"
        f"{wary[0]:.2f} to {wary[2]:.2f} if how much deployments differ is learnt from these rows too."
    )
    if pace.timed_cases:
        console.print(
            f"Task hours a day: {pace.focus_factor:.2f} times the usual, from {_count(pace.timed_cases, 'row')}."
        )
    if output is None:
        console.print("\nTo use it everywhere, write it with [bold]-o team.yaml[/bold].")
    else:
        file = escape(printable(str(output)))
        console.print(f"\nWrote {file}. Next: [bold]advisor compare WORKLOAD.yaml --team {file}[/bold]")


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + "s" * (number != 1)
