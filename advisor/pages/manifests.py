"""Page 5: the files that deploy the choice, or another option."""

from __future__ import annotations

from pathlib import PurePosixPath

import streamlit as st

from advisor.answer import Answer
from advisor.errors import InputError
from advisor.explanation import Explanation
from advisor.manifests import Bundle, build
from advisor.manifests.archive import zipped
from advisor.manifests.bundle import README
from advisor.manifests.checked import INSTALL, checked, manifests_in
from advisor.manifests.portability import NONE, portability
from advisor.pages import session
from advisor.pages.words import inert, message

TITLE, ICON, PATH = "Manifests", ":material/deployed_code:", "manifests"

OPTION, FILE = "manifests-option", "manifests-file"
THE_CHOICE = ""  # among the options: whatever the choice is, also after a change
CLOUD_RUN, KNATIVE = "cloud-run", "+knative"
LANGUAGES = {".md": "markdown", ".yaml": "yaml", ".env": "bash"}
TYPES = {".md": "text/markdown", ".yaml": "application/yaml", ".env": "text/plain"}
FILE_PX = 560  # height of a file that is shown; a longer one scrolls
NOTHING = "None of the options can run this workload, so there is nothing to deploy. Ask for another one to read why."


def page() -> None:
    """Draw the page."""
    st.title("Which files deploy it?")
    answer = session.answer()
    explanation = _asked(answer)
    if explanation is None:
        st.info(NOTHING)
    elif not explanation.feasible:
        _refuse(explanation)
    else:
        _show(answer, explanation)


def _asked(answer: Answer) -> Explanation | None:
    """The option whose files are wanted; None where that is the choice and there is none."""
    choice = answer.choice.name(int(answer.choice.option[0]))
    options = {each.option: each for each in answer.options}

    def label(option: str) -> str:
        if option == THE_CHOICE:
            return f"The choice: {choice or 'none'}"
        return option if options[option].feasible else f"{option} (not possible)"

    names = (THE_CHOICE, *options)
    session.remember(OPTION, names, THE_CHOICE)
    asked = st.selectbox("Option", names, format_func=label, key=OPTION)
    return options.get(asked or choice or "")


def _refuse(explanation: Explanation) -> None:
    """As the command does: why not, and what to do about it."""
    st.error(message("\n".join(f"{explanation.option} {reason}" for reason in explanation.why_not)))
    st.markdown(
        "No files are written for an option that cannot run the workload. "
        f"`advisor manifest WORKLOAD.yaml {explanation.option} --force` writes them all the same, marked in every file."
    )


def _show(answer: Answer, explanation: Explanation) -> None:
    try:
        bundle = build(answer.workload, explanation)
    except InputError as error:
        st.error(message(error))
        return
    texts = bundle.texts()
    st.markdown(
        f"{len(texts)} files, sized for the traffic of this workload. Fill in `{bundle.values_file}`, "
        f"then follow `{README}`."
    )
    _download_all(bundle, texts, explanation.option)
    for note in bundle.notes:
        st.markdown(f"- {inert(note)}")
    complete = _check(texts)
    _file(bundle, texts)
    if complete:
        _portability(answer, explanation.option)


def _download_all(bundle: Bundle, texts: dict[str, str], option: str) -> None:
    folder = f"{bundle.name}-{option}"
    st.download_button(
        "All files as a zip",
        zipped(texts, folder),
        f"{folder}.zip",
        "application/zip",
        key="manifests-zip",
        type="primary",
        icon=":material/download:",
        on_click="ignore",
    )


def _file(bundle: Bundle, texts: dict[str, str]) -> None:
    """One file, coloured, and by itself."""
    session.remember(FILE, list(texts), README)
    name = st.selectbox("File", list(texts), key=FILE)
    path = PurePosixPath(name)
    if name in bundle.files:
        st.caption(inert(bundle.files[name].purpose))
    st.code(texts[name], LANGUAGES[path.suffix], line_numbers=True, wrap_lines=path.suffix == ".md", height=FILE_PX)
    st.download_button(
        f"Download {path.name}",
        texts[name],
        path.name,
        TYPES[path.suffix],
        key="manifests-one",
        icon=":material/download:",
        on_click="ignore",
    )


def _check(texts: dict[str, str]) -> bool:
    """What `advisor manifest --check` says about these files; whether every schema for them is installed."""
    outcome = checked(manifests_in(texts))
    if outcome.findings:
        st.error(message("\n".join(map(str, outcome.findings))))
    else:
        st.success(inert(f"{outcome.counted}."), icon=":material/check_circle:")
    if outcome.missing:
        st.info(f"Not checked against {inert(', '.join(outcome.missing))}, which this installation lacks: `{INSTALL}`")
    return not outcome.missing


def _portability(answer: Answer, option: str) -> None:
    """What a Cloud Run service and a Knative of one's own share."""
    if option != CLOUD_RUN and not option.endswith(KNATIVE):
        return
    explanation = next((each for each in answer.options if each.option == CLOUD_RUN), None)
    if explanation is None:
        return
    st.subheader("Could it move between Cloud Run and a Knative of our own?")
    try:
        shared = portability(build(answer.workload, explanation))
    except InputError as error:
        st.info(inert(str(error)))
        return
    for title, paths in shared.chapters().items():
        with st.expander(f"{title} ({len(paths)})"):
            st.code("\n".join(paths or (NONE,)), language=None)
