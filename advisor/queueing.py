"""Textbook queueing: Erlang's formulas, how many instances random requests keep busy or alive, how long they take."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np

from advisor.units import ROUNDING_SLACK, Array, Index, Mask, ceil

# Limits of float64, not of the world. e^-40 is below the last bit of 1: instances that carry 40 Erlang are never empty,
# and 128 servers never turn away a load of 40.
NEVER_EMPTY = 40.0
NEVER_FULL = 128.0
SATURATED = 1 - 1e-5  # share of its servers that a full pool carries; beyond, Newton meets only rounding noise
NEWTON_STEPS = 16
CONVERGED = 1e-9  # relative step after which the next one, quadratically smaller, cannot be seen
STEADY = 1e-6  # a coefficient of variation below which a time does not vary


def erlang_b(servers: Array, load: Array) -> Array:
    """Erlang B: share of arrivals that find all servers taken and are lost, by its recursion over servers.

    Whole servers, load offered in Erlang; any shapes that broadcast.
    Source: Erlang 1917; B_k = a B_{k-1} / (k + a B_{k-1}), every term positive, so nothing cancels or overflows.
    """
    servers, load = np.broadcast_arrays(servers, load)
    order = _most_first(servers)
    return _in_place(_blocked(servers.ravel()[order], load.ravel()[order]), order, load.shape)


def _most_first(servers: Array) -> Index:
    """An order in which the most servers come first."""
    return np.argsort(-servers, axis=None, kind="stable")


def _having(servers: Array) -> Sequence[int]:
    """How many of some elements, of which the most servers come first, have 1, 2, 3 … servers or more."""
    every = np.arange(1, int(servers[0]) + 1 if len(servers) else 1)
    having: Sequence[int] = (len(servers) - np.searchsorted(servers[::-1], every)).tolist()
    return having


def _blocked(servers: Array, load: Array) -> Array:
    """Erlang B of elements of which the most servers come first."""
    blocked = np.ones(len(load))
    for server, count in enumerate(_having(servers), start=1):
        taken = load[:count] * blocked[:count]
        blocked[:count] = taken / (taken + server)
    return blocked


def _in_place(values: Array, order: Index, shape: tuple[int, ...]) -> Array:
    """Values that stand in an order, back where they belong."""
    back = np.empty_like(values)
    back[order] = values
    return back.reshape(shape)


def erlang_c(servers: Array, load: Array) -> Array:
    """Erlang C: share of arrivals that must wait for a free server; 1 where the load fills the servers or more.

    Whole servers, load in Erlang; any shapes that broadcast. Through the incomplete gamma function, so that a hundred
    thousand servers cost as much as one: with p = P(N = k) of a Poisson count, C = p k/(k-a) / (P(N < k) + p k/(k-a)).
    """
    from scipy.special import gammaincc, gammaln, xlogy  # only latency goals need it, and it is slow to import

    stable = load < servers
    load = np.where(stable, load, 0.0)
    spare = np.where(stable, servers - load, 1.0)
    full = np.exp(xlogy(servers, load) - load - gammaln(servers + 1)) * servers / spare
    return np.where(stable, full / (gammaincc(np.maximum(servers, 1), load) + full), 1.0)


def effective_duration(duration_s: Array, duration_full_s: Array, concurrency: Array, rate_per_replica: Array) -> Array:
    """Seconds a request takes on a shared replica: D / (1 - s λ) with s = (D_full - D) / (C - 1), at most D_full.

    s is how much one more request in progress slows the others; 0 for work that only waits, and where C is 1.
    Processor sharing, Little's law. D ≤ D_full; λ requests per second on this replica; any shapes that broadcast.
    """
    slowing_s = (duration_full_s - duration_s) / np.maximum(concurrency - 1, 1) * (concurrency > 1)
    return duration_s / np.maximum(1 - slowing_s * rate_per_replica, duration_s / duration_full_s)


def rounded_duration(duration_s: Array, duration_cv: Array, step_s: Array) -> Array:
    """Mean of durations rounded up to the billing step r: ⌈D/r⌉ r if all are equal, else r / (1 - e^(-r/D)).

    The second is the mean of an exponential duration rounded up (a geometric count of steps). Seconds; r > 0.
    """
    varying = step_s / -np.expm1(-step_s / duration_s)
    return np.where(duration_cv > 0, varying, ceil(duration_s / step_s) * step_s)


def busy_instances(rate: Array, rounded_s: Array, concurrency: Array, instances: Array) -> Array:
    """Instances busy on average (instance-seconds billed per second) while requests share them, `concurrency` each.

    n (1 - 1/Σ_{j≤C} x^j/j!): each of n instances is an Erlang loss system carrying y = λ D_r / n = x (1 - B(C, x)).
    Exactly λ D_r where C is 1; n (1 - e^-y) for large C, never above n. Any shapes that broadcast.
    """
    load = rate * rounded_s
    slots, carried = np.broadcast_arrays(concurrency, load / np.maximum(instances, 1))
    return np.where(concurrency > 1, instances * busy_share(slots, offered_load(slots, carried)), load)


def busy_share(servers: Array, offered: Array) -> Array:
    """Share of time in which an Erlang loss system is not empty: 1 - 1/Σ_{j≤C} x^j/j!, grown server by server.

    Whole servers, load in Erlang; any shapes that broadcast.
    """
    servers, offered = np.broadcast_arrays(np.minimum(servers, NEVER_FULL), offered)
    order = _most_first(servers)
    load, blocked, busy = offered.ravel()[order], np.ones(offered.size), np.zeros(offered.size)
    for server, count in enumerate(_having(servers.ravel()[order]), start=1):
        taken = load[:count] * blocked[:count]
        blocked[:count] = taken / (taken + server)
        busy[:count] += (1 - busy[:count]) * blocked[:count]
    return _in_place(busy, order, offered.shape)


def offered_load(servers: Array, carried: Array) -> Array:
    """Load x that must be offered for `carried` Erlang to be served: x (1 - B(C, x)) = y, by Newton from x = y.

    Two arrays of one shape, which is kept. Each element stops when it has converged, whatever the others do, so one
    row and a million rows agree in every bit. A full pool counts as carrying 0.99999 C; from 40 Erlang on y
    stands for x, where `busy_share` is 1 either way.
    """
    order = _most_first(servers)
    slots, target = servers.ravel()[order], np.minimum(carried, servers * SATURATED).ravel()[order]
    offered = target.copy()
    moving = np.flatnonzero((target > 0) & (target < NEVER_EMPTY) & (slots < NEVER_FULL))
    for _ in range(NEWTON_STEPS):
        if not len(moving):
            break
        step = _newton_step(slots[moving], target[moving], offered[moving])
        offered[moving] += step
        moving = moving[np.abs(step) > CONVERGED * offered[moving]]
    return _in_place(offered, order, carried.shape)


def _newton_step(servers: Array, carried: Array, offered: Array) -> Array:
    """Newton on 1/(C - served), which is straight for C = 1 and for full pools; B' = B (C/x - 1 + B).

    Of elements of which the most servers come first.
    """
    blocked = _blocked(servers, offered)
    served = offered * (1 - blocked)
    idle = servers - served
    slope = 1 - blocked - blocked * idle
    return (carried - served) * idle / ((servers - carried) * slope)


def idle_survival(rate: Array, timeout_s: Array) -> Array:
    """Chance that no request comes for `timeout_s`: e^(-λ T), Poisson arrivals at `rate` per second."""
    return np.exp(-rate * timeout_s)


class ResponseTime(NamedTuple):
    """Time in the system as a gamma distribution: shape and scale, and where the servers keep up at all."""

    shape: Array
    scale_s: Array
    keeps_up: Mask


def response_time(rate: Array, duration_s: Array, cv: Array, servers: Array) -> ResponseTime:
    """Service plus a wait that is 0 or, with Erlang C's chance, exponential: mean (1 + cv²)/2 · D/(servers - a).

    After Allen and Cunneen, by mean and variance. `rate` is over all servers, each takes one request at a time.
    """
    load = rate * duration_s
    waiting = erlang_c(servers, load)
    wait_s = (1 + cv * cv) / 2 * duration_s / np.where(load < servers, servers - load, 1)
    variance = (cv * duration_s) ** 2 + waiting * (2 - waiting) * wait_s * wait_s
    return ResponseTime(*_gamma(duration_s + waiting * wait_s, variance), load < servers)


def _gamma(mean: Array, variance: Array) -> tuple[Array, Array]:
    shape = mean * mean / np.maximum(variance, (STEADY * mean) ** 2)
    return shape, mean / shape


def response_time_quantile(rate: Array, duration_s: Array, cv: Array, servers: Array, quantile: Array) -> Array:
    """Seconds within which a share `quantile` of requests is answered; infinite where the servers cannot keep up."""
    shape, scale_s, keeps_up = response_time(rate, duration_s, cv, servers)
    return np.where(keeps_up, _gamma_quantile(shape, scale_s, quantile), np.inf)


def _gamma_quantile(shape: Array, scale_s: Array, quantile: Array) -> Array:
    from scipy.special import gammaincinv  # only latency goals need it, and it is slow to import

    return np.asarray(gammaincinv(shape, quantile) * scale_s)


def is_late(demand: Demand, replicas: Array, goal_s: Array, quantile: Array, routing: Routing) -> Mask:
    """Where fewer than a share `quantile` of requests is answered in `goal_s`: `latency_quantile` above the goal.

    Asked of the distribution and not of its quantile, which costs ten times as much.
    """
    from scipy.special import gammaincc

    shape, scale_s, keeps_up = response_time(*_at_servers(demand, replicas, routing))
    return np.isfinite(goal_s) & (~keeps_up | (gammaincc(shape, goal_s / scale_s) > 1 - quantile))


class Demand(NamedTuple):
    """What replicas are asked to answer; columns of any shapes that broadcast."""

    rate: Array  # requests per second over all replicas
    duration_s: Array  # mean, alone on a replica
    duration_full_s: Array  # mean, among `concurrency` requests
    duration_cv: Array
    concurrency: Array  # requests at a time per replica


Routing: TypeAlias = Callable[[Array, Array, Array], tuple[Array, Array]]


def pooled(rate: Array, replicas: Array, concurrency: Array) -> tuple[Array, Array]:
    """One queue for all: (requests per second, servers) of the n C slots that a request may take."""
    return rate, replicas * concurrency


def per_replica(rate: Array, replicas: Array, concurrency: Array) -> tuple[Array, Array]:
    """A queue at each replica, chosen at random: (requests per second, servers) of one replica."""
    return rate / np.maximum(replicas, 1), concurrency


def latency_quantile(demand: Demand, replicas: Array, quantile: Array, routing: Routing) -> Array:
    """Seconds within which a share `quantile` of requests is answered by `replicas` that share them by `routing`.

    Any shapes that broadcast; infinite where the replicas cannot keep up.
    """
    return response_time_quantile(*_at_servers(demand, replicas, routing), quantile)


def _at_servers(demand: Demand, replicas: Array, routing: Routing) -> tuple[Array, Array, Array, Array]:
    """What one queue sees: requests per second, their duration at this load, its variation, servers."""
    rate, duration_s, duration_full_s, cv, concurrency = demand
    lasting_s = effective_duration(duration_s, duration_full_s, concurrency, rate / np.maximum(replicas, 1))
    arriving, servers = routing(rate, replicas, concurrency)
    return arriving, lasting_s, cv, servers


def replicas_for_latency(
    demand: Demand, replicas: Array, goal_s: Array, quantile: Array, routing: Routing
) -> tuple[Array, Mask]:
    """Smallest count from `replicas` (at least 1) up that answers a share `quantile` of requests in `goal_s`.

    Also a mask of the elements whose goal even an idle replica misses; they keep their count. A goal that is infinite
    or NaN is no goal. Any shapes that broadcast; every element is searched on its own.
    """
    late = is_late(demand, replicas, goal_s, quantile, routing)
    if not late.any():
        return np.broadcast_to(replicas, late.shape), late
    *columns, lowest, goal, share = np.broadcast_arrays(*demand, replicas, goal_s, quantile)
    alone = _gamma(demand.duration_s, (demand.duration_cv * demand.duration_s) ** 2)
    searched = late & (_gamma_quantile(*alone, quantile) < goal)
    asked = Demand(*(column[searched] for column in columns))

    def still_late(count: Array) -> Mask:
        return is_late(asked, count, goal[searched], share[searched], routing)

    chosen = lowest.copy()
    chosen[searched] = _first_in_time(still_late, lowest[searched])
    return chosen, late & ~searched


def _first_in_time(late: Callable[[Array], Mask], missed: Array) -> Array:
    """Smallest whole number above `missed` that is not late, for each element: steps that double, then halving."""
    step, enough = np.ones_like(missed), missed + 1
    while np.any(short := late(enough)):
        missed = np.where(short, enough, missed)
        step = np.where(short, 2 * step, step)
        enough = np.where(short, missed + step, enough)
    while np.any(enough - missed > 1):
        middle = np.floor((missed + enough) / 2)
        short = late(middle)
        missed, enough = np.where(short, middle, missed), np.where(short, enough, middle)
    return enough


def warm_quantile(quantile: Array, cold_share: Array) -> tuple[Array, Mask]:
    """Where to read `latency_quantile` when a share of requests meets a starting replica, and where its start is added.

    Cold requests are taken to be the slowest: of the others the q/(1 - c) quantile counts, or, from c = 1 - q on, the
    1 - (1 - q)/c quantile of the cold ones.
    """
    cold = cold_share > 1 - quantile - ROUNDING_SLACK
    of_warm = quantile / np.maximum(1 - cold_share, quantile)
    return np.where(cold, 1 - (1 - quantile) / np.maximum(cold_share, 1 - quantile), of_warm), cold
