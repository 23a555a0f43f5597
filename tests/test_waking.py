"""Machines that go and come back: by hand, at the limits, and against a simulation of the cycle."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from columns import column
from hypothesis import given
from hypothesis import strategies as st

from advisor.autoscaling import present_share, wakes_per_s
from advisor.capacity import Sized, Sizing
from advisor.queueing import per_replica
from advisor.traffic import arrival_rates, levels
from advisor.waking import Nap, WakingPlan, standing_share
from advisor.workload import Workload, Workloads

RATES = st.floats(1e-7, 10)
SECONDS = st.floats(0, 3600)


def nap(idle_s: float, decision_s: float, wake_s: float) -> Nap:
    return Nap(column(idle_s), column(decision_s), column(wake_s))


def test_by_hand() -> None:
    # λ = 0.001/s, T = 1000 s, W = 500 s, d = 100 s: q = e^-1 = 0.367879441, λ q W = 0.183939721
    # wakes 0.000367879441 / 1.183939721 = 0.000310724807; stands 1 - 0.367879441 · 1.1 / 1.183939721 = 0.658202712
    rate, given_nap = column(0.001), nap(1000, 100, 500)
    assert wakes_per_s(rate, given_nap.idle_s, given_nap.wake_s)[0, 0] == pytest.approx(0.000310724807, rel=1e-8)
    assert standing_share(rate, given_nap)[0, 0] == pytest.approx(0.658202712, rel=1e-8)


def test_without_requests_nothing_wakes_and_nothing_stands() -> None:
    silent = column(0.0)
    assert wakes_per_s(silent, column(900), column(600)) == 0
    assert standing_share(silent, nap(900, 120, 600)) == 0


def test_steady_requests_let_nothing_go() -> None:
    busy = column(10.0)
    assert wakes_per_s(busy, column(900), column(600)) == 0
    assert standing_share(busy, nap(900, 120, 600)) == 1


@given(RATES, SECONDS)
def test_a_machine_that_is_back_at_once_is_present_as_an_instance_is(rate: float, idle_s: float) -> None:
    at_once = standing_share(column(rate), nap(idle_s, 0, 0))
    np.testing.assert_allclose(
        at_once, present_share(column(rate), column(idle_s), column(0), column(0)), rtol=1e-9, atol=1e-12
    )


@given(RATES, SECONDS, SECONDS, SECONDS)
def test_shares_are_shares_and_the_wait_for_a_request_is_all_that_is_saved(
    rate: float, idle_s: float, decision_s: float, starting_s: float
) -> None:
    given_nap = nap(idle_s, decision_s, decision_s + starting_s)
    wakes, standing = (
        wakes_per_s(column(rate), given_nap.idle_s, given_nap.wake_s)[0, 0],
        standing_share(column(rate), given_nap)[0, 0],
    )
    assert 0 <= wakes <= rate
    assert -1e-12 <= standing <= 1
    # what does not stand waits 1/λ for a request in every cycle, and d for the decision
    assert standing == pytest.approx(1 - wakes * (1 / rate + decision_s), abs=1e-9)


@given(SECONDS, SECONDS, RATES, st.floats(1, 10))
def test_more_requests_never_stand_less(idle_s: float, decision_s: float, rate: float, factor: float) -> None:
    given_nap = nap(idle_s, decision_s, decision_s + 240)
    few, many = (standing_share(column(each), given_nap) for each in (rate, rate * factor))
    assert few[0, 0] <= many[0, 0] + 1e-12


def simulated(
    rate: float, idle_s: float, decision_s: float, wake_s: float, cycles: int, seed: int
) -> tuple[float, ...]:
    """Wakes per second, share of time that stands, share of requests that find no machine."""
    random = np.random.default_rng(seed)
    total_s, standing_s, met, requests = 0.0, 0.0, 0, 0
    for _ in range(cycles):
        asleep_s, during = random.exponential(1 / rate), random.poisson(rate * wake_s)
        gaps = []
        while not gaps or gaps[-1] < idle_s:
            gaps.append(random.exponential(1 / rate))
        awake_s = sum(gaps[:-1]) + idle_s
        total_s += asleep_s + wake_s + awake_s
        standing_s += wake_s - decision_s + awake_s
        met += 1 + during
        requests += 1 + during + len(gaps) - 1
    return cycles / total_s, standing_s / total_s, met / requests


@pytest.mark.parametrize("per_hour", [0.5, 2, 6])
def test_against_a_simulation_of_the_cycle(per_hour: float) -> None:
    rate, idle_s, decision_s, wake_s = per_hour / 3600, 1382.0, 169.0, 609.0
    wakes, standing, met = simulated(rate, idle_s, decision_s, wake_s, cycles=20_000, seed=11)
    given_nap = nap(idle_s, decision_s, wake_s)
    assert wakes_per_s(column(rate), given_nap.idle_s, given_nap.wake_s)[0, 0] == pytest.approx(wakes, rel=0.02)
    assert standing_share(column(rate), given_nap)[0, 0] == pytest.approx(standing, rel=0.02)
    plan = plan_of([1.0] * 24, rate * 2_628_000, given_nap, kept=0)
    assert plan.cold_share[0, 0] == pytest.approx(met, rel=0.02)


def plan_of(weights: list[float], requests_per_month: float, given_nap: Nap, kept: float) -> WakingPlan:
    work = Workloads.of(
        [Workload(name="x", requests_per_month=requests_per_month, duration_s=0.1, vcpu=1, memory_gib=1)]
    )
    shape = levels(weights)
    rate = arrival_rates(work.requests_per_month, shape)
    sizing = Sizing(column(1), column(0), None, per_replica, False, work.duration_s, work.duration_full_s)
    sized = Sized(sizing, rate, (rate > 0).astype(np.float64), np.zeros((1, 1), dtype=bool))
    hours = tuple(730 * level.share for level in shape)
    return WakingPlan(work, shape, hours, sized, column(kept), given_nap.idle_s, nap=given_nap)


def test_the_first_request_of_every_morning_finds_no_machine() -> None:
    # Silent nights, 2/s by day: no gap of 900 s by day. 730/24 = 30.4166667 mornings a month, and each wakes for 600 s,
    # in which 2 · 600 requests follow the first: 30.4166667 · 1201 / 2,628,000 = 0.0139004630
    plan = plan_of([0] * 12 + [1] * 12, 2_628_000, nap(900, 120, 600), kept=0)
    assert plan.cold_starts_per_month[0, 0] == pytest.approx(30.4166667, rel=1e-8)
    assert plan.cold_share[0, 0] == pytest.approx(0.0139004630, rel=1e-8)
    assert plan.standing.ravel().tolist() == [0, 1]


def test_a_machine_that_is_kept_lets_nobody_wait() -> None:
    plan = plan_of([0] * 12 + [1] * 12, 2_628_000, nap(900, 120, 600), kept=1)
    assert plan.cold_share == 0
    assert plan.cold_starts_per_month == 0
    assert plan.standing.ravel().tolist() == [1, 1]


def test_what_busier_hours_have_left_keeps_the_last_replica_at_work() -> None:
    # 24/s in one hour of the day ask for 2.4 replicas of 0.1 s each; the single one works on in the silent hours.
    plan = plan_of([0] * 23 + [1], 2_628_000, nap(900, 120, 600), kept=1)
    spread = replace(plan, kept=column(0), sized=plan.sized._replace(replicas=np.ones((2, 1, 1))))
    assert spread.standing.ravel().tolist() == [1, 1]
