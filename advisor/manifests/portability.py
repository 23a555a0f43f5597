"""What a Cloud Run manifest and a Knative of one's own share, read off their two schemas.

Cloud Run: the discovery document of its API v1, without the fields whose description says that it does not support
them. Knative: the strict model of its Service.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from advisor.errors import InputError
from advisor.manifests.bundle import Bundle
from advisor.manifests.kinds import within
from advisor.manifests.knative_model import KnativeSpec
from advisor.manifests.schemas import VALIDATORS

FREE = ("metadata", "labels", "annotations", "nodeSelector", "limits", "requests")  # not compared key by key
UNSUPPORTED = "Not supported"
NONE = "none"


@dataclass(frozen=True)
class Portability:
    """Paths of fields, such as spec.template.spec.affinity."""

    used_and_shared: tuple[str, ...]
    used_and_lost: tuple[str, ...]  # the manifest has them, Knative does not
    without_meaning: tuple[str, ...]  # Knative accepts them and does nothing with them
    only_cloud_run: tuple[str, ...]
    only_knative: tuple[str, ...]

    def lines(self) -> Iterator[str]:
        """The comparison for a reader."""
        for title, paths in self.chapters().items():
            yield f"{title}:"
            yield from (f"  {path}" for path in paths or (NONE,))

    def chapters(self) -> dict[str, tuple[str, ...]]:
        """The fields under what holds for them: those of this manifest first."""
        return {
            "Fields of this manifest that Knative accepts": self.used_and_shared,
            "Fields of this manifest that Knative refuses": self.used_and_lost,
            "Accepted by Knative and without meaning there": self.without_meaning,
            "Knative has them, Cloud Run does not": self.only_knative,
            "Cloud Run has them, Knative does not": self.only_cloud_run,
        }


def portability(bundle: Bundle) -> Portability:
    """Compare the Cloud Run manifest of a bundle with both schemas. Raises `InputError` where one is not installed."""
    _need_schemas()
    ((service,),) = bundle.documents.values()
    cloud_run, knative = set(cloud_run_fields()), set(knative_fields())
    used = set(_paths(service["spec"], "spec."))
    return Portability(
        used_and_shared=tuple(sorted(path for path in used if _takes(knative, path))),
        used_and_lost=_highest({path for path in used if not _takes(knative, path)}),
        without_meaning=tuple(_settings(service)),
        only_cloud_run=_highest({path for path in cloud_run if not _takes(knative, path)}),
        only_knative=_highest({path for path in knative if not _takes(cloud_run, path)}),
    )


def _need_schemas() -> None:
    if missing := [each.what for each in VALIDATORS if each.library == "googleapiclient" and not each.present]:
        raise InputError(f"{missing[0]} is not installed; allowed after: pip install 'deploy-advisor[check]'")


def cloud_run_fields() -> Iterator[str]:
    """The fields of a Cloud Run service that it supports."""
    from advisor.manifests.google_schemas import discovery

    schemas = discovery("run.v1")
    yield from _fields(schemas, schemas["ServiceSpec"], "spec.", "")


def knative_fields() -> Iterator[str]:
    """The fields of a Knative service."""
    schema = KnativeSpec.model_json_schema()
    yield from _fields(schema["$defs"], schema, "spec.", "#/$defs/")


def _fields(schemas: Mapping[str, Any], schema: Mapping[str, Any], place: str, prefix: str) -> Iterator[str]:
    for name, field in schema.get("properties", {}).items():
        if str(field.get("description", "")).removeprefix("[Deprecated] ").startswith(UNSUPPORTED):
            continue
        yield f"{place}{name}"
        inner = _referenced(field)
        if inner and name not in FREE:
            yield from _fields(schemas, schemas[inner.removeprefix(prefix)], f"{place}{name}.", prefix)


def _referenced(field: Mapping[str, Any]) -> str:
    """The schema that a field, or the items of its list, or its one alternative refers to."""
    if "$ref" in field:
        return str(field["$ref"])
    alternatives = (*field.get("anyOf", ()), field["items"]) if "items" in field else field.get("anyOf", ())
    return next(filter(None, map(_referenced, alternatives)), "")


def _paths(value: Any, place: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield f"{place}{key}"
            if key not in FREE:
                yield from _paths(each, f"{place}{key}.")
    elif isinstance(value, list):
        for each in value:
            yield from _paths(each, place)


def _settings(service: Mapping[str, Any]) -> Iterator[str]:
    """Labels, annotations and node selectors of Cloud Run's own."""
    for path in (("metadata",), ("spec", "template", "metadata")):
        for kind in ("labels", "annotations"):
            keys = within(service, *path, kind)
            yield from (f"{'.'.join(path)}.{kind}.{key}" for key in keys if "googleapis.com/" in key)
    for key in within(service, "spec", "template", "spec", "nodeSelector"):
        yield f"spec.template.spec.nodeSelector.{key} (no node of yours has this label)"


def _takes(fields: set[str], path: str) -> bool:
    """Whether a schema has a field, or leaves open what stands below one of its fields."""
    if path in fields:
        return True
    above = path.rpartition(".")[0]
    return bool(above) and _takes(fields, above) and not any(field.startswith(f"{above}.") for field in fields)


def _highest(paths: set[str]) -> tuple[str, ...]:
    """Paths without those below another one, sorted."""
    return tuple(sorted(path for path in paths if path.rpartition(".")[0] not in paths))
