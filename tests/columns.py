"""Columns as the kernel wants them."""

from __future__ import annotations

import numpy as np

from advisor.units import Array


def column(*values: float) -> Array:
    """One row per value: shape (rows, 1)."""
    return np.array(values, dtype=np.float64).reshape(-1, 1)
