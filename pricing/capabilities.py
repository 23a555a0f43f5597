"""What each option can do: yes, no or unknown, with who says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from pricing.fact import Fact, FactError, Facts, Source, nearest
from pricing.machines import YES

CAPABILITIES = "common/capabilities"

Sources: TypeAlias = Mapping[str, Source]


def capabilities_of(document: Mapping[str, Any], option: str, adds: Mapping[str, Any], added_by: Sources) -> Facts:
    """The capabilities of one option, by name; those that a stack adds to it are a yes, with the stack's source."""
    options = document["options"]
    if option not in options:
        raise FactError(f"{CAPABILITIES}.yaml", option, f"there is no such option{nearest(option, options)}")
    labels = {name: str(raw["label"]) for name, raw in document["capabilities"].items()}
    cells = options[option]
    sources = {key: Source.of(document["sources"][key]) for key in {cell["source"] for cell in cells.values()}}
    facts = {name: _fact(name, labels[name], cells[name], sources) for name in labels}
    facts |= {name: _fact(name, labels[name], {**cell, "value": YES}, added_by) for name, cell in adds.items()}
    return Facts(facts, f"{CAPABILITIES}.yaml")


def control_of(document: Mapping[str, Any]) -> tuple[str, ...]:
    """The capabilities that make up how open an option is, in the order they are shown."""
    return tuple(str(name) for name in document["control"])


def _fact(name: str, label: str, cell: Mapping[str, Any], sources: Sources) -> Fact:
    source = sources[cell["source"]]
    return Fact(
        name,
        label,
        str(cell["value"]),
        "yes/no",
        source.title,
        source.url,
        source.dated,
        source.grade,
        str(cell.get("note", "")),
        source.day,
    )
