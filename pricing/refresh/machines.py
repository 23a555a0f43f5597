"""Tables of machine types and their hourly prices -> `machines.csv` and `<market>_prices.csv`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from pricing.refresh.collected import Collected, ConversionError, Origin, Row, regraded

SHAPE_COLUMNS = (
    *("machine", "family", "vcpu", "memory_gib", "gpu", "gpus", "gpu_memory_gib"),
    *("arch", "generation", "burstable", "max_pods", "competes", "note", "source"),
)
PRICE_COLUMNS = ("machine", "region", "purchase", "usd_per_hour", "from", "source")

Record = dict[str, Any]


def shapes(rules: Mapping[str, Any], collected: Collected) -> list[Record]:
    """One record per machine type that a family rule knows, sorted by name."""
    table = rules["shapes"]["table"]
    said = collected.table_origin(table)
    wanted = rules["shapes"].get("where", {})
    found = [raw for raw in collected.shapes(table) if all(raw[column] == value for column, value in wanted.items())]
    records = [_shape(raw, rules, said) for raw in found]
    return sorted((record for record in records if record), key=lambda record: record["machine"])


def _shape(raw: Mapping[str, str], rules: Mapping[str, Any], said: Origin) -> Record | None:
    machine = raw["machine_type"]
    family = _family(machine, rules["families"])
    if family is None or not raw["vcpu"] or not raw["memory_gib"]:
        return None
    gpu = raw["accelerator"]
    if gpu and gpu not in rules["gpus"]:
        raise ConversionError(f"{machine}: the rules name no GPU {gpu!r}")
    vcpu = Decimal(raw["vcpu"])
    return {
        "machine": machine,
        "family": re.match(rules["shapes"]["family"], machine)[0],  # type: ignore[index]
        "vcpu": vcpu,
        "memory_gib": Decimal(raw["memory_gib"]),
        "gpu": rules["gpus"][gpu] if gpu else "",
        "gpus": Decimal(raw["accelerator_count"]) if gpu else "",
        "gpu_memory_gib": Decimal(raw["accelerator_memory_gib"]) if raw["accelerator_memory_gib"] else "",
        "arch": family["arch"],
        "generation": family["generation"],
        "burstable": family.get("burstable", "no"),
        "max_pods": "",
        "competes": family["competes"] if vcpu <= family.get("vcpu_max", vcpu) else "no",
        "note": raw.get("note") or "",
        "source": said,
    }


def _family(machine: str, families: Iterable[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The first family rule that matches; a machine of no family stays out."""
    return next((family for family in families if re.match(family["match"], machine)), None)


def market_prices(rules: Mapping[str, Any], machines: Iterable[str], collected: Collected) -> list[Record]:
    """One record per machine, region and purchase, sorted so."""
    records: dict[tuple[str, str, str], Record] = {}
    for selection in rules["from"]:
        for machine in machines:
            for row in _rows(selection, machine, collected):
                record = _price(machine, row, selection)
                records.setdefault((record["region"], machine, record["purchase"]), record)
    if not records:
        raise ConversionError(f"no row is {rules['from']}")
    return [records[key] for key in sorted(records)]


def _rows(selection: Mapping[str, Any], machine: str, collected: Collected) -> list[Row]:
    sku = selection["sku"].replace("MACHINE", machine)
    found = collected.prices(selection["table"]).get((selection["service"], sku), [])
    kept = [row for row in found if row.commitment in selection["purchases"] and row.unit == selection["unit"]]
    return regraded([row for row in kept if row.region in selection.get("regions", [row.region])], selection)


def _price(machine: str, row: Row, selection: Mapping[str, Any]) -> Record:
    return {
        "machine": machine,
        "region": row.region,
        "purchase": selection["purchases"][row.commitment],
        "usd_per_hour": row.price,
        "from": row.origin.since,
        "source": row.origin,
    }
