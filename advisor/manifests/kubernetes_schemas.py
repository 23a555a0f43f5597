"""Strict schemas of the objects that every Kubernetes has, from kubernetes-validate."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from importlib import import_module  # by name: the libraries may be missing, and have no types
from typing import Any

from advisor.manifests.kinds import Object

# Its own `validate` reads the definitions of all kinds again for every object; here they are read once.
_FOLDER = "kubernetes-json-schema/v{version}-local-strict/{name}.json"


@lru_cache(maxsize=1)
def _version() -> str:
    return str(_library().latest_version())


def _library() -> Any:
    return import_module("kubernetes_validate.utils")


def _contents(name: str) -> Any:
    return _library().schema_contents(_FOLDER.format(version=_version(), name=name), _version())


@lru_cache(maxsize=1)
def _definitions() -> Any:
    return import_module("referencing").Resource.from_contents(_contents("_definitions"))


@lru_cache(maxsize=128)
def _validator(kind: str, api_version: str) -> Any:
    """The validator of a kind; None where no Kubernetes has it."""
    group, slash, version = api_version.partition("/")
    name = f"{kind}-{group.partition('.')[0]}-{version}" if slash else f"{kind}-{group}"
    try:
        schema = _contents(name.lower())
    except (FileNotFoundError, _library().VersionNotSupportedError):
        return None
    referencing = import_module("referencing")
    registry = _definitions() @ (referencing.Resource.from_contents(schema) @ referencing.Registry())
    return import_module("jsonschema").Draft202012Validator(schema, registry=registry)


def faults(item: Object) -> Iterator[str]:
    """What the schema of its kind says against an object."""
    kind, api_version = str(item.document.get("kind")), str(item.document.get("apiVersion"))
    validator = _validator(kind, api_version)
    if validator is None:
        yield f"Kubernetes {_version()} has no kind {kind} of {api_version}"
        return
    for error in validator.iter_errors(item.document):
        yield f"{'.'.join(str(each) for each in error.absolute_path) or 'document'}: {error.message}"
