"""Which option a page speaks of: the choice, until somebody picks another."""

from __future__ import annotations

import streamlit as st

from advisor.pages import session
from reports.document import Option


def chosen_option(label: str, key: str) -> Option | None:
    """Let somebody pick an option; the cheapest in total stands first. None, with a word, where there is none."""
    options = {option.option: option for option in session.chapter().options}
    if not options:
        st.info("No option is compared.")
        return None
    session.remember(key, list(options), next(iter(options)))
    picked = st.selectbox(label, options, key=key, help="By total cost of ownership, the choice first.")
    return options[picked]
