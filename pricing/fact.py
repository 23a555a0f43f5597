"""Facts of the world with where they come from: unit, source, date, grade."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple, TypeVar

from pricing.scale import MarginalScale

T = TypeVar("T")

UNKNOWN = "unknown"
NOT_SOLD = "not sold"
# Vendors change prices without notice; half a year is the longest we let a figure stand unmarked.
FRESH_FOR = timedelta(days=180)


class FactError(Exception):
    """A fact is missing or wrong: file, key and the reason in one sentence."""

    def __init__(self, file: str, key: str, reason: str) -> None:
        self.file, self.key, self.reason = file, key, reason
        super().__init__(file, key, reason)  # as given, so that the error can travel between processes

    def __str__(self) -> str:
        """One line for the user."""
        return ": ".join(part for part in (self.file, self.key, self.reason) if part)


class MissingFactError(FactError, KeyError):
    """A name that no file holds."""


def nearest(name: object, known: Iterable[object]) -> str:
    """How a message goes on after an unknown name: the closest known ones, else all of a short list."""
    from difflib import get_close_matches  # only errors need it

    names = sorted(str(each) for each in known)
    close = get_close_matches(str(name), names, n=3) or (names if len(names) <= 8 else [])
    return f"; did you mean {' or '.join(close)}?" if close else ""


def in_force(entries: Mapping[date, T], as_of: date) -> T | None:
    """The last entry not after the date; None before the first."""
    past = [day for day in entries if day <= as_of]
    return entries[max(past)] if past else None


class Source(NamedTuple):
    """Where a figure comes from and how far it can be trusted."""

    title: str
    url: str
    grade: str
    stated: date | None = None  # the day the source itself gives
    read: date | None = None  # the day we read it
    rule: str = ""  # how a derived figure follows, or why a judgement was made so

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> Source:
        """From an entry under `sources:`."""
        day = {key: raw[key] if isinstance(raw.get(key), date) else None for key in ("stated", "read")}
        rule = str(raw.get("rule", ""))
        return cls(str(raw.get("title", "")), str(raw.get("url", "")), str(raw.get("grade", "")), **day, rule=rule)

    @property
    def day(self) -> date | None:
        """The day up to which the figure is vouched for: a page read today may state an older day."""
        return self.stated or self.read

    @property
    def dated(self) -> str:
        """The day in words: as stated, or when read."""
        return str(self.stated) if self.stated else f"read {self.read}" if self.read else UNKNOWN

    def stale(self, as_of: date) -> bool:
        """Whether the figure is too old to stand unmarked at that date."""
        return self.day is None or as_of - self.day > FRESH_FOR


NO_SOURCE = Source(title=UNKNOWN, url="", grade=UNKNOWN)


class Bounds(NamedTuple):
    """What a number can be in the world: at least so much, above so much, at most so much."""

    least: float = 0.0
    above: float = -math.inf
    most: float = math.inf

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> Bounds:
        """From an entry under `limits:` or `behaviour:`."""
        return cls(**{name: float(entry[name]) for name in ("least", "above", "most") if name in entry})

    def hold(self, value: float) -> bool:
        """Whether a number is possible."""
        return self.least <= value <= self.most and value > self.above

    def __str__(self) -> str:
        """In words, as a message lists what is allowed."""
        floor = f"above {self.above:g}" if self.above >= self.least else f"of at least {self.least:g}"
        return f"a number {floor}" + (f" and at most {self.most:g}" if self.most < math.inf else "")


class Fact(NamedTuple):
    """One fact as it was in force: a number, table, list, text, or yes | no | unknown."""

    name: str
    label: str
    value: Any
    unit: str
    source: str
    url: str
    date: str
    grade: str
    rule: str = ""
    day: datetime.date | None = None  # up to which it is vouched for; None where the user states it
    bounds: Bounds = Bounds()


def plain(value: Any) -> Any:
    """Numbers as float, tables as dict, lists as tuple; texts as they are."""
    if isinstance(value, Mapping):
        return {plain(key): plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return tuple(plain(each) for each in value)
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


class Facts(Mapping[str, Any]):
    """The facts of one service, or of several merged, by name; `facts[name]` is the value."""

    def __init__(self, facts: Mapping[str, Fact], file: str, watch: dict[str, Fact] | None = None) -> None:
        self._facts, self._file, self._watch = facts, file, watch

    def fact(self, name: str) -> Fact:
        """The fact with its source."""
        if name not in self._facts:
            raise MissingFactError(self._file, name, f"no such fact{nearest(name, self._facts)}")
        fact = self._facts[name]
        if self._watch is not None:
            self._watch[name] = fact
        return fact

    def number(self, name: str) -> float:
        """The value as a number; NaN where it is unknown."""
        value = self[name]
        if not isinstance(value, float):
            if value != UNKNOWN:
                raise FactError(self._file, name, f"is {value!r}, not a number")
            return math.nan
        return value

    def scale(self, name: str) -> MarginalScale:
        """A table start -> slope as a marginal scale."""
        return MarginalScale.of(self[name])

    def watched(self) -> Facts:
        """The same facts, recording each one that is read."""
        return Facts(self._facts, self._file, {})

    @property
    def read(self) -> tuple[Fact, ...]:
        """The facts read so far, each once, in the order of the first reading."""
        return tuple((self._watch or {}).values())

    def __getitem__(self, name: str) -> Any:
        return self.fact(name).value

    def get(self, name: str, default: Any = None) -> Any:
        """The value, or the default where there is no such fact: asked for often, so no near names are looked for."""
        return self[name] if name in self._facts else default

    def __contains__(self, name: object) -> bool:
        return name in self._facts

    def __iter__(self) -> Iterator[str]:
        return iter(self._facts)

    def __len__(self) -> int:
        return len(self._facts)

    def __or__(self, other: Facts) -> Facts:
        watch = self._watch if self._watch is not None else other._watch
        return Facts({**self._facts, **other._facts}, f"{self._file}, {other._file}", watch)
