"""One content in every form: complete, the same figures everywhere, and inert whatever a user wrote."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import plotly.graph_objects as plotly
import pytest

from advisor.errors import InputError
from advisor.saved import SavedOption
from reports.assemble import level_positions
from reports.content import Bullets, Chart, Table
from reports.document import Report, Spread
from reports.document_of_many import Row
from reports.formats import inert, price, short, shown
from reports.html import html
from reports.machine import read_report, to_csv, to_json
from reports.markdown import escaped, markdown
from reports.pdf import pdf
from reports.samples.__main__ import HERE, SCHEMA, files
from reports.story import story_of
from reports.workbook import workbook
from reports.writers import SUFFIXES
from tests.needs import need
from tests.report_files import HOSTILE, OPTIONS, answer_of, report_on

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def charts_of(report: Report) -> list[Chart]:
    return [block for section in story_of(report).sections for block in section.blocks if isinstance(block, Chart)]


# content


def test_a_report_holds_everything_that_was_asked_for() -> None:
    story = story_of(report_on("recommender"))
    titles = [section.title for section in story.sections]
    assert titles[:2] == ["Summary", "Comparison"]
    assert {chart.name.split("-")[0] for chart in charts_of(report_on("recommender"))} == {
        "cost", "cumulative", "bill", "plan", "replicas",
    }  # fmt: skip
    assert {table.sheet.split()[0] for table in story.tables()} == {
        "Comparison", "People", "Total", "Bill", "Plan", "Break-evens", "Prices", "Limits", "Facts",
    }  # fmt: skip
    defaults = [
        item
        for section in story.sections
        for block in section.blocks
        if isinstance(block, Bullets) and block.folded
        for item in block.items
    ]
    assert "scope = production (default): How complete the deployment must be." in defaults
    assert "--as-of" not in story.command
    assert any("fingerprint" in said and "2026-11-24" in said for said in story.colophon)


def test_the_bill_adds_up_to_the_figure_of_the_comparison() -> None:
    (chapter,) = report_on("recommender").chapters
    for option in chapter.priced:
        assert sum(line.usd or 0.0 for line in option.lines) == pytest.approx(option.monthly_usd)


def test_figures_are_those_of_the_answer() -> None:
    answer, (chapter,) = answer_of("recommender"), report_on("recommender").chapters
    assert [option.option for option in chapter.options] == [each.option for each in answer.ranking]
    assert [option.monthly_usd for option in chapter.options] == [each.monthly_usd for each in answer.ranking]


def test_hours_of_the_week_have_the_rank_of_their_weight() -> None:
    # 24 weights 2, 1, 3, then 1 to the end: distinct 1, 2, 3 have the ranks 0, 1, 2, on each of 7 days.
    assert level_positions([2, 1, 3] + [1] * 21) == ([1, 0, 2] + [0] * 21) * 7


def test_every_level_of_the_week_is_one_of_the_plan() -> None:
    (chapter,) = report_on("recommender").chapters
    assert all(max(chapter.level_of_hour) == len(option.levels) - 1 for option in chapter.options if option.levels)


# charts


@pytest.mark.parametrize("example", ["churn", "recommender"])
def test_plotly_accepts_every_figure(example: str) -> None:
    for chart in charts_of(report_on(example)):
        assert plotly.Figure(chart.figure).layout.xaxis.title.text or chart.figure["layout"]["xaxis"]["title"]["text"]


def test_no_two_traces_of_a_chart_look_alike() -> None:
    for chart in charts_of(report_on("recommender")):
        looks = [
            (str(trace.get("line")), str(trace.get("marker", {}).get("symbol")), str(trace.get("marker")))
            for trace in chart.figure["data"]
            if trace.get("showlegend", True)
        ]
        assert len(set(looks)) == len(looks)


def test_a_waterfall_begins_each_line_where_the_one_above_ends() -> None:
    (chart,) = (chart for chart in charts_of(report_on("recommender")) if chart.name == "bill-cloud-run")
    lines, month = chart.figure["data"]
    ends = [base + usd for base, usd in zip(lines["base"], lines["x"], strict=True)]
    assert lines["base"] == [0.0, *ends[:-1]]
    assert ends[-1] == pytest.approx(month["x"][0])


# formats


@pytest.mark.parametrize(
    ("value", "kind", "words"),
    [
        (1234.5, "money", "1,234"),
        (12.345, "money", "12.35"),
        (0.000018, "price", "0.000018"),
        (None, "money", "–"),
        ((5.0, 7.25), "range", "5.00 – 7.25"),
        ((5.0, 5.0), "range", "–"),
        (Spread(p10=1.04, p50=9.96, p90=12.4, mean=9.0), "spread", "1.0/10.0/12"),
        (0.256, "share", "26%"),
        (True, "text", "yes"),
    ],
)
def test_cells_are_rounded_by_their_kind(value: object, kind: str, words: str) -> None:
    assert shown(value, kind) == words  # type: ignore[arg-type]


def test_prices_have_no_exponent() -> None:
    assert price(-0.0000003327) == "-0.0000003327"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@a", "\t=1", "\r=1"])
def test_what_a_spreadsheet_would_run_is_quoted(text: str) -> None:
    assert inert(text) == f"'{text}"
    assert inert(f"a{text}") == f"a{text}"


def test_long_names_are_cut_in_headings_only() -> None:
    assert short("n" * 80) == "n" * 80
    assert short("n" * 81) == "n" * 79 + "…"
    assert json.loads(to_json(report_on("churn", HOSTILE)))["chapters"][0]["workload"]["name"] == HOSTILE


# writers


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def parsed(page: str) -> Tags:
    tags = Tags()
    tags.feed(page)
    return tags


def test_a_page_asks_nobody_for_anything() -> None:
    tags = parsed(html(story_of(report_on("recommender"))))
    assert not [tag for tag, _ in tags.tags if tag in ("link", "img", "iframe", "object", "embed", "base")]
    assert not [about for _, about in tags.tags if "src" in about]
    assert {str(about["href"]).split(":")[0][:1] for tag, about in tags.tags if tag == "a"} <= {"h", "#"}
    assert ("meta", "default-src 'none'") in [(tag, str(about.get("content"))[:18]) for tag, about in tags.tags]


def test_hostile_words_are_inert_on_a_page() -> None:
    page = html(story_of(report_on("churn", HOSTILE)))
    plain, hostile = parsed(html(story_of(report_on("churn")))), parsed(page)
    assert [tag for tag, _ in hostile.tags] == [tag for tag, _ in plain.tags]
    assert "<script>alert" not in page
    assert "\u202e" not in page


def test_hostile_words_are_inert_in_markdown() -> None:
    text = markdown(story_of(report_on("churn", HOSTILE)))
    plain = markdown(story_of(report_on("churn")))
    body = text[: text.index("Again with:")]
    assert "<script" not in body
    assert len(re.findall(r"^#+ ", body, re.MULTILINE)) == len(re.findall(r"^#+ ", plain, re.MULTILINE))
    assert not re.search(r"(?<!\\)\]\(javascript", body)
    assert "\u202e" not in text


@pytest.mark.parametrize(
    ("words", "safe"),
    [
        ("*a* [b](c)", r"\*a\* \[b\](c)"),
        ("<b>", "&lt;b&gt;"),
        ("a|b", r"a\|b"),
        ("@team #12", "@<!-- -->team #<!-- -->12"),
        ("http://x", "http&#58;//x"),
    ],
)
def test_markdown_is_escaped(words: str, safe: str) -> None:
    assert escaped(words) == safe


def test_a_fence_is_longer_than_any_in_the_command() -> None:
    text = markdown(story_of(report_on("churn", "```\nrm\n```")))
    assert text.rstrip().endswith("````")


def test_every_row_of_a_markdown_table_has_its_columns() -> None:
    rows = [line for line in markdown(story_of(report_on("churn", "a|b"))).splitlines() if line.startswith("|")]
    widths = [len(re.findall(r"(?<!\\)\|", row)) for row in rows]
    heads = [at for at, row in enumerate(rows) if set(row) <= set("|- :")]
    assert len(heads) > 5
    for first, last in zip(heads, [*(head - 1 for head in heads[1:]), len(rows)], strict=True):
        assert len(set(widths[first - 1 : last])) == 1


def tree(book: zipfile.ZipFile, part: str) -> ElementTree.Element:
    return ElementTree.fromstring(book.read(f"xl/{part}.xml"))  # noqa: S314 - our own file


def cells_of(content: bytes) -> dict[str, list[ElementTree.Element]]:
    """Sheet -> its cells."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        names = [sheet.attrib["name"] for sheet in tree(book, "workbook").iter(f"{SHEET}sheet")]
        sheets = [tree(book, f"worksheets/sheet{at + 1}") for at in range(len(names))]
    return {name: list(sheet.iter(f"{SHEET}c")) for name, sheet in zip(names, sheets, strict=True)}


def strings_of(content: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        shared = tree(book, "sharedStrings")
    return ["".join(each.itertext()) for each in shared]


def test_a_workbook_holds_numbers_units_and_frozen_heads() -> None:
    report = report_on("recommender")
    content = workbook(story_of(report))
    sheets = cells_of(content)
    numbers = [float(str(cell.findtext(f"{SHEET}v"))) for cell in sheets["Comparison"] if cell.get("t") is None]
    (chapter,) = report.chapters
    for option in chapter.priced:
        assert pytest.approx(option.monthly_usd, rel=1e-14) in numbers  # a workbook keeps 16 digits
    assert "bill, USD/month" in strings_of(content)
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        heads = [book.read(f"xl/worksheets/sheet{at + 1}.xml").count(b'state="frozen"') for at in range(len(sheets))]
    tables = {table.sheet for table in story_of(report).tables()}
    assert sum(heads) == len(tables) == len(tables & sheets.keys())


def test_hostile_words_are_inert_in_a_workbook() -> None:
    for name in (HOSTILE, "=1+1", "@SUM(A1)"):
        content = workbook(story_of(report_on("churn", name)))
        cells = [cell for sheet in cells_of(content).values() for cell in sheet]
        assert not [cell for cell in cells if cell.find(f"{SHEET}f") is not None]
        assert not [words for words in strings_of(content) if words.startswith(("=", "+", "-", "@", "\t"))]


def test_a_table_has_a_row_for_each_option() -> None:
    rows = list(csv.DictReader(io.StringIO(to_csv(report_on("churn", "=cmd()")))))
    assert len(rows) == len(OPTIONS)
    assert {row["workload"] for row in rows} == {"'=cmd()"}
    (chapter,) = report_on("churn").chapters
    assert [float(row["tco_usd"]) for row in rows if row["tco_usd"]] == [option.tco_usd for option in chapter.priced]
    assert [row["chosen"] for row in rows].count("yes") == 1


@pytest.mark.parametrize(
    ("status", "mode", "machine", "way"),
    [
        ("priced", "zonal", "e2-standard-2", "zonal · e2-standard-2 · on-demand"),
        ("priced", "on-demand", None, "on-demand"),  # a mode that is named like its purchase
        ("infeasible", "zonal", "e2-standard-2", "zonal · e2-standard-2 · on-demand"),
        ("unknown", "zonal", "e2-standard-2", ""),  # where no price is known, no way is the cheapest
    ],
)
def test_the_cheapest_way_in_words(status: str, mode: str, machine: str | None, way: str) -> None:
    saved = SavedOption(option="gke", status=status, monthly_usd=None, mode=mode, machine=machine, purchase="on-demand")
    assert saved.variant == way


def test_json_comes_back_as_it_was(tmp_path: Path) -> None:
    path, report = tmp_path / "r.json", report_on("recommender", HOSTILE)
    path.write_text(to_json(report), encoding="utf-8")
    assert to_json(read_report(path)) == path.read_text(encoding="utf-8")
    assert markdown(story_of(read_report(path))) == markdown(story_of(report))


def test_json_agrees_with_the_published_schema() -> None:
    need("jsonschema")
    from jsonschema import Draft202012Validator

    schema = json.loads((HERE.parent / SCHEMA).read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(json.loads(to_json(report_on("churn", HOSTILE))))


def test_a_pdf_has_pages_and_no_scripts() -> None:
    content = pdf(story_of(report_on("churn", HOSTILE)))
    assert content.startswith(b"%PDF")
    assert b"/JavaScript" not in content


def test_a_missing_library_of_the_system_is_one_message(monkeypatch: pytest.MonkeyPatch) -> None:
    import builtins

    real = builtins.__import__

    def without(name: str, *rest: object) -> object:
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")
        return real(name, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(InputError, match=r"apt-get install libpango-1\.0-0 libpangoft2-1\.0-0; allowed.*\.html"):
        pdf(story_of(report_on("churn")))


def test_there_is_a_writer_for_every_suffix_promised() -> None:
    assert set(SUFFIXES) == {".html", ".pdf", ".md", ".xlsx", ".json", ".csv"}


# portfolio


def row(name: str, option: str | None, monthly: float, today: float | None = None) -> Row:
    figures = dict.fromkeys(("tco_usd", "days_to_production", "setup_hours", "running_hours_per_month"), 10.0)
    priced = {"monthly_usd": monthly, **figures} if option else {"monthly_usd": None, **dict.fromkeys(figures)}
    about = {"workload": {"name": name, "requests_per_month": 5.0}, "choice": {"option": option}, "runner_up": None}
    status = "priced" if option else "infeasible"
    more = {"difference_usd": None, "current_monthly_usd": today, "options": (), "status": status}
    return Row.model_validate({**about, **priced, **more})


PORTFOLIO = (row("a", "gke", 100.0, 130.0), row("b", "eks", 50.0), row("=c()", "gke", 200.0), row("<d>", None, 0.0))


def test_a_portfolio_is_summed() -> None:
    # Bills 100 + 50 + 200 = 350 and 3 x 10 hours a month; for "a" alone today's bill is known, 130 - 100 = 30 less.
    story = story_of(report_on("churn").model_copy(update={"portfolio": PORTFOLIO, "chapters": ()}))
    page = markdown(story)
    assert story.title == "Where to run it: 4 workloads"
    assert "**350 USD a month in bills and 30 hours of people a month; 30.00 USD over all horizons" in page
    assert "For the 1 whose bill of today is known, that is 30.00 USD a month less. 1 of 4 have no option" in page
    assert "Of 4 workloads none are told" in page
    (chart,) = (block for block in story.sections[0].blocks if isinstance(block, Chart))
    bars = chart.figure["data"][0]
    assert (bars["y"], bars["x"]) == (["gke (2)", "eks (1)"], [300.0, 50.0])


def test_a_portfolio_is_a_table() -> None:
    report = report_on("churn").model_copy(update={"portfolio": PORTFOLIO})
    rows = list(csv.DictReader(io.StringIO(to_csv(report))))
    assert [(each["workload"], each["option"], each["monthly_usd"]) for each in rows] == [
        ("a", "gke", "100.0"),
        ("b", "eks", "50.0"),
        ("'=c()", "gke", "200.0"),
        ("<d>", "", ""),
    ]


# samples


def close(one: object, other: object) -> bool:
    """The same, but for the last digits, in which processors differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(close(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(close, one, other))
    return one == (pytest.approx(other, rel=1e-9) if isinstance(other, float) else other)


def figures_of(text: str) -> list[object]:
    """A table with its figures as numbers."""
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    return [float(cell) if re.fullmatch(r"-?\d+\.\d+(e-?\d+)?", cell) else cell for cell in cells]


SAMPLE_FILES = dict(files())


@pytest.mark.parametrize("path", SAMPLE_FILES, ids=lambda path: path.name)
def test_samples_are_current(path: Path) -> None:
    committed, now = path.read_text(encoding="utf-8"), SAMPLE_FILES[path]
    read = {".json": json.loads, ".csv": figures_of}.get(path.suffix, lambda text: text)
    assert close(read(committed), read(now)), "out of date: python -m reports.samples --write"


def test_no_sample_is_left_over() -> None:
    committed = {path for path in HERE.rglob("*.*") if path.suffix in (*SUFFIXES, ".svg")}
    assert committed == {path for path in SAMPLE_FILES if path.name != SCHEMA}


def test_tables_have_as_many_cells_as_columns() -> None:
    for table in story_of(report_on("recommender")).tables():
        assert isinstance(table, Table)
        assert {len(row) for row in table.rows} == {len(table.columns)}
