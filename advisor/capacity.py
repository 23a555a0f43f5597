"""What stands while each level of traffic lasts: replicas by load, by latency goal and by availability."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from advisor.autoscaling import (
    cold_share,
    cold_starts_per_month,
    expiries_per_s,
    replicas_with_spare_zone,
    requests_per_cold_start,
    settled_replicas,
)
from advisor.queueing import Demand, Routing, effective_duration, replicas_for_latency
from advisor.traffic import Level, arrival_rate, rises, windowed_peak
from advisor.units import P95, SECONDS_PER_MONTH, Array, Mask
from advisor.workload import FIELDS, Workloads, extra

# The lowest availability a workload can ask for is the one that no vendor need promise.
NO_PROMISE = extra(FIELDS["availability"])["choices"][0]
UNBOUNDED = np.array([[np.inf]])


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


@dataclass(frozen=True)
class LevelPlan:
    """What stands while one level of traffic lasts. Arrays of shape (rows, 1) or (rows, machines)."""

    level: Level
    hours: float  # a month, with the release tail
    rate_per_s: Array  # mean arrivals
    duration_s: Array  # of a request at this load
    replicas: Array
    machines: Array | None = None  # nodes or instances; None where the platform sells none by type

    def at_least(self, replicas: Array) -> LevelPlan:
        """The same level with a minimum of replicas."""
        return replace(self, replicas=np.maximum(self.replicas, replicas))


@dataclass(frozen=True)
class CapacityPlan:
    """What a workload needs over a month. `limits` and `usage` read it; nothing here is money."""

    levels: tuple[LevelPlan, ...]
    missed: Mask  # where the request alone misses the latency goal
    kept: Array  # replicas that stand at any time
    cold_starts_per_month: Array
    cold_share: Array  # of requests that meet a starting replica
    trimmed: Mask | None = None  # where replicas ask for a little less than declared, so that a node holds one more

    @property
    def peak(self) -> LevelPlan:
        """The highest level."""
        return self.levels[-1]


def utilisation(work: Workloads, platforms: float, waiting: float) -> Array:
    """The user's target where one is given, else the platform's, or the one for work that may wait. Shape (rows, 1)."""
    usual = np.where(work.text("kind") == "async", waiting, platforms)
    return np.where(np.isnan(work.target_utilisation), usual, work.target_utilisation)


def asks_promise(work: Workloads) -> Mask:
    """Where a vendor's promise is asked for at all. Shape (rows, 1)."""
    return work.availability > NO_PROMISE


def size(
    work: Workloads, levels: Sequence[Level], weights: Sequence[float], hours: Sequence[float], sizing: Sizing
) -> tuple[tuple[LevelPlan, ...], Mask]:
    """Size every level, and say where no number of replicas meets the latency goal."""
    most = _busiest(work, weights)
    plans = []
    missed = np.zeros((1, 1), dtype=bool)
    for level, level_hours in zip(levels, hours, strict=True):
        plan, fails = _size_level(work, level, level_hours, most, sizing)
        plans.append(plan)
        missed = missed | fails
    return tuple(plans), missed


def _busiest(work: Workloads, weights: Sequence[float]) -> Array:
    """The rate that must be kept up with: unbounded online; for work that may wait, its busiest window. [1/s]"""
    queued = work.text("kind") == "async"
    if not queued.any():
        return UNBOUNDED
    rate = work.requests_per_month / SECONDS_PER_MONTH * windowed_peak(weights, work.max_wait_s)
    return np.where(queued, rate, np.inf)


def _size_level(work: Workloads, level: Level, hours: float, most: Array, sizing: Sizing) -> tuple[LevelPlan, Mask]:
    rate = arrival_rate(work.requests_per_month, level)
    sized_for = np.minimum(rate if sizing.follows_bursts else rate * work.burst, most)
    replicas = settled_replicas(sized_for, sizing.duration_full_s, work.concurrency, sizing.utilisation)
    replicas = np.maximum(replicas, np.ceil(sized_for / sizing.most_rate_per_s))
    replicas, missed = _with_goal(work, sized_for, replicas, sizing)
    if sizing.zones is not None:
        replicas = replicas_with_spare_zone(replicas, np.array([[sizing.zones]]), work.survive_zone > 0)
    replicas = np.maximum(replicas, sizing.least)
    each = rate / np.maximum(replicas, 1.0)
    duration = effective_duration(sizing.duration_s, sizing.duration_full_s, work.concurrency, each)
    return LevelPlan(level, hours, rate, duration, replicas), missed


def _with_goal(work: Workloads, rate: Array, replicas: Array, sizing: Sizing) -> tuple[Array, Mask]:
    """Step up the rows whose latency goal the load rule misses; a queue has no latency goal."""
    goal = np.where(work.text("kind") == "async", np.inf, work.latency_p95_s)
    rows = np.flatnonzero(np.isfinite(goal[:, 0]))
    if not len(rows):
        return replicas, np.zeros((1, 1), dtype=bool)
    columns = (rate, sizing.duration_s, sizing.duration_full_s, work.duration_cv, work.concurrency, replicas, goal)
    *asked, least, within = (column[rows] if len(column) > 1 else column for column in np.atleast_2d(*columns))
    enough, late = replicas_for_latency(Demand(*asked), least, within, np.array([[P95]]), sizing.routing)
    stepped = np.broadcast_to(replicas, (len(goal), enough.shape[1])).copy()
    missed = np.zeros(stepped.shape, dtype=bool)
    stepped[rows], missed[rows] = enough, late
    return stepped, missed


def cold_starts(work: Workloads, plans: Sequence[LevelPlan], linger_s: Array, kept: Array) -> tuple[Array, Array]:
    """Replicas started in a month, and the share of requests that meet one while it starts."""
    levels = [plan.level for plan in plans]
    expiries = [expiries_per_s(plan.rate_per_s, linger_s, kept) for plan in plans]
    starts = cold_starts_per_month(rises(levels, [plan.replicas for plan in plans]), [plan.hours for plan in plans], expiries)
    each = plans[-1].rate_per_s / np.maximum(plans[-1].replicas, 1.0)
    met = starts * requests_per_cold_start(each, work.startup_s, work.concurrency)
    return starts, cold_share(met, work.requests_per_month)


def needs_warm_replica(work: Workloads, share: Array) -> Mask:
    """Where a goal forbids the cold starts that would happen: then one replica is kept, and paid for."""
    late = work.duration_s + work.startup_s > work.latency_p95_s
    return (share > 0) & ((work.cold_starts_allowed == 0) | (late & (share > 1 - P95)))
