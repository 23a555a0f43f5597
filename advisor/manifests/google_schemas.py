"""Schemas of Google's APIs, from the discovery documents that come with google-api-python-client, made strict."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib import import_module  # by name: the library may be missing, and has no types
from importlib.resources import files
from typing import Any

UNSUPPORTED = "Not supported"  # how Cloud Run's document marks a field of Knative that it does not take


@lru_cache(maxsize=8)
def discovery(api: str) -> Mapping[str, Any]:
    """The schemas of an API, such as `run.v1`, as the vendor publishes them."""
    path = files("googleapiclient").joinpath("discovery_cache", "documents", f"{api}.json")
    document: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))["schemas"]
    return document


@lru_cache(maxsize=8)
def _definitions(api: str) -> Mapping[str, Any]:
    return {name: _strict(schema) for name, schema in discovery(api).items()}


def _strict(schema: Any) -> Any:
    """The same schema with references inside the document, and no properties but those it names."""
    if isinstance(schema, list):
        return [_strict(each) for each in schema]
    if not isinstance(schema, Mapping):
        return schema
    if "$ref" in schema:
        return {"$ref": f"#/$defs/{schema['$ref']}"}
    strict = {key: _strict(value) for key, value in schema.items() if key not in ("id", "format", "enumDescriptions")}
    if strict.get("type") == "any":
        return {}
    if "properties" in schema:
        strict["properties"] = {name: _strict(each) for name, each in schema["properties"].items()}
        strict["additionalProperties"] = False
    return strict


@lru_cache(maxsize=32)
def _validator(api: str, name: str) -> Any:
    schema = {"$ref": f"#/$defs/{name}", "$defs": _definitions(api)}
    return import_module("jsonschema").Draft202012Validator(schema)


def faults(document: Mapping[str, Any], api: str, name: str) -> Iterator[str]:
    """What the schema of an API says against a document."""
    for error in _validator(api, name).iter_errors(document):
        yield f"{'.'.join(str(each) for each in error.absolute_path) or 'document'}: {error.message}"
    if api == "run.v1":
        yield from _unsupported(document, discovery(api)["Service"], api, "")


def _unsupported(value: Any, schema: Mapping[str, Any], api: str, place: str) -> Iterator[str]:
    """Fields that the schema has for Knative's sake and whose description says that the platform does not take them."""
    schema = discovery(api)[schema["$ref"]] if "$ref" in schema else schema
    if isinstance(value, Mapping):
        for key, each in value.items():
            inner = schema.get("properties", {}).get(key, {})
            if str(inner.get("description", "")).startswith(UNSUPPORTED):
                yield f"{place}{key}: Cloud Run does not support it"
            yield from _unsupported(each, inner, api, f"{place}{key}.")
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _unsupported(each, schema.get("items", {}), api, f"{place}{number}.")
