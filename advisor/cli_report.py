"""`advisor report` and `advisor diff`: a comparison as a document, and two of them compared."""

from __future__ import annotations

import os
import shlex
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from advisor.cli_arguments import (
    ANSWERED,
    NO_OPTION,
    AsJson,
    AsOf,
    Force,
    Options,
    Overlay,
    TeamFile,
    book_of,
    pace_of,
    platforms_of,
    print_json,
    workload_of,
)
from advisor.errors import InputError, printable, shown

if TYPE_CHECKING:
    from advisor.answer import Answer
    from advisor.hours import OwnPace
    from advisor.platforms.platform import Platform
    from advisor.workload import Workload
    from pricing import PriceBook
    from reports.document import Chapter, Report

MOST_CHAPTERS = 10  # in a portfolio; a longer one is a table

WorkloadFiles = Annotated[
    list[Path],
    typer.Argument(metavar="WORKLOAD.yaml…", help="Workload files, or one saved report (.json).", show_default=False),
]
Output = Annotated[
    Path, typer.Option("--output", "-o", metavar="FILE", help="Where to; .html .pdf .md .xlsx .json or .csv chooses.")
]
Manifests = Annotated[bool, typer.Option("--manifests", help="Append the files that deploy the choice.")]
Saved = Annotated[Path, typer.Argument(metavar="A.json", help="A saved run.", show_default=False)]
Other = Annotated[Path, typer.Argument(metavar="B.json", help="A later one.", show_default=False)]


def report(
    workloads: WorkloadFiles,
    output: Output,
    options: Options = None,
    as_of: AsOf = None,
    prices: Overlay = None,
    team: TeamFile = None,
    manifests: Manifests = False,
    force: Force = False,
) -> None:
    """Write a report that can be sent: summary, tables, charts, bills, plan, break-evens, sources.

    Example: [bold]advisor report examples/churn.yaml -o churn.html[/bold]
    """
    from reports import DRAWN, written

    _check_output(output, force)
    suffix = output.suffix.lower()
    if [path.suffix.lower() for path in workloads] == [".json"]:
        from reports.machine import read_report

        made = read_report(workloads[0])
    else:
        book = book_of(as_of, prices)
        command = _command(workloads, output, options, str(book.as_of), prices, team, manifests)
        wanted = Wanted(platforms_of(options), book, pace_of(team), manifests, suffix in DRAWN)
        made = _made(workloads, wanted, command)
    _write(written(made, suffix), output)
    typer.echo(f"Wrote {printable(str(output))}")
    raise typer.Exit(ANSWERED if _feasible(made) else NO_OPTION)


@dataclass(frozen=True)
class Wanted:
    """What a report is made with, and what of it will be shown."""

    platforms: Sequence[Platform]
    book: PriceBook
    pace: OwnPace | None
    manifests: bool
    drawn: bool


def _made(paths: Sequence[Path], wanted: Wanted, command: str) -> Report:
    """The report of some workloads: a chapter for each, and a portfolio where there are several."""
    from advisor.version import program
    from reports.assemble import report_of
    from reports.portfolio import without_allowance

    book = wanted.book
    workloads = without_allowance([workload_of(path, book) for path in paths])
    told = workloads if len(workloads) <= MOST_CHAPTERS else []
    chapters = [_chapter(each, wanted) for each in told]
    if len(workloads) == 1:
        return report_of(book, program(), command, chapters)
    from advisor.comparison import compare
    from advisor.workload import Workloads
    from reports.portfolio import portfolio_of

    comparison = compare(Workloads.of(workloads), wanted.platforms, book, wanted.pace)
    rows = portfolio_of(workloads, comparison)
    return report_of(book, program(), command, chapters, rows)


def _chapter(workload: Workload, wanted: Wanted) -> Chapter:
    from advisor.answer import compare_one
    from reports.assemble import chapter_of

    answer = compare_one(workload, wanted.platforms, wanted.book, wanted.pace)
    return chapter_of(answer, wanted.platforms, _manifests(answer) if wanted.manifests else {}, wanted.drawn)


def _manifests(answer: Answer) -> Mapping[str, str]:
    """The files that deploy the choice; where nothing is written for it, why not."""
    from advisor.manifests import build

    name = answer.choice.name(int(answer.choice.option[0]))
    for explanation in answer.options:
        if explanation.option == name:
            try:
                return build(answer.workload, explanation).texts()
            except InputError as error:
                return {explanation.option: str(error)}
    return {}


def _feasible(made: Report) -> bool:
    statuses = [option.status for chapter in made.chapters for option in chapter.options]
    return any(status != "infeasible" for status in statuses or [row.status for row in made.portfolio])


def _command(
    workloads: Sequence[Path],
    output: Path,
    options: str | None,
    as_of: str,
    prices: Path | None,
    team: Path | None,
    manifests: bool,
) -> str:
    """What to type for the same report again; the day is named, so that it stays the same."""
    given: Mapping[str, object] = {"--options": options, "--as-of": as_of, "--prices": prices, "--team": team}
    words = [word for name, value in given.items() if value is not None for word in (name, str(value))]
    return shlex.join(
        ["advisor", "report", *map(str, workloads), "-o", str(output), *words, *["--manifests"] * manifests]
    )


def _check_output(output: Path, force: bool) -> None:
    """Refuse, before any work, what could not be written after it."""
    from reports import SUFFIXES

    if output.suffix.lower() not in SUFFIXES:
        raise InputError(f"--output {shown(str(output))}: its suffix is not known; allowed: {', '.join(SUFFIXES)}")
    if output.is_dir():
        raise InputError(f"--output {shown(str(output))} is a folder; allowed: a file")
    if output.exists() and not force:
        raise InputError(f"{output} exists; allowed: another name, or --force to write over it")
    try:
        with tempfile.TemporaryFile(dir=output.parent):
            pass
    except OSError as error:
        raise _unwritable(output, error) from None


def _write(content: bytes, output: Path) -> None:
    """All of it or nothing: the file takes its name once it is whole."""
    try:
        with tempfile.NamedTemporaryFile(dir=output.parent, prefix=".advisor-", delete=False) as partial:
            partial.write(content)
        os.chmod(partial.name, 0o666 & ~_umask())
        Path(partial.name).replace(output)
    except OSError as error:
        raise _unwritable(output, error) from None


def _umask() -> int:
    """What the user's own new files lack."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _unwritable(output: Path, error: OSError) -> InputError:
    return InputError(f"{output} cannot be written: {error.strerror}; allowed: a file in a folder that can be written")


def diff(before: Saved, after: Other, json: AsJson = False) -> None:
    """Compare two saved runs line by line, and tell prices, the workload and the version apart.

    Example: [bold]advisor diff before.json after.json[/bold]
    """
    from advisor.saved import read_saved
    from reports.difference import difference

    found = difference(read_saved(before), read_saved(after))
    if json:
        from dataclasses import asdict

        print_json(asdict(found))
    else:
        from reports.difference_terminal import show_difference

        show_difference(found)
