"""A log of requests read from a table, in constant memory: its times as written, and its counts if it has any."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import compute

from advisor.batch.header import Header
from advisor.batch.records import columns_of, files_of, pieces
from advisor.batch.text import legible
from advisor.errors import InputError, shown, suggestion
from advisor.trace import Counted, as_counted

TIMES = ("time", "timestamp", "datetime", "date", "ts", "@timestamp", "_time")
COUNTS = ("count", "requests", "hits")
OFFSET = r"(Z|[+-][0-9]{2}:?[0-9]{2})$"
EPOCH = re.compile(r"[0-9]{9,13}(\.[0-9]+)?")
MILLISECONDS = 1e11  # a count of seconds that is larger lies beyond the year 5000: these are thousandths
PER_MILLISECOND = 1000
MOST_COUNT = 1e12


@dataclass
class ReadLog:
    """Requests by second, and the records that say nothing."""

    time: str
    count: str | None
    records: int = 0
    unread: int = 0
    first_unread: str = ""
    seconds: dict[int, float] = field(default_factory=dict)

    @property
    def counted(self) -> Counted:
        """The log in order. Raises `InputError` where no record has a time."""
        if not self.seconds:
            example = f"; {self.first_unread}" if self.first_unread else ""
            takes = "a time such as 2026-11-24T10:00:00, or seconds since 1970"
            raise InputError(f"no record can be read by {shown(self.time)}{example}; allowed: {takes}")
        return as_counted(list(self.seconds), np.array([*self.seconds.values()]), self.count is not None)


def read_log(place: str, time: str | None, count: str | None) -> ReadLog:
    """Read a log. Columns that are not named are found by their usual names."""
    files = files_of(place)
    columns = columns_of(files[0])
    log = ReadLog(_column(columns, time, TIMES, "time"), _count(columns, count))
    for piece in pieces(files, Header(columns)):
        log.records += len(piece)
        faults = [(each.record, each.reason) for each in piece.ragged]
        faults += [(piece.records[row], why) for row, why in _add(log, piece.table)]
        log.unread += len(faults)
        if faults and not log.first_unread:
            log.first_unread = "record {}: {}".format(*min(faults))
    return log


def _column(columns: tuple[str, ...], name: str | None, usual: tuple[str, ...], what: str) -> str:
    found = [each for each in columns if each == name or (name is None and each.strip().lower() in usual)]
    if found:
        return found[0]
    asked = f"column {shown(name)} is not there" if name else f"no column is named {', '.join(usual[:3])} or alike"
    raise InputError(f"{asked}; {suggestion(name or what, columns)} (give it with --{what})")


def _count(columns: tuple[str, ...], name: str | None) -> str | None:
    if name is None and not any(each.strip().lower() in COUNTS for each in columns):
        return None
    return _column(columns, name, COUNTS, "count")


def _add(log: ReadLog, table: pa.Table) -> list[tuple[int, str]]:
    """Add what rows say; those that say nothing are returned with the reason."""
    seconds = seconds_of(table.column(log.time))
    requests = np.ones(len(seconds)) if log.count is None else numbers_of(table.column(log.count))
    good = ~np.isnan(seconds) & (requests >= 0) & (requests <= MOST_COUNT)
    at, which = np.unique(seconds[good].astype(np.int64), return_inverse=True)
    for second, more in zip(at.tolist(), np.bincount(which, requests[good]).tolist(), strict=True):
        log.seconds[second] = log.seconds.get(second, 0.0) + more
    return [(row, _fault(log, table, row, np.isnan(seconds[row]))) for row in np.flatnonzero(~good).tolist()]


def _fault(log: ReadLog, table: pa.Table, row: int, untimed: bool) -> str:
    name = log.time if untimed or log.count is None else log.count
    return f"{name} is {shown(_shown(table.column(name)[row].as_py()))}"


def _shown(cell: object) -> object:
    return legible(cell)[0] if isinstance(cell, bytes) else cell


def seconds_of(column: Any) -> Any:
    """Whole seconds since 1970 of the clock as written; NaN where a cell is no time. Shape (rows,)."""
    if pa.types.is_timestamp(column.type):
        return np.floor(column.cast(pa.timestamp("us")).cast(pa.int64()).to_numpy() / 1e6)
    try:
        text = compute.utf8_trim_whitespace(column.cast(pa.string()))
        plain = compute.replace_substring_regex(text, OFFSET, "")
        return np.floor(plain.cast(pa.timestamp("us")).cast(pa.int64()).to_numpy() / 1e6)
    except pa.ArrowInvalid:
        return np.array([_second(_shown(cell)) for cell in column.to_pylist()], dtype=np.float64)


def _second(cell: object) -> float:
    text = str(cell).strip()
    if EPOCH.fullmatch(text):
        value = float(text)
        return float(np.floor(value / PER_MILLISECOND if value > MILLISECONDS else value))
    try:
        written = datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return float("nan")
    return float((written - datetime(1970, 1, 1)).total_seconds() // 1)


def numbers_of(column: Any) -> Any:
    """Numbers; NaN where a cell is none. Shape (rows,)."""
    return np.array([_number(_shown(cell)) for cell in column.to_pylist()], dtype=np.float64)


def _number(cell: object) -> float:
    try:
        return float(str(cell))
    except ValueError:
        return float("nan")
