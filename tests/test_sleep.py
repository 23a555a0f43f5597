"""Sleep of a service that may fall to zero: closed forms, the hours that stay warm, and the rule played out."""

from __future__ import annotations

import math

import numpy as np
import pytest
from columns import column
from hypothesis import given
from hypothesis import strategies as st
from rules import vertex_asleep_at

from advisor.sleep import asleep_hours
from advisor.traffic import warm_hours

STEADY = (1.0,) * 24
SHIFT = (0.0,) * 8 + (3.0,) * 8 + (0.0,) * 8  # eight hours a day, silent else


def test_sleep_of_steady_traffic_is_the_chance_of_a_gap() -> None:
    # 730 requests a month, one an hour: no request for an hour with e^-1, for two with e^-2; none at all without any.
    asleep = asleep_hours(column(730, 0), STEADY, 3600)
    assert asleep == pytest.approx(column(730 * math.exp(-1), 730))
    assert asleep_hours(column(730), STEADY, 7200) == pytest.approx(column(730 * math.exp(-2)))


def test_sleep_of_a_shift() -> None:
    # 730 requests a month in a third of the time: 3 an hour for 8 h. An hour's window then sees 0 to 3 in the first
    # hour and 3 to 0 in the hour after: each asleep for (1 - e^-3) / 3 = 0.3167376; 7 hours at e^-3 = 0.0497871, and
    # 15 of the 16 silent ones: 2 · 0.3167376 + 7 · 0.0497871 + 15 = 15.9819849 h a day, 730/24 days.
    assert asleep_hours(column(730), SHIFT, 3600) == pytest.approx(column(730 / 24 * 15.9819849), rel=1e-8)


def test_sleep_with_a_window_of_part_of_an_hour() -> None:
    # Half an hour: 0 to 1.5 requests in the first half hour, 1.5 for 7.5 h, back to 0 in half an hour, 15.5 h of none:
    # 2 · 0.5 · (1 - e^-1.5) / 1.5 + 7.5 e^-1.5 + 15.5 = 0.5179132 + 1.6734762 + 15.5 = 17.6913894 h a day.
    assert asleep_hours(column(730), SHIFT, 1800) == pytest.approx(column(730 / 24 * 17.6913894), rel=1e-8)


@given(
    st.lists(st.sampled_from([0.0, 0.2, 1.0, 4.0]), min_size=168, max_size=168).filter(any),
    st.sampled_from([300, 3600, 5400, 28_800]),
)
def test_much_traffic_sleeps_when_it_is_not_warm(weights: list[float], idle_s: float) -> None:
    assert asleep_hours(column(1e12), weights, idle_s) == pytest.approx(730 - warm_hours(weights, idle_s), abs=1e-4)


@given(st.floats(0, 1e6), st.floats(0, 1e4), st.sampled_from([300, 3600, 4000, 28_800]))
def test_more_requests_never_sleep_longer(requests: float, more: float, idle_s: float) -> None:
    few, many = asleep_hours(column(requests, requests + more), SHIFT, idle_s).ravel()
    assert 0 <= many <= few * (1 + 1e-12) <= 730 * (1 + 1e-9)


def test_sleep_against_the_rule_played_out() -> None:
    # 20,000 requests, two an hour: each one that finds the endpoint asleep starts it, and it falls by the rule.
    arrivals = np.cumsum(np.random.default_rng(5).exponential(1800, 20_000)).tolist()
    awake_s, turn = 0.0, 0
    while turn < len(arrivals):
        falls = vertex_asleep_at(arrivals[turn:], started=arrivals[turn])
        awake_s += falls - arrivals[turn]
        turn += int(np.searchsorted(arrivals[turn:], falls))
    asleep = asleep_hours(column(2 * 730), STEADY, 3600)[0, 0] / 730
    assert asleep == pytest.approx(1 - awake_s / arrivals[-1], rel=0.03)
