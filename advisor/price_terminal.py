"""The price book on a terminal of 80 columns. Rounds once, here; does no arithmetic."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from rich.console import Console, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from advisor.errors import printable
from advisor.price_words import (
    MEANINGS,
    REFERENCES,
    SYMBOLS,
    Document,
    allowance_words,
    discount_words,
    figure,
    outside_words,
    price_words,
    shortfalls,
    value_words,
    vouched_words,
)

ABSENT = {"principal": "no price there: unknown", "ancillary": "no price there: borrowed from the dearest region"}


def show_holdings(document: Document) -> None:
    """Print what the book holds: prices, facts, their ages and grades, service by service."""
    console = Console(highlight=False)
    counts = ("prices", "facts", "stale")
    letters = [grade[0].upper() for grade in document["grades"]]
    table = _table("service", *counts, "oldest", "newest", *letters, right=(*counts, *letters))
    for vendor, services in groupby(document["services"], key=lambda each: each["service"].split("/")[0]):
        table.add_row(f"[bold]{vendor}/[/bold]")
        for each in services:
            grades = [_count(each["grades"].get(grade, 0)) for grade in document["grades"]]
            name = each["service"].removeprefix(f"{vendor}/")
            table.add_row(name, *(_count(each[key]) for key in counts), each["oldest"], each["newest"], *grades)
    console.print(table)
    console.print("\nBy grade: " + ", ".join(f"{grade[0].upper()} {grade}" for grade in document["grades"]) + ".")
    console.print("Stale: vouched for more than 180 days before the day of the book.")
    console.print(_as_of(document))
    console.print("\nNext: [bold]advisor prices show gcp/cloud_run[/bold]  every price and fact with its source")


def _count(count: int) -> str:
    return str(count) if count else "–"


def show_service(document: Document) -> None:
    """Print every price and fact of a service, with its source and age."""
    console = Console(highlight=False)
    where = f", {document['region']}" if document["region"] else ""
    console.print(f"[bold]{escape(document['title'])}[/bold] ({document['service']}{where})")
    _heading(console, "Prices, USD per unit", document["meters"])
    for meter in document["meters"]:
        _print_meter(console, meter)
    _print_machines(console, document)
    _heading(console, "Limits and behaviour", document["facts"])
    for fact in document["facts"]:
        value = f"[bold]{fact['fact']}[/bold]  {escape(value_words(fact['value']))} {fact['unit']}"
        _indented(console, value, 2)
        _lines(console, [fact["label"], vouched_words(fact)])
    console.print(f"\n{_as_of(document)}")


def _heading(console: Console, title: str, entries: Iterable[object]) -> None:
    if entries:
        console.print(f"\n[bold]{title}[/bold]")


def _indented(console: Console, text: RenderableType, by: int) -> None:
    console.print(Padding(text, (0, 0, 0, by), expand=False))


def _lines(console: Console, lines: Iterable[str], by: int = 6) -> None:
    for line in lines:
        _indented(console, escape(line), by)


def _print_meter(console: Console, meter: Document) -> None:
    first = f"[bold]{meter['meter']}[/bold]  per {meter['unit']}, {meter['role']}"
    _indented(console, first, 2)
    _lines(console, [meter["label"]])
    by_source: dict[str, list[Document]] = {}
    for price in meter["prices"]:
        by_source.setdefault(vouched_words(price), []).append(price)
    for source, prices in by_source.items():
        _indented(console, _by_region(prices), 6)
        _lines(console, [source])
    allowance = allowance_words(meter["allowance"]) if meter["allowance"] else []
    absent = [] if by_source else [ABSENT[meter["role"]]]
    _lines(console, [*absent, *allowance, *discount_words(meter["discounts"])])


def _by_region(prices: list[Document]) -> Table:
    table = Table.grid(padding=(0, 2))
    for price in prices:
        table.add_row(price_words(price), ", ".join(price["regions"]))
    return table


def _print_machines(console: Console, document: Document) -> None:
    """The machines of one region; without one, how many prices each region has."""
    if document["machines"]:
        _print_types(console, document["machines"])
    elif document["markets"]:
        purchases = list(document["markets"][0]["prices"])
        _heading(console, "Machines: how many prices there are; --region R lists them", document["markets"])
        table = _table("region", "types", *purchases, "oldest", "newest", right=("types", *purchases))
        for each in document["markets"]:
            counts = [f"{count:,}" for count in (each["machines"], *each["prices"].values())]
            table.add_row(each["region"], *counts, each["oldest"], each["newest"])
        console.print(table)


def _print_types(console: Console, machines: list[Document]) -> None:
    purchases = list(dict.fromkeys(purchase for each in machines for purchase in each["prices"]))
    _heading(console, "Machines, USD an hour", machines)
    table = _table("machine", "vCPU", "GiB", "GPU", *purchases, right=("vCPU", "GiB", *purchases))
    said: dict[str, None] = {}
    for each in machines:
        gpu = f"{figure(each['gpus'])} {each['gpu']}" if each["gpu"] else ""
        quotes = [each["prices"].get(purchase) for purchase in purchases]
        said |= dict.fromkeys(vouched_words(quote) for quote in quotes if quote)
        table.add_row(each["machine"], figure(each["vcpu"]), figure(each["memory_gib"]), gpu, *map(_quote, quotes))
    console.print(table)
    _lines(console, said, 2)


def _quote(quote: Document | None) -> str:
    if quote is None:
        return ""
    return str(quote["status"]) if quote["usd_per_hour"] is None else f"{quote['usd_per_hour']:,.4f}"


def show_coverage(document: Document) -> None:
    """Print option by geography, once for each reference workload, and what is missing."""
    console = Console(highlight=False)
    for reference, sentence in REFERENCES.items():
        cells = [cell for cell in document["cells"] if cell["reference"] == reference]
        console.print(f"[bold]{sentence}[/bold]")
        console.print(_matrix(cells))
        console.print()
    for state, meaning in MEANINGS.items():
        console.print(f"{SYMBOLS[state]} {state}: {meaning}")
    missing = [*shortfalls(document["cells"]), *outside_words(document["cells"])]
    _heading(console, "What is missing", missing)
    _lines(console, missing, 2)
    console.print(f"\n{_as_of(document)}")


def _matrix(cells: list[Document]) -> Table:
    geographies = list(dict.fromkeys(cell["geography"] for cell in cells))
    table = _table("option")
    for geography in geographies:
        table.add_column(geography.replace("-", "-\n"), justify="center")
    for option in dict.fromkeys(cell["option"] for cell in cells):
        states = {cell["geography"]: SYMBOLS[cell["state"]] for cell in cells if cell["option"] == option}
        table.add_row(option, *(states[geography] for geography in geographies))
    return table


def show_problems(folder: str, problems: list[str]) -> None:
    """Print what is wrong with a folder of facts, or that nothing is."""
    console = Console(highlight=False, soft_wrap=True)
    for problem in problems:
        console.print(escape(printable(problem)))
    where = escape(printable(folder))
    console.print(f"Findings: {len(problems)}, in {where}" if problems else f"No findings in {where}")


def _as_of(document: Document) -> str:
    return f"As of {document['as_of']}, fingerprint {document['fingerprint']}."


def _table(*columns: str, right: tuple[str, ...] = ()) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 1, 0, 0))
    for column in columns:
        table.add_column(column, justify="right" if column in right else "left", overflow="fold")
    return table
