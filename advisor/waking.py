"""Machines that go when no request comes, and take minutes to come back for the first that does."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from advisor.autoscaling import cold_share, settled_replicas, wakes_per_s
from advisor.capacity import CapacityPlan
from advisor.queueing import idle_survival
from advisor.traffic import rises
from advisor.units import SECONDS_PER_HOUR, WEEKS_PER_MONTH, Array, Mask


class Nap(NamedTuple):
    """How the last machine goes and comes back. Each broadcasts to (rows, 1)."""

    idle_s: Array  # without a request until it goes
    decision_s: Array  # from the request that wakes the service until a machine starts
    wake_s: Array  # from that request until the first answer


def standing_share(rate: Array, nap: Nap) -> Array:
    """Share of time in which a machine is started or serves: 1 - q (1 + λ d) / (1 + λ q W), 0 without requests.

    What is left of the cycle of `wakes_per_s` after the wait for a request and the d seconds in which nobody has
    decided to start a machine yet. Any shapes that broadcast.
    """
    asleep = idle_survival(rate, nap.idle_s)
    return 1 - asleep * (1 + rate * nap.decision_s) / (1 + rate * asleep * nap.wake_s)


@dataclass(frozen=True, eq=False, kw_only=True)
class WakingPlan(CapacityPlan):
    """A plan in which no request reaches a machine that is still starting: it waits or is refused where none stands."""

    nap: Nap

    @cached_property
    def cold_starts_per_month(self) -> Array:
        """Replicas started: by rises of their number, and by requests that find none."""
        total = rises(self.levels, list(self.replicas))
        for hours, wakes in zip(self.hours, self._wakes_per_s, strict=True):
            total = total + hours * SECONDS_PER_HOUR * wakes
        return total

    @cached_property
    def cold_share(self) -> Array:
        """Share of requests that find no machine: the one that wakes the service, and those that follow meanwhile."""
        met, below = np.zeros((1, 1)), np.zeros((1, 1))
        columns = zip(self.levels, self.hours, self.rate_per_s, self.replicas, self._wakes_per_s, strict=True)
        for level, hours, rate, replicas, wakes in columns:
            stands = np.minimum(replicas, 1.0)
            appears = WEEKS_PER_MONTH * level.steps_down * (stands - below)
            met = met + (hours * SECONDS_PER_HOUR * wakes + appears) * (1 + rate * self.nap.wake_s)
            below = stands
        return cold_share(met, self.work.requests_per_month)

    @cached_property
    def standing(self) -> Array:
        """Share of time in which the machines of each level stand: all of it where one replica is not enough."""
        return np.where(self._sleeps, standing_share(self.rate_per_s, self.nap), 1.0)

    @property
    def _wakes_per_s(self) -> Array:
        return np.where(self._sleeps, wakes_per_s(self.rate_per_s, self.nap.idle_s, self.nap.wake_s), 0.0)

    @cached_property
    def _sleeps(self) -> Mask:
        """Where a level needs one replica at most, which nothing keeps, no backlog of busier hours either."""
        sizing = self.sized.sizing
        busiest = settled_replicas(
            self.rate_per_s[-1], sizing.duration_full_s, self.work.concurrency, sizing.utilisation
        )
        deferred = busiest > self.replicas[-1]
        return np.asarray((self.replicas <= 1) & (self.kept == 0) & ~deferred)
