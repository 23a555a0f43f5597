"""Names by which objects refer to each other, and what becomes of them when a kustomization renames an object.

The fields are those of kustomize's defaults (api/internal/konfig, builtinpluginconsts, name references): what pods,
autoscalers, stateful sets and ingresses name. Routes of Gateway API are not among them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from typing import Any

from advisor.manifests.kinds import TEMPLATES, Object, Path, within

CONTAINERS = ("containers", "initContainers")
# Kind that is referred to -> places in the spec of a pod.
IN_PODS: Mapping[str, tuple[Path, ...]] = {
    "ServiceAccount": (("serviceAccountName",),),
    "PersistentVolumeClaim": (("volumes", "persistentVolumeClaim", "claimName"),),
    "ConfigMap": (
        ("volumes", "configMap", "name"),
        ("volumes", "projected", "sources", "configMap", "name"),
        *((each, "env", "valueFrom", "configMapKeyRef", "name") for each in CONTAINERS),
        *((each, "envFrom", "configMapRef", "name") for each in CONTAINERS),
    ),
    "Secret": (
        ("volumes", "secret", "secretName"),
        ("volumes", "projected", "sources", "secret", "name"),
        ("imagePullSecrets", "name"),
        *((each, "env", "valueFrom", "secretKeyRef", "name") for each in CONTAINERS),
        *((each, "envFrom", "secretRef", "name") for each in CONTAINERS),
    ),
}
# Kind that refers -> kind that is referred to, and the place. Routes of Gateway API are not among kustomize's own.
ELSEWHERE: Mapping[str, tuple[tuple[str, Path], ...]] = {
    "StatefulSet": (("Service", ("spec", "serviceName")),),
    "Ingress": (
        ("Service", ("spec", "rules", "http", "paths", "backend", "service", "name")),
        ("Service", ("spec", "defaultBackend", "service", "name")),
        ("Secret", ("spec", "tls", "secretName")),
    ),
}


def resolved(objects: list[Object]) -> list[Object]:
    """What refers to a former name refers to the new one, if only one object had it."""
    if not any(item.former for item in objects):
        return objects
    return [_with_references(item, objects) for item in objects]


def _with_references(item: Object, objects: Sequence[Object]) -> Object:
    document: dict[str, Any] = deepcopy(dict(item.document))
    for kind, place in _references(item):
        there = [each for each in objects if each.kind == kind and each.namespace == item.namespace]
        _rename(document, place, there)
    return replace(item, document=document) if document != item.document else item


def _references(item: Object) -> Iterator[tuple[str, Path]]:
    """The kinds that an object refers to, and where."""
    if item.kind in TEMPLATES:
        for kind, places in IN_PODS.items():
            yield from ((kind, (*TEMPLATES[item.kind], "spec", *place)) for place in places)
    yield from ELSEWHERE.get(item.kind, ())
    if item.kind == "HorizontalPodAutoscaler":
        yield str(within(item.spec, "scaleTargetRef").get("kind")), ("spec", "scaleTargetRef", "name")


def _rename(value: Any, place: Path, there: Sequence[Object]) -> None:
    """Put the new name at a place, in every item of the lists on the way."""
    if isinstance(value, list):
        for each in value:
            _rename(each, place, there)
    elif isinstance(value, dict) and len(place) > 1:
        _rename(value.get(place[0]), place[1:], there)
    elif isinstance(value, dict) and isinstance(value.get(place[0]), str):
        value[place[0]] = _name_now(value[place[0]], there)


def _name_now(name: str, there: Sequence[Object]) -> str:
    """What the object is called that had a name; the same where one has it still, none had it, or several had it."""
    had = [each.name for each in there if name in each.former]
    return str(had[0]) if len(had) == 1 and all(each.name != name for each in there) else name
