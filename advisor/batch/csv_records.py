"""CSV and CSV.gz as a stream of pieces, in constant memory whatever the file holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pyarrow as pa
from pyarrow import csv

from advisor.batch.csv_blocks import BOM, MOST_BYTES, Block, EndlessError, blocks
from advisor.batch.header import Header
from advisor.batch.records import GZIP, Ragged
from advisor.batch.text import Marked, shown_text
from advisor.errors import InputError, printable

HELD_BYTES = 2**25  # a piece is cut here at the latest, so that wide tables cost no more memory than narrow ones
BOMB_BYTES, BOMB_RATIO = 2**28, 200  # real tables are packed 5 to 50 times
MOST_RAGGED = 100_000  # records in a row with another number of cells than the header
SHOWN_BYTES = 1000  # of a record that is too long
TOO_LONG = f"the record has more than {MOST_BYTES:,} bytes, of which these are the first; allowed: shorter ones"


class Stream:
    """The bytes of a file, unpacked; stops at a decompression bomb."""

    def __init__(self, raw: Any, path: str) -> None:
        self._raw, self._path, self._packed = raw, printable(path), path.endswith(GZIP)
        self._plain = pa.CompressedInputStream(pa.PythonFile(raw, mode="r"), "gzip") if self._packed else raw
        self._read = 0

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        try:
            block: bytes = self._plain.read(size)
        except OSError as error:
            raise InputError(f"{self._path} cannot be read: {printable(str(error))}") from None
        self._read += len(block)
        if self._packed and self._read > max(BOMB_BYTES, BOMB_RATIO * self._raw.tell()):
            raise InputError(f"{self._path} unpacks to more than {BOMB_RATIO} times its size; allowed: a real table")
        return block


class Held:
    """Records that are read and not yet cut into pieces."""

    def __init__(self, header: Header) -> None:
        self.first = 1
        self.table = pa.table({name: pa.array([], pa.binary()) for name in header.columns})
        self.ragged: list[Ragged] = []
        self._names: list[str] = []  # for a block that does not begin with them
        self._before = -1  # records before the next block, of which the header is none

    def add(self, block: Block) -> bool:
        """Take what was read next. Whether a record that begins a quote that never ends is now the table's last row."""
        if block.is_too_long:
            self._pass_over(block.data[:SHOWN_BYTES])
            return False
        fresh = read_block(block.data, self._names, self.table.schema, self._note)
        self.table = pa.concat_tables([self.table, fresh])
        self._go_on()
        return block.is_open and fresh.num_rows > 0

    def _pass_over(self, start: bytes) -> None:
        if self._before < 0:
            raise pa.ArrowInvalid("the header is too long")
        self.ragged.append(Ragged(self._before + 1, shown_text(start.decode(errors="ignore")), TOO_LONG))
        self._go_on()

    def _go_on(self) -> None:
        self._names = self.table.column_names
        self._before = self.first - 1 + self.table.num_rows + len(self.ragged)

    def _note(self, row: csv.InvalidRow) -> str:
        """Put a ragged record aside; where there are nothing but such, the file is another."""
        if len(self.ragged) == MOST_RAGGED:
            return "error"
        reason = f"the record has {row.actual_columns} cells; allowed: {row.expected_columns}, as the header has"
        self.ragged.append(Ragged(self._before + row.number, shown_text(row.text), reason))
        return "skip"

    def full(self, rows: int) -> bool:
        """Whether there is enough for a piece."""
        aside = sum(len(each.text) for each in self.ragged)
        return bool(self.table.num_rows >= rows or self.table.nbytes + aside > HELD_BYTES)

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
    held, is_open = Held(header), False
    stream = Stream(raw, path)  # held to the end: Arrow closes the file with it, of which others ask how far it is read
    try:
        for block in blocks(Marked(stream).read):
            is_open = held.add(block)
            while held.full(rows) and not is_open:
                yield *held.cut(rows), False
    except (EndlessError, pa.ArrowInvalid) as error:
        raise InputError(_reason(printable(path), error, len(held.ragged) == MOST_RAGGED)) from None
    while held.table.num_rows + len(held.ragged):
        left = held.table.num_rows <= rows
        yield *held.cut(rows), is_open and left


def read_block(data: bytes, names: Sequence[str], schema: pa.Schema, note: Callable[[csv.InvalidRow], str]) -> pa.Table:
    """The records of a block. It is handed over in Arrow's own memory: no thread of Arrow's need ask Python for it."""
    lines = b"\n" + data if names and data.startswith(BOM) else data  # it would be taken for the mark of a file
    buffer = pa.array([lines], pa.binary()).buffers()[2]
    try:
        return csv.read_csv(
            pa.BufferReader(buffer),
            csv.ReadOptions(use_threads=False, block_size=len(lines) + 1, column_names=names),
            csv.ParseOptions(newlines_in_values=True, invalid_row_handler=note),
            csv.ConvertOptions(check_utf8=False, strings_can_be_null=False, column_types=schema),
        )
    except pa.ArrowInvalid as error:
        if "Empty CSV" not in str(error):
            raise
        return schema.empty_table()  # nothing but ends of lines, or a header without one


def _reason(path: str, error: Exception, is_another: bool) -> str:
    if isinstance(error, EndlessError):
        return f"{path} has a record of more than {MOST_BYTES:,} bytes; allowed: shorter ones (is a quote left open?)"
    if is_another:
        many = f"{MOST_RAGGED:,} records in a row have another number of cells than the header"
        return f"{path} cannot be read as CSV: {many}; allowed: as many"
    return f"{path} cannot be read as CSV: {printable(str(error))}"
