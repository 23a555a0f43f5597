"""What stands while each level of traffic lasts: replicas by load, by latency goal and by availability."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import NamedTuple

import numpy as np

from advisor.autoscaling import (
    async_replicas,
    cold_share,
    cold_starts_per_month,
    expiries_per_s,
    present_share,
    replicas_with_spare_zone,
    requests_per_cold_start,
    settled_replicas,
)
from advisor.queueing import Demand, Routing, effective_duration, replicas_for_latency
from advisor.traffic import Level, arrival_rates, rises, windowed_peak
from advisor.units import P95, SECONDS_PER_MONTH, Array, Index, Mask, ceil
from advisor.workload import FIELDS, NO_GPU, Workloads, extra
from pricing.fact import Facts

# The lowest availability a workload can ask for is the one that no vendor need promise.
NO_PROMISE = extra(FIELDS["availability"])["choices"][0]


@dataclass(frozen=True)
class Sizing:
    """How one platform's autoscaler sizes a service. Arrays broadcast to (rows, machines)."""

    utilisation: Array  # of a replica's slots, at which the autoscaler settles
    least: Array  # replicas that stand at any time
    zones: float | None  # among which full capacity must survive the loss of one; None where the vendor sees to it
    routing: Routing  # one queue before all replicas, or a replica chosen at random
    follows_bursts: bool  # the autoscaler reacts within a minute, so the hour's mean is enough
    duration_s: Array
    duration_full_s: Array
    most_rate_per_s: float = np.inf  # requests that one replica accepts a second

    @property
    def key(self) -> Hashable:
        """The same for whatever sizes in the same way: every part, arrays by their bytes."""
        parts = (getattr(self, each.name) for each in fields(self))
        return tuple((part.shape, part.tobytes()) if isinstance(part, np.ndarray) else part for part in parts)


def utilisation(work: Workloads, facts: Facts) -> Array:
    """The user's target where one is given, else the platform's, or the one for work that may wait. Shape (rows, 1)."""
    waits = work.text("kind") == "async"
    usual = np.where(waits, facts["async_utilisation"], np.nan) if waits.any() else np.full(waits.shape, np.nan)
    if not waits.all():
        usual = np.where(waits, usual, facts["target_utilisation"])
    return np.where(np.isnan(work.target_utilisation), usual, work.target_utilisation)


def asks_promise(work: Workloads) -> Mask:
    """Where a vendor's promise is asked for at all. Shape (rows, 1)."""
    asked: Mask = work.likewise(asks_promise, lambda: work.availability > NO_PROMISE)
    return asked


def most_signed(work: Workloads) -> float:
    """The longest commitment that any of the rows would sign. [years]"""
    return float(work.commitment_years.max(initial=0.0))


def gpus_asked(work: Workloads) -> Array:
    """GPUs of one replica; 0 where no type is named. Shape (rows, 1)."""
    asked: Array = work.likewise(gpus_asked, lambda: np.where(work.text("gpu") == NO_GPU, 0.0, work.gpus))
    return asked


class Sized(NamedTuple):
    """Replicas that every level asks for, and what they were sized by. Shapes as in `CapacityPlan`."""

    sizing: Sizing
    rate_per_s: Array
    replicas: Array
    missed: Mask  # where the request alone misses the latency goal


@dataclass(frozen=True, eq=False)
class CapacityPlan:
    """What stands while each level of traffic lasts. `limits` and `usage` read it; nothing here is money.

    Arrays of levels have shape (levels, rows, 1) or (levels, rows, machines); the others (rows, 1) or (rows, machines).
    The levels are an axis only for what is done to each of them alike; whatever adds over them does so in a loop.
    """

    work: Workloads
    levels: tuple[Level, ...]
    hours: tuple[float, ...]  # a month, with the release tail
    sized: Sized
    kept: Array  # replicas that stand at any time
    linger_s: Array  # how long the last replica waits for a request before it goes, where none is kept
    machines: tuple[Array, ...] = ()  # nodes or instances of each level; none where the platform sells none by type
    part: tuple[Array, ...] = ()  # of each level's machines that the service pays for; none where nothing is shared
    trimmed: Mask | None = None  # where replicas ask for a little less than declared, so that a node holds more

    @cached_property
    def replicas(self) -> Array:
        """Replicas at each level."""
        return np.maximum(self.sized.replicas, self.kept)

    @cached_property
    def paid(self) -> tuple[Array, ...]:
        """Machines that the service pays for at each level, in fractions where they are shared."""
        if not self.part:
            return self.machines
        return tuple(machines * part for machines, part in zip(self.machines, self.part, strict=True))

    @cached_property
    def added(self) -> tuple[Array, ...]:
        """Machines that each level but the lowest pays for beyond those of the level below it."""
        pairs = zip(self.paid[1:], self.paid[:-1], strict=True)
        return tuple(np.maximum(more - less, 0.0) for more, less in pairs)  # fractions may differ in their last bits

    @cached_property
    def machine_hours(self) -> Array:
        """Machine-hours of a month that the service pays for."""
        total = np.zeros(self.machines[0].shape)
        for hours, machines in zip(self.hours, self.paid, strict=True):
            total += hours * machines
        return total

    @property
    def waking_s(self) -> Array:
        """How long a replica starts for the request that wakes it, while others wait for it too. Shape (rows, 1)."""
        return self.work.startup_s

    @property
    def rate_per_s(self) -> Array:
        """Mean arrivals at each level."""
        return self.sized.rate_per_s

    @cached_property
    def duration_s(self) -> Array:
        """Mean time of a request at each level, on a replica that others share."""
        sizing, each = self.sized.sizing, self.rate_per_s / np.maximum(self.replicas, 1.0)
        return effective_duration(sizing.duration_s, sizing.duration_full_s, self.work.concurrency, each)

    @cached_property
    def present(self) -> Array:
        """Share of each level's time in which a lone replica stands that has started."""
        arriving = self.rate_per_s > 0  # one that stands where nothing arrives is kept, or works off a queue
        share = present_share(self.rate_per_s, self.linger_s, self.waking_s, self.kept)
        return np.where(arriving, share, 1.0)

    @cached_property
    def cold_starts_per_month(self) -> Array:
        """Replicas started: by rises of their number, and because the last one went."""
        expiries = expiries_per_s(self.rate_per_s, self.linger_s, self.waking_s, self.kept)
        return cold_starts_per_month(rises(self.levels, list(self.replicas)), self.hours, list(expiries))

    @cached_property
    def cold_share(self) -> Array:
        """Share of requests that meet a starting replica."""
        each = self.rate_per_s[-1] / np.maximum(self.replicas[-1], 1.0)
        met = self.cold_starts_per_month * requests_per_cold_start(each, self.work.startup_s, self.work.concurrency)
        return cold_share(met, self.work.requests_per_month)


def size(work: Workloads, levels: Sequence[Level], weights: Sequence[float], sizing: Sizing) -> Sized:
    """Size every level by load, latency goal and availability, and say where no number of replicas meets the goal.

    Options whose autoscalers settle alike are sized together.
    """
    sized: Sized = work.likewise((tuple(levels), sizing.key), lambda: _sized(work, levels, weights, sizing))
    return sized


def _sized(work: Workloads, levels: Sequence[Level], weights: Sequence[float], sizing: Sizing) -> Sized:
    rate = arrival_rates(work.requests_per_month, levels)
    sized_for = rate if sizing.follows_bursts else rate * work.burst
    replicas = settled_replicas(sized_for, sizing.duration_full_s, work.concurrency, sizing.utilisation)
    replicas = _spread_over_wait(work, levels, weights, replicas, sizing)
    replicas = np.maximum(replicas, ceil(sized_for / sizing.most_rate_per_s))
    replicas, missed = _with_goal(work, sized_for, replicas, sizing)
    if sizing.zones is not None:
        replicas = replicas_with_spare_zone(replicas, np.array([[sizing.zones]]), work.survive_zone > 0)
    replicas = np.maximum(replicas, sizing.least)
    return Sized(sizing, rate, replicas, missed)


def _spread_over_wait(
    work: Workloads, levels: Sequence[Level], weights: Sequence[float], replicas: Array, sizing: Sizing
) -> Array:
    """Work that may wait either follows its traffic, or is spread by a steady crew that keeps up with the busiest wait.

    The crew is sized by the largest mean over any window of `max_wait_s`. Whichever takes fewer replica-hours is kept.
    """
    queued = work.text("kind") == "async"
    if not queued.any():
        return replicas
    busiest = windowed_peak(weights, work.max_wait_s)
    per_second = work.requests_per_month / SECONDS_PER_MONTH
    crew = async_replicas(per_second, busiest, sizing.duration_full_s, work.concurrency, sizing.utilisation)
    following = np.zeros((1, 1))
    for level, count in zip(levels, replicas, strict=True):
        following = following + level.share * count
    return np.where(queued & (crew <= following), crew, replicas)


def _with_goal(work: Workloads, rate: Array, replicas: Array, sizing: Sizing) -> tuple[Array, Mask]:
    """Step up the rows whose latency goal the load rule misses; a queue has no latency goal."""
    goal = np.where(work.text("kind") == "async", np.inf, work.latency_p95_s)
    rows = np.flatnonzero(np.isfinite(goal[:, 0]))
    if not len(rows):
        return replicas, np.zeros((1, 1), dtype=bool)
    columns = (rate, sizing.duration_s, sizing.duration_full_s, work.duration_cv, work.concurrency, replicas, goal)
    *asked, least, within = (_of_rows(column, rows) for column in columns)
    enough, late = replicas_for_latency(Demand(*asked), least, within, np.array([[P95]]), sizing.routing)
    stepped = np.broadcast_to(replicas, (*replicas.shape[:-1], enough.shape[-1])).copy()
    stepped[..., rows, :] = np.where(asked[0] > 0, enough, least)  # where nothing arrives, nothing is late
    missed = np.zeros((len(goal), enough.shape[-1]), dtype=bool)
    missed[rows] = late.any(axis=0)
    return stepped, missed


def _of_rows(column: Array, rows: Index) -> Array:
    """Some rows of a column of any kind: (levels, rows, …), (rows, …) or (machines,), which has none."""
    return column[..., rows, :] if column.ndim > 1 and column.shape[-2] > 1 else column


def needs_warm_replica(work: Workloads, share: Array) -> Mask:
    """Where a goal forbids the cold starts that would happen: then one replica is kept, and paid for."""
    late = work.duration_s + work.startup_s > work.latency_p95_s
    return np.asarray((share > 0) & ((work.cold_starts_allowed == 0) | (late & (share > 1 - P95))))
