"""Every answer about one mode of one platform, for all rows, machines and purchases at once; and the best of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from advisor.bill import Bill, Status
from advisor.capacity import CapacityPlan
from advisor.horizon import Year
from advisor.limits import Limit, broken_by
from advisor.ranking import NO_RANK, Count, Place, Way, best_place, outranks, picked
from advisor.units import Array, Index, Mask
from advisor.usage import Usage

NOTHING = np.zeros((1, 1))


class Wanted(NamedTuple):
    """What a user asks for by name: mode, machine, purchase; None means whichever is cheapest."""

    mode: str | None = None
    machine: str | None = None
    purchase: str | None = None


class Variant(NamedTuple):
    """Mode × machine × purchase. The machine of a platform that sells none by type is nameless."""

    mode: str
    machine: str
    purchase: str

    @property
    def label(self) -> str:
        """How people read it."""
        words = (self.mode, self.machine, self.purchase)
        return " · ".join(dict.fromkeys(word for word in words if word))  # a mode may be named like a purchase


@dataclass(frozen=True, eq=False)
class Best:
    """The cheapest variant of each row. Arrays of shape (rows,); money is NaN unless the status is priced."""

    rank: NDArray[np.int32]
    key: Array  # the money that orders variants of one rank
    usd: Array  # of the first month
    mean_usd: Array  # of a month of the horizon, discounted; what the variant is chosen by
    worn_usd: Array  # the part of it that is the wear of what is bought outright
    status: NDArray[np.int8]
    mode: NDArray[np.object_]
    machine: NDArray[np.object_]
    purchase: NDArray[np.object_]

    @classmethod
    def none(cls, rows: int) -> Best:
        """No variant yet: anything is better."""
        blank = np.full(rows, "", dtype=object)
        rank, worst, unknown = np.full(rows, NO_RANK, dtype=np.int32), np.full(rows, np.inf), np.full(rows, np.nan)
        infeasible = np.full(rows, Status.INFEASIBLE, dtype=np.int8)
        words = blank, blank.copy(), blank.copy()
        return cls(rank, worst, unknown, unknown.copy(), unknown.copy(), infeasible, *words)

    @property
    def preferred_machine(self) -> NDArray[np.object_]:
        """The machine of each row; nameless where the status is unknown, for then none is known to be the cheapest."""
        return np.where(self.status == Status.UNKNOWN, "", self.machine)

    def variant(self, row: int) -> Variant:
        """The variant that was chosen for a row."""
        return Variant(self.mode[row], self.machine[row], self.purchase[row])

    def put(self, rows: Index, found: Cheapest) -> None:
        """Take over, for some rows, whatever is better there. The earlier variant wins a tie."""
        place = found.place
        better = np.flatnonzero(outranks(place.rank, place.usd, self.rank[rows], self.key[rows]))
        if not len(better):
            return
        at, rank, machine, way = rows[better], place.rank[better], place.machine[better], place.way[better]
        self.rank[at], self.key[at], self.mode[at] = rank, place.usd[better], found.mode
        self.machine[at] = np.array(found.machines, dtype=object)[machine]
        self.purchase[at] = np.array(tuple(found.costs), dtype=object)[way]
        self.status[at] = np.minimum(rank, int(Status.INFEASIBLE))
        for position, costs in enumerate(found.costs.values()):
            mine = np.flatnonzero(way == position)
            if len(mine):
                self._tell(at[mine], costs, better[mine], machine[mine])

    def _tell(self, at: Index, costs: Costs, rows: Index, machines: Index) -> None:
        """Write down what the chosen machines of some rows cost; nothing where too much of it is borrowed."""
        self.status[at] = np.maximum(self.status[at], picked(costs.borrows, rows, machines))
        priced = self.status[at] == int(Status.PRICED)  # an enumeration's member would be compared cell by cell
        for column, usd in ((self.usd, costs.usd), (self.mean_usd, costs.mean), (self.worn_usd, costs.worn)):
            column[at] = np.where(priced, picked(usd, rows, machines), np.nan)

    def first(self, rows: int) -> Best:
        """The first so many rows."""
        return Best(*(getattr(self, field.name)[:rows] for field in fields(self)))

    def refused(self, where: Mask) -> Best:
        """The same, infeasible where something outside the bill forbids it. `where` has shape (rows,)."""
        if not where.any():
            return self
        money = {name: np.where(where, np.nan, getattr(self, name)) for name in ("usd", "mean_usd", "worn_usd")}
        return replace(self, status=np.where(where, np.int8(Status.INFEASIBLE), self.status), **money)


class Evaluation(NamedTuple):
    """Capacity, usage, bills by purchase and limits of one mode. Results have shape (rows, machines)."""

    mode: str
    machines: tuple[str, ...]
    plan: CapacityPlan
    usage: Usage
    bills: Mapping[str, Bill]
    limits: tuple[Limit, ...]
    admitted: Mapping[str, Mask]  # purchase -> who may buy this way, and what is sold so. Shape (rows, machines)
    outright: bool = False  # whether machines are bought for their life, and what they cost by the hour is its wear

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and machines."""
        return next(iter(self.admitted.values())).shape[0], len(self.machines)

    def cheapest(self, years: Sequence[InYear] = ()) -> Cheapest:
        """The best machine and purchase of each row: priced before unknown before infeasible, then by money.

        Rows whose traffic grows are chosen by all their years, and must be feasible in each. What borrows too much
        competes like any other, and makes the option unknown only if it wins: a dearer variant would only dilute it.
        """
        broken = self._broken(years) if years else broken_by(self.limits)
        costs = {way: self._over_years(way, years) if years else self._costs(way) for way in self.bills}
        ways = [Way(each.mean, each.usd, broken + ~self.admitted[way]) for way, each in costs.items()]
        return Cheapest(self.mode, self.machines, costs, best_place(ways))

    def _broken(self, years: Sequence[InYear]) -> Count:
        """How often limits are broken now and in the years: the later the first time, the better the variant."""
        broken = np.broadcast_to(broken_by(self.limits), self.shape).astype(np.int32)
        for later in years:
            broken[later.year.rows] += broken_by(later.evaluation.limits)
        return broken

    def _costs(self, purchase: str) -> Costs:
        """What a month costs whose traffic does not grow."""
        bill = self.bills[purchase]
        worn = bill.machines_usd if self.outright else NOTHING
        return Costs(bill.usd, bill.usd, worn, bill.borrows_too_much)

    def _over_years(self, purchase: str, years: Sequence[InYear]) -> Costs:
        """What a month of the horizon costs, and whether a year of it borrows too much. Shape (rows, machines)."""
        now = self._costs(purchase)
        mean, worn = (np.broadcast_to(usd, self.shape).copy() for usd in (now.mean, now.worn))
        borrows = np.broadcast_to(now.borrows, self.shape).copy()
        mean[years[0].year.rows] = worn[years[0].year.rows] = 0.0
        for later in years:
            rows, share, then = later.year.rows, later.year.share, later.evaluation._costs(purchase)
            mean[rows] += share * then.mean
            worn[rows] += share * then.worn
            borrows[rows] |= then.borrows
        return Costs(now.usd, mean, worn, borrows)


class Costs(NamedTuple):
    """What one way to buy costs in a month. Arrays broadcast to (rows, machines)."""

    usd: Array  # in the first month
    mean: Array  # in a mean month of the horizon, discounted
    worn: Array  # the part of the mean that is the wear of what is bought outright
    borrows: Mask  # whether it rests too much on other regions' prices


class Cheapest(NamedTuple):
    """The best machine and purchase of one mode, for each row."""

    mode: str
    machines: tuple[str, ...]
    costs: Mapping[str, Costs]  # by purchase
    place: Place


class InYear(NamedTuple):
    """The same mode in one year of growing traffic, for the rows that grow."""

    year: Year
    evaluation: Evaluation
