"""Autoscaling: the settled count against published vectors and executable rules, cold starts against simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from columns import column
from hypothesis import given
from hypothesis import strategies as st
from rules import (
    HPA_TOLERANCE,
    HPA_WINDOW_S,
    NODE_UNNEEDED_S,
    hpa_desired,
    hpa_run,
    hpa_up_limit,
    node_is_candidate,
    node_removable_at,
    node_utilisation,
)
from simulation import alive_instances as simulated_alive
from simulation import poisson

from advisor.autoscaling import (
    alive_instances,
    async_replicas,
    cold_share,
    cold_starts_per_month,
    expiries_per_s,
    present_share,
    promised_replicas,
    release_delay_s,
    replicas_with_spare_zone,
    requests_per_cold_start,
    settled_replicas,
)
from advisor.bursts import peak_concurrency


@pytest.mark.parametrize(
    ("rate", "duration_s", "concurrency", "utilisation", "replicas"),
    [
        (480, 1, 80, 0.6, 10),  # 480 in flight: at 0.6 of 80
        (480, 1, 80, 1.0, 6),  # and filled to the brim
        (1000, 0.2, 80, 0.6, 5),  # 200 / 48 = 4.2
        (1000, 0.2, 80, 1.0, 3),
        (9, 1, 1, 0.6, 15),  # ten instances at 90 % of the CPU: 10 · 0.9 / 0.6
        (1, 0.3, 1, 0.1, 3),  # 0.3 / 0.1 lands beside 3 in floats
        (1e-12, 0.2, 80, 0.6, 1),  # one as soon as there is traffic
        (0, 0.2, 80, 0.6, 0),
    ],
)
def test_settled_replicas(
    rate: float, duration_s: float, concurrency: float, utilisation: float, replicas: float
) -> None:
    settled = settled_replicas(column(rate), column(duration_s), column(concurrency), column(utilisation))
    assert settled == replicas


@pytest.mark.parametrize(
    ("current", "ratio", "desired"),
    [(4, 1.05, 4), (4, 1.10, 4), (4, 1.11, 5), (4, 0.90, 4), (4, 0.89, 4), (10, 0.5, 5)],
)
def test_rule_of_the_hpa(current: int, ratio: float, desired: int) -> None:
    assert hpa_desired(current, ratio) == desired


@pytest.mark.parametrize(("current", "added", "limit"), [(1, 0, 5), (3, 0, 7), (10, 0, 20), (20, 10, 20)])
def test_rule_of_growth(current: int, added: int, limit: int) -> None:
    assert hpa_up_limit(current, added) == limit


def test_rule_of_growth_from_one_to_a_hundred_pods() -> None:
    trace = hpa_run(100, pods=1, until_s=75)
    assert trace == [(0, 5), (15, 10), (30, 20), (45, 40), (60, 80), (75, 100)]


def test_rule_of_shrinking_waits_for_the_window() -> None:
    trace = dict(hpa_run(5, pods=10, until_s=600))
    assert (trace[285], trace[300]) == (10, 5)


@given(st.floats(0.01, 1e5), st.floats(0.001, 10), st.integers(1, 1000), st.floats(0.1, 1))
def test_the_settled_count_is_a_fixed_point_of_the_hpa(
    rate: float, duration_s: float, concurrency: int, utilisation: float
) -> None:
    settled = settled_replicas(column(rate), column(duration_s), column(concurrency), column(utilisation))[0, 0]
    in_use = rate * duration_s / (concurrency * settled)
    assert hpa_desired(int(settled), in_use / utilisation) == settled


@given(st.integers(1, 400), st.integers(1, 400))
def test_the_hpa_comes_to_rest_at_the_settled_count_give_or_take_its_tolerance(load: int, start: int) -> None:
    settled = settled_replicas(column(load), column(1), column(1), column(1))[0, 0]
    rest = hpa_run(load, pods=start, until_s=900)[-1][1]
    assert rest == settled or abs(load / rest - 1) <= HPA_TOLERANCE + 1e-9


@pytest.mark.parametrize(
    ("requested", "allocatable", "share", "candidate"),
    [
        ({"cpu": 1.9, "memory": 7}, {"cpu": 3.92, "memory": 13}, 7 / 13, False),
        ({"cpu": 1.9, "memory": 6}, {"cpu": 3.92, "memory": 13}, 1.9 / 3.92, True),
        ({"cpu": 6.4, "memory": 6, "gpu": 0}, {"cpu": 8, "memory": 30, "gpu": 1}, 0, True),  # CPU is not looked at
    ],
)
def test_rule_of_an_unneeded_node(
    requested: dict[str, float], allocatable: dict[str, float], share: float, candidate: bool
) -> None:
    assert node_utilisation(requested, allocatable) == pytest.approx(share)
    assert node_is_candidate(requested, allocatable) == candidate


def test_rule_of_removal_needs_both_clocks() -> None:
    assert node_removable_at(unneeded_since_s=100, last_scale_up_s=0) == 700
    assert node_removable_at(unneeded_since_s=100, last_scale_up_s=300) == 900


def test_the_release_tail_follows_from_both_rules() -> None:
    # Load halves at 0 s: the pods stand for the window of 300 s, then their nodes for 600 s more.
    pods_gone_s = next(now for now, pods in hpa_run(5, pods=10, until_s=900) if pods == 5)
    nodes_gone_s = node_removable_at(unneeded_since_s=pods_gone_s, last_scale_up_s=-3600)
    assert release_delay_s(HPA_WINDOW_S, NODE_UNNEEDED_S) == nodes_gone_s == 900


def test_work_that_may_wait_is_sized_by_its_busiest_window() -> None:
    # 2/s on average, 1.25 times that in the busiest window: 2.5/s · 30 s / (4 · 0.9) = 20.8; nothing for nothing.
    replicas = async_replicas(column(2, 0), column(1.25), column(30), column(4), column(0.9))
    assert replicas.tolist() == [[21], [0]]


def test_a_spare_zone_adds_its_part() -> None:
    # ⌈5 · 3/2⌉ = 8, ⌈5 · 2/1⌉ = 10, and untouched where the loss of a zone need not be survived.
    assert replicas_with_spare_zone(column(5), column(3, 2, 3), column(1, 1, 0) > 0).tolist() == [[8], [10], [5]]


def test_endless_zones_spare_nothing() -> None:
    assert replicas_with_spare_zone(column(5), column(np.inf), column(1) > 0) == 5


def test_promises_ask_for_replicas_or_are_not_made() -> None:
    replicas, promised = promised_replicas(column(0.99, 0.993, 0.995, 0.999), (0.99, 0.995), (1, 2))
    assert replicas.tolist() == [[1], [2], [2], [2]]
    assert promised.tolist() == [[True], [True], [True], [False]]


def test_present_share() -> None:
    # One request in 20 minutes, 900 s of idling: 1 - e^-0.75 = 0.5276; a minimum is always there, no traffic never.
    # What starts in 600 s stands (1 - q)/(1 + λ S q) = 0.527633/(1 + 0.5 · 0.472367) = 0.426825 of the time, and starts
    # for λ q S/(1 + λ S q) = 0.236183/1.236183 = 0.191058 of it.
    every, startup_s = column(1 / 1200, 1 / 1200, 0, 1 / 1200), column(0, 0, 0, 600)
    present = present_share(every, column(900), startup_s, column(0, 1, 0, 0))
    assert present == pytest.approx(column(0.527633, 1, 0, 0.426825), rel=2e-6)
    starts = expiries_per_s(every, column(900), startup_s, column(0, 1, 0, 0))
    assert 600 * starts[3] == pytest.approx(0.191058, rel=3e-6)


def test_present_share_against_simulation() -> None:
    # Requests of 10 s, started in 5 s, expire 900 s later: an instance lingers 915 s after the request that woke it
    # and 910 s after the others.
    alive = simulated_alive(poisson(1 / 1200, 10, 2e7, seed=3), 5, 900, 2e7)
    started = present_share(column(1 / 1200), column(910), column(5), column(0))
    starting = 5 * expiries_per_s(column(1 / 1200), column(910), column(5), column(0))
    assert started + starting == pytest.approx(alive, rel=0.02)


def lone_instance(rate: float, idle_s: float, startup_s: float, until_s: float) -> tuple[float, float, float]:
    """Starts per second, shares of time in which one instance starts and stands: an oracle, one request after another.

    It answers any number of requests at a time; those that come while it starts wait for it.
    """
    random, now, starts, standing_s = np.random.default_rng(8), 0.0, 0, 0.0
    goes = ready = 0.0
    while now < until_s:
        now += random.exponential(1 / rate)
        if now >= goes:  # nobody is there
            starts, ready, goes = starts + 1, now + startup_s, now + startup_s
        last = max(now, ready) + idle_s
        standing_s, goes = standing_s + last - goes, last
    return starts / now, starts * startup_s / now, standing_s / now


@pytest.mark.parametrize(("every_s", "startup_s"), [(300, 300), (900, 300), (3000, 1800)])
def test_starting_and_standing_against_simulation(every_s: float, startup_s: float) -> None:
    rate, linger_s, start_s = column(1 / every_s), column(900), column(startup_s)
    starts, starting, standing = lone_instance(1 / every_s, 900, startup_s, until_s=1e4 * every_s)
    assert expiries_per_s(rate, linger_s, start_s, column(0)) == pytest.approx(starts, rel=0.03)
    assert present_share(rate, linger_s, start_s, column(0)) == pytest.approx(standing, rel=0.03)
    assert starting + standing < 1


@given(st.floats(1e-7, 10), st.floats(0, 3600), st.floats(0, 3600))
def test_nothing_starts_and_stands_for_longer_than_there_is(rate: float, linger_s: float, startup_s: float) -> None:
    columns = column(rate), column(linger_s), column(startup_s), column(0)
    assert present_share(*columns) + startup_s * expiries_per_s(*columns) <= 1 + 1e-12


@pytest.mark.parametrize(
    ("every_s", "alive_s"),
    [
        (1200, 10 + 5 + 900),  # the instance shuts down before the next request
        (600, 600),  # never idle long enough
    ],
)
def test_a_request_now_and_then_keeps_an_instance(every_s: float, alive_s: float) -> None:
    until_s = 1000 * every_s
    alive = simulated_alive([(every_s * turn, 10.0) for turn in range(1000)], 5, 900, until_s)
    assert alive * every_s == pytest.approx(alive_s, rel=1e-3)


def test_alive_instances() -> None:
    # Bursts reach 37 at once: ⌈37/4⌉ = 10 instances live on above the 7 that the load settles at; a single one that may
    # go counts for the time it is there; what settles above the bursts stays.
    low, high = alive_instances(column(7, 1, 12), column(37, 1, 37), column(4), column(0.9, 0.5, 1))
    assert low.tolist() == [[7], [0.5], [12]]
    assert high.tolist() == [[10], [0.5], [12]]


@pytest.mark.parametrize(("rate", "until_s", "simulated"), [(1, 90_000, 3.6), (5, 30_000, 7.1), (25, 15_000, 16.9)])
def test_alive_instances_against_the_most_eager_autoscaler(rate: float, until_s: float, simulated: float) -> None:
    # One that starts an instance for every request that finds none idle keeps up to a fifth more alive than N*: the
    # high end stands for a vendor's, which lets requests wait a moment first.
    settled = settled_replicas(column(rate), column(0.2), column(1), column(0.6))
    peak = peak_concurrency(column(rate * 0.2), column(0.2 / 900))
    _, high = alive_instances(settled, peak, column(1), column(1))
    alive = simulated_alive(poisson(rate, 0.2, until_s, seed=8), 0, 900, until_s)
    assert alive == pytest.approx(simulated, rel=0.05)
    assert simulated / 1.2 <= high <= simulated


def test_expiries() -> None:
    # 1/1200 per second, of which e^-0.75 = 0.4724 find nobody; none with a minimum.
    expiries = expiries_per_s(column(1 / 1200), column(900), column(0), column(0, 1))
    assert expiries == pytest.approx(column(0.472367 / 1200, 0), rel=1e-6)


def test_an_endless_linger_never_expires() -> None:
    assert expiries_per_s(column(0.01), column(np.inf), column(10), column(0)) == 0


def test_cold_starts_add_rises_and_expiries_level_by_level() -> None:
    # 30 rises, 0.001/s over 100 h (360) and 0.0001/s over 630 h (226.8).
    starts = cold_starts_per_month(column(30), (100, 630), (column(0.001), column(0.0001)))
    assert starts == pytest.approx(30 + 360 + 226.8)


def test_requests_that_meet_one_start() -> None:
    # 3/s while it starts for 4 s: the one that woke it and 12 more, but no more than it takes at a time.
    assert requests_per_cold_start(column(3), column(4), column(80, 8)).tolist() == [[13], [8]]


def test_cold_share_stays_between_none_and_all() -> None:
    share = cold_share(column(5, 500, 0), column(1000, 100, 0))
    assert share.tolist() == [[0.005], [1], [0]]


@given(st.floats(0, 1e4), st.floats(0.01, 1e5))
def test_presence_and_expiry_complement_each_other(rate: float, linger_s: float) -> None:
    present = present_share(column(rate), column(linger_s), column(0), column(0))[0, 0]
    expiries = expiries_per_s(column(rate), column(linger_s), column(0), column(0))[0, 0]
    assert 0 <= present <= 1
    assert expiries == pytest.approx(rate * (1 - present), abs=1e-12 * (1 + rate))
    assert math.isfinite(expiries)
