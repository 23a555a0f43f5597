"""What is bought outright instead of rented: cash when a life begins, and what is left of it at the end."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from advisor.units import MONTHS_PER_YEAR, Array
from pricing import Facts
from pricing.span import span

YEARS, LEFT = "server_life_years", "residual_share"


class Life(NamedTuple):
    """How long what is bought serves, and which share of its price it still fetches then."""

    months: float
    residual_share: float

    @classmethod
    def of(cls, facts: Facts) -> Life | None:
        """The life that facts speak of; None where nothing is bought."""
        if YEARS not in facts:
            return None
        return cls(span(facts, YEARS).expected * MONTHS_PER_YEAR, span(facts, LEFT).expected)


def cash_usd(worn_usd: Array, life: Life, months: Array, discount_per_year: Array) -> Array:
    """Purchases less what is left after some months, discounted, for things that wear by so much a month. [USD]

    Worth falls in a straight line from the price to the residual, so the price is wear x life / (1 - residual share).
    Whatever has served its life is sold and bought again. Nothing discounted, this is wear x months. Shapes broadcast.
    """
    lost = 1.0 - life.residual_share
    price_usd = worn_usd * (life.months / lost) if lost > 0 else worn_usd
    monthly = (1.0 + discount_per_year) ** (-1 / MONTHS_PER_YEAR)
    total = np.zeros(np.broadcast_shapes(worn_usd.shape, months.shape))
    for bought in np.arange(0.0, np.max(months, initial=0.0), life.months):
        sold = np.minimum(bought + life.months, months)
        left_usd = price_usd - worn_usd * (sold - bought)
        spent = price_usd * monthly**bought - left_usd * monthly**sold
        total = total + np.where(bought < months, spent, 0.0)
    return total
