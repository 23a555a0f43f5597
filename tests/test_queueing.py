"""Queueing: Erlang's formulas against the textbook, instances busy and alive against hand work and simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from columns import column
from hypothesis import given, settings
from hypothesis import strategies as st
from simulation import billed_instances, poisson

from advisor.bursts import AT_ONCE, STEPS, peak_concurrency
from advisor.queueing import (
    busy_instances,
    busy_share,
    effective_duration,
    erlang_b,
    erlang_c,
    idle_survival,
    offered_load,
    rounded_duration,
)


@pytest.mark.parametrize(
    ("servers", "load", "blocked"),
    [
        (0, 3, 1.0),
        (1, 3, 0.75),  # a / (1 + a)
        (2, 2, 0.4),  # (2²/2) / (1 + 2 + 2) = 2/5
        (5, 3, 2.025 / 18.4),  # (243/120) / (1 + 3 + 4.5 + 4.5 + 3.375 + 2.025)
        (4, 0, 0.0),
    ],
)
def test_erlang_b(servers: float, load: float, blocked: float) -> None:
    assert erlang_b(column(servers), column(load)) == pytest.approx(blocked, rel=1e-14)


def test_erlang_b_of_rows_with_different_servers() -> None:
    assert erlang_b(column(1, 2, 5), column(3, 2, 3)) == pytest.approx(column(0.75, 0.4, 2.025 / 18.4))


def test_erlang_b_of_a_thousand_servers_stays_finite() -> None:
    # For a = k large, B is about sqrt(2 / (π k)) = 0.02523 (Jagerman 1974: 1/B = sqrt(π k/2) + 2/3, so 0.02481).
    assert erlang_b(column(1000), column(1000)) == pytest.approx(1 / (math.sqrt(math.pi * 500) + 2 / 3), rel=1e-4)


@pytest.mark.parametrize(
    ("servers", "load", "waiting"),
    [
        (1, 0.6, 0.6),  # ρ
        (2, 1, 1 / 3),  # p = 1/2, k/(k-a) = 2: 1 / (1 + 1 + 1)
        (3, 2, 4 / 9),  # 8/6 · 3 = 4 over 1 + 2 + 2 + 4
        (3, 0, 0.0),
        (2, 2, 1.0),
        (2, 5, 1.0),
    ],
)
def test_erlang_c(servers: float, load: float, waiting: float) -> None:
    assert erlang_c(column(servers), column(load)) == pytest.approx(waiting, rel=1e-12)


@given(st.integers(1, 300), st.floats(0.01, 0.99))
def test_erlang_c_follows_from_erlang_b(servers: int, share: float) -> None:
    # C = B / (1 - ρ (1 - B)), two roads to one number.
    blocked = erlang_b(column(servers), column(share * servers))
    assert erlang_c(column(servers), column(share * servers)) == pytest.approx(
        blocked / (1 - share * (1 - blocked)), rel=1e-9, abs=1e-300
    )


def test_erlang_c_of_a_hundred_thousand_servers() -> None:
    # β = (k - a)/sqrt(k) = 1: Halfin and Whitt 1981, 1 / (1 + β Φ(β)/φ(β)) = 0.2234.
    waiting = erlang_c(column(1e5), column(99_684))
    assert waiting == pytest.approx(1 / (1 + 0.841345 / 0.241971), abs=2e-3)


def test_effective_duration_of_requests_that_slow_each_other() -> None:
    # s = (0.4 - 0.05) / 7 = 0.05; 12/s: 0.05 / (1 - 0.6) = 0.125. 30/s would exceed a full replica: 0.4.
    duration = effective_duration(column(0.05), column(0.4), column(8), column(0, 12, 30))
    assert duration == pytest.approx(column(0.05, 0.125, 0.4))


def test_requests_that_only_wait_do_not_slow_each_other() -> None:
    assert effective_duration(column(0.3), column(0.3), column(80), column(200)) == column(0.3)


def test_one_request_at_a_time_is_alone() -> None:
    assert effective_duration(column(0.05), column(0.4), column(1), column(12)) == column(0.05)


@pytest.mark.parametrize(
    ("duration_s", "cv", "rounded_s"),
    [
        (0.25, 0, 0.3),
        (0.3, 0, 0.3),  # 0.3 / 0.1 lands beside 3 in floats
        (0.2, 0.5, 0.1 / 0.3934693),  # 1 - e^-0.5
        (1e-6, 0.5, 0.1),  # one step at least
    ],
)
def test_rounded_duration(duration_s: float, cv: float, rounded_s: float) -> None:
    assert rounded_duration(column(duration_s), column(cv), column(0.1)) == pytest.approx(rounded_s, rel=1e-6)


def test_rounding_adds_half_a_step_to_a_long_request() -> None:
    assert rounded_duration(column(60), column(1), column(0.1)) == pytest.approx(60.05, abs=1e-4)


@pytest.mark.parametrize(
    ("slots", "offered", "carried", "busy"),
    [
        (1, 3, 3 / 4, 3 / 4),
        (2, 2, 2 * 3 / 5, 4 / 5),  # Σ = 1 + 2 + 2
        (3, 3, 3 * 8.5 / 13, 12 / 13),  # Σ = 1 + 3 + 4.5 + 4.5
    ],
)
def test_offered_load_and_busy_share(slots: float, offered: float, carried: float, busy: float) -> None:
    assert offered_load(column(slots), column(carried)) == pytest.approx(offered, rel=1e-12)
    assert busy_share(column(slots), column(offered)) == pytest.approx(busy, rel=1e-14)


@given(st.integers(1, 127), st.floats(1e-9, 0.9999))
def test_newton_finds_what_must_be_offered(slots: int, share: float) -> None:
    carried = column(min(share * slots, 39.9))
    offered = offered_load(column(slots), carried)
    assert offered * (1 - erlang_b(column(slots), offered)) == pytest.approx(carried, rel=1e-9)


@pytest.mark.parametrize(
    ("rate", "rounded_s", "concurrency", "instances", "busy"),
    [
        (12, 1, 2, 10, 8.0),  # y = 1.2 is carried of x = 2: busy 4/5 of the time
        (50, 0.2, 1, 3, 10.0),  # one at a time: all of λ D_r, whatever n
        (70, 0.02, 80, 1, 1 - math.exp(-1.4)),  # many slots: M/G/∞
        (1000, 0.2, 80, 5, 5.0),  # 40 each: never empty
        (900, 1, 80, 5, 5.0),  # more than 5 · 80 can carry: never above n
        (0, 0.2, 8, 0, 0.0),
        (0, 0.2, 8, 2, 0.0),
    ],
)
def test_busy_instances(rate: float, rounded_s: float, concurrency: float, instances: float, busy: float) -> None:
    counted = busy_instances(column(rate), column(rounded_s), column(concurrency), column(instances))
    assert counted == pytest.approx(busy, rel=1e-12)


@pytest.mark.parametrize(
    ("rate", "duration_s", "concurrency", "instances", "formula", "simulated"),
    [
        # D_r = 0.1 / (1 - e^-0.5) = 0.25415: 50 · 0.25415 = 12.71
        (50, 0.2, 1, 17, 12.71, 12.1),
        # D_r = 0.1 / (1 - e^-5) = 0.10068: y = 7.05, 1 - e^-7.05 = 0.999
        (70, 0.02, 80, 1, 0.999, 0.99),
        # y = 2.5415 of 4: x = 3.3755 (Σ_3 = 16.48, Σ_4 = 21.89; x Σ_3/Σ_4 = 2.5415), 5 (1 - 1/21.89) = 4.772
        (50, 0.2, 4, 5, 4.772, 4.69),
    ],
)
def test_busy_instances_against_simulation(
    rate: float, duration_s: float, concurrency: int, instances: int, formula: float, simulated: float
) -> None:
    rounded_s = rounded_duration(column(duration_s), column(1), column(0.1))
    busy = busy_instances(column(rate), rounded_s, column(concurrency), column(instances))
    billed = billed_instances(poisson(rate, duration_s, 900, seed=5), concurrency, instances, 0.1, seed=6)
    assert busy == pytest.approx(formula, rel=1e-3)
    assert billed == pytest.approx(simulated, rel=0.02)
    assert busy == pytest.approx(billed, rel=0.07)


@settings(max_examples=300)
@given(st.integers(1, 1000), st.integers(1, 50), st.floats(1e-6, 2), st.floats(1, 2))
def test_busy_instances_lie_between_perfect_packing_and_none(
    concurrency: int, instances: int, share: float, more: float
) -> None:
    slots, kept, load = column(concurrency), column(instances), column(share * concurrency * instances)
    busy = busy_instances(load, column(1), slots, kept)
    assert busy <= load * (1 + 1e-12)
    assert busy >= np.minimum(load / slots, kept) * (1 - 1e-9)
    assert busy <= kept or concurrency == 1
    assert busy_instances(load * more, column(1), slots, kept) >= busy * (1 - 1e-12)


@pytest.mark.parametrize(("load", "peak"), [(0.2, 3), (1, 6), (5, 15), (20, 37), (0, 0), (1e-5, 0)])
def test_peak_concurrency(load: float, peak: int) -> None:
    # The tail is 0.2 s over 900 s, 2.22e-4. For a = 1: P(N > 6) = 8.3e-5 and P(N > 5) = 5.9e-4; for a = 0.2:
    # P(N > 3) = 5.7e-5 and P(N > 2) = 1.1e-3; for a = 1e-5, P(N > 0) = 1e-5.
    assert peak_concurrency(column(load), column(0.2 / 900)) == peak


@pytest.mark.parametrize("load", [0.7, 8, 90, 650, 999.9])
def test_peak_concurrency_is_the_poisson_quantile(load: float) -> None:
    chances = [math.exp(count * math.log(load) - load - math.lgamma(count + 1)) for count in range(1500)]
    smallest = next(count for count in range(1500) if math.fsum(chances[count + 1 :]) <= 1e-5)
    assert peak_concurrency(column(load), column(1e-5)) == smallest


def test_peak_concurrency_of_many_is_that_of_each() -> None:
    # so many that none of them takes more than the first number of steps at once, where one alone takes ever more
    loads = np.linspace(1.0, 1000.0, AT_ONCE // STEPS)[:, np.newaxis]
    many = peak_concurrency(loads, column(1e-9))
    for at in (0, 100, 4000, len(loads) - 1):
        assert peak_concurrency(loads[at : at + 1], column(1e-9)) == many[at]


def test_peak_concurrency_above_a_thousand_is_a_bound() -> None:
    # L = ln 10^4 = 9.2103; t = 3.0701 + sqrt(9.4255 + 2 · 2000 · 9.2103) = 195.03: 2196. The normal quantile is 2000 +
    # 3.719 · sqrt(2000) = 2166.
    assert peak_concurrency(column(2000), column(1e-4)) == 2196


@given(st.floats(0, 1500), st.floats(1e-3, 600), st.floats(1e-9, 1))
def test_peak_concurrency_never_falls_as_the_load_rises(load: float, more: float, tail: float) -> None:
    low, high = peak_concurrency(column(load, load + more), column(tail)).ravel()
    assert low <= high


def test_requests_longer_than_the_idle_time_start_nothing_extra() -> None:
    assert peak_concurrency(column(3, 2000), column(1.5)).tolist() == [[0], [0]]


def test_idle_survival() -> None:
    # One request in 20 minutes: e^(-900/1200) = 0.4724.
    assert idle_survival(column(1 / 1200), column(900)) == pytest.approx(0.472367, rel=1e-6)


def test_one_row_equals_many() -> None:
    random = np.random.default_rng(11)
    rate, slots = random.lognormal(0, 3, (400, 1)), random.integers(1, 1001, (400, 1)).astype(float)
    kept = np.ceil(rate * 0.3 / slots / 0.6)
    busy, peak = busy_instances(rate, column(0.3), slots, kept), peak_concurrency(rate, column(1e-4))
    for row in range(0, 400, 7):
        one = slice(row, row + 1)
        assert busy_instances(rate[one], column(0.3), slots[one], kept[one])[0, 0] == busy[row, 0]
        assert peak_concurrency(rate[one], column(1e-4))[0, 0] == peak[row, 0]
