"""`advisor choose`: the recommendation as a short text."""

from __future__ import annotations

import typer

from advisor.cli_arguments import (
    ANSWERED,
    NO_OPTION,
    AsJson,
    AsOf,
    Options,
    Overlay,
    TeamFile,
    WorkloadFile,
    book_of,
    pace_of,
    platforms_of,
    print_json,
    workload_of,
)


def choose(
    workload: WorkloadFile,
    options: Options = None,
    as_of: AsOf = None,
    prices: Overlay = None,
    team: TeamFile = None,
    json: AsJson = False,
) -> None:
    """Recommend an option in a text that a manager can read, with its figures and what would change it.

    Example: [bold]advisor choose examples/churn.yaml[/bold]
    """
    from advisor.answer import compare_one

    platforms, book = platforms_of(options), book_of(as_of, prices)
    answer = compare_one(workload_of(workload, book), platforms, book, pace_of(team))
    if json:
        from advisor.decision_documents import choose_document

        print_json(choose_document(answer))
    else:
        from advisor.decision_terminal import show_choice

        show_choice(answer, workload)
    raise typer.Exit(ANSWERED if answer.feasible else NO_OPTION)
