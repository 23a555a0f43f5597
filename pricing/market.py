"""A vendor's table of machine shapes with a market's table of prices -> the machines of a region on a date."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property

from pricing.fact import NO_SOURCE, NOT_SOLD, UNKNOWN, FactError, Source, nearest
from pricing.machines import CURRENT, YES, Machines, Quote
from pricing.overlay import PURCHASED, YOURS, Overlay
from pricing.table import Row, rows, rows_of

ANY = "any"


class Market:
    """The tables as of a date and under an overlay."""

    def __init__(
        self, name: str, shapes: str, prices: str, sources: Mapping[str, Source], as_of: date, overlay: Overlay
    ) -> None:
        self.name = name
        self.shapes = {row["machine"]: row for row in rows(shapes.splitlines())}
        self._by_source = {key: _unknown(source, as_of) for key, source in sources.items()}
        self._prices, self._unlisted, self._as_of, self._overlay = prices, _unknown(NO_SOURCE, as_of), as_of, overlay
        self._listed: dict[str, dict[str, dict[str, Row]]] = {}

    @cached_property
    def regions(self) -> set[str]:
        """The regions that the table covers."""
        return {row["region"] for row in rows(self._prices.splitlines())}

    @cached_property
    def _sold_anywhere(self) -> set[str]:
        return {row["machine"] for row in rows(self._prices.splitlines())}

    def machines(
        self,
        region: str,
        arch: str,
        gpus: Collection[str],
        names: Collection[str] | None,
        burstable: bool,
        among: Collection[str] | None,
    ) -> Machines:
        """The named machines whatever their flags, or those that compete and are sold in the region."""
        if names is not None:
            return self._quoted(region, [self._shape(name) for name in names])
        sold = self._sold(region)
        competing = (row for row in self.shapes.values() if _competes(row, arch, gpus, burstable, among))
        return self._quoted(region, [row for row in competing if row["machine"] in sold])

    def _shape(self, name: str) -> Row:
        if name not in self.shapes:
            raise FactError(self.name, name, f"there is no such machine{nearest(name, self.shapes)}")
        return self.shapes[name]

    def _sold(self, region: str) -> set[str]:
        """What the region sells or the user has a price for; all the market has where the table misses the region."""
        return {*(self._rows(region) or self._sold_anywhere), *self._overlay.machines_in(self.name, region)}

    def _rows(self, region: str) -> dict[str, dict[str, Row]]:
        """Machine -> purchase -> the row in force."""
        if region not in self._listed:
            self._listed[region] = _in_force(rows_of(self._prices, region), self._as_of.isoformat())
        return self._listed[region]

    def _quoted(self, region: str, shapes: Sequence[Row]) -> Machines:
        names = [row["machine"] for row in shapes]
        factor = self._overlay.factor(self.name, region)
        quotes = {
            purchase: tuple(self._quote(name, purchase, region, factor) for name in names) for purchase in PURCHASED
        }
        return Machines.of(self.name, region, shapes, quotes)

    def _quote(self, machine: str, purchase: str, region: str, factor: float) -> Quote:
        """The listed price under the user's own prices and discounts."""
        own = self._overlay.machine_price(self.name, purchase, machine, region)
        if own is not None:
            return Quote(own, self._overlay.name, "", self._overlay.source, YOURS)
        listed = self._list_price(machine, purchase, region)
        if factor == 1.0 or math.isnan(listed.usd_per_hour):
            return listed
        return listed._replace(usd_per_hour=listed.usd_per_hour * factor, source=self._overlay.name, grade=YOURS)

    def _list_price(self, machine: str, purchase: str, region: str) -> Quote:
        covered = self._rows(region)
        row = covered.get(machine, {}).get(purchase)
        if row is None:
            return self._unlisted if not covered or machine in covered else self._unlisted._replace(sold=False)
        value = row["usd_per_hour"]
        usd = math.nan if value in (UNKNOWN, NOT_SOLD) else float(value)
        return self._said(row)._replace(usd_per_hour=usd, sold=value != NOT_SOLD)

    def _said(self, row: Row) -> Quote:
        if row["source"] not in self._by_source:
            reason = f"its source {row['source']!r} is not among the vendor's sources"
            raise FactError(self.name, row["machine"], reason)
        return self._by_source[row["source"]]


def _unknown(source: Source, as_of: date) -> Quote:
    """An unknown price by that source."""
    return Quote(
        usd_per_hour=math.nan,
        source=source.title,
        url=source.url,
        date=source.dated,
        grade=source.grade,
        rule=source.rule,
        day=source.day,
        stale=source.stale(as_of),
    )


def _in_force(table: Iterator[Row], today: str) -> dict[str, dict[str, Row]]:
    """Machine -> purchase -> the last row not after today; before its first day a price is unknown."""
    latest: dict[str, dict[str, Row]] = {}
    for row in table:  # rows stand in the order of their days, and days written as 2026-04-30 compare as texts
        known = latest.setdefault(row["machine"], {})
        if row["from"] <= today:
            known[row["purchase"]] = row
        else:
            known.setdefault(row["purchase"], {**row, "usd_per_hour": UNKNOWN})
    return latest


def _competes(
    row: Row, arch: str, gpus: Collection[str], burstable: bool, among: Collection[str] | None = None
) -> bool:
    if arch != ANY and row["arch"] != arch:
        return False
    if row["gpu"] not in gpus if gpus else row["gpu"]:
        return False
    if among is not None:
        return row["machine"] in among
    return row["competes"] == YES or (burstable and row["burstable"] == YES and row["generation"] == CURRENT)
