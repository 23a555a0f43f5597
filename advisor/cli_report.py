"""`advisor report` and `advisor diff`: a comparison as a document, and two of them compared."""

from __future__ import annotations

import os
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from advisor.cli_arguments import (
    ANSWERED,
    NO_OPTION,
    REJECTED,
    AsJson,
    AsOf,
    Force,
    Options,
    Overlay,
    TeamFile,
    print_json,
)
from advisor.cli_report_sources import Asked, report_from
from advisor.errors import InputError, printable, shown

if TYPE_CHECKING:
    from reports.document import Report

WorkloadFiles = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILE…",
        help="Workload files (.yaml), or one of: a table of workloads or what `advisor batch` wrote (.csv, .csv.gz, "
        ".parquet), a saved report (.json).",
        show_default=False,
    ),
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
    from reports import written

    _check_output(output, force)
    asked = Asked(output, options, as_of, prices, team, manifests)
    made = report_from(workloads, asked)
    _write(written(made, asked.suffix), output)
    typer.echo(f"Wrote {printable(str(output))}")
    raise typer.Exit(_code(made))


def _code(made: Report) -> int:
    """Whether any option can be, and whether every record of a table could be used."""
    statuses = [option.status for chapter in made.chapters for option in chapter.options]
    feasible = any(status != "infeasible" for status in statuses or [row.status for row in made.portfolio])
    if made.totals and made.totals.refused:
        return REJECTED
    return ANSWERED if feasible else NO_OPTION


def _check_output(output: Path, force: bool) -> None:
    """Refuse, before any work, what could not be written after it."""
    from reports import LIBRARIES, SUFFIXES

    suffix = output.suffix.lower()
    if suffix not in SUFFIXES:
        raise InputError(f"--output {shown(str(output))}: its suffix is not known; allowed: {', '.join(SUFFIXES)}")
    if suffix in LIBRARIES and find_spec(LIBRARIES[suffix]) is None:
        raise InputError(f"{suffix} needs {LIBRARIES[suffix]}; install it with: pip install 'deploy-advisor[report]'")
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
    partial = None
    try:
        with tempfile.NamedTemporaryFile(dir=output.parent, prefix=".advisor-", delete=False) as partial:
            partial.write(content)
        os.chmod(partial.name, 0o666 & ~_umask())
        Path(partial.name).replace(output)
    except BaseException as error:
        if partial is not None:
            Path(partial.name).unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise _unwritable(output, error) from None
        raise


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
