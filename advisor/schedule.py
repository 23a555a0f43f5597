"""The critical path method over draws: when each activity starts, when the last one ends, and what it waited for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from advisor.draws import median
from advisor.units import Array
from pricing.effort import Activity


@dataclass(frozen=True, eq=False)
class Schedule:
    """Business days from the start, shape (DRAWS,) each, were there always a free hand for what can start."""

    network: Sequence[Activity]
    start: Mapping[str, Array]
    finish: Mapping[str, Array]

    @property
    def end(self) -> Array:
        """When the last activity is done, shape (DRAWS,)."""
        return self.finish[self.network[-1].id]

    @cached_property
    def critical_share(self) -> Mapping[str, float]:
        """Activity -> share of the draws in which the end waited for it."""
        return _critical_share(self.network, self.start, self.finish)

    def medians(self) -> dict[str, tuple[float, float]]:
        """Activity -> P50 of its start and of its finish."""
        finish = {step: median(days) for step, days in self.finish.items()}
        starts = {a.id: finish[a.after[0]] if len(a.after) == 1 else median(self.start[a.id]) for a in self.network}
        return {step: (starts[step], finish[step]) for step in finish}

    def critical_path(self) -> tuple[str, ...]:
        """First to last, each the predecessor that held up the next most often; steps that take no time left out."""
        after = {activity.id: activity.after for activity in self.network}
        path = [self.network[-1].id]
        while after[path[0]]:
            path.insert(0, max(after[path[0]], key=self.critical_share.__getitem__))
        return tuple(step for step in path if np.any(self.finish[step] > self.start[step]))


def schedule(network: Sequence[Activity], days: Mapping[str, Array]) -> Schedule:
    """Forward pass: an activity starts when the last of those it waits for is done. `network` is in that order."""
    start: dict[str, Array] = {}
    finish: dict[str, Array] = {}
    for activity in network:
        ready = np.zeros_like(days[activity.id])
        for earlier in activity.after:
            ready = np.maximum(ready, finish[earlier])
        start[activity.id] = ready
        finish[activity.id] = ready + days[activity.id]
    return Schedule(network, start, finish)


def _critical_share(
    network: Sequence[Activity], start: Mapping[str, Array], finish: Mapping[str, Array]
) -> dict[str, float]:
    """Backward pass: the last activity is critical, and so is whatever ends just as a critical one starts."""
    critical = {activity.id: np.zeros(start[activity.id].shape, dtype=np.bool_) for activity in network}
    critical[network[-1].id] |= True
    for activity in reversed(network):
        for earlier in activity.after:
            critical[earlier] |= critical[activity.id] & (finish[earlier] == start[activity.id])
    return {step: float(np.mean(draws)) for step, draws in critical.items()}
