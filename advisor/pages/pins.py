"""Two scenarios kept aside, to be compared side by side with the present one."""

from __future__ import annotations

import streamlit as st

from advisor.pages import session
from advisor.pages.blocks import draw
from advisor.pages.scenario import Scenario
from advisor.pages.words import named
from reports.overview import scenarios_beside

PINS = "pins"
MOST_PINS = 2
LETTERS = "AB"


def pinned() -> tuple[Scenario, ...]:
    """The scenarios that were kept, oldest first."""
    found: tuple[Scenario, ...] = st.session_state.get(PINS, ())
    return found


def buttons() -> None:
    """Keep the present scenario; return to one that was kept, or let it go."""
    kept = pinned()
    st.button("Pin this one", key="pin", on_click=_pin, disabled=len(kept) == MOST_PINS or session.scenario() in kept)
    for place, each in enumerate(kept):
        st.markdown(f"**{LETTERS[place]}** {named(each.workload.name)}")
        with st.container(horizontal=True):
            st.button("Open", key=f"open-pin-{place}", on_click=_open, args=(place,))
            st.button("Unpin", key=f"unpin-{place}", on_click=_unpin, args=(place,))
    st.caption("Pin up to two, change the workload, and see them side by side under Compare.")


def _pin() -> None:
    st.session_state[PINS] = (*pinned(), session.scenario())


def _unpin(place: int) -> None:
    st.session_state[PINS] = tuple(each for at, each in enumerate(pinned()) if at != place)


def _open(place: int) -> None:
    session.take(pinned()[place])


def side_by_side() -> None:
    """The pinned scenarios beside the present one."""
    if not pinned():
        return
    shown = {f"pinned {LETTERS[place]}": each for place, each in enumerate(pinned())} | {"now": session.scenario()}
    asked = {
        "prices of": [str(each.as_of) for each in shown.values()],
        "options": [", ".join(each.options) or "all" for each in shown.values()],
        "serving stacks": ["yes" if each.stacks else "no" for each in shown.values()],
        "own prices": [_own(session.book_of(each).fingerprint, bool(each.overlay)) for each in shown.values()],
        "own pace": ["yes" if each.pace else "no" for each in shown.values()],
    }
    st.subheader("Pinned scenarios beside the present one")
    draw(scenarios_beside({name: session.outline_for(each) for name, each in shown.items()}, asked))


def _own(fingerprint: str, overlaid: bool) -> str:
    return f"yes ({fingerprint})" if overlaid else "no"
