"""A table that is handed over as bytes, evaluated a piece at a time while somebody watches. Nothing touches a disk.

The pieces, their reader and their kernel are those of a run over files; only where the parts go differs.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field

import pyarrow as pa

from advisor.batch.answers import wide_columns
from advisor.batch.evaluating import Context, Evaluated, Form, evaluated
from advisor.batch.header import Header
from advisor.batch.records import Piece, columns_in, pieces_in
from advisor.batch.summary import Summary
from advisor.errors import InputError, printable

MOST_MIB = 20
MOST_BYTES = MOST_MIB * 2**20
MOST_RECORDS = 50_000
MOST_COLUMNS = 1000  # each is compared with every field, in search of slips of the pen
PIECE_ROWS = 1000  # takes about half a second: how long a bar stands still, and how soon a run can be stopped
SUFFIX = ".csv"
LARGER = "for larger ones there is `advisor batch`, which takes any size"


@dataclass
class Sitting:
    """A table and what of it is done."""

    name: str
    form: Form
    having: Context
    pieces: tuple[Piece, ...]
    parts: list[Evaluated] = field(default_factory=list)

    @classmethod
    def of(cls, name: str, data: bytes, having: Context) -> Sitting:
        """Read a table. Raises `InputError` where it is too large, or cannot be read as `advisor batch` reads it."""
        where = printable(name)
        if not name.lower().endswith(SUFFIX):
            raise InputError(f"{where} is no {SUFFIX} file; allowed: a table saved as CSV in UTF-8")
        if len(data) > MOST_BYTES:
            raise InputError(f"{where} has {len(data):,} bytes; allowed here: {MOST_BYTES:,}; {LARGER}")
        options = tuple(platform.id for platform in having.platforms)
        names = columns_in(io.BytesIO(data), where)
        if len(names) > MOST_COLUMNS:
            raise InputError(f"{where} has {len(names):,} columns; allowed here: {MOST_COLUMNS:,}; {LARGER}")
        header = Header.of(names, wide_columns(options), where)
        return cls(where, Form(header, options, "wide"), having, tuple(_pieces(where, data, header)))

    def anew(self, having: Context) -> Sitting:
        """The same table with other prices or options. Raises `InputError` where their columns are in the table."""
        options = tuple(platform.id for platform in having.platforms)
        header = Header.of(self.form.header.columns, wide_columns(options), self.name)
        return Sitting(self.name, Form(header, options, "wide"), having, self.pieces)

    @property
    def records(self) -> int:
        """All that there are."""
        return sum(map(len, self.pieces))

    @property
    def share(self) -> float:
        """Of the records, how many are done: 0 to 1."""
        return sum(part.records for part in self.parts) / max(self.records, 1)

    @property
    def complete(self) -> bool:
        """Whether nothing is left to do."""
        return len(self.parts) == len(self.pieces)

    def step(self) -> Evaluated:
        """Evaluate the next piece."""
        self.parts.append(evaluated(self.form, self.having, self.pieces[len(self.parts)]))
        return self.parts[-1]

    @property
    def result(self) -> Result:
        """What it came to, once it is complete."""
        answers = [part.answers for part in self.parts if part.answers is not None]
        refused = [part.refused for part in self.parts]
        return Result(
            _joined(answers, self.form.columns),
            _joined(refused, self.form.reject_columns),
            Summary.joined(part.summary for part in self.parts),
        )


@dataclass(frozen=True)
class Result:
    """The answers of a table, the records that were refused with their reasons, and what the choices come to."""

    answers: pa.Table
    refused: pa.Table
    summary: Summary


def _pieces(name: str, data: bytes, header: Header) -> Iterator[Piece]:
    """All pieces of a table that is not too long."""
    records = 0
    for piece in pieces_in(io.BytesIO(data), name, header, PIECE_ROWS):
        records += len(piece)
        if records > MOST_RECORDS:
            raise InputError(f"{name} has more than {MOST_RECORDS:,} records; allowed here: so many; {LARGER}")
        yield piece


def _joined(tables: list[pa.Table], columns: tuple[str, ...]) -> pa.Table:
    """Tables below each other; one without rows where there are none."""
    return pa.concat_tables(tables) if tables else pa.table({name: pa.array([], pa.string()) for name in columns})
