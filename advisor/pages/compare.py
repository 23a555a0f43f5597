"""Page 1: which option to take. The answer first, then all options, then what they cost against how long they take."""

from __future__ import annotations

import streamlit as st

from advisor.choice_words import verdict
from advisor.pages import draft, pins, session
from advisor.pages.blocks import draw, lead
from advisor.pages.words import inert, named
from reports import charts
from reports.content import Bullets
from reports.overview import options_table
from reports.story import asked

TITLE, ICON, PATH = "Compare", ":material/balance:", "compare"
IN_THE_TABLE = "The others"  # a paragraph that says what the table shows


def page() -> None:
    """Draw the page."""
    st.title("Which option should we take?")
    if draft.current().faults:
        st.warning("Some fields cannot be used as they stand: the answer is that of the last workload that could.")
    lead(list(verdict(session.answer())))
    chapter = session.outline()
    st.caption(f"{named(chapter.name)}: {inert(asked(chapter))}")
    draw(options_table(chapter))
    if chart := charts.cost_against_days(chapter):
        st.subheader(chart.title)
        draw(chart)
    pins.side_by_side()
    for paragraph in chapter.text[1:]:  # the first of them is the lead
        if paragraph.heading != IN_THE_TABLE:
            draw(Bullets(paragraph.sentences, title=paragraph.heading))
