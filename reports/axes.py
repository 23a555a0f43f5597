"""One axis of a still chart: where a value stands, and which ticks an eye expects."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from reports.formats import brief

STEPS = (1, 2, 5, 10)  # ticks stand at these, times a power of ten
SHORT = 3  # powers of ten
MARGIN = 0.05  # left free beyond the largest value


@dataclass(frozen=True)
class Axis:
    """A range of values on a range of pixels. A category stands in the middle of its band, counted from 0."""

    kind: str  # linear, log, category
    low: float
    high: float
    start: float  # pixels
    end: float
    names: tuple[str, ...] = ()
    fixed: tuple[tuple[float, str], ...] = ()  # ticks that the figure asks for

    @classmethod
    def of(cls, about: dict[str, Any], values: Sequence[float], names: Sequence[str], start: float, end: float) -> Axis:
        """From a plotly axis and everything drawn along it."""
        if about.get("type") == "category":
            return cls("category", 0.0, float(len(names)), start, end, tuple(names))
        fixed = tuple(zip(about.get("tickvals", ()), about.get("ticktext", ()), strict=True))
        low, high = _log_range(about, values) if about.get("type") == "log" else _linear_range(about, values)
        return cls(str(about["type"]), low, high, start, end, fixed=fixed)

    def at(self, value: float) -> float:
        """Pixels of a value."""
        low, high, value = (math.log(each) if self.kind == "log" else each for each in (self.low, self.high, value))
        return self.start + (value - low) / (high - low) * (self.end - self.start)

    def at_name(self, name: str) -> float:
        """Pixels of a category."""
        return self.at(self.names.index(name) + 0.5)

    def holds(self, value: float) -> bool:
        """Whether a value lies on the axis."""
        return self.low <= value <= self.high

    def ticks(self, most: int) -> list[tuple[float, str]]:
        """Values with their labels, not many more than asked for."""
        if self.fixed:
            return [tick for tick in self.fixed if self.holds(tick[0])]
        values = self._powers(most) if self.kind == "log" else list(self._even(most))
        return [(value, brief(value)) for value in values]

    def _even(self, most: int) -> Iterator[float]:
        rough = (self.high - self.low) / most
        power = 10.0 ** math.floor(math.log10(rough))
        step = next(each * power for each in STEPS if each * power >= rough * (1 - 1e-9))
        first = math.ceil(self.low / step - 1e-9)
        yield from (number * step for number in range(first, math.floor(self.high / step + 1e-9) + 1))

    def _powers(self, most: int) -> list[float]:
        """Powers of ten, and 2 and 5 times these where the axis is short; every other one where it is long."""
        first, last = math.floor(math.log10(self.low)), math.ceil(math.log10(self.high))
        within = STEPS[:3] if last - first <= SHORT else STEPS[:1]
        values = [each * 10.0**exponent for exponent in range(first, last + 1) for each in within]
        held = [value for value in values if self.holds(value)]
        return held[:: max(1, math.ceil(len(held) / most))]


def _linear_range(about: dict[str, Any], values: Sequence[float]) -> tuple[float, float]:
    if "range" in about:
        low, high = about["range"]
        return float(low), float(high)
    low, high = min([0.0, *values]), max([0.0, *values])
    room = (high - low) * MARGIN or 1.0
    return low - room * (low < 0), high + room


def _log_range(about: dict[str, Any], values: Sequence[float]) -> tuple[float, float]:
    if "range" in about:
        low, high = about["range"]
        return 10.0**low, 10.0**high
    positive = [value for value in values if value > 0] or [1.0]
    return min(positive) / 1.3, max(positive) * 1.3
