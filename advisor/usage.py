"""What a month uses: meter → quantity. Counted by platforms, priced by the bill; no money here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

from advisor.units import HOURS_PER_DAY, HOURS_PER_MONTH, KIB_PER_GIB, Array
from advisor.workload import Workloads


class Quantity(NamedTuple):
    """How much of a meter a month uses: what to expect, and the least and most the model leaves open.

    Shape (rows, 1) or (rows, machines).
    """

    expected: Array
    low: Array
    high: Array

    @classmethod
    def exactly(cls, quantity: Array) -> Quantity:
        """A quantity without a range: all three are the same array, so the bill need not price it three times."""
        return cls(quantity, quantity, quantity)

    @property
    def exact(self) -> bool:
        """Whether it has no range."""
        return self.low is self.expected is self.high

    def times(self, factor: Array) -> Quantity:
        """The same range of something that comes `factor` times as often."""
        return Quantity(self.expected * factor, self.low * factor, self.high * factor)


Usage: TypeAlias = Mapping[str, Quantity]


def request_gib(work: Workloads) -> Array:
    """Data that comes in. [GiB/month]"""
    return work.requests_per_month * work.request_kib / KIB_PER_GIB


def response_gib(work: Workloads) -> Array:
    """Data that goes out. [GiB/month]"""
    return work.requests_per_month * work.response_kib / KIB_PER_GIB


def internet_gib(work: Workloads) -> Array:
    """Data that leaves to the internet. [GiB/month]"""
    return response_gib(work) * work.internet_share


def log_gib(work: Workloads) -> Array:
    """Log text written. [GiB/month]"""
    return work.requests_per_month * work.log_kib / KIB_PER_GIB


def image_gib_months(work: Workloads) -> Array:
    """What the image registry holds: one version of the image and of its weights. [GiB]"""
    return work.image_gib + work.model_gib


def registry_days(part: Array) -> Array:
    """Days of a month on which a registry stands that has a fee of its own, or the service's part of it. [days]"""
    return HOURS_PER_MONTH / HOURS_PER_DAY * part
