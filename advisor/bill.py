"""What a month's usage costs: line by line, and whether it could be priced at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from advisor.units import Array, Mask
from advisor.usage import Quantity, Usage
from pricing.rate import Rate

MOST_BORROWED_SHARE = 0.1  # of a total; where more is borrowed from other regions, the option counts as unknown


class Status(IntEnum):
    """Three states, never confused; an option's status is the smallest of its variants'."""

    PRICED = 0
    UNKNOWN = 1
    INFEASIBLE = 2


class Till:
    """Charges quantities and remembers what it charged, so that purchases which share a rate share the work."""

    def __init__(self, usage: Usage, free: Array) -> None:
        self.usage = usage
        self.free = free
        self._charged: dict[tuple[str, int], Array] = {}

    def charge(self, meter: str, rate: Rate) -> Array:
        """What a meter's expected quantity costs. [USD/month]"""
        key = meter, id(rate)
        if key not in self._charged:
            self._charged[key] = rate.charge(self.usage[meter].expected, self.free)
        return self._charged[key]


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


@dataclass(frozen=True)
class Bill:
    """A month's money for one purchase. `usd` has shape (rows, machines); NaN where a price is not known."""

    usd: Array
    borrowed_usd: Array
    usage: Usage
    rates: Mapping[str, Rate]
    free: Array

    @classmethod
    def of(cls, till: Till, rates: Mapping[str, Rate]) -> Bill:
        """Price every meter that the list charges. A meter that it does not name costs nothing by this purchase."""
        usd, borrowed = Total(), Total()
        for meter in till.usage:
            if meter in rates:
                charge = till.charge(meter, rates[meter])
                usd.add(charge)
                if rates[meter].about.borrowed:
                    borrowed.add(charge)
        return cls(usd.array, borrowed.array, till.usage, rates, till.free)

    @property
    def is_unknown(self) -> Mask:
        """Where the total is not known, or rests too much on other regions' prices."""
        unknown = np.isnan(self.usd)
        if not self.borrowed_usd.any():
            return unknown
        return unknown | np.greater(self.borrowed_usd, MOST_BORROWED_SHARE * np.abs(self.usd))

    def line_range(self, meter: str, quantity: Quantity) -> tuple[Array, Array]:
        """The least and the most one line may cost. [USD/month]"""
        rate = self.rates[meter]
        return rate.charge_low(quantity.low, self.free), rate.charge(quantity.high, self.free)
