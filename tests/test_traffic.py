"""Traffic: the load-duration curve, the release tail, rises."""

from __future__ import annotations

import numpy as np
import pytest
from columns import column
from hypothesis import given
from hypothesis import strategies as st

from advisor.traffic import (
    Level,
    arrival_rates,
    hours_with_release,
    levels,
    mean_one,
    rises,
    warm_hours,
    weekly_shape,
    windowed_peak,
)
from advisor.units import Array

# Eight hours a day at twice the mean, sixteen at half of it: (8·2 + 16·0.5) / 24 = 1.
OFFICE = (0.5,) * 9 + (2.0,) * 8 + (0.5,) * 7
SHIFT = (0.0,) * 8 + (3.0,) * 8 + (0.0,) * 8  # eight hours a day, silent else

weeks = st.lists(st.sampled_from([0.0, 0.2, 1.0, 1.5, 4.0]), min_size=168, max_size=168).filter(any)


def test_levels_of_a_day_repeat_seven_times() -> None:
    # 16/24 of the time at 0.5, 8/24 at 2; the shape falls back to 0.5 once a day.
    assert levels(OFFICE) == (Level(0.5, 2 / 3, 0), Level(2.0, 1 / 3, 7))


def test_scale_of_weights_does_not_matter() -> None:
    assert levels([5e307 * weight for weight in OFFICE]) == levels(OFFICE)


def test_a_steady_week_is_one_level() -> None:
    assert levels((7.0,) * 168) == (Level(1.0, 1.0, 0),)


def test_a_fall_over_two_edges_crosses_both() -> None:
    # Rising 1, 2, 3 within the day and falling from 3 to 1 at once: both edges are crossed once a day.
    assert [level.steps_down for level in levels((1.0,) * 8 + (2.0,) * 8 + (3.0,) * 8)] == [0, 7, 7]


@given(weeks)
def test_levels_are_the_week_exactly(weights: list[float]) -> None:
    curve = levels(weights)
    by_hour = sum(np.ceil(7 * weight) / 168 for weight in mean_one(weekly_shape(weights)))
    by_level = sum(level.share * np.ceil(7 * level.multiple) for level in curve)
    assert by_level == pytest.approx(by_hour, rel=1e-12)
    assert sum(level.share for level in curve) == pytest.approx(1, rel=1e-12)
    assert sum(level.share * level.multiple for level in curve) == pytest.approx(1, rel=1e-12)


@pytest.mark.parametrize(
    ("weights", "says"),
    [
        ((1.0,) * 23, "24 or 168 numbers are needed, got 23"),
        ((-1.0, *(1.0,) * 23), "none below 0"),
        ((float("nan"), *(1.0,) * 23), "finite numbers"),
        ((0.0,) * 24, "at least one above 0"),
    ],
)
def test_weights_that_are_no_shape_are_refused(weights: tuple[float, ...], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        levels(weights)


def test_arrival_rate_is_the_months_mean_times_the_level() -> None:
    # 730 h · 3600 s = 2,628,000 s: as many requests a month are 1/s on average.
    assert arrival_rates(column(2_628_000, 5_256_000), levels(OFFICE))[1] == pytest.approx(column(2.0, 4.0))


def test_release_fifteen_minutes_late() -> None:
    # Seven falls a week keep the upper level for 0.25 h each: 730/168 · 7 · 0.25 = 7.604 h more of it, and less below.
    low, high = hours_with_release(levels(OFFICE), 900)
    assert high == pytest.approx(243.3333 + 7.6042, abs=1e-3)
    assert low == pytest.approx(486.6667 - 7.6042, abs=1e-3)


@given(weeks, st.sampled_from([0, 900, 1800, 2700, 3600]))
def test_release_tail_equals_the_week_replayed_by_quarters(weights: list[float], delay_s: int) -> None:
    curve = levels(weights)
    quarters = np.repeat(mean_one(weekly_shape(weights)), 4)
    held = np.max([np.roll(quarters, shift) for shift in range(delay_s // 900 + 1)], axis=0)
    replayed = [730 / 672 * np.count_nonzero(held == level.multiple) for level in curve]
    assert hours_with_release(curve, delay_s) == pytest.approx(replayed, abs=1e-9)
    assert sum(hours_with_release(curve, delay_s)) == pytest.approx(730, rel=1e-12)


@pytest.mark.parametrize("delay_s", [-1, 3601, float("nan")])
def test_a_tail_longer_than_an_hour_does_not_fold_into_levels(delay_s: float) -> None:
    with pytest.raises(ValueError, match="0 to 3600 s fold into levels"):
        hours_with_release(levels(OFFICE), delay_s)


@pytest.mark.parametrize(
    ("delay_s", "hours"),
    [
        (0, 8),
        (1_800, 8.5),
        (4 * 3600, 12),
        (16 * 3600, 24),  # until the next rise, 16 h later
        (99 * 3600, 24),
    ],
)
def test_warm_hours_end_with_the_delay_or_the_next_rise(delay_s: float, hours: float) -> None:
    assert warm_hours(SHIFT, delay_s) == pytest.approx(730 * hours / 24)


def test_warm_hours_join_sunday_to_monday() -> None:
    # One busy hour at Monday noon: silent for 167 h in one piece, not for 12 and 155. 730/168 · (1 + 160) h.
    assert warm_hours((0.0,) * 12 + (1.0,) + (0.0,) * 155, 160 * 3600) == pytest.approx(730 / 168 * 161)


def test_traffic_that_never_stops_is_always_warm() -> None:
    assert warm_hours(OFFICE, 300) == pytest.approx(730)


def test_rises_add_every_step_up() -> None:
    # From 1 to 5 replicas (and from 0 to 2) once a day: 730/24 = 30.4167 mornings a month.
    assert rises(levels(OFFICE), [column(1, 0), column(5, 2)]) == pytest.approx(column(4 * 730 / 24, 2 * 730 / 24))


@given(weeks)
def test_rises_equal_the_week_replayed(weights: list[float]) -> None:
    curve, shape = levels(weights), mean_one(weekly_shape(weights))
    replicas = {level.multiple: np.ceil(3 * level.multiple) for level in curve}
    replayed = sum(
        max(replicas[now] - replicas[before], 0) for before, now in zip((shape[-1], *shape), shape, strict=False)
    )
    counted = rises(curve, [column(replicas[level.multiple]) for level in curve])
    assert counted[0, 0] == pytest.approx(730 / 168 * replayed)


@pytest.mark.parametrize(
    ("window_h", "peak"),
    [
        (0.01, 2.0),
        (8, 2.0),
        (16, 1.25),  # (8·2 + 8·0.5) / 16
        (24, 1.0),
        (36, 7 / 6),  # two busy blocks: (8·2 + 16·0.5 + 8·2 + 4·0.5) / 36 = 42 / 36
        (168, 1.0),
    ],
)
def test_windowed_peak_is_the_busiest_window(window_h: float, peak: float) -> None:
    assert windowed_peak(OFFICE, column(window_h * 3600)) == pytest.approx(peak)


@given(weeks, st.integers(1, 400))
def test_windowed_peak_of_whole_hours_equals_trying_all(weights: list[float], hours: int) -> None:
    endless = np.tile(mean_one(weekly_shape(weights)), 4)
    tried = max(np.mean(endless[start : start + hours]) for start in range(168))
    assert windowed_peak(weights, column(hours * 3600))[0, 0] == pytest.approx(tried, rel=1e-9)


def test_windowed_peak_of_half_hours_equals_trying_all_half_hours() -> None:
    weights = [float(hour * hour % 11) for hour in range(168)]
    endless = np.tile(np.repeat(mean_one(weights), 2), 2)
    tried = max(np.mean(endless[start : start + 5]) for start in range(336))  # windows of 2.5 h
    assert windowed_peak(weights, column(2.5 * 3600))[0, 0] == pytest.approx(tried)


def test_an_unknown_wait_stays_unknown() -> None:
    peak = windowed_peak(OFFICE, column(np.nan, 3600))
    assert np.isnan(peak[0, 0])
    assert peak[1, 0] == pytest.approx(2)


def test_one_row_equals_many() -> None:
    random = np.random.default_rng(3)
    waits: Array = random.uniform(0, 8e5, (97, 1))
    together = windowed_peak(OFFICE, waits)
    assert all(windowed_peak(OFFICE, waits[[row]])[0, 0] == together[row, 0] for row in range(97))
