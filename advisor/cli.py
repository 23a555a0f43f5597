"""The command line: `advisor compare | explain | …`. It reads, calls the public surface, and prints."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import Annotated

import typer

from advisor.errors import InputError
from pricing import FactError

ANSWERED, BAD_INPUT, NO_OPTION = 0, 2, 3

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
    from advisor.workload import read_workload

    platforms = chosen(options.split(",") if options else None)
    answer = compare_one(read_workload(workload), platforms, _book(as_of, prices))
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
    from advisor.platforms import chosen
    from advisor.workload import read_workload

    (platform,) = chosen([option])
    answer = explain_one(read_workload(workload), platform, _book(as_of, prices), Wanted(mode, machine, purchase))
    if json:
        _print_json(explanation_document(answer))
    else:
        from advisor.terminal import show_explanation

        show_explanation(answer)
    raise typer.Exit(ANSWERED if answer.feasible else NO_OPTION)


def _book(as_of: str | None, overlay: Path | None):  # type: ignore[no-untyped-def]
    from pricing import load

    return load(_day(as_of), overlay)


def _day(text: str | None) -> dt.date:
    if text is None:
        return dt.date.today()
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise InputError(f"--as-of is {text!r}; allowed: a day such as 2026-10-31") from None


def _print_json(document: object) -> None:
    import json

    sys.stdout.write(json.dumps(document, indent=2, allow_nan=False, ensure_ascii=False) + "\n")


def main() -> None:
    """Run the command line; what a user can mend is one message and exit code 2."""
    try:
        app()
    except (InputError, FactError) as error:
        sys.stderr.write(f"advisor: {error}\n")
        raise SystemExit(BAD_INPUT) from None
