"""Response times and the replicas that a latency goal asks for."""

from __future__ import annotations

import math

import numpy as np
import pytest
from columns import column
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from advisor.queueing import (
    Demand,
    Routing,
    is_late,
    latency_quantile,
    per_replica,
    pooled,
    replicas_for_latency,
    response_time_quantile,
    warm_quantile,
)
from advisor.units import Array

P95 = column(0.95)
E95 = -math.log(0.05)  # 2.9957: the 95th percentile of an exponential of mean 1


def steady(rate: float, duration_s: float = 1, cv: float = 1, concurrency: float = 1) -> Demand:
    return Demand(column(rate), column(duration_s), column(duration_s), column(cv), column(concurrency))


def test_one_server_with_exponential_service_is_exact() -> None:
    # M/M/1 at ρ = 0.6: exponential of mean 1/(1 - 0.6) = 2.5.
    assert response_time_quantile(column(0.6), column(1), column(1), column(1), P95) == pytest.approx(2.5 * E95)


def test_ten_servers_meet_the_exact_law_of_m_m_k() -> None:
    # C(10, 6) = 0.1013; P(T > t) = e^-t (1 + C (1 - e^(-t (k-1-a))) / (k-1-a)), which is 0.05 at t = 3.03.
    quantile = response_time_quantile(column(6), column(1), column(1), column(10), P95)[0, 0]
    assert math.exp(-quantile) * (1 + 0.1013 * (1 - math.exp(-3 * quantile)) / 3) == pytest.approx(0.05, rel=0.01)


def test_random_routing_costs_more_than_twice_the_pooled_wait() -> None:
    # Ten replicas, one request each, ρ = 0.6: 7.5 D split against 3.0 D pooled.
    split = latency_quantile(steady(6), column(10), P95, per_replica)
    shared = latency_quantile(steady(6), column(10), P95, pooled)
    assert split == pytest.approx(7.5, abs=0.02)
    assert shared == pytest.approx(3.0, abs=0.05)


def test_requests_of_equal_length_on_idle_replicas_take_their_length() -> None:
    assert latency_quantile(steady(0, duration_s=0.3, cv=0), column(2), P95, pooled) == pytest.approx(0.3, rel=1e-4)


def test_equal_lengths_halve_the_wait() -> None:
    # One server, ρ = 0.5: M/M/1 waits 1 on average, M/D/1 half of it (Pollaczek-Khinchine): chance 0.5 of a mean of 1.
    # With service the mean is 1.5 and the variance 0.5 · 1.5 · 1 = 0.75; a gamma of shape 3 and scale 0.5 has its
    # 95th percentile at half the scale times the chi-squared quantile of 6 degrees of freedom, 12.5916.
    quantile = response_time_quantile(column(0.5), column(1), column(0), column(1), P95)
    assert quantile == pytest.approx(0.5 * 12.5916 / 2, rel=1e-5)


@pytest.mark.parametrize("rate", [10, 25])
def test_replicas_that_cannot_keep_up_never_answer(rate: float) -> None:
    assert latency_quantile(steady(rate), column(10), P95, pooled) == np.inf


def test_requests_that_slow_each_other_take_their_effective_duration() -> None:
    # 12/s on one replica of 8: 0.125 s each (processor sharing), 1.5 of 8 slots taken, so nobody waits.
    demand = Demand(column(12), column(0.05), column(0.4), column(1), column(8))
    assert latency_quantile(demand, column(1), P95, per_replica) == pytest.approx(0.125 * E95, rel=1e-3)


def test_replicas_step_up_until_the_goal_is_met() -> None:
    # Split M/M/1: 2.9957 / (1 - 6/n) ≤ 4 s from n = 6 / (1 - 2.9957/4) = 23.9 on.
    replicas, unattainable = replicas_for_latency(steady(6), column(10), column(4), P95, per_replica)
    assert replicas == 24
    assert not unattainable


def test_a_goal_that_is_met_asks_for_nothing_more() -> None:
    replicas, unattainable = replicas_for_latency(steady(6), column(30), column(4), P95, per_replica)
    assert replicas == 30
    assert not unattainable


@pytest.mark.parametrize("goal_s", [math.inf, math.nan])
def test_no_goal_asks_for_nothing(goal_s: float) -> None:
    replicas, unattainable = replicas_for_latency(steady(6), column(3), column(goal_s), P95, pooled)
    assert replicas == 3
    assert not unattainable


def test_a_goal_below_the_request_itself_is_unattainable() -> None:
    # Alone, the 95th percentile is 2.9957 s; 2.99 s cannot be bought, 3 s can.
    replicas, unattainable = replicas_for_latency(steady(6), column(10), column(2.99, 3), P95, per_replica)
    assert unattainable.tolist() == [[True], [False]]
    assert replicas[0, 0] == 10
    assert replicas[1, 0] == math.ceil(6 / (1 - E95 / 3))  # 4183


@given(
    st.floats(0.001, 3000),
    st.floats(0.01, 2),
    st.floats(1, 4),
    st.floats(0, 2),
    st.integers(1, 100),
    st.floats(0.01, 10),
    st.sampled_from([pooled, per_replica]),
)
def test_the_count_is_the_smallest_that_will_do(
    rate: float, duration_s: float, slowing: float, cv: float, concurrency: int, goal_s: float, routing: Routing
) -> None:
    demand = Demand(column(rate), column(duration_s), column(duration_s * slowing), column(cv), column(concurrency))
    replicas, unattainable = replicas_for_latency(demand, column(1), column(goal_s), P95, routing)
    met = latency_quantile(demand, replicas, P95, routing) <= goal_s
    assert met ^ unattainable
    assert (replicas == 1) | (latency_quantile(demand, replicas - 1, P95, routing) > goal_s)


def test_one_row_equals_many() -> None:
    random = np.random.default_rng(2)

    def some(low: float, high: float) -> Array:
        return np.exp(random.uniform(math.log(low), math.log(high), (60, 1)))

    duration_s = some(0.01, 1)
    demand = Demand(some(0.01, 1000), duration_s, duration_s * some(1, 4), some(0.1, 2), np.ceil(some(1, 80)))
    goal_s = some(0.05, 5)
    replicas, unattainable = replicas_for_latency(demand, column(1), goal_s, P95, per_replica)
    for row in range(60):
        alone = Demand(*(one[[row]] for one in demand))
        chosen, missed = replicas_for_latency(alone, column(1), goal_s[[row]], P95, per_replica)
        assert (chosen[0, 0], missed[0, 0]) == (replicas[row, 0], unattainable[row, 0])


@pytest.mark.parametrize(
    ("share", "read_at", "started"),
    [
        (0, 0.95, False),
        (0.04, 0.95 / 0.96, False),  # the slowest 1 of the warm 96 in 100, after the 4 cold ones, is the 95th
        (0.05, 0, True),  # the fastest of the cold ones
        (0.1, 0.5, True),  # half of the cold ones are slower
        (1, 0.95, True),
    ],
)
def test_where_the_quantile_is_read_with_cold_starts(share: float, read_at: float, started: bool) -> None:
    quantile, cold = warm_quantile(P95, column(share))
    assert quantile == pytest.approx(read_at, abs=1e-12)
    assert cold == started


@given(
    rate=st.floats(0.01, 500),
    duration_s=st.floats(0.001, 5),
    cv=st.floats(0, 3),
    replicas=st.integers(1, 200),
    goal_s=st.floats(0.001, 30),
)
@settings(max_examples=200)
def test_being_late_is_a_quantile_above_the_goal(
    rate: float, duration_s: float, cv: float, replicas: int, goal_s: float
) -> None:
    demand = Demand(column(rate), column(duration_s), column(duration_s), column(cv), column(4))
    quantile = latency_quantile(demand, column(replicas), P95, per_replica)[0, 0]
    assume(not math.isclose(quantile, goal_s, rel_tol=1e-9))
    assert is_late(demand, column(replicas), column(goal_s), P95, per_replica)[0, 0] == (quantile > goal_s)
