"""Hourly prices of machine types -> `<market>_prices.csv`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from pricing.refresh.collected import Collected, ConversionError, Origin, Row, regraded
from pricing.refresh.machines import Record

PRICE_COLUMNS = ("machine", "region", "purchase", "usd_per_hour", "from", "source")
ON_DEMAND = "on-demand"
Records = dict[tuple[str, str, str], Record]  # (region, machine, purchase)


def market_prices(rules: Mapping[str, Any], shapes: Sequence[Record], collected: Collected) -> list[Record]:
    """One record per machine, region and purchase, sorted so; an earlier selection wins over a later one."""
    machines = {shape["machine"]: shape for shape in shapes if re.match(rules.get("machines", ""), shape["machine"])}
    records: Records = {}
    for selection in rules["from"]:
        select = _ratios if "ratio_of" in selection else _listed
        for record in select(selection, machines, records, collected):
            records.setdefault((record["region"], record["machine"], record["purchase"]), record)
    if not records:
        raise ConversionError(f"no row of the tables is {rules['from']}")
    if rules.get("absent") == "unknown":
        _fill(records, machines)
    return [records[key] for key in sorted(records)]


def _listed(
    selection: Mapping[str, Any], machines: Mapping[str, Record], _: Records, collected: Collected
) -> list[Record]:
    """The prices that a table states."""
    table = collected.prices(selection["table"])
    return [
        _record(machine, row.region, selection["purchases"][row.commitment], row.price, row.origin, row.origin.since)
        for machine in machines
        for row in _chosen(
            table.get((selection["service"], selection["sku"].replace("MACHINE", machine)), []), selection
        )
    ]


def _chosen(found: Sequence[Row], selection: Mapping[str, Any]) -> list[Row]:
    kept = [row for row in found if row.commitment in selection["purchases"] and row.unit == selection["unit"]]
    kept = [row for row in kept if row.region in selection.get("regions", [row.region])]
    if "unless" in selection:
        kept = [row for row in kept if selection["unless"] not in row.description]
    return regraded(kept, selection)


def _ratios(
    selection: Mapping[str, Any], machines: Mapping[str, Record], records: Records, collected: Collected
) -> list[Record]:
    """Committed prices as a share of the on-demand price, where a table states the share of the machine's family."""
    table = collected.prices(selection["table"])
    shares = [row for (service, _), found in table.items() if service == selection["service"] for row in found]
    return [
        _record(machine, region, selection["purchases"][share.commitment], price * share.price, said, since)
        for (region, machine, purchase), record in records.items()
        if purchase == selection["ratio_of"]
        for share in _chosen([row for row in shares if _covers(row, selection, machines[machine])], selection)
        for price, said, since in [(record["usd_per_hour"], _older(share.origin, record["source"]), record["from"])]
    ]


def _covers(row: Row, selection: Mapping[str, Any], shape: Record) -> bool:
    return re.search(selection["sku"].replace("FAMILY", re.escape(shape["family"])), row.sku) is not None


def _older(share: Origin, price: Origin) -> Origin:
    """The origin of a share of a price: as old as the older of the two."""
    return replace(share, stated=min(share.since, price.since))


def _fill(records: Records, machines: Mapping[str, Record]) -> None:
    """Where a table is no full list, a machine without a price in a region is unknown, not unsold."""
    said: dict[str, Origin] = {}
    for (region, _, purchase), record in records.items():
        if purchase == ON_DEMAND:
            said.setdefault(region, record["source"])
    for region, source in said.items():
        for machine in machines:
            unknown = _record(machine, region, ON_DEMAND, "unknown", source, source.since)
            records.setdefault((region, machine, ON_DEMAND), unknown)


def _record(machine: str, region: str, purchase: str, price: Decimal | str, said: Origin, since: Any) -> Record:
    return {
        "machine": machine,
        "region": region,
        "purchase": purchase,
        "usd_per_hour": price,
        "from": since,
        "source": said,
    }
