"""The strokes of a still chart: lines, symbols, words."""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Sequence

DASHED = {"solid": "", "dash": "6 4", "dot": "1.5 3", "dashdot": "6 3 1.5 3", "longdash": "11 4"}
Segment = tuple[float, float, float, float]  # x and y of its two ends
CHARACTER = 6.0  # pixels of an average one at the size of the charts


def width_of(words: str) -> float:
    """About how wide words are."""
    return CHARACTER * len(words)


def dashes(dash: str) -> str:
    """The attribute of a dash; nothing for a solid line."""
    return f' stroke-dasharray="{DASHED[dash]}"' if DASHED[dash] else ""


def line(x1: float, y1: float, x2: float, y2: float, colour: str, width: float = 1.2, dash: str = "solid") -> str:
    """A straight line."""
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" '
        f'stroke-width="{width:g}"{dashes(dash)}/>'
    )


def strokes(segments: Iterable[Segment], colour: str, width: float, more: str = "") -> str:
    """Straight lines as one path."""
    drawn = " ".join(f"M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" for x1, y1, x2, y2 in segments)
    return f'<path d="{drawn}" fill="none" stroke="{colour}" stroke-width="{width:g}"{more}/>'


def path(points: Sequence[tuple[float, float]], colour: str, width: float, dash: str) -> str:
    """A line through points."""
    through = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{through}" fill="none" stroke="{colour}" stroke-width="{width:g}"{dashes(dash)}/>'


def text(x: float, y: float, words: str, colour: str, anchor: str, more: str = "") -> str:
    """A line of words; plotly's own mark-up in them is read back as characters."""
    plain = html.escape(html.unescape(words))
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" text-anchor="{anchor}" {more}>{plain}</text>'


def polygon_of(symbol: str, x: float, y: float, radius: float, colour: str) -> str:
    """A symbol of plotly's, around a point."""
    if symbol == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" fill="{colour}"/>'
    points = " ".join(f"{x + dx * radius:.1f},{y + dy * radius:.1f}" for dx, dy in OUTLINES[symbol])
    return f'<polygon points="{points}" fill="{colour}"/>'


def _ring(corners: int, turned: float = 0.0) -> list[tuple[float, float]]:
    """Corners on a circle, the first at the top."""
    angles = [2 * math.pi * corner / corners + turned for corner in range(corners)]
    return [(math.sin(angle), -math.cos(angle)) for angle in angles]


def _plus(arm: float, turned: float = 0.0) -> list[tuple[float, float]]:
    """A cross whose arms are twice `arm` wide."""
    corners = [(-arm, -1), (arm, -1), (arm, -arm), (1, -arm), (1, arm), (arm, arm),
               (arm, 1), (-arm, 1), (-arm, arm), (-1, arm), (-1, -arm), (-arm, -arm)]  # fmt: skip
    cos, sin = math.cos(turned), math.sin(turned)
    return [(x * cos - y * sin, x * sin + y * cos) for x, y in corners]


def _star(points: int) -> list[tuple[float, float]]:
    """A star whose inner corners lie at half its radius."""
    outer = _ring(2 * points)
    return [(x, y) if corner % 2 == 0 else (x / 2, y / 2) for corner, (x, y) in enumerate(outer)]


OUTLINES = {
    "square": [(-0.85, -0.85), (0.85, -0.85), (0.85, 0.85), (-0.85, 0.85)],
    "diamond": _ring(4),
    "triangle-up": _ring(3),
    "triangle-down": _ring(3, math.pi),
    "cross": _plus(0.33),
    "x": _plus(0.33, math.pi / 4),
    "star": _star(5),
}
