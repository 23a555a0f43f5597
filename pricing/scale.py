"""Marginal scales over quantities: price tiers and node-reserve curves alike. No money here."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]
Mask: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True)
class MarginalScale:
    """`slopes[i]` for every unit from `starts[i]` up to the next start, as income-tax brackets.

    Starts rise and usually begin at 0; below the first start nothing is counted.
    A slope that is NaN is unknown: a quantity that does not reach its tier is not touched by it.
    """

    starts: tuple[float, ...]
    slopes: tuple[float, ...]

    @classmethod
    def flat(cls, slope: float) -> MarginalScale:
        """The same slope for every unit."""
        return cls((0.0,), (slope,))

    @classmethod
    def of(cls, table: Mapping[float, float]) -> MarginalScale:
        """From a table start -> slope, as facts hold it."""
        starts = sorted(table)
        return cls(tuple(float(start) for start in starts), tuple(float(table[start]) for start in starts))

    @cached_property
    def is_flat(self) -> bool:
        """Whether every unit, from the first, has the same slope."""
        return self.starts == (0.0,)

    @cached_property
    def known(self) -> bool:
        """Whether every slope is known."""
        return not any(math.isnan(slope) for slope in self.slopes)

    def tiers(self) -> Iterator[tuple[float, float, float]]:
        """(start, end, slope) of each tier; the last one has no end."""
        return zip(self.starts, (*self.starts[1:], math.inf), self.slopes, strict=True)

    def scaled(self, factor: float) -> MarginalScale:
        """The same tiers with every slope times `factor`."""
        return MarginalScale(self.starts, tuple(slope * factor for slope in self.slopes))

    def __call__(self, quantity: Array) -> Array:
        """The scale's total for each quantity. Shape kept."""
        if self.is_flat and self.known:
            return quantity * self.slopes[0]  # most scales are; the loop below would say the same, eight times slower
        total = np.zeros(quantity.shape)
        for start, end, slope in self.tiers():
            part = np.maximum(np.minimum(quantity, end) - start, 0.0)
            counted = part * slope
            total += counted if self.known else np.where(part == 0.0, 0.0, counted)  # unknown, not reached: nothing
        return total
