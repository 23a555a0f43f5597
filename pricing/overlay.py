"""The user's own prices, discounts and facts, laid over the list before anything is compared."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from pricing.fact import UNKNOWN, Bounds, Fact, FactError, Facts, nearest
from pricing.reader import ReadError, parse_yaml, read_bytes

YOURS = "yours"
PURCHASED = ("on-demand", "1y", "3y", "spot")
LARGEST = 2**20  # bytes
MOST_ENTRIES = 5_000  # of a list
LONGEST = 200  # characters of a name or source, which reports print
WHOLE = 100.0  # percent
PRICE = Bounds()
TRUTHS = ("yes", "no", UNKNOWN)


class OverlayError(FactError):
    """An overlay asks for something that is not allowed: file, entry and what is allowed."""


class Catalogue(Protocol):
    """The names an overlay may speak of."""

    def vendors(self) -> Collection[str]: ...
    def services(self) -> Collection[str]: ...
    def markets(self) -> Collection[str]: ...
    def regions(self, vendor: str) -> Collection[str]: ...
    def meters(self, service: str) -> Collection[str]: ...
    def machine_names(self, market: str) -> Collection[str]: ...
    def facts(self, service: str) -> Facts: ...


@dataclass(frozen=True)
class Overlay:
    """What the user says instead of the list. An empty name of a region means every region."""

    name: str = ""
    source: str = ""
    factors: Mapping[tuple[str, str, str], float] = field(default_factory=dict)  # scope, region, meter
    prices: Mapping[tuple[str, str, str], float] = field(default_factory=dict)  # service, meter, region
    machines: Mapping[tuple[str, str, str, str], float] = field(
        default_factory=dict
    )  # market, purchase, machine, region
    facts: Mapping[tuple[str, str], Any] = field(default_factory=dict)  # service, fact

    def factor(self, service: str, region: str, meter: str = "") -> float:
        """What is left of a list price: the most specific discount, by meter, then service, vendor, then region."""
        scopes = (service, service.split("/")[0], "")
        for key in ((scope, where, what) for what in (meter, "") for scope in scopes for where in (region, "")):
            if key in self.factors:
                return self.factors[key]
        return 1.0

    def price(self, service: str, meter: str, region: str) -> float | None:
        """The user's own price of a meter. [USD per unit]"""
        return self.prices.get((service, meter, region), self.prices.get((service, meter, "")))

    def machine_price(self, market: str, purchase: str, machine: str, region: str) -> float | None:
        """The user's own price of a machine. [USD per hour]"""
        key = (market, purchase, machine)
        return self.machines.get((*key, region), self.machines.get((*key, "")))

    def machines_in(self, market: str, region: str) -> Iterator[str]:
        """The machines that the user has a price for in exactly this region."""
        return (machine for sold_in, _, machine, where in self.machines if (sold_in, where) == (market, region))


NO_OVERLAY = Overlay()


def overlay_bytes(path: Path) -> bytes:
    """The content of an overlay file, refused where it is no file or too large to be one."""
    try:
        return read_bytes(path, "overlay", LARGEST)
    except ReadError as error:
        raise OverlayError(error.file, error.key, error.reason) from None


def parse_overlay(raw: bytes, name: str, catalogue: Catalogue) -> Overlay:
    """The overlay that YAML holds, every name and figure in it checked; `name` says where it comes from."""
    document = _Entry(name, "", _document(raw, name)).only("name", "source", "discounts", "prices", "facts")
    prices = list(document.entries("prices"))
    return Overlay(
        name=document.text("name"),
        source=document.text("source"),
        factors=_collected(_discount(entry, catalogue) for entry in document.entries("discounts")),
        prices=_collected(_price(entry, catalogue) for entry in prices if "market" not in entry.raw),
        machines=_collected(_machine_price(entry, catalogue) for entry in prices if "market" in entry.raw),
        facts=_collected(_fact(entry, catalogue) for entry in document.entries("facts")),
    )


def _document(raw: bytes, name: str) -> dict[Any, Any]:
    if len(raw) > LARGEST:
        raise OverlayError(name, "", f"the overlay is larger than {LARGEST:,} bytes")
    try:
        return parse_yaml(raw, name, "overlay")
    except ReadError as error:
        raise OverlayError(error.file, error.key, error.reason) from None


class _Entry:
    """One mapping of the overlay, read key by key."""

    def __init__(self, file: str, where: str, raw: Any) -> None:
        self.file, self.where, self.raw = file, where, raw
        if not isinstance(raw, dict):
            raise self.wrong("", "must be a mapping of keys to values")

    def only(self, *keys: str) -> _Entry:
        """The entry itself, if it has no other keys."""
        for key in self.raw:
            if key not in keys:
                hint = nearest(key, keys) or f"; allowed are {', '.join(keys)}"
                raise self.wrong("", f"{key!r:.80} is no key here{hint}")
        return self

    def wrong(self, key: str, reason: str) -> OverlayError:
        """The error for one key of this entry."""
        return OverlayError(self.file, ": ".join(part for part in (self.where, key) if part), reason)

    def entries(self, key: str) -> Iterator[_Entry]:
        """The entries of a list."""
        listed = self.raw.get(key, [])
        if not isinstance(listed, list):
            raise self.wrong(key, "must be a list of entries")
        if len(listed) > MOST_ENTRIES:
            raise self.wrong(key, f"has {len(listed):,} entries; allowed are {MOST_ENTRIES:,}")
        for number, raw in enumerate(listed, 1):
            yield _Entry(self.file, f"{key}, entry {number}", raw)

    def text(self, key: str) -> str:
        """A text that must be there."""
        value = self.raw.get(key)
        if not isinstance(value, str) or not value.isprintable() or not 0 < len(value) <= LONGEST:
            raise self.wrong(key, f"is needed, as one line of text of at most {LONGEST} characters")
        return value

    def name(self, key: str, known: Collection[str]) -> str:
        """A name that must be one of the known."""
        value = self.text(key)
        if value not in known:
            raise self.wrong(key, f"{value!r:.80} is not known{nearest(value, known)}")
        return value

    def optional(self, key: str, known: Collection[str]) -> str:
        """A known name, or nothing."""
        return self.name(key, known) if key in self.raw else ""

    def number(self, key: str, bounds: Bounds) -> float:
        """A finite number within bounds."""
        value = self.finite(key, str(bounds))
        if not bounds.hold(value):
            raise self.wrong(key, f"{self.raw[key]!r:.80} is out of bounds; allowed is {bounds}")
        return value

    def finite(self, key: str, allowed: str) -> float:
        """A finite number."""
        value = self.raw.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise self.wrong(key, f"{value!r:.80} is not a finite number; allowed is {allowed}")
        return float(value)


def _collected(pairs: Iterator[tuple[_Entry, Any, Any]]) -> dict[Any, Any]:
    """The entries by what they speak of, each thing once."""
    collected: dict[Any, Any] = {}
    for entry, key, value in pairs:
        if key in collected:
            raise entry.wrong("", "says again what an earlier entry says")
        collected[key] = value
    return collected


def _discount(entry: _Entry, catalogue: Catalogue) -> tuple[_Entry, tuple[str, str, str], float]:
    entry.only("percent", "vendor", "service", "region", "meter")
    vendor = entry.optional("vendor", catalogue.vendors())
    service = entry.optional("service", {*catalogue.services(), *catalogue.markets()})
    if vendor and service and not service.startswith(f"{vendor}/"):
        raise entry.wrong("vendor", f"{vendor} does not sell {service}; give one of the two")
    region = _region(entry, catalogue, service or vendor)
    if "meter" in entry.raw and not service:
        raise entry.wrong("meter", "needs the service it belongs to")
    meter = entry.optional("meter", catalogue.meters(service) if service else ())
    return entry, (service or vendor, region, meter), 1.0 - _percent(entry) / WHOLE


def _percent(entry: _Entry) -> float:
    """What is taken off, less than all of it; below zero it is a mark-up."""
    allowed = f"a number below {WHOLE:g}"
    percent = entry.finite("percent", allowed)
    if not percent < WHOLE:
        raise entry.wrong("percent", f"{entry.raw['percent']!r:.80} is out of bounds; allowed is {allowed}")
    return percent


def _price(entry: _Entry, catalogue: Catalogue) -> tuple[_Entry, tuple[str, str, str], float]:
    entry.only("service", "meter", "region", "usd")
    service = entry.name("service", catalogue.services())
    meter = entry.name("meter", catalogue.meters(service))
    return entry, (service, meter, _region(entry, catalogue, service)), entry.number("usd", PRICE)


def _machine_price(entry: _Entry, catalogue: Catalogue) -> tuple[_Entry, tuple[str, str, str, str], float]:
    entry.only("market", "machine", "region", "purchase", "usd_per_hour")
    market = entry.name("market", catalogue.markets())
    machine = entry.name("machine", catalogue.machine_names(market))
    purchase = entry.name("purchase", PURCHASED)
    key = (market, purchase, machine, _region(entry, catalogue, market))
    return entry, key, entry.number("usd_per_hour", PRICE)


def _fact(entry: _Entry, catalogue: Catalogue) -> tuple[_Entry, tuple[str, str], Any]:
    entry.only("service", "fact", "value")
    service = entry.name("service", catalogue.services())
    facts = catalogue.facts(service)
    name = entry.name("fact", facts)
    return entry, (service, name), _value(entry, facts.fact(name))


def _value(entry: _Entry, fact: Fact) -> Any:
    """A value of the kind the fact has: a number for a number, a truth for a truth, a text for a text."""
    given, known = entry.raw.get("value"), fact.value
    if known in TRUTHS and given in TRUTHS:
        return given
    if isinstance(known, float) or known == UNKNOWN:
        return entry.number("value", fact.bounds)
    if known in TRUTHS:
        raise entry.wrong("value", f'{given!r:.80} is not allowed; allowed are "yes", "no", "unknown", in quotes')
    if not isinstance(known, str):
        raise entry.wrong("fact", "is a table or a list; only numbers and texts can be replaced")
    return entry.text("value")


def _region(entry: _Entry, catalogue: Catalogue, scope: str) -> str:
    """A region that the vendor has; nothing means all of them."""
    vendors = [scope.split("/")[0]] if scope else catalogue.vendors()
    return entry.optional("region", {region for vendor in vendors for region in catalogue.regions(vendor)})
