"""What a month's usage costs: line by line, and whether it could be priced at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from advisor.units import Array, Mask
from advisor.usage import Quantity, Usage
from pricing.purchases import UNIT
from pricing.rate import Rate

MOST_BORROWED_SHARE = 0.1  # of a total; where more is borrowed from other regions, the option counts as unknown


class Status(IntEnum):
    """Three states, never confused; an option's status is the smallest of its variants'."""

    PRICED = 0
    UNKNOWN = 1
    INFEASIBLE = 2


class Till:
    """Charges quantities and remembers what it charged: what purchases or modes have in common is charged once."""

    def __init__(self, free: Array) -> None:
        self.free = free
        self._charged: dict[tuple[int, int], tuple[Array, Array]] = {}

    def charge(self, quantity: Quantity, rate: Rate) -> Array:
        """What a meter's expected quantity costs. [USD/month]"""
        key = id(quantity.expected), id(rate)
        if key not in self._charged:  # the quantity is kept beside its charge, so that its id stays its own
            self._charged[key] = quantity.expected, rate.charge(quantity.expected, self.free)
        return self._charged[key][1]


class Total:
    """A sum that grows one addend at a time, in place once it has its full shape."""

    def __init__(self) -> None:
        self.array: Array = np.zeros((1, 1))

    def add(self, addend: Array) -> None:
        """Add an array of any shape that broadcasts."""
        shape = self.array.shape
        if addend.shape == shape or np.broadcast_shapes(shape, addend.shape) == shape:
            self.array += addend
        else:
            self.array = self.array + addend


class Sums:
    """What some meters come to, and how much of it rests on other regions' prices."""

    def __init__(self) -> None:
        self.usd, self.borrowed_usd = Total(), Total()

    def add(self, meters: Sequence[tuple[str, Quantity]], till: Till, rates: Mapping[str, Rate]) -> None:
        """Charge and add the meters that a list names, one after the other."""
        for meter, quantity in meters:
            if meter in rates:
                charge = till.charge(quantity, rates[meter])
                self.usd.add(charge)
                if rates[meter].about.borrowed:
                    self.borrowed_usd.add(charge)

    def copy(self) -> Sums:
        """The same so far, to go on from."""
        other = Sums()
        other.usd.array, other.borrowed_usd.array = self.usd.array.copy(), self.borrowed_usd.array.copy()
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
            bills[purchase] = cls(sums.usd.array, sums.borrowed_usd.array, usage, rates, till.free)
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
        total = Total()
        for meter, quantity in self.usage.items():
            if meter in self.rates and self.rates[meter].about.unit == UNIT:
                total.add(self.rates[meter].charge(quantity.expected, self.free))
        return total.array

    def line_range(self, meter: str, quantity: Quantity) -> tuple[Array, Array]:
        """The least and the most one line may cost. [USD/month]"""
        rate = self.rates[meter]
        return rate.charge_low(quantity.low, self.free), rate.charge_high(quantity.high, self.free)
