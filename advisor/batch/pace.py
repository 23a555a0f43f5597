"""How far a batch is, how fast it goes, and how long it still takes: the words of a progress bar, wherever it is."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol


class Counted(Protocol):
    """Some records that are done."""

    @property
    def records(self) -> int:
        """How many."""


class Pace:
    """How many records, how fast, how long still; parts that were done before count as no work."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._begun = clock()
        self.records = self._fresh = 0
        self.share = self._before = 0.0

    def count(self, done: Counted, share: float, fresh: bool) -> None:
        """Hear of a part."""
        self.records += done.records
        self._fresh += done.records * fresh
        self.share = max(self.share, share)
        if not fresh:
            self._before = max(self._before, share)

    @property
    def sentence(self) -> str:
        """Records, records a second, time left."""
        elapsed = max(self._clock() - self._begun, 1e-9)
        ahead, gone = 1.0 - self.share, self.share - self._before
        left = f", {_clock_time(elapsed * ahead / gone)} left" if gone > 0 else ""
        return f"{self.records:,} records, {self._fresh / elapsed:,.0f} a second{left}"


def _clock_time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"
