"""Portfolios: added up piece by piece, read from tables and from what a batch wrote, capped where they are long."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import json
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import csv as arrow_csv
from pyarrow import parquet

from advisor.batch.answers import MADE_WITH
from advisor.batch.records import columns_of
from advisor.cli import main
from advisor.errors import InputError
from advisor.units import Index
from pricing import load
from reports.machine import read_report, to_json
from reports.results import layout_of, prices_in, read_results
from reports.tally import Answers, Document, Tally
from tests.needs import need

ROOT = Path(__file__).parents[1]
DAY = "2026-11-24"


def row(name: str, option: str | None, usd: float | None, today: float | None) -> Document:
    figures = dict.fromkeys(("tco_usd", "days_to_production", "setup_hours", "running_hours_per_month"), usd)
    about = {"workload": {"name": name}, "choice": {"option": option}, "runner_up": None, "options": []}
    status = "priced" if option else "infeasible"
    return {
        **about,
        **figures,
        "monthly_usd": usd,
        "status": status,
        "difference_usd": None,
        "current_monthly_usd": today,
    }


def answers(*rows: Document) -> Answers:
    options = ("gke", "eks")
    choice = [-1 if each["choice"]["option"] is None else options.index(each["choice"]["option"]) for each in rows]
    usd = np.array([each["monthly_usd"] for each in rows], dtype=float)

    def described(at: Index) -> Sequence[Document]:
        return [rows[each] for each in at.tolist()]

    figures = {"monthly_usd": usd, "tco_usd": 12 * usd, "setup_hours": usd}
    today = np.array([each["current_monthly_usd"] for each in rows], dtype=float)
    return Answers(options, np.array(choice), figures, today, described)


A, B = row("a", "gke", 100.0, 130.0), row("b", "eks", 50.0, None)
C, D = row("c", "gke", 200.0, 190.0), row("d", None, None, 5.0)


@pytest.mark.parametrize("pieces", [[[A, B, C, D]], [[A, B], [C, D]], [[A], [B], [C], [D]]])
def test_a_portfolio_is_the_same_however_it_is_cut(pieces: list[list[Document]]) -> None:
    # Bills 100 + 50 + 200 = 350, of which gke 300; today is known of a and c: 130 + 190 = 320 against 100 + 200 = 300.
    tally = Tally()
    for piece in pieces:
        tally.add(answers(*piece))
    found = tally.totals
    assert (found.workloads, found.priced, found.monthly_usd, found.tco_usd) == (4, 3, 350.0, 4200.0)
    assert [(each.option, each.workloads, each.monthly_usd) for each in found.by_choice] == [
        ("gke", 2, 300.0),
        ("eks", 1, 50.0),
    ]
    assert (found.compared, found.today_usd, found.followed_usd) == (2, 320.0, 300.0)
    assert [(each.workload, each.monthly_usd) for each in found.savings] == [("a", 30.0)]  # c would cost more
    assert found.running_hours_per_month is None
    assert [each.name for each in tally.rows] == ["a", "b", "c", "d"]


def test_a_cut_portfolio_keeps_the_largest_bills() -> None:
    tally = Tally(most=2)
    for each in (A, B, C, D):
        tally.add(answers(each))
    assert [each.name for each in tally.rows] == ["c", "a"]
    assert (tally.totals.workloads, tally.totals.monthly_usd) == (4, 350.0)


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["advisor", *words])
    monkeypatch.chdir(ROOT)
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One portfolio as `advisor batch` answers it, wide and long, in every suffix."""
    folder = tmp_path_factory.mktemp("results")
    found = {}
    with pytest.MonkeyPatch.context() as patch:
        for layout in ("wide", "long"):
            path = folder / f"{layout}.csv"
            words = ("batch", "examples/portfolio.csv", "-o", str(path), "--format", layout, "-q", "--as-of", DAY)
            assert run(patch, *words, "--workers", "1") == 0
            found[layout] = path
    wide = found["wide"]
    found["packed"] = folder / "wide.csv.gz"
    found["packed"].write_bytes(gzip.compress(wide.read_bytes()))
    found["columns"] = folder / "long.parquet"
    parquet.write_table(arrow_csv.read_csv(found["long"]), found["columns"])
    return found


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The machine form of a report on the same table of workloads."""
    path = tmp_path_factory.mktemp("table") / "table.json"
    with pytest.MonkeyPatch.context() as patch:
        assert run(patch, "report", "examples/portfolio.csv", "-o", str(path), "--as-of", DAY) == 0
    return path


@pytest.mark.parametrize("form", ["wide", "long", "packed", "columns"])
def test_a_result_and_its_table_come_to_the_same(
    form: str, results: dict[str, Path], table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "r.json"
    assert run(monkeypatch, "report", str(results[form]), "-o", str(out)) == 0
    found, expected = read_report(out), read_report(table)
    assert found.totals is not None
    assert expected.totals is not None
    assert found.totals == expected.totals.model_copy(update={"running_hours_per_month": None})
    assert [(each.name, each.choice.option, each.runner_up) for each in found.portfolio] == [
        (each.name, each.choice.option, each.runner_up) for each in expected.portfolio
    ]
    for name in (
        "monthly_usd",
        "tco_usd",
        "setup_hours",
        "days_to_production",
        "difference_usd",
        "current_monthly_usd",
    ):
        assert [getattr(each, name) for each in found.portfolio] == [getattr(each, name) for each in expected.portfolio]
    assert found.prices is not None
    assert expected.prices is not None
    assert found.prices == expected.prices.model_copy(update={"oldest": None})
    assert expected.portfolio[0].workload["requests_per_month"] == 50_000


def without(columns: Sequence[str], source: Path, path: Path) -> Path:
    arrow_csv.write_csv(arrow_csv.read_csv(source).drop_columns(list(columns)), path)
    return path


def test_a_report_says_the_prices_that_a_result_was_made_with(
    results: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "r.md"
    assert run(monkeypatch, "report", str(results["wide"]), "-o", str(out)) == 0
    assert f"Prices as of {DAY}, fingerprint {load(dt.date.fromisoformat(DAY)).fingerprint};" in out.read_text()
    cut = without(MADE_WITH, results["wide"], tmp_path / "cut.csv")
    assert run(monkeypatch, "report", str(cut), "-o", str(out), "--force") == 0
    assert "no longer says with the prices of which day" in out.read_text()


@pytest.mark.parametrize("form", ["wide", "long"])
def test_results_of_two_days_are_not_added_up(form: str, results: dict[str, Path], tmp_path: Path) -> None:
    header, *lines = results[form].read_text().splitlines()
    path = tmp_path / "two.csv"
    path.write_text("\n".join([header, *lines, *(line.replace(DAY, "2026-11-23") for line in lines)]) + "\n")
    with pytest.raises(InputError, match="prices_as_of differs: 2026-11-23 and 2026-11-24"):
        list(read_results(str(path), columns_of(str(path))))


def test_a_result_whose_price_book_is_blank_is_refused(results: dict[str, Path], tmp_path: Path) -> None:
    path = tmp_path / "blank.csv"
    path.write_text(results["wide"].read_text().replace(DAY, ""))
    with pytest.raises(InputError, match="its first record lacks prices_as_of or prices_fingerprint"):
        prices_in(str(path), columns_of(str(path)))


def test_a_table_and_its_files_come_to_the_same(table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = []
    for cells in csv.DictReader((ROOT / "examples/portfolio.csv").read_text().splitlines()):
        files.append(tmp_path / f"{cells['name']}.yaml")
        files[-1].write_text("".join(f"{name}: {cell}\n" for name, cell in cells.items() if cell))
    out = tmp_path / "r.json"
    assert run(monkeypatch, "report", *map(str, files), "-o", str(out), "--as-of", DAY) == 0
    assert read_report(out).totals == read_report(table).totals


def test_a_long_table_says_that_it_is_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, results: dict[str, Path]
) -> None:
    real = arrow_csv.read_csv(results["wide"])
    many = real.take(pa.array(np.arange(1200) % len(real)))
    path, out = tmp_path / "many.parquet", tmp_path / "r.md"
    parquet.write_table(many, path)
    assert run(monkeypatch, "report", str(path), "-o", str(out)) == 0
    page = out.read_text(encoding="utf-8")
    assert "# Where to run it: 1,200 workloads" in page
    assert "The 1,000 workloads with the largest bills, of 1,200" in page


def test_records_that_cannot_be_used_are_counted_and_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = tmp_path / "t.csv", tmp_path / "r.md"
    path.write_text("name,requests_per_month,duration_s,vcpu,memory_gib\na,5,1,1,1\nb,5,-1,1,1\nc,5,1\n")
    assert run(monkeypatch, "report", str(path), "-o", str(out), "--as-of", DAY) == 4
    assert "2 more records of the table could not be used" in out.read_text(encoding="utf-8")
    said = capsys.readouterr().err
    assert "record 2: duration_s: allowed: a number" in said
    assert "record 3" in said


WIDE, LONG = "wide", "long"


def spoilt(path: Path, of: Path, column: str, record: int, cell: str) -> Path:
    """A copy of a result with another cell."""
    with of.open(newline="") as file:
        rows = list(csv.DictReader(file))
    rows[record][column] = cell
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.mark.parametrize(
    ("form", "column", "cell", "words"),
    [
        (WIDE, "monthly_usd", "much", "conversion error to double: invalid value 'much'"),
        (WIDE, "tco_usd", "inf", "tco_usd of record 1 is infinite"),
        (LONG, "option", "k3s", "record 21 is about k3s, not vertex-ai"),
        (LONG, "chosen", "perhaps", "conversion error to bool"),
    ],
)
def test_a_spoilt_result_is_refused(
    form: str, column: str, cell: str, words: str, results: dict[str, Path], tmp_path: Path
) -> None:
    path = spoilt(tmp_path / "r.csv", results[form], column, 20 if column == "option" else 0, cell)
    with pytest.raises(InputError) as caught:
        list(read_results(str(path), columns_of(str(path))))
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_cut_result_is_refused(results: dict[str, Path], tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("".join(results["long"].read_text().splitlines(keepends=True)[:-1]))
    with pytest.raises(InputError, match="its last workload has 18 of 19 options"):
        list(read_results(str(path), columns_of(str(path))))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("{other}",), "is neither a table of workloads, which has the columns name, requests_per_month"),
        (("{empty}",), "is empty"),
        (("{header}",), "it holds no workload"),
        (("nowhere.csv",), "nowhere.csv cannot be read"),
        (("{wide}", "examples/churn.yaml"), "is a table and stands alone"),
        (("{wide}", "--as-of", DAY), "is worked out already, and --as-of cannot change it"),
        (("examples/portfolio.csv", "--manifests"), "--manifests goes with chapters"),
    ],
)
def test_other_tables_are_refused_in_one_line(
    words: tuple[str, ...], message: str, results: dict[str, Path], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    files = {name: tmp_path / f"{name}.csv" for name in ("other", "empty", "header")}
    files["other"].write_text("a,b\n1,2\n")
    files["empty"].write_text("")
    files["header"].write_text("name,requests_per_month,duration_s,vcpu,memory_gib\n")
    given = [word.format(**files, **results) for word in words]
    assert run(monkeypatch, "report", *given, "-o", str(tmp_path / "r.html")) == 2
    said = capsys.readouterr().err
    assert message in said
    assert said.count("\n") == 1
    assert not (tmp_path / "r.html").exists()


def test_a_whole_table_is_not_cut_short_in_silence(
    results: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "report", str(results["wide"]), "-o", str(tmp_path / "r.csv")) == 2
    assert "advisor batch writes whole tables" in capsys.readouterr().err


HOSTILE = ("<script>alert(1)</script>", "=cmd()", "@SUM(A1)", "a|b `c`", "\u202egnp.exe", "z" * 10_000, "NA", "a\nb")


@pytest.fixture(scope="module")
def hostile(results: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A result in which names and choices are hostile."""
    real = arrow_csv.read_csv(results["wide"])
    rows = real.take(pa.array(np.arange(len(HOSTILE)) % len(real)))
    choices = ["<a href='https://evil.example'>=x</a>", *rows["choice"].to_pylist()[1:]]
    for name, words in (("name", HOSTILE), ("choice", choices), ("current_option", HOSTILE)):
        rows = rows.set_column(rows.column_names.index(name), name, pa.array(words))
    path = tmp_path_factory.mktemp("hostile") / "r.parquet"
    parquet.write_table(rows, path)
    return path


@pytest.mark.parametrize("suffix", [".html", ".md", ".xlsx", ".json", ".pdf"])
def test_a_hostile_result_is_inert(suffix: str, hostile: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / f"r{suffix}"
    assert run(monkeypatch, "report", str(hostile), "-o", str(out)) == 0
    content = out.read_bytes()
    if suffix == ".xlsx":
        with zipfile.ZipFile(out) as book:
            strings = ElementTree.fromstring(book.read("xl/sharedStrings.xml"))  # noqa: S314 - our own file
            sheets = [book.read(name) for name in book.namelist() if name.startswith("xl/worksheets/")]
        assert not [words for words in strings.itertext() if words.startswith(("=", "+", "-", "@"))]
        assert not [sheet for sheet in sheets if b"<f>" in sheet or b"<hyperlink" in sheet]
        return
    for words in (b"<script>alert", b"<a href='https://evil", b"/JavaScript", "\u202e".encode()):
        assert suffix == ".json" or words not in content
    assert suffix != ".json" or content.isascii()


def test_a_portfolio_agrees_with_the_published_schema(
    results: dict[str, Path], table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    need("jsonschema")
    from jsonschema import validate

    out = tmp_path / "r.json"
    run(monkeypatch, "report", str(results["wide"]), "-o", str(out))
    schema = json.loads((ROOT / "reports/report.schema.json").read_text(encoding="utf-8"))
    for path in (out, table):
        validate(json.loads(path.read_text(encoding="utf-8")), schema)
        assert to_json(read_report(path)) == path.read_text(encoding="utf-8")


def test_layouts_are_told_by_their_columns(results: dict[str, Path]) -> None:
    assert layout_of(columns_of(str(results["wide"]))) == "wide"
    assert layout_of(columns_of(str(results["columns"]))) == "long"
    assert layout_of(columns_of(str(ROOT / "examples/portfolio.csv"))) is None
