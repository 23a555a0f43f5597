"""Tables of workloads as a stream of pieces: CSV, CSV.gz or Parquet; one file, a folder of them or a pattern.

Where a piece ends depends on what the file holds alone, so a second reading gives the same ones.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from advisor.batch.header import MOST_BYTES, Header, read_header
from advisor.batch.places import expanded, opened, size_of
from advisor.errors import InputError, printable

PIECE_ROWS = 20_000
PARQUET, GZIP = ".parquet", ".gz"
SUFFIXES = (".csv", ".csv.gz", PARQUET)


@dataclass(frozen=True)
class Ragged:
    """A record with another number of cells than the header has."""

    record: int  # in its file, counted from 1
    text: str
    reason: str


@dataclass(frozen=True)
class Piece:
    """Some consecutive records of one file. Cells are bytes as they were read, or typed where the file has types."""

    number: int
    file: str
    first_record: int  # in its file, counted from 1
    table: pa.Table
    ragged: tuple[Ragged, ...] = ()
    unclosed: bool = False  # the last record begins a quote that never ends
    share: float = 0.0  # of all input that was read when the piece was cut

    def __len__(self) -> int:
        return int(self.table.num_rows) + len(self.ragged)

    @property
    def records(self) -> list[int]:
        """The record number of each row of the table."""
        skipped = {each.record for each in self.ragged}
        every = range(self.first_record, self.first_record + len(self))
        return [each for each in every if each not in skipped]


def files_of(place: str) -> list[str]:
    """The tables that a path, a folder or a pattern names, in order of their names."""
    found = [path for path in expanded(place) if path.endswith(SUFFIXES)]
    if not found:
        kinds = ", ".join(SUFFIXES)
        raise InputError(f"{printable(place)} names no table; allowed: a file, folder or pattern of {kinds}")
    return found


def header_of(files: Sequence[str], taken: Collection[str]) -> Header:
    """The header that all files share; `taken` are the columns of the output. Raises `InputError` where they differ."""
    first = Header.of(columns_of(files[0]), taken, files[0])
    for other in files[1:]:
        if columns_of(other) != first.columns:
            names = f"{printable(other)} has other columns than {printable(files[0])}"
            raise InputError(f"{names}; allowed: the same ones in the same order")
    return first


def columns_of(path: str) -> tuple[str, ...]:
    """The names of the columns of one file."""
    with opened(path) as raw:
        return columns_in(raw, path)


def columns_in(raw: Any, path: str) -> tuple[str, ...]:
    """The same of a file that is open."""
    from advisor.batch.csv_records import Stream

    if path.endswith(PARQUET):
        return tuple(parquet_file(raw, path).schema_arrow.names)
    return read_header(Stream(raw, path).read(MOST_BYTES), printable(path))


def pieces(files: Sequence[str], header: Header, rows: int = PIECE_ROWS) -> Iterator[Piece]:
    """All pieces of all files, numbered from 0."""
    number, sizes = 0, [size_of(path) for path in files]
    for path, size, before in zip(files, sizes, accumulate(sizes, initial=0), strict=False):
        with opened(path) as raw:
            for piece in pieces_in(raw, path, header, rows):
                share = (before + min(raw.tell(), size)) / max(sum(sizes), 1)
                yield replace(piece, number=number, share=share)
                number += 1


def pieces_in(raw: Any, path: str, header: Header, rows: int) -> Iterator[Piece]:
    """The pieces of one file that is open, numbered from 0; what share of the input they are is not known here."""
    from advisor.batch.csv_records import csv_pieces

    parted = parquet_pieces(raw, path, rows) if path.endswith(PARQUET) else csv_pieces(raw, path, header, rows)
    for number, (first, table, ragged, unclosed) in enumerate(parted):
        yield Piece(number, path, first, table, ragged, unclosed)


def parquet_pieces(raw: Any, path: str, rows: int) -> Iterator[tuple[int, pa.Table, tuple[Ragged, ...], bool]]:
    """First record, cells; a Parquet file has no ragged records."""
    first = 1
    try:
        for batch in parquet_file(raw, path).iter_batches(batch_size=rows, use_threads=False):
            yield first, pa.Table.from_batches([batch]), (), False
            first += batch.num_rows
    except (pa.ArrowInvalid, OSError) as error:
        raise InputError(f"{printable(path)} cannot be read as Parquet: {printable(str(error))}") from None


def parquet_file(raw: Any, path: str) -> parquet.ParquetFile:
    """An open Parquet file."""
    try:
        return parquet.ParquetFile(raw, pre_buffer=False)  # which would read ahead, on threads of its own
    except (pa.ArrowInvalid, OSError) as error:
        raise InputError(f"{printable(path)} is no Parquet file: {printable(str(error))}") from None
