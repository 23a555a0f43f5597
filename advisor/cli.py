"""The command line: `advisor compare | explain | …`. It reads, calls the public surface, and prints."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from advisor.cli_arguments import (
    ANSWERED,
    BAD_INPUT,
    NO_OPTION,
    AsJson,
    AsOf,
    Overlay,
    WorkloadFile,
    book_of,
    print_json,
)
from advisor.cli_init import init
from advisor.cli_prices import prices
from advisor.errors import InputError
from pricing import FactError

app = typer.Typer(
    name="advisor",
    help="What every way to run a service costs, in money and in hours. Prices are list prices before tax.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)

app.command()(init)
app.add_typer(prices, name="prices")


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
    answer = compare_one(read_workload(workload), platforms, book_of(as_of, prices))
    if json:
        print_json(comparison_document(answer))
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
    answer = explain_one(read_workload(workload), platform, book_of(as_of, prices), Wanted(mode, machine, purchase))
    if json:
        print_json(explanation_document(answer))
    else:
        from advisor.terminal import show_explanation

        show_explanation(answer)
    raise typer.Exit(ANSWERED if answer.feasible else NO_OPTION)


def main() -> None:
    """Run the command line; what a user can mend is one message and exit code 2."""
    try:
        app()
    except (InputError, FactError) as error:
        sys.stderr.write(f"advisor: {error}\n")
        raise SystemExit(BAD_INPUT) from None
