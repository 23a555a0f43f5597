"""The command line: `advisor compare | explain | …`. It reads, calls the public surface, and prints."""

from __future__ import annotations

import datetime as dt
import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from advisor.errors import InputError, printable, shown
from pricing import FactError

if TYPE_CHECKING:  # commands import what they need, so that help comes at once
    from advisor.workload import Workload
    from pricing import PriceBook

ANSWERED, NOT_WRITTEN, BAD_INPUT, NO_OPTION = 0, 1, 2, 3

app = typer.Typer(
    name="advisor",
    help="What every way to run a service costs, in money and in hours. Prices are list prices before tax.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)

WorkloadFile = Annotated[Path, typer.Argument(metavar="WORKLOAD.yaml", help="The workload file.", show_default=False)]
AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="DATE", help="Prices in force on this day; default today.")
]
Overlay = Annotated[
    Path | None, typer.Option("--prices", metavar="OVERLAY.yaml", help="Your own prices and discounts.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the answer for machines.")]


@app.callback()
def _commands() -> None:
    """Keep the name of a command even while there is only one."""


@app.command()
def compare(
    workload: WorkloadFile,
    options: Annotated[str | None, typer.Option(metavar="a,b", help="Only these options.")] = None,
    as_of: AsOf = None,
    prices: Overlay = None,
    json: AsJson = False,
) -> None:
    """Compare the options for one workload.

    Example: [bold]advisor compare examples/churn.yaml --options cloud-run,gke[/bold]
    """
    from advisor.answer import compare_one
    from advisor.documents import comparison_document
    from advisor.platforms import chosen

    platforms = chosen(None if options is None else [name.strip() for name in options.split(",")])
    book = _book(as_of, prices)
    answer = compare_one(_workload(workload, book), platforms, book)
    if json:
        _print_json(comparison_document(answer))
    else:
        from advisor.terminal import show_comparison

        show_comparison(answer, workload)
    raise typer.Exit(ANSWERED if answer.feasible else NO_OPTION)


@app.command()
def explain(
    workload: WorkloadFile,
    option: Annotated[str, typer.Argument(metavar="OPTION", help="One option, such as cloud-run.", show_default=False)],
    mode: Annotated[str | None, typer.Option(metavar="M", help="A way of being billed; default the cheapest.")] = None,
    machine: Annotated[str | None, typer.Option(metavar="T", help="A machine type; default the cheapest.")] = None,
    purchase: Annotated[str | None, typer.Option(metavar="P", help="A purchase; default the cheapest.")] = None,
    as_of: AsOf = None,
    prices: Overlay = None,
    json: AsJson = False,
) -> None:
    """Show where an option's figure comes from: every line, limit, default and assumption.

    Example: [bold]advisor explain examples/churn.yaml cloud-run --mode request[/bold]
    """
    from advisor.answer import explain_one
    from advisor.documents import explanation_document
    from advisor.evaluation import Wanted
    from advisor.names import check_wanted
    from advisor.platforms import chosen

    (platform,) = chosen([option])
    book, wanted = _book(as_of, prices), Wanted(mode, machine, purchase)
    asked = _workload(workload, book)
    check_wanted(wanted, platform, asked, book)
    answer = explain_one(asked, platform, book, wanted)
    if json:
        _print_json(explanation_document(answer))
    else:
        from advisor.terminal import show_explanation

        show_explanation(answer)
    raise typer.Exit(ANSWERED if answer.feasible else NO_OPTION)


def _workload(path: Path, book: PriceBook) -> Workload:
    from advisor.names import check_names
    from advisor.workload import read_workload

    workload = read_workload(path)
    check_names(workload, book, str(path))
    return workload


def _book(as_of: str | None, overlay: Path | None) -> PriceBook:
    from pricing import load

    return load(_day(as_of), overlay)


def _day(text: str | None) -> dt.date:
    if text is None:
        return dt.date.today()
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise InputError(f"--as-of is {shown(text)}; allowed: a day such as 2026-10-31") from None


def _print_json(document: object) -> None:
    import json

    typer.echo(json.dumps(document, indent=2, allow_nan=False))  # ASCII: nothing in it can steer a terminal


def main() -> None:
    """Run the command line; what a user can mend is one message and exit code 2."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that lacks a character shows another
    try:
        app()
    except InputError as error:
        _stop(BAD_INPUT, *str(error).split("\n"))
    except FactError as error:
        _stop(BAD_INPUT, str(error))
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left unwritten must not fail again
        _stop(NOT_WRITTEN, f"the answer cannot be written: {error.strerror}")


def _stop(code: int, *lines: str) -> NoReturn:
    typer.echo("advisor: " + "\n".join(printable(line) for line in lines), err=True)
    raise SystemExit(code) from None
