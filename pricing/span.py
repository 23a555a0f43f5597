"""A figure that is known only within a range: its ends stand beside it under NAME_min and NAME_max."""

from __future__ import annotations

from typing import NamedTuple

from pricing.fact import FactError, Facts
from pricing.overlay import YOURS


class Span(NamedTuple):
    """The least, what to expect, and the most; NaN where it is not known."""

    low: float
    expected: float
    high: float

    def plus(self, other: Span) -> Span:
        """The span of a sum, end by end."""
        return Span(self.low + other.low, self.expected + other.expected, self.high + other.high)

    def times(self, low: float, expected: float, high: float) -> Span:
        """The span of a product, end by end."""
        return Span(self.low * low, self.expected * expected, self.high * high)


NOTHING = Span(0.0, 0.0, 0.0)


def span(facts: Facts, name: str) -> Span:
    """A fact with its ends. A figure of the user's own stands alone; one without ends is its own."""
    expected = facts.number(name)
    if facts.fact(name).grade == YOURS:
        return Span(expected, expected, expected)
    low, high = (facts.number(end) if end in facts else expected for end in (f"{name}_min", f"{name}_max"))
    if expected < low or expected > high:
        raise FactError("overlay", name, f"is {expected:g}, which does not lie from {low:g} to {high:g}")
    return Span(low, expected, high)
