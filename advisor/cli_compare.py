"""`advisor compare` and `advisor explain`: the options for one workload, and everything behind one of them."""

from __future__ import annotations

from typing import Annotated

import typer

from advisor.cli_arguments import (
    ANSWERED,
    NO_OPTION,
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
from advisor.cli_gate import Baseline, MaxIncrease, MaxMonthly, gate_of, held_back


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
