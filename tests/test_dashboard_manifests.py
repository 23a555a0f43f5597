"""Page 5: the files of the choice or of another option, what the check says, what is portable."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping

import pytest
from streamlit.testing.v1 import AppTest

from advisor.answer import Answer, compare_one
from advisor.manifests import build
from advisor.manifests.archive import zipped
from advisor.manifests.checked import checked, manifests_in
from advisor.manifests.portability import portability
from advisor.pages.manifests import FILE, OPTION
from advisor.pages.scenario import Scenario, preset
from advisor.pages.words import inert, message
from advisor.platforms import PLATFORMS
from pricing import load
from tests.dashboard import DAY, drawn, html, opened, turned
from tests.needs import need

need("kubernetes_validate", "googleapiclient", "cfnlint", "azure.ai.ml")

HOSTILE = "<script>alert(1)</script> **b** $x$ :smile: [a](https://evil.example)\nkind: Secret"
ALIVE = re.compile(r"(?<!\\)(<script|\*\*b|\[a\]|\$x)")  # where no backslash stands before it
NO_REPLICAS = b"apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: -1}\n"


def answer_on(name: str = "churn") -> Answer:
    return compare_one(preset(name), PLATFORMS, load(DAY))


def texts_of(option: str, answer: Answer) -> dict[str, str]:
    (explanation,) = (each for each in answer.options if each.option == option)
    return build(answer.workload, explanation).texts()


def asked(app: AppTest, option: str) -> AppTest:
    app.selectbox(key=OPTION).set_value(option)
    return drawn(app)


def labels(app: AppTest) -> list[str]:
    return [each.proto.label for each in app.get("download_button") if each.proto.id.endswith(("-zip", "-one"))]


def test_the_files_of_the_choice_are_shown_first() -> None:
    app = opened("manifests")
    texts = texts_of("cloud-run", answer_on())
    assert app.selectbox(key=OPTION).options[0] == "The choice: cloud-run"
    assert list(app.selectbox(key=FILE).options) == list(texts)
    assert app.code[0].value == texts["README.md"].rstrip("\n") or app.code[0].value == texts["README.md"]
    assert labels(app) == ["All files as a zip", "Download README.md"]


def test_every_file_can_be_read_with_its_colours() -> None:
    app, texts = asked(opened("manifests"), "gke"), texts_of("gke", answer_on())
    for name, text in texts.items():
        app.selectbox(key=FILE).set_value(name)
        shown = drawn(app).code[0]
        assert shown.value.rstrip("\n") == text.rstrip("\n")
        assert shown.language == {"md": "markdown", "yaml": "yaml", "env": "bash"}[name.rpartition(".")[2]]


@pytest.mark.parametrize("option", [platform.id for platform in PLATFORMS])
def test_every_option_has_files_or_a_reason(option: str) -> None:
    app, answer = asked(opened("manifests"), option), answer_on()
    (explanation,) = (each for each in answer.options if each.option == option)
    if explanation.feasible:
        assert list(app.selectbox(key=FILE).options) == list(texts_of(option, answer))
        assert [each.value for each in app.success] == [inert(f"{_checked(option, answer)}.")]
    else:
        (error,) = app.error
        assert error.value == message("\n".join(f"{option} {reason}" for reason in explanation.why_not))


def _checked(option: str, answer: Answer) -> str:
    return checked(manifests_in(texts_of(option, answer))).counted


def test_an_option_that_cannot_be_is_refused_and_offers_no_file() -> None:
    app = asked(opened("manifests"), "sagemaker-async")
    assert app.error[0].value.startswith(inert("sagemaker-async cannot answer while the caller waits"))
    assert "`advisor manifest WORKLOAD.yaml sagemaker-async --force`" in app.markdown[-1].value
    assert not labels(app)


def test_where_nothing_is_possible_the_page_says_so() -> None:
    scenario = Scenario(preset("churn"), DAY, options=("sagemaker-async",))
    app = opened("manifests", scenario=scenario)
    assert app.info[0].value.startswith("None of the options can run this workload")
    assert not labels(app)


def test_the_files_follow_the_choice_until_another_option_is_asked_for() -> None:
    app = opened("manifests")
    app.session_state["scenario"] = Scenario(preset("churn"), DAY, options=("gke", "eks"))
    choice = drawn(app).selectbox(key=OPTION).options[0].removeprefix("The choice: ")
    assert choice in ("gke", "eks")
    assert list(app.selectbox(key=FILE).options) == list(texts_of(choice, answer_on()))
    asked(app, "eks")
    drawn(turned(app, "compare"))
    assert drawn(turned(app, "manifests")).selectbox(key=OPTION).value == "eks"


def test_findings_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    spoilt: Callable[[Mapping[str, str]], dict[str, bytes]] = lambda _: {"web.yaml": NO_REPLICAS}  # noqa: E731
    monkeypatch.setattr("advisor.pages.manifests.manifests_in", spoilt)
    app = opened("manifests")
    expected = [str(finding) for finding in checked({"web.yaml": NO_REPLICAS}).findings]
    assert any("replicas" in finding for finding in expected)
    assert app.error[0].value == message("\n".join(expected))
    assert not app.success


def test_a_missing_library_is_one_message_and_the_files_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("advisor.manifests.schemas._found", lambda _: False)
    app = opened("manifests")
    (info,) = app.info
    assert info.value == (
        "Not checked against the schema of Cloud Run, which this installation lacks: "
        "`pip install 'deploy-advisor[check]'`"
    )
    assert not app.error
    assert labels(app) == ["All files as a zip", "Download README.md"]


def test_what_is_portable_is_what_the_command_says() -> None:
    app, answer = opened("manifests"), answer_on()
    (explanation,) = (each for each in answer.options if each.option == "cloud-run")
    expected = portability(build(answer.workload, explanation)).chapters()
    shown = {each.label: each.code[0].value.split("\n") for each in app.main.expander}
    assert shown == {f"{title} ({len(paths)})": list(paths) or ["none"] for title, paths in expected.items()}
    assert "spec.template.spec.containers" in shown[next(iter(shown))]


def test_portability_is_told_of_cloud_run_and_knative_alone() -> None:
    assert not asked(opened("manifests"), "gke").main.expander
    scenario = Scenario(preset("churn"), DAY, options=("cloud-run", "gke+knative"))
    assert asked(opened("manifests", scenario=scenario), "gke+knative").main.expander
    alone = Scenario(preset("churn"), DAY, options=("gke+knative",))
    assert not opened("manifests", scenario=alone).main.expander


def test_a_zip_holds_every_file_and_is_the_same_twice() -> None:
    texts = {"README.md": "read\n", "base/service.yaml": "kind: Service\n"}
    once = zipped(texts, "web-gke")
    assert once == zipped(texts, "web-gke")
    with zipfile.ZipFile(io.BytesIO(once)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["web-gke/README.md", "web-gke/base/service.yaml"]
        assert archive.read("web-gke/base/service.yaml") == b"kind: Service\n"
        assert [entry.external_attr >> 16 for entry in archive.infolist()] == [0o644] * 2


def test_hostile_names_are_inert() -> None:
    scenario = Scenario(preset("churn").model_copy(update={"name": HOSTILE}), DAY)
    app = opened("manifests", scenario=scenario)
    texts = [*app.markdown, *app.caption, *app.subheader, *app.success]
    assert not any(ALIVE.search(each.value) for each in texts if not each.value.startswith("<style"))
    assert not any("<script" in markup for markup in html(app))
    for name in app.selectbox(key=FILE).options:
        assert re.fullmatch(r"[\w./-]+", name)


def test_sessions_do_not_see_each_other() -> None:
    mine = Scenario(preset("churn").model_copy(update={"name": "mine"}), DAY)
    one, other = opened("manifests", scenario=mine), opened("manifests")
    drawn(one)
    assert one.code[0].value.startswith("# mine on ")
    assert other.code[0].value.startswith("# churn-model on ")
