"""Draws what reports are made of: a paragraph, a table, a chart looks the same on every page.

Tables are HTML that the writer of reports made and escaped; all other texts are made inert here.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import singledispatch

import streamlit as st

from advisor.pages.words import inert
from reports.content import Block, Bullets, Chart, Listing, Paragraph, Table
from reports.html import grid

LEGEND_PX = 7  # of height for each name below a chart
CHART_BUTTONS = {"displaylogo": False, "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"]}


def lead(sentences: Sequence[str], about: str = "answer") -> None:
    """What a reader in a hurry reads: the first sentence large. `about` tells two leads of a page apart."""
    first, *others = map(inert, sentences)
    with st.container(key=f"lead-{about}"):  # its key is a class in the style
        st.markdown(f"**{first}**\n\n{' '.join(others)}")


@singledispatch
def draw(block: Block) -> None:
    """Draw a block of a report."""
    raise TypeError(block)


@draw.register
def _(block: Paragraph) -> None:
    st.markdown(inert(block.text))


@draw.register
def _(block: Bullets) -> None:
    lines = "\n".join(f"- {inert(item)}" for item in block.items)
    if block.folded:
        st.expander(block.title).markdown(lines)
    else:
        st.markdown(f"**{inert(block.title)}**\n\n{lines}" if block.title else lines)


@draw.register
def _(block: Table) -> None:
    if block.folded:
        with st.expander(block.title):
            st.html("".join(grid(block, "")))
    else:
        st.html("".join(grid(block, block.title)))


@draw.register
def _(block: Chart) -> None:
    names = [trace for trace in block.figure["data"] if trace.get("showlegend", True)]
    height = block.figure["layout"]["height"] + LEGEND_PX * len(names)
    st.plotly_chart(block.figure, height=height, key=f"chart-{block.name}", config=CHART_BUTTONS, alt=block.caption)
    st.caption(inert(block.caption))


@draw.register
def _(block: Listing) -> None:
    st.markdown(f"**{inert(block.name)}**")
    st.code(block.text, language=None)
