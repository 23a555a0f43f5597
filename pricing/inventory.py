"""What the book holds of each service: how many prices and facts, how old, and how far they can be trusted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from pricing.book import PriceBook
from pricing.fact import FRESH_FOR, Fact, Source
from pricing.folder import MACHINES, PRICES, SOURCES, Folder
from pricing.machines import Quote
from pricing.sheet import all_machines, facts_of, known, listed, machine_regions, meters, title

SECTIONS = ("prices", "limits", "behaviour")


@dataclass(frozen=True)
class Figure:
    """How far one price or fact can be trusted: by what grade, and up to which day it is vouched for."""

    grade: str
    day: date | None
    stale: bool


@dataclass(frozen=True)
class Holding:
    """What the book holds of one service. Prices count each meter or machine once per region and purchase."""

    service: str
    title: str
    prices: tuple[Figure, ...]
    facts: tuple[Figure, ...]
    unknown: int  # prices that are listed as unknown

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Prices and facts alike."""
        return self.prices + self.facts

    @property
    def oldest(self) -> date | None:
        """The oldest day up to which a figure is vouched for."""
        return min(self._days, default=None)

    @property
    def newest(self) -> date | None:
        """The newest day up to which a figure is vouched for."""
        return max(self._days, default=None)

    @property
    def stale(self) -> int:
        """Figures too old to stand unmarked."""
        return sum(figure.stale for figure in self.figures)

    @property
    def grades(self) -> Mapping[str, int]:
        """Figures by grade, the most frequent first."""
        return dict(Counter(figure.grade for figure in self.figures).most_common())

    @property
    def _days(self) -> list[date]:
        return [figure.day for figure in self.figures if figure.day]


def services(book: PriceBook) -> tuple[str, ...]:
    """The services that have prices or facts of their own; the other documents are tables of something else."""
    return tuple(name for name in book.services() if any(part in book.document(name) for part in SECTIONS))


def holdings(book: PriceBook) -> tuple[Holding, ...]:
    """What the book holds, service by service."""
    return tuple(_holding(book, name) for name in services(book))


def other_files(book: PriceBook) -> tuple[str, ...]:
    """The files that hold something else than prices and facts of a service, such as places and hours of work."""
    own = {f"{name}.yaml" for name in services(book)} | {f"{name}{PRICES}" for name in book.markets()}
    shared = (f"/{SOURCES}.yaml", f"/{MACHINES}")
    return tuple(file for file in book.folder.files if file not in own and not file.endswith(shared))


def newest_day(folder: Folder) -> date:
    """The last day on which any source was read: a day for whatever must not depend on the clock."""
    return max(source.read for source in _sources(folder) if source.read)


def _sources(folder: Folder) -> Iterator[Source]:
    for file in folder.files:
        name = file.removesuffix(".yaml")
        if name != file:
            document = folder.document(name)
            listed = document if name.endswith(f"/{SOURCES}") else document.get(SOURCES, {})
            yield from (Source.of(raw) for raw in listed.values())


def _holding(book: PriceBook, name: str) -> Holding:
    prices = [(price, region) for meter in meters(book, name) for price in meter.prices for region in price.regions]
    priced = (_of_source(price.source, book) for price, _ in prices if price.scale.known)
    unknown = sum(price.sold and not price.scale.known for price, _ in prices)
    quotes = list(_quotes(book, name))
    machines = (Figure(quote.grade, quote.day, quote.stale) for quote in quotes if known(quote))
    return Holding(
        service=name,
        title=title(book, name),
        prices=(*priced, *machines),
        facts=tuple(_of_fact(fact, book) for fact in facts_of(book, name)),
        unknown=unknown + sum(quote.sold and not known(quote) for quote in quotes),
    )


def _quotes(book: PriceBook, name: str) -> Iterator[Quote]:
    """Every price of a machine that some row lists, known or not."""
    for region in machine_regions(book, name):
        for quotes in all_machines(book, name, region).quotes.values():
            yield from filter(listed, quotes)


def _of_source(source: Source, book: PriceBook) -> Figure:
    return Figure(source.grade, source.day, source.stale(book.as_of))


def _of_fact(fact: Fact, book: PriceBook) -> Figure:
    return Figure(fact.grade, fact.day, aged(fact.day, book.as_of))


def aged(day: date | None, as_of: date) -> bool:
    """Whether a figure vouched for up to a day is too old to stand unmarked; the user's own never is."""
    return day is not None and as_of - day > FRESH_FOR
