"""Page 1: which option to take."""

from __future__ import annotations

import streamlit as st

from advisor.choice_words import verdict
from advisor.pages import session
from advisor.pages.words import inert
from reports import charts

TITLE, ICON, PATH = "Compare", ":material/balance:", "compare"


def page() -> None:
    """Draw the page."""
    st.title("Which option should we take?")
    for sentence in verdict(session.answer()):
        st.markdown(inert(sentence))
    if chart := charts.cost_against_days(session.chapter()):
        st.plotly_chart(chart.figure, key=chart.name)
