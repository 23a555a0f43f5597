"""Which machine is best: what is priced before what is unknown, that before what cannot be had; then the cheapest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from advisor.bill import Status
from advisor.units import Array, Index, Mask

Count: TypeAlias = NDArray[np.signedinteger[Any]]

UNKNOWN_USD = float(np.finfo(np.float64).max)  # what is not known counts as dearer than any price
NO_RANK = np.iinfo(np.int32).max  # worse than anything that was tried


class Place(NamedTuple):
    """How good the best machine of each row is. Arrays of shape (rows,)."""

    rank: NDArray[np.int32]  # 0 priced, 1 unknown, above that infeasible, by how much is wrong
    usd: Array  # orders machines of one rank
    machine: Index


def outranks(rank: Count, usd: Array, other_rank: Count, other_usd: Array) -> Mask:
    """Where one thing is better than another; not where both are alike. Any shapes that broadcast."""
    better: Mask = (rank < other_rank) | ((rank == other_rank) & (usd < other_usd))
    return better


def best_machine(mean_usd: Array, usd: Array, faults: Count) -> Place:
    """The best machine of each row: by its mean month, or by its first month where none can be had.

    Money broadcasts to the shape of `faults`, (rows, machines), and is NaN where it is not known.
    """
    usable = np.where(faults, np.inf, mean_usd)
    machine = usable.argmin(axis=1)
    least = usable[np.arange(len(machine)), machine]
    place = Place(np.zeros(len(machine), dtype=np.int32), least, machine)
    hard = (~(least < np.inf)).nonzero()[0]  # none is priced, or one that is NaN hides those that are
    if len(hard):
        mean, first = (each[hard] if len(each) > 1 else each for each in (mean_usd, usd))
        found = _least_bad(mean, first, faults[hard])
        place.rank[hard], place.usd[hard], place.machine[hard] = found
    return place


def _least_bad(mean_usd: Array, usd: Array, faults: Count) -> Place:
    """The same of rows of which not all machines are priced. Of what cannot be had, what lacks least counts first."""
    rank = np.where(faults, int(Status.UNKNOWN) + faults, np.isnan(mean_usd)).astype(np.int32)
    money = np.where(faults, usd, mean_usd)
    money = np.where(np.isnan(money), UNKNOWN_USD, money)
    machine = np.where(rank == rank.min(axis=1, keepdims=True), money, np.inf).argmin(axis=1)
    rows = np.arange(len(machine))
    return Place(rank[rows, machine], money[rows, machine], machine)


def first_best(places: Sequence[Place]) -> tuple[Index, Place]:
    """Which of several places is the best of each row, the first of those alike; and that place."""
    which, best = np.zeros(len(places[0].rank), dtype=np.intp), places[0]
    for position, place in enumerate(places[1:], start=1):
        better = outranks(place.rank, place.usd, best.rank, best.usd)
        if not better.any():
            continue
        which[better] = position
        best = Place(
            np.where(better, place.rank, best.rank),
            np.where(better, place.usd, best.usd),
            np.where(better, place.machine, best.machine),
        )
    return which, best


def picked(column: NDArray[Any], rows: Index, machines: Index) -> NDArray[Any]:
    """One cell for each of some rows, of a column that broadcasts to (rows, machines)."""
    row, machine = (at if size > 1 else 0 for at, size in zip((rows, machines), column.shape, strict=True))
    return np.asarray(column[row, machine])
