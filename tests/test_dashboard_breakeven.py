"""The page of break-evens: crossings where the public surface finds them, and two kinds of nothing told apart."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from advisor.answer import Answer, compare_one
from advisor.breakeven import AXES, Breakeven, breakeven_of
from advisor.breakeven_words import outcome, shown, stretches
from advisor.pages.break_even import breakeven_for
from advisor.pages.scenario import Scenario
from advisor.pages.words import inert
from pricing import load
from tests.dashboard import opened, table, turned
from tests.shown import charts, faults, said

HOSTILE = "<script>alert(1)</script>**bold**"
VARIED = "over"


def asked(app: AppTest) -> Scenario:
    found: Scenario = app.session_state["scenario"]
    return found


def changed(app: AppTest, **fields: Any) -> AppTest:
    """The page after fields of the workload were changed."""
    workload = asked(app).workload.model_copy(update=fields)
    app.session_state["scenario"] = asked(app).with_(workload=workload)
    return app.run()


def answer_to(app: AppTest) -> Answer:
    scenario = asked(app)
    return compare_one(scenario.workload, scenario.platforms, load(scenario.as_of), scenario.pace)


def found_by(app: AppTest, over: str, against: str | None = None) -> Breakeven:
    return breakeven_of(answer_to(app), asked(app).platforms, against, over)


def varied(app: AppTest, over: str) -> AppTest:
    return app.button_group(key=VARIED).set_value(over).run()


def against(app: AppTest, option: str) -> AppTest:
    (box,) = (each for each in app.selectbox if each.label.endswith("against"))
    return box.set_value(option).run()


def test_the_crossing_is_where_the_public_surface_finds_it() -> None:
    app = opened("break-even")
    (sweep,) = found_by(app, "requests").sweeps
    (crossing,) = sweep.crossings
    assert inert(outcome(sweep)) in said(app)
    figure = charts(app)[0]
    marks = dict(
        zip(
            [note["text"] for note in figure["layout"]["annotations"]],
            [shape["x0"] for shape in figure["layout"]["shapes"]],
            strict=True,
        )
    )
    (note,) = (name for name in marks if name.startswith(f"{crossing.above} from "))
    assert marks[note] == crossing.at
    assert figure["layout"]["xaxis"]["type"] == "log"
    _, row = table(app, " against ".join(sweep.pair))
    assert row == [f"from {shown(crossing.at)} on", crossing.above, crossing.below]


def test_every_line_is_what_the_option_costs() -> None:
    app = opened("break-even")
    (sweep,) = found_by(app, "requests").sweeps
    lines = charts(app)[0]["data"]
    assert {*sweep.pair, *filter(None, sweep.cheapest)} <= {line["name"] for line in lines}
    for line in lines:
        costs = sweep.tco_usd[:, sweep.options.index(line["name"])]
        known = [usd for usd in line["y"] if usd is not None]
        assert line["x"] == list(sweep.values)
        assert known == [pytest.approx(usd) for usd in costs.tolist() if usd == usd]


def test_other_lines_can_be_drawn() -> None:
    app = opened("break-even")
    (box,) = (each for each in app.multiselect if each.label == "Lines over traffic")
    assert "on-prem" not in box.value
    box.set_value(["on-prem", "cloud-run"]).run()
    assert [line["name"] for line in charts(app)[0]["data"]] == ["on-prem", "cloud-run"]


def test_the_cheapest_of_all_stretch_by_stretch() -> None:
    app = opened("break-even")
    (sweep,) = found_by(app, "requests").sweeps
    _, *rows = table(app, "Which option is cheapest where")
    assert [tuple(row) for row in rows] == list(stretches(sweep))


@pytest.mark.parametrize("over", AXES)
def test_whatever_varies_the_outcome_is_said(over: str) -> None:
    app = varied(opened("break-even"), over)
    found = found_by(app, over)
    assert not faults(app)
    for sweep in found.sweeps:
        assert inert(outcome(sweep)) in said(app)
    assert len(charts(app)) == len(found.sweeps) + 1


def test_held_against_another_option() -> None:
    app = against(opened("break-even"), "gke")
    (sweep,) = found_by(app, "requests", "gke").sweeps
    assert sweep.pair == ("cloud-run", "gke")
    assert inert(outcome(sweep)) in said(app)


def test_not_reached_and_not_computed_are_told_apart() -> None:
    app = varied(opened("break-even"), "horizon")
    assert found_by(app, "horizon").status == "not reached"
    assert "gray-badge[Not reached]" in said(app)
    assert not app.warning
    changed(app, geography="us-west")
    against(app, "cloud-run")  # which has no price there
    found = found_by(app, "horizon", "cloud-run")
    assert found.status == "not computed"
    assert "orange-badge[Not computed]" in said(app)
    assert "Not reached" not in said(app)
    (warning,) = app.warning
    assert warning.value == inert(f"Missing: {found.reason}.")


def test_where_nothing_can_be_priced_the_page_says_so() -> None:
    app = changed(opened("break-even"), vcpu=1024.0, memory_gib=32_768.0)
    assert not faults(app)
    assert [warning.value for warning in app.warning] == [
        inert("Not computed: no option can be priced for this workload.")
    ]
    assert not charts(app)


def test_of_one_option_there_is_nothing_to_flip() -> None:
    app = opened("break-even")
    app.session_state["scenario"] = asked(app).with_(options=("gke",))
    app.run()
    assert [warning.value for warning in app.warning] == [inert("Not computed: gke is the only option that is priced.")]
    (only,) = charts(app)  # month by month
    assert only["data"][0]["name"] == "gke"


def test_month_by_month_each_option_has_cost_what_the_answer_says() -> None:
    app = opened("break-even")
    answer = answer_to(app)
    lines = {line["name"]: line["y"] for line in charts(app)[-1]["data"] if line["mode"] == "lines"}
    assert "cloud-run" in lines
    for option, paid in lines.items():
        (explanation,) = (each for each in answer.options if each.option == option)
        assert paid == pytest.approx(answer.cumulative_usd(explanation).tolist())


def test_a_change_of_the_workload_moves_the_mark_of_today() -> None:
    app = changed(opened("break-even"), requests_per_month=3e6)
    marks = charts(app)[0]["layout"]
    assert marks["annotations"][0]["text"] == "now 3M"
    assert marks["shapes"][0]["x0"] == 3e6


def test_no_traffic_and_no_delay_have_no_mark_on_a_logarithmic_axis() -> None:
    app = varied(changed(opened("break-even"), requests_per_month=0.0), "delay")
    assert not faults(app)
    assert not [note for note in charts(app)[0]["layout"].get("annotations", []) if note["text"].startswith("now")]
    varied(app, "requests")
    assert not faults(app)


def test_two_sweeps_that_draw_the_same_options_stand_beside_each_other() -> None:
    app = varied(changed(opened("break-even"), hour_usd=0.0), "skill")  # when work is free, skill changes nothing
    assert not faults(app)
    one, other, _ = charts(app)
    assert [line["name"] for line in one["data"]] == [line["name"] for line in other["data"]]


def test_growth_is_counted() -> None:
    app = varied(changed(opened("break-even"), growth_per_month=0.1), "horizon")
    assert not faults(app)
    assert inert(outcome(found_by(app, "horizon").sweeps[0])) in said(app)


def test_the_same_question_is_answered_once() -> None:
    app = opened("break-even")
    scenario = asked(app)
    assert breakeven_for(scenario, "lambda", "requests") is breakeven_for(scenario, "lambda", "requests")
    other = scenario.with_(workload=scenario.workload.model_copy(update={"vcpu": 2.0}))
    assert breakeven_for(other, "lambda", "requests") is not breakeven_for(scenario, "lambda", "requests")


def test_a_hostile_name_is_inert() -> None:
    app = changed(opened("break-even"), name=HOSTILE)
    assert not faults(app)
    assert "<script" not in said(app).replace(r"\<script", "")
    assert HOSTILE not in str(charts(app))
    turned(app, "time").run()
    assert not app.exception
