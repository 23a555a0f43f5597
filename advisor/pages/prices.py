"""Page 7: what the prices rest on, where some are missing, and prices of one's own."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from advisor.pages import inventory, own_prices, session
from advisor.pages.blocks import draw
from advisor.price_words import REFERENCES, Document, outside_words, shortfalls
from reports.charts_of_prices import coverage_chart
from reports.content import Bullets, Paragraph, Table
from reports.tables_of_prices import holdings_sentence, holdings_table, service_tables

TITLE, ICON, PATH = "Prices", ":material/sell:", "prices"
EVERYWHERE = "every region"


def page() -> None:
    """Draw the page: what is quick first, the coverage of every option last."""
    st.title("What do the prices rest on?")
    own_prices.sign("top")
    holdings = inventory.holdings_of(session.scenario())
    _summary(holdings)
    _service(holdings)
    own_prices.section()
    st.subheader("Where can each option be priced?")
    _coverage()


def _summary(holdings: Document) -> None:
    draw(Paragraph(holdings_sentence(holdings)))
    with st.expander("What the book holds, service by service"):
        draw(holdings_table(holdings))


def _service(holdings: Document) -> None:
    """Every price and fact of one service, with its source."""
    st.subheader("Who says so?")
    left, right = st.columns(2)
    book = session.book()
    listed = {each["service"]: each["title"] for each in holdings["services"]}
    titles = {name: listed[name] for name in (*_of_the_choice(), *listed) if name in listed}
    name = left.selectbox("Service", titles, format_func=lambda each: f"{titles[each]} ({each})", key="service")
    vendor = name.split("/")[0]
    regions = [EVERYWHERE, *sorted(book.regions(vendor))]
    own = book.place(session.workload().geography).regions.get(vendor, EVERYWHERE)
    region = right.selectbox("Region", regions, index=regions.index(own), key=f"region-{vendor}")
    where = None if region == EVERYWHERE else region
    for table in service_tables(inventory.service_of(session.scenario(), name, where)):
        _draw(table)


def _draw(table: Table) -> None:
    """A table; hundreds of machines only once somebody unfolds them."""
    if not table.folded:
        draw(table)
        return
    box = st.expander(table.title, key=f"unfold-{table.sheet}", on_change="rerun")
    if box.open:
        with box:
            draw(replace(table, folded=False))


def _of_the_choice() -> tuple[str, ...]:
    """The services that the choice is billed for, which stand first."""
    chosen = session.chapter().choice.option
    return next((each.services for each in session.platforms() if each.id == chosen), ())


def _coverage() -> None:
    reference = st.segmented_control(
        "Asked for", REFERENCES, default="cpu", required=True, format_func=REFERENCES.__getitem__, key="reference"
    )
    with st.spinner("Every option is asked in every geography …"):
        cells = inventory.coverage_of(session.scenario())["cells"]
    draw(coverage_chart(cells, reference or "cpu"))
    draw(Bullets(tuple(shortfalls(cells)), title="What is missing, and where", folded=True))
    if outside := tuple(outside_words(cells)):
        draw(Bullets(outside, title="What is served from outside", folded=True))
