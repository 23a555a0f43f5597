"""Give every origin a short key, so that a long address stands once in a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pricing.refresh.collected import ConversionError, Origin


class Names:
    """Key and title of every address that the rules know (`rules/sources.yaml`)."""

    def __init__(self, known: Mapping[str, Mapping[str, str]]) -> None:
        self.key = {entry["address"]: key for key, entry in known.items()}
        self.title = {entry["address"]: entry["title"] for entry in known.values()}
        self.url = {entry["address"]: entry.get("url", entry["address"]) for entry in known.values()}

    def keys(self, origins: Iterable[Origin]) -> dict[Origin, str]:
        """A key for each origin: the address's name alone where one origin has it, else with its day and grade."""
        unique = sorted(set(origins), key=_order)
        nameless = sorted({each.address for each in unique} - self.key.keys())
        if nameless:
            raise ConversionError(f"rules/sources.yaml has no name for {', '.join(map(repr, nameless))}")
        keys = {each: self._shortest(each, unique) for each in unique}
        return {each: _numbered(each, keys) for each in unique}

    def _shortest(self, each: Origin, unique: list[Origin]) -> str:
        name = self.key[each.address]
        rivals = [other for other in unique if other.address == each.address and other != each]
        for key in KEY_FORMS:
            if all(key(name, each) != key(name, rival) for rival in rivals):
                return key(name, each)
        return KEY_FORMS[-1](name, each)

    def entry(self, each: Origin) -> dict[str, Any]:
        """The entry of a `sources:` table."""
        entry = {"title": self.title[each.address], "url": self.url[each.address], "grade": each.grade}
        if each.rule:
            entry["rule"] = each.rule
        return entry | {"stated": each.stated or "unknown", "read": each.read}

    def table(self, keys: Mapping[Origin, str]) -> dict[str, dict[str, Any]]:
        """A `sources:` table, sorted by key."""
        return {key: self.entry(each) for each, key in sorted(keys.items(), key=lambda pair: pair[1])}


def _order(each: Origin) -> tuple[str, ...]:
    return each.address, str(each.since), each.grade, each.rule


KEY_FORMS: tuple[Callable[[str, Origin], str], ...] = (
    lambda name, each: name,  # noqa: ARG005
    lambda name, each: f"{name}_{each.since:%Y_%m_%d}",
    lambda name, each: f"{name}_{each.since:%Y_%m_%d}_{each.grade}",
)


def _numbered(each: Origin, keys: Mapping[Origin, str]) -> str:
    same = [other for other, key in keys.items() if key == keys[each]]
    return keys[each] if len(same) == 1 else f"{keys[each]}_{same.index(each) + 1}"


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
