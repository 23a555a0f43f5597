"""`advisor batch`: a whole portfolio from files, on the cores of one machine or on many machines."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from advisor.cli_arguments import (
    ANSWERED,
    NOT_WRITTEN,
    REJECTED,
    AsJson,
    AsOf,
    Force,
    Options,
    Overlay,
    TeamFile,
    book_of,
    need_pyarrow,
    platforms_of,
    print_json,
)
from advisor.errors import InputError, printable

if TYPE_CHECKING:
    from advisor.batch.run import Engine, Run
    from pricing import PriceBook

STOPPED = 128  # and the number of the signal, as shells have it


class Layout(StrEnum):
    """How the output is laid out."""

    WIDE = "wide"
    LONG = "long"


class Machines(StrEnum):
    """What evaluates."""

    LOCAL = "local"
    DASK = "dask"


Table = Annotated[
    str | None,
    typer.Argument(metavar="IN", help="A .csv, .csv.gz or .parquet file, a folder or a pattern of them."),
]
Output = Annotated[
    str | None,
    typer.Option("--output", "-o", metavar="OUT", help="Write here; the suffix says how: .csv, .csv.gz, .parquet."),
]
Rejects = Annotated[
    str | None, typer.Option("--rejects", metavar="FILE", help="Write refused records here; default beside OUT.")
]
Template = Annotated[bool, typer.Option("--template", help="Print a header and an example row to fill in, and stop.")]
Format = Annotated[Layout, typer.Option("--format", help="A row for each workload, or for each workload and option.")]
Workers = Annotated[int | None, typer.Option("--workers", min=1, metavar="N", help="Processes; default one a core.")]
On = Annotated[Machines, typer.Option("--engine", help="This machine's cores, or a Dask cluster.")]
Scheduler = Annotated[
    str | None, typer.Option("--scheduler", metavar="ADDRESS", help="A running Dask scheduler; default one of its own.")
]
Resume = Annotated[bool, typer.Option("--resume", help="Finish the run that stopped.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing on the way.")]


def batch(
    table: Table = None,
    output: Output = None,
    rejects: Rejects = None,
    template: Template = False,
    layout: Format = Layout.WIDE,
    options: Options = None,
    workers: Workers = None,
    engine: On = Machines.LOCAL,
    scheduler: Scheduler = None,
    resume: Resume = False,
    force: Force = False,
    quiet: Quiet = False,
    as_of: AsOf = None,
    prices: Overlay = None,
    team: TeamFile = None,
    json: AsJson = False,
) -> None:
    """Compare the options for every workload of a table, with the same figures as `compare`.

    Example: [bold]advisor batch examples/portfolio.csv -o choices.csv --quiet[/bold]
    """
    need_pyarrow("batch")
    if template:
        from advisor.batch.template import template_csv

        typer.echo(template_csv(), nl=False)
        return
    if table is None or output is None:
        raise InputError("advisor batch needs a table and -o OUT; allowed: advisor batch IN -o OUT, or --template")
    book = book_of(_day_of(as_of, output, resume), prices)
    run = _run(table, output, rejects, layout, options, book, prices, team)
    _check_target(run, force or resume)
    with _stopping(run):
        _begin_and_carry_out(run, book, _engine(engine, scheduler, workers), resume, force, quiet, json)


def _day_of(as_of: str | None, output: str, resume: bool) -> str | None:
    """The day that is asked for; a resumed run keeps its own."""
    from advisor.batch.run import day_of

    return as_of if as_of is not None or not resume else day_of(output)


def _run(
    table: str,
    output: str,
    rejects: str | None,
    layout: Layout,
    options: str | None,
    book: PriceBook,
    prices: Path | None,
    team: Path | None,
) -> Run:
    """What is to be done, everything in it checked."""
    from advisor.batch.answers import long_columns, wide_columns
    from advisor.batch.formats import suffix_of
    from advisor.batch.parts import Job
    from advisor.batch.run import Run, header_and_files, parts_of, rejects_of

    names = tuple(platform.id for platform in platforms_of(options))
    suffix, refused = suffix_of(output), rejects or rejects_of(output)
    header, files = header_and_files(table, wide_columns(names) if layout == Layout.WIDE else long_columns())
    overlay, pace = (None if path is None else str(path.resolve()) for path in (prices, team))
    job = Job(header, names, layout.value, book.as_of, overlay, pace, suffix, suffix_of(refused), parts_of(output))
    return Run(job, files, output, refused)


def _check_target(run: Run, may_replace: bool) -> None:
    """No file is written over unless that is asked for, and none that is read."""
    from advisor.batch.places import exists

    for path in (run.output, run.rejects):
        if path in run.files:
            raise InputError(f"{printable(path)} is read and cannot be written; allowed: another name")
        if exists(path) and not may_replace:
            raise InputError(f"{printable(path)} exists; allowed: another name, or --force to write over it")


def _engine(engine: Machines, scheduler: str | None, workers: int | None) -> Engine:
    count = workers or _cores()
    if engine == Machines.DASK:
        from advisor.batch.cluster import evaluate_on_cluster

        return partial(evaluate_on_cluster, scheduler=scheduler, workers=count)
    if scheduler is not None:
        raise InputError("--scheduler is the address of a Dask scheduler; allowed: together with --engine dask")
    from advisor.batch.processes import evaluate_locally

    return partial(evaluate_locally, workers=count)


def _cores() -> int:
    """How many this process may use; only Linux can tell them from all that there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _begin_and_carry_out(
    run: Run, book: PriceBook, engine: Engine, resume: bool, force: bool, quiet: bool, json: bool
) -> None:
    from advisor.batch.run import begin, carry_out, manifest_of
    from advisor.batch_terminal import progress, show_outcome

    begin(run, manifest_of(run, book.fingerprint), resume, force)
    with progress(quiet) as told:
        outcome = carry_out(run, engine, told)
    if json:
        print_json(outcome.document(run, book.fingerprint))
    elif not quiet:
        show_outcome(outcome, run)
    raise typer.Exit(REJECTED if outcome.rejected else ANSWERED)


class Stopped(BaseException):
    """A signal to stop."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@contextmanager
def _stopping(run: Run) -> Iterator[None]:
    """Stop cleanly at Ctrl-C, SIGTERM or a full disk, and say how to go on."""

    def stop(number: int, _: object) -> NoReturn:
        raise Stopped(number)

    before = {each: signal.signal(each, stop) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    except Stopped as stopped:
        _say_how_to_go_on(run, f"stopped by {signal.Signals(stopped.number).name}")
        raise typer.Exit(STOPPED + stopped.number) from None
    except OSError as error:
        where = f" ({printable(str(error.filename))})" if error.filename else ""
        _say_how_to_go_on(run, f"the output cannot be written: {error.strerror or error}{where}")
        raise typer.Exit(NOT_WRITTEN) from None
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _say_how_to_go_on(run: Run, what: str) -> None:
    from advisor.batch.run import is_unfinished

    kept = "; what is finished is kept: give the same command with --resume" if is_unfinished(run) else ""
    typer.echo(f"advisor: {what}{kept}", err=True)
