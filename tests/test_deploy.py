"""Plans worked by hand where nothing is uncertain, and what must hold for every plan."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.deploy import DeployPlan, plan
from advisor.draws import Spread
from advisor.team import ASSETS, SCOPES, SKILLS, Team, multipliers, on_call
from pricing.effort import EffortTables, ThreePoint, load_effort

TABLES = load_effort(Path(__file__).parents[1] / "pricing" / "data")
QUICK = settings(max_examples=40, deadline=None)


def certain(tables: EffortTables) -> EffortTables:
    """The same tables without uncertainty: every figure is its middle one, so that plans can be worked by hand."""

    def fixed(point: ThreePoint) -> ThreePoint:
        return ThreePoint(point.mode, point.mode, point.mode, point.mark)

    return replace(
        tables,
        activities={key: {k: fixed(p) for k, p in points.items()} for key, points in tables.activities.items()},
        operations={key: {k: fixed(p) for k, p in points.items()} for key, points in tables.operations.items()},
        releases={
            k: r._replace(hands_on_h=fixed(r.hands_on_h), wait_min=fixed(r.wait_min))
            for k, r in tables.releases.items()
        },
    )


CERTAIN = certain(TABLES)


def figure(spread: Spread) -> float:
    """The one value of a spread without uncertainty."""
    assert spread.p10 == pytest.approx(spread.p90, rel=1e-12)
    return spread.p50


# Whole plans by hand ------------------------------------------------------------------------------------------------

# Cloud Run, working, middle hours: A01 4, A02 1, A03 3, A05 2, A09 2, A10 1, A12 5, A13 4, A14 5, A16 5, A17 3,
# A18 1.5; waits: A11 0.18 h, A15 2 d, A19 1 d. A04 is no wait on CPU.
CLOUD_RUN_H = 36.5  # 4 + 1 + 3 + 2 + 2 + 1 + 5 + 4 + 5 + 5 + 3 + 1.5


def test_one_engineer_on_cloud_run() -> None:
    ours = plan("CR", Team("working"), CERTAIN)
    assert figure(ours.setup_hours) == pytest.approx(CLOUD_RUN_H)
    # The hands decide: 36.5 / 2.9 + 1 = 13.5862. The path is shorter: (4 + 3 + 2 + 1) / 2.9 = 3.4483 until the first
    # deploy, 0.18 / 8 + 5 / 2.9 + 2 = 3.7466 until the approval, 1.5 / 2.9 + 1 = 1.5172 until the end: 8.7121.
    assert figure(ours.days_to_production) == pytest.approx(13.5862, abs=1e-4)
    assert ours.people_bound_share == 1.0
    assert ours.activities[-1].finish_p50 == pytest.approx(8.7121, abs=1e-4)
    assert ours.critical_path == ("A01", "A03", "A05", "A10", "A11", "A14", "A15", "A18", "A19")
    assert ours.learning_share == pytest.approx(1 / CLOUD_RUN_H)


def test_three_engineers_on_cloud_run() -> None:
    ours = plan("CR", Team("working", engineers=3), CERTAIN)
    # Security is shared by two: 0.18 / 8 + 5 / 5.8 + 2 = 2.8846; 3.4483 + 2.8846 + 1.5172 = 7.8501,
    # more than 36.5 / 8.7 + 1 = 5.1954.
    assert figure(ours.days_to_production) == pytest.approx(7.8501, abs=1e-4)
    assert ours.people_bound_share == 0.0


@pytest.mark.parametrize(
    ("team", "hours_per_day"),
    [
        (Team("working", share_of_time=0.5), 1.45),
        (Team("working", share_of_time=0.1), 1.0),  # 0.29 would be less than an hour
        (Team("working", focus_h_per_day=5.2), 5.2),
        (Team("working", focus_h_per_day=0.8, share_of_time=0.5), 0.8),  # a full day has no hour
    ],
)
def test_hours_of_a_day(team: Team, hours_per_day: float) -> None:
    ours = plan("CR", team, CERTAIN)
    assert figure(ours.days_to_production) == pytest.approx(CLOUD_RUN_H / hours_per_day + 1)


def test_scopes() -> None:
    demo = plan("CR", Team("working", scope="demo"), CERTAIN)
    assert figure(demo.setup_hours) == pytest.approx(3.0)  # A09 2, A10 1
    assert [activity.id for activity in demo.activities] == ["A09", "A10", "A11"]
    minimal = plan("CR", Team("working", scope="minimal"), CERTAIN)
    assert figure(minimal.setup_hours) == pytest.approx(14.5)  # 4 + 1 + 3 + 2 + 2 + 1 + 1.5
    assert figure(minimal.days_to_production) == pytest.approx(5.0)  # 14.5 / 2.9; no canary bakes


@pytest.mark.parametrize(
    ("family", "team", "wait_d"),
    [
        ("CR", Team("working"), None),
        ("CR", Team("working", gpu=True), 2.0),
        ("CR", Team("working", gpu=True, has_gpu_quota=True), None),
        ("ONP", Team("working"), 60.0),
        ("ONP", Team("working", gpu=True, has_gpu_quota=True), 60.0),
    ],
)
def test_who_waits_for_a_quota_or_for_hardware(family: str, team: Team, wait_d: float | None) -> None:
    waits = {activity.id: activity for activity in plan(family, team, CERTAIN).activities}
    assert (waits["A04"].days.p50 if "A04" in waits else None) == wait_d


@pytest.mark.parametrize(
    ("step", "hours", "days"),
    [
        ("A05", 16.0, 16 / 2.9),
        ("A06", 0.0, 0.0),  # the cluster is there in the morning
        ("A11", 0.0, 0.6 / 8),  # somebody watches
        ("A15", 0.0, 2.0),
    ],
)
def test_a_wait_costs_days_and_no_hours(step: str, hours: float, days: float) -> None:
    rows = {activity.id: activity for activity in plan("MK", Team("working"), CERTAIN).activities}
    assert rows[step].hours.p50 == hours
    assert rows[step].days.p50 == pytest.approx(days)


def test_an_existing_cluster() -> None:
    ours = plan("MK", Team("working", has_cluster=True), CERTAIN)
    # 4 + 4 + 0.3 x 10 + 0 + 0.15 x 20 + 2 + 6 + 14 + 0.5 x 14 + 0.6 x 16 + 10 + 0.6 x 8 + 4
    assert figure(ours.setup_hours) == pytest.approx(71.4)
    assert "A05" not in {activity.id for activity in ours.activities}
    alone = plan("CR", Team("working", has_cluster=True), CERTAIN)
    assert figure(alone.setup_hours) == pytest.approx(CLOUD_RUN_H)  # a cluster does not help Cloud Run


def test_assets_multiply_down_to_a_floor() -> None:
    left = multipliers("MK", Team("working", has_cluster=True, has_iac=True, has_on_call=True), TABLES)
    assert left["A03"] == 0.1  # 0.3 x 0.25 = 0.075 is less than the floor
    assert left["A05"] == 0.0  # what an asset removes stays removed: 0 x 0.45
    assert left["A17"] == pytest.approx(0.3)  # 0.6 x 0.5
    assert left["A16"] == 1.0


def test_operations_of_a_shared_cluster() -> None:
    # Managed Kubernetes, working: platform 4 + 2 + 3 + 4 + 1.5 + 1 = 15.5, service 1.5 + 3 + 3 + 2.5 + 0.6 = 10.6,
    # a release 1.3 h: 15.5 / 4 + 10.6 + 2 x 1.3 = 17.075
    ours = plan("MK", Team("working", cluster_services=4, releases_per_month=2), CERTAIN)
    assert figure(ours.operations_hours_per_month) == pytest.approx(17.075)
    alone = plan("MK", Team("working", releases_per_month=0), CERTAIN)
    assert figure(alone.operations_hours_per_month) == pytest.approx(15.5 + 10.6)


def test_days_of_a_release() -> None:
    # 1.3 h of work, and 8 minutes of watching: 1.3 / 2.9 + 8 / 60 / 8 = 0.46494
    ours = plan("MK", Team("working"), CERTAIN)
    assert figure(ours.release_days) == pytest.approx(0.46494, abs=1e-5)
    assert figure(ours.release_hours) == 1.3
    by_hand = plan("MK", Team("working", scope="minimal"), CERTAIN)
    assert figure(by_hand.release_hours) == 3.25
    owned = plan("MK", Team("working", scope="minimal", has_ci=True), CERTAIN)
    assert figure(owned.release_hours) == 1.3


# On-call ------------------------------------------------------------------------------------------------------------


def test_stand_by_is_a_figure_of_its_own() -> None:
    assert plan("CR", Team("working", engineers=8), TABLES).standby_hours_per_month == 0.0
    # (730 - 160) h x 1 person x 0.33 of the pay = 188.1; a third of it with three services
    ours = plan("CR", Team("working", engineers=8, support="24x7"), TABLES)
    assert ours.standby_hours_per_month == pytest.approx(188.1)
    assert (ours.on_call_feasible, ours.on_call_reason) == (True, "")
    shared = plan("MK", Team("working", engineers=8, support="24x7", cluster_services=3), TABLES)
    assert shared.standby_hours_per_month == pytest.approx(62.7)


@pytest.mark.parametrize(
    ("team", "feasible", "said"),
    [
        (Team("working", engineers=1), True, ""),
        (Team("working", engineers=2, support="24x7"), False, "needs at least 3 people on the rota; the team has 2"),
        (
            Team("working", engineers=3, support="24x7"),
            True,
            "more than a quarter of everyone's time; 8 people would not",
        ),
        (Team("working", engineers=8, support="24x7"), True, ""),
        (Team("working", engineers=1, support="24x7", has_on_call=True), True, "The rota that exists already"),
    ],
)
def test_who_can_be_called(team: Team, feasible: bool, said: str) -> None:
    assert on_call(team, TABLES.practice)[0] is feasible
    assert said in on_call(team, TABLES.practice)[1]


# Marks and families -------------------------------------------------------------------------------------------------


def test_marks_say_how_a_figure_came_about() -> None:
    marks = {a.id: a.mark for a in plan("MK", Team("none", gpu=True), TABLES).activities}
    assert marks["A01"] == "borrowed factor"  # judgement times the published factor of experience
    assert marks["A02"] == "judgement"  # learning
    assert marks["A04"] == marks["A06"] == "published"  # quota, creation of a cluster
    assert {a.id: a.mark for a in plan("MK", Team("working"), TABLES).activities}["A01"] == "judgement"


CLUSTERS = ("MKA", "MK", "K3S", "SELF", "ONP")


def test_which_skill_counts() -> None:
    kubernetes = {family for family in TABLES.families if TABLES.uses_kubernetes_skill(family)}
    assert kubernetes == {*CLUSTERS, *(f"{family}S" for family in CLUSTERS), "AFK", "KFP"}
    assert set(TABLES.families) - kubernetes == {"CR", "LAM", "ACA", "VTX", "SMR", "SMS", "AML", "DFL", "CMP"}


# Properties ---------------------------------------------------------------------------------------------------------

FLAGS = st.fixed_dictionaries({asset: st.booleans() for asset in ASSETS})
OTHERS = st.fixed_dictionaries(
    {
        "scope": st.sampled_from(SCOPES),
        "gpu": st.booleans(),
        "engineers": st.integers(1, 6),
        "share_of_time": st.sampled_from([0.2, 0.5, 1.0]),
        "cluster_services": st.integers(1, 9),
        "support": st.sampled_from(["office", "24x7"]),
    }
)
TEAMS = st.builds(lambda skill, flags, others: Team(skill, **flags, **others), st.sampled_from(SKILLS), FLAGS, OTHERS)
FAMILIES = st.sampled_from(sorted(TABLES.families))


def figures(ours: DeployPlan) -> Iterator[float]:
    """Everything that costs time."""
    for part in (ours.setup_hours, ours.days_to_production, ours.operations_hours_per_month, ours.release_days):
        yield from part


def assert_no_longer(shorter: DeployPlan, longer: DeployPlan) -> None:
    # The tables are rounded to two decimals, so a hundredth of a figure may go the wrong way.
    for less, more in zip(figures(shorter), figures(longer), strict=True):
        assert less <= more * 1.001


@QUICK
@given(FAMILIES, TEAMS)
def test_more_skill_never_lengthens(family: str, team: Team) -> None:
    expert, working, none = (plan(family, team._replace(skill=skill), TABLES) for skill in reversed(SKILLS))
    assert_no_longer(expert, working)
    assert_no_longer(working, none)


@QUICK
@given(FAMILIES, TEAMS, st.sampled_from(ASSETS))
def test_an_added_asset_never_lengthens(family: str, team: Team, asset: str) -> None:
    without: dict[str, Any] = {asset: False}
    added: dict[str, Any] = {asset: True}
    assert_no_longer(plan(family, team._replace(**added), TABLES), plan(family, team._replace(**without), TABLES))


@QUICK
@given(FAMILIES, TEAMS)
def test_one_more_person_is_never_slower(family: str, team: Team) -> None:
    assert_no_longer(plan(family, team._replace(engineers=team.engineers + 1), TABLES), plan(family, team, TABLES))


@QUICK
@given(FAMILIES, TEAMS)
def test_a_plan_holds_together(family: str, team: Team) -> None:
    ours = plan(family, team, TABLES)
    for part in (ours.setup_hours, ours.days_to_production, ours.operations_hours_per_month, ours.release_hours):
        assert 0 < part.p10 <= part.p50 <= part.p90
        assert part.p10 < part.mean
    assert 0 <= ours.learning_share < 1
    assert set(ours.critical_path) <= {activity.id for activity in ours.activities}
    mean_h = math.fsum(activity.hours.mean for activity in ours.activities)
    assert ours.setup_hours.mean == pytest.approx(mean_h, rel=0.01)  # the means of draws and of formulas agree
    latest = max(activity.finish_p50 for activity in ours.activities)
    assert ours.days_to_production.p50 >= latest * (1 - 1e-12)


@pytest.mark.parametrize("family", ["CR", "MK", "ONP"])
def test_correlation_widens_the_total(family: str) -> None:
    totals = [plan(family, Team("working"), TABLES.under(correlation=rho)).setup_hours for rho in (0.0, 0.2, 0.5)]
    none, default, strong = (total.p90 / total.p10 for total in totals)
    assert none < default < strong
    assert totals[0].mean == pytest.approx(totals[2].mean, rel=0.01)  # what is paid on average stays


def test_a_plan_is_the_same_alone_and_among_others() -> None:
    teams = [Team(skill, engineers=people) for skill in SKILLS for people in (1, 4)]
    together = [plan(family, team, TABLES) for team in teams for family in ("MK", "CR", "ONP")]
    alone = plan("MK", teams[0], replace(TABLES))  # tables of their own: nothing is remembered of the others
    assert (alone, alone.activities) == (together[0], together[0].activities)
    assert plan("MK", teams[0], TABLES) is together[0]
