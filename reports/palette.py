"""Colours that people with any kind of colour vision tell apart, each with a symbol and a dash of its own.

The colours are those of Okabe and Ito (2008), without yellow and black, which vanish on one of two backgrounds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

BLUE, ORANGE, GREEN, VERMILLION, SKY, PURPLE = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#56B4E9", "#CC79A7"
GREY = "#7F8790"
COLOURS = (BLUE, ORANGE, GREEN, VERMILLION, SKY, PURPLE, GREY)
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "triangle-down", "x", "star")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash")


@dataclass(frozen=True)
class Look:
    """How an option is drawn, everywhere the same."""

    colour: str
    symbol: str
    dash: str


def looks(options: Sequence[str]) -> dict[str, Look]:
    """A look for every option. The lists have 7, 8 and 5 entries, so 280 options stay different."""
    return {
        option: Look(COLOURS[position % len(COLOURS)], SYMBOLS[position % len(SYMBOLS)], DASHES[position % len(DASHES)])
        for position, option in enumerate(options)
    }
