"""Page 2: where the figure of an option comes from."""

from __future__ import annotations

import streamlit as st

from advisor.pages import session
from advisor.pages.blocks import draw
from reports import charts_of_bills

TITLE, ICON, PATH = "Why", ":material/receipt_long:", "why"


def page() -> None:
    """Draw the page."""
    st.title("Why does it cost that?")
    chapter = session.chapter()
    if chapter.chosen and (chart := charts_of_bills.waterfall(chapter.chosen)):
        draw(chart)
