"""Page 1: which option to take."""

from __future__ import annotations

import streamlit as st

from advisor.choice_words import verdict
from advisor.pages import session
from advisor.pages.blocks import draw
from advisor.pages.words import inert
from reports import charts
from reports.tables import costs_table

TITLE, ICON, PATH = "Compare", ":material/balance:", "compare"


def page() -> None:
    """Draw the page."""
    st.title("Which option should we take?")
    for sentence in verdict(session.answer()):
        st.markdown(inert(sentence))
    chapter = session.chapter()
    draw(costs_table(chapter))
    if chart := charts.cost_against_days(chapter):
        draw(chart)
