"""What stands beside every page: which workload, which options, the prices of which day."""

from __future__ import annotations

import streamlit as st

from advisor.pages import session
from advisor.pages.words import named


def sidebar() -> None:
    """Draw it."""
    with st.sidebar:
        st.markdown(f"**{named(session.workload().name)}**")
