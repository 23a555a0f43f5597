"""A marginal scale: each further unit counts at the slope of the tier it falls into. No money here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class MarginalScale:
    """Tier i runs from `starts[i]` to the next start and adds `slopes[i]` for every unit in it; NaN is unknown."""

    starts: tuple[float, ...]
    slopes: tuple[float, ...]

    def __call__(self, quantities: NDArray[np.float64]) -> NDArray[np.float64]:
        """Total over the tiers reached; shape kept. A tier that is not reached adds nothing, known or not."""
        total = np.zeros_like(quantities)
        for start, end, slope in zip(self.starts, (*self.starts[1:], np.inf), self.slopes, strict=True):
            within = np.minimum(quantities, end) - start
            total = total + np.where(within > 0, slope * within, 0.0)
        return total
