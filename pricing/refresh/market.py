"""Hourly prices of machine types -> `<market>_prices.csv`."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from pricing.refresh.collected import Collected, Origin, Row, regraded
from pricing.refresh.conversion import ConversionError
from pricing.refresh.machines import Record

PRICE_COLUMNS = ("machine", "region", "purchase", "usd_per_hour", "from", "source")
ON_DEMAND = "on-demand"


@dataclass(frozen=True)
class Price:
    """What a machine costs an hour in a region by a purchase, in force since a day; or "unknown"."""

    machine: str
    region: str
    purchase: str
    usd_per_hour: Decimal | str
    since: datetime.date
    source: Origin

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes a price unique, in the order of the table."""
        return self.region, self.machine, self.purchase

    def record(self) -> Record:
        """The price as a row of the table."""
        return dict(
            zip(
                PRICE_COLUMNS,
                (self.machine, self.region, self.purchase, self.usd_per_hour, self.since, self.source),
                strict=True,
            )
        )


Prices = dict[tuple[str, str, str], Price]


def market_prices(rules: Mapping[str, Any], shapes: Sequence[Record], collected: Collected) -> list[Record]:
    """One record per machine, region and purchase, sorted so; an earlier selection wins over a later one."""
    families = {shape["machine"]: shape["family"] for shape in shapes}
    families = {machine: family for machine, family in families.items() if re.match(rules.get("machines", ""), machine)}
    prices: Prices = {}
    for selection in rules["from"]:
        select = _shares if "ratio_of" in selection else _listed
        for price in list(select(selection, families, prices, collected)):
            prices.setdefault(price.key, price)
    if not prices:
        raise ConversionError(f"no row of the tables is {rules['from']}")
    if rules.get("absent") == "unknown":
        _fill(prices, families)
    return [prices[key].record() for key in sorted(prices)]


def _listed(
    selection: Mapping[str, Any], families: Mapping[str, str], _: Prices, collected: Collected
) -> Iterator[Price]:
    """The prices that a table states."""
    table = collected.prices(selection["table"])
    for machine in families:
        sku = selection["sku"].replace("MACHINE", machine)
        for row in _chosen(table.get((selection["service"], sku), []), selection):
            purchase = selection["purchases"][row.commitment]
            yield Price(machine, row.region, purchase, row.price, row.origin.since, row.origin)


def _shares(
    selection: Mapping[str, Any], families: Mapping[str, str], prices: Prices, collected: Collected
) -> Iterator[Price]:
    """Committed prices, where a table states which share of another price the machine's family costs."""
    table = collected.prices(selection["table"])
    rows = [row for (service, _), found in table.items() if service == selection["service"] for row in found]
    shares = _chosen(rows, selection)
    for price in prices.values():
        if price.purchase == selection["ratio_of"]:
            family = selection["sku"].replace("FAMILY", re.escape(families[price.machine]))
            for share in (row for row in shares if re.search(family, row.sku)):
                yield _committed(price, share, selection["purchases"][share.commitment])


def _committed(price: Price, share: Row, purchase: str) -> Price:
    """A share of a price: as old as the older of the two."""
    source = replace(share.origin, stated=min(share.origin.since, price.source.since))
    return replace(price, purchase=purchase, usd_per_hour=Decimal(price.usd_per_hour) * share.price, source=source)


def _chosen(found: Sequence[Row], selection: Mapping[str, Any]) -> list[Row]:
    """The rows that a selection means."""
    kept = [row for row in found if row.commitment in selection["purchases"] and row.unit == selection["unit"]]
    kept = [row for row in kept if row.region in selection.get("regions", [row.region])]
    if "unless" in selection:
        kept = [row for row in kept if selection["unless"] not in row.description]
    return regraded(kept, selection)


def _fill(prices: Prices, machines: Mapping[str, str]) -> None:
    """Where a table is no full list, a machine without a price in a region is unknown, not unsold."""
    first: dict[str, Price] = {}
    for price in prices.values():
        if price.purchase == ON_DEMAND:
            first.setdefault(price.region, price)
    for known in first.values():
        for machine in machines:
            unknown = replace(known, machine=machine, usd_per_hour="unknown")
            prices.setdefault(unknown.key, unknown)
