"""The charts of time: replicas over the week, and the plan as a Gantt chart. Plotly figures, as in `charts`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from advisor.units import HOURS_PER_DAY
from reports.charts import Trace, axis, figure, titled
from reports.content import Chart
from reports.document import Activity, Chapter, Option
from reports.formats import text
from reports.palette import BLUE, GREY, SKY, Look, looks

LOWER, UPPER = (0.0, 0.58), (0.7, 1.0)  # of the height of a chart with two panels
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
ROOM, ROW = 140, 38  # pixels of a chart on a screen: around its rows, and of each row with its name above it


def replicas_over_the_week(chapter: Chapter) -> Chart | None:
    """How many replicas the choice and the runner-up hold hour by hour."""
    options = [option for option in (chapter.chosen, chapter.runner_up) if option and option.levels]
    if not options:
        return None
    look = looks([option.option for option in chapter.options])
    days = _week(chapter)
    return Chart(
        "replicas",
        "Replicas over the week",
        figure(
            [_steps(option, chapter, look[option.option]) for option in options],
            {"title": titled("local time, a label where a day begins"), "type": "linear", **days},
            axis("replicas"),
            height=300,
        ),
        "What the traffic of each hour asks for; capacity is released a little later than the line shows.",
    )


def replicas_beside_traffic(chapter: Chapter, options: Sequence[Option]) -> Chart | None:
    """How many replicas some options hold hour by hour, under the traffic that asks for them."""
    shown = [option for option in options if option.levels]
    if not shown:
        return None
    look = looks([option.option for option in chapter.options])
    days = _week(chapter)
    return Chart(
        f"replicas-{'-'.join(option.option for option in shown)}",
        "Replicas over the week",
        figure(
            [_traffic(shown[0], chapter), *(_steps(option, chapter, look[option.option]) for option in shown)],
            {"title": titled("local time, a label where a day begins"), "type": "linear", **days},
            axis("replicas", domain=LOWER),
            yaxis2=axis("requests/s", domain=UPPER, anchor="x"),
            height=420,
        ),
        "Above the traffic, below what it asks for; capacity is released a little later than the line shows.",
    )


def _traffic(option: Option, chapter: Chapter) -> Trace:
    rates = [option.levels[level].requests_per_s for level in chapter.level_of_hour]
    return {
        "type": "scatter",
        "mode": "lines",
        "name": "traffic",
        "x": list(range(len(rates) + 1)),
        "y": [*rates, rates[-1]],
        "yaxis": "y2",
        "line": {"color": GREY, "width": 1.5, "shape": "hv"},
        "hovertemplate": "hour %{x}: %{y:.3g} requests/s<extra></extra>",
    }


def _week(chapter: Chapter) -> dict[str, Any]:
    """An axis of the hours of a week."""
    starts = [day * HOURS_PER_DAY for day in range(len(DAYS))]
    return {"tickmode": "array", "tickvals": starts, "ticktext": list(DAYS), "range": [0, len(chapter.level_of_hour)]}


def _steps(option: Option, chapter: Chapter, look: Look) -> Trace:
    replicas = [option.levels[level].replicas for level in chapter.level_of_hour]
    return {
        "type": "scatter",
        "mode": "lines",
        "name": option.option,
        "x": list(range(len(replicas) + 1)),
        "y": [*replicas, replicas[-1]],
        "line": {"color": look.colour, "width": 2, "dash": look.dash, "shape": "hv"},
        "hovertemplate": f"{option.option}<br>hour %{{x}}: %{{y}}<extra></extra>",
    }


def gantt(option: Option) -> Chart | None:
    """The activities until production, and which of them set the end."""
    if not option.activities:
        return None
    critical = [each for each in option.activities if each.activity in option.critical_path]
    others = [each for each in option.activities if each.activity not in option.critical_path]
    groups = ((critical, "critical path", BLUE, ""), (others, "not critical", SKY, "/"))
    names = [_name(each) for each in option.activities]
    rows = {
        "type": "category",
        "autorange": "reversed",
        "automargin": True,
        "categoryorder": "array",
        "categoryarray": names,
    }
    return Chart(
        f"plan-{option.option}",
        f"The plan for {option.option}",
        figure(
            [_activities(*group) for group in groups if group[0]],
            axis("business days from the start"),
            rows,
            height=130 + 22 * len(names),
            barmode="overlay",
        ),
        "Bars run from the median start to the median end, were there always a free hand; whiskers show how long "
        "the activity may take, P10 to P90, from its start. Hatched activities leave the end where it is.",
    )


def names_above(chart: Chart) -> Chart:
    """A chart of bars for narrow screens too: each name stands above its bar, not beside it."""
    layout = chart.figure["layout"]
    names = layout["yaxis"]["categoryarray"]
    rows = {**layout["yaxis"], "showticklabels": False, "automargin": False}
    high = {
        "yaxis": rows,
        "height": ROOM + ROW * len(names),
        "margin": {**layout["margin"], "l": 8, "t": 40},
        "bargap": 0.65,
    }
    named = [_above(name) for name in names]
    return replace(chart, figure={**chart.figure, "layout": {**layout, **high, "annotations": named}})


def _above(name: str) -> dict[str, Any]:
    return {
        "x": 0,
        "xref": "paper",
        "xanchor": "left",
        "y": name,
        "yanchor": "bottom",
        "yshift": 6,
        "text": name,
        "showarrow": False,
        "font": {"size": 12},
    }


def _name(activity: Activity) -> str:
    return f"{activity.activity} {text(activity.label)}"


def _activities(activities: list[Activity], name: str, colour: str, pattern: str) -> Trace:
    lengths = [each.finish_day - each.start_day for each in activities]
    return {
        "type": "bar",
        "orientation": "h",
        "name": name,
        "y": [_name(each) for each in activities],
        "base": [each.start_day for each in activities],
        "x": lengths,
        "marker": {"color": colour, "pattern": {"shape": pattern}},
        "error_x": _may_take(activities, lengths),
        "hovertemplate": "%{y}<br>from day %{base:.1f} on<extra></extra>",
    }


def _may_take(activities: list[Activity], lengths: list[float]) -> dict[str, Any]:
    return {
        "type": "data",
        "symmetric": False,
        "array": [max(each.days.p90 - length, 0.0) for each, length in zip(activities, lengths, strict=True)],
        "arrayminus": [max(length - each.days.p10, 0.0) for each, length in zip(activities, lengths, strict=True)],
        "thickness": 1,
        "width": 3,
        "color": GREY,
    }
