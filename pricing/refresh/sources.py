"""Give every origin a short key, so that a long address stands once in a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pricing.refresh.collected import Origin
from pricing.refresh.conversion import ConversionError


class Names:
    """Key, title and link of every address that the rules know (`rules/sources.yaml`)."""

    def __init__(self, known: Mapping[str, Mapping[str, str]]) -> None:
        self._keys = {entry["address"]: key for key, entry in known.items()}
        self._known = {entry["address"]: entry for entry in known.values()}

    def keys(self, origins: Iterable[Origin]) -> dict[Origin, str]:
        """A key for each origin: the name of its address alone where that is enough, else with its day and grade."""
        unique = sorted(set(origins), key=_order)
        nameless = sorted({each.address for each in unique} - self._keys.keys())
        if nameless:
            raise ConversionError(f"rules/sources.yaml has no name for {', '.join(map(repr, nameless))}")
        return {each: self._key(each, [other for other in unique if other.address == each.address]) for each in unique}

    def _key(self, each: Origin, siblings: list[Origin]) -> str:
        """The shortest form that no other origin of the address shares, else the longest with a number."""
        forms = [self._forms(other) for other in siblings]
        own = self._forms(each)
        for place, form in enumerate(own):
            if [other[place] for other in forms].count(form) == 1:
                return form
        return f"{own[-1]}_{siblings.index(each) + 1}"

    def _forms(self, each: Origin) -> tuple[str, str, str]:
        name = self._keys[each.address]
        return name, f"{name}_{each.since:%Y_%m_%d}", f"{name}_{each.since:%Y_%m_%d}_{each.grade}"

    def table(self, keys: Mapping[Origin, str]) -> dict[str, dict[str, Any]]:
        """A `sources:` table, sorted by key."""
        return {key: self._entry(each) for each, key in sorted(keys.items(), key=lambda pair: pair[1])}

    def _entry(self, each: Origin) -> dict[str, Any]:
        known = self._known[each.address]
        entry = {"title": known["title"], "url": known.get("url", each.address), "grade": each.grade}
        if each.rule:
            entry["rule"] = each.rule
        return entry | {"stated": each.stated or "unknown", "read": each.read}


def _order(each: Origin) -> tuple[str, ...]:
    return each.address, str(each.since), each.grade, each.rule, str(each.stated)


def origins(tree: Any) -> list[Origin]:
    """Every origin in a document, in its order."""
    if isinstance(tree, Origin):
        return [tree]
    branches = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()
    return [found for branch in branches for found in origins(branch)]


def with_keys(tree: Any, keys: Mapping[Origin, str]) -> Any:
    """The document with the key of each origin in the origin's place."""
    if isinstance(tree, Origin):
        return keys[tree]
    if isinstance(tree, dict):
        return {key: with_keys(branch, keys) for key, branch in tree.items()}
    return [with_keys(branch, keys) for branch in tree] if isinstance(tree, list) else tree
