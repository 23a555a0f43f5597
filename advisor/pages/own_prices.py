"""The user's own prices: entered, edited or uploaded, in use on every page once accepted, and dropped again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from advisor.pages import inventory, session
from advisor.pages.blocks import draw
from advisor.pages.words import inert, message
from pricing import FactError, PriceBook
from pricing.overlay import PURCHASED
from pricing.overlay_text import EXAMPLE, with_entry
from reports.tables_of_prices import listed_sentence, overlay_table

DRAFT, FAULT, EDITOR = "overlay-draft", "overlay-fault", "overlay-text"
EVERYWHERE, EVERY_VENDOR, EVERY_SERVICE = "every region", "every vendor", "every service"
MEGABYTE = 1  # the size of an overlay; the reader refuses what is larger


def sign(key: str) -> None:
    """Say that prices of one's own are in use, and offer to drop them; nothing otherwise."""
    if not session.overlay():
        return
    book = session.book()
    with st.container(border=True):
        st.badge("Your own prices are in use", icon=":material/sell:", color="green")
        st.markdown(f"**{inert(book.overlay.name)}**, {inert(book.overlay.source)}: on every page.")
        st.caption(f"Fingerprint with them: {book.fingerprint}")
        with st.container(horizontal=True):
            st.button("Back to list prices", key=f"drop-prices-{key}", on_click=_drop)
            st.download_button("Keep them: overlay.yaml", session.overlay(), "overlay.yaml", "application/yaml")


def section() -> None:
    """Enter prices of one's own, see what they change."""
    st.subheader("Do you pay other prices?")
    st.markdown("Discounts and prices of your contract take the place of the list on every page of this session.")
    discount, price, machine, text = st.tabs(["A discount", "A price", "A machine", "As text"])
    book = session.book()
    with discount:
        _discount(book)
    with price:
        _price(book)
    with machine:
        _machine(book)
    with text:
        _text()
    if fault := st.session_state.get(FAULT):
        st.error(message(fault))
    if session.overlay():
        listed = session.chapter_for(session.scenario().with_(overlay=b""))
        draw(overlay_table(listed, session.chapter()))


def _discount(book: PriceBook) -> None:
    left, middle, right = st.columns(3)
    vendor = left.selectbox("Vendor", [EVERY_VENDOR, *sorted(book.vendors())], key="discount-vendor")
    sold = sorted(name for name in {*book.services(), *book.markets()} if name.startswith(f"{vendor}/"))
    service = middle.selectbox("Service", [EVERY_SERVICE, *sold], key="discount-service")
    percent = right.number_input(
        "Percent off", -1000.0, 99.99, 10.0, step=1.0, key="discount-percent", help="Below zero it is a mark-up."
    )
    about = {"vendor": vendor} if service == EVERY_SERVICE else {"service": service}
    _add("discounts", {"percent": percent, **({} if vendor == EVERY_VENDOR else about)}, "Use this discount")


def _price(book: PriceBook) -> None:
    left, right = st.columns(2)
    service = left.selectbox("Service", [name for name in book.services() if book.meters(name)], key="price-service")
    known = {each["meter"]: each for each in inventory.service_of(session.scenario(), service, None)["meters"]}
    meter = right.selectbox("Price of", known, format_func=lambda name: str(known[name]["label"]), key="price-meter")
    region = left.selectbox("Where", _regions(book, service), key="price-region")
    usd = right.number_input(f"USD per {known[meter]['unit']}", 0.0, None, None, format="%.9g", key="price-usd")
    listed = inventory.service_of(session.scenario(), service, _in(region).get("region"))
    st.caption(inert(listed_sentence(listed, meter)))
    _add("prices", {"service": service, "meter": meter, **_in(region), "usd": usd}, "Use this price")


def _machine(book: PriceBook) -> None:
    left, right = st.columns(2)
    market = left.selectbox("Sold by", sorted(book.markets()), key="machine-market")
    machine = right.selectbox("Machine", sorted(book.machine_names(market)), key="machine-name")
    region = left.selectbox("Where", _regions(book, market), key="machine-region")
    purchase = right.selectbox("Bought", PURCHASED, key="machine-purchase")
    usd = left.number_input("USD an hour", 0.0, None, None, format="%.6g", key="machine-usd")
    entry = {"market": market, "machine": machine, "purchase": purchase, **_in(region), "usd_per_hour": usd}
    _add("prices", entry, "Use this machine's price")


def _regions(book: PriceBook, service: str) -> list[str]:
    return [EVERYWHERE, *sorted(book.regions(service.split("/")[0]))]


def _in(region: str) -> dict[str, str]:
    return {} if region == EVERYWHERE else {"region": region}


def _add(section: str, entry: Mapping[str, Any], label: str) -> None:
    st.button(label, type="primary", on_click=_added, args=(section, entry))


def _text() -> None:
    """The whole of it, for those who know what they write; and files."""
    if EDITOR not in st.session_state:
        st.session_state[EDITOR] = st.session_state.get(DRAFT, session.overlay().decode())
    st.text_area("Your prices as YAML", key=EDITOR, height=260, placeholder=EXAMPLE, on_change=_drafted)
    with st.container(horizontal=True):
        st.button("Use these prices", type="primary", key="use-text", on_click=_typed)
        st.download_button("Keep the text", st.session_state[EDITOR], "overlay.yaml", "application/yaml")
    with st.expander("An example"):
        st.code(EXAMPLE, "yaml")
    file = st.file_uploader("Or a file kept earlier", ["yaml", "yml"], key="overlay-file", max_upload_size=MEGABYTE)
    if file is not None:
        st.button("Use the prices of this file", key="use-file", on_click=_accept, args=(file.getvalue(),))


def _drafted() -> None:
    st.session_state[DRAFT] = st.session_state[EDITOR]


def _typed() -> None:
    _accept(st.session_state[EDITOR].encode())


def _added(section: str, entry: Mapping[str, Any]) -> None:
    try:
        _accept(with_entry(session.overlay(), session.YOUR_PRICES, section, entry))
    except FactError as error:
        st.session_state[FAULT] = str(error)


def _accept(text: bytes) -> None:
    """Lay them over the list, or say what is wrong with them and leave everything as it was."""
    try:
        session.set_overlay(text if text.strip() else b"")
    except FactError as error:
        st.session_state[FAULT] = str(error)
        return
    st.session_state[FAULT] = ""
    st.session_state[DRAFT] = st.session_state[EDITOR] = session.overlay().decode("utf-8-sig")


def _drop() -> None:
    _accept(b"")
