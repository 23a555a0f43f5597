"""Reads YAML that a stranger may have written: plain data only, bounded in size and depth, no duplicate keys.

The parser's events are turned into values here instead of by yaml.load: five times faster, nothing that a tag or an
alias could do is reachable, and a repeated key is seen. Plain scalars mean what they mean to PyYAML (a date, a number,
yes/no, null), except that 1e6 is a number and 010, 0x1F or 12:30 are texts.
"""

from __future__ import annotations

import math
import re
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from pricing.fact import FactError

DEEPEST = 32
LONGEST_FIGURE = 40  # characters; what is longer is a text, whatever it looks like
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WORDS = {"yes": True, "true": True, "on": True, "no": False, "false": False, "off": False}
_NOTHING = ("", "~", "null", "Null", "NULL")
_NUMBER = re.compile(r"[-+]?((0|[1-9][0-9]*(_[0-9]+)*)(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?")
_WHOLE = re.compile(r"[-+]?[0-9_]{1,18}")
_NO_NUMBER = re.compile(r"([-+]?)\.(?:(inf|Inf|INF)|nan|NaN|NAN)")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class ReadError(FactError):
    """A file cannot be read as plain data."""


def read_yaml(path: Path, what: str, most_bytes: int) -> dict[Any, Any]:
    """The mapping a YAML file holds. `what` names the kind of file in messages."""
    return parse_yaml(read_bytes(path, what, most_bytes), str(path), what)


def parse_yaml(raw: bytes, name: str, what: str) -> dict[Any, Any]:
    """The mapping that UTF-8 bytes hold as YAML; `name` says where they come from."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ReadError(name, "", f"the {what} is not UTF-8 text (byte {error.start})") from None
    try:
        return _Builder(text, name, what).document()
    except yaml.MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise ReadError(name, line, f"the {what} is not valid YAML: {error.problem or error.context}") from None
    except yaml.YAMLError:
        raise ReadError(name, "", f"the {what} is not text: it holds control characters") from None


def read_bytes(path: Path, what: str, most_bytes: int) -> bytes:
    """The content, refused by size before it is read."""
    try:
        if not path.exists():
            raise ReadError(str(path), "", f"there is no such {what}")
        if not path.is_file():
            raise ReadError(str(path), "", f"is not a file: name the {what} itself")
        if path.stat().st_size > most_bytes:
            raise ReadError(str(path), "", f"the {what} is larger than {most_bytes:,} bytes")
        with path.open("rb") as file:
            return file.read(most_bytes)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ReadError(str(path), "", f"the {what} cannot be read: {reason}") from None


def scalar(text: str) -> Any:
    """What an unquoted scalar means. Raises ValueError for what looks like a day and is none."""
    return text if len(text) > LONGEST_FIGURE else _plain(text)


@lru_cache(maxsize=2**13)
def _plain(text: str) -> Any:
    if _NUMBER.fullmatch(text):
        value = int(text) if _WHOLE.fullmatch(text) else float(text)
        return text if value in (math.inf, -math.inf) else value  # as it was written, for the message that refuses it
    if _DAY.fullmatch(text):
        return date.fromisoformat(text)
    if text in _NOTHING:
        return None
    if text.lower() in _WORDS and text in (text.lower(), text.upper(), text.capitalize()):
        return _WORDS[text.lower()]
    if match := _NO_NUMBER.fullmatch(text):
        return float(match[1] + "inf") if match[2] else float("nan")
    return text


class _Builder:
    """Turns a parser's events into values."""

    def __init__(self, text: str, name: str, what: str) -> None:
        self._next, self._name, self._what = _LOADER(text).get_event, name, what

    def document(self) -> dict[Any, Any]:
        """The one mapping of the one document."""
        self._next()  # start of the stream
        if isinstance(self._next(), yaml.StreamEndEvent):
            raise ReadError(self._name, "", f"the {self._what} is empty")
        value = self._value(self._next(), 0)
        if not isinstance(value, dict):
            raise ReadError(self._name, "", f"the {self._what} must be a mapping of keys to values")
        self._next()  # end of the document
        if not isinstance(after := self._next(), yaml.StreamEndEvent):
            raise self._refused(after, "holds a second document; one file is one document")
        return value

    def _value(self, event: Any, depth: int) -> Any:
        kind = type(event)
        if kind is yaml.AliasEvent or event.anchor is not None:
            raise self._refused(event, "anchors and aliases (& and *) are not allowed: write the value out")
        if event.tag is not None:
            raise self._refused(event, f"the tag {event.tag!r:.80} is not allowed: plain values only")
        if kind is yaml.ScalarEvent:
            return self._scalar(event) if event.implicit[0] else event.value
        if depth == DEEPEST:
            raise self._refused(event, f"is nested deeper than {DEEPEST} levels")
        return self._sequence(depth + 1) if kind is yaml.SequenceStartEvent else self._mapping(depth + 1)

    def _scalar(self, event: Any) -> Any:
        try:
            return scalar(event.value)
        except ValueError:
            raise self._refused(event, f"{event.value!r:.80} is not a day of the calendar") from None

    def _sequence(self, depth: int) -> list[Any]:
        values = []
        while type(event := self._next()) is not yaml.SequenceEndEvent:
            values.append(self._value(event, depth))
        return values

    def _mapping(self, depth: int) -> dict[Any, Any]:
        values: dict[Any, Any] = {}
        while type(event := self._next()) is not yaml.MappingEndEvent:
            key = None if isinstance(event, yaml.CollectionStartEvent) else self._value(event, depth)
            if key is None or isinstance(key, bool):
                reason = "a key must be a text, a number or a date: quote it if it is a word such as on"
                raise self._refused(event, reason)
            if key in values:
                raise self._refused(event, f"the key {key!r:.80} stands twice")
            values[key] = self._value(self._next(), depth)
        return values

    def _refused(self, event: Any, reason: str) -> ReadError:
        return ReadError(self._name, f"line {event.start_mark.line + 1}", reason)
