"""`advisor breakeven`: where the order of two options flips."""

from __future__ import annotations

from typing import Annotated

import typer

from advisor.cli_arguments import (
    ANSWERED,
    NO_OPTION,
    AsJson,
    AsOf,
    Overlay,
    TeamFile,
    WorkloadFile,
    book_of,
    pace_of,
    platforms_of,
    print_json,
    workload_of,
)

Against = Annotated[
    str | None,
    typer.Option(metavar="OPTION", help="Hold the choice against this option; default the runner-up."),
]
Vary = Annotated[str, typer.Option(metavar="WHAT", help="requests, horizon, wage, skill or delay.")]


def breakeven(
    workload: WorkloadFile,
    against: Against = None,
    over: Vary = "requests",
    as_of: AsOf = None,
    prices: Overlay = None,
    team: TeamFile = None,
    json: AsJson = False,
) -> None:
    """Find where the order of two options flips as one figure varies: the first place, the last, and how many.

    Example: [bold]advisor breakeven examples/churn.yaml --against gke --over requests[/bold]
    """
    from advisor.answer import compare_one
    from advisor.breakeven import breakeven_of

    platforms, book = platforms_of(None), book_of(as_of, prices)
    platforms_of(against)
    answer = compare_one(workload_of(workload, book), platforms, book, pace_of(team))
    found = breakeven_of(answer, platforms, against, over)
    if json:
        from advisor.decision_documents import breakeven_document

        print_json(breakeven_document(answer, found))
    else:
        from advisor.decision_terminal import show_breakeven

        show_breakeven(answer, found)
    raise typer.Exit(ANSWERED if answer.feasible else NO_OPTION)
