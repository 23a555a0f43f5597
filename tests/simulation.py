"""Event simulations of what platforms bill, as an oracle for the formulas. Seeded; each takes well below a second."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable, Iterator

import numpy as np


def poisson(rate: float, duration_s: float, until_s: float, seed: int) -> Iterator[tuple[float, float]]:
    """(arrival, exponential duration) of requests, in order."""
    random = np.random.default_rng(seed)
    count = int(rate * until_s)
    arrivals = np.cumsum(random.exponential(1 / rate, count))
    return zip(arrivals.tolist(), random.exponential(duration_s, count).tolist(), strict=True)


def billed_instances(
    requests: Iterable[tuple[float, float]], concurrency: int, instances: int, step_s: float, seed: int
) -> float:
    """Instance-seconds billed per second: per instance the union of its requests, each rounded up to `step_s`.

    A request goes to any instance with a free slot; it waits where there is none.
    """
    random = np.random.default_rng(seed)
    held, paid_to, billed, now = [0] * instances, [0.0] * instances, 0.0, 0.0
    ends: list[tuple[float, int]] = []
    for arrival, duration_s in requests:
        now = max(arrival, now)
        while ends and (ends[0][0] <= now or min(held) == concurrency):
            end, instance = heapq.heappop(ends)
            now = max(end, now) if min(held) == concurrency else now
            held[instance] -= 1
        free = [instance for instance in range(instances) if held[instance] < concurrency]
        chosen = free[int(random.random() * len(free))]
        held[chosen] += 1
        heapq.heappush(ends, (now + duration_s, chosen))
        stop = now + math.ceil(duration_s / step_s) * step_s
        billed += max(stop - max(paid_to[chosen], now), 0.0)
        paid_to[chosen] = max(paid_to[chosen], stop)
    return billed / now


def alive_instances(
    requests: Iterable[tuple[float, float]], startup_s: float, timeout_s: float, until_s: float
) -> float:
    """Instances alive on average, one request at a time each, from start to `timeout_s` after the last request.

    A request takes the instance used last among the idle ones, and starts one where none is idle.
    """
    idle_since: list[float] = []  # sorted: instances become idle in the order of `ends`
    ends: list[float] = []
    alive_s = 0.0
    for arrival, duration_s in requests:
        while ends and ends[0] <= arrival:
            idle_since.append(heapq.heappop(ends))
        alive_s += timeout_s * sum(since + timeout_s <= arrival for since in idle_since)
        idle_since = [since for since in idle_since if since + timeout_s > arrival]
        begin = arrival if idle_since else arrival + startup_s
        alive_s += begin + duration_s - (idle_since.pop() if idle_since else arrival)
        heapq.heappush(ends, begin + duration_s)
    alive_s += sum(min(timeout_s, until_s - since) for since in [*idle_since, *ends])
    return alive_s / until_s
