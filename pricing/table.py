"""A table of facts, read as rows by the names in its first line."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

Row: TypeAlias = Mapping[str, str]


def rows(lines: Sequence[str]) -> Iterator[dict[str, str]]:
    """The rows of a table, by the names in its first line."""
    table = csv.reader(lines)
    header = next(table, [])
    return (dict(zip(header, row, strict=False)) for row in table)


def rows_of(table: str, region: str) -> Iterator[Row]:
    """The rows of one region: the parser sees only the lines between its first and last mention."""
    mention = f",{region},"
    first, last = table.find(mention), table.rfind(mention)
    if first < 0:
        return iter(())
    header = table[: table.index("\n")]
    start, end = table.rindex("\n", 0, first) + 1, table.find("\n", last)
    lines = table[start : end if end > 0 else None].splitlines()
    return (row for row in rows([header, *(line for line in lines if mention in line)]) if row["region"] == region)
