"""One service's file: its facts and its rates in a region, as they were on a date."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from pricing.fact import NOT_SOLD, UNKNOWN, Bounds, Fact, FactError, Facts, Source, in_force, plain
from pricing.machines import PURCHASES
from pricing.overlay import YOURS, Overlay
from pricing.rate import About, BorrowedRate, CreditRate, Rate, ShareRate, TieredRate, worth
from pricing.scale import MarginalScale

EVERYWHERE = "everywhere"
BORROWED = "borrowed"
JUDGEMENT = "judgement"  # a fact without a source is ours
PRINCIPAL, ANCILLARY = "principal", "ancillary"
UNKNOWN_SCALE = MarginalScale.flat(math.nan)


class Listed(NamedTuple):
    """The price of a meter in a region, as listed on the date."""

    scale: MarginalScale
    source: Source
    known: bool = True
    sold: bool = True


class Service:
    """A service file as of a date, under an overlay."""

    def __init__(self, name: str, document: Mapping[str, Any], as_of: date, overlay: Overlay) -> None:
        self.name, self.as_of = name, as_of
        self.meters: Mapping[str, Any] = document.get("prices") or {}
        self.sources = {key: Source.of(raw) for key, raw in (document.get("sources") or {}).items()}
        self._document, self._overlay = document, overlay

    @property
    def file(self) -> str:
        """The file's name in messages."""
        return f"{self.name}.yaml"

    @property
    def regions(self) -> set[str]:
        """Every region that some meter is priced in."""
        return {region for meter in self.meters.values() for region in meter["regions"]} - {EVERYWHERE}

    # facts

    def facts(self) -> Facts:
        """Limits and behaviour; before its first day a fact is taken to have been as it was then."""
        entries = {**(self._document.get("limits") or {}), **(self._document.get("behaviour") or {})}
        return Facts({name: self._fact(name, entry) for name, entry in entries.items()}, self.file)

    def _fact(self, name: str, entry: Mapping[str, Any]) -> Fact:
        dated = entry["from"]
        day = min(dated)
        value, own = _long(in_force(dated, self.as_of) if day <= self.as_of else dated[day])
        source = self._source({**entry, **own}, name)
        fact = Fact(
            name=name,
            label=entry["label"],
            value=plain(value),
            unit=entry["unit"],
            source=source.title,
            url=source.url,
            date=source.dated if source.day else str(day),
            grade=source.grade,
            rule=source.rule,
            day=source.day or day,
            bounds=Bounds.of(entry),
        )
        if (self.name, name) in self._overlay.facts:
            return self._replaced(fact)
        return fact

    def _replaced(self, fact: Fact) -> Fact:
        """The fact as the user states it."""
        overlay = self._overlay
        value = overlay.facts[self.name, fact.name]
        return fact._replace(
            value=value, source=overlay.name, url="", date=overlay.source, grade=YOURS, rule="", day=None
        )

    def _source(self, entry: Mapping[str, Any], key: str) -> Source:
        """The entry's source; its own grade and rule, if it has any, stand before the source's."""
        name = entry.get("source")
        if name is not None and name not in self.sources:
            raise FactError(self.file, key, f"its source {name!r} is not among the file's sources")
        source = self.sources[name] if name is not None else Source(JUDGEMENT, "", JUDGEMENT)
        own = {part: entry[part] for part in ("grade", "rule") if part in entry}
        return source._replace(**own) if own else source

    # prices

    def rates(self, region: str) -> dict[str, Rate]:
        """Every meter's rate in the region."""
        return {meter: self.rate(meter, region) for meter in self.meters}

    def charged(self, rates: Mapping[str, Rate], purchase: str) -> dict[str, Rate]:
        """Those of the rates that a purchase charges; the others it does not, at whatever price."""
        return {
            meter: rate for meter, rate in rates.items() if purchase in self.meters[meter].get("purchases", PURCHASES)
        }

    def rate(self, meter: str, region: str) -> Rate:
        """One meter's rate: as listed, discounted, the user's own, or borrowed from other regions."""
        own = self._overlay.price(self.name, meter, region)
        if own is not None:
            about = self._about(meter, region, Source(self._overlay.name, "", YOURS))._replace(stale=False)
            return self._allowed(about._replace(date=self._overlay.source), MarginalScale.flat(own))
        listed = self.listed(meter, region)
        borrowable = listed.sold and not listed.known and self._role(meter) == ANCILLARY
        others = self._others(meter, region) if borrowable else {}
        return self._borrowed(meter, region, others) if others else self._rated(meter, region, region, listed)

    def discounts(self, rates: Mapping[str, Rate], region: str) -> dict[str, dict[str, Rate]]:
        """Purchase -> meter -> rate of the discount lines that the file states on these rates."""
        lines: dict[str, dict[str, Rate]] = {}
        for meter, entry in self.meters.items():
            for purchase, discount in (entry.get("discounts") or {}).items():
                line = self._discount(rates[meter], region, discount)
                lines.setdefault(purchase, {})[line.about.meter] = line
        return lines

    def listed(self, meter: str, region: str) -> Listed:
        """What the list says in the region, or everywhere, on the date."""
        entry = self.meters[meter]
        regions = entry["regions"]
        dated = regions.get(region, regions.get(EVERYWHERE, {}))
        value, own = _long(in_force(dated, self.as_of))
        source = self._source({**entry, **own}, meter)
        if value is None or value in (UNKNOWN, NOT_SOLD):
            return Listed(UNKNOWN_SCALE, source, known=False, sold=value != NOT_SOLD)
        return Listed(_scale(value), source)

    def _others(self, meter: str, region: str) -> dict[str, Listed]:
        """The known prices of the other regions, each different price once."""
        known = {other: self.listed(meter, other) for other in self.meters[meter]["regions"] if other != region}
        by_scale = {listed.scale: other for other, listed in known.items() if listed.scale.known}
        return {other: known[other] for other in by_scale.values()}

    def _borrowed(self, meter: str, region: str, others: Mapping[str, Listed]) -> Rate:
        """The range over the others; the region with the dearest unit stands for them in print."""
        rates = tuple(self._rated(meter, region, other, listed) for other, listed in others.items())
        dearest = max(others, key=lambda other: max(others[other].scale.slopes))
        about = self._about(meter, dearest, others[dearest].source)
        return BorrowedRate(about._replace(borrowed=True, grade=BORROWED), rates)

    def _rated(self, meter: str, region: str, whose: str, listed: Listed) -> Rate:
        """The rate for a listed price with the user's discount in the region."""
        factor = self._overlay.factor(self.name, region, meter)
        about = self._about(meter, whose, listed.source)._replace(sold=listed.sold)
        if factor == 1.0:
            return self._allowed(about, listed.scale)
        return self._allowed(about._replace(source=self._overlay.name, grade=YOURS), listed.scale.scaled(factor))

    def _allowed(self, about: About, scale: MarginalScale) -> Rate:
        """The rate with the free allowance; an introductory one is never applied."""
        allowance = self.meters[about.meter].get("allowance")
        if not allowance or "months" in allowance:
            return TieredRate(about, scale)
        if "usd" in allowance:
            return CreditRate(about, scale, allowance["usd"])
        if "valued_in" in allowance:
            scale_there = self._worth(about.meter, allowance["valued_in"])
            return CreditRate(about, scale, worth(scale_there, allowance["quantity"]))
        return TieredRate(about, scale, allowance["quantity"])

    def _worth(self, meter: str, region: str) -> MarginalScale:
        """What the account pays in the region that an allowance is valued in."""
        own = self._overlay.price(self.name, meter, region)
        if own is not None:
            return MarginalScale.flat(own)
        return self.listed(meter, region).scale.scaled(self._overlay.factor(self.name, region, meter))

    def _discount(self, rate: Rate, region: str, discount: Mapping[str, Any]) -> Rate:
        meter = rate.about.meter
        source = self._source({"source": self.meters[meter].get("source"), **discount}, meter)
        about = self._about(meter, region, source)
        label = discount.get("label", f"committed use: {about.label}")
        about = about._replace(meter=discount["meter"], label=label, borrowed=rate.about.borrowed, sold=rate.about.sold)
        return ShareRate(about, discount["share"], rate)

    def _role(self, meter: str) -> str:
        return str(self.meters[meter].get("role", PRINCIPAL))

    def _about(self, meter: str, region: str, source: Source) -> About:
        entry = self.meters[meter]
        return About(
            meter=meter,
            label=entry["label"],
            unit=entry["unit"],
            role=self._role(meter),
            source=source.title,
            url=source.url,
            date=source.dated,
            grade=source.grade,
            rule=source.rule,
            day=source.day,
            region=region,
            stale=source.stale(self.as_of),
        )


def _long(value: Any) -> tuple[Any, Mapping[str, Any]]:
    """The value of an entry, and what its long form {value: …, source: …} says about it."""
    if isinstance(value, dict) and "value" in value:
        return value["value"], {key: each for key, each in value.items() if key != "value"}
    return value, {}


def _scale(value: Any) -> MarginalScale:
    """A price for all units, or a table from-quantity -> price whose entries may be unknown."""
    if not isinstance(value, dict):
        return MarginalScale.flat(float(value))
    return MarginalScale.of({start: math.nan if price == UNKNOWN else price for start, price in value.items()})
