"""Objects as they stand in files: what kind they are, and where their pods are described.

Files may have been written by anybody, so nothing here takes a shape for granted: what is not there, or is something
else than it should be, reads as empty. That is for a schema to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Path = tuple[str, ...]

_TEMPLATE: Path = ("spec", "template")
KNATIVE = "serving.knative.dev"
# Kind -> where the template of its pods is; a bare pod is its own template.
TEMPLATES: Mapping[str, Path] = {
    "Pod": (),
    "Deployment": _TEMPLATE,
    "StatefulSet": _TEMPLATE,
    "DaemonSet": _TEMPLATE,
    "ReplicaSet": _TEMPLATE,
    "Job": _TEMPLATE,
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
    f"{KNATIVE}/Service": _TEMPLATE,
}


@dataclass(frozen=True)
class Object:
    """One object and the file it stands in."""

    file: str
    document: Mapping[str, Any]
    former: tuple[Any, ...] = ()  # names that it had before a kustomization changed them

    @property
    def names(self) -> tuple[Any, ...]:
        """Its name, and those that it had."""
        return (self.name, *self.former)

    @property
    def kind(self) -> str:
        """Its kind; with the group in front where a core kind has the same name."""
        kind = str(self.document.get("kind", ""))
        return f"{KNATIVE}/{kind}" if self.group == KNATIVE else kind

    @property
    def group(self) -> str:
        """The API group; empty for the core."""
        group, slash, _ = str(self.document.get("apiVersion", "")).partition("/")
        return group if slash else ""

    @property
    def name(self) -> Any:
        """Its name, as it is written."""
        return within(self.document, "metadata").get("name")

    @property
    def namespace(self) -> Any:
        """Its namespace, as it is written."""
        return within(self.document, "metadata").get("namespace")

    @property
    def label(self) -> str:
        """How people name it."""
        return f"{self.document.get('kind', 'an object without kind')} {self.name}"

    @property
    def spec(self) -> Mapping[str, Any]:
        """What is asked for."""
        return within(self.document, "spec")

    @property
    def template(self) -> Mapping[str, Any] | None:
        """Metadata and spec of its pods; None where it makes none."""
        return within(self.document, *TEMPLATES[self.kind]) if self.kind in TEMPLATES else None


def within(value: Any, *path: str) -> Mapping[str, Any]:
    """The mapping at a path; empty where there is none."""
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def mappings(value: Any) -> Iterator[Mapping[str, Any]]:
    """The mappings of a list; none where it is no list."""
    yield from (each for each in value if isinstance(each, Mapping)) if isinstance(value, list) else ()


def pod_labels(item: Object) -> Mapping[str, Any]:
    """The labels of the pods that an object makes."""
    return within(item.template, "metadata", "labels")


def containers(item: Object) -> Iterator[Mapping[str, Any]]:
    """All containers of the pods that an object makes, those that run first included."""
    pod = within(item.template, "spec")
    yield from mappings(pod.get("initContainers"))
    yield from mappings(pod.get("containers"))


def selected(items: Sequence[Object], selector: Mapping[str, Any], namespace: Any) -> list[Object]:
    """The objects of a namespace whose pods carry the labels of a selector; an empty selector takes all."""
    return [
        item
        for item in items
        if item.template is not None and item.namespace == namespace and selector.items() <= pod_labels(item).items()
    ]
