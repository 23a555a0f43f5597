"""Break-evens in words: whether the order of two options flips, where, and which option is cheapest between."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from advisor.breakeven import Sweep, Value
from advisor.figures import amount


def outcome(sweep: Sweep) -> str:
    """What was found, in one sentence."""
    searched = f"{len(sweep.values)} values from {shown(sweep.values[0])} to {shown(sweep.values[-1])}"
    if sweep.status == "not computed":
        return f"Not computed: a price is missing at {sweep.unknown} of {searched}."
    if sweep.status == "not reached":
        winner = next((winner for winner in sweep.winners if winner), "neither")
        return f"Not reached in the searched range ({searched}): {winner} wins wherever either is possible."
    first, last, many = shown(sweep.crossings[0].at), shown(sweep.crossings[-1].at), len(sweep.crossings)
    places = f"once, at {first}" if many == 1 else f"{many} times, first at {first}, last at {last}"
    return f"The order flips {places} (searched: {searched}, everything chosen anew at each)."


def stretches(sweep: Sweep) -> Iterator[tuple[str, str | None]]:
    """Neighbouring values with the same cheapest option, as a range."""
    for winner, group in groupby(zip(sweep.values, sweep.cheapest, strict=True), key=lambda each: each[1]):
        values = [value for value, _ in group]
        first, last = shown(values[0]), shown(values[-1])
        yield (first if first == last else f"{first} – {last}"), winner


def shown(value: Value) -> str:
    """A value of the field that is varied."""
    return value if isinstance(value, str) else amount(value)
