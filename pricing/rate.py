"""What a quantity costs: the only multiplication by a price."""

from __future__ import annotations

import datetime
from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from pricing.scale import Array, MarginalScale


class About(NamedTuple):
    """What a rate is for and who says so."""

    meter: str
    label: str
    unit: str
    role: str  # principal | ancillary
    source: str
    url: str
    date: str
    grade: str
    rule: str = ""  # how a derived price follows
    day: datetime.date | None = None  # up to which the price is vouched for
    region: str = ""  # whose price it is: another region's where borrowed
    borrowed: bool = False
    stale: bool = False
    sold: bool = True  # False: the vendor does not sell it there, which is infeasible, not unknown


class Tier(NamedTuple):
    """One line of a bill's explanation; the free allowance is a line of its own, below zero."""

    from_quantity: float
    quantity: float
    usd_per_unit: float
    usd: float
    note: str = ""


@dataclass(frozen=True, eq=False)
class Rate(ABC):
    """Money for quantities of one meter. `free` is 1 where the account still has its allowance, else 0."""

    about: About

    @property
    def exact(self) -> bool:
        """Whether it has one price, not a range."""
        return True

    @abstractmethod
    def charge(self, quantity: Array, free: Array) -> Array:
        """Money owed, the upper end where the price is borrowed; NaN where unknown, 0 for nothing. [USD]"""

    @abstractmethod
    def tiers(self, quantity: float, free: float) -> list[Tier]:
        """The lines that add up to the charge of one quantity."""

    def charge_low(self, quantity: Array, free: Array) -> Array:
        """The lower end where the price is borrowed or a range, else the same. [USD]"""
        return self.charge(quantity, free)

    def charge_high(self, quantity: Array, free: Array) -> Array:
        """The upper end where the price is a range, else the same. [USD]"""
        return self.charge(quantity, free)


@dataclass(frozen=True, eq=False)
class TieredRate(Rate):
    """A marginal scale of prices; the first `allowance` units are free each month."""

    scale: MarginalScale
    allowance: float = 0.0

    def charge(self, quantity: Array, free: Array) -> Array:
        """Money for the units beyond the allowance, which takes the first tiers. [USD]"""
        if self.allowance == 0.0:
            return self.scale(quantity)
        covered = np.minimum(quantity, free * self.allowance)
        return np.where(quantity <= covered, 0.0, self.scale(quantity) - self.scale(covered))

    def tiers(self, quantity: float, free: float) -> list[Tier]:
        """One line per tier reached, then the allowance."""
        covered = min(quantity, free * self.allowance)
        lines = _reached(self.scale, quantity)
        if covered > 0:
            usd = worth(self.scale, covered)
            lines.append(Tier(0.0, -covered, usd / covered, -usd, "free allowance"))
        return lines


@dataclass(frozen=True, eq=False)
class CreditRate(Rate):
    """A marginal scale of prices, less a credit in money each month."""

    scale: MarginalScale
    credit_usd: float

    def charge(self, quantity: Array, free: Array) -> Array:
        """Money beyond the credit. [USD]"""
        credit = np.where(free == 0.0, 0.0, free * self.credit_usd)
        return np.where(quantity == 0.0, 0.0, np.maximum(self.scale(quantity) - credit, 0.0))

    def tiers(self, quantity: float, free: float) -> list[Tier]:
        """One line per tier reached, then the credit as far as it is used."""
        lines = _reached(self.scale, quantity)
        if lines and free > 0:
            usd = min(worth(self.scale, quantity), free * self.credit_usd)
            lines.append(Tier(0.0, 0.0, 0.0, -usd, "free credit"))
        return lines


@dataclass(frozen=True, eq=False)
class BorrowedRate(Rate):
    """The range over other regions' rates, for a price that is not known here."""

    rates: tuple[Rate, ...]

    @property
    def exact(self) -> bool:
        """It is a range."""
        return False

    def charge(self, quantity: Array, free: Array) -> Array:
        """What the dearest region would ask. [USD]"""
        dearest = self.rates[0].charge(quantity, free)
        for rate in self.rates[1:]:
            dearest = np.maximum(dearest, rate.charge(quantity, free))
        return dearest

    def charge_low(self, quantity: Array, free: Array) -> Array:
        """What the cheapest region would ask. [USD]"""
        cheapest = self.rates[0].charge(quantity, free)
        for rate in self.rates[1:]:
            cheapest = np.minimum(cheapest, rate.charge(quantity, free))
        return cheapest

    def tiers(self, quantity: float, free: float) -> list[Tier]:
        """The lines of the region that is dearest for this quantity."""
        dearest = max(self.rates, key=lambda rate: _one(rate, quantity, free))
        return dearest.tiers(quantity, free)


@dataclass(frozen=True, eq=False)
class ShareRate(Rate):
    """A discount line: minus a share of what another rate charges for the same quantity."""

    share: float
    of: Rate

    @property
    def exact(self) -> bool:
        """As the other rate is."""
        return self.of.exact

    def charge(self, quantity: Array, free: Array) -> Array:
        """Money off, below zero. [USD]"""
        return 0.0 - self.share * self.of.charge(quantity, free)

    def charge_low(self, quantity: Array, free: Array) -> Array:
        """Money off at the lower end of the other rate. [USD]"""
        return 0.0 - self.share * self.of.charge_low(quantity, free)

    def tiers(self, quantity: float, free: float) -> list[Tier]:
        """One line."""
        if quantity == 0:
            return []
        usd = _one(self, quantity, free)
        return [Tier(0.0, quantity, usd / quantity, usd)]


@dataclass(frozen=True, eq=False)
class MachineRate(Rate):
    """A price per machine-hour for each machine; below zero on a discount line."""

    usd_per_hour: Array  # (machines,)

    @cached_property
    def _known(self) -> bool:
        return not np.isnan(self.usd_per_hour).any()

    def charge(self, quantity: Array, free: Array) -> Array:  # noqa: ARG002 - machine-hours have no allowance
        """Money for machine-hours, (rows, 1) or (rows, machines) -> (rows, machines). [USD]"""
        if self._known:
            return quantity * self.usd_per_hour
        return np.where(quantity == 0.0, 0.0, quantity * self.usd_per_hour)

    def tiers(self, quantity: float, free: float) -> list[Tier]:  # noqa: ARG002
        """One line, for a rate of a single machine."""
        price = float(self.usd_per_hour.item())
        return [Tier(0.0, quantity, price, quantity * price)] if quantity else []


@dataclass(frozen=True, eq=False)
class RangedMachineRate(MachineRate):
    """A price per machine-hour that is known only within a range."""

    low_usd_per_hour: Array  # (machines,)
    high_usd_per_hour: Array  # (machines,)

    @property
    def exact(self) -> bool:
        """It is a range."""
        return False

    def charge_low(self, quantity: Array, free: Array) -> Array:  # noqa: ARG002
        """Money at the lower end. [USD]"""
        return np.where(quantity == 0.0, 0.0, quantity * self.low_usd_per_hour)

    def charge_high(self, quantity: Array, free: Array) -> Array:  # noqa: ARG002
        """Money at the upper end. [USD]"""
        return np.where(quantity == 0.0, 0.0, quantity * self.high_usd_per_hour)


def _reached(scale: MarginalScale, quantity: float) -> list[Tier]:
    """One line for each tier that the quantity reaches."""
    lines = []
    for start, end, price in scale.tiers():
        part = min(quantity, end) - start
        if part > 0:
            lines.append(Tier(start, part, price, part * price))
    return lines


def worth(scale: MarginalScale, quantity: float) -> float:
    """What one quantity comes to on a scale of prices. [USD]"""
    return float(scale(np.array([[quantity]]))[0, 0])


def _one(rate: Rate, quantity: float, free: float) -> float:
    return float(rate.charge(np.array([[quantity]]), np.array([[free]]))[0, 0])
