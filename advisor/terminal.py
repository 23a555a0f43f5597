"""Answers on a terminal of 80 columns. Rounds once, here; does no arithmetic."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from advisor.answer import Answer
from advisor.bill import Status
from advisor.choice_words import flip_sentences, frontier_sentence, tie_sentences, verdict
from advisor.documents import explanation_document
from advisor.errors import printable
from advisor.explanation import Explanation
from advisor.figures import amount, money, spread
from advisor.people_documents import Document
from advisor.people_terminal import JUDGED, STATUS_STYLE, people_table, print_people, tco_table
from advisor.tables import table

CAVEAT = "List prices before tax, USD a month of 730 hours."


def show_comparison(answer: Answer, path: Path) -> None:
    """Print the options by money, people and total, what is not possible or not known and why, and the choice."""
    console = Console(highlight=False)
    workload = answer.workload
    console.print(
        f"[bold]{escape(printable(workload.name)[:70])}[/bold]: "
        f"{amount(workload.requests_per_month)} requests a month, {workload.geography}"
    )
    console.print(_options(answer))
    _print_tenancies(console, answer)
    for explanation in answer.ranking:
        _print_reasons(console, explanation)
    console.print(people_table(answer))
    console.print(tco_table(answer))
    _print_choice(console, answer)
    _print_notes(console, answer)
    _print_next(console, answer, path)


def _options(answer: Answer) -> Table:
    figures = ("USD/month", "range")
    title = "Bill of the first month, USD" if answer.workload.growth_per_month else "Bill of a month, USD"
    grid = table(title, "option", *figures, "cheapest way", right=figures, whole=("option", *figures))
    for explanation in answer.ranking:
        priced = explanation.status == Status.PRICED
        grid.add_row(
            explanation.option,
            money(explanation.monthly_usd) if priced else explanation.status.name.lower(),
            spread(explanation.low_usd, explanation.high_usd) if priced else "",
            explanation.cheapest_way,
            style=STATUS_STYLE[explanation.status],
        )
    return grid


def _print_tenancies(console: Console, answer: Answer) -> None:
    """What clusters cost alone, and as one of the services of a shared one."""
    priced = [
        (each.option, each.if_priced(each.alone_usd), each.if_priced(each.marginal_usd)) for each in answer.ranking
    ]
    clusters = [f"{name} {money(alone)} / {money(shared)}" for name, alone, shared in priced if alone != shared]
    if clusters:
        console.print(f"With all of a cluster / as one service of a shared one: {', '.join(clusters)}.")


def _print_choice(console: Console, answer: Answer) -> None:
    first, *rest = (*verdict(answer), *tie_sentences(answer), *flip_sentences(answer), *frontier_sentence(answer))
    console.print(Text(f"\n{first}", style="bold"))
    for sentence in rest:
        console.print(Text(sentence))
    cheapest = answer.cheapest
    if cheapest and cheapest.option != answer.choice.name(answer.choice.option[0]):
        console.print(f"By the bill alone {cheapest.option} is cheapest: {money(cheapest.monthly_usd)} USD a month.")


def _print_notes(console: Console, answer: Answer) -> None:
    book = answer.book
    console.print(
        f"\n{CAVEAT} {JUDGED} Prices as of {book.as_of}, the oldest of {book.oldest}, fingerprint {book.fingerprint}."
    )


def _print_next(console: Console, answer: Answer, path: Path) -> None:
    first, file = answer.ranking[0].option, escape(printable(str(path)))
    console.print("\nNext:")
    for command, what in (
        (f"explain {file} {first}", "everything behind it"),
        (f"breakeven {file}", "where the order flips"),
    ):
        console.print(f"  [bold]advisor {command}[/bold]  {what}")


def _print_reasons(console: Console, explanation: Explanation) -> None:
    reasons = {Status.UNKNOWN: explanation.unknown, Status.INFEASIBLE: explanation.why_not}
    for sentence in reasons.get(explanation.status, ()):
        console.print(f"  [bold]{explanation.option}[/bold] {explanation.status.name.lower()}: {escape(sentence)}")


def show_explanation(answer: Answer) -> None:
    """Print every line of the bill, the plan, the limits and the assumptions of one option."""
    console = Console(highlight=False)
    (explanation,) = answer.options
    document = explanation_document(answer)
    console.print(f"[bold]{explanation.platform.title}[/bold] ({explanation.variant.label}) in {explanation.region}")
    _print_total(console, explanation, document)
    _print_bill(console, document)
    _print_levels(console, document)
    _print_limits(console, document)
    print_people(console, answer, explanation)
    _print_assumptions(console, explanation)
    console.print(f"\n{CAVEAT} As of {answer.book.as_of}, fingerprint {answer.book.fingerprint}.")


def _print_total(console: Console, explanation: Explanation, document: Document) -> None:
    if explanation.status == Status.PRICED:
        between = spread(document["monthly_usd_low"], document["monthly_usd_high"])
        console.print(f"{money(document['monthly_usd'])} USD a month" + (f", range {between}" if between else ""))
        alone, shared = money(document["monthly_usd_alone"]), money(document["monthly_usd_marginal"])
        if alone != shared:
            console.print(f"alone on its cluster {alone}, as one of the services of a shared one {shared}")
    else:
        _print_reasons(console, explanation)


def _print_bill(console: Console, document: Document) -> None:
    title = "Bill" if document["status"] == "priced" else "Bill: what it would have cost"
    grid = table(title, "meter", "quantity", "unit", "USD", "source", right=("quantity", "USD"))
    for line in document["lines"]:
        marks = [
            line["date"],
            line["grade"],
            *(["borrowed"] if line["borrowed"] else []),
            *(["stale"] if line["stale"] else []),
        ]
        source = f"{line['source']}, {', '.join(marks)}"
        grid.add_row(line["meter"], amount(line["quantity"]), line["unit"], money(line["usd"]), escape(source))
        for tier in line["tiers"] if len(line["tiers"]) > 1 else ():
            each = amount(tier["usd_per_unit"])
            grid.add_row(
                f"  {tier['note'] or 'of it'}",
                amount(tier["quantity"]),
                f"at {each}",
                money(tier["usd"]),
                "",
                style="dim",
            )
    console.print(grid)


def _print_levels(console: Console, document: Document) -> None:
    columns = {
        "× mean": "multiple_of_mean",
        "hours/month": "hours_per_month",
        "requests/s": "requests_per_s",
        "duration s": "duration_s",
        "replicas": "replicas",
        "machines": "machines",
    }
    grid = table("Capacity at each level of traffic", *columns, right=tuple(columns))
    for level in document["levels"]:
        grid.add_row(*(amount(level[key]) for key in columns.values()))
    console.print(grid)


def _print_limits(console: Console, document: Document) -> None:
    grid = table("Limits", "limit", "asked", "allowed", "unit", "", "source", right=("asked", "allowed"))
    for limit in document["limits"]:
        if limit["unit"] == "yes/no" and not limit["asked"]:
            continue
        verdict = "holds" if limit["holds"] else "quota" if limit["soft"] else "BROKEN"
        grid.add_row(
            limit["name"],
            amount(limit["asked"]),
            amount(limit["allowed"]),
            limit["unit"],
            verdict,
            escape(limit["source"] or ""),
        )
    console.print(grid)


def _print_assumptions(console: Console, explanation: Explanation) -> None:
    if explanation.assumptions:
        console.print("\n[bold]Assumptions[/bold]")
    for sentence in explanation.assumptions:
        console.print(Text(f"• {sentence}"))
    console.print("\n[bold]Defaults used[/bold] (what each means: --json, or docs/glossary.md)")
    console.print(Text(", ".join(sentence.split(" (default)")[0] for sentence in explanation.defaults)))
