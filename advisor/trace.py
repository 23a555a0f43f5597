"""A log of requests as the traffic of a workload: requests a month, a weekly shape, and how far minutes stand out.

Hours are those of the log as written, so that Monday 00:00 is that of the clock that wrote it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from advisor.errors import InputError
from advisor.traffic import Level, levels
from advisor.units import (
    HOURS_PER_DAY,
    HOURS_PER_MONTH,
    HOURS_PER_WEEK,
    ROUNDING_SLACK,
    SECONDS_PER_HOUR,
    SECONDS_PER_MINUTE,
    Array,
    Index,
)

HOUR_S, MINUTE_S = int(SECONDS_PER_HOUR), int(SECONDS_PER_MINUTE)
THURSDAY = 3  # the day of the week on which the count of seconds began, 1970-01-01; Monday is 0
HALF = 0.5
LEAST_S = HOUR_S  # a log that is shorter says nothing about hours


@dataclass(frozen=True)
class Counted:
    """Requests by the second in which they are written; a count stands for all of the seconds until the next."""

    second: Index  # since 1970-01-01 00:00 of the log's own clock, rising
    requests: Array  # shape of `second`
    step_s: int  # seconds that one count stands for; 1 where every request has its own time

    @property
    def begin_s(self) -> int:
        """The first second that the log covers."""
        return int(self.second[0])

    @property
    def end_s(self) -> int:
        """The first second after those that the log covers."""
        return int(self.second[-1]) + self.step_s


@dataclass(frozen=True)
class Trace:
    """What a log says about traffic, and what had to be assumed."""

    requests: float  # in the log
    hours: float  # that it covers
    weights: tuple[float, ...]  # mean requests an hour, Monday 00:00 first
    burst: float
    peak_per_s: float  # of the busiest minute, or of the shortest stretch that the log tells apart
    assumptions: tuple[str, ...]

    @property
    def requests_per_month(self) -> float:
        """At the log's mean rate over the weekly shape."""
        return math.fsum(self.weights) / HOURS_PER_WEEK * HOURS_PER_MONTH

    @property
    def levels(self) -> tuple[Level, ...]:
        """The load-duration curve."""
        return levels(self.weights)

    @property
    def peak(self) -> float:
        """The busiest hour of the week over the mean hour."""
        return self.levels[-1].multiple


def traced(log: Counted) -> Trace:
    """The weekly shape, burst and peak of a log. Raises `InputError` where it is too short or too coarse."""
    if log.step_s > HOUR_S:
        raise InputError(f"the log counts requests every {log.step_s:,} s; allowed: at least every hour")
    if log.end_s - log.begin_s < LEAST_S:
        raise InputError(f"the log covers {log.end_s - log.begin_s:,} s; allowed: at least an hour, better a week")
    if not log.requests.any():
        raise InputError("the log holds no request: all counts are 0; allowed: at least one request")
    rates, seen = hourly(log)
    weights, assumed = completed(rates, seen)
    burst, peak_per_s, doubt = bursts(log)
    total, hours = float(log.requests.sum()), (log.end_s - log.begin_s) / SECONDS_PER_HOUR
    return Trace(total, hours, weights, burst, peak_per_s, (*assumed, *doubt))


def hourly(log: Counted) -> tuple[Array, Array]:
    """Mean requests an hour in each hour of the week, and how many hours of it were seen. Shapes (168,).

    The hours in which the log begins and ends count with the part of them that it covers.
    """
    first, last = log.begin_s // HOUR_S, -(-log.end_s // HOUR_S)
    hours = np.arange(first, last)
    begins, ends = np.maximum(hours * HOUR_S, log.begin_s), np.minimum((hours + 1) * HOUR_S, log.end_s)
    of_week = (hours + THURSDAY * HOURS_PER_DAY) % HOURS_PER_WEEK
    seen = np.bincount(of_week, (ends - begins) / SECONDS_PER_HOUR, HOURS_PER_WEEK).astype(np.float64)
    told = (log.second // HOUR_S + THURSDAY * HOURS_PER_DAY) % HOURS_PER_WEEK
    requests = np.bincount(told, log.requests, HOURS_PER_WEEK)
    rates: Array = np.divide(requests, seen, out=np.zeros(HOURS_PER_WEEK), where=seen > 0)
    return rates, seen


def completed(rates: Array, seen: Array) -> tuple[tuple[float, ...], tuple[str, ...]]:
    """All 168 hours, those that were not seen from the same hour of the days that were; and what that assumes."""
    missing = int(np.count_nonzero(seen == 0))
    if not missing:
        return tuple(rates.tolist()), ()
    by_day, days = (rates * (seen > 0)).reshape(-1, HOURS_PER_DAY), (seen > 0).reshape(-1, HOURS_PER_DAY)
    known = days.sum(axis=0)
    overall = float((rates * (seen > 0)).sum() / np.count_nonzero(seen))
    usual = np.where(known > 0, by_day.sum(axis=0) / np.maximum(known, 1), overall)
    filled = np.where(seen > 0, rates, np.tile(usual, HOURS_PER_WEEK // HOURS_PER_DAY))
    assumed = [f"{missing} of {HOURS_PER_WEEK} hours of the week are not in the log: like that hour on the days seen"]
    if not known.all():
        assumed.append(f"{int((known == 0).sum())} hours of the day are in no day of the log: like the mean hour")
    return tuple(filled.tolist()), tuple(assumed)


def bursts(log: Counted) -> tuple[float, float, tuple[str, ...]]:
    """The busiest minute over what chance explains; its requests per second; and what is in doubt.

    Minutes of a steady stream differ by chance, so the busiest is compared with the median of the largest of as many
    Poisson minutes as the log's requests would fill at the mean of that hour: a Poisson stream has a burst near 1.
    """
    width = max(MINUTE_S, log.step_s)
    slot, at = np.unique(log.second // width, return_inverse=True)
    requests = np.bincount(at, log.requests)
    busiest = int(np.argmax(requests))
    most = float(requests[busiest])
    if width >= HOUR_S:
        return 1.0, most / width, ("the log has no minutes: burst 1, as if requests came by chance within each hour",)
    mean = _mean_of_hour(log, int(slot[busiest]) * width) * width
    usual = usual_largest(mean, float(log.requests.sum()) / mean)
    doubt = () if width == MINUTE_S else (f"the log has no minutes: burst is that of its {width} s",)
    return max(1.0, most / usual), most / width, doubt


def _mean_of_hour(log: Counted, second: int) -> float:
    """Requests per second in the hour around a second, over the part of it that the log covers."""
    begin, end = second // HOUR_S * HOUR_S, (second // HOUR_S + 1) * HOUR_S
    within = (log.second >= begin) & (log.second < end)
    return float(log.requests[within].sum()) / (min(end, log.end_s) - max(begin, log.begin_s))


def usual_largest(mean: float, times: float) -> float:
    """The median of the largest of so many Poisson counts: the least k with P(X ≤ k)^times ≥ 1/2."""
    from scipy.special import pdtr

    needed, count = HALF ** (1 / times), math.floor(mean)
    while pdtr(count, mean) < needed:
        count += 1
    return float(max(count, 1))


def as_counted(second: Sequence[int] | Index, requests: Array, counts: bool) -> Counted:
    """Put a log in order; where it holds counts, their step is what all times have in common."""
    at, which = np.unique(np.asarray(second, dtype=np.int64), return_inverse=True)
    step_s = int(np.gcd.reduce(np.diff(at))) if counts and len(at) > 1 else 1
    return Counted(at, np.bincount(which, requests).astype(np.float64), step_s)


def at_least(curve: Sequence[Level], share: float) -> float:
    """The multiple of the mean that the load reaches for at least this share of the time."""
    reached = 0.0
    for level in reversed(curve):
        reached += level.share
        if reached >= share - ROUNDING_SLACK:
            return level.multiple
    return curve[0].multiple
