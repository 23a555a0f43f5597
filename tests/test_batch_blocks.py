"""Where a table is cut: at the ends of its records alone, whatever its cells hold, and by nobody but who asks."""

from __future__ import annotations

import gzip
import io
import threading
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from advisor.batch import csv_blocks
from advisor.batch.csv_blocks import Block, EndlessError, blocks
from advisor.batch.header import Header
from advisor.batch.records import Piece, columns_of, pieces, pieces_in
from advisor.errors import InputError
from tests.batches import GOOD, HEADER, ROW

TABLES = st.text(alphabet='a",\n\r', max_size=60)
MOST = 16  # bytes of a record in these tests
TWO = Header(("a", "b"))


def cut(data: bytes, step: int = 2**20) -> list[Block]:
    """The blocks of some bytes that come a few at a time."""
    source = io.BytesIO(data)
    return list(blocks(lambda size: source.read(min(size, step))))


def records_of(text: str) -> Iterator[str]:
    """The records of a table, a character at a time: another reader to hold the first one against."""
    record, state = "", "start"
    for each in text:
        record += each
        if state == "quoted":
            state = "quote" if each == '"' else "quoted"
        elif each == '"' and state in ("start", "quote"):
            state = "quoted"
        elif each in "\r\n":
            yield record
            record, state = "", "start"
        else:
            state = "start" if each == "," else "plain"
    if record:
        yield record


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", []),
        (b"a,b", [Block(b"a,b")]),
        (b"a,b\n", [Block(b"a,b\n")]),
        (b"\xef\xbb\xbfa\n", [Block(b"a\n")]),
        (b'a,"b\n', [Block(b'a,"b\n', is_open=True)]),
        (b'a,"b""', [Block(b'a,"b""', is_open=True)]),
        (b'a,"b"', [Block(b'a,"b"')]),
        (b'a,b"', [Block(b'a,b"')]),
        (b'1,2\n3,"4\n', [Block(b"1,2\n"), Block(b'3,"4\n', is_open=True)]),
        (b"0123456789\nabcdefgh\n", [Block(b"0123456789\n"), Block(b"abcdefgh\n")]),
        (b"0123456789abcde\nx\n", [Block(b"0123456789abcde\n"), Block(b"x\n")]),  # 16 bytes are not too many
        (b"0123456789abcdef\nx\n", [Block(b"0123456789abcdef", is_too_long=True), Block(b"x\n")]),
        (b"0123456789abcdef", [Block(b"0123456789abcdef", is_too_long=True)]),
        (b'"23456789abcdef"",\n"\nx', EndlessError),  # the quotes at the border are a pair: the cell goes on
        (b'"23456789abcde",\nx', [Block(b'"23456789abcde",', is_too_long=True), Block(b"x")]),
        (b'"23456789abcdef",\nx', [Block(b'"23456789abcdef"', is_too_long=True), Block(b"x")]),
        (b'"23456789\nbcdefghi"\n', EndlessError),
        (b'"23456789abcdefghijklmnop', EndlessError),
    ],
)
def test_blocks(data: bytes, expected: list[Block] | type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_blocks, "BLOCK_BYTES", 8)
    monkeypatch.setattr(csv_blocks, "MOST_BYTES", MOST)
    if isinstance(expected, list):
        assert cut(data) == expected
    else:
        with pytest.raises(expected):
            cut(data)


@given(TABLES, st.integers(min_value=1, max_value=MOST))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_record_is_cut_or_lost(monkeypatch: pytest.MonkeyPatch, text: str, step: int) -> None:
    """Every block ends where a record does, and what is passed over is one record that fits in no block."""
    monkeypatch.setattr(csv_blocks, "BLOCK_BYTES", 8)
    monkeypatch.setattr(csv_blocks, "MOST_BYTES", MOST)
    try:
        found = cut(text.encode(), step)
    except EndlessError:
        assert any(len(each) > MOST and '"' in each for each in records_of(text))
        return
    left = records_of(text)
    for block in found:
        if block.is_too_long:
            record = next(each for each in left if each.strip("\r\n"))
            assert len(record) > MOST
            assert record.startswith(block.data.decode())
        else:
            held = ""
            while len(held) < len(block.data):
                held += next(left)
            assert held.lstrip("\r\n") == block.data.decode().lstrip("\r\n")
    assert not "".join(left).strip("\r\n")


@given(TABLES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_table_is_the_same_in_blocks_of_any_size(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    data = b"a,b\n" + text.encode()
    whole = read(data)
    monkeypatch.setattr(csv_blocks, "BLOCK_BYTES", 8)
    assert read(data) == whole


def read(data: bytes) -> list[object]:
    """All that is read from a table, in its order."""
    (piece,) = list(pieces_in(io.BytesIO(data), "x.csv", TWO, 100)) or [Piece(0, "x.csv", 1, pa.table({}))]
    return [piece.records, piece.table.to_pydict(), piece.ragged, piece.unclosed]


def test_a_quote_in_the_midst_of_text_is_text() -> None:
    (piece,) = pieces_in(io.BytesIO(b'a,b\n5" disk,1\nx,2\n'), "x.csv", TWO, 100)
    assert piece.table["a"].to_pylist() == [b'5" disk', b"x"]
    assert not piece.unclosed


def test_the_last_row_is_not_suspect_because_of_a_record_with_other_cells() -> None:
    (piece,) = pieces_in(io.BytesIO(b'a,b\n1,2\n"open\n'), "x.csv", TWO, 100)
    assert (piece.records, piece.ragged[0].record, piece.unclosed) == ([1], 2, False)


def test_a_record_may_begin_with_what_marks_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_blocks, "BLOCK_BYTES", 8)
    (piece,) = pieces_in(io.BytesIO("\ufeffa,b\n1,2\n\ufeff3,4\nx\n".encode()), "x.csv", TWO, 100)
    assert piece.table["a"].to_pylist() == [b"1", "\ufeff3".encode()]
    assert piece.ragged[0].record == 3


def test_records_with_other_cells_take_no_more_memory_than_others(tmp_path: Path) -> None:
    """80 of 1 MB each: a piece is cut every 32 MiB of them."""
    path = tmp_path / "in.csv"
    path.write_text(f"{HEADER}\n" + f"{'x' * 10**6}\n" * 80)
    cut = [len(piece) for piece in pieces([str(path)], Header(tuple(GOOD)))]
    assert sum(cut) == 80
    assert max(cut) <= 36  # 32 MiB and a block more


class Watched(io.BytesIO):
    """A file that knows which threads read it."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.readers: set[int] = set()

    def read(self, size: int | None = -1, /) -> bytes:
        self.readers.add(threading.get_ident())
        return super().read(size)


def files() -> Iterator[tuple[str, bytes]]:
    text = (f"{HEADER}\n" + f"{ROW}\n" * 300_000).encode()  # 6 MB: more than is read at once
    yield "x.csv", text
    yield "x.csv.gz", gzip.compress(text, 1)
    sink = io.BytesIO()
    pyarrow.parquet.write_table(pa.table({name: [cell] * 100_000 for name, cell in GOOD.items()}), sink)
    yield "x.parquet", sink.getvalue()


@pytest.mark.parametrize(("name", "data"), list(files()), ids=["csv", "gzip", "parquet"])
def test_no_thread_reads_ahead(name: str, data: bytes) -> None:
    """One that still did when a refusal ends the program would abort it, or wait for itself."""
    raw = Watched(data)
    assert sum(map(len, pieces_in(raw, name, Header(tuple(GOOD)), 20_000))) >= 100_000
    assert raw.readers == {threading.get_ident()}


def test_no_more_is_read_than_is_asked_for() -> None:
    """However much there is: a long table must take no more memory than a short one."""
    raw = io.BytesIO((f"{HEADER}\n" + f"{ROW}\n" * 1_000_000).encode())  # 20 MB
    next(pieces_in(raw, "x.csv", Header(tuple(GOOD)), 1000))
    assert raw.tell() <= csv_blocks.BLOCK_BYTES


def test_a_parquet_file_that_is_torn(tmp_path: Path) -> None:
    path = tmp_path / "in.parquet"
    pyarrow.parquet.write_table(pa.table({name: [cell] * 1000 for name, cell in GOOD.items()}), path)
    data = path.read_bytes()
    path.write_bytes(data[:4] + bytes(40) + data[44:])
    assert columns_of(str(path)) == tuple(GOOD)
    with pytest.raises(InputError, match=r"in\.parquet cannot be read as Parquet"):
        list(pieces([str(path)], Header(tuple(GOOD))))
