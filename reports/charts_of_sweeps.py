"""The charts of break-evens: what every option costs as one figure varies, and where the order of two flips."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import log10
from typing import Any

from reports.charts import MOST_LINES, Figure, Trace, figure, titled
from reports.content import Chart
from reports.document import Chapter, Crossing, Point, Sweep
from reports.formats import brief
from reports.palette import GREY, VERMILLION, Look, looks

BEYOND_NOW = 100  # times the present traffic, on both sides, that the chart opens at
HEIGHT = 420  # pixels: a narrow screen gives a third of them to the legend
# field -> what its axis says, and whether even ratios lie at even distances
ALONG = {
    "requests_per_month": ("requests a month", "log"),
    "horizon_months": ("horizon, months", "linear"),
    "hour_usd": ("an hour of work, USD", "log"),
    "delay_usd_per_week": ("a week of delay, USD", "log"),
    "skill_kubernetes": ("skill in Kubernetes", "category"),
    "skill_managed": ("skill in managed platforms", "category"),
}


def cost_against_requests(chapter: Chapter) -> Chart | None:
    """Total cost against traffic, everything chosen anew at each point, and where the order flips."""
    sweep = chapter.sweep("requests")
    return None if sweep is None else cost_against(chapter, sweep, worth_showing(sweep))


def cost_against(chapter: Chapter, sweep: Sweep, shown: Sequence[str]) -> Chart:
    """Total cost of the options named against the field of a sweep, with what is now and every crossing marked."""
    look = looks([option.option for option in chapter.options])
    words, kind = ALONG[sweep.field]
    total = "over the horizon" if sweep.field == "horizon_months" else f"over {chapter.months} months"
    marks = [*_now(chapter, sweep, kind), *_flips(sweep)]
    left = len(priced_somewhere(sweep)) - len(shown)
    return Chart(
        "cost-against-requests" if sweep.field == "requests_per_month" else f"cost-against-{sweep.field}",
        f"Cost against {called(sweep.field)}",
        figure(
            [_swept(sweep, option, look[option], words) for option in shown],
            {"title": titled(words), "type": kind, **_opened(chapter, sweep, kind)},
            {"title": titled(f"total cost {total}, USD"), "type": "log", "automargin": True},
            height=HEIGHT,
            shapes=[_upright(at, colour, dash) for at, colour, dash, _ in marks],
            annotations=[_note(log10(at) if kind == "log" else at, note) for at, _, _, note in marks],
        ),
        f"People included. {_dotted(kind)}{_crossings(sweep)}"
        + (f" {left} dearer options are left out." if left > 0 else ""),
    )


def called(field: str) -> str:
    """What varies, without its unit."""
    return "traffic" if field == "requests_per_month" else ALONG[field][0].split(",")[0]


def priced_somewhere(sweep: Sweep) -> list[str]:
    """The options with a known total at any of the values."""
    names: dict[str, None] = {}
    for point in sweep.points:
        names |= dict.fromkeys(name for name, usd in point.tco_usd.items() if usd is not None)
    return list(names)


def worth_showing(sweep: Sweep) -> list[str]:
    """The pair and whatever is cheapest somewhere, then the others by what they cost at their least value."""
    first = dict.fromkeys([sweep.option, sweep.against, *(point.cheapest for point in sweep.points if point.cheapest)])
    others = sorted(set(priced_somewhere(sweep)) - set(first), key=lambda name: _first(sweep.points, name))
    return [*first, *others][: max(MOST_LINES, len(first))]


def _first(points: Sequence[Point], name: str) -> float:
    return next(usd for point in points if (usd := point.tco_usd[name]) is not None)


def _dotted(kind: str) -> str:
    return "" if kind == "category" else "Grey dotted: today. "


def _crossings(sweep: Sweep) -> str:
    pair = f"{sweep.option} and {sweep.against}"
    if sweep.status != "reached":
        return f"The order of {pair} does not flip in the searched range." if sweep.status == "not reached" else ""
    return f"Dashed: where the order of {pair} flips."


def _swept(sweep: Sweep, option: str, look: Look, words: str) -> Trace:
    values = [point.value for point in sweep.points]
    names = any(isinstance(value, str) for value in values)
    dots = {"marker": {"color": look.colour, "symbol": look.symbol, "size": 8}} if names else {}
    at = "%{x}" if names else "%{x:,.3s}"
    return {
        "type": "scatter",
        "mode": "lines+markers" if names else "lines",
        "name": option,
        "x": values,
        "y": [point.tco_usd[option] for point in sweep.points],
        "line": {"color": look.colour, "width": 2, "dash": look.dash},
        **dots,
        "connectgaps": False,
        "hovertemplate": f"{option}<br>{words} {at}: %{{y:,.0f}} USD<extra></extra>",
    }


def _opened(chapter: Chapter, sweep: Sweep, kind: str) -> Figure:
    """The part of the axis that the chart opens at: of traffic what lies around the present and the crossings."""
    if kind != "log":
        return {}
    values = [float(point.value) for point in sweep.points if float(point.value) > 0]
    if sweep.field != "requests_per_month":
        return {"range": [log10(values[0]), log10(values[-1])]}
    marked = [each for each in (present(chapter, sweep), *_numbers(sweep)) if each > 0]
    low = max(min(marked, default=values[0]) / BEYOND_NOW, values[0])
    high = min(max(marked, default=values[-1]) * BEYOND_NOW, values[-1])
    return {"range": [log10(low), log10(high)]}


def present(chapter: Chapter, sweep: Sweep) -> float:
    """The value of the field as the workload has it, the pay table's wage where it gives none."""
    if sweep.field == "hour_usd":
        return chapter.options[0].hour_usd
    return float(chapter.workload[sweep.field])


def _numbers(sweep: Sweep) -> list[float]:
    return [float(crossing.at) for crossing in sweep.crossings if not isinstance(crossing.at, str)]


Mark = tuple[float, str, str, str]  # where, colour, dash, note


def _now(chapter: Chapter, sweep: Sweep, kind: str) -> Iterator[Mark]:
    """Today, unless it lies off the axis: nothing is zero on a logarithmic one."""
    if kind != "category" and (now := present(chapter, sweep)) > 0:
        yield now, GREY, "dot", f"now {brief(now)}"


def _flips(sweep: Sweep) -> Iterator[Mark]:
    """Every crossing; the first and the last say who wins from there on, what lies between would only be ink."""
    ends = {0, len(sweep.crossings) - 1}
    for place, crossing in enumerate(sweep.crossings):
        if not isinstance(crossing.at, str):
            yield float(crossing.at), VERMILLION, "dash", _named(crossing) if place in ends else " "


def _named(crossing: Crossing) -> str:
    return f"{crossing.above} from {brief(float(crossing.at))}"


def _upright(at: float, colour: str, dash: str) -> Figure:
    return {
        "type": "line",
        "x0": at,
        "x1": at,
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "line": {"color": colour, "width": 1.5, "dash": dash},
    }


def _note(x: float, words: str) -> dict[str, Any]:
    """A note at the top of a line; on a logarithmic axis plotly counts its place in powers of ten."""
    return {
        "x": x,
        "y": 1,
        "yref": "paper",
        "text": words,
        "showarrow": False,
        "textangle": -90,
        "xanchor": "right",
        "yanchor": "top",
        "font": {"size": 11},
    }
