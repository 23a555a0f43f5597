"""The form of a workload, derived from the declarations of its fields: the essential ones, the rest folded by group."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from advisor.fields import extra, gpu_text, kind_of, longest, numbers_in
from advisor.pages import draft, session
from advisor.pages.choices import choices
from advisor.pages.draft import Draft
from advisor.pages.labels import explained, label, number_format, step
from advisor.pages.words import inert
from advisor.workload import FIELDS

ESSENTIAL = (
    "name",
    "geography",
    "requests_per_month",
    "profile",
    "duration_s",
    "concurrency",
    "vcpu",
    "memory_gib",
    "gpu",
    "cold_starts_allowed",
    "has_cluster",
    "skill_kubernetes",
    "horizon_months",
)
BLANK = "blank"


def form() -> None:
    """Draw the form."""
    found = draft.current()
    for name in ESSENTIAL:
        _field(name, found)
    st.caption("More about the workload. What you leave as it is has a default, and every default is listed under Why.")
    for group, names in folded().items():
        wrong = any(name in found.faults for name in names)
        box = st.expander(
            group.capitalize() + " :red[(mend)]" * wrong,
            key=f"group-{group}",
            type="compact",
            on_change="rerun",  # the fields of a closed group cost nothing
        )
        if box.open:
            with box:
                for name in names:
                    _field(name, found)


def folded() -> dict[str, list[str]]:
    """Group -> its fields that are not essential."""
    groups: dict[str, list[str]] = {}
    for name in FIELDS:
        if name not in ESSENTIAL:
            groups.setdefault(extra(FIELDS[name])["group"], []).append(name)
    return groups


def _field(name: str, found: Draft) -> None:
    """One field, with what is wrong with it under it."""
    key, value = f"field-{found.number}-{name}", found.value(name)
    common = {"label": label(name), "key": key, "help": explained(name), "on_change": _changed, "args": (name, key)}
    WIDGETS[_look(name)](name, value, common)
    if fault := found.faults.get(name):
        st.markdown(f":red[{inert(fault)}]")


def _look(name: str) -> str:
    """Which widget a field has."""
    kind = kind_of(FIELDS[name])
    return "chosen" if choices(name, session.book()) else kind


def _changed(name: str, key: str) -> None:
    draft.give(name, _meant(name, st.session_state[key]))


def _meant(name: str, held: Any) -> Any:
    """What a widget holds as a value of its field; None where it is blank."""
    if kind_of(FIELDS[name]) == "weights":
        return numbers_in(held) or None
    return None if held == "" else held


def _number(name: str, value: Any, common: Mapping[str, Any]) -> None:
    field = FIELDS[name]
    if kind_of(field) == "count":
        st.number_input(**common, value=value, step=1)
        return
    held = None if value is None else float(value)
    # a field that may not be blank keeps its value where it is emptied, so it offers no way to empty it
    st.number_input(**common, value=held, step=step(value), format=number_format(value), placeholder=BLANK)


def _flag(_name: str, value: Any, common: Mapping[str, Any]) -> None:
    st.checkbox(**common, value=value)


def _text(name: str, value: Any, common: Mapping[str, Any]) -> None:
    st.text_input(**common, value=value or "", max_chars=longest(FIELDS[name]))


def _weights(_name: str, value: Any, common: Mapping[str, Any]) -> None:
    held = " ".join(f"{weight:g}" for weight in value or ())
    st.text_area(**common, value=held, placeholder="24 or 168 numbers with blanks between them")


def _chosen(name: str, value: Any, common: Mapping[str, Any]) -> None:
    """One of the names there are; GPUs may also be typed, several with their relative durations."""
    gpu = kind_of(FIELDS[name]) == "gpu"
    known, held = choices(name, session.book()), gpu_text(value) if gpu else value
    options = known if held is None or held in known else (held, *known)
    at = None if held is None else options.index(held)
    st.selectbox(**common, options=options, index=at, placeholder=BLANK, accept_new_options=gpu)


WIDGETS: Mapping[str, Callable[[str, Any, Mapping[str, Any]], None]] = {
    "number": _number,
    "count": _number,
    "flag": _flag,
    "text": _text,
    "weights": _weights,
    "chosen": _chosen,
}
