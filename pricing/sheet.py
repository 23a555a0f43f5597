"""One service in full, as the book lists it on its day: meters, facts and machines, with who says so."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pricing.book import PriceBook
from pricing.fact import Fact, Source
from pricing.machines import Machines, Quote
from pricing.scale import MarginalScale
from pricing.service import EVERYWHERE, PRINCIPAL


@dataclass(frozen=True)
class ListedPrice:
    """A price and the regions that share it. [USD per unit]"""

    regions: tuple[str, ...]
    scale: MarginalScale  # NaN where unknown or not sold
    sold: bool
    source: Source


@dataclass(frozen=True)
class MeterSheet:
    """Everything the book lists about one meter."""

    meter: str
    label: str
    unit: str
    role: str
    allowance: Mapping[str, Any]  # empty where nothing is free
    discounts: Mapping[str, Mapping[str, Any]]  # purchase -> discount line
    prices: tuple[ListedPrice, ...]


def title(book: PriceBook, name: str) -> str:
    """What people call a service."""
    return str(book.document(name)["title"])


def facts_of(book: PriceBook, name: str) -> tuple[Fact, ...]:
    """The limits and behaviour of a service, in the order of its file."""
    facts = book.facts(name)
    return tuple(facts.fact(each) for each in facts)


def meters(book: PriceBook, name: str, region: str | None = None) -> tuple[MeterSheet, ...]:
    """The meters of a service with what is listed in every region, or in one."""
    return tuple(_sheet(book, name, meter, region) for meter in book.meters(name))


def _sheet(book: PriceBook, name: str, meter: str, region: str | None) -> MeterSheet:
    entry = book.service(name).meters[meter]
    return MeterSheet(
        meter=meter,
        label=entry["label"],
        unit=entry["unit"],
        role=entry.get("role", PRINCIPAL),
        allowance=entry.get("allowance") or {},
        discounts=entry.get("discounts") or {},
        prices=_listed(book, name, meter, _regions(entry, region)),
    )


def _regions(entry: Mapping[str, Any], region: str | None) -> list[str]:
    """The regions whose price is asked for: all that are listed; or one, in whose place `everywhere` may stand."""
    listed = list(entry["regions"])
    if region is None:
        return listed
    return [region] if region in listed else [each for each in listed if each == EVERYWHERE]


def _listed(book: PriceBook, name: str, meter: str, regions: list[str]) -> tuple[ListedPrice, ...]:
    """The prices in force, regions with the same price and source together."""
    alike: dict[tuple[MarginalScale, bool, Source], list[str]] = {}
    for region in regions:
        price = book.service(name).listed(meter, region)
        alike.setdefault((price.scale, price.sold, price.source), []).append(region)
    return tuple(ListedPrice(tuple(where), scale, sold, source) for (scale, sold, source), where in alike.items())


def machine_regions(book: PriceBook, name: str) -> tuple[str, ...]:
    """The regions in which a service sells machines by type."""
    return tuple(sorted(book.market(name).regions)) if name in book.markets() else ()


def all_machines(book: PriceBook, name: str, region: str) -> Machines:
    """Every machine that some row lists in the region, whether it competes or not."""
    machines = book.machines(name, region, names=book.machine_names(name))
    every = zip(*machines.quotes.values(), strict=True)
    return machines.take([index for index, quotes in enumerate(every) if any(map(listed, quotes))])


def known(quote: Quote) -> bool:
    """Whether a machine's price is known."""
    return not math.isnan(quote.usd_per_hour)


def listed(quote: Quote) -> bool:
    """Whether anybody says something about a machine's price, if only that it is unknown or not sold."""
    return quote.day is not None or known(quote)
