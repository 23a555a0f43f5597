"""How many requests are in progress at once in the bursts of a month: far quantiles of a Poisson count."""

from __future__ import annotations

import math

import numpy as np

from advisor.units import Array

# Limits of float64, not of the world.
EXACT_LOAD = 1000.0  # above it, bursts are bounded and no longer counted
LOG_FACTORIALS = np.array([math.lgamma(count + 1.0) for count in range(int(EXACT_LOAD) + 1)])
THIRD = 1 / 3  # of Bernstein's inequality
SMALLEST_TAIL = 1e-9  # rarer than 1 - P can tell
STEPS = 16  # of a sum that are taken at once at first, one after the other; twice as many each time, if few go on
AT_ONCE = 2**17  # steps of all elements together
WIDTHS_BELOW = 8.0  # standard deviations below the mean where a Poisson count starts to matter: P = 6e-16


def peak_concurrency(load: Array, tail: Array) -> Array:
    """Requests in progress that a month's bursts reach: the smallest N with P(Poisson(a) > N) ≤ tail.

    Load a in Erlang, tail such as duration over idle timeout; any shapes that broadcast; 0 where the tail is 1 or more.
    Counted up to 1000 Erlang; above by Bernstein's bound, a + t with t = L/3 + √(L²/9 + 2 a L), L = ln(1/tail), which
    is never below the count and never falls as the load rises.
    """
    load, tail = np.broadcast_arrays(load, np.clip(tail, SMALLEST_TAIL, 1))
    counted = _poisson_quantile(np.minimum(load, EXACT_LOAD), tail)
    bound = _bernstein_bound(load, -np.log(tail))
    return np.where(tail < 1, np.where(load > EXACT_LOAD, bound, counted), 0.0)


def _bernstein_bound(load: Array, nats: Array) -> Array:
    third = nats * THIRD
    return np.ceil(load + third + np.sqrt(third * third + 2 * load * nats))


def _poisson_quantile(load: Array, tail: Array) -> Array:
    """Smallest N with 1 - P(N or fewer) ≤ tail, by the recursion p_j = p_{j-1} a / j from far below the mean."""
    start = np.floor(np.maximum(load - WIDTHS_BELOW * np.sqrt(load), 0))
    chance = np.exp(start * np.log(np.maximum(load, 1)) - load - LOG_FACTORIALS[start.astype(int)])
    count, enough = start.ravel().copy(), (1 - tail).ravel()
    short = np.flatnonzero(chance.ravel() < enough)  # those that go on; each goes its own way, whatever the others do
    at, load, chance, enough = count[short], load.ravel()[short], chance.ravel()[short], enough[short]
    reached, steps = chance, np.arange(1.0, STEPS + 1)
    while len(short):
        ahead = at[:, np.newaxis] + steps
        chances = _onward(np.multiply, chance, load[:, np.newaxis] / ahead)
        sums = _onward(np.add, reached, chances)
        arrived = sums >= enough[:, np.newaxis]
        there = arrived.any(axis=1)
        count[short[there]] = ahead[there, arrived[there].argmax(axis=1)]
        on = ~there
        short, load, enough = short[on], load[on], enough[on]
        at, chance, reached = ahead[on, -1], chances[on, -1], sums[on, -1]
        if 2 * len(steps) * len(short) <= AT_ONCE:
            steps = np.arange(1.0, 2 * len(steps) + 1)
    return count.reshape(start.shape)


def _onward(together: np.ufunc, so_far: Array, each: Array) -> Array:
    """Running sums or products along each row, which go on from what was reached so far."""
    along = np.concatenate((so_far[:, np.newaxis], each), axis=1)
    running: Array = together.accumulate(along, axis=1)[:, 1:]
    return running
