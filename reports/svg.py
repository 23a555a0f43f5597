"""A still picture of a figure of `charts`, for paper and for readers without scripts. Knows what those charts use."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from reports.axes import Axis
from reports.svg_marks import Segment, line, path, polygon_of, strokes, text, width_of

Trace: TypeAlias = dict[str, Any]

WIDTH, RIGHT, TOP, BOTTOM = 720.0, 28.0, 22.0, 46.0
LEGEND_ROW, LEGEND_MARK, FONT = 18.0, 26.0, 11.0
LEAST_LEFT, MOST_LEFT = 64.0, 300.0
BAR_SHARE = 0.62  # of its band
ERROR_CAP, WHISKER = 3.0, 1.2
RULE, QUIET = "#8b949e", ' stroke-opacity="0.45"'  # between the two backgrounds, so that grid lines stay behind


@dataclass(frozen=True)
class Frame:
    """The axes of a picture and the colour of its writing."""

    x: Axis
    y: Axis
    ink: str


def svg(figure: dict[str, Any], title: str, ink: str = "#24292f", background: str = "none") -> str:
    """The picture as an SVG element, with its title for those who cannot see it."""
    layout, traces = figure["layout"], figure["data"]
    names = _categories(traces, layout["yaxis"])
    legend = list(_legend_rows(traces)) if layout.get("showlegend", True) else []
    height = float(layout["height"])
    floor = height - BOTTOM - LEGEND_ROW * len(legend)
    left = _left(names)
    x = Axis.of(layout["xaxis"], list(_values(traces, "x")), (), left, WIDTH - RIGHT - _label_room(traces))
    y_pixels = (TOP, floor) if names else (floor, TOP)
    y = Axis.of(layout["yaxis"], list(_values(traces, "y")), names, *y_pixels)
    frame = Frame(x, y, ink)
    parts = [
        *_grid(frame, layout),
        *(part for trace in traces for part in _trace(frame, trace)),
        *_shapes(frame, layout),
        *_legend(legend, left, floor + BOTTOM, ink),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {height:g}" role="img" '
        f'font-family="sans-serif" font-size="{FONT:g}"><title>{html.escape(title)}</title>'
        f'<rect width="{WIDTH:g}" height="{height:g}" fill="{background}"/>{"".join(parts)}</svg>'
    )


def _categories(traces: Sequence[Trace], about: dict[str, Any]) -> list[str]:
    if about.get("type") != "category":
        return []
    return list(about.get("categoryarray") or dict.fromkeys(name for trace in traces for name in trace["y"]))


def _left(names: Sequence[str]) -> float:
    longest = max((width_of(html.unescape(name)) for name in names), default=0.0)
    return min(MOST_LEFT, max(LEAST_LEFT, longest + 14.0))


def _label_room(traces: Sequence[Trace]) -> float:
    """What the figures at the ends of bars take."""
    return max((width_of(label) for trace in traces for label in trace.get("text", ())), default=0.0)


def _values(traces: Sequence[Trace], along: str) -> Iterator[float]:
    """Every value along an axis, whiskers among them."""
    for trace in traces:
        bases = trace.get("base") or [0.0] * len(trace[along])
        for at, value in enumerate(trace[along]):
            if isinstance(value, (int, float)):
                end = value + (bases[at] if along == "x" and trace["type"] == "bar" else 0.0)
                yield end
                yield from _ends(trace, along, at, end)


def _ends(trace: Trace, along: str, at: int, value: float) -> tuple[float, ...]:
    """The two ends of a whisker, where there is one."""
    error = trace.get(f"error_{along}")
    if not error or not (error["array"][at] or error["arrayminus"][at]):
        return ()
    return value - error["arrayminus"][at], value + error["array"][at]


def _grid(frame: Frame, layout: dict[str, Any]) -> Iterator[str]:
    """Grid lines, ticks and titles."""
    x, y = frame.x, frame.y
    floor = max(y.start, y.end)
    yield strokes(_rules(frame), RULE, 0.5, QUIET)
    for value, label in x.ticks(8):
        yield text(x.at(value), floor + 15, label, frame.ink, "middle")
    yield text((x.start + x.end) / 2, floor + 33, layout["xaxis"]["title"]["text"], frame.ink, "middle")
    if y.kind == "category":
        yield from (text(x.start - 8, y.at_name(name) + 4, _fitted(name), frame.ink, "end") for name in y.names)
        return
    for value, label in y.ticks(7):
        yield text(x.start - 6, y.at(value) + 4, label, frame.ink, "end")
    yield text(4, 12, layout["yaxis"]["title"]["text"], frame.ink, "start")


def _rules(frame: Frame) -> Iterator[Segment]:
    """A line at every tick; categories have none."""
    x, y = frame.x, frame.y
    yield from ((x.at(value), y.start, x.at(value), y.end) for value, _ in x.ticks(8))
    if y.kind != "category":
        yield from ((x.start, y.at(value), x.end, y.at(value)) for value, _ in y.ticks(7))


def _fitted(name: str) -> str:
    """A category that leaves room for its bar."""
    plain = html.unescape(name)
    fits = int(len(plain) * (MOST_LEFT - 14.0) / max(width_of(plain), 1.0))
    return plain if fits >= len(plain) else f"{plain[: fits - 1]}…"


def _trace(frame: Frame, trace: Trace) -> Iterator[str]:
    if trace["type"] == "bar":
        yield from _bar(frame, trace)
    elif trace["mode"] == "lines":
        yield from _line(frame, trace)
    else:
        yield from _markers(frame, trace)


def _line(frame: Frame, trace: Trace) -> Iterator[str]:
    """One path, lifted where a value is missing or off the axes."""
    steps = trace["line"].get("shape") == "hv"
    runs: list[list[tuple[float, float]]] = [[]]
    for x, y in zip(trace["x"], trace["y"], strict=True):
        if y is None or not (frame.x.holds(x) and frame.y.holds(y)):
            runs.append([])
            continue
        here = (frame.x.at(x), frame.y.at(y))
        if steps and runs[-1]:
            runs[-1].append((here[0], runs[-1][-1][1]))
        runs[-1].append(here)
    style = trace["line"]
    yield from (path(run, style["color"], style["width"], style.get("dash", "solid")) for run in runs if len(run) > 1)
    yield from _whiskers(frame, trace)


def _markers(frame: Frame, trace: Trace) -> Iterator[str]:
    yield from _whiskers(frame, trace)
    mark = trace["marker"]
    for x, y in zip(trace["x"], trace["y"], strict=True):
        yield polygon_of(mark["symbol"], frame.x.at(x), frame.y.at(y), mark["size"] / 2, mark["color"])


def _whiskers(frame: Frame, trace: Trace) -> Iterator[str]:
    for at, (x, y) in enumerate(zip(trace["x"], trace["y"], strict=True)):
        for along, axis, value in (("x", frame.x, x), ("y", frame.y, y)):
            for low, high in [_ends(trace, along, at, value)] if _ends(trace, along, at, value) else ():
                ends = axis.at(max(low, axis.low)), axis.at(min(high, axis.high))
                across = frame.y.at(y) if along == "x" else frame.x.at(x)
                yield _whisker(along, ends, across, trace[f"error_{along}"].get("color", frame.ink))


def _whisker(along: str, ends: tuple[float, float], across: float, colour: str) -> str:
    """A line with a cap at each end."""
    bars = [(ends[0], across, ends[1], across)]
    bars += [(end, across - ERROR_CAP, end, across + ERROR_CAP) for end in ends]
    turned = bars if along == "x" else [(y1, x1, y2, x2) for x1, y1, x2, y2 in bars]
    return strokes(turned, colour, WHISKER)


def _bar(frame: Frame, trace: Trace) -> Iterator[str]:
    names = frame.y.names
    thickness = abs(frame.y.end - frame.y.start) / len(names) * BAR_SHARE
    colours, hatched = trace["marker"]["color"], trace["marker"].get("pattern", {}).get("shape")
    bases = trace["base"]
    for at, (name, length) in enumerate(zip(trace["y"], trace["x"], strict=True)):
        colour = colours if isinstance(colours, str) else colours[at]
        ends = sorted((frame.x.at(bases[at]), frame.x.at(bases[at] + length)))
        middle, thin = frame.y.at_name(name), max(ends[1] - ends[0], 1.0)
        fill = f'fill="{colour}" fill-opacity="{0.25 if hatched else 1:g}" stroke="{colour}"'
        dash = ' stroke-dasharray="3 2"' if hatched else ""
        yield (
            f'<rect x="{ends[0]:.1f}" y="{middle - thickness / 2:.1f}" width="{thin:.1f}" '
            f'height="{thickness:.1f}" {fill}{dash}/>'
        )
        reach = [frame.x.at(end) for end in _ends(trace, "x", at, bases[at] + length)]
        if reach:
            yield _whisker("x", (max(reach[0], frame.x.start), reach[1]), middle, frame.ink)
        if "text" in trace:
            yield text(max([ends[1], *reach]) + 5, middle + 4, trace["text"][at], frame.ink, "start")


def _shapes(frame: Frame, layout: dict[str, Any]) -> Iterator[str]:
    """Upright lines with a note each at the top."""
    top, floor = min(frame.y.start, frame.y.end), max(frame.y.start, frame.y.end)
    for shape, note in zip(layout.get("shapes", ()), layout.get("annotations", ()), strict=True):
        x = frame.x.at(shape["x0"])
        yield line(x, top, x, floor, shape["line"]["color"], shape["line"]["width"], shape["line"]["dash"])
        turned = f'transform="rotate(-90 {x - 4:.1f} {top + 4:.1f})"'
        yield text(x - 4, top + 4, note["text"], frame.ink, "end", turned)


def _legend_rows(traces: Sequence[Trace]) -> Iterator[list[Trace]]:
    """Entries, as many in a row as there is room for."""
    row: list[Trace] = []
    room = WIDTH - LEAST_LEFT
    for trace in (each for each in traces if each.get("showlegend", True)):
        needed = LEGEND_MARK + width_of(trace["name"]) + 16
        if row and needed > room:
            yield row
            row, room = [], WIDTH - LEAST_LEFT
        row.append(trace)
        room -= needed
    if row:
        yield row


def _legend(rows: Sequence[Sequence[Trace]], left: float, top: float, ink: str) -> Iterator[str]:
    left = min(left, LEAST_LEFT)
    for number, row in enumerate(rows):
        x, y = left, top + LEGEND_ROW * number + 6
        for trace in row:
            yield _key(trace, x, y - 4)
            yield text(x + LEGEND_MARK, y, trace["name"], ink, "start")
            x += LEGEND_MARK + width_of(trace["name"]) + 16


def _key(trace: Trace, x: float, y: float) -> str:
    """The sample of a trace that a legend shows."""
    if trace["type"] == "bar":
        hatched = trace["marker"].get("pattern", {}).get("shape")
        opacity = ' fill-opacity="0.25" stroke-dasharray="3 2"' if hatched else ""
        colour = trace["marker"]["color"]
        return f'<rect x="{x:.1f}" y="{y - 5:.1f}" width="20" height="10" fill="{colour}" stroke="{colour}"{opacity}/>'
    if trace["mode"] == "markers":
        mark = trace["marker"]
        return polygon_of(mark["symbol"], x + 10, y, 5, mark["color"])
    style = trace["line"]
    return line(x, y, x + 20, y, style["color"], 2, style.get("dash", "solid"))
