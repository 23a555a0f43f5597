"""Page 1: the form asks, the choice answers, and nothing that was typed is lost or does harm."""

from __future__ import annotations

import json
from typing import Any

import pytest

from advisor.answer import compare_one
from advisor.choice_words import verdict
from advisor.pages import PAGES
from advisor.pages.form import ESSENTIAL, folded
from advisor.pages.labels import explained, label, number_format, step
from advisor.pages.scenario import Scenario, preset
from advisor.platforms import PLATFORMS
from advisor.template import preset_names
from advisor.workload import FIELDS
from pricing import load
from tests.dashboard import DAY, drawn, field, html, lead, opened, table, turned

HOSTILE = "<script>alert(1)</script> **b** $x^2$ :smile: [a](https://evil.example) ![i](https://evil.example/i.png)"


def answered(**changes: Any) -> str:
    """What the command line would choose, in its words."""
    asked = preset("churn").model_copy(update=changes)
    return " ".join(verdict(compare_one(asked, PLATFORMS, load(DAY))))


def test_the_first_page_answers_at_once_and_as_the_command_line_does() -> None:
    app = opened()
    assert lead(app) == answered()
    assert lead(app).startswith("Choose cloud-run: ")


def test_a_number_changes_and_the_choice_with_it() -> None:
    app = opened()
    app.number_input(key=field("requests_per_month")).set_value(788_400_000.0)
    drawn(app)
    assert lead(app) == answered(requests_per_month=788_400_000.0)
    assert lead(app) != answered()


def test_all_options_stand_in_the_table_and_those_out_of_the_race_are_faint_with_their_reason() -> None:
    app = opened()
    rows = table(app, "All options")
    assert {row[0] for row in rows[1:]} == {platform.id for platform in PLATFORMS}
    assert rows[1][0] == "cloud-run"
    (faint,) = (row for row in rows if row[0] == "sagemaker-async")
    assert faint[1] == "–"
    assert faint[-1] == "infeasible: cannot answer while the caller waits"
    assert any("<tr class=faint><td class=short>sagemaker-async" in markup for markup in html(app))


def test_the_chart_has_every_priced_option() -> None:
    (chart,) = opened().get("plotly_chart")
    names = {trace["name"] for trace in json.loads(chart.proto.spec)["data"]}
    assert names == {platform.id for platform in PLATFORMS} - {"sagemaker-async"} | {"frontier"}


@pytest.mark.parametrize("name", preset_names())
def test_every_example_is_answered_on_both_pages(name: str) -> None:
    app = opened()
    app.selectbox(key="preset").set_value(name)
    drawn(app)
    assert app.text_input(key=field("name", 1)).value == preset(name).name
    assert lead(app).startswith("Choose ")
    drawn(turned(app, "why"))
    assert [title.value for title in app.title] == ["Why does it cost that?"]


def test_a_value_that_cannot_be_is_named_beside_its_field_and_the_last_answer_stays() -> None:
    app = opened()
    app.number_input(key=field("duration_s")).set_value(-1.0)
    drawn(app)
    (fault,) = (each.value for each in app.sidebar.markdown if each.value.startswith(":red["))
    assert "duration\\_s is \\-1\\.0; allowed\\: a number of at least 1e\\-06, at most 86,400 \\[s\\]" in fault
    assert [each.value for each in app.warning] == [
        "Some fields cannot be used as they stand: the answer is that of the last workload that could."
    ]
    assert lead(app) == answered()
    app.number_input(key=field("duration_s")).set_value(0.3)
    assert not drawn(app).warning


def test_fields_that_do_not_go_together_are_told_where_they_stand() -> None:
    app = opened(**{"group-request": True})
    app.number_input(key=field("duration_full_s")).set_value(0.1)
    drawn(app)
    assert any("it must be at least duration\\_s" in each.value for each in app.sidebar.markdown)
    assert any(each.label == "Request :red[(mend)]" for each in app.expander)


def test_nothing_is_lost_on_another_page_not_even_a_mistake() -> None:
    app = opened(**{"group-request": True})
    app.number_input(key=field("requests_per_month")).set_value(2_000_000.0)
    drawn(app)
    app.number_input(key=field("response_kib")).set_value(77.5)
    drawn(app)
    app.number_input(key=field("vcpu")).set_value(0.0)
    drawn(app)
    drawn(turned(app, "why"))
    drawn(turned(app, "compare"))
    assert app.number_input(key=field("requests_per_month")).value == 2_000_000.0
    assert app.number_input(key=field("vcpu")).value == 0.0
    assert app.session_state["scenario"].workload.response_kib == 77.5


def test_a_closed_group_keeps_what_was_set_in_it() -> None:
    app = opened(**{"group-team": True})
    app.number_input(key=field("engineers")).set_value(3)
    drawn(app)
    app.session_state["group-team"] = False
    drawn(app)
    assert field("engineers") not in [each.key for each in app.number_input]
    app.session_state["group-team"] = True
    drawn(app)
    assert app.number_input(key=field("engineers")).value == 3


def test_what_is_set_to_its_default_counts_as_left_blank() -> None:
    app = opened()
    app.number_input(key=field("concurrency")).set_value(8)
    drawn(app)
    assert "concurrency" in app.session_state["scenario"].workload.model_fields_set
    app.number_input(key=field("concurrency")).set_value(1)
    drawn(app)
    assert "concurrency" not in app.session_state["scenario"].workload.model_fields_set


def test_a_weekly_shape_of_ones_own() -> None:
    app = opened(**{"group-traffic": True})
    app.selectbox(key=field("profile")).set_value("custom")
    drawn(app)
    assert any("given exactly when profile is custom" in each.value for each in app.sidebar.markdown)
    app.text_area(key=field("weights")).set_value("1 " * 23 + "5")
    drawn(app)
    assert app.session_state["scenario"].workload.weights == [1.0] * 23 + [5.0]


def test_options_stacks_and_the_day_of_the_prices() -> None:
    app = opened()
    app.multiselect(key="options").set_value(["gke", "eks"])
    drawn(app)
    assert {row[0] for row in table(app, "All options")[1:]} == {"gke", "eks"}
    app.toggle(key="stacks").set_value(True)
    drawn(app)
    assert "gke+knative" in {row[0] for row in table(app, "All options")[1:]}
    app.date_input(key="as_of").set_value(DAY.replace(year=2025))
    drawn(app)
    assert app.session_state["scenario"].as_of == DAY.replace(year=2025)


def test_a_hostile_name_is_inert_everywhere() -> None:
    app = opened()
    app.text_input(key=field("name")).set_value(HOSTILE)
    drawn(app)
    app.button(key="pin").click()
    drawn(app)
    for path in ("compare", "why"):
        drawn(turned(app, path))
        assert not any("<script" in markup for markup in html(app))
        for said in (*app.markdown, *app.caption):
            assert "<script>" not in said.value
            assert "](https" not in said.value
            assert "$x" not in said.value.replace("\\$", "")
            assert ":smile:" not in said.value.replace("\\:", "")


@pytest.mark.parametrize(
    ("name", "raw", "said"),
    [
        ("w.yaml", b"name: [", "is not valid YAML"),
        ("w.yaml", b"name: x\nspeed: 3\n", "'speed' is not a field"),
        ("w.yaml", b"name: x\nrequests_per_month: -5\nduration_s: 1\nvcpu: 1\nmemory_gib: 1\n", "is -5; allowed"),
        ("w.yaml", b"#" * 2**17, "the file is larger than 65,536 bytes; a workload is a page of text"),
        ("[a](b).yaml", b"name: x", "[a](b).yaml: duration_s is missing"),
        (
            "w.yaml",
            b"name: x\nrequests_per_month: 5\nduration_s: 1\nvcpu: 1\nmemory_gib: 1\ngeography: mars\n",
            "geography is 'mars'",
        ),
    ],
)
def test_a_file_that_is_no_workload_is_refused_in_a_sentence(name: str, raw: bytes, said: str) -> None:
    app = opened()
    app.file_uploader(key="upload-workload").set_value((name, raw, "application/yaml"))
    drawn(app)
    (fault,) = (each.value for each in app.error)
    assert said in fault.replace("\\", "")
    assert "](" not in fault
    assert lead(app) == answered()


def test_a_file_comes_in_and_its_fields_stand_in_the_form() -> None:
    app = opened()
    raw = b"name: shop\nrequests_per_month: 3_000_000\nduration_s: 0.25\nvcpu: 2\nmemory_gib: 4\n"
    app.file_uploader(key="upload-workload").set_value(("shop.yaml", raw, "application/yaml"))
    drawn(app)
    assert not app.error
    assert app.text_input(key=field("name", 1)).value == "shop"
    assert app.number_input(key=field("requests_per_month", 1)).value == 3_000_000.0


def test_two_sessions_never_see_each_others_workload() -> None:
    mine, yours = opened(), opened()
    mine.text_input(key=field("name")).set_value("a secret")
    mine.number_input(key=field("requests_per_month")).set_value(123_456.0)
    drawn(mine)
    mine.button(key="pin").click()
    drawn(mine)
    drawn(yours)
    assert yours.text_input(key=field("name")).value == "churn-model"
    assert "pins" not in yours.session_state
    said = [each.value for each in (*yours.markdown, *yours.caption)] + html(yours)
    assert not any("secret" in each or "123,456" in each for each in said)


def test_pinned_scenarios_stand_side_by_side_with_what_differs() -> None:
    app = opened()
    app.button(key="pin").click()
    drawn(app)
    app.number_input(key=field("requests_per_month")).set_value(788_400_000.0)
    drawn(app)
    heading, choice, *rows = table(app, "Side by side")
    assert heading[1:] == ["pinned A", "now"]
    assert choice == ["choice", "cloud-run", lead(app).split()[1].rstrip(":")]
    assert ["requests_per_month", "50,000", "788,400,000"] in rows
    assert not any(row[0] == "duration_s" for row in rows)
    app.button(key="open-pin-0").click()
    drawn(app)
    assert app.number_input(key=field("requests_per_month", 1)).value == 50_000.0
    app.button(key="unpin-0").click()
    assert not any("Side by side" in markup for markup in html(drawn(app)))


def test_only_two_can_be_pinned_and_none_twice() -> None:
    app = opened()
    for requests in (1e6, 2e6, 3e6):
        assert not app.button(key="pin").disabled
        if requests < 3e6:
            app.number_input(key=field("requests_per_month")).set_value(requests)
            drawn(app)
            app.button(key="pin").click()
            drawn(app)
            assert app.button(key="pin").disabled
            app.number_input(key=field("requests_per_month")).set_value(requests + 1)
            drawn(app)
            if requests == 2e6:
                break
    assert app.button(key="pin").disabled


def test_every_field_stands_in_the_form_once_with_a_label_and_its_meaning() -> None:
    names = [*ESSENTIAL, *(name for group in folded().values() for name in group)]
    assert sorted(names) == sorted(FIELDS)
    assert len({label(name) for name in names}) == len(names)
    assert all(f"`{name}`" in explained(name) for name in names)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("duration_s", "Duration (s)"),
        ("requests_per_month", "Requests per month"),
        ("memory_gib", "Memory (GiB)"),
        ("vcpu", "vCPU"),
        ("needs_grpc", "Needs gRPC"),
        ("current_monthly_usd", "Current monthly (USD/month)"),
        ("horizon_months", "Horizon (months)"),
        ("delay_usd_per_week", "Delay (USD/week)"),
    ],
)
def test_labels_name_the_unit_as_it_is_written(name: str, said: str) -> None:
    assert label(name) == said


@pytest.mark.parametrize(
    ("value", "written", "by"),
    [
        (50_000.0, "%.0f", 10_000.0),
        (0.3, "%.1f", 0.1),
        (0.0025, "%.4f", 0.001),
        (0.0, "%.0f", 1.0),
        (None, "%.0f", 1.0),
    ],
)
def test_numbers_are_written_with_the_digits_they_have_and_change_by_their_first(
    value: float | None, written: str, by: float
) -> None:
    assert number_format(value) == written
    assert step(value) == pytest.approx(by)


def test_a_scenario_with_the_same_answer_has_the_same_key_and_no_other_has() -> None:
    one = Scenario(preset("churn"), DAY)
    assert one.key == Scenario(preset("churn"), DAY).key
    others = [
        one.with_(stacks=True),
        one.with_(options=("gke",)),
        one.with_(overlay=b"x"),
        one.with_(as_of=DAY.replace(day=1)),
    ]
    assert len({one.key, *(each.key for each in others), Scenario(preset("llm"), DAY).key}) == 6


def test_pages_have_a_title_an_icon_and_an_address_of_their_own() -> None:
    assert PAGES[0].TITLE == "Compare"
    assert len({page.PATH for page in PAGES}) == len({page.TITLE for page in PAGES}) == len(PAGES)
    assert all(page.ICON.startswith(":material/") for page in PAGES)
