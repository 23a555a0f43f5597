"""What stands beside every page: the form of the workload, which options, prices of which day, the link, the pins."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import streamlit as st

from advisor.errors import InputError
from advisor.names import check_names
from advisor.pages import draft, pins, session
from advisor.pages.form import form
from advisor.pages.link import PARAMETER, encoded
from advisor.pages.scenario import preset
from advisor.pages.words import message
from advisor.platforms import PLATFORMS
from advisor.template import preset_names, written
from advisor.workload import MOST_BYTES, workload_from
from pricing import FactError
from pricing.reader import parse_yaml

TOO_LARGE = f"the file is larger than {MOST_BYTES:,} bytes; a workload is a page of text"


def sidebar() -> None:
    """Draw it."""
    with st.sidebar:
        st.selectbox(
            "Start from an example",
            preset_names(),
            index=None,
            placeholder="choose one",
            key="preset",
            on_change=_take_preset,
        )
        form()
        for title, tool in TOOLS.items():
            box = st.expander(title, key=f"tool-{title}", on_change="rerun")
            if box.open:  # what is closed costs nothing
                with box:
                    tool()


def _take_preset() -> None:
    """Ask about an example; the list is ready to be asked for the same one again."""
    if name := st.session_state["preset"]:
        session.set_workload(preset(name))
        st.session_state["preset"] = None


def _options() -> None:
    """Which options are compared, on the prices of which day."""
    asked = session.scenario()
    _kept("options", list(asked.options))
    st.multiselect(
        "Only these options",
        [platform.id for platform in PLATFORMS],
        key="options",
        placeholder=f"all {len(PLATFORMS)}",
        on_change=_changed,
        args=("options", tuple),
    )
    _kept("stacks", asked.stacks)
    st.toggle(
        "Clusters with each serving stack too",
        key="stacks",
        help="Knative, KServe and others on every cluster, each as an option of its own.",
        on_change=_changed,
        args=("stacks", bool),
    )
    _kept("as_of", asked.as_of)
    st.date_input("Prices of", key="as_of", on_change=_changed, args=("as_of", _day))
    st.caption(f"Price book {session.book().fingerprint}" + " with your own prices" * bool(asked.overlay))


def _kept(key: str, value: Any) -> None:
    """Give a widget what the scenario holds."""
    if st.session_state.get(key) != value:
        st.session_state[key] = value


def _changed(part: str, meant: Any) -> None:
    session.change(**{part: meant(st.session_state[part])})


def _day(held: Any) -> dt.date:
    return held if isinstance(held, dt.date) else dt.date.today()


def _files() -> None:
    """The workload as a file: out, and in again."""
    st.download_button(
        "Download as YAML",
        written(session.workload(), session.book()).encode(),
        file_name="workload.yaml",
        mime="application/yaml",
        on_click="ignore",
        key="download-workload",
    )
    st.file_uploader(
        "Upload YAML", type=["yaml", "yml"], key="upload-workload", on_change=_take_file, max_upload_size=1
    )
    if fault := st.session_state.get("upload-fault"):
        st.error(message(fault))


def _take_file() -> None:
    """Ask about the workload of an uploaded file, or say why not."""
    st.session_state["upload-fault"] = ""
    if (file := st.session_state["upload-workload"]) is not None:
        try:
            session.set_workload(_read(file.name, file.getvalue()))
        except (InputError, FactError) as error:
            st.session_state["upload-fault"] = str(error)


def _read(name: str, raw: bytes) -> Any:
    if len(raw) > MOST_BYTES:
        raise InputError(f"{name}: {TOO_LARGE}")
    asked = workload_from(parse_yaml(raw, name, "workload"), name)
    check_names(asked, session.book(), name)
    return asked


def _share() -> None:
    """The address that opens the same comparison."""
    code = encoded(session.scenario())
    if code is None:
        st.caption("This workload is too long for a link: send its file.")
        return
    st.code(_address(code), language=None, wrap_lines=True)
    st.caption("Whoever can reach this address opens the same workload, options and day of prices.")
    if session.overlay() or session.pace():
        st.caption("Your own prices and pace are not in it.")
    if draft.current().faults:
        st.caption("The link holds the last workload that could be used.")


def _address(code: str) -> str:
    """The present page with the scenario in its query."""
    here = urlsplit(st.context.url or "")
    return urlunsplit(here._replace(query=f"{PARAMETER}={code}", fragment=""))


TOOLS: Mapping[str, Callable[[], None]] = {
    "Options and prices": _options,
    "Workload file": _files,
    "Share this comparison": _share,
    "Pinned scenarios": pins.buttons,
}
