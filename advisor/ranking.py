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
    """How good the best machine and purchase of each row are. Arrays of shape (rows,)."""

    rank: NDArray[np.int32]  # 0 priced, 1 unknown, above that infeasible, by how much is wrong
    usd: Array  # orders machines of one rank
    way: Index  # which purchase
    machine: Index


class Way(NamedTuple):
    """What one way to buy costs in a mean month and in the first one, NaN where unknown, and what forbids it.

    Money broadcasts to the shape of `faults`, (rows, machines).
    """

    mean_usd: Array
    usd: Array
    faults: Count


def outranks(rank: Count, usd: Array, other_rank: Count, other_usd: Array) -> Mask:
    """Where one thing is better than another; not where both are alike. Any shapes that broadcast."""
    better: Mask = (rank < other_rank) | ((rank == other_rank) & (usd < other_usd))
    return better


def best_place(ways: Sequence[Way]) -> Place:
    """The best machine and purchase of each row: by the mean month, or by the first one where none can be had.

    Of those alike the first purchase, and in it the first machine.
    """
    usable = _in_a_row([np.where(way.faults, np.inf, way.mean_usd) for way in ways])
    at = usable.argmin(axis=1)
    usd = usable[np.arange(len(at)), at]
    rank = np.zeros(len(at), dtype=np.int32)
    hard = (~(usd < np.inf)).nonzero()[0]  # none is priced, or one that is NaN hides those that are
    if len(hard):
        rank[hard], usd[hard], at[hard] = _least_bad([_of_rows(way, hard) for way in ways])
    return Place(rank, usd, *np.divmod(at, ways[0].faults.shape[1]))


def _least_bad(ways: Sequence[Way]) -> tuple[Count, Array, Index]:
    """The same of rows of which not all machines are priced. Of what cannot be had, what lacks least counts first."""
    rank = _in_a_row(
        [np.where(faults, int(Status.UNKNOWN) + faults, np.isnan(mean_usd)) for mean_usd, _, faults in ways]
    )
    money = _in_a_row([np.where(faults, usd, mean_usd) for mean_usd, usd, faults in ways])
    money = np.where(np.isnan(money), UNKNOWN_USD, money)
    at = np.where(rank == rank.min(axis=1, keepdims=True), money, np.inf).argmin(axis=1)
    rows = np.arange(len(at))
    return rank[rows, at], money[rows, at], at


def _in_a_row(columns: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """The machines of several purchases, one after the other. (rows, purchases x machines)."""
    return columns[0] if len(columns) == 1 else np.concatenate(columns, axis=1)


def _of_rows(way: Way, rows: Index) -> Way:
    """Some rows of what one way to buy costs."""
    mean_usd, usd = (each[rows] if len(each) > 1 else each for each in way[:2])
    return Way(mean_usd, usd, way.faults[rows])


def picked(column: NDArray[Any], rows: Index, machines: Index) -> NDArray[Any]:
    """One cell for each of some rows, of a column that broadcasts to (rows, machines)."""
    row, machine = (at if size > 1 else 0 for at, size in zip((rows, machines), column.shape, strict=True))
    return np.asarray(column[row, machine])
