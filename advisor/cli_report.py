"""`advisor report` and `advisor diff`: a comparison as a document, and two of them compared."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
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
    _check_output(output, force)
    if [path.suffix.lower() for path in workloads] == [".json"]:
        from reports.machine import read_report

        made = read_report(workloads[0])
    else:
        from reports.again import again

        book = book_of(as_of, prices)
        command = again(workloads, output, book.as_of, options, prices, team, manifests)
        made = _made(workloads, platforms_of(options), book, pace_of(team), command, manifests)
    from reports import written

    _write(written(made, output.suffix.lower()), output)
    typer.echo(f"Wrote {printable(str(output))}")
    raise typer.Exit(ANSWERED if _feasible(made) else NO_OPTION)


def _made(
    paths: Sequence[Path],
    platforms: Sequence[Platform],
    book: PriceBook,
    pace: OwnPace | None,
    command: str,
    manifests: bool,
) -> Report:
    """The report of some workloads: a chapter for each, and a portfolio where there are several."""
    from advisor.version import program
    from reports.assemble import report_of
    from reports.portfolio import without_allowance

    workloads = without_allowance([workload_of(path, book) for path in paths])
    told = workloads if len(workloads) <= MOST_CHAPTERS else []
    chapters = [_chapter(each, platforms, book, pace, manifests) for each in told]
    if len(workloads) == 1:
        return report_of(book, program(), command, chapters)
    from advisor.comparison import compare
    from advisor.workload import Workloads
    from reports.portfolio import portfolio_of

    rows = portfolio_of(workloads, compare(Workloads.of(workloads), platforms, book, pace))
    return report_of(book, program(), command, chapters, rows)


def _chapter(
    workload: Workload, platforms: Sequence[Platform], book: PriceBook, pace: OwnPace | None, manifests: bool
) -> Chapter:
    from advisor.answer import compare_one
    from reports.assemble import chapter_of, manifests_of

    answer = compare_one(workload, platforms, book, pace)
    return chapter_of(answer, platforms, manifests_of(answer) if manifests else {})


def _feasible(made: Report) -> bool:
    statuses = [option.status for chapter in made.chapters for option in chapter.options]
    return any(status != "infeasible" for status in statuses or [row.status for row in made.portfolio])


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
