"""Page 6: a whole table of workloads, uploaded; each goes through the kernel that `advisor batch` uses.

The table and its answer live in this session's memory alone: no file is made, so none can be left behind.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import Any

import pyarrow as pa
import streamlit as st

from advisor.batch.evaluating import Context
from advisor.batch.filtering import rows_with
from advisor.batch.in_memory import MOST_MIB, MOST_RECORDS, Result, Sitting
from advisor.batch.pace import Pace
from advisor.batch.template import template_csv
from advisor.batch.words import against_today, counted, together
from advisor.errors import InputError
from advisor.pages import session
from advisor.pages.blocks import draw, lead
from advisor.pages.words import message, named
from advisor.template import PRESETS
from reports.charts_of_bills import by_choice
from reports.document_of_many import Totals
from reports.results import totals_in
from reports.spreadsheet import harmless, spreadsheet
from reports.tables_of_many import by_choice_table, savings_table

TITLE, ICON, PATH = "Portfolio", ":material/table_view:", "portfolio"

VISIT, SAID, UPLOAD = "portfolio visit", "portfolio said", "portfolio-upload"
EXAMPLE = PRESETS / "portfolio.csv"
CSV = "text/csv"
ONE_PIECE = Lock()  # however many upload at once, they take no more than one core from the other pages
CANCELLED = "Cancelled. Nothing of the table is kept."
INTRO = (
    "Upload a table with a row for each workload. Each is compared as on the first page, with the same prices and "
    "options. It stays in the memory of your session and is forgotten with it."
)
APOSTROPHES = (
    "In these files a text that a spreadsheet would take for a formula begins with an apostrophe; "
    "`advisor batch` leaves every text as it was given."
)
FIGURES: dict[str, Any] = {
    "name": st.column_config.TextColumn("Workload", pinned=True),
    "choice": "Choice",
    "monthly_usd": st.column_config.NumberColumn("Bill a month", format="dollar"),
    "days": st.column_config.NumberColumn("Days to production", format="%.1f"),
    "hours": st.column_config.NumberColumn("Set-up hours", format="%.1f"),
    "tco_usd": st.column_config.NumberColumn("Total over the horizon", format="dollar"),
    "runner_up": "Runner-up",
    "difference_usd": st.column_config.NumberColumn("Costs more by", format="dollar"),
    "saving_monthly_usd": st.column_config.NumberColumn("Saves a month", format="dollar"),
    "mode": "Billed by",
    "machine": "Machine",
    "purchase": "Bought",
}


@dataclass
class Visit:
    """A table of this session, how far it is, and on which prices and options."""

    sitting: Sitting
    basis: object

    @cached_property
    def result(self) -> Result:
        """What it came to, once it is complete."""
        return self.sitting.result

    @cached_property
    def totals(self) -> Totals:
        """What all choices come to."""
        return totals_in(self.result.answers)

    @cached_property
    def answers(self) -> pa.Table:
        """The answers as they are shown."""
        return harmless(self.result.answers)

    @cached_property
    def refused(self) -> pa.Table:
        """The refused records as they are shown."""
        return harmless(self.result.refused)


def page() -> None:
    """Draw the page."""
    st.title("Where should all our workloads run?")
    st.markdown(INTRO)
    _ask()
    if said := st.session_state.pop(SAID, None):
        st.error(message(said)) if isinstance(said, InputError) else st.info(said)
    visit: Visit | None = st.session_state.get(VISIT)
    if visit is None:
        return
    running = st.empty()
    if not visit.sitting.complete:
        with running.container():
            _carry_out(visit.sitting)
        running.empty()
    _show(visit)


def _ask() -> None:
    """A file, the example, or a template to fill in."""
    st.file_uploader(
        f"CSV in UTF-8 with a header, at most {MOST_RECORDS:,} rows",
        type="csv",
        key=UPLOAD,
        on_change=_uploaded,
        max_upload_size=MOST_MIB,
    )
    with st.container(horizontal=True):
        st.button("Try the example", key="portfolio-example", icon=":material/play_arrow:", on_click=_try_example)
        st.download_button(
            "Template to fill in",
            template_csv(),
            "workloads.csv",
            CSV,
            key="portfolio-template",
            icon=":material/download:",
            on_click="ignore",
        )


def _uploaded() -> None:
    upload = st.session_state[UPLOAD]
    st.session_state.pop(VISIT, None)
    if upload is not None:
        _begin(upload.name, upload.getvalue())


def _try_example() -> None:
    _begin(EXAMPLE.name, EXAMPLE.read_bytes())


def _begin(name: str, data: bytes) -> None:
    """Read a table, in place of the one before."""
    st.session_state.pop(VISIT, None)
    try:
        st.session_state[VISIT] = Visit(Sitting.of(name, data, _context()), _basis())
    except InputError as error:
        st.session_state[SAID] = error


def _again(visit: Visit) -> None:
    """The same table with the prices and options of now."""
    try:
        st.session_state[VISIT] = Visit(visit.sitting.anew(_context()), _basis())
    except InputError as error:
        st.session_state[SAID] = error


def _cancel() -> None:
    st.session_state.pop(VISIT, None)
    st.session_state[SAID] = CANCELLED


def _context() -> Context:
    return Context(session.own_book_of(session.scenario()), session.platforms(), session.pace())


def _basis() -> object:
    """What the answers rest on besides the table."""
    asked = session.scenario()
    return asked.as_of, asked.overlay, asked.platforms, asked.pace


def _carry_out(sitting: Sitting) -> None:
    """Evaluate what is left, a piece at a time.

    Whatever the user clicks ends this run of the script between two pieces; the next run goes on from there, or not.
    """
    pace = Pace()
    for part in sitting.parts:  # done before the page was left
        pace.count(part, sitting.share, fresh=False)
    st.markdown(f"**{named(sitting.name)}**")
    bar = st.progress(sitting.share, text="Starting")
    st.button("Cancel", key="portfolio-cancel", icon=":material/close:", on_click=_cancel)
    while not sitting.complete:
        with ONE_PIECE:
            done = sitting.step()
        pace.count(done, sitting.share, fresh=True)
        bar.progress(sitting.share, text=pace.sentence)


def _show(visit: Visit) -> None:
    """Totals first, then every workload, then what was refused."""
    result, summary = visit.result, visit.result.summary
    st.subheader(named(visit.sitting.name), divider=True)
    if visit.basis != _basis():
        st.warning("Prices, options or the team's pace have changed since these figures were worked out.")
        st.button("Work them out again", key="portfolio-again", on_click=_again, args=(visit,))
    if result.answers.num_rows:
        lead([together(summary), against_today(summary)], "portfolio")
    st.caption(counted(visit.sitting.records, result.answers.num_rows, result.refused.num_rows))
    if result.answers.num_rows:
        _totals(visit.totals)
        _answers(visit)
    if result.refused.num_rows:
        _refused(visit)


def _totals(totals: Totals) -> None:
    left, right = st.columns(2)
    with left:
        draw(by_choice_table(totals))
    with right:
        if chart := by_choice(totals.by_choice):
            draw(chart)
    if totals.savings:
        draw(savings_table(totals))


def _answers(visit: Visit) -> None:
    """Every workload, filtered, and all of them as a file."""
    st.subheader("Every workload")
    choice, words = st.columns(2)
    choices = choice.multiselect("Choice", list(visit.result.summary.chosen), key="portfolio-choices")
    said = words.text_input("Name or other text holds", key="portfolio-words")
    carried = visit.answers.column_names[: len(visit.sitting.form.header.carried)]
    rows = rows_with(visit.answers, choices, said, carried)
    columns = dict.fromkeys((*FIGURES, *carried))
    st.dataframe(
        rows, column_order=columns, column_config=FIGURES, hide_index=True, placeholder="", key="portfolio-rows"
    )
    st.caption(f"{rows.num_rows:,} of {visit.answers.num_rows:,} shown. {APOSTROPHES}")
    _download("All answers", visit.result.answers, "answers.csv")


def _refused(visit: Visit) -> None:
    st.subheader("Refused records")
    st.markdown("Mend them in the file and upload it again: the added columns are carried through.")
    st.dataframe(visit.refused, hide_index=True, placeholder="", key="portfolio-refused")
    _download("Refused records with reasons", visit.result.refused, "refused.csv")


def _download(label: str, table: pa.Table, file: str) -> None:
    """A file that is made when it is asked for."""
    st.download_button(
        label,
        lambda: spreadsheet(table),
        file,
        CSV,
        key=f"portfolio-{file}",
        icon=":material/download:",
        on_click="ignore",
    )
