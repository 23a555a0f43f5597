"""What a page may ask for: the scenario of this session, and the answer to it.

Everything a user set stands in the session's own state. What is cached across sessions is found by its whole content,
so nobody sees what somebody else typed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache
from threading import RLock

import streamlit as st

from advisor.answer import Answer, compare_one
from advisor.errors import InputError
from advisor.hours import OwnPace
from advisor.pages.link import PARAMETER, decoded
from advisor.pages.scenario import Scenario, first_scenario
from advisor.platforms.platform import Platform
from advisor.workload import Workload
from pricing import FactError, PriceBook, load
from pricing.book import load_under
from reports.assemble import chapter_of, outline_of
from reports.document import Chapter

SCENARIO, NOTICE = "scenario", "notice"
YOUR_PRICES = "your prices"
MOST_BOOKS, MOST_ANSWERS = 4, 64  # kept for all sessions together
ONE_AT_A_TIME = RLock()  # a book remembers what it read; and two that compute at once only slow each other down


def begin() -> None:
    """Give a new session its scenario: that of the link it was opened with, else an example."""
    if SCENARIO in st.session_state:
        return
    st.session_state[SCENARIO] = first_scenario(dt.date.today())
    if code := st.query_params.get(PARAMETER):
        try:
            st.session_state[SCENARIO] = decoded(code)
        except (InputError, FactError) as error:
            st.session_state[NOTICE] = f"{error}. Here is the example instead."


def notice() -> str:
    """What a visitor must know before anything else; empty if nothing."""
    found: str = st.session_state.get(NOTICE, "")
    return found


def scenario() -> Scenario:
    """All that the answer of this session depends on."""
    begin()
    found: Scenario = st.session_state[SCENARIO]
    return found


def change(**fields: object) -> None:
    """Replace parts of the scenario."""
    st.session_state.pop(NOTICE, None)
    st.session_state[SCENARIO] = scenario().with_(**fields)


def remember(key: str, names: Sequence[str], first: str | None) -> None:
    """Let a choice among names outlive the visit of another page, as long as it is one. Called before its widget."""
    held = st.session_state.get(key, st.session_state.get(f"last-{key}", first))
    st.session_state[key] = st.session_state[f"last-{key}"] = held if held in names else first


def take(asked: Scenario) -> None:
    """Ask about another scenario altogether."""
    st.session_state.pop(NOTICE, None)
    st.session_state[SCENARIO] = asked


def workload() -> Workload:
    """The last workload that was valid."""
    return scenario().workload


def set_workload(asked: Workload) -> None:
    """Ask about another workload."""
    change(workload=asked)


def pace() -> OwnPace | None:
    """The team's own pace, where it was calibrated."""
    return scenario().pace


def set_pace(own: OwnPace | None) -> None:
    """Take a team's own pace, or return to the usual one."""
    change(pace=own)


def overlay() -> bytes:
    """The user's own prices as the text of an overlay; empty where there are none."""
    return scenario().overlay


def set_overlay(text: bytes) -> None:
    """Lay prices of one's own over the list. Raises `FactError`, and changes nothing, where they cannot be used."""
    _book(scenario().as_of, text)
    change(overlay=text)


def platforms() -> tuple[Platform, ...]:
    """The options that are compared."""
    return scenario().platforms


def book() -> PriceBook:
    """The price book of the day, under the user's own prices."""
    return book_of(scenario())


def answer() -> Answer:
    """The comparison of this session."""
    return answer_of(scenario())


def chapter() -> Chapter:
    """The answer in the form that charts and tables are drawn from, without its break-evens."""
    return chapter_for(scenario())


def outline() -> Chapter:
    """The same without what stands behind each figure, which is most of it: enough to compare, and soon there."""
    return outline_for(scenario())


def book_of(asked: Scenario) -> PriceBook:
    """The price book of a scenario."""
    return _book(asked.as_of, asked.overlay)


def own_book_of(asked: Scenario) -> PriceBook:
    """The same prices in a book that nobody else reads.

    For work so long that others shall not wait for it, and for documents that tell which prices they read.
    """
    return _loaded(asked.as_of, asked.overlay)


def answer_of(asked: Scenario) -> Answer:
    """The comparison of a scenario."""
    return _answer(asked.key, asked)


def outline_for(asked: Scenario) -> Chapter:
    """The outline of a scenario's chapter."""
    return _outline(asked.key, asked)


def chapter_for(asked: Scenario) -> Chapter:
    """The chapter of a scenario, without its break-evens."""
    return _chapter(asked.key, asked)


@lru_cache(maxsize=MOST_BOOKS)
def _book(as_of: dt.date, text: bytes) -> PriceBook:
    return _loaded(as_of, text)


def _loaded(as_of: dt.date, text: bytes) -> PriceBook:
    return load_under(as_of, text, YOUR_PRICES) if text else load(as_of)


@st.cache_resource(max_entries=MOST_ANSWERS, show_spinner=False)
def _answer(key: str, _asked: Scenario) -> Answer:  # noqa: ARG001 - the key is what the cache looks at
    with ONE_AT_A_TIME:
        return compare_one(_asked.workload, _asked.platforms, book_of(_asked), _asked.pace)


@st.cache_resource(max_entries=MOST_ANSWERS, show_spinner=False)
def _outline(key: str, _asked: Scenario) -> Chapter:  # noqa: ARG001
    answer = answer_of(_asked)
    with ONE_AT_A_TIME:
        return outline_of(answer)


@st.cache_resource(max_entries=MOST_ANSWERS, show_spinner=False)
def _chapter(key: str, _asked: Scenario) -> Chapter:  # noqa: ARG001
    answer = answer_of(_asked)
    with ONE_AT_A_TIME:
        return chapter_of(answer, _asked.platforms, {}, overs=())
