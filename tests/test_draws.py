"""Draws and the schedule over them: textbook values, worked by hand."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from advisor.draws import (
    DRAWS,
    Spread,
    added,
    correlated_normals,
    exact_spread,
    split_lognormal,
    spread,
    standard_normals,
)
from advisor.schedule import schedule
from pricing.effort import Activity, ThreePoint, load_effort

TABLES = load_effort(Path(__file__).parents[1] / "pricing" / "data")


# The split lognormal ------------------------------------------------------------------------------------------------


def test_quantiles_meet_low_mode_and_high() -> None:
    draws = split_lognormal([ThreePoint(2.0, 4.0, 10.0, "")], standard_normals(3)[1:2])[0]
    met = spread(draws)
    # The draws are the middles of 4,001 strata, so number 400 is the quantile 400.5/4001 = 0.1001, not 0.1.
    assert (met.p10, met.p50, met.p90) == pytest.approx((2.0, 4.0, 10.0), rel=1e-3)
    assert met.p50 == 4.0


def test_mean_of_the_split_lognormal() -> None:
    # s_lo = ln 2 / 1.28155 = 0.54086, s_hi = ln 2.5 / 1.28155 = 0.71498
    # exp(0.54086^2 / 2) = 1.15749, Phi(-0.54086) = 0.29430; exp(0.71498^2 / 2) = 1.29122, Phi(0.71498) = 0.76269
    # 4 (1.15749 x 0.29430 + 1.29122 x 0.76269) = 4 (0.34065 + 0.98480) = 5.3018
    point = ThreePoint(2.0, 4.0, 10.0, "")
    assert exact_spread(point).mean == pytest.approx(5.3018, abs=2e-4)
    draws = split_lognormal([point], standard_normals(3)[1:2])[0]
    assert spread(draws).mean == pytest.approx(5.3018, rel=1e-3)  # the strata cut the last of the tail


def test_nothing_to_do_is_zero_hours() -> None:
    nothing = ThreePoint(0.0, 0.0, 0.0, "")
    assert not split_lognormal([nothing], standard_normals(3)[1:2]).any()
    assert exact_spread(nothing) == Spread(0.0, 0.0, 0.0, 0.0)


def test_a_low_of_zero_is_an_eighth_of_the_mode() -> None:
    # Approval: 0/2/15 business days in the table.
    approval = TABLES.activities["CR", "working"]["A15"]
    assert (approval.low, approval.mode, approval.high) == (2 / 8, 2.0, 15.0)


def test_normals_are_a_latin_hypercube() -> None:
    normals = standard_normals(5)
    assert normals.shape == (5, DRAWS)
    assert all(len(set(row)) == DRAWS and abs(row.mean()) < 1e-12 for row in normals)
    assert np.abs(np.corrcoef(normals) - np.eye(5)).max() < 4 / math.sqrt(DRAWS)


def test_correlation_of_equal_activities() -> None:
    # Fifteen equal activities: sd of the mean is 1/sqrt(15) = 25.8 % of one's at rho 0, sqrt(0.2 + 0.8/15) = 50.3 % at
    # rho 0.2. Nearly so for a lognormal with a small spread.
    point = ThreePoint(1 / 1.05, 1.0, 1.05, "")
    for rho, share in ((0.0, 0.258), (0.2, 0.503)):
        draws = split_lognormal([point] * 15, correlated_normals(16, rho)[1:])
        assert (added(*draws) / 15).std() == pytest.approx(share * draws[0].std(), rel=0.03)


# The schedule -------------------------------------------------------------------------------------------------------


def test_forward_and_backward_pass() -> None:
    # start -> a 2 -> b 3 -> d 1, a -> c 5 -> d: d starts at 7, and b, done at 5, holds nothing up.
    def step(name: str, *after: str) -> Activity:
        return Activity(name, name, "work", after, 1, frozenset(), False)

    network = (step("a"), step("b", "a"), step("c", "a"), step("d", "b", "c"))
    days = {name: np.full(DRAWS, length) for name, length in zip("abcd", (2.0, 3.0, 5.0, 1.0), strict=True)}
    timing = schedule(network, days)
    assert timing.medians() == {"a": (0.0, 2.0), "b": (2.0, 5.0), "c": (2.0, 7.0), "d": (7.0, 8.0)}
    assert timing.critical_share == {"a": 1.0, "b": 0.0, "c": 1.0, "d": 1.0}
    assert timing.critical_path() == ("a", "c", "d")
    assert timing.end[0] == 8.0
