"""Answers on a terminal of 80 columns. Rounds once, here; does no arithmetic."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from advisor.answer import Answer
from advisor.bill import Status
from advisor.documents import Document, explanation_document, option_document
from advisor.errors import printable
from advisor.explanation import Explanation

CAVEAT = "List prices before tax, USD a month of 730 hours."
STATUS_STYLE = {Status.PRICED: "", Status.UNKNOWN: "yellow", Status.INFEASIBLE: "dim"}


def money(usd: float | None) -> str:
    """Money by its magnitude: no false precision. None is a dash."""
    if usd is None:
        return "–"
    if abs(usd) >= 100:
        return f"{usd:,.0f}"
    return f"{usd:,.2f}"


def amount(value: float | None) -> str:
    """A quantity with four digits that matter. None is a dash."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:,.4g}"


def spread(low: float | None, high: float | None) -> str:
    """A range of money; empty where both ends read the same."""
    return "" if money(low) == money(high) else f"{money(low)} – {money(high)}"


def show_comparison(answer: Answer, path: Path) -> None:
    """Print the table of options, what is not possible or not known and why, and what to run next."""
    console = Console(highlight=False)
    workload = answer.workload
    console.print(
        f"[bold]{escape(printable(workload.name)[:70])}[/bold]: "
        f"{amount(workload.requests_per_month)} requests a month, {workload.geography}"
    )
    console.print(_options(answer))
    for explanation in answer.ranking:
        _print_reasons(console, explanation)
    _print_cheapest(console, answer)
    console.print(f"{CAVEAT} Prices as of {answer.book.as_of}, the oldest of {answer.book.oldest},")
    console.print(
        f"fingerprint {answer.book.fingerprint}. Alone: all of a cluster; shared: this service's part of one."
    )
    first = (answer.cheapest or answer.ranking[0]).option
    console.print(
        f"\nNext: [bold]advisor explain {escape(printable(str(path)))} {first}[/bold]  every line, limit and assumption"
    )


def _options(answer: Answer) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("option", no_wrap=True)
    table.add_column("USD/month", justify="right", no_wrap=True)
    table.add_column("range", justify="right", no_wrap=True)
    table.add_column("alone", justify="right", no_wrap=True)
    table.add_column("shared", justify="right", no_wrap=True)
    table.add_column("cheapest way", overflow="fold")
    for explanation in answer.ranking:
        row = option_document(explanation)
        cost = money(row["monthly_usd"]) if explanation.status == Status.PRICED else row["status"]
        alone, shared = money(row["monthly_usd_alone"]), money(row["monthly_usd_marginal"])
        table.add_row(
            explanation.option,
            cost,
            spread(row["monthly_usd_low"], row["monthly_usd_high"]),
            *(("", "") if alone == shared else (alone, shared)),
            explanation.variant.label,
            style=STATUS_STYLE[explanation.status],
        )
    return table


def _print_reasons(console: Console, explanation: Explanation) -> None:
    for sentence in (*explanation.why_not, *explanation.unknown) if explanation.status != Status.PRICED else ():
        console.print(f"  [bold]{explanation.option}[/bold] {explanation.status.name.lower()}: {escape(sentence)}")


def _print_cheapest(console: Console, answer: Answer) -> None:
    cheapest = answer.cheapest
    if cheapest is None:
        console.print("\nNo option can be priced for this workload.")
    else:
        console.print(f"\nCheapest: [bold]{cheapest.option}[/bold] at {money(cheapest.monthly_usd)} USD a month.")


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
    table = _table(title, "meter", "quantity", "unit", "USD", "source", right=("quantity", "USD"))
    for line in document["lines"]:
        marks = [
            line["date"],
            line["grade"],
            *(["borrowed"] if line["borrowed"] else []),
            *(["stale"] if line["stale"] else []),
        ]
        source = f"{line['source']}, {', '.join(marks)}"
        table.add_row(line["meter"], amount(line["quantity"]), line["unit"], money(line["usd"]), escape(source))
        for tier in line["tiers"] if len(line["tiers"]) > 1 else ():
            each = amount(tier["usd_per_unit"])
            table.add_row(
                f"  {tier['note'] or 'of it'}",
                amount(tier["quantity"]),
                f"at {each}",
                money(tier["usd"]),
                "",
                style="dim",
            )
    console.print(table)


def _print_levels(console: Console, document: Document) -> None:
    columns = {
        "× mean": "multiple_of_mean",
        "hours/month": "hours_per_month",
        "requests/s": "requests_per_s",
        "duration s": "duration_s",
        "replicas": "replicas",
        "machines": "machines",
    }
    table = _table("Capacity at each level of traffic", *columns, right=tuple(columns))
    for level in document["levels"]:
        table.add_row(*(amount(level[key]) for key in columns.values()))
    console.print(table)


def _print_limits(console: Console, document: Document) -> None:
    table = _table("Limits", "limit", "asked", "allowed", "unit", "", "source", right=("asked", "allowed"))
    for limit in document["limits"]:
        if limit["unit"] == "yes/no" and not limit["asked"]:
            continue
        verdict = "holds" if limit["holds"] else "quota" if limit["soft"] else "BROKEN"
        table.add_row(
            limit["name"],
            amount(limit["asked"]),
            amount(limit["allowed"]),
            limit["unit"],
            verdict,
            escape(limit["source"] or ""),
        )
    console.print(table)


def _print_assumptions(console: Console, explanation: Explanation) -> None:
    console.print("\n[bold]Assumptions[/bold]")
    for sentence in explanation.assumptions:
        console.print(Text(f"• {sentence}"))
    console.print("\n[bold]Defaults used[/bold] (what each means: --json, or docs/glossary.md)")
    console.print(Text(", ".join(sentence.split(" (default)")[0] for sentence in explanation.defaults)))


def _table(title: str, *columns: str, right: tuple[str, ...] = ()) -> Table:
    table = Table(
        box=None, pad_edge=False, header_style="bold", title=f"\n{title}", title_justify="left", title_style="bold"
    )
    for column in columns:
        table.add_column(column, justify="right" if column in right else "left", overflow="fold")
    return table
