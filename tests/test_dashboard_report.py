"""Page 8: a document of chosen sections in a chosen format, previewed and taken away."""

from __future__ import annotations

import builtins
import csv
import io
import json
import shlex
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from advisor.cli import app as command_line
from advisor.pages.report import FORMAT, NAMES, SECTIONS, TYPES, USUAL, content_of, preview_address, report_on
from advisor.pages.scenario import Scenario, preset
from advisor.template import written
from pricing import load
from reports import SUFFIXES
from reports.markdown import markdown
from reports.story import story_of
from reports.topics import Topic
from tests.dashboard import DAY, drawn, html, opened, turned
from tests.needs import need

need("weasyprint", "xlsxwriter")

CHURN = Scenario(preset("churn"), DAY)
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"
BEGINS = {
    ".html": b"<!doctype html>",
    ".pdf": b"%PDF-",
    ".md": b"# Where to run it: churn-model",
    ".xlsx": b"PK",
    ".json": b"{",
    ".csv": b"workload,option,",
}


def content(scenario: Scenario, suffix: str, topics: tuple[Topic, ...] = USUAL) -> bytes:
    """What the button gives."""
    made: bytes = content_of(scenario.key, topics, suffix, scenario)
    return made


def asked(app: AppTest, suffix: str) -> AppTest:
    app.selectbox(key=FORMAT).set_value(suffix)
    return drawn(app)


def preview(app: AppTest) -> str:
    """The page in the frame."""
    (frame,) = app.get("iframe")
    address: str = frame.proto.src
    assert address.startswith("data:text/html;charset=utf-8;base64,")
    return b64decode(address.partition(",")[2]).decode()


def file_names(app: AppTest) -> list[str]:
    return [each.proto.label for each in app.get("download_button") if each.proto.id.endswith("report-download")]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_format_can_be_taken_away(suffix: str) -> None:
    app = asked(opened("report"), suffix)
    assert not app.error
    assert file_names(app) == ["Download"]
    assert content(CHURN, suffix).startswith(BEGINS[suffix])
    assert suffix in NAMES
    assert suffix in TYPES


def test_forms_for_machines_hold_everything() -> None:
    app = asked(opened("report"), ".json")
    assert not app.button_group
    (chapter,) = json.loads(content(CHURN, ".json"))["chapters"]
    assert [each["over"] for each in chapter["breakevens"]] == ["requests", "skill"]
    rows = list(csv.DictReader(io.StringIO(content(CHURN, ".csv").decode())))
    assert len(rows) == len(chapter["options"])


def test_sections_are_chosen() -> None:
    app = opened("report")
    assert list(app.pills(key=SECTIONS).value) == list(USUAL)
    app.pills(key=SECTIONS).set_value([Topic.SUMMARY, Topic.BILLS])
    page = preview(drawn(app))
    assert "<bdi>Summary</bdi>" in page
    assert "<bdi>The bill of cloud-run</bdi>" in page
    assert "<bdi>Comparison</bdi>" not in page
    assert "<bdi>Charts</bdi>" not in page


def test_the_order_is_that_of_the_report_whatever_was_clicked_first() -> None:
    story = story_of(report_on(CHURN, tuple(Topic), ".md"), [Topic.SOURCES, Topic.SUMMARY, Topic.COMPARISON])
    assert [section.title for section in story.sections] == ["Summary", "Comparison", "Prices and other facts"]


def test_every_section_can_stand_alone() -> None:
    report = report_on(CHURN, tuple(Topic), ".md")
    whole = [section.title for section in story_of(report).sections]
    alone = [section.title for topic in Topic for section in story_of(report, [topic]).sections]
    assert alone == whole
    assert markdown(story_of(report, tuple(Topic))) == markdown(story_of(report))


def test_without_a_section_there_is_no_document() -> None:
    app = opened("report")
    app.pills(key=SECTIONS).set_value([])
    assert [info.value for info in drawn(app).info] == ["Choose at least one section."]
    assert not file_names(app)


def test_manifests_are_an_appendix_where_they_are_asked_for() -> None:
    assert b"service.yaml" not in content(CHURN, ".md")
    with_files = content(CHURN, ".md", tuple(Topic))
    assert b"## Appendix: manifests" in with_files
    assert b"kind: Service" in with_files
    assert b" --manifests" in with_files


def test_sections_and_format_outlive_a_visit_elsewhere() -> None:
    app = asked(opened("report"), ".md")
    app.pills(key=SECTIONS).set_value([Topic.CHARTS])
    drawn(app)
    drawn(turned(app, "why"))
    drawn(turned(app, "report"))
    assert app.selectbox(key=FORMAT).value == ".md"
    assert list(app.pills(key=SECTIONS).value) == [Topic.CHARTS]


def test_a_preview_is_what_is_taken_away() -> None:
    assert asked(opened("report"), ".csv").main.code[0].value.strip() == content(CHURN, ".csv").decode().strip()
    text = content(CHURN, ".md").decode()
    app = asked(opened("report"), ".md")
    assert text.startswith(app.main.code[0].value.rstrip())
    assert app.main.caption[-1].value == f"The first 20,000 of {len(text):,} characters."


def test_a_workbook_is_previewed_by_its_tables() -> None:
    app = asked(opened("report"), ".xlsx")
    titles = [f"{table.sheet}: {table.title}" for table in story_of(report_on(CHURN, USUAL, ".xlsx"), USUAL).tables()]
    assert [each.label for each in app.main.expander] == titles


def test_a_missing_library_of_the_system_is_one_message_and_the_other_formats_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")
        return real(name, *rest)

    content_of.clear()
    monkeypatch.setattr(builtins, "__import__", without)
    app = asked(opened("report"), ".pdf")
    (error,) = app.error
    assert "apt\\-get install libpango\\-1\\.0\\-0" in error.value
    assert not file_names(app)
    for suffix in set(SUFFIXES) - {".pdf"}:
        assert not asked(app, suffix).error
        assert file_names(app) == ["Download"]


def test_the_preview_runs_no_script_and_hostile_names_are_inert() -> None:
    scenario = Scenario(preset("churn").model_copy(update={"name": HOSTILE}), DAY)
    app = opened("report", scenario=scenario)
    page = preview(app)
    assert "<script" not in page
    assert "<img" not in page
    assert "default-src 'none'" in page
    assert "script-src" not in page
    assert not any("<script" in markup for markup in html(app))
    assert content(scenario, ".html").count(b"<script>alert") == 0


def test_a_frame_of_another_origin_cannot_reach_the_page() -> None:
    story = story_of(report_on(CHURN, USUAL, ".html"), USUAL)
    assert preview_address(story).startswith("data:")  # as an address its origin is nobody's


def test_sessions_do_not_see_each_other() -> None:
    mine = Scenario(preset("churn").model_copy(update={"name": "mine"}), DAY)
    one, other = opened("report", scenario=mine), opened("report")
    drawn(one)
    assert "Where to run it: mine" in preview(one)
    assert "Where to run it: churn-model" in preview(other)
    assert "mine" not in preview(other).split("</h1>")[0]


def test_the_command_in_the_report_writes_the_same_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    scenario = Scenario(preset("churn"), DAY, options=("cloud-run", "gke"))
    (tmp_path / "workload.yaml").write_text(written(scenario.workload, load(DAY)))
    command = report_on(scenario, USUAL, ".md").command
    assert command == ("advisor report workload.yaml -o churn-model.md --options cloud-run,gke --as-of 2026-11-24")
    done = CliRunner().invoke(command_line, shlex.split(command)[1:])
    assert done.exit_code == 0, done.output
    assert (tmp_path / "churn-model.md").read_bytes() == content(scenario, ".md")
