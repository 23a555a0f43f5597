"""Page 7: what the prices rest on, where some are missing, and prices of one's own."""

from __future__ import annotations

import datetime as dt

import streamlit as st

from advisor.coverage import coverage
from advisor.pages import own_prices, session
from advisor.pages.blocks import draw
from advisor.pages.scenario import Scenario
from advisor.platforms import PLATFORMS
from advisor.price_documents import coverage_document, holdings_document, service_document
from advisor.price_words import REFERENCES, Document, outside_words, shortfalls
from pricing import PriceBook, load
from pricing.book import load_under
from reports.charts_of_prices import coverage_chart
from reports.content import Bullets, Paragraph
from reports.tables_of_prices import holdings_sentence, holdings_table, service_tables

TITLE, ICON, PATH = "Prices", ":material/sell:", "prices"
EVERYWHERE = "every region"
MOST_KEPT = 8  # books whose inventory and coverage are kept, for all sessions together


def page() -> None:
    """Draw the page: what is quick first, the coverage of every option last."""
    st.title("What do the prices rest on?")
    own_prices.sign("top")
    book = session.book()
    holdings = holdings_of(session.scenario())
    _summary(holdings)
    _service(book, holdings)
    own_prices.section()
    st.subheader("Where can each option be priced?")
    _coverage()


def _summary(holdings: Document) -> None:
    draw(Paragraph(holdings_sentence(holdings)))
    with st.expander("What the book holds, service by service"):
        draw(holdings_table(holdings))


def _service(book: PriceBook, holdings: Document) -> None:
    """Every price and fact of one service, with its source."""
    st.subheader("Who says so?")
    left, right = st.columns(2)
    listed = {each["service"]: each["title"] for each in holdings["services"]}
    titles = {name: listed[name] for name in (*_of_the_choice(), *listed) if name in listed}
    name = left.selectbox("Service", titles, format_func=lambda each: f"{titles[each]} ({each})", key="service")
    vendor = name.split("/")[0]
    regions = [EVERYWHERE, *sorted(book.regions(vendor))]
    own = book.place(session.workload().geography).regions.get(vendor, EVERYWHERE)
    region = right.selectbox("Region", regions, index=regions.index(own), key=f"region-{vendor}")
    for table in service_tables(service_document(book, name, None if region == EVERYWHERE else region)):
        draw(table)


def _of_the_choice() -> tuple[str, ...]:
    """The services that the choice is billed for, which stand first."""
    chosen = session.chapter().choice.option
    return next((each.services for each in session.platforms() if each.id == chosen), ())


def _coverage() -> None:
    reference = st.segmented_control(
        "Asked for", REFERENCES, default="cpu", required=True, format_func=REFERENCES.__getitem__, key="reference"
    )
    with st.spinner("Every option is asked in every geography …"):
        cells = coverage_for(session.scenario())["cells"]
    draw(coverage_chart(cells, reference or "cpu"))
    draw(Bullets(tuple(shortfalls(cells)), title="What is missing, and where", folded=True))
    if outside := tuple(outside_words(cells)):
        draw(Bullets(outside, title="What is served from outside", folded=True))


def holdings_of(asked: Scenario) -> Document:
    """What the book of a scenario lists."""
    return _holdings(asked.as_of, asked)


def coverage_for(asked: Scenario) -> Document:
    """Where every option can be priced, with the prices of a scenario."""
    return _covered(asked.as_of, asked.overlay)


@st.cache_resource(max_entries=MOST_KEPT, show_spinner=False)
def _holdings(as_of: dt.date, _asked: Scenario) -> Document:  # noqa: ARG001 - the cache looks at it
    with session.ONE_AT_A_TIME:
        return holdings_document(session.book_of(_asked.with_(overlay=b"")))


@st.cache_resource(max_entries=MOST_KEPT, show_spinner=False)
def _covered(as_of: dt.date, overlay: bytes) -> Document:
    """On a book of its own: this takes seconds, and nobody shall wait for the shared one that long."""
    book = load_under(as_of, overlay, session.YOUR_PRICES) if overlay else load(as_of)
    return coverage_document(book, coverage(PLATFORMS, book))
