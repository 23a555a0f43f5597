"""Commitments that a workload would sign, and whether an option has a price for them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from advisor.comparison import COMMITTED_YEARS, ways_to_buy
from advisor.usage import Usage
from advisor.workload import Workloads
from pricing import Machines, Rate


def signed(work: Workloads) -> Mapping[str, int]:
    """Purchases with a commitment that all of the rows may use, and its years."""
    ways = ways_to_buy(work)
    return {purchase: years for purchase, years in COMMITTED_YEARS.items() if ways[purchase].all()}


def has_price(usage: Usage, machines: Machines, on_demand: Mapping[str, Rate], committed: Mapping[str, Rate]) -> bool:
    """Whether any meter that the option uses is charged at a known rate that is not the one on demand."""
    return any(
        committed[meter] is not on_demand.get(meter) and _is_known(committed[meter], machines)
        for meter in usage.keys() & committed.keys()
    )


def _is_known(rate: Rate, machines: Machines) -> bool:
    """Whether the price is known, of any machine."""
    charge = rate.charge(np.ones((1, len(machines))), np.zeros((1, 1)))
    return bool(np.isfinite(charge).any())
