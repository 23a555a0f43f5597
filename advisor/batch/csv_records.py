"""CSV and CSV.gz as a stream of pieces, in constant memory whatever the file holds."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Lock
from typing import Any

import pyarrow as pa
from pyarrow import csv

from advisor.batch.header import Header
from advisor.batch.records import GZIP, Ragged
from advisor.batch.text import Marked, shown_text
from advisor.errors import InputError, printable

BLOCK_BYTES = 2**21  # read at once; a record must fit in, and Arrow reads up to 32 of them ahead
HELD_BYTES = 2**25  # a piece is cut here at the latest, so that wide tables cost no more memory than narrow ones
BOMB_BYTES, BOMB_RATIO = 2**28, 200  # real tables are packed 5 to 50 times
MOST_RAGGED = 100_000  # records in a row with another number of cells than the header
QUOTE = b'"'


class Stream:
    """The bytes of a file, unpacked; remembers whether quotes came in pairs, and stops at a decompression bomb."""

    def __init__(self, raw: Any, path: str) -> None:
        self._raw, self._path, self._packed = raw, printable(path), path.endswith(GZIP)
        self._plain = pa.CompressedInputStream(pa.PythonFile(raw), "gzip") if self._packed else raw
        self._quotes = self._read = 0
        self._reading, self._ended = Lock(), False
        self.closed = False

    def read(self, size: int = -1) -> bytes:
        """The next bytes; none once nobody wants them."""
        with self._reading:
            return b"" if self._ended else self._next(size)

    def end(self) -> None:
        """Read no further. Arrow reads ahead on a thread; one that still did when the program ends would abort it."""
        with self._reading:
            self._ended = True

    def _next(self, size: int) -> bytes:
        try:
            block: bytes = self._plain.read(size)
        except OSError as error:
            raise InputError(f"{self._path} cannot be read: {printable(str(error))}") from None
        self._quotes += block.count(QUOTE)
        self._read += len(block)
        if self._packed and self._read > max(BOMB_BYTES, BOMB_RATIO * self._raw.tell()):
            raise InputError(f"{self._path} unpacks to more than {BOMB_RATIO} times its size; allowed: a real table")
        return block

    def close(self) -> None:
        """What Arrow asks of a file; who opened the file closes it."""
        self.closed = True

    @property
    def unclosed(self) -> bool:
        """Whether a quote read so far has no partner."""
        return self._quotes % 2 == 1


class Held:
    """Records that are read and not yet cut into pieces."""

    def __init__(self, header: Header) -> None:
        self.first = 1
        self.table = pa.table({name: pa.array([], pa.binary()) for name in header.columns})
        self.ragged: list[Ragged] = []

    def note(self, row: csv.InvalidRow) -> str:
        """Put a ragged record aside; where there are nothing but such, the file is another."""
        if len(self.ragged) == MOST_RAGGED:
            return "error"
        reason = f"the record has {row.actual_columns} cells; allowed: {row.expected_columns}, as the header has"
        self.ragged.append(Ragged(row.number - 1, shown_text(row.text), reason))
        return "skip"

    def add(self, batch: pa.RecordBatch) -> None:
        """Take what was read next."""
        self.table = pa.concat_tables([self.table, pa.Table.from_batches([batch])])

    def full(self, rows: int) -> bool:
        """Whether there is enough for a piece."""
        return bool(self.table.num_rows >= rows or self.table.nbytes > HELD_BYTES)

    def cut(self, rows: int) -> tuple[int, pa.Table, tuple[Ragged, ...]]:
        """Take away the first so many rows and the ragged records among them."""
        first, table, self.table = self.first, self.table.slice(0, rows), self.table.slice(rows)
        last, inside = first + table.num_rows - 1, 0
        while inside < len(self.ragged) and self.ragged[inside].record <= last + 1:
            last, inside = last + 1, inside + 1
        ragged, self.ragged = tuple(self.ragged[:inside]), self.ragged[inside:]
        self.first = last + 1
        return first, table, ragged


def csv_pieces(
    raw: Any, path: str, header: Header, rows: int
) -> Iterator[tuple[int, pa.Table, tuple[Ragged, ...], bool]]:
    """First record, cells as bytes, ragged records, and whether the last record begins a quote that never ends."""
    stream, held = Stream(raw, path), Held(header)
    for batch in _batches(stream, path, header, held):
        held.add(batch)
        while held.full(rows):
            yield *held.cut(rows), False
    while held.table.num_rows + len(held.ragged):
        left = held.table.num_rows <= rows
        yield *held.cut(rows), stream.unclosed and left


def _batches(stream: Stream, path: str, header: Header, held: Held) -> Iterator[pa.RecordBatch]:
    try:
        yield from csv.open_csv(
            pa.PythonFile(Marked(stream), mode="r"),
            csv.ReadOptions(use_threads=False, block_size=BLOCK_BYTES),
            csv.ParseOptions(newlines_in_values=True, invalid_row_handler=held.note),
            csv.ConvertOptions(
                check_utf8=False,
                strings_can_be_null=False,
                column_types={name: pa.binary() for name in header.columns},
            ),
        )
    except pa.ArrowInvalid as error:
        if "Empty CSV" not in str(error):  # the header stands alone, without an end of line
            raise InputError(_reason(printable(path), str(error))) from None
    finally:
        stream.end()


def _reason(path: str, error: str) -> str:
    if "straddling" in error:
        return f"{path} has a record of more than {BLOCK_BYTES:,} bytes; allowed: shorter ones (is a quote left open?)"
    return f"{path} cannot be read as CSV: {printable(error)}"
