"""What stands in the form: it outlives the widgets, and the last workload that was valid outlives its mistakes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from advisor.names import unknown_names
from advisor.pages import session
from advisor.workload import FIELDS, Workload, Workloads, field_faults

DRAFT = "draft"


@dataclass(frozen=True)
class Draft:
    """The fields that were given, and what is wrong with them."""

    asked: Workload  # the last valid one
    given: Mapping[str, Any]
    faults: Mapping[str, str]  # field -> sentence
    number: int  # counts the workloads that were loaded: the widgets of each are new

    def value(self, name: str) -> Any:
        """What a field is set to, else its default."""
        return self.given.get(name, None if FIELDS[name].is_required() else FIELDS[name].default)

    def with_value(self, name: str, value: Any) -> Draft:
        """The same with a field set; a blank, or what would hold anyway, is not given."""
        given = {field: each for field, each in self.given.items() if field != name}
        if value is not None and (FIELDS[name].is_required() or value != FIELDS[name].default):
            given[name] = value
        return replace(self, given=given, faults=faults_of(given))


def faults_of(given: Mapping[str, Any]) -> Mapping[str, str]:
    """What is wrong with the fields of a form, by field."""
    if faults := field_faults(given):
        return faults
    unknown = unknown_names(Workloads.of([Workload.model_validate(given)]), session.book())
    return {reject.column: str(reject) for reject in unknown}


def current() -> Draft:
    """The draft of this session; a new one where another workload was loaded."""
    found: Draft | None = st.session_state.get(DRAFT)
    asked = session.workload()
    if found is None or found.asked is not asked:
        found = Draft(asked, given_in(asked), {}, found.number + 1 if found else 0)
        st.session_state[DRAFT] = found
    return found


def given_in(asked: Workload) -> dict[str, Any]:
    """The fields that a workload was given."""
    return asked.model_dump(mode="json", include=asked.model_fields_set)


def give(name: str, value: Any) -> None:
    """Set a field; ask about the workload if it is a valid one."""
    draft = current().with_value(name, value)
    if not draft.faults:
        draft = replace(draft, asked=Workload.model_validate(draft.given))
        session.set_workload(draft.asked)
    st.session_state[DRAFT] = draft
