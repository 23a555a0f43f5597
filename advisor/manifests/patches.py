"""What the patches of a kustomization make of the objects below it: strategic merges and JSON patches.

kubectl.docs.kubernetes.io, kustomization, patches; Kubernetes, strategic merge patch: mappings are merged, null
removes, lists whose items have a merge key are merged by it, others are replaced.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

import yaml

from advisor.manifests.json_patch import apply
from advisor.manifests.kinds import Object, mappings, within

# Field -> what tells its items apart (Kubernetes API, x-kubernetes-patch-merge-key). The first that all items have.
MERGE_KEYS: Mapping[str, tuple[str, ...]] = {
    "containers": ("name",),
    "initContainers": ("name",),
    "ephemeralContainers": ("name",),
    "volumes": ("name",),
    "env": ("name",),
    "imagePullSecrets": ("name",),
    "volumeMounts": ("mountPath",),
    "ports": ("containerPort", "port"),
    "topologySpreadConstraints": ("topologyKey",),
}
TARGETED = ("patches", "patchesJson6902")
DIRECTIVE = "$patch"


@dataclass(frozen=True)
class Patch:
    """One change, where it stands, and which objects it is for; without a target those that it names itself."""

    file: str
    change: Any
    target: Mapping[str, Any] | None = None


def patched(objects: Sequence[Object], patch: Patch) -> tuple[list[Object], str]:
    """The objects after a patch, and why it cannot be applied; empty where it can."""
    hit = [item for item in objects if _chosen(item, patch)]
    if not hit:
        return list(objects), "changes an object that is not there"
    try:
        return [each for item in objects for each in (_changed(item, patch.change) if item in hit else [item])], ""
    except (LookupError, TypeError, ValueError) as error:
        return list(objects), f"cannot be applied: {' '.join(str(part) for part in error.args)}"


def patch_files(document: Mapping[str, Any]) -> Iterator[str]:
    """Files that a kustomization names to change objects, and that are none themselves."""
    for key in TARGETED:
        yield from (each["path"] for each in mappings(document.get(key)) if isinstance(each.get("path"), str))
    yield from (each for each in _merges(document) if "\n" not in each)


def patches_of(
    document: Mapping[str, Any], name: str, changes_in: Callable[[str], tuple[str, list[Any]]]
) -> Iterator[Patch]:
    """The patches of a kustomization in the order in which it applies them; `changes_in` reads a file that it names."""
    for text in _merges(document):
        file, changes = (name, read(text)) if "\n" in text else changes_in(text)
        yield from (Patch(file, change) for change in changes)
    for key in TARGETED:
        for each in mappings(document.get(key)):
            path, target = each.get("path"), each.get("target")
            file, changes = changes_in(path) if isinstance(path, str) else (name, read(str(each.get("patch", ""))))
            chosen = target if isinstance(target, Mapping) else None
            yield from (Patch(file, change, chosen) for change in changes)


def _merges(document: Mapping[str, Any]) -> Iterator[str]:
    merges = document.get("patchesStrategicMerge")
    yield from (each for each in merges if isinstance(each, str)) if isinstance(merges, list) else ()


def read(text: str | bytes | None) -> list[Any]:
    """The changes in the text of a patch; none where it is no YAML."""
    try:
        return [each for each in yaml.load_all(text or "", Loader=yaml.CSafeLoader) if each is not None]
    except (yaml.YAMLError, ValueError, RecursionError):
        return []


def _chosen(item: Object, patch: Patch) -> bool:
    if patch.target is not None:
        return _is_target(item, patch.target)
    if not isinstance(patch.change, Mapping):
        return False
    named = Object("", patch.change)
    same_space = named.namespace is None or named.namespace == item.namespace
    return (named.kind, named.group) == (item.kind, item.group) and named.name in item.names and same_space


def _is_target(item: Object, target: Mapping[str, Any]) -> bool:
    """Names and kinds of a target are regular expressions for the whole (kustomize, patch targets)."""
    facts = {"kind": item.document.get("kind"), "namespace": item.namespace, "group": item.group}
    facts["version"] = str(item.document.get("apiVersion", "")).rpartition("/")[2]
    labels = within(item.document, "metadata", "labels")
    fits = all(_matches(target.get(key), fact) for key, fact in facts.items()) and _labelled(target, labels)
    return fits and any(_matches(target.get("name"), name) for name in item.names)


def _matches(pattern: object, text: object) -> bool:
    try:
        return pattern is None or re.fullmatch(str(pattern), str(text or "")) is not None
    except re.error:
        return False


def _labelled(target: Mapping[str, Any], labels: Mapping[str, Any]) -> bool:
    pairs = [pair.partition("=") for pair in str(target.get("labelSelector") or "").split(",") if pair]
    return all(str(labels.get(key)) == value for key, _, value in pairs)


def _changed(item: Object, change: Any) -> list[Object]:
    """The object after a change; nothing where the change deletes it."""
    if isinstance(change, Mapping):
        if change.get(DIRECTIVE) == "delete":
            return []
        return [replace(item, document=_under_its_name(item, _merged(item.document, change, "")))]
    document = deepcopy(item.document)
    for operation in mappings(change):
        apply(document, operation)
    return [replace(item, document=document)]


def _under_its_name(item: Object, merged: dict[str, Any]) -> dict[str, Any]:
    """A merge changes no name, which only says what it is for."""
    return {**merged, "metadata": {**within(merged, "metadata"), "name": item.name}} if item.former else merged


def _merged(old: Any, new: Any, field: str) -> Any:
    """A value with another merged into it."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        if new.get(DIRECTIVE) == "replace":
            return {key: value for key, value in new.items() if key != DIRECTIVE}
        kept = {key: value for key, value in old.items() if not (key in new and new[key] is None)}
        changes = {key: value for key, value in new.items() if value is not None}
        return {**kept, **{key: _merged(kept.get(key), value, key) for key, value in changes.items()}}
    key = _merge_key(field, old, new)
    return _merged_items(old, new, key) if key else deepcopy(new)


def _merge_key(field: str, *lists: Any) -> str:
    """What tells the items of both lists apart; empty where a list is replaced."""
    if not all(isinstance(each, list) for each in lists):
        return ""
    items = [item for each in lists for item in each]
    keys = MERGE_KEYS.get(field, ())
    return next((key for key in keys if all(isinstance(item, Mapping) and key in item for item in items)), "")


def _merged_items(old: list[Any], new: list[Any], key: str) -> list[Any]:
    """Items of both lists: those of the new one, merged with their like, come first, as kustomize writes them."""
    before = {item[key]: item for item in old}
    merged = [_merged(before.get(item[key], {}), item, "") for item in new if item.get(DIRECTIVE) != "delete"]
    named = {item[key] for item in new}
    return [*merged, *(item for item in old if item[key] not in named)]
