"""Every answer about one mode of one platform, for all rows, machines and purchases at once; and the best of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from advisor.bill import Bill, Status
from advisor.capacity import CapacityPlan
from advisor.limits import Limit, broken_by
from advisor.units import Array, Index, Mask
from advisor.usage import Usage

# A status weighs more than any money, so that one number orders priced before unknown before infeasible.
STATUS_WEIGHT = 1e15
FAULT_WEIGHT = 1e9  # likewise: of what cannot be had, show what lacks least, and of that the cheapest


@dataclass(frozen=True)
class Wanted:
    """What a user asks for by name: mode, machine, purchase; None means whichever is cheapest."""

    mode: str | None = None
    machine: str | None = None
    purchase: str | None = None


@dataclass(frozen=True)
class Variant:
    """Mode × machine × purchase. The machine of a platform that sells none by type is nameless."""

    mode: str
    machine: str
    purchase: str

    @property
    def label(self) -> str:
        """How people read it."""
        words = (self.mode, self.machine, self.purchase)
        return " · ".join(dict.fromkeys(word for word in words if word))  # a mode may be named like a purchase


@dataclass(frozen=True)
class Best:
    """The cheapest variant of each row. Arrays of shape (rows,); `usd` is NaN unless the status is priced."""

    key: Array
    usd: Array
    status: NDArray[np.int8]
    mode: NDArray[np.object_]
    machine: NDArray[np.object_]
    purchase: NDArray[np.object_]

    @classmethod
    def none(cls, rows: int) -> Best:
        """No variant yet: anything is better."""
        blank = np.full(rows, "", dtype=object)
        worst = np.full(rows, np.inf)
        infeasible = np.full(rows, Status.INFEASIBLE, dtype=np.int8)
        return cls(worst, np.full(rows, np.nan), infeasible, blank, blank.copy(), blank.copy())

    def variant(self, row: int) -> Variant:
        """The variant that was chosen for a row."""
        return Variant(self.mode[row], self.machine[row], self.purchase[row])

    def put(self, rows: Index, other: Best) -> None:
        """Take over, for some rows, whatever is better there. The earlier variant wins a tie."""
        better = other.key < self.key[rows]
        for name in ("key", "usd", "status", "mode", "machine", "purchase"):
            column = getattr(self, name)
            column[rows] = np.where(better, getattr(other, name), column[rows])


@dataclass(frozen=True)
class Evaluation:
    """Capacity, usage, bills by purchase and limits of one mode. Results have shape (rows, machines)."""

    mode: str
    machines: tuple[str, ...]
    plan: CapacityPlan
    usage: Usage
    bills: Mapping[str, Bill]
    limits: tuple[Limit, ...]
    admitted: Mapping[str, Mask]  # purchase -> who may buy this way, and what is sold so. Shape (rows, machines)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and machines."""
        return next(iter(self.admitted.values())).shape[0], len(self.machines)

    def cheapest(self) -> Best:
        """The best machine and purchase of each row: priced before unknown before infeasible, then by money."""
        rows, _ = self.shape
        best = Best.none(rows)
        broken = broken_by(self.limits)
        every = np.arange(rows)
        for purchase, bill in self.bills.items():
            best.put(every, self._cheapest_machine(purchase, bill, broken))
        return best

    def _cheapest_machine(self, purchase: str, bill: Bill, broken: NDArray[np.int8]) -> Best:
        rows = np.arange(self.shape[0])
        order = np.broadcast_to(np.where(bill.is_unknown, int(Status.UNKNOWN) * STATUS_WEIGHT, bill.usd), self.shape)
        faults = np.broadcast_to(broken + ~self.admitted[purchase], self.shape)
        if faults.any():
            would_cost = np.nan_to_num(bill.usd) + FAULT_WEIGHT * faults
            order = np.where(faults > 0, int(Status.INFEASIBLE) * STATUS_WEIGHT + would_cost, order)
        chosen = np.argmin(order, axis=1)
        least = order[rows, chosen]
        state = np.clip(least // STATUS_WEIGHT, 0, int(Status.INFEASIBLE)).astype(np.int8)
        machines = np.array(self.machines, dtype=object)[chosen]
        money = np.where(state == Status.PRICED, least, np.nan)
        words = [np.full(len(rows), word, dtype=object) for word in (self.mode, purchase)]
        return Best(least, money, state, words[0], machines, words[1])
