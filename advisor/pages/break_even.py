"""Page 4: what would have to be different for another option to win."""

from __future__ import annotations

import streamlit as st

from advisor.answer import Answer
from advisor.breakeven import Breakeven, Sweep, breakeven_of, pair_of
from advisor.breakeven_words import outcome
from advisor.choice_words import flip_sentences, verdict
from advisor.pages import session
from advisor.pages.blocks import draw, lead
from advisor.pages.scenario import Scenario
from advisor.pages.words import inert
from reports.assemble import sweep_of
from reports.charts import cumulative
from reports.charts_of_sweeps import called, cost_against, priced_somewhere, worth_showing
from reports.content import Bullets, Paragraph
from reports.tables_of_sweeps import cheapest_table, crossings_table

TITLE, ICON, PATH = "Break-even", ":material/compare_arrows:", "break-even"
OVER = {
    "requests": "Requests",
    "horizon": "Horizon",
    "wage": "Wage",
    "delay": "Delay",
    "skill": "Skill",
}
BADGES = {
    "reached": ("The order flips", "blue"),
    "not reached": ("Not reached", "gray"),
    "not computed": ("Not computed", "orange"),
}
MOST_FOUND = 48  # break-evens kept for all sessions together


def page() -> None:
    """Draw the page: at once what is known already, then what takes a sweep."""
    st.title("When would another option win?")
    answer = session.answer()
    lead(tuple(verdict(answer)), "choice")
    pair, reason = pair_of(answer, None)
    swept = st.container()
    if pair is None:
        swept.warning(inert(f"Not computed: {reason}."), icon=":material/help:")
    st.subheader("What has each cost, month by month?")
    if chart := cumulative(session.chapter()):
        draw(chart)
    if flips := tuple(flip_sentences(answer)):
        st.subheader("What else would change the choice?")
        draw(Bullets(flips))
    if pair is not None:
        with swept:
            _swept(answer, pair)


def _swept(answer: Answer, pair: tuple[str, str]) -> None:
    """One figure varied, for the choice and the option it is held against."""
    left, right = st.columns(2, vertical_alignment="bottom")
    session.remember("over", list(OVER), "requests")
    over = left.segmented_control("What varies", OVER, required=True, format_func=OVER.__getitem__, key="over")
    others = [each.option for each in answer.ranking if each.option != pair[0]]
    against = right.selectbox(f"{pair[0]} against", others, index=others.index(pair[1]))
    with st.spinner("Everything is chosen anew at each value …"):
        found = breakeven_for(session.scenario(), against, over or "requests")
    for sweep in found.sweeps:
        _draw(sweep, found)
    st.caption(_rests_on(answer))


def _draw(sweep: Sweep, found: Breakeven) -> None:
    words, colour = BADGES[sweep.status]
    st.subheader(f"Total cost against {called(sweep.field)}")
    st.markdown(f":{colour}-badge[{words}]")
    draw(Paragraph(outcome(sweep)))
    if sweep.status == "not computed":
        st.warning(inert(f"Missing: {found.reason}."), icon=":material/help:")
    drawn = sweep_of(sweep)
    chart = st.container()
    with st.expander("Which options are drawn"):
        lines = st.multiselect(f"Lines over {called(sweep.field)}", priced_somewhere(drawn), worth_showing(drawn))
    with chart:
        draw(cost_against(session.chapter(), drawn, lines))
    if sweep.crossings:
        draw(crossings_table(sweep))
    draw(cheapest_table(sweep))


def _rests_on(answer: Answer) -> str:
    book = answer.book
    return inert(f"Prices as of {book.as_of}, fingerprint {book.fingerprint}; people, delay and growth included.")


def breakeven_for(asked: Scenario, against: str, over: str) -> Breakeven:
    """A break-even of a scenario, kept for whoever asks the same again."""
    return _found(asked.key, against, over, asked)


@st.cache_resource(max_entries=MOST_FOUND, show_spinner=False)
def _found(key: str, against: str, over: str, _asked: Scenario) -> Breakeven:  # noqa: ARG001 - the cache looks at it
    answer = session.answer_of(_asked)
    with session.ONE_AT_A_TIME:
        return breakeven_of(answer, _asked.platforms, against, over)
