"""How long a service that may fall to zero sleeps: the hours in which no request has come for its idle time."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from advisor.traffic import mean_one, weekly_shape
from advisor.units import HOURS_PER_MONTH, SECONDS_PER_HOUR, WEEKS_PER_MONTH, Array


def asleep_hours(requests_per_month: Array, weights: Sequence[float], idle_s: float) -> Array:
    """Monthly hours in which no request has come for `idle_s`. (rows, 1) of requests a month -> (rows, 1).

    Poisson arrivals whose rate follows the weekly shape: the chance at any moment is e^(-Λ), with Λ the requests to be
    expected in the `idle_s` before it. Many requests leave 730 - `traffic.warm_hours`; a steady few, 730 e^(-λ T).
    """
    hours, least, change = _stretches(tuple(weights), idle_s)
    per_hour = requests_per_month / HOURS_PER_MONTH
    total = np.zeros((1, 1))
    for part in hours * np.exp(-per_hour * least) * _mean_decay(per_hour * change):
        total = total + part
    return total


def _mean_decay(change: Array) -> Array:
    """Mean of e^(-z) while z goes evenly from 0 to `change`: (1 - e^(-change)) / change, and 1 for no change."""
    some = np.where(change > 0, change, 1.0)
    return np.where(change > 0, -np.expm1(-some) / some, 1.0)


class _Stretch(NamedTuple):
    """A part of an hour over which the load of the last idle time goes evenly from one value to another."""

    least: float  # the smaller of both [hours of mean traffic]
    change: float  # and how much the other is larger
    hours: float


@lru_cache(maxsize=1024)
def _stretches(weights: tuple[float, ...], idle_s: float) -> tuple[Array, Array, Array]:
    """The week as stretches: hours a month, least load, change of load. Three arrays of shape (stretches, 1, 1)."""
    times = Counter(_of_week(mean_one(weekly_shape(weights)), idle_s / SECONDS_PER_HOUR))
    hours = [WEEKS_PER_MONTH * count * each.hours for each, count in times.items()]
    columns = hours, [each.least for each in times], [each.change for each in times]
    hours_column, least, change = (np.array(column).reshape(-1, 1, 1) for column in columns)
    return hours_column, least, change


def _of_week(shape: Sequence[float], idle_h: float) -> list[_Stretch]:
    """Two stretches an hour: until the window of the last `idle_h` leaves its oldest hour behind, and from there on."""
    whole = math.floor(idle_h)
    rest = idle_h - whole
    found = []
    for hour, weight in enumerate(shape):
        ago = [shape[(hour - back) % len(shape)] for back in range(whole + 2)]
        held = ago[1 : whole + 1]  # hours that lie in the window all the time, or until its start reaches the oldest
        begin = math.fsum((*held, rest * ago[whole + 1]))
        middle = math.fsum((*held, rest * weight))
        end = math.fsum((*held, weight, -(1 - rest) * ago[whole]))
        found += [_stretch(begin, middle, rest), _stretch(middle, end, 1 - rest)]
    return [each for each in found if each.hours > 0]


def _stretch(start: float, end: float, hours: float) -> _Stretch:
    return _Stretch(min(start, end), abs(end - start), hours)
