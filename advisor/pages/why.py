"""Page 2: where the figure of an option comes from, and that of a second one beside it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from advisor.pages import session
from advisor.pages.blocks import draw, lead
from reports import charts_of_bills, charts_of_time
from reports.content import Bullets
from reports.document import Chapter, Option
from reports.evidence import facts_table, margins_table, sourced_bill
from reports.overview import headline, lines_beside

TITLE, ICON, PATH = "Why", ":material/receipt_long:", "why"
ONE, OTHER = "why-option", "why-other"


def page() -> None:
    """Draw the page."""
    st.title("Why does it cost that?")
    chapter = session.chapter()
    one, other = _chosen(chapter)
    lead(headline(one, chapter))
    if other:
        _beside(one, other, chapter)
    _bill(one)
    _capacity(chapter, [one, other] if other else [one])
    draw(margins_table(one))
    _assumed(one, chapter)


def _chosen(chapter: Chapter) -> tuple[Option, Option | None]:
    """Which option is explained, and which stands beside it, if any."""
    names = [option.option for option in chapter.options]
    left, right = st.columns(2)
    with left:
        session.remember(ONE, names, names[0])
        one = st.selectbox("Option", names, key=ONE)
    with right:
        session.remember(OTHER, names, None)
        other = st.selectbox("Beside it", names, index=None, placeholder="none", key=OTHER)
    return chapter.named(one) or chapter.options[0], chapter.named(other)


def _beside(one: Option, other: Option, chapter: Chapter) -> None:
    st.subheader(f"{one.option} beside {other.option}")
    lead(headline(other, chapter), "other")
    draw(lines_beside(one, other))


def _bill(option: Option) -> None:
    st.subheader("The bill of a month")
    if chart := charts_of_bills.waterfall(option):
        draw(charts_of_time.names_above(chart))
    draw(sourced_bill(option))


def _capacity(chapter: Chapter, options: Sequence[Option]) -> None:
    if chart := charts_of_time.replicas_beside_traffic(chapter, options):
        st.subheader(chart.title)
        draw(chart)


def _assumed(option: Option, chapter: Chapter) -> None:
    """What the figure rests on besides prices."""
    st.subheader("What it rests on")
    if option.assumptions:
        draw(Bullets(option.assumptions, title="Assumptions"))
    draw(Bullets(chapter.defaults, title=f"Fields left blank: {len(chapter.defaults)}", folded=True))
    draw(facts_table([option]))
