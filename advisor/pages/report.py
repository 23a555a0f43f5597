"""Page 8: the comparison as a document to send: which sections, which format, how it will look."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import streamlit as st

from advisor.answer import compare_one
from advisor.errors import InputError
from advisor.manifests.names import legal_name
from advisor.pages import session
from advisor.pages.blocks import draw
from advisor.pages.scenario import Scenario
from advisor.pages.words import message
from advisor.version import program
from reports import DRAWN, SUFFIXES, written
from reports.again import again
from reports.assemble import SWEPT, chapter_of, manifests_of, report_of
from reports.content import Story
from reports.document import Report
from reports.html import page as web_page
from reports.story import story_of
from reports.topics import Topic
from reports.writers import FOR_MACHINES

TITLE, ICON, PATH = "Report", ":material/description:", "report"
FORMAT, SECTIONS, KEPT = "report-format", "report-sections", "report sections kept"

NAMES = {
    ".html": "Web page",
    ".pdf": "PDF",
    ".md": "Markdown",
    ".xlsx": "Excel workbook",
    ".json": "JSON",
    ".csv": "CSV",
}
TYPES = {
    ".html": "text/html",
    ".pdf": "application/pdf",
    ".md": "text/markdown",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".json": "application/json",
    ".csv": "text/csv",
}
LANGUAGES = {".md": "markdown", ".json": "json", ".csv": None}
USUAL = tuple(topic for topic in Topic if topic != Topic.MANIFESTS)
STILL_PX = 720  # height of the preview
LONGEST = 20_000  # characters of a text that a preview shows
MOST_REPORTS, MOST_FILES = 16, 8  # kept for all sessions together


def page() -> None:
    """Draw the page."""
    st.title("What do we send to the others?")
    suffix = _format()
    topics = _sections(suffix)
    if not topics:
        st.info("Choose at least one section.")
        return
    asked = session.scenario()
    try:
        with st.spinner("Writing"):
            content = content_of(asked.key, topics, suffix, asked)
    except InputError as error:
        st.error(message(error))
    else:
        _download(asked, content, suffix)
        _preview(story_of(report_on(asked, topics, suffix), topics), content, suffix)


def _format() -> str:
    session.remember(FORMAT, SUFFIXES, SUFFIXES[0])
    suffix: str = st.selectbox("Format", SUFFIXES, format_func=lambda each: f"{NAMES[each]} ({each})", key=FORMAT)
    return suffix


def _sections(suffix: str) -> tuple[Topic, ...]:
    """What the document tells. Forms for machines hold everything."""
    if suffix in FOR_MACHINES:
        st.caption("This form is for programs: it holds every section, unrounded.")
        return USUAL
    if SECTIONS not in st.session_state:
        st.session_state[SECTIONS] = st.session_state.get(KEPT, list(USUAL))
    asked = st.pills("Sections", list(Topic), selection_mode="multi", format_func=str, key=SECTIONS)
    st.session_state[KEPT] = asked
    return tuple(topic for topic in Topic if topic in asked)


def report_on(asked: Scenario, topics: Collection[Topic], suffix: str) -> Report:
    """The report of a scenario with what some topics need, and the command that writes it again."""
    made = _report(asked.key, Topic.CHANGES in topics, suffix in DRAWN, Topic.MANIFESTS in topics, asked)
    return made.model_copy(update={"command": _command(asked, suffix, Topic.MANIFESTS in topics)})


def _command(asked: Scenario, suffix: str, manifests: bool) -> str:
    """The same at a terminal, with the files that can be downloaded here."""
    return again(
        [Path("workload.yaml")],
        Path(f"{_name(asked)}{suffix}"),
        asked.as_of,
        ",".join(each.id for each in asked.platforms) if asked.options or asked.stacks else None,
        Path("prices.yaml") if asked.overlay else None,
        Path("team.json") if asked.pace else None,
        manifests,
    )


def _name(asked: Scenario) -> str:
    return legal_name(asked.workload.name)


@st.cache_resource(max_entries=MOST_REPORTS, show_spinner=False)
def _report(key: str, changes: bool, drawn: bool, manifests: bool, _asked: Scenario) -> Report:  # noqa: ARG001
    """What is costly is worked out only where it is told."""
    book = session.own_book_of(_asked)  # a report names the oldest of the prices that it read itself
    answer = compare_one(_asked.workload, _asked.platforms, book, _asked.pace)
    files = manifests_of(answer) if manifests else {}
    chapter = chapter_of(answer, _asked.platforms, files, drawn, SWEPT if changes else ())
    return report_of(book, program(), "", [chapter])


@st.cache_resource(max_entries=MOST_FILES, show_spinner=False)
def content_of(key: str, topics: Collection[Topic], suffix: str, _asked: Scenario) -> bytes:  # noqa: ARG001
    """The file. Raises `InputError` where this machine lacks what the format needs."""
    return written(report_on(_asked, topics, suffix), suffix, topics)


def _download(asked: Scenario, content: bytes, suffix: str) -> None:
    st.download_button(
        "Download",
        content,
        f"{_name(asked)}{suffix}",
        TYPES[suffix],
        key="report-download",
        type="primary",
        icon=":material/download:",
        on_click="ignore",
    )


def _preview(story: Story, content: bytes, suffix: str) -> None:
    """How it will look."""
    st.subheader("Preview")
    if suffix in LANGUAGES:
        _show_text(content.decode(), LANGUAGES[suffix])
    elif suffix == ".xlsx":
        st.caption("The sheets and their tables, after a sheet with the summary.")
        for table in story.tables():
            draw(replace(table, title=f"{table.sheet}: {table.title}", folded=True))
    else:
        st.iframe(preview_address(story), height=STILL_PX, alt="Preview of the report")
        if suffix == ".html":
            st.caption("In the file the charts answer to the mouse.")


def _show_text(text: str, language: str | None) -> None:
    st.code(text[:LONGEST], language, height=STILL_PX, wrap_lines=True)
    if len(text) > LONGEST:
        st.caption(f"The first {LONGEST:,} of {len(text):,} characters.")


def preview_address(story: Story) -> str:
    """The page with still charts and no script, as an address of its own: what is in it cannot reach this one."""
    return f"data:text/html;charset=utf-8;base64,{b64encode(web_page(story).encode()).decode()}"
