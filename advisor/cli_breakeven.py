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
    from advisor.platforms import PLATFORMS, chosen

    named = () if against is None else (against,)  # it may carry a stack, and is compared with all the others then
    platforms, book = chosen([*(platform.id for platform in PLATFORMS), *named]), book_of(as_of, prices)
    answer = compare_one(workload_of(workload, book), platforms, book, pace_of(team))
    found = breakeven_of(answer, platforms, against, over)
    if json:
        from advisor.decision_documents import breakeven_document

        print_json(breakeven_document(answer, found))
    else:
        from advisor.decision_terminal import show_breakeven

        show_breakeven(answer, found)
    raise typer.Exit(ANSWERED if answer.feasible else NO_OPTION)
