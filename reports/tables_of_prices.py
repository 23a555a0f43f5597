"""The tables of the price book: what it holds, every price and fact of a service, and what the user's own change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from advisor.figures import NOTHING, amount
from advisor.price_words import Document, figure, price_words, value_words
from reports.content import Column, Table
from reports.document import Chapter, Option

MOST_REGIONS = 4  # named in a cell; more are counted


def holdings_sentence(document: Document) -> str:
    """How much the book holds, of which day, and how far it can be trusted."""
    services = document["services"]
    counts = {what: amount(sum(each[what] for each in services)) for what in ("prices", "facts", "unknown", "stale")}
    return (
        f"{counts['prices']} list prices and {counts['facts']} facts of {len(services)} services, in force on "
        f"{document['as_of']}; {counts['unknown']} more prices are listed as unknown, and {counts['stale']} figures "
        f"are stale, older than 180 days. By grade: {grades_words(document['grades'])}. "
        f"Fingerprint of the list: {document['fingerprint']}."
    )


def holdings_table(document: Document) -> Table:
    """Service by service: how much, how old, how far it can be trusted."""
    columns = (
        Column("service"),
        Column("prices", "amount"),
        Column("unknown", "amount", "prices"),
        Column("facts", "amount"),
        Column("stale", "amount", "figures"),
        Column("oldest"),
        Column("newest"),
        Column("grades"),
    )
    rows = [
        (
            f"{each['title']} ({each['service']})",
            each["prices"],
            each["unknown"],
            each["facts"],
            each["stale"],
            each["oldest"],
            each["newest"],
            grades_words(each["grades"]),
        )
        for each in document["services"]
    ]
    note = "Stale: vouched for more than 180 days before the day of the book. A date is that of the source."
    return Table("What the book holds", "Book", columns, rows, note=note)


def grades_words(grades: Document) -> str:
    """`primary 120, quoted 30`."""
    return ", ".join(f"{grade} {amount(count)}" for grade, count in grades.items())


def service_tables(document: Document) -> Iterator[Table]:
    """The prices, machines and facts of one service, each with who says so. List prices, without the user's own."""
    if document["meters"]:
        yield _meters(document)
    if document["machines"]:
        yield _machines(document)
    if document["facts"]:
        yield _facts(document)


def _meters(document: Document) -> Table:
    columns = (
        Column("price"),
        Column("USD"),
        Column("per"),
        *_VOUCHED,
        Column("where"),
        Column("meter"),
    )
    rows = [
        (meter["label"], price_words(price), meter["unit"], *_vouched(price), _where(price), meter["meter"])
        for meter in document["meters"]
        for price in meter["prices"]
    ]
    return Table("List prices", "List prices", columns, rows)


_VOUCHED = (Column("source", "source"), Column("age", "amount", "days"), Column("grade"))


def _vouched(entry: Document) -> tuple[Any, ...]:
    """How old a figure is, how far it can be trusted, and who says so."""
    grade = f"{entry['grade']}, stale" if entry["stale"] else entry["grade"]
    return (f"{entry['source']}, {entry['date']}", entry["url"]), entry["age_days"], grade


def listed_sentence(document: Document, meter: str) -> str:
    """What the list says of one price, everywhere or in the region that was asked for."""
    (prices,) = (each["prices"] for each in document["meters"] if each["meter"] == meter)
    said = [f"{price_words(price)} ({_where(price)})" for price in prices[:MOST_REGIONS]]
    more = len(prices) - len(said)
    return f"List: {'; '.join(said) or 'no price there'}{f'; and {more} other prices' if more > 0 else ''}."


def _where(price: Document) -> str:
    regions = price["regions"]
    return ", ".join(regions) if len(regions) <= MOST_REGIONS else f"{regions[0]} and {len(regions) - 1} others"


def _machines(document: Document) -> Table:
    """Machines of one region, each price with its source."""
    columns = (
        Column("machine"),
        Column("vCPU", "amount"),
        Column("memory", "amount", "GiB"),
        Column("GPU"),
        Column("bought"),
        Column("price", unit="USD/hour"),
        *_VOUCHED,
    )
    rows = [
        (each["machine"], each["vcpu"], each["memory_gib"], _gpu(each), purchase, _hourly(quote), *_vouched(quote))
        for each in document["machines"]
        for purchase, quote in each["prices"].items()
    ]
    return Table(
        f"Machines in {document['region']} ({len(document['machines'])})", "Machines", columns, rows, folded=True
    )


def _gpu(machine: Document) -> str:
    return f"{figure(machine['gpus'])} {machine['gpu']}" if machine["gpu"] else NOTHING


def _hourly(quote: Document) -> str:
    return str(quote["status"]) if quote["usd_per_hour"] is None else f"{quote['usd_per_hour']:,.4f}"


def _facts(document: Document) -> Table:
    columns = (Column("limit or behaviour"), Column("value"), Column("unit"), *_VOUCHED)
    rows = [
        (f"{fact['label']} ({fact['fact']})", value_words(fact["value"]), fact["unit"], *_vouched(fact))
        for fact in document["facts"]
    ]
    return Table(f"Limits and behaviour ({len(rows)})", "Facts", columns, rows, folded=True)


def overlay_table(listed: Chapter, yours: Chapter) -> Table:
    """What the user's own prices change: every option whose bill or status is another."""
    columns = (
        Column("option"),
        Column("bill, list", "money", unit="USD/month"),
        Column("bill, yours", "money", unit="USD/month"),
        Column("total, list", "money", unit=f"USD in {listed.months} months"),
        Column("total, yours", "money", unit=f"USD in {listed.months} months"),
    )
    before = {option.option: option for option in listed.options}
    rows = [
        (
            now.option,
            *(_figure(option, what) for what in ("monthly_usd", "tco_usd") for option in (before[now.option], now)),
        )
        for now in yours.options
        if (now.monthly_usd, now.status) != (before[now.option].monthly_usd, before[now.option].status)
    ]
    note = "" if rows else "None of the compared options is billed for anything that your prices speak of."
    return Table("What your prices change", "Own prices", columns, rows, note=note)


def _figure(option: Option, what: str) -> float | None:
    """A figure of an option; a dash where it is not priced."""
    return getattr(option, what) if option.priced else None
