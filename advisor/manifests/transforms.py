"""What a kustomization makes of all its objects at once: namespace, prefix, suffix, labels, replicas and images.

kubectl.docs.kubernetes.io, kustomization; the fields are those of kustomize's defaults (api/internal/konfig,
builtinpluginconsts). An object that is renamed is still known by its former names: to patches, to `replicas`, and to
what refers to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from typing import Any

from advisor.manifests.kinds import KNATIVE, TEMPLATES, Object, Path, mappings, within
from advisor.manifests.references import CONTAINERS, resolved

NAME: Path = ("metadata", "name")
KEPT_NAMES = ("CustomResourceDefinition", "APIService", "Namespace")  # which no prefix and no suffix changes
CLUSTER_WIDE = (
    *("Namespace", "Node", "PersistentVolume", "StorageClass", "PriorityClass", "IngressClass", "RuntimeClass"),
    *("ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition", "APIService", "CSIDriver", "VolumeAttachment"),
    *("ValidatingWebhookConfiguration", "MutatingWebhookConfiguration", "CertificateSigningRequest"),
)
COUNTED = ("Deployment", "ReplicaSet", "StatefulSet", "ReplicationController")
CONTROLLERS = ("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet")
JOBS = ("Job", "CronJob")
SELECTORS: Mapping[str, Path] = {
    **dict.fromkeys(("Service", f"{KNATIVE}/Service"), ("spec", "selector")),  # by its kind, whatever its group
    **dict.fromkeys(CONTROLLERS, ("spec", "selector", "matchLabels")),
}
# Selectors that are added to only where some labels stand already: an empty one means all pods.
CHOOSERS: Mapping[str, Path] = {
    "PodDisruptionBudget": ("spec", "selector", "matchLabels"),
    "NetworkPolicy": ("spec", "podSelector", "matchLabels"),
}


def transformed(objects: Sequence[Object], document: Mapping[str, Any]) -> tuple[list[Object], list[str]]:
    """The objects as a kustomization applies them, and what of it cannot be applied."""
    after, faults = list(objects), list[str]()
    for key, change in STEPS.items():
        if document.get(key) is not None:
            try:
                after = change(after, document[key])
            except (ValueError, RecursionError) as error:
                faults.append(f"{key} cannot be applied: {error}")
    return resolved(after), faults


def _in_namespace(objects: list[Object], space: Any) -> list[Object]:
    """All objects in one namespace, which the object of a namespace is then called."""
    _text("it", space)
    return [_renamed(item, space) if item.kind == "Namespace" else _moved(item, space) for item in objects]


def _prefixed(objects: list[Object], prefix: Any) -> list[Object]:
    _text("it", prefix)
    return [item if item.kind in KEPT_NAMES else _renamed(item, f"{prefix}{item.name}") for item in objects]


def _suffixed(objects: list[Object], suffix: Any) -> list[Object]:
    _text("it", suffix)
    return [item if item.kind in KEPT_NAMES else _renamed(item, f"{item.name}{suffix}") for item in objects]


def _labelled(objects: list[Object], entries: Any) -> list[Object]:
    """Labels on all objects; on pods and in selectors where an entry says so."""
    for entry in mappings(entries):
        pairs, selectors = within(entry, "pairs"), entry.get("includeSelectors") is True
        pods = selectors or entry.get("includeTemplates") is True
        objects = [_with_labels(item, pairs, pods, selectors) for item in objects]
    return objects


def _labelled_everywhere(objects: list[Object], pairs: Any) -> list[Object]:
    return [_with_labels(item, within(pairs), pods=True, selectors=True) for item in objects]


def _with_labels(item: Object, pairs: Mapping[str, Any], pods: bool, selectors: bool) -> Object:
    document: dict[str, Any] = deepcopy(dict(item.document))
    for place in _label_places(item, pods, selectors):
        _mapping_at(document, place).update(pairs)
    return replace(item, document=document)


def _label_places(item: Object, pods: bool, selectors: bool) -> Iterator[Path]:
    yield "metadata", "labels"
    if pods and item.kind in (*CONTROLLERS, *JOBS):
        yield (*TEMPLATES[item.kind], "metadata", "labels")
    if pods and item.kind == "CronJob":
        yield "spec", "jobTemplate", "metadata", "labels"
    if selectors and item.kind in SELECTORS:
        yield SELECTORS[item.kind]
    if selectors and item.kind in CHOOSERS and within(item.document, *CHOOSERS[item.kind]):
        yield CHOOSERS[item.kind]


def _counted(objects: list[Object], entries: Any) -> list[Object]:
    """As many pods as each entry says, of what has its name."""
    for entry in mappings(entries):
        name, count = entry.get("name"), entry.get("count", 0)
        if not isinstance(count, int) or isinstance(count, bool):
            raise ValueError(f"the count of {name} is {count!r}; allowed: a whole number")
        hit = [item.kind in COUNTED and name in item.names for item in objects]
        if not any(hit):
            raise ValueError(f"there is no {name!r} with replicas")
        chosen = zip(objects, hit, strict=True)
        objects = [_with(item, ("spec", "replicas"), count) if counts else item for item, counts in chosen]
    return objects


def _imaged(objects: list[Object], entries: Any) -> list[Object]:
    """Another name, tag or digest for every image that an entry names."""
    for entry in mappings(entries):
        for key in ("name", "newName", "newTag", "digest"):
            _text(key, entry.get(key, ""))
        objects = [_with_image(item, entry) for item in objects]
    return objects


def _with_image(item: Object, entry: Mapping[str, Any]) -> Object:
    if not any(_image(container["image"], entry) != container["image"] for container in _containers(item.document)):
        return item
    document: dict[str, Any] = deepcopy(dict(item.document))
    for container in _containers(document):
        container["image"] = _image(container["image"], entry)
    return replace(item, document=document)


def _containers(document: Any) -> Iterator[Any]:
    """Every container with an image, however deep it stands, once."""
    left, seen = [document], set[int]()
    while left:
        value = left.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, dict):
            left += value.values()
            for key in CONTAINERS:
                yield from (each for each in mappings(value.get(key)) if isinstance(each.get("image"), str))
        elif isinstance(value, list):
            left += value


def _image(image: str, entry: Mapping[str, Any]) -> str:
    """An image after an entry; as it was where the entry is about another."""
    named = rf"{re.escape(entry.get('name') or '')}(:[\w.{{}}-]*)?(@sha256:[\w.{{}}-]*)?"
    parts = re.fullmatch(r"(.*?)(:[^:/@]*)?(@.*)?", image)
    if not (parts and re.fullmatch(named, image)):
        return image
    name, tag, digest = (part or "" for part in parts.groups())
    if entry.get("newTag") or entry.get("digest"):
        tag = f":{entry['newTag']}" if entry.get("newTag") else ""
        digest = f"@{entry['digest']}" if entry.get("digest") else ""
    return f"{entry.get('newName') or name}{tag}{digest}"


STEPS: Mapping[str, Callable[[list[Object], Any], list[Object]]] = {
    "namespace": _in_namespace,
    "namePrefix": _prefixed,
    "nameSuffix": _suffixed,
    "labels": _labelled,
    "commonLabels": _labelled_everywhere,
    "replicas": _counted,
    "images": _imaged,
}


def _text(what: str, value: Any) -> None:
    if not isinstance(value, str):
        raise ValueError(f"{what} is {value!r}, no text; put it in quotes")


def _renamed(item: Object, name: str) -> Object:
    named = isinstance(item.name, str)
    return replace(_with(item, NAME, name), former=(*item.former, item.name)) if named else item


def _moved(item: Object, space: str) -> Object:
    return item if item.kind in CLUSTER_WIDE else _with(item, ("metadata", "namespace"), space)


def _with(item: Object, place: Path, value: Any) -> Object:
    document: dict[str, Any] = deepcopy(dict(item.document))
    _mapping_at(document, place[:-1])[place[-1]] = value
    return replace(item, document=document)


def _mapping_at(document: dict[str, Any], place: Path) -> dict[str, Any]:
    """The mapping at a place, made where there is none."""
    for key in place:
        if not isinstance(document.get(key), dict):
            document[key] = {}
        document = document[key]
    return document
