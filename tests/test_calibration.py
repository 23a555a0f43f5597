"""Learning a team's own pace: the published worked example, the limits of the formula, and histories of any quality."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.calibration import Calibration, calibrate, from_log_ratios
from advisor.deploy import plan
from advisor.history import HistoryError, HistoryRow, read_history
from advisor.team import Team
from pricing.effort import load_effort

TABLES = load_effort(Path(__file__).parents[1] / "pricing" / "data")
WORKING = Team("working")
# Effort model 8.1: 240 h against a P50 of 150 h, 300 h against 180 h.
EXAMPLE = from_log_ratios([math.log(240 / 150), math.log(300 / 180)], [], TABLES.practice)
HEADER = "platform,skill,scope,assets,actual_hours,actual_days"


def past(family: str, hours: float, days: float | None = None) -> HistoryRow:
    return HistoryRow(family, WORKING, hours, days)


# The formulas -------------------------------------------------------------------------------------------------------


def test_worked_example() -> None:
    # y = 0.4700, 0.5108; 1/tn^2 = 1/0.25 + 2/0.09 = 26.22, tn = 0.1953; mn = (0.9808/0.09)/26.22 = 0.4156
    assert EXAMPLE.hours_mean == pytest.approx(0.4156, abs=5e-5)
    assert EXAMPLE.hours_sd == pytest.approx(0.1953, abs=5e-5)
    assert EXAMPLE.hours_factor == pytest.approx(1.52, abs=0.005)
    assert EXAMPLE.weight == pytest.approx(2 / (2 + 0.09 / 0.25))  # 0.847
    # sd of the next: sqrt(0.1953^2 + 0.3^2) = 0.358; 165 h x 1.515 = 250; x exp(+-1.2816 x 0.358) = 158 and 396
    ours = EXAMPLE.next_deployment(165)
    assert (ours.p10, ours.p50, ours.p90) == pytest.approx((158, 250, 396), abs=0.5)
    assert ours.mean == pytest.approx(250.02 * math.exp(0.358**2 / 2), abs=0.1)


@pytest.mark.parametrize(("cases", "weight"), [(1, 0.74), (3, 0.89)])
def test_weight_of_a_few_cases(cases: int, weight: float) -> None:
    # n / (n + s^2/t0^2) with s^2/t0^2 = 0.36: 1/1.36 = 0.735, 3/3.36 = 0.893; the model says 0.74 and 0.89
    ours = from_log_ratios([0.4] * cases, [], TABLES.practice)
    assert ours.weight == pytest.approx(weight, abs=0.005)
    assert ours.hours_mean == pytest.approx(ours.weight * 0.4)


def test_unknown_noise_by_hand() -> None:
    # y = 0.2, 0.6: n = 2, mean 0.4, k = 0.36 + 2 = 2.36, location 2 x 0.4 / 2.36 = 0.33898
    # a = 3 + 1 = 4, so 8 degrees of freedom; sum of squares 0.04 + 0.04 = 0.08
    # b = 0.18 + 0.08/2 + 0.36 x 2 x 0.16 / (2 x 2.36) = 0.18 + 0.04 + 0.024407 = 0.244407
    # scale = sqrt(0.244407 x 3.36 / (4 x 2.36)) = 0.29494
    ours = from_log_ratios([0.2, 0.6], [], TABLES.practice)
    assert ours.student_mean == pytest.approx(0.33898, abs=1e-5)
    assert ours.student_freedom == 8
    assert ours.student_scale == pytest.approx(0.29494, abs=1e-5)
    # t with 8 degrees of freedom has its ninth decile at 1.39682 (any table): exp(1.39682 x 0.29494) = 1.50981
    p10, p50, p90 = ours.next_deployment_noise_unknown(100)
    assert p50 == pytest.approx(100 * math.exp(0.33898), abs=0.01)
    assert (p50 / p10, p90 / p50) == pytest.approx((1.50981, 1.50981), abs=1e-4)


def test_cases_that_disagree_widen_where_the_noise_is_unknown() -> None:
    agree, disagree = ([0.4, 0.4, 0.4], [-0.8, 0.4, 1.6])
    wide, narrow = (from_log_ratios(cases, [], TABLES.practice) for cases in (disagree, agree))
    assert wide.student_scale > 1.5 * narrow.student_scale
    assert wide.hours_sd == narrow.hours_sd  # where the noise is taken as known, only their number counts


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(-3, 3), min_size=1, max_size=30))
def test_the_level_lies_between_prior_and_history(ratios: list[float]) -> None:
    ours = from_log_ratios(ratios, ratios, TABLES.practice)
    mean = math.fsum(ratios) / len(ratios)
    assert min(0.0, mean) - 1e-12 <= ours.hours_mean <= max(0.0, mean) + 1e-12
    assert abs(ours.focus_mean) <= abs(ours.hours_mean) + 1e-12  # its prior is as tight as its noise is wide
    assert 0 < ours.hours_sd < TABLES.practice.hours_prior_sd


# A plan by one's own pace -------------------------------------------------------------------------------------------


def test_the_worked_example_as_a_plan() -> None:
    ours = plan("MK", WORKING, TABLES, EXAMPLE).setup_hours
    # The P50 of the plan is itself a simulated one, so 3 % are left to it.
    assert (ours.p10, ours.p50, ours.p90) == pytest.approx((158, 250, 396), rel=0.03)


@pytest.mark.parametrize("family", ["CR", "SMR", "MK", "ONP"])
def test_a_history_as_expected_narrows_without_moving(family: str) -> None:
    generic = plan(family, WORKING, TABLES)
    as_expected = calibrate([past(family, generic.setup_hours.p50, generic.days_to_production.p50)] * 3, TABLES)
    assert as_expected.hours_mean == pytest.approx(0, abs=1e-12)
    assert as_expected.focus_mean == pytest.approx(0, abs=1e-12)
    own = plan(family, WORKING, TABLES, as_expected)
    assert own.setup_hours.p50 == pytest.approx(generic.setup_hours.p50, rel=0.01)
    assert own.setup_hours.p90 / own.setup_hours.p10 < 0.8 * generic.setup_hours.p90 / generic.setup_hours.p10
    # The sd of the log is sqrt(tn^2 + s^2) and no more: nothing is counted twice. 1/tn^2 = 4 + 3/0.09, s = 0.3: 0.342.
    sd = math.log(own.setup_hours.p90 / own.setup_hours.p10) / 2 / 1.2816
    assert sd == pytest.approx(0.342, abs=0.012)


def test_what_a_calibration_touches() -> None:
    generic, own = plan("MK", WORKING, TABLES), plan("MK", WORKING, TABLES, EXAMPLE)
    assert {a.mark for a in own.activities if a.kind in {"work", "learning"}} == {"calibrated"}
    waits = [a.id for a in generic.activities if "wait" in a.kind or a.kind == "bake"]
    assert [(a.days, a.mark) for a in own.activities if a.id in waits] == [
        (a.days, a.mark) for a in generic.activities if a.id in waits
    ]
    assert own.operations_hours_per_month == generic.operations_hours_per_month  # a history of set-ups says nothing
    assert own.days_to_production.p50 > generic.days_to_production.p50


def test_focus_is_learnt_from_hours_a_day() -> None:
    # Twice the expected days for the expected hours: y = ln(1/2); equal prior and noise give it half the weight:
    # exp(-0.3466) = 0.7071 of the usual task hours a day.
    generic = plan("CR", WORKING, TABLES)
    slow = past("CR", generic.setup_hours.p50, 2 * generic.days_to_production.p50)
    ours = calibrate([slow], TABLES)
    assert ours.focus_factor == pytest.approx(math.sqrt(0.5), abs=1e-9)
    assert ours.timed_cases == 1
    # The hours narrow a little too, so compare with the same hours at the usual focus.
    usual = replace(ours, focus_mean=0.0)
    own, other = plan("CR", WORKING, TABLES, ours), plan("CR", WORKING, TABLES, usual)
    assert own.setup_hours == other.setup_hours
    assert own.days_to_production.p50 > 1.2 * other.days_to_production.p50


def test_hours_without_days_say_nothing_of_focus() -> None:
    ours = calibrate([past("CR", 60.0)], TABLES)
    assert (ours.cases, ours.timed_cases, ours.focus_mean, ours.focus_sd) == (1, 0, 0.0, 0.6)


# As YAML ------------------------------------------------------------------------------------------------------------


def test_yaml_keeps_every_figure() -> None:
    assert Calibration.from_yaml(EXAMPLE.to_yaml()) == EXAMPLE


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"hours_mean": None}, "hours_mean is None; a number from -20 to 20 is needed"),
        ({"hours_mean": 99}, "hours_mean is 99; a number from -20 to 20 is needed"),
        ({"hours_sd": 0}, "hours_sd is 0; a number from 1e-06 to 20 is needed"),
        ({"noise_sd": math.nan}, "noise_sd is nan"),
        ({"focus_mean": True}, "focus_mean is True; a number"),
        ({"cases": 2.5}, "cases is 2.5; a whole number from 0"),
        ({"speed": 1}, "speed is not known; the names are cases, hours_mean"),
    ],
)
def test_a_spoilt_calibration_is_named(change: dict[str, object], message: str) -> None:
    spoilt = yaml.safe_dump(yaml.safe_load(EXAMPLE.to_yaml()) | change)
    with pytest.raises(HistoryError) as error:
        Calibration.from_yaml(spoilt)
    assert message in str(error.value)


@pytest.mark.parametrize("text", ["", "- 1", "a: [", "just words"])
def test_text_that_is_no_calibration(text: str) -> None:
    with pytest.raises(HistoryError, match="calibration is not"):
        Calibration.from_yaml(text)


# Histories ----------------------------------------------------------------------------------------------------------


def history(tmp_path: Path, *lines: str, header: str = HEADER) -> Path:
    path = tmp_path / "history.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


def test_good_rows_are_used_and_the_others_named(tmp_path: Path) -> None:
    path = history(
        tmp_path,
        "MK,working,production,has_cluster; has_ci,120,40",
        "cloud-run,expert,production,,30,",
        "Vertex AI endpoint,None,minimal,,55,20",
        "cloud-rum,working,production,,30,10",
        "MK,guru,production,,30,10",
        "MK,working,prod,,30,10",
        "MK,working,production,has_clutser,30,10",
        "MK,working,production,,0,10",
        "MK,working,production,,-4,10",
        "MK,working,production,,lots,10",
        "MK,working,production,,30,0",
        "MK,working,production,has_cluster,has_ci,30,10",
        "MK,working",
    )
    rows, ignored = read_history(path, TABLES, {"cloud-run": "CR"})
    assert [(row.family, row.team.skill, row.hours, row.days) for row in rows] == [
        ("MK", "working", 120.0, 40.0),
        ("CR", "expert", 30.0, None),
        ("VTX", "none", 55.0, 20.0),
    ]
    assert rows[0].team.owned() == ("has_cluster", "has_ci")
    assert rows[2].team.scope == "minimal"
    for line, message in zip(
        ignored,
        [
            "row 5: platform 'cloud-rum' is not known; the nearest is cloud-run",
            "row 6: skill 'guru' is not known; the nearest of none, working, expert is",
            "row 7: scope 'prod' is not known; the nearest of demo, minimal, production is production",
            "row 8: asset 'has_clutser' is not known; the nearest of has_cluster,",
            "row 9: actual_hours is '0'; a number from 0.01 to 1e+06 is needed",
            "row 10: actual_hours is '-4'",
            "row 11: actual_hours is 'lots'",
            "row 12: actual_days is '0'",
            "row 13: more cells than columns; assets are separated by semicolons",
            "row 14: scope '' is not known",
        ],
        strict=True,
    ):
        assert message in line
        assert line.startswith("history.csv, ")


def test_a_family_column_a_byte_order_mark_and_blank_lines(tmp_path: Path) -> None:
    header = "\ufeffFamily, Skill,scope,assets,actual_hours,actual_days,note"
    rows, ignored = read_history(
        history(tmp_path, "", "mk,working,production,,120,40,first try", header=header), TABLES
    )
    assert [row.family for row in rows] == ["MK"]
    assert not ignored


def test_several_people(tmp_path: Path) -> None:
    path = history(
        tmp_path,
        "MK,working,production,,120,40,3",
        "MK,working,production,,120,40,",
        "MK,working,production,,120,40,2.5",
        header=HEADER + ",engineers",
    )
    rows, ignored = read_history(path, TABLES)
    assert [row.team.engineers for row in rows] == [3, 1]
    assert ignored == ["history.csv, row 4: engineers is '2.5'; a whole number is needed"]


def test_missing_columns_are_one_message(tmp_path: Path) -> None:
    with pytest.raises(HistoryError, match="has no column scope, actual_hours; needed are platform, skill"):
        read_history(history(tmp_path, "MK,working,,30", header="platform,skill,assets,actual_days"), TABLES)


def test_files_that_are_no_history(tmp_path: Path) -> None:
    empty, binary = tmp_path / "empty.csv", tmp_path / "binary.csv"
    empty.write_text("")
    binary.write_bytes(b"\xff\xfe\x00platform")
    with pytest.raises(HistoryError, match="has no column platform"):
        read_history(empty, TABLES)
    with pytest.raises(HistoryError, match="cannot be read as a CSV file in UTF-8"):
        read_history(binary, TABLES)
    with pytest.raises(HistoryError, match=r"absent\.csv: there is no such history"):
        read_history(tmp_path / "absent.csv", TABLES)
    with pytest.raises(HistoryError, match="is not a file: name the history itself"):
        read_history(tmp_path, TABLES)


def test_a_history_of_100_mb_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    with pytest.raises(HistoryError, match=r"large\.csv is larger than 1,048,576 bytes"):
        read_history(path, TABLES)


def test_a_column_that_stands_twice_is_named(tmp_path: Path) -> None:
    with pytest.raises(HistoryError, match=r"history\.csv has the column skill more than once"):
        read_history(history(tmp_path, "MK,none,working,production,,240,60", header="skill," + HEADER), TABLES)


def test_one_row_and_a_thousand(tmp_path: Path) -> None:
    line = "MK,working,production,,{hours},60"
    one, _ = read_history(history(tmp_path, line.format(hours=240)), TABLES)
    thousand, ignored = read_history(history(tmp_path, *(line.format(hours=240) for _ in range(1000))), TABLES)
    assert (len(one), len(thousand), ignored) == (1, 1000, [])
    y = math.log(240 / plan("MK", WORKING, TABLES).setup_hours.p50)
    assert calibrate(one, TABLES).hours_mean == pytest.approx(y / 1.36)
    assert calibrate(thousand, TABLES).hours_mean == pytest.approx(y * 1000 / 1000.36)


def test_no_usable_row_is_no_calibration(tmp_path: Path) -> None:
    rows, ignored = read_history(history(tmp_path, "MK,working,production,,0,1"), TABLES)
    assert (rows, len(ignored)) == ([], 1)
    with pytest.raises(HistoryError, match="at least one usable row"):
        calibrate(rows, TABLES)
