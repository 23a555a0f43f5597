"""The dashboard's door: lists the pages, runs the chosen one. `advisor dashboard` starts it."""

from __future__ import annotations

import streamlit as st

from advisor.pages import PAGES, session
from advisor.pages.sidebar import sidebar
from advisor.pages.style import ICON, STYLE
from advisor.pages.words import message

st.set_page_config(page_title="deploy-advisor", page_icon=ICON, layout="wide")
st.html(STYLE)
session.begin()
page = st.navigation(
    [
        st.Page(module.page, title=module.TITLE, icon=module.ICON, url_path=module.PATH, default=module is PAGES[0])
        for module in PAGES
    ],
    position="top",
)
sidebar()
if notice := session.notice():
    st.warning(message(notice))
page.run()
