"""The charts of money: plotly figures as plain dictionaries, which pages and writers share and which load nothing.

`plotly.graph_objects.Figure(figure)` accepts each of them; `reports.svg` draws the same without a browser.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import log10
from typing import Any

from reports.content import Chart
from reports.document import Chapter, Option, Point, Spread, Sweep
from reports.formats import brief
from reports.palette import GREY, VERMILLION, Look, looks

Figure = dict[str, Any]
Trace = dict[str, Any]

WIDE_RATIO = 15  # from here on a linear axis squeezes the small ones together
MOST_LINES = 8  # that an eye can follow
MONTH_STEPS, MOST_TICKS = (1, 2, 3, 6, 12), 8
APART = 0.025  # of the horizon, between the ranges beyond its end
BEYOND_NOW = 100  # times the present traffic, on both sides, that the chart opens at


def figure(data: list[Trace], x: Figure, y: Figure, **layout: Any) -> Figure:
    """A figure with axes; without a background, so that it stands on a light page and on a dark one."""
    plain = {
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "legend": {"orientation": "h", "yanchor": "top", "y": -0.22},
        "margin": {"l": 64, "r": 16, "t": 16, "b": 56},
        "hovermode": "closest",
        "height": 360,
    }
    return {"data": data, "layout": {**plain, "xaxis": x, "yaxis": y, **layout}}


def titled(words: str) -> Figure:
    """The title of an axis."""
    return {"text": words, "font": {"size": 13}}


def axis(title: str, figures: Iterable[float] = (), **more: Any) -> Figure:
    """An axis with its unit in the title: from zero, or logarithmic where the figures differ too much for that."""
    positive = [each for each in figures if each > 0]
    wide = bool(positive) and max(positive) > WIDE_RATIO * min(positive)
    scale = {"type": "log"} if wide else {"type": "linear", "rangemode": "tozero"}
    return {"title": titled(title), **scale, "automargin": True, **more}


def _whiskers(spread: Spread) -> Figure:
    return {
        "type": "data",
        "symmetric": False,
        "array": [spread.p90 - spread.mean],
        "arrayminus": [spread.mean - spread.p10],
        "thickness": 1.2,
        "width": 4,
    }


def cost_against_days(chapter: Chapter) -> Chart | None:
    """Total cost against time to production: what is cheaper but later, and what is neither."""
    options = chapter.priced
    if not options:
        return None
    look = looks([option.option for option in chapter.options])
    marks = [_mark(option, look[option.option], chapter) for option in options]
    frontier = sorted(
        (option for option in options if option.option in chapter.choice.frontier),
        key=lambda option: option.days_to_production.mean,
    )
    line = {
        "type": "scatter",
        "mode": "lines",
        "name": "frontier",
        "x": [option.days_to_production.mean for option in frontier],
        "y": [option.tco_usd for option in frontier],
        "line": {"color": GREY, "width": 1.5, "dash": "dot"},
        "hoverinfo": "skip",
    }
    totals = [each for option in options if option.tco_range_usd for each in _ends(option.tco_range_usd)]
    return Chart(
        "cost-against-days",
        "Cost against time",
        figure(
            [line, *marks],
            axis("business days to production"),
            axis(f"total cost over {chapter.months} months, USD", totals),
        ),
        "Marks are means, whiskers run from P10 to P90. The dotted line joins the options that none beats in cost, "
        "time and openness at once.",
    )


def _ends(spread: Spread) -> tuple[float, float]:
    return spread.p10, spread.p90


def _mark(option: Option, look: Look, chapter: Chapter) -> Trace:
    days, total = option.days_to_production, option.tco_range_usd
    chosen = option.option == chapter.choice.option
    return {
        "type": "scatter",
        "mode": "markers",
        "name": option.option,
        "x": [days.mean],
        "y": [option.tco_usd],
        "error_x": _whiskers(days) | {"color": look.colour},
        **({"error_y": _whiskers(total) | {"color": look.colour}} if total else {}),
        "marker": {"color": look.colour, "symbol": look.symbol, "size": 14 if chosen else 10},
        "hovertemplate": f"{option.option}<br>%{{x:.0f}} days, %{{y:,.0f}} USD<extra></extra>",
    }


def cost_against_requests(chapter: Chapter) -> Chart | None:
    """Total cost against traffic, everything chosen anew at each point, and where the order flips."""
    sweep = chapter.sweep("requests")
    if sweep is None:
        return None
    look = looks([option.option for option in chapter.options])
    shown = _worth_showing(sweep)
    lines = [_swept(sweep, option, look[option]) for option in shown]
    now = float(chapter.workload["requests_per_month"])
    crossings = [float(crossing.at) for crossing in sweep.crossings]
    low = max(min([now, *crossings]) / BEYOND_NOW, float(sweep.points[0].value))
    high = min(max([now, *crossings]) * BEYOND_NOW, float(sweep.points[-1].value))
    shapes = [_upright(now, GREY, "dot"), *(_upright(at, VERMILLION, "dash") for at in crossings)]
    left = len(_priced_somewhere(sweep)) - len(shown)
    return Chart(
        "cost-against-requests",
        "Cost against traffic",
        figure(
            lines,
            {"title": titled("requests a month"), "type": "log", "range": [log10(low), log10(high)]},
            {"title": titled(f"total cost over {chapter.months} months, USD"), "type": "log", "automargin": True},
            shapes=shapes,
            annotations=[_note(now, f"now {brief(now)}"), *(_note(at, f"flips at {brief(at)}") for at in crossings)],
        ),
        f"People included. Grey dotted: today. {_crossings(sweep)}"
        + (f" {left} dearer options are left out." if left > 0 else ""),
    )


def _crossings(sweep: Sweep) -> str:
    pair = f"{sweep.option} and {sweep.against}"
    if sweep.status != "reached":
        return f"The order of {pair} does not flip in the searched range." if sweep.status == "not reached" else ""
    return f"Dashed: where the order of {pair} flips."


def _priced_somewhere(sweep: Sweep) -> list[str]:
    names: dict[str, None] = {}
    for point in sweep.points:
        names |= dict.fromkeys(name for name, usd in point.tco_usd.items() if usd is not None)
    return list(names)


def _worth_showing(sweep: Sweep) -> list[str]:
    """The pair and whatever is cheapest somewhere, then the others by what they cost at their least traffic."""
    first = dict.fromkeys([sweep.option, sweep.against, *(point.cheapest for point in sweep.points if point.cheapest)])
    others = sorted(set(_priced_somewhere(sweep)) - set(first), key=lambda name: _first(sweep.points, name))
    return [*first, *others][: max(MOST_LINES, len(first))]


def _first(points: Sequence[Point], name: str) -> float:
    return next(usd for point in points if (usd := point.tco_usd[name]) is not None)


def _swept(sweep: Sweep, option: str, look: Look) -> Trace:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": option,
        "x": [float(point.value) for point in sweep.points],
        "y": [point.tco_usd[option] for point in sweep.points],
        "line": {"color": look.colour, "width": 2, "dash": look.dash},
        "connectgaps": False,
        "hovertemplate": f"{option}<br>%{{x:,.3s}} requests a month: %{{y:,.0f}} USD<extra></extra>",
    }


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


def _note(at: float, words: str) -> Figure:
    """A note at the top of a logarithmic axis, whose positions plotly counts in powers of ten."""
    return {
        "x": log10(at),
        "y": 1,
        "yref": "paper",
        "text": words,
        "showarrow": False,
        "textangle": -90,
        "xanchor": "right",
        "yanchor": "top",
        "font": {"size": 11},
    }


def cumulative(chapter: Chapter) -> Chart | None:
    """What each option has cost when each month ends."""
    options = chapter.priced[:MOST_LINES]
    if not options:
        return None
    look = looks([option.option for option in chapter.options])
    lines = [_paid(option, chapter, look[option.option]) for option in options]
    for place, option in enumerate(options):
        lines += _ends_between(option, chapter, look[option.option], place)
    return Chart(
        "cumulative-cost",
        "Cost month by month",
        figure(lines, axis("months from each one's go-live", **_ticks(chapter.months)), axis("paid so far, USD")),
        "Set-up, delay, bills and people, discounted. Beyond the last month: the totals, P10 to P90.",
    )


def _ticks(months: int) -> Figure:
    """Ticks up to the last month and none beyond it, where the totals stand."""
    step = next((each for each in MONTH_STEPS if months <= each * MOST_TICKS), MONTH_STEPS[-1])
    ticks = list(range(0, months + 1, step))
    return {"tickmode": "array", "tickvals": ticks, "ticktext": [str(month) for month in ticks]}


def _paid(option: Option, chapter: Chapter, look: Look) -> Trace:
    paid = chapter.cumulative_usd[option.option]
    return {
        "type": "scatter",
        "mode": "lines",
        "name": option.option,
        "x": list(range(len(paid))),
        "y": list(paid),
        "line": {"color": look.colour, "width": 2, "dash": look.dash},
        "hovertemplate": f"{option.option}<br>month %{{x}}: %{{y:,.0f}} USD<extra></extra>",
    }


def _ends_between(option: Option, chapter: Chapter, look: Look, place: int) -> Iterator[Trace]:
    """The total with its range, to the right of the last month, each option in a place of its own."""
    if option.tco_range_usd:
        yield {
            "type": "scatter",
            "mode": "markers",
            "name": option.option,
            "showlegend": False,
            "x": [chapter.months * (1 + APART * (place + 1))],
            "y": [option.tco_range_usd.mean],
            "error_y": _whiskers(option.tco_range_usd) | {"color": look.colour},
            "marker": {"color": look.colour, "symbol": look.symbol, "size": 8},
            "hovertemplate": f"{option.option}<br>%{{y:,.0f}} USD in all<extra></extra>",
        }
