"""Names by which objects refer to each other, and what becomes of them when a kustomization renames an object.

The fields are those of kustomize's defaults (api/internal/konfig, builtinpluginconsts, name references): what pods,
autoscalers, stateful sets and ingresses name. Routes of Gateway API are not among them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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


Key = tuple[str, str, str]  # kind, namespace, name
Names = Mapping[Key, str]  # by its former name, what an object is called now


def resolved(objects: list[Object]) -> list[Object]:
    """What refers to a former name refers to the new one, if only one object had it and none has it."""
    had: dict[Key, set[str]] = {}
    for item in objects:
        for name in item.former:
            had.setdefault((item.kind, str(item.namespace), name), set()).add(str(item.name))
    current = {(item.kind, str(item.namespace), str(item.name)) for item in objects} if had else set()
    names = {key: next(iter(now)) for key, now in had.items() if len(now) == 1 and key not in current}
    return [_with_references(item, names) for item in objects] if names else objects


def _with_references(item: Object, names: Names) -> Object:
    document: dict[str, Any] = deepcopy(dict(item.document))
    changed = [_renamed(document, place, (kind, str(item.namespace)), names) for kind, place in _references(item)]
    return replace(item, document=document) if any(changed) else item


def _references(item: Object) -> Iterator[tuple[str, Path]]:
    """The kinds that an object refers to, and where."""
    if item.kind in TEMPLATES:
        for kind, places in IN_PODS.items():
            yield from ((kind, (*TEMPLATES[item.kind], "spec", *place)) for place in places)
    yield from ELSEWHERE.get(item.kind, ())
    if item.kind == "HorizontalPodAutoscaler":
        yield str(within(item.spec, "scaleTargetRef").get("kind")), ("spec", "scaleTargetRef", "name")


def _renamed(value: Any, place: Path, of: tuple[str, str], names: Names) -> bool:
    """Put the new name at a place, in every item of the lists on the way; whether there was any."""
    if isinstance(value, list):
        changed = [_renamed(each, place, of, names) for each in value]
        return any(changed)
    inside = value.get(place[0]) if isinstance(value, dict) else None
    if len(place) > 1:
        return _renamed(inside, place[1:], of, names) if inside is not None else False
    if not isinstance(inside, str) or (*of, inside) not in names:
        return False
    value[place[0]] = names[(*of, inside)]
    return True
