"""What a user can mend, said on a page as the command line says it."""

from __future__ import annotations

import streamlit as st

from advisor.pages.words import inert


def refusal(error: Exception | str) -> None:
    """What is wrong and what is allowed, a line for each fault; whatever a user wrote in it is inert."""
    st.error("  \n".join(map(inert, str(error).splitlines())), icon=":material/block:")
