"""What the commands share: arguments, exit codes, the files they are given, JSON on the standard output."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from advisor.errors import InputError, shown

if TYPE_CHECKING:  # commands import what they need, so that help comes at once
    from advisor.calibration import Calibration
    from advisor.platforms.platform import Platform
    from advisor.workload import Workload
    from pricing import PriceBook

ANSWERED, BAD_INPUT, NO_OPTION = 0, 2, 3
REJECTED = 4  # every record of a table was read, and some could not be used
NOT_WRITTEN = FINDINGS = 1  # the answer cannot be written; `advisor prices check` found something

WorkloadFile = Annotated[Path, typer.Argument(metavar="WORKLOAD.yaml", help="The workload file.", show_default=False)]
AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="DATE", help="Prices in force on this day; default today.")
]
Overlay = Annotated[
    Path | None, typer.Option("--prices", metavar="OVERLAY.yaml", help="Your own prices and discounts.")
]
TeamFile = Annotated[
    Path | None, typer.Option("--team", metavar="TEAM.yaml", help="Your team's own pace, from `advisor calibrate`.")
]
Options = Annotated[str | None, typer.Option("--options", metavar="a,b", help="Only these options.")]
Stacks = Annotated[bool, typer.Option("--stacks", help="Clusters with each serving stack too.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write here, not to the screen.")]
Force = Annotated[bool, typer.Option("--force", help="Write over a file that exists.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the answer for machines.")]


def workload_of(path: Path, book: PriceBook) -> Workload:
    """The workload of a file, every name in it known to the book."""
    from advisor.names import check_gpu, check_names
    from advisor.workload import read_workload

    workload = read_workload(path)
    check_names(workload, book, str(path))
    check_gpu(workload, book, str(path))
    return workload


def platforms_of(options: str | None, stacks: bool = False) -> tuple[Platform, ...]:
    """The options named, all where none is; with stacks, clusters with each of them too."""
    from advisor.platforms import chosen

    return chosen(None if options is None else [name.strip() for name in options.split(",")], stacks)


def pace_of(path: Path | None) -> Calibration | None:
    """The team's own pace, where a file of it is given."""
    if path is None:
        return None
    from advisor.calibration import read_calibration

    return read_calibration(path)


def write_text(text: str, output: Path, force: bool) -> None:
    """Write a file; over another only if told so."""
    if output.exists() and not force:
        raise InputError(f"{output} exists; allowed: another name, or --force to write over it")
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(
            f"{output} cannot be written: {error.strerror}; allowed: a file in a folder that exists"
        ) from None


def book_of(as_of: str | None, overlay: Path | None = None) -> PriceBook:
    """The price book of a day given as text, today where none is, under the user's own prices."""
    from pricing import load

    return load(_day(as_of), overlay)


def _day(text: str | None) -> dt.date:
    if text is None:
        return dt.date.today()
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:  # 20261031 and 2026-W44-6 are days too, and more often mistakes
        raise InputError(f"--as-of is {shown(text)}; allowed: a day such as 2026-10-31")
    return day


def need_pyarrow(command: str) -> None:
    """Say what to install where the package that reads tables is missing."""
    from importlib.util import find_spec

    if find_spec("pyarrow") is None:
        raise InputError(f"advisor {command} needs pyarrow; install it with: pip install 'deploy-advisor[batch]'")


def print_json(document: object) -> None:
    """Print a document for machines."""
    import json

    typer.echo(json.dumps(document, indent=2, allow_nan=False))  # ASCII: nothing in it can steer a terminal
