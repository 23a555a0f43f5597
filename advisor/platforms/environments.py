"""Environments that answer one request at a time: started for a request that finds none, or kept warm at a price."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from advisor.bursts import peak_concurrency
from advisor.capacity import CapacityPlan, Sized, Sizing, needs_warm_replica, size
from advisor.platforms.platform import Offer
from advisor.traffic import hours_with_release
from advisor.units import SECONDS_PER_HOUR, Array, Mask
from advisor.workload import Workloads

NONE_KEPT = np.array([[0.0]])


class EnvironmentsPlan(CapacityPlan):
    """A plan in which no request waits for another's start: it has an environment of its own, and starts it."""

    @property
    def waking_s(self) -> Array:
        """Whatever starts, the next request may wake another one at once. Shape (rows, 1)."""
        return np.zeros_like(self.work.startup_s)


class Environments(NamedTuple):
    """As many environments as bursts start and idle time keeps; none waits for another's request."""

    asked: Workloads  # as environments see it
    offer: Offer
    sized: Sized
    idle_s: float  # that an environment lives without a request

    def on_demand(self) -> CapacityPlan:
        """They come with requests and go when none has come for a while."""
        return self._plan(0.0, NONE_KEPT)

    def warm(self, release_s: float) -> CapacityPlan:
        """They stand before requests come, as many as the level takes, and go `release_s` late."""
        return self._plan(release_s, self.sized.replicas[0])

    def _plan(self, release_s: float, kept: Array) -> CapacityPlan:
        levels = self.offer.levels
        linger_s = self.idle_s + self.asked.duration_s
        return EnvironmentsPlan(
            self.asked, levels, hours_with_release(levels, release_s), self.sized, kept=kept, linger_s=linger_s
        )


def environments(asked: Workloads, offer: Offer, idle_s: float, most_rate_per_s: float = np.inf) -> Environments:
    """Size environments for each level: those that are busy, those that bursts leave behind, those always kept."""
    sizing = Sizing(
        utilisation=np.ones_like(asked.duration_s),
        least=asked.min_replicas,
        zones=None,  # the vendor starts environments in whichever zone stands
        routing=own_environment,
        follows_bursts=False,
        duration_s=asked.duration_s,
        duration_full_s=asked.duration_s,
        most_rate_per_s=most_rate_per_s,
    )
    sized = size(asked, offer.levels, offer.weights, sizing)
    bursts = peak_concurrency(sized.rate_per_s * asked.duration_s, asked.duration_s / idle_s)
    return Environments(asked, offer, sized._replace(replicas=np.maximum(sized.replicas, bursts)), idle_s)


def one_at_a_time(work: Workloads, vcpu: Array) -> Workloads:
    """The workload as environments with so much CPU see it: one request at a time, longer where CPU is short."""
    stretch = np.maximum(work.vcpu / vcpu, 1.0)
    lasting_s = work.duration_s * stretch
    return work.replace(
        concurrency=np.ones_like(work.concurrency),
        duration_s=lasting_s,
        duration_full_s=lasting_s,
        timeout_s=work.timeout_s * stretch,
    )


def own_environment(rate: Array, replicas: Array, concurrency: Array) -> tuple[Array, Array]:
    """Route as `queueing.Routing` asks: every request has an environment of its own, so none meets another."""
    del replicas
    return np.zeros_like(rate), concurrency


def must_stay_warm(work: Workloads, plan: CapacityPlan) -> Mask:
    """Where environments that only requests start break a goal. Shape (rows, 1)."""
    goal = needs_warm_replica(plan.work, plan.cold_share)
    return np.asarray((work.min_replicas > 0) | (work.cold_starts_allowed == 0) | goal)


def warm_seconds(plan: CapacityPlan) -> Array:
    """Environment-seconds of a month in which environments stand. Shape (rows, 1)."""
    seconds = np.zeros((1, 1))
    for hours, count in zip(plan.hours, plan.replicas, strict=True):
        seconds = seconds + hours * SECONDS_PER_HOUR * count
    return seconds
