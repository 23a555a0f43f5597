"""Tables of machine types -> `machines.csv`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from pricing.refresh.collected import Collected, Origin
from pricing.refresh.conversion import ConversionError

SHAPE_COLUMNS = (
    *("machine", "family", "vcpu", "memory_gib", "gpu", "gpus", "gpu_memory_gib"),
    *("arch", "generation", "burstable", "max_pods", "competes", "note", "source"),
)

Record = dict[str, Any]


def shapes(rules: Mapping[str, Any], collected: Collected) -> list[Record]:
    """One record per machine type that a family rule knows, sorted by name; the others stay out."""
    table = rules["shapes"]["table"]
    said = collected.table_origin(table)
    wanted = rules["shapes"].get("where", {})
    found = [raw for raw in collected.shapes(table) if all(raw[column] == value for column, value in wanted.items())]
    records = [_shape(raw, rules, said) for raw in found]
    return sorted((record for record in records if record), key=lambda record: record["machine"])


def _shape(raw: Mapping[str, str], rules: Mapping[str, Any], said: Origin) -> Record | None:
    machine = raw["machine_type"]
    family = _first(machine, rules["families"], {})
    excepted = re.match(rules["shapes"].get("except", "$^"), machine)
    if not family or excepted or not raw["vcpu"] or not raw["memory_gib"]:
        return None
    gpu = _gpu(raw, rules["gpus"])
    vcpu = Decimal(raw["vcpu"])
    return {
        "machine": machine,
        "family": _family(machine, rules["shapes"]["family"]),
        "vcpu": vcpu,
        "memory_gib": Decimal(raw["memory_gib"]),
        "gpu": gpu,
        "gpus": Decimal(raw["accelerator_count"]) if gpu else "",
        "gpu_memory_gib": Decimal(raw["accelerator_memory_gib"]) if gpu and raw["accelerator_memory_gib"] else "",
        "arch": family["arch"],
        "generation": family["generation"],
        "burstable": family.get("burstable", "no"),
        "max_pods": _first(machine, rules.get("max_pods", []), {}).get("pods", ""),
        "competes": family["competes"] if vcpu <= family.get("vcpu_max", vcpu) else "no",
        "note": raw.get("note") or "",
        "source": said,
    }


def _first(machine: str, rules: Iterable[Mapping[str, Any]], otherwise: Mapping[str, Any]) -> Mapping[str, Any]:
    """The first rule that matches the machine's name."""
    return next((rule for rule in rules if re.match(rule["match"], machine)), otherwise)


def _family(machine: str, pattern: str) -> str:
    """The part of a machine's name that its siblings of other sizes share: the pattern's groups, else its match."""
    found = re.match(pattern, machine)
    if not found:
        raise ConversionError(f"{machine}: the pattern of families {pattern!r} does not match")
    return "".join(group or "" for group in found.groups()) or found[0]


def _gpu(raw: Mapping[str, str], gpus: Mapping[str, Any]) -> str:
    """The canonical name of a machine's GPU; where one name has several memories, by memory."""
    name = raw["accelerator"]
    if not name:
        return ""
    if name not in gpus:
        raise ConversionError(f"{raw['machine_type']}: the rules name no GPU {name!r}")
    known = gpus[name]
    canonical: str = known if isinstance(known, str) else known[int(Decimal(raw["accelerator_memory_gib"]))]
    return canonical
