"""A team's own pace: learnt from an uploaded history, shown wherever it is in use, and dropped again."""

from __future__ import annotations

import streamlit as st

from advisor.calibration import MOST_BYTES, Calibration, calibrate
from advisor.history import COLUMNS, ENGINEERS, HistoryError, parse_history
from advisor.pace_words import pace_sentences, rows_sentence
from advisor.pages import session
from advisor.pages.words import inert, message
from advisor.platforms import PLATFORMS
from pricing.effort import load_effort
from pricing.fact import FactError
from pricing.reader import parse_yaml

MOST_SHOWN = 20  # rows that are explained
MEGABYTE = 1  # the least limit that an upload takes; the readers refuse earlier
Learnt = tuple[Calibration, tuple[str, ...]]  # and the rows that were not used


def sign(key: str) -> None:
    """Say that a calibrated pace is in use, and offer to drop it; nothing otherwise."""
    own = session.pace()
    if isinstance(own, Calibration):
        with st.container(border=True):
            st.badge("Your team's own pace is in use", icon=":material/speed:", color="green")
            st.markdown(inert(f"Hours {own.hours_factor:.2f} times the generic ones, on every page."))
            st.button("Back to the generic pace", key=f"drop-pace-{key}", on_click=session.set_pace, args=(None,))


def section() -> None:
    """Upload a history, see what it teaches, use it."""
    st.subheader("How fast is your own team?")
    st.markdown(
        "The hours above are a judgement until your history says otherwise. Upload a table of past deployments, one a "
        "row, or a `team.yaml` kept earlier. Nothing is stored beyond this session."
    )
    with st.expander("The columns of the table"):
        st.markdown(
            f"{', '.join(f'`{name}`' for name in COLUMNS)}; `{ENGINEERS}` where more than one worked. Assets stand "
            "with semicolons between; `actual_days` may be blank. A platform is an option such as `cloud-run`."
        )
        st.download_button("An empty table", ",".join((*COLUMNS, ENGINEERS)) + "\n", "history.csv", "text/csv")
    file = st.file_uploader(
        "Past deployments, or a pace kept earlier", ["csv", "yaml", "yml"], key="history", max_upload_size=MEGABYTE
    )
    if file is not None:
        _show(file.name, file.getvalue())


def _show(name: str, raw: bytes) -> None:
    """What a file teaches, or why it cannot be used."""
    try:
        pace, ignored = learnt(name, raw)
    except (HistoryError, FactError) as error:
        st.error(message(error))
        return
    st.markdown(f"**{inert(rows_sentence(pace, len(ignored)))}**")
    if ignored:
        with st.expander("Why rows were ignored", expanded=True):
            st.markdown("\n".join(f"- {inert(line)}" for line in ignored[:MOST_SHOWN]))
    for sentence in pace_sentences(pace):
        st.markdown(inert(sentence))
    left, right = st.columns(2)
    used = session.pace() == pace
    label = "In use" if used else "Use this pace everywhere"
    left.button(label, key="use-pace", type="primary", disabled=used, on_click=session.set_pace, args=(pace,))
    right.download_button("Keep it: team.yaml", pace.to_yaml(), "team.yaml", "application/yaml", key="keep-pace")


def learnt(name: str, raw: bytes) -> Learnt:
    """The pace of a history or of a kept pace. Raises `HistoryError` or `FactError` for what is neither."""
    if name.lower().endswith((".yaml", ".yml")):
        if len(raw) > MOST_BYTES:
            raise HistoryError(f"{name} is larger than {MOST_BYTES:,} bytes; a pace is ten figures")
        return Calibration.of(parse_yaml(raw, name, "calibration")), ()
    tables = load_effort(session.book().folder.root)
    rows, ignored = parse_history(raw, name, tables, {platform.id: platform.effort for platform in PLATFORMS})
    if not rows:
        raise HistoryError("\n".join([*ignored[:MOST_SHOWN], f"{name} holds no row that can be used"]))
    return calibrate(rows, tables), tuple(ignored)
