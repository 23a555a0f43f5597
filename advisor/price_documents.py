"""What the price book holds as plain documents for machines: the JSON of `advisor prices`. Nothing is rounded."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from advisor.coverage import Cell
from pricing import Fact, Machines, PriceBook
from pricing.fact import NOT_SOLD, UNKNOWN, Source
from pricing.inventory import Holding, aged, holdings
from pricing.machines import Quote
from pricing.sheet import (
    ListedPrice,
    MeterSheet,
    all_machines,
    facts_of,
    known,
    listed,
    machine_regions,
    meters,
    title,
)

Document = dict[str, Any]


def holdings_document(book: PriceBook) -> Document:
    """The document of `advisor prices list --json`."""
    held = holdings(book)
    grades = Counter(figure.grade for each in held for figure in each.figures)
    return {**heading(book), "grades": dict(grades.most_common()), "services": [_holding(each) for each in held]}


def heading(book: PriceBook) -> Document:
    """What identifies a price book."""
    return {"as_of": str(book.as_of), "fingerprint": book.fingerprint}


def _holding(holding: Holding) -> Document:
    return {
        "service": holding.service,
        "title": holding.title,
        "prices": len(holding.prices),
        "unknown": holding.unknown,
        "facts": len(holding.facts),
        "oldest": _day(holding.oldest),
        "newest": _day(holding.newest),
        "stale": holding.stale,
        "grades": dict(holding.grades),
    }


def service_document(book: PriceBook, name: str, region: str | None) -> Document:
    """The document of `advisor prices show SERVICE --json`: all regions, or one with its machines."""
    sold = machine_regions(book, name)
    return {
        **heading(book),
        "service": name,
        "title": title(book, name),
        "region": region,
        "meters": [_meter(book, name, sheet) for sheet in meters(book, name, region)],
        "facts": [_fact(book, fact) for fact in facts_of(book, name)],
        "markets": [_market(book, name, each) for each in sold if region in (None, each)],
        "machines": _machines(book, all_machines(book, name, region)) if region in sold else [],
    }


def _meter(book: PriceBook, name: str, sheet: MeterSheet) -> Document:
    return {
        "meter": sheet.meter,
        "label": sheet.label,
        "unit": sheet.unit,
        "role": sheet.role,
        "allowance": _sourced(book, name, sheet.allowance) if sheet.allowance else None,
        "discounts": {purchase: _sourced(book, name, each) for purchase, each in sheet.discounts.items()},
        "prices": [_price(book, price) for price in sheet.prices],
    }


def _sourced(book: PriceBook, name: str, entry: Mapping[str, Any]) -> Document:
    """An allowance or a discount, with who says so where it is not who says the price."""
    source = book.service(name).sources.get(entry.get("source", ""))
    return {**entry, **_vouched(book, source)} if source else dict(entry)


def _price(book: PriceBook, price: ListedPrice) -> Document:
    tiers = [{"from": start, "usd_per_unit": _number(usd)} for start, _, usd in price.scale.tiers()]
    status = "known" if price.scale.known else UNKNOWN if price.sold else NOT_SOLD
    reached = any(not math.isnan(usd) for usd in price.scale.slopes)
    return {
        "regions": list(price.regions),
        "status": status,
        "tiers": tiers if reached else [],
        **_vouched(book, price.source),
    }


def _vouched(book: PriceBook, who: Source | Quote | Fact) -> Document:
    """Who says so, and how old it is."""
    return {
        "source": who.title if isinstance(who, Source) else who.source,
        "url": who.url,
        "date": who.dated if isinstance(who, Source) else who.date,
        "grade": who.grade,
        "rule": who.rule,
        "age_days": age_days(book, who.day),
        "stale": aged(who.day, book.as_of),
    }


def age_days(book: PriceBook, day: date | None) -> int | None:
    """Days between the day a figure is vouched for and the book's; None for the user's own."""
    return (book.as_of - day).days if day else None


def _fact(book: PriceBook, fact: Fact) -> Document:
    return {
        "fact": fact.name,
        "label": fact.label,
        "value": fact.value,
        "unit": fact.unit,
        **_vouched(book, fact),
    }


def _market(book: PriceBook, name: str, region: str) -> Document:
    machines = all_machines(book, name, region)
    quotes = [quote for each in machines.quotes.values() for quote in each if known(quote)]
    days = [quote.day for quote in quotes if quote.day]
    return {
        "region": region,
        "machines": len(machines),
        "prices": {purchase: sum(known(quote) for quote in each) for purchase, each in machines.quotes.items()},
        "oldest": _day(min(days, default=None)),
        "newest": _day(max(days, default=None)),
        "stale": sum(quote.stale for quote in quotes),
    }


def _machines(book: PriceBook, machines: Machines) -> list[Document]:
    return [
        {
            "machine": name,
            "vcpu": float(machines.vcpu[index]),
            "memory_gib": float(machines.memory_gib[index]),
            "gpu": machines.gpu[index] or None,
            "gpus": float(machines.gpus[index]),
            "arch": machines.arch[index],
            "generation": machines.generation[index],
            "prices": {
                purchase: _quote(book, each[index]) for purchase, each in machines.quotes.items() if listed(each[index])
            },
        }
        for index, name in enumerate(machines.names)
    ]


def _quote(book: PriceBook, quote: Quote) -> Document:
    status = "known" if known(quote) else UNKNOWN if quote.sold else NOT_SOLD
    return {"usd_per_hour": _number(quote.usd_per_hour), "status": status, **_vouched(book, quote)}


def coverage_document(book: PriceBook, cells: Sequence[Cell]) -> Document:
    """The document of `advisor prices coverage --json`."""
    return {
        **heading(book),
        "cells": [
            {
                "reference": cell.reference,
                "option": cell.option,
                "geography": cell.geography,
                "region": cell.region,
                "inside": cell.inside,
                "state": cell.state,
                "reasons": list(cell.reasons),
            }
            for cell in cells
        ],
    }


def _day(day: date | None) -> str | None:
    return str(day) if day else None


def _number(value: float) -> float | None:
    """A number for JSON, which knows no NaN."""
    return None if math.isnan(value) else value
