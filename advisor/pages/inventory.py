"""What the price book holds, kept for all sessions: the list does not depend on anybody's own prices."""

from __future__ import annotations

import datetime as dt

import streamlit as st

from advisor.coverage import coverage
from advisor.pages import session
from advisor.pages.scenario import Scenario
from advisor.platforms import PLATFORMS
from advisor.price_documents import coverage_document, holdings_document, service_document
from advisor.price_words import Document
from pricing import load
from pricing.book import load_under

MOST_BOOKS, MOST_SERVICES = 8, 64


def holdings_of(asked: Scenario) -> Document:
    """What the book of a scenario lists."""
    return _holdings(asked.as_of, asked.with_(overlay=b""))


def service_of(asked: Scenario, service: str, region: str | None) -> Document:
    """Every price and fact that the book of a scenario lists of a service, everywhere or in one region."""
    return _service(asked.as_of, service, region, asked.with_(overlay=b""))


def coverage_of(asked: Scenario) -> Document:
    """Where every option can be priced, with the prices of a scenario."""
    return _coverage(asked.as_of, asked.overlay)


@st.cache_resource(max_entries=MOST_BOOKS, show_spinner=False)
def _holdings(as_of: dt.date, _asked: Scenario) -> Document:  # noqa: ARG001 - the cache looks at it
    with session.ONE_AT_A_TIME:
        return holdings_document(session.book_of(_asked))


@st.cache_resource(max_entries=MOST_SERVICES, show_spinner=False)
def _service(as_of: dt.date, service: str, region: str | None, _asked: Scenario) -> Document:  # noqa: ARG001
    with session.ONE_AT_A_TIME:
        return service_document(session.book_of(_asked), service, region)


@st.cache_resource(max_entries=MOST_BOOKS, show_spinner=False)
def _coverage(as_of: dt.date, overlay: bytes) -> Document:
    """On a book of its own: this takes seconds, and nobody shall wait for the shared one that long."""
    book = load_under(as_of, overlay, session.YOUR_PRICES) if overlay else load(as_of)
    return coverage_document(book, coverage(PLATFORMS, book))
