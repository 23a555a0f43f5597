"""What a platform refuses: one object gives the mask, the margin and the sentence."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from advisor.units import Array, Mask
from pricing.fact import Fact

NOTHING = np.array([[0.0]])
YES_NO, SHARE, COUNT = "yes/no", "share", "count"


class Limit(NamedTuple):
    """What is asked against what is allowed, in the same unit.

    `asked` and `allowed` broadcast to (rows, machines). A soft limit is a quota that the vendor raises on request: it
    is shown with its margin and never makes an option infeasible. `fact` says who states the limit.
    """

    name: str
    asked: Array
    allowed: Array
    unit: str
    fact: Fact | None = None
    soft: bool = False

    @property
    def broken(self) -> Mask:
        """Where more is asked than is allowed. A limit that is not known breaks nothing."""
        return np.greater(self.asked, self.allowed)

    def reason(self, asked: float, allowed: float) -> str:
        """Why it is broken, for one row and one machine, in words."""
        if self.unit == YES_NO:
            return f"cannot {self.name}"
        return f"{self.name}: {self.shown(asked)} asked, at most {self.shown(allowed)}"

    def shown(self, value: float) -> str:
        """A value with its unit, as people read it."""
        if self.unit == SHARE:
            return f"{value:.6g}"
        return f"{value:,.6g}" + (f" {self.unit}" if self.unit != COUNT else "")

    @property
    def margin(self) -> Array:
        """What is left before the limit, in its unit; negative where it is broken."""
        return self.allowed - self.asked


def at_most(name: str, asked: Array, fact: Fact, or_else: Array = NOTHING, soft: bool = False) -> Limit:
    """Limit something to a number the vendor states, or to `or_else` where that is more.

    A limit that is stated as unknown breaks nothing, and is shown.
    """
    stated = float(fact.value) if isinstance(fact.value, int | float) else np.inf
    return Limit(name, asked, np.maximum(stated, or_else), fact.unit, fact, soft)


def offered(name: str, needed: Mask, fact: Fact) -> Limit:
    """Limit a need to what the platform can do: `yes`, `no`, or `unknown`, which breaks nothing but is shown."""
    return Limit(name, needed.astype(np.float64), np.array([[0.0 if fact.value == "no" else 1.0]]), YES_NO, fact)


def impossible(name: str, where: Mask, fact: Fact | None = None) -> Limit:
    """State outright where an option cannot do something, for reasons that are not a number."""
    return Limit(name, where.astype(np.float64), NOTHING, YES_NO, fact)


def broken_by(limits: tuple[Limit, ...]) -> NDArray[np.int8]:
    """Count the hard limits that are broken. Broadcasts to (rows, machines)."""
    count = np.zeros((1, 1), dtype=np.int8)
    for limit in sorted(limits, key=lambda limit: np.size(limit.asked)):  # those of rows alone before those of machines
        if not limit.soft:
            count = count + limit.broken
    return count
