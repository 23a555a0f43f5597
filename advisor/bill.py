"""What a month's usage costs: line by line, and whether it could be priced at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import NamedTuple, TypeAlias

import numpy as np

from advisor.units import Array, Mask
from advisor.usage import Quantity, Usage
from advisor.workload import Workloads
from pricing.purchases import UNIT
from pricing.rate import Rate

SMALL = 64  # cells of a column that is known by what stands in it
MOST_BORROWED_SHARE = 0.1  # of a total; where more is borrowed from other regions, the option counts as unknown


class Status(IntEnum):
    """Three states, never confused; an option's status is the smallest of its variants'."""

    PRICED = 0
    UNKNOWN = 1
    INFEASIBLE = 2


# What is charged, by the quantities and the rate; the rate stands beside, so that its id stays its own.
Charged: TypeAlias = dict[tuple[bytes, tuple[int, ...], int], tuple[Rate, Array]]


class Till:
    """Charges quantities and remembers what it charged: what purchases, modes or options have in common, charged once.

    Small columns are known by what stands in them, so that options which count alike find each other's charges; large
    ones, which take as long to compare as to charge, by their identity, and by one option alone.
    """

    def __init__(self, work: Workloads) -> None:
        self.free = work.free_tier
        self._small: Charged = work.likewise(Till, dict)
        self._large: dict[tuple[int, int], tuple[Array, Array]] = {}

    def charge(self, quantity: Quantity, rate: Rate) -> Array:
        """What a meter's expected quantity costs. [USD/month]"""
        column = quantity.expected
        if column.size <= SMALL:
            key = column.tobytes(), column.shape, id(rate)
            if key not in self._small:
                self._small[key] = rate, rate.charge(column, self.free)
            return self._small[key][1]
        known = id(column), id(rate)
        if known not in self._large:  # the quantity is kept beside its charge, so that its id stays its own
            self._large[known] = column, rate.charge(column, self.free)
        return self._large[known][1]


def added(total: Array, addend: Array) -> Array:
    """A sum with an addend of any shape that broadcasts: in place once it has its full shape."""
    if addend.shape == total.shape or np.broadcast_shapes(total.shape, addend.shape) == total.shape:
        total += addend
        return total
    return total + addend


class Sums:
    """What some meters come to, and how much of it rests on other regions' prices."""

    def __init__(self) -> None:
        self.usd, self.borrowed_usd = np.zeros((1, 1)), np.zeros((1, 1))

    def add(self, meters: Sequence[tuple[str, Quantity]], till: Till, rates: Mapping[str, Rate]) -> None:
        """Charge and add the meters that a list names, one after the other."""
        for meter, quantity in meters:
            rate = rates.get(meter)
            if rate is not None:
                charge = till.charge(quantity, rate)
                self.usd = added(self.usd, charge)
                if rate.about.borrowed:
                    self.borrowed_usd = added(self.borrowed_usd, charge)

    def copy(self) -> Sums:
        """The same so far, to go on from."""
        other = Sums()
        other.usd, other.borrowed_usd = self.usd.copy(), self.borrowed_usd.copy()
        return other


def _alike(meters: Sequence[tuple[str, Quantity]], lists: Sequence[Mapping[str, Rate]]) -> int:
    """How many of the meters, from the first, cost the same in all lists."""
    first, *others = lists
    for at, (meter, _) in enumerate(meters):
        rate = first.get(meter)
        for rates in others:
            if rates.get(meter) is not rate:
                return at
    return len(meters)


class Bill(NamedTuple):
    """A month's money for one purchase. `usd` has shape (rows, machines); NaN where a price is not known."""

    usd: Array
    borrowed_usd: Array
    usage: Usage
    rates: Mapping[str, Rate]
    free: Array

    @classmethod
    def of_each(cls, usage: Usage, till: Till, lists: Mapping[str, Mapping[str, Rate]]) -> dict[str, Bill]:
        """The bill of each purchase: every meter that its list charges; one that it does not name costs nothing.

        They are added from the last to the first: what depends on the machine stands first, and what is the same on all
        machines is quickly added before it has a column for each. What all lists charge alike is added once for all.
        """
        meters = list(usage.items())[::-1]
        alike = _alike(meters, list(lists.values())) if len(lists) > 1 else 0
        common, bills = Sums(), {}
        common.add(meters[:alike], till, next(iter(lists.values()), {}))
        for purchase, rates in lists.items():
            sums = common.copy()
            sums.add(meters[alike:], till, rates)
            bills[purchase] = cls(sums.usd, sums.borrowed_usd, usage, rates, till.free)
        return bills

    @property
    def is_unknown(self) -> Mask:
        """Where the total is not known, or rests too much on other regions' prices."""
        return np.isnan(self.usd) | self.borrows_too_much

    @property
    def borrows_too_much(self) -> Mask:
        """Where the total is known, but rests too much on other regions' prices to be compared."""
        if not self.borrowed_usd.any():
            return np.zeros((1, 1), dtype=np.bool_)
        return np.asarray(self.borrowed_usd > MOST_BORROWED_SHARE * np.abs(self.usd))

    @property
    def machines_usd(self) -> Array:
        """The part of the total that machines cost by the hour. Broadcasts to (rows, machines)."""
        total = np.zeros((1, 1))
        for meter, quantity in self.usage.items():
            if meter in self.rates and self.rates[meter].about.unit == UNIT:
                total = added(total, self.rates[meter].charge(quantity.expected, self.free))
        return total

    def line_range(self, meter: str, quantity: Quantity) -> tuple[Array, Array]:
        """The least and the most one line may cost. [USD/month]"""
        rate = self.rates[meter]
        return rate.charge_low(quantity.low, self.free), rate.charge_high(quantity.high, self.free)
