"""The only place for conversion constants, and for rounding that forgives the last bit of a float."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]
Mask: TypeAlias = NDArray[np.bool_]
Index: TypeAlias = NDArray[np.intp]

HOURS_PER_MONTH = 730.0
HOURS_PER_WEEK = 168
HOURS_PER_DAY = 24
WEEKS_PER_MONTH = HOURS_PER_MONTH / HOURS_PER_WEEK
SECONDS_PER_HOUR = 3600.0
MINUTES_PER_HOUR = 60.0
SECONDS_PER_MINUTE = 60.0
SECONDS_PER_MONTH = HOURS_PER_MONTH * SECONDS_PER_HOUR
MONTHS_PER_YEAR = 12
DAYS_PER_WEEK = 5  # business days
KIB_PER_GIB = 2.0**20
MIB_PER_GIB = 2.0**10
KIB_PER_MIB = 2.0**10
MEGABITS_PER_GIB = 2.0**33 / 1e6  # networks are sold by the decimal megabit
MILLION = 1e6
MILLI = 1e-3
PERCENT = 1e-2
P95 = 0.95  # the quantile that latency goals speak of

# Exact ratios such as 0.3 / 0.1 land a few bits beside the integer; rounding must not tip over for that.
ROUNDING_SLACK = 1e-9


def ceil(values: Array) -> Array:
    """Round up to whole things, forgiving the last bits: ⌈x − 1e-9⌉. Shape kept."""
    rounded = values - ROUNDING_SLACK
    return np.ceil(rounded, out=rounded)


def floor(values: Array) -> Array:
    """Round down to whole things, forgiving the last bits: ⌊x + 1e-9⌋. Shape kept."""
    rounded = values + ROUNDING_SLACK
    return np.floor(rounded, out=rounded)
