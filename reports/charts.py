"""The charts of money: plotly figures as plain dictionaries, which pages and writers share and which load nothing.

`plotly.graph_objects.Figure(figure)` accepts each of them; `reports.svg` draws the same without a browser.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from reports.content import Chart
from reports.document import Chapter, Option, Spread
from reports.palette import GREY, Look, looks

Figure = dict[str, Any]
Trace = dict[str, Any]

WIDE_RATIO = 15  # from here on a linear axis squeezes the small ones together
MOST_LINES = 8  # that an eye can follow
# The legend stands above: below, a narrow screen would push it into the title of the axis.
ABOVE = {"orientation": "h", "yanchor": "bottom", "y": 1.02, "font": {"size": 11}}
MONTH_STEPS, MOST_TICKS = (1, 2, 3, 6, 12), 8
APART = 0.025  # of the horizon, between the ranges beyond its end


def figure(data: list[Trace], x: Figure, y: Figure, **layout: Any) -> Figure:
    """A figure with axes; without a background, so that it stands on a light page and on a dark one."""
    plain = {
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "legend": ABOVE,
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
