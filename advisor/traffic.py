"""The weekly shape of traffic as a load-duration curve: a few levels, each with its share of time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from advisor.units import (
    HOURS_PER_DAY,
    HOURS_PER_MONTH,
    HOURS_PER_WEEK,
    SECONDS_PER_HOUR,
    SECONDS_PER_MONTH,
    WEEKS_PER_MONTH,
    Array,
)


class Level(NamedTuple):
    """One step of the load-duration curve."""

    multiple: float  # of the mean arrival rate
    share: float  # of the time, 0 to 1
    steps_down: int  # how many times a week the shape falls across the edge below this level


def weekly_shape(weights: Sequence[float]) -> tuple[float, ...]:
    """The 168 weights of a week, Monday 00:00 first, as given (24 weights repeat every day).

    Raises ValueError for another count, a weight that is negative or not finite, or weights that are all zero.
    """
    if len(weights) not in (HOURS_PER_DAY, HOURS_PER_WEEK):
        raise ValueError(f"weights: {HOURS_PER_DAY} or {HOURS_PER_WEEK} numbers are needed, got {len(weights)}")
    if not all(math.isfinite(weight) and weight >= 0 for weight in weights) or not any(weights):
        raise ValueError("weights: finite numbers, none below 0 and at least one above 0, are needed")
    return tuple(float(weight) for weight in weights) * (HOURS_PER_WEEK // len(weights))


def mean_one(shape: Sequence[float]) -> tuple[float, ...]:
    """The same shape scaled to a mean of 1."""
    # Divided by the largest first, so that neither the sum nor the quotient can overflow.
    peak = max(shape)
    relative = [weight / peak for weight in shape]
    mean = math.fsum(relative) / len(relative)
    return tuple(weight / mean for weight in relative)


def levels(weights: Sequence[float]) -> tuple[Level, ...]:
    """Distinct values of a weekly shape (24 or 168 relative weights), in rising order, mean 1 over the week.

    The reduction keeps every distinct value, so it is exact: the load-duration curve of power-system planning.
    """
    shape = mean_one(weekly_shape(weights))
    return tuple(
        Level(value, shape.count(value) / len(shape), _falls_across(shape, value)) for value in sorted(set(shape))
    )


def _falls_across(shape: Sequence[float], value: float) -> int:
    """Hours of the week that start below `value` after an hour at or above it; Sunday night meets Monday."""
    return sum(before >= value > now for before, now in zip((shape[-1], *shape), shape, strict=False))


def arrival_rates(requests_per_month: Array, levels: Sequence[Level]) -> Array:
    """Requests per second during each level. (rows, 1) of requests a month -> (levels, rows, 1)."""
    per_second = np.array([level.multiple / SECONDS_PER_MONTH for level in levels])
    rates: Array = requests_per_month * per_second[:, np.newaxis, np.newaxis]
    return rates


def hours_with_release(levels: Sequence[Level], delay_s: float) -> tuple[float, ...]:
    """Monthly hours that capacity stands at each level when it is released `delay_s` late; they add up to 730.

    Every fall gives the delay to the upper level and takes it from the lower: 730 t + weeks (d/3600) (c - c_above).
    Exact up to one step of the shape. Raises ValueError beyond 3600 s, where `warm_hours` counts on the shape.
    """
    if not 0 <= delay_s <= SECONDS_PER_HOUR:
        raise ValueError(f"delay_s: 0 to {SECONDS_PER_HOUR:g} s fold into levels, got {delay_s:g}")
    lingering = WEEKS_PER_MONTH * delay_s / SECONDS_PER_HOUR
    above = [level.steps_down for level in levels[1:]] + [0]
    return tuple(
        HOURS_PER_MONTH * level.share + lingering * (level.steps_down - falls)
        for level, falls in zip(levels, above, strict=True)
    )


def warm_hours(weights: Sequence[float], delay_s: float) -> float:
    """Monthly hours with traffic, or within `delay_s` after it stopped: min(delay, time until the next rise).

    Counted on the 168-hour shape itself, so any delay will do (Vertex AI waits up to 8 h before it drops to zero).
    """
    shape = weekly_shape(weights)
    lingering = math.fsum(min(delay_s / SECONDS_PER_HOUR, silence) for silence in _silences(shape))
    return WEEKS_PER_MONTH * (sum(weight > 0 for weight in shape) + lingering)


def _silences(shape: Sequence[float]) -> list[int]:
    """Lengths in hours of the runs without traffic, the week seen as a ring."""
    first = next(hour for hour, weight in enumerate(shape) if weight > 0)
    busy = "".join("x" if weight > 0 else " " for weight in (*shape[first:], *shape[:first]))
    return [len(run) for run in busy.split("x") if run]


def rises(levels: Sequence[Level], quantities: Sequence[Array]) -> Array:
    """Units added in a month by all upward steps of a quantity that never falls from one level to the next.

    `quantities` holds one column per level, rising; the week is a ring: it rises across an edge as often as it falls.
    """
    total = np.zeros_like(quantities[0])
    for level, below, quantity in zip(levels[1:], quantities, quantities[1:], strict=False):
        total = total + WEEKS_PER_MONTH * level.steps_down * (quantity - below)
    return total


def windowed_peak(weights: Sequence[float], window_s: Array) -> Array:
    """Largest mean multiple of the load over any window of this length: what work that may wait asks for.

    `window_s` (rows, 1) -> (rows, 1). A window within one hour sees the highest weight, an endless one the mean, 1.
    The largest mean starts or ends where an hour does, so trying both at all 168 edges is exact.
    """
    arrived = np.concatenate(([0.0], np.cumsum(mean_one(weekly_shape(weights)))))  # by the end of each hour of the week
    lengths_h, row = np.unique(np.maximum(window_s / SECONDS_PER_HOUR, 1.0), return_inverse=True)
    peaks = [_busiest(arrived, length_h) for length_h in lengths_h]
    return np.array(peaks)[row].reshape(window_s.shape)


def _busiest(arrived: Array, length_h: float) -> float:
    """Largest mean over a window of this length that starts or ends where an hour does."""
    edges = np.arange(HOURS_PER_WEEK, dtype=np.float64)
    starting = _arrived_by(arrived, edges + length_h) - arrived[:-1]
    ending = arrived[:-1] - _arrived_by(arrived, edges - length_h)
    return float(np.max(np.maximum(starting, ending))) / length_h


def _arrived_by(arrived: Array, hour: Array) -> Array:
    """Load arrived since Monday 00:00 of this week by any hour, before or after it: the week repeats."""
    weeks = np.floor(hour / HOURS_PER_WEEK)
    of_week: Array = np.interp(hour - weeks * HOURS_PER_WEEK, np.arange(HOURS_PER_WEEK + 1.0), arrived)
    return weeks * float(arrived[-1]) + of_week
