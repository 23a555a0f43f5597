"""Vertex AI endpoints: the autoscaler's published vectors, and what an explanation says."""

from __future__ import annotations

import datetime as dt

import pytest
from columns import column
from hypothesis import given
from hypothesis import strategies as st
from rules import vertex_applied, vertex_asleep_at, vertex_desired, vertex_run

from advisor.answer import explain_one
from advisor.autoscaling import settled_replicas
from advisor.comparison import compare
from advisor.evaluation import Wanted
from advisor.explanation import Explanation
from advisor.platforms.vertex_ai import VERTEX_AI
from advisor.workload import Workloads, workload_from
from pricing import load

BOOK = load(dt.date(2026, 11, 24))
SHIFT = [0.0] * 8 + [3.0] * 8 + [0.0] * 8  # eight hours a day, silent else


def explained(mode: str | None = None, **fields: object) -> Explanation:
    basis = {"name": "service", "requests_per_month": 1e6, "duration_s": 0.1, "vcpu": 1, "memory_gib": 2}
    workload = workload_from({**basis, **fields}, "test")
    (explanation,) = explain_one(workload, VERTEX_AI, BOOK, Wanted(mode)).options
    return explanation


# ---- the autoscaler ----


@pytest.mark.parametrize(
    ("current", "utilisation", "desired"),
    [
        (2, 1.0, 4),  # ⌈2 · 1 / 0.6⌉ = ⌈3.33⌉
        (10, 0.01, 1),  # ⌈0.17⌉
        (3, 0.6, 3),
        (3, 0.61, 4),  # ⌈3.05⌉: no tolerance, unlike the HPA
        (1, 0.0, 1),
    ],
)
def test_rule_of_the_autoscaler(current: int, utilisation: float, desired: int) -> None:
    assert vertex_desired(current, utilisation) == desired


def test_the_highest_target_of_five_minutes_is_applied() -> None:
    assert vertex_applied([2, 6, 2, 2]) == 6
    assert vertex_applied([6] + [2] * 19) == 6
    assert vertex_applied([6] + [2] * 20) == 2  # 20 periods of 15 s later


def test_ten_idle_nodes_shrink_to_one_after_five_minutes() -> None:
    trace = dict(vertex_run(10 * 0.01, nodes=10, until_s=600))
    assert (trace[270], trace[285], trace[300]) == (10, 1, 1)


def test_two_full_nodes_double() -> None:
    assert vertex_run(2, nodes=2, until_s=0) == [(0, 4)]


@given(st.floats(0.01, 300), st.integers(1, 300))
def test_the_autoscaler_comes_to_rest_at_the_settled_count(load: float, start: int) -> None:
    rest = vertex_run(load, nodes=start, until_s=1200)[-1][1]
    assert rest == settled_replicas(column(load), column(1), column(1), column(0.6))


def test_one_request_in_fifty_minutes_keeps_the_endpoint_up() -> None:
    requests = [3000.0 * turn for turn in range(30)]
    assert vertex_asleep_at(requests) == requests[-1] + 3600  # never before they end


def test_a_short_idle_time_counts_from_the_last_request() -> None:
    assert vertex_asleep_at([0, 10], started=0, idle_s=300, hold_s=300) == 310


def test_a_start_is_held() -> None:
    assert vertex_asleep_at([0, 10], started=0, idle_s=300, hold_s=3600) == 3600


# ---- the option ----


def test_an_endpoint_sleeps_only_where_a_request_may_be_lost() -> None:
    may_lose = explained(requests_per_month=100, lost_requests_allowed=True)
    assert (may_lose.variant.mode, explained(requests_per_month=100).variant.mode) == ("scale-to-zero", "endpoint")


def test_the_level_without_traffic_has_no_copies_and_a_part_of_a_node() -> None:
    sleeping = explained("scale-to-zero", profile="custom", weights=SHIFT, lost_requests_allowed=True)
    assert sleeping.plan.replicas[0] == 0
    assert 0 < sleeping.plan.machines[0] < 1
    assert sleeping.plan.machines[-1] == 1


def test_a_queue_that_is_worked_on_all_day_keeps_the_endpoint_awake() -> None:
    # 8 hours of 3 requests a second, 24 h to finish them: ⌈2.4 / 0.9⌉ = 3 copies for a third of the day, or ⌈0.8 / 0.9⌉
    # = 1 that never rests, for the same hours.
    fields = {"kind": "async", "max_wait_s": 86_400, "requests_per_month": 2_628_000, "duration_s": 0.8}
    queue = explained("scale-to-zero", profile="custom", weights=SHIFT, lost_requests_allowed=True, **fields)
    assert queue.plan.machines[0] == 1


def test_sleep_is_the_same_alone_and_in_company() -> None:
    profiles = ("steady", "batch-night", "office-hours")
    fields = {"duration_s": 0.1, "vcpu": 1, "memory_gib": 2, "lost_requests_allowed": True}
    rows = [
        workload_from(
            {"name": "service", "requests_per_month": 3.7**row, "profile": profiles[row % 3], **fields}, "test"
        )
        for row in range(2, 17)
    ]
    together = compare(Workloads.of(rows), [VERTEX_AI], BOOK).options["vertex-ai"]
    alone = [compare(Workloads.of([row]), [VERTEX_AI], BOOK).options["vertex-ai"].usd[0] for row in rows]
    assert together.usd.tolist() == alone
    assert set(together.mode) == {"scale-to-zero", "endpoint"}


def test_the_gateway_is_an_assumption_only_where_it_stands() -> None:
    public, private = ([each for each in explained(exposure=exposure).assumptions if "Cloud Run service" in each]
                       for exposure in ("public", "private"))  # fmt: skip
    assert len(public) == 1
    assert not private


def test_judgements_in_words_have_no_unit() -> None:
    (sentence,) = [each for each in explained(exposure="public").assumptions if "public address" in each]
    assert ": a Cloud Run service of the default size (judgement: " in sentence
