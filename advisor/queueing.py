"""Textbook queueing: Erlang's formulas, and how many instances requests that come at random keep busy or alive."""

from __future__ import annotations

import numpy as np

from advisor.units import Array, ceil

# Limits of float64, not of the world. e^-40 is below the last bit of 1: a load of 40 Erlang never leaves a server
# pool empty, and 128 servers never turn a load of 40 away.
NEVER_EMPTY = 40.0
NEVER_FULL = 128.0
# Above this share of its servers, a pool carries them all: offered load, C / (1 - share), is past every use.
SATURATED = 1 - 1e-7
NEWTON_STEPS = 16
CONVERGED = 1e-9  # relative step after which the next one, quadratically smaller, cannot be seen
EXACT_LOAD = 1000.0  # above it, bursts are bounded and no longer counted
SMALLEST_TAIL = 1e-12  # rarer than float64 can tell from never
WIDTHS_BELOW = 8.0  # standard deviations below the mean where a Poisson count starts to matter: P = 6e-16


def erlang_b(servers: Array, load: Array) -> Array:
    """Erlang B: share of arrivals that find all servers taken and are lost, by its recursion over servers.

    Whole servers, load offered in Erlang; any shapes that broadcast.
    Source: Erlang 1917; recursion B_k = a B_{k-1} / (k + a B_{k-1}), every term positive, so nothing cancels.
    """
    servers, load = np.broadcast_arrays(servers, load)
    blocked = np.ones(load.shape)
    for server in range(1, _largest(servers) + 1):
        taken = load * blocked
        np.divide(taken, taken + server, out=blocked, where=servers >= server)
    return blocked


def _largest(servers: Array) -> int:
    return int(np.max(servers, initial=0))


def erlang_c(servers: Array, load: Array) -> Array:
    """Erlang C: share of arrivals that must wait for a free server; 1 where the load fills the servers or more.

    Whole servers, load in Erlang; any shapes that broadcast. Through the incomplete gamma function, so that a hundred
    thousand servers cost as much as one: with p = P(N = k) of a Poisson count, C = p k/(k-a) / (P(N < k) + p k/(k-a)).
    """
    from scipy.special import gammaincc, gammaln, xlogy  # only latency goals need it, and it is slow to import

    stable = load < servers
    load = np.where(stable, load, 0.0)
    full = np.exp(xlogy(servers, load) - load - gammaln(servers + 1)) * servers / np.maximum(servers - load, CONVERGED)
    return np.where(stable, full / (gammaincc(np.maximum(servers, 1), load) + full), 1.0)


def effective_duration(duration_s: Array, duration_full_s: Array, concurrency: Array, rate_per_replica: Array) -> Array:
    """Seconds a request takes on a replica that others share: D / (1 - s λ) with s = (D_full - D) / (C - 1), at most D_full.

    s is how much one more request in progress slows the others; 0 for work that only waits, and where C is 1.
    Processor sharing, Little's law. D ≤ D_full; λ requests per second on this replica; any shapes that broadcast.
    """
    slowing_s = (duration_full_s - duration_s) / np.maximum(concurrency - 1, 1) * (concurrency > 1)
    return duration_s / np.maximum(1 - slowing_s * rate_per_replica, duration_s / duration_full_s)


def rounded_duration(duration_s: Array, duration_cv: Array, step_s: Array) -> Array:
    """Mean of durations that are each rounded up to the billing step r: ⌈D/r⌉ r if all are equal, else r / (1 - e^(-r/D)).

    The second is the mean of an exponential duration rounded up (a geometric count of steps). Seconds; r > 0.
    """
    varying = step_s / -np.expm1(-step_s / duration_s)
    return np.where(duration_cv > 0, varying, ceil(duration_s / step_s) * step_s)


def busy_instances(rate: Array, rounded_s: Array, concurrency: Array, instances: Array) -> Array:
    """Instances busy on average (instance-seconds billed per second) while requests share them, `concurrency` each.

    Each of n instances is an Erlang loss system that carries y = λ D_r / n: n (1 - 1/Σ_{j≤C} x^j/j!), x(1 - B(C,x)) = y.
    Exactly λ D_r where C is 1, n (1 - e^-y) for large C, never above n in between. Any shapes that broadcast.
    """
    load = rate * rounded_s
    carried, slots = np.broadcast_arrays(load / np.maximum(instances, 1), concurrency)
    return np.where(concurrency > 1, instances * busy_share(slots, offered_load(slots, carried)), load)


def busy_share(servers: Array, offered: Array) -> Array:
    """Share of time in which an Erlang loss system is not empty: 1 - 1/Σ_{j≤C} x^j/j!, grown server by server.

    Whole servers, load in Erlang; any shapes that broadcast. From 40 Erlang on, two servers or more are never empty.
    """
    servers, offered = np.broadcast_arrays(np.minimum(servers, NEVER_FULL), offered)
    blocked, busy = np.ones(offered.shape), np.zeros(offered.shape)
    for server in range(1, _largest(servers) + 1):
        taken = np.where(servers >= server, offered * blocked, 0.0)
        blocked = taken / (taken + server)
        busy += (1 - busy) * blocked
    return busy


def offered_load(servers: Array, carried: Array) -> Array:
    """Load x that must be offered for `carried` Erlang to be served: x (1 - B(C, x)) = y, by Newton from x = y.

    servers and carried of one shape, which is kept. Each element stops when it has converged, whatever the others do,
    so one row and a million rows agree in every bit. Full pools get C / (1 - share), the load that all but fills them.
    """
    carried = np.minimum(carried, servers * SATURATED)
    offered = carried.copy()
    open_ = np.flatnonzero((carried < NEVER_EMPTY) & (servers < NEVER_FULL) & (carried > 0))
    for _ in range(NEWTON_STEPS):
        step = _newton_step(servers.flat[open_], carried.flat[open_], offered.flat[open_])
        offered.flat[open_] += step
        open_ = open_[np.abs(step) > CONVERGED * offered.flat[open_]]
    return offered
