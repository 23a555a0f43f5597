"""The page of time to deploy: its figures are those of the public surface, and a history changes them everywhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from advisor.answer import Answer, compare_one
from advisor.calibration import Calibration, calibrate
from advisor.deploy import DeployPlan
from advisor.figures import money, rough, three
from advisor.history import MOST_BYTES, MOST_ROWS, HistoryError, read_history
from advisor.pages.own_pace import learnt
from advisor.pages.scenario import Scenario
from advisor.platforms import PLATFORMS, chosen
from advisor.what_if import what_if
from pricing import DATA, load
from pricing.effort import load_effort
from tests.dashboard import html, opened, table, turned
from tests.shown import charts, faults, pressed, said

HISTORY = Path(__file__).parents[1] / "examples" / "history.csv"
HEADER = "platform,skill,scope,assets,actual_hours,actual_days\n"
HOSTILE = "<img src=x onerror=alert(1)>**bold**[link](javascript:alert(1))"


def answer_to(app: AppTest) -> Answer:
    asked: Scenario = app.session_state["scenario"]
    return compare_one(asked.workload, asked.platforms, load(asked.as_of), asked.pace)


def shown(app: AppTest) -> list[tuple[str, str]]:
    """The large figures and what stands under them."""
    return [(metric.value, metric.delta) for metric in app.metric]


def expected(plan: DeployPlan) -> list[tuple[str, str]]:
    figures = (plan.days_to_production, plan.setup_hours, plan.operations_hours_per_month)
    return [(rough(each.p50), f"eight in ten: {rough(each.p10)} to {rough(each.p90)}") for each in figures]


def uploaded(app: AppTest, name: str, raw: bytes) -> AppTest:
    return app.file_uploader(key="history").set_value((name, raw, "text/csv")).run()


def own_pace() -> Calibration:
    tables = load_effort(DATA)
    rows, _ = read_history(HISTORY, tables, {platform.id: platform.effort for platform in PLATFORMS})
    return calibrate(rows, tables)


def test_the_choice_comes_first_with_the_figures_of_its_plan() -> None:
    app = opened("time")
    answer = answer_to(app)
    choice = answer.choice.name(answer.choice.option[0])
    assert app.selectbox(key="time-option").value == choice
    assert shown(app) == expected(answer.plan(str(choice)))
    assert not faults(app)


def test_another_option_has_its_own_plan_and_chart() -> None:
    app = opened("time")
    app.selectbox(key="time-option").set_value("gke").run()
    plan = answer_to(app).plan("gke")
    assert shown(app) == expected(plan)
    (figure,) = charts(app)
    critical, others = figure["data"]
    assert {name.split()[0] for name in critical["y"]} == set(plan.critical_path)
    assert len(critical["y"]) + len(others["y"]) == len(plan.activities)
    ends = {
        name.split()[0]: base + length
        for trace in (critical, others)
        for name, base, length in zip(trace["y"], trace["base"], trace["x"], strict=True)
    }
    assert ends == {each.id: pytest.approx(each.finish_p50) for each in plan.activities}
    reach = dict(zip([name.split()[0] for name in critical["y"]], critical["error_x"]["array"], strict=True))
    first = plan.activities[0]
    assert reach[first.id] == pytest.approx(first.days.p90 - (first.finish_p50 - first.start_p50))


def test_the_option_is_remembered_on_the_way_to_another_page_and_back() -> None:
    app = opened("time")
    app.selectbox(key="time-option").set_value("gke").run()
    turned(app, "break-even").run()
    turned(app, "time").run()
    assert app.selectbox(key="time-option").value == "gke"


def test_what_skill_and_assets_change() -> None:
    app = opened("time")
    answer = answer_to(app)
    (platform,) = chosen([app.selectbox(key="time-option").value])
    heading, *rows = table(app, "What skill and assets change, P10/P50/P90")
    cases = what_if(answer, platform)
    assert heading[0] == "one change at a time"
    assert [row[3] for row in rows] == [three(case.plan.days_to_production) for case in cases]
    assert [row[2] for row in rows] == [money(case.tco_usd) for case in cases]
    by_name = {row[0]: row[1] for row in rows}
    now = cases[0].plan.days_to_production.p50
    expert = next(case for case in cases if case.value == "expert").plan.days_to_production.p50
    assert by_name["Skill in managed platforms: expert"] == f"{rough(now - expert)} days sooner"
    none = next(case for case in cases if case.value == "none").plan.days_to_production.p50
    assert by_name["Skill in managed platforms: none"] == f"{rough(none - now)} days later"


def test_releases_and_operations() -> None:
    app = opened("time")
    plan = answer_to(app).plan(app.selectbox(key="time-option").value)
    _, *rows = table(app, "Releases and operations")
    assert [row[1] for row in rows] == [
        three(plan.operations_hours_per_month), three(plan.release_hours), three(plan.release_days),
    ]  # fmt: skip


def test_a_change_of_the_workload_changes_the_figures() -> None:
    app = opened("time")
    before = shown(app)
    asked: Scenario = app.session_state["scenario"]
    app.session_state["scenario"] = asked.with_(workload=asked.workload.model_copy(update={"skill_managed": "none"}))
    app.run()
    assert shown(app) == expected(answer_to(app).plan(app.selectbox(key="time-option").value))
    assert shown(app) != before


# a history


def test_a_history_is_shown_used_everywhere_and_dropped_again() -> None:
    app = opened("time")
    generic = shown(app)
    uploaded(app, "history.csv", HISTORY.read_bytes())
    assert "4 past deployments used, 0 rows ignored" in said(app)
    assert app.session_state["scenario"].pace is None  # seeing is not using
    pressed(app, "Use this pace everywhere")
    assert app.session_state["scenario"].pace == own_pace()
    assert "Your team's own pace is in use" in said(app)
    assert shown(app) == expected(answer_to(app).plan(app.selectbox(key="time-option").value))
    assert shown(app) != generic
    turned(app, "break-even").run()
    assert app.session_state["scenario"].pace == own_pace()
    turned(app, "time").run()
    pressed(app, "Back to the generic pace")
    assert app.session_state["scenario"].pace is None
    assert shown(app) == generic
    assert "own pace is in use" not in said(app)


def test_bad_rows_are_named_and_inert_and_the_good_ones_used() -> None:
    rows = f"gke,working,production,,240,95\n{HOSTILE},working,production,,10,5\ngke,working,production,,0,5\n"
    app = uploaded(opened("time"), "history.csv", (HEADER + rows).encode())
    page = said(app)
    assert not faults(app)
    assert "1 past deployment used, 2 rows ignored" in page
    assert r"history\.csv, row 3\: platform" in page
    assert r"row 4\: actual\_hours is '0'" in page
    assert "<img" not in page.replace(r"\<img", "")
    assert "**bold**" not in page
    assert "](javascript" not in page


@pytest.mark.parametrize(
    ("name", "raw", "why"),
    [
        ("history.csv", b"\xff\xfe\x00platform", "cannot be read as a CSV file in UTF"),
        ("history.csv", b"", "has no column platform"),
        ("history.csv", HEADER.encode(), "holds no row that can be used"),
        ("history.csv", (HEADER + "gke,working,production,,0,5\n").encode(), "holds no row that can be used"),
        ("history.csv", b"x" * (MOST_BYTES + 1), "is larger than 1,048,576 bytes"),
        ("history.csv", (HEADER + "a,b,c,,1,1\n" * (MOST_ROWS + 1)).encode(), "has more than 5,000 rows"),
        (f"{HOSTILE}.csv", b"", "has no column platform"),
        ("team.yaml", b"a: &a [1]\nb: *a\n", "anchors and aliases"),
        ("team.yaml", b"cases: 3\n", "hours_mean"),
        ("team.yaml", b"cases: 3\n" * 100_000, "is larger than 65,536 bytes"),
    ],
)
def test_what_is_no_history_is_one_message_and_changes_nothing(name: str, raw: bytes, why: str) -> None:
    app = uploaded(opened("time"), name, raw)
    before = shown(app)
    assert why in faults(app).replace("\\", "")
    assert "<img" not in faults(app).replace(r"\<img", "")
    assert app.session_state["scenario"].pace is None
    assert shown(app) == before == expected(answer_to(app).plan(app.selectbox(key="time-option").value))


def test_a_kept_pace_comes_back_as_it_was() -> None:
    pace = own_pace()
    again, ignored = learnt("Team.YAML", pace.to_yaml().encode())
    assert (again, ignored) == (pace, ())
    app = uploaded(opened("time"), "team.yaml", pace.to_yaml().encode())
    pressed(app, "Use this pace everywhere")
    assert app.session_state["scenario"].pace == pace


def test_what_a_history_teaches_is_what_the_command_says() -> None:
    assert learnt("history.csv", HISTORY.read_bytes()) == (own_pace(), ())
    with pytest.raises(HistoryError, match=r"history\.csv has no column"):
        learnt("history.csv", b"a,b\n")


def test_two_sessions_have_each_their_own_pace() -> None:
    one, other = opened("time"), opened("time")
    pressed(uploaded(one, "history.csv", HISTORY.read_bytes()), "Use this pace everywhere")
    other.run()
    assert other.session_state["scenario"].pace is None
    assert shown(other) != shown(one)


def test_a_hostile_name_of_a_workload_is_inert() -> None:
    app = opened("time")
    asked: Scenario = app.session_state["scenario"]
    app.session_state["scenario"] = asked.with_(workload=asked.workload.model_copy(update={"name": HOSTILE}))
    app.run()
    assert not app.exception
    assert "<img" not in said(app).replace(r"\<img", "")
    assert not any("<img" in markup for markup in html(app))
