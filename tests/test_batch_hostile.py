"""Whatever a table may hold: refused with what, where and what is allowed, or read as it is meant; never misread."""

from __future__ import annotations

import csv
import gzip
import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from advisor.batch import csv_blocks, csv_records
from advisor.batch.casting import ADVICE, NOT_TEXT, UNCLOSED, workloads_of
from advisor.batch.header import Header, read_header
from advisor.batch.records import Piece, files_of, header_of, pieces
from advisor.batch.run import Outcome
from advisor.batch.template import template_csv
from advisor.batch.text import Marked, legible, shown_text
from advisor.cli import main
from advisor.declaration import FIELDS
from advisor.errors import InputError
from advisor.workload import Workloads
from pricing import load
from tests.batches import AS_OF, GOOD, HEADER, ROW, carried_out, rows_of, run_of
from tests.test_columns import assert_same, tables

Answer = Callable[[bytes | str], tuple[Outcome, list[dict[str, object]], list[dict[str, object]]]]


@pytest.fixture
def answered(tmp_path: Path) -> Answer:
    """A table's outcome, answers and rejects; two options are enough."""

    def answer(content: bytes | str) -> tuple[Outcome, list[dict[str, object]], list[dict[str, object]]]:
        path = tmp_path / "in.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        outcome = carried_out(run_of(path, tmp_path / "out.csv", options=("cloud-run", "gke")))
        refused = tmp_path / "out.rejects.csv"
        with refused.open(encoding="utf-8", newline="") if refused.exists() else io.StringIO() as file:
            return outcome, rows_of(tmp_path / "out.csv") if outcome.answered else [], list(csv.DictReader(file))

    return answer


# the header


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("", "is empty; allowed: a header"),
        ("\n\n\n", "is empty"),
        (HEADER.replace("vcpu,", ""), "column vcpu is missing; it takes a number"),
        (HEADER.replace("memory_gib", "memory_gb"), "column 'memory_gb' is not known; did you mean memory_gib?"),
        (HEADER.replace("vcpu", "vCPU"), "column 'vCPU' is not known; did you mean vcpu?"),
        (HEADER.replace("vcpu", " vcpu"), "column ' vcpu' is not known; did you mean vcpu?"),
        (f"{HEADER},burts", "column 'burts' is not known; did you mean burst?"),
        (f"{HEADER},vcpu", "column 'vcpu' stands there 2 times"),
        (f"{HEADER},team,team", "column 'team' stands there 2 times"),
        (f"{HEADER},choice", "column 'choice' has the name of a column of the output"),
        (f"{HEADER},cloud_run_tco_usd", "column 'cloud_run_tco_usd' has the name of a column of the output"),
        (HEADER.replace(",", ";"), "the header is separated by ';'; allowed: commas"),
        (HEADER.replace(",", "\t"), r"the header is separated by '\\t'; allowed: commas"),
    ],
)
def test_headers_that_are_refused(answered: Answer, header: str, said: str) -> None:
    with pytest.raises(InputError, match=said.replace("?", r"\?").replace("(", r"\(")):
        answered(f"{header}\n{ROW}\n" if header.strip() else header)


def test_all_that_is_wrong_with_a_header_is_said_at_once(answered: Answer) -> None:
    with pytest.raises(InputError) as found:
        answered("nme,duration_s,vcpu,choice\n")
    assert str(found.value).count("\n") == 3  # a slip, two that are missing, one that is taken


def test_a_header_in_utf_16_is_named(answered: Answer) -> None:
    with pytest.raises(InputError, match="is UTF-16 text; allowed: UTF-8"):
        answered(f"{HEADER}\n{ROW}\n".encode("utf-16"))


def test_a_header_that_is_no_text(answered: Answer) -> None:
    with pytest.raises(InputError, match="the header is not CSV in UTF-8"):
        answered(b"name,\xff\xfe\xfa\n1,2\n")


def test_the_order_of_columns_is_free_and_other_columns_are_carried_through(answered: Answer) -> None:
    names = list(reversed(GOOD))
    content = f'{",".join(names)},cost centre,Ünit\n{",".join(GOOD[name] for name in names)},007," a,""b""\n"\n'
    _, (row,), _ = answered(content)
    assert (row["cost centre"], row["Ünit"]) == (7, ' a,"b"\n')  # the reader of this test takes 007 for a number
    assert list(row)[:3] == ["name", "cost centre", "Ünit"]


def test_ten_thousand_columns(answered: Answer) -> None:
    extra = ",".join(f"x{number}" for number in range(10_000))
    outcome, (row,), _ = answered(f"{HEADER},{extra}\n{ROW}{',1' * 10_000}\n")
    assert outcome.answered == 1
    assert row["x9999"] == 1


def test_header_alone(answered: Answer, tmp_path: Path) -> None:
    outcome, _, _ = answered(f"{HEADER}\n")
    assert (outcome.records, outcome.answered) == (0, 0)
    assert (tmp_path / "out.csv").read_text().startswith('"name","choice",')
    assert (tmp_path / "out.csv").read_text().count("\n") == 1


def test_a_header_without_an_end_of_line(answered: Answer) -> None:
    assert answered(HEADER)[0].records == 0


def test_the_template_can_be_read_as_it_is(answered: Answer) -> None:
    outcome, (row,), _ = answered(template_csv())
    assert outcome.answered == 1
    assert row["choice"]
    assert set(template_csv().splitlines()[0].split(",")) == set(FIELDS)


# cells


ODD = [
    "nan",
    "NaN",
    ".nan",
    "inf",
    "-inf",
    ".inf",
    "Infinity",
    "1e400",
    "-1",
    "0x10",
    "010",
    "two",
    "1..2",
    "١",
    "1 000",
]


@pytest.mark.parametrize("cell", ODD)
def test_numbers_that_are_refused(answered: Answer, cell: str) -> None:
    outcome, _, (refused,) = answered(f"{HEADER}\n{ROW.replace('0.2', cell)}\n")
    assert (outcome.answered, outcome.rejected) == (0, 1)
    assert refused["record"] == "1"
    assert (refused["column"], refused["value"]) == ("duration_s", cell)
    assert str(refused["reason"]).startswith("duration_s: allowed: a number of at least 1e-06")
    assert {name: refused[name] for name in GOOD} == {**GOOD, "duration_s": cell}


@pytest.mark.parametrize("cell", ["1,5", "1.234,5", "1,000", "1,234.5", "12'000", "1 234,5", "1,234,567"])
def test_other_ways_to_write_numbers_are_refused_with_advice(answered: Answer, cell: str) -> None:
    _, _, (refused,) = answered(f"{HEADER}\n{ROW.replace('1000', chr(34) + cell + chr(34))}\n")
    assert (refused["column"], refused["value"]) == ("requests_per_month", cell)
    assert str(refused["reason"]).endswith(ADVICE)


SAME = [("-0", "0"), ("-0.0", "0"), (" 1e3 ", "1000"), ("1_000", "1000"), ("+5", "5"), ("1.", "1")]


@pytest.mark.parametrize(("cell", "same"), SAME)
def test_numbers_that_are_read_as_in_a_workload_file(answered: Answer, cell: str, same: str) -> None:
    _, (one, other), _ = answered(f"{HEADER}\n{ROW.replace('1000', cell)}\n{ROW.replace('1000', same)}\n")
    assert one == other


@given(tables())
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_table_of_texts_means_what_its_cells_mean_one_by_one(table: dict[str, list[object]]) -> None:
    """Whether or not a whole column is plainly numeric, it is read as `Workloads.from_columns` reads its cells."""
    texts = {name: [written(cell) for cell in column] for name, column in table.items()}
    texts["free_tier"] = ["no"] * len(table["name"])
    cells = {name: pa.array([each.encode() for each in column], pa.binary()) for name, column in texts.items()}
    piece = Piece(0, "table", 1, pa.table(cells))
    found, rows, rejects = workloads_of(piece, tuple(texts), load(AS_OF))
    expected, refused = Workloads.from_columns(texts)
    known = {each.row for each in rejects} - {each.row for each in refused}  # names that nobody knows
    kept = [row for row in range(len(table["name"])) if row not in {each.row for each in refused}]
    assert rows.tolist() == [row for row in kept if row not in known]
    assert_same(found, expected.take([at for at, row in enumerate(kept) if row not in known]))


@given(st.floats(min_value=1e-6, max_value=86_400.0), st.integers(min_value=0, max_value=30))
def test_a_column_of_plain_numbers_is_read_to_the_last_bit(number: float, decimals: int) -> None:
    """However many decimals somebody writes: Arrow rounds once, as Python does."""
    texts = [repr(number), f"{number:.{decimals}f}", f"{number:.{decimals}e}"]
    cells = {name: pa.array([cell.encode()] * 3, pa.binary()) for name, cell in GOOD.items()}
    cells["duration_s"] = pa.array([each.encode() for each in texts], pa.binary())
    work, rows, _ = workloads_of(Piece(0, "table", 1, pa.table(cells)), tuple(cells), load(AS_OF))
    taken = [each for each in map(float, texts) if 1e-6 <= each <= 86_400.0]
    assert work.duration_s[:, 0].tolist() == taken
    assert len(rows) == len(taken)


def written(cell: object) -> str:
    return "" if cell is None else str(cell).replace("\0", "")


def test_every_fault_of_a_record_is_said_in_one_line(answered: Answer) -> None:
    outcome, _, (refused,) = answered(f"{HEADER},geography,profile\n,x,-1,0,1,mars,weekly\n")
    assert outcome.rejected == 1
    for name in ("name", "requests_per_month", "duration_s", "vcpu"):
        assert f"{name}: allowed: " in str(refused["reason"])


def test_names_that_nobody_knows_are_refused_with_the_nearest(answered: Answer) -> None:
    _, rows, refused = answered(f"{HEADER},geography,gpu\n{ROW},us-centrl,\n{ROW},,l5\n{ROW},,\n")
    assert len(rows) == 1
    assert [(each["record"], each["column"]) for each in refused] == [("1", "geography"), ("2", "gpu")]
    assert "did you mean 'us-central'" in str(refused[0]["reason"])


# records


def test_records_with_too_few_or_too_many_cells_are_refused_complete(answered: Answer) -> None:
    outcome, rows, refused = answered(f"{HEADER}\n{ROW}\na,b\n\n{ROW}\n{ROW},7,8\n{ROW}\n")
    assert (outcome.records, len(rows)) == (5, 3)
    assert [(each["record"], each["value"]) for each in refused] == [("2", "a,b"), ("4", f"{ROW},7,8")]
    assert refused[0]["reason"] == "the record has 2 cells; allowed: 5, as the header has"


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"], ids=["plain", "bom"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
def test_ends_of_lines_and_the_mark_of_utf_8(answered: Answer, start: bytes, end: str) -> None:
    outcome, rows, _ = answered(start + f"{HEADER}{end}{ROW}{end}{end}{ROW}{end}".encode())
    assert outcome.answered == 2
    assert rows[0] == rows[1]


def test_quotes_commas_and_ends_of_lines_inside_a_cell(answered: Answer) -> None:
    name = 'a "b", c\nd'
    quoted = '"' + name.replace('"', '""') + '"'
    _, (row, _), _ = answered(f"{HEADER}\n{ROW.replace('service', quoted)}\n{ROW}\n")
    assert row["name"] == name


def test_a_quote_that_never_ends_is_refused(answered: Answer) -> None:
    outcome, rows, (refused,) = answered(f'{HEADER},note\n{ROW},\n{ROW},"open\n{ROW},x\n')
    assert (outcome.records, len(rows)) == (2, 1)
    assert refused["reason"] == UNCLOSED
    assert refused["note"] == f"open\n{ROW},x\n"


@pytest.mark.parametrize(
    ("cell", "shown"), [(b"caf\xe9", "caf\\xe9"), (b"a\0b", "a\\x00b"), (b"\xff\xfe", "\\xff\\xfe")]
)
@pytest.mark.parametrize("column", ["name", "note"])
def test_what_is_no_text_is_refused_and_shown(answered: Answer, cell: bytes, shown: str, column: str) -> None:
    row = ROW.encode().replace(b"service", cell) + b"," if column == "name" else ROW.encode() + b"," + cell
    outcome, rows, (refused,) = answered(f"{HEADER},note\n{ROW},\n".encode() + row + b"\n")
    assert (outcome.answered, len(rows)) == (1, 1)
    assert (refused["record"], refused["column"], refused["value"]) == ("2", column, shown)
    assert str(refused["reason"]).endswith(NOT_TEXT)


def test_a_record_may_be_wrong_in_its_cells_and_in_its_bytes(answered: Answer) -> None:
    content = f"{HEADER}\n{ROW}\n".encode() + b"caf\xe9,a\0b,1\n" + f"{ROW},\u00e9\n{ROW}\n".encode()
    outcome, rows, refused = answered(content)
    assert (outcome.records, len(rows)) == (4, 2)
    assert [each["record"] for each in refused] == ["2", "3"]
    assert [each["value"] for each in refused] == ["caf\\xe9,a\\x00b,1", f"{ROW},\u00e9"]


@given(st.lists(st.binary(max_size=9), max_size=9), st.integers(min_value=1, max_value=9))
def test_text_stays_as_it_is_and_all_else_is_marked(blocks: list[bytes], size: int) -> None:
    """However the bytes are cut: two bytes of a letter may come in two blocks."""
    data = b"".join(blocks)
    assume(b"\0\\x" not in data)  # what a mark looks like; it is refused all the same, and shown as the byte it names
    stream = Marked(io.BytesIO(data))
    read = list(iter(lambda: stream.read(size), b""))
    found = b"".join(read)
    assert all(len(each) <= size for each in read)
    assert shown_text(found.decode()) == data.decode(errors="backslashreplace").replace("\0", "\\x00")
    text, is_text = legible(found)
    assert (text, is_text) == legible(data)
    assert found == data or not is_text


@pytest.mark.parametrize("name", ["=1+1", "+cmd|'/c calc'!A0", "@SUM(A1)", "-1", '=HYPERLINK("x")'])
def test_formulas_in_names_stay_what_they_are(answered: Answer, name: str, tmp_path: Path) -> None:
    quoted = '"' + name.replace('"', '""') + '"'
    answered(f"{HEADER}\n{ROW.replace('service', quoted)}\n")
    with (tmp_path / "out.csv").open(newline="") as file:
        assert next(csv.DictReader(file))["name"] == name


@pytest.mark.parametrize("cell", [b"x", b'"x', b'"x""'], ids=["plain", "quoted", "quotes"])
def test_a_record_beyond_all_bounds_is_refused_alone_in_little_memory(tmp_path: Path, cell: bytes) -> None:
    """A cell of 100 MB, and what reading it costs beyond what the program takes anyhow."""
    path = tmp_path / "in.csv"
    filling = (cell[-1:] * 2**20).replace(b'"', b"yy")
    with path.open("wb") as file:
        file.write(f"{HEADER}\n{ROW}\n".encode() + cell)
        file.writelines(filling for _ in range(100))
        file.write(b'",1,1,1,1\n' if cell.startswith(b'"') else b",1,1,1,1\n")
        file.write(f"{ROW}\na,b\n{ROW}\n".encode())
    before = peak_mib("pass")
    assert peak_mib(f"refuse_alone({str(path)!r})") - before < 80


@pytest.mark.parametrize("note", ["x" * 3_000_000, "xy\n" * 1_000_000], ids=["a line", "lines"])
def test_a_long_quote_that_never_ends_refuses_the_table(tmp_path: Path, note: str) -> None:
    """What it swallowed may be all other records."""
    path = tmp_path / "in.csv"
    path.write_text(f'{HEADER}\n{ROW}\n"{note}\n{ROW}\n')
    with pytest.raises(InputError, match=r"has a record of more than 2,097,152 bytes; .*is a quote left open"):
        list(pieces([str(path)], Header(tuple(GOOD))))


REFUSE = """
import resource
from advisor.batch.records import *
from advisor.errors import InputError
def refuse(path, said):
    try:
        for piece in pieces([path], header_of([path], ())):
            pass
    except InputError as error:
        assert said in str(error), error
    else:
        raise AssertionError
def refuse_alone(path):
    (piece,) = pieces([path], header_of([path], ()))
    assert piece.records == [1, 3, 5]
    long, other = piece.ragged
    assert (long.record, len(long.text), other.record) == (2, 1000, 4)
    assert long.reason.startswith("the record has more than 2,097,152 bytes"), long.reason
"""


def peak_mib(code: str) -> float:
    script = f"{REFUSE}{code}\nprint(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    root = Path(__file__).parents[1]
    run = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True)
    return int(run.stdout) / 2**10


def test_a_decompression_bomb_is_bounded(tmp_path: Path) -> None:
    """2 GiB of empty lines in 2 MB: stopped after an eighth of them."""
    path = tmp_path / "in.csv.gz"
    block = gzip.compress(b"\n" * 2**24)
    path.write_bytes(gzip.compress(f"{HEADER}\n{ROW}\n".encode()) + block * 128)
    before = peak_mib("pass")
    assert peak_mib(f"refuse({str(path)!r}, 'unpacks to more than 200 times its size')") - before < 80


def test_a_packed_table_that_is_cut_short(tmp_path: Path) -> None:
    path = tmp_path / "in.csv.gz"
    path.write_bytes(gzip.compress(f"{HEADER}\n{ROW}\n".encode() * 1000)[:-20])
    with pytest.raises(InputError, match=r"in\.csv\.gz cannot be read"):
        list(pieces([str(path)], Header(tuple(GOOD))))


def test_a_packed_table_that_is_not_packed(tmp_path: Path) -> None:
    path = tmp_path / "in.csv.gz"
    path.write_text(f"{HEADER}\n{ROW}\n")
    with pytest.raises(InputError, match=r"in\.csv\.gz cannot be read"):
        header_of([str(path)], ())


def test_a_table_of_nothing_but_wrong_records_is_another_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_records, "MOST_RAGGED", 100)
    path = tmp_path / "in.csv"
    path.write_text(f"{HEADER}\n" + "a,b\n" * 1000)
    with pytest.raises(InputError, match="cannot be read as CSV"):
        list(pieces([str(path)], Header(tuple(GOOD))))


def test_a_piece_is_cut_where_it_grows_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_blocks, "BLOCK_BYTES", 1000)
    monkeypatch.setattr(csv_records, "HELD_BYTES", 3000)
    path = tmp_path / "in.csv"
    path.write_text(f"{HEADER}\n" + f"{ROW}\n" * 1000)
    cut = list(pieces([str(path)], Header(tuple(GOOD))))
    assert sum(map(len, cut)) == 1000
    assert len(cut) > 5
    assert [each.first_record for each in cut] == [1 + sum(len(each) for each in cut[:at]) for at in range(len(cut))]


# files


def test_files_that_are_refused(tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("x")
    for place, said in {
        str(tmp_path): "names no table; allowed: a file, folder or pattern of .csv, .csv.gz, .parquet",
        str(tmp_path / "text.txt"): "names no table",
        str(tmp_path / "*.csv"): "names no table",
    }.items():
        with pytest.raises(InputError, match=said):
            files_of(place)
    with pytest.raises(InputError, match="cannot be read: No such file or directory"):
        header_of([str(tmp_path / "none.csv")], ())


def test_a_parquet_file_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "in.parquet"
    path.write_bytes(b"PAR1 or not")
    with pytest.raises(InputError, match="is no Parquet file"):
        header_of([str(path)], ())


def test_files_of_a_folder_must_have_the_same_columns(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f"{HEADER}\n")
    (tmp_path / "b.csv").write_text(f"{HEADER},note\n")
    with pytest.raises(InputError, match=r"b\.csv has other columns than .*a\.csv"):
        header_of(files_of(str(tmp_path)), ())


def test_types_of_a_parquet_file_are_kept_or_refused_by_cell(tmp_path: Path) -> None:
    columns = {
        "name": pa.array(["a", "b", "c"]).dictionary_encode(),
        "requests_per_month": pa.array([1000, None, 3], pa.int64()),
        "duration_s": pa.array([0.2, 0.2, float("nan")]),
        "vcpu": pa.array([1, 1, 1], pa.int8()),
        "memory_gib": pa.array(["1", "1", "1"]),
        "has_ci": pa.array([True, None, False]),
        "weights": pa.array([None, None, None], pa.list_(pa.float64())),
        "seen": pa.array([0, 1, 2], pa.timestamp("ms")),
    }
    pyarrow.parquet.write_table(pa.table(columns), tmp_path / "in.parquet")
    outcome = carried_out(run_of(tmp_path / "in.parquet", tmp_path / "out.parquet", options=("cloud-run",)))
    assert (outcome.answered, outcome.rejected) == (1, 2)
    assert pyarrow.parquet.read_table(tmp_path / "out.parquet").schema.field("seen").type == pa.timestamp("ms")
    refused = pyarrow.parquet.read_table(tmp_path / "out.rejects.parquet").to_pylist()
    assert [(each["record"], each["column"], each["value"]) for each in refused] == [
        ("2", "requests_per_month", None),
        ("3", "duration_s", "nan"),
    ]


# the command


def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: object) -> tuple[object, str]:
    monkeypatch.setattr(sys, "argv", ["advisor", "batch", *map(str, words)])
    with pytest.raises(SystemExit) as end:
        main()
    return end.value.code, capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "advisor batch needs a table and -o OUT"),
        (
            ["in.csv", "-o", "out.xls"],
            "out.xls has no suffix that says how to write it; allowed: .csv,",
        ),
        (["in.csv", "-o", "in.csv"], "in.csv is read and cannot be written"),
        (["in.csv", "-o", "there.csv"], "there.csv exists; allowed: another name, or --force"),
        (["in.csv", "-o", "out.csv", "--resume"], "there is no unfinished run of out.csv"),
        (["in.csv", "-o", "out.csv", "--options", "cloud-rum"], "did you mean 'cloud-run'"),
        (["in.csv", "-o", "out.csv", "--scheduler", "tcp://x:1"], "allowed: together with --engine dask"),
        (["none.csv", "-o", "out.csv"], "none.csv cannot be read: No such file or directory"),
        (["s4://none/in.csv", "-o", "out.csv"], "cannot be reached"),
    ],
)
def test_commands_that_are_refused(
    words: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in.csv").write_text(f"{HEADER}\n{ROW}\n")
    (tmp_path / "there.csv").write_text("")
    code, error = command(monkeypatch, capsys, *words)
    assert code == 2
    assert said in error
    assert error.count("\n") == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv", "there.csv"]


def test_an_output_whose_folder_cannot_be_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "in.csv").write_text(f"{HEADER}\n{ROW}\n")
    code, error = command(monkeypatch, capsys, tmp_path / "in.csv", "-o", tmp_path / "in.csv" / "out.csv")
    assert (code, error.count("\n")) == (1, 1)
    assert "the output cannot be written: Not a directory" in error


def test_a_run_with_rejects_ends_with_4_and_says_how_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "in.csv").write_text(f"{HEADER}\n{ROW}\nx\n")
    words = [tmp_path / "in.csv", "-o", tmp_path / "out.csv", "--options", "cloud-run", "--workers", "1"]
    monkeypatch.setattr(sys, "argv", ["advisor", "batch", *map(str, words)])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 4
    assert "2 records read = 1 answered + 1 refused." in capsys.readouterr().out


def test_headers_are_read_as_csv() -> None:
    assert read_header(b'"a ""b""","c\nd",e\r\n1,2,3', "x") == ('a "b"', "c\nd", "e")
