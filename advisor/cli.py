"""The command line: `advisor compare | explain | …`. It reads, calls the public surface, and prints."""

from __future__ import annotations

import io
import os
import sys
from typing import Annotated, NoReturn

import typer

from advisor.cli_arguments import (
    ANSWERED,
    BAD_INPUT,
    NO_OPTION,
    NOT_WRITTEN,
    AsJson,
    AsOf,
    Options,
    Overlay,
    Stacks,
    TeamFile,
    WorkloadFile,
    book_of,
    pace_of,
    platforms_of,
    print_json,
    workload_of,
)
from advisor.cli_batch import batch
from advisor.cli_breakeven import breakeven
from advisor.cli_calibrate import calibrate
from advisor.cli_choose import choose
from advisor.cli_dashboard import dashboard
from advisor.cli_gate import Baseline, MaxIncrease, MaxMonthly, gate_of, held_back
from advisor.cli_init import init
from advisor.cli_manifest import manifest
from advisor.cli_prices import prices
from advisor.cli_report import diff, report
from advisor.cli_stacks import stacks
from advisor.cli_trace import trace
from advisor.errors import InputError, printable
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
app.command()(stacks)


@app.callback()
def _commands() -> None:
    """Keep the name of a command even while there is only one."""


@app.command()
def compare(
    workload: WorkloadFile,
    options: Options = None,
    stacks: Stacks = False,
    as_of: AsOf = None,
    prices: Overlay = None,
    team: TeamFile = None,
    max_monthly: MaxMonthly = None,
    max_increase_pct: MaxIncrease = None,
    baseline: Baseline = None,
    json: AsJson = False,
) -> None:
    """Compare the options for one workload: money, people, time, total cost, and which to choose.

    Example: [bold]advisor compare examples/churn.yaml --options cloud-run,gke[/bold]
    """
    from advisor.answer import compare_one
    from advisor.documents import comparison_document
    from advisor.version import program

    platforms, book = platforms_of(options, stacks), book_of(as_of, prices)
    asked = workload_of(workload, book)
    gate = gate_of(max_monthly, max_increase_pct, baseline, asked.name)
    answer = compare_one(asked, platforms, book, pace_of(team))
    if json:
        print_json({**comparison_document(answer), "program": program()})
    if gate:
        raise typer.Exit(held_back(answer, gate))
    if not json:
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
    team: TeamFile = None,
    json: AsJson = False,
) -> None:
    """Show where an option's figures come from: every line, limit, activity, default and assumption.

    Example: [bold]advisor explain examples/churn.yaml cloud-run --mode request[/bold]
    """
    from advisor.answer import explain_one
    from advisor.documents import explanation_document
    from advisor.evaluation import Wanted
    from advisor.names import check_wanted
    from advisor.platforms import chosen

    (platform,) = chosen([option])
    book, wanted = book_of(as_of, prices), Wanted(mode, machine, purchase)
    asked = workload_of(workload, book)
    check_wanted(wanted, platform, asked, book)
    answer = explain_one(asked, platform, book, wanted, pace_of(team))
    if json:
        print_json(explanation_document(answer))
    else:
        from advisor.terminal import show_explanation

        show_explanation(answer)
    raise typer.Exit(ANSWERED if answer.feasible else NO_OPTION)


app.command()(choose)
app.command()(breakeven)
app.command()(calibrate)
app.command()(manifest)
app.command()(dashboard)
app.command()(report)
app.command()(diff)
app.command()(batch)
app.command()(trace)
app.add_typer(prices, name="prices")


def main() -> None:
    """Run the command line; what a user can mend is one message and exit code 2."""
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # to look for some takes a tenth of the start
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


if __name__ == "__main__":
    main()
