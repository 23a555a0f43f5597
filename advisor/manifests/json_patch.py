"""JSON patches: one operation at a place of a document (RFC 6902; places are JSON pointers, RFC 6901)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from typing import Any

Path = Sequence[str]


def apply(document: Any, operation: Mapping[str, Any]) -> None:
    """Change a document in place. Raises LookupError, TypeError or ValueError where the operation does not fit."""
    name = operation.get("op")
    if name not in OPERATIONS:
        raise ValueError(f"{name!r} is no operation")
    OPERATIONS[name](document, path(operation.get("path")), operation)


def path(pointer: object) -> Path:
    """The keys of a pointer such as /spec/replicas."""
    if not isinstance(pointer, str) or not pointer.startswith("/"):
        raise ValueError(f"{pointer!r} is no path of a value")
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer[1:].split("/")]


def _add(document: Any, place: Path, operation: Mapping[str, Any]) -> None:
    _put(document, place, deepcopy(operation.get("value")))


def _remove(document: Any, place: Path, operation: Mapping[str, Any]) -> None:
    del operation
    _take(document, place)


def _replace(document: Any, place: Path, operation: Mapping[str, Any]) -> None:
    inside = _at(document, place[:-1])
    inside[_key(inside, place[-1])] = deepcopy(operation.get("value"))


def _move(document: Any, place: Path, operation: Mapping[str, Any]) -> None:
    _put(document, place, _take(document, path(operation.get("from"))))


def _copy(document: Any, place: Path, operation: Mapping[str, Any]) -> None:
    _put(document, place, deepcopy(_at(document, path(operation.get("from")))))


def _test(document: Any, place: Path, operation: Mapping[str, Any]) -> None:
    if _at(document, place) != operation.get("value"):
        raise ValueError(f"{operation.get('path')} is not {operation.get('value')!r}")


OPERATIONS: Mapping[Any, Callable[[Any, Path, Mapping[str, Any]], None]] = {
    "add": _add,
    "remove": _remove,
    "replace": _replace,
    "move": _move,
    "copy": _copy,
    "test": _test,
}


def _at(document: Any, place: Path) -> Any:
    for part in place:
        document = document[_key(document, part)]
    return document


def _key(inside: Any, part: str) -> Any:
    """The key or index of what is there. Raises LookupError where nothing is."""
    if isinstance(inside, list) and part.isdecimal() and int(part) < len(inside):
        return int(part)
    if isinstance(inside, Mapping) and part in inside:
        return part
    raise LookupError(f"{part} is not there")


def _put(document: Any, place: Path, value: Any) -> None:
    inside, last = _at(document, place[:-1]), place[-1]
    if isinstance(inside, list):
        inside.insert(len(inside) if last == "-" else int(last), value)
    elif isinstance(inside, dict):
        inside[last] = value
    else:
        raise LookupError(f"{last} cannot be added to a value")


def _take(document: Any, place: Path) -> Any:
    inside = _at(document, place[:-1])
    return inside.pop(_key(inside, place[-1]))
