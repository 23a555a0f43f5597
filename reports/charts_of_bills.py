"""The charts of bills: a month line upon line, and a portfolio by the option chosen. Plotly figures, as in `charts`."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from advisor.figures import amount, money
from reports.charts import Figure, Trace, axis, figure
from reports.content import Chart
from reports.document import Option
from reports.document_of_many import Share
from reports.formats import short, text
from reports.palette import BLUE, GREY, ORANGE

THE_MONTH = "the month"
MOST_BARS = 40
HEADROOM = 1.3  # of an axis over its longest bar, beside which its figure stands


def waterfall(option: Option) -> Chart | None:
    """The bill of a month, line upon line."""
    lines = [line for line in option.lines if line.usd is not None]
    if not lines or option.monthly_usd is None:
        return None
    names, lengths = [line.label for line in lines], [float(line.usd or 0.0) for line in lines]
    month = _bars([THE_MONTH], [0.0], [option.monthly_usd])
    month |= {"marker": {"color": GREY}, "text": [money(option.monthly_usd)], **_month_range(option)}
    # not at its end, where the whisker is
    month |= {"textposition": "inside", "insidetextanchor": "middle", "constraintext": "none"}
    steps = _bars(names, _steps(lengths), lengths)
    steps |= {"marker": {"color": [ORANGE if usd < 0 else BLUE for usd in lengths]}}
    steps |= {"text": [money(usd) for usd in lengths]}
    rows = [*names, THE_MONTH]
    return Chart(
        f"bill-{option.option}",
        f"The bill of {option.option} as a waterfall",
        figure(
            [steps, month],
            axis("USD a month"),
            {**_categories(), "categoryorder": "array", "categoryarray": _shown(rows)},
            height=_height(rows),
            showlegend=False,
            barmode="overlay",
        ),
        "Every line begins where the one above it ends; orange lines take off. "
        "The whisker on the last bar is the range of the month.",
    )


def _steps(lengths: Sequence[float]) -> list[float]:
    """Where each line of a bill begins: the sum of those above it."""
    ends = [0.0]
    for usd in lengths:
        ends.append(ends[-1] + usd)
    return ends[:-1]


def _month_range(option: Option) -> Figure:
    """The whisker of the month, where the model leaves a range."""
    low, end, high = option.monthly_usd_low, option.monthly_usd, option.monthly_usd_high
    if low is None or end is None or high is None or money(low) == money(high):
        return {}
    return {"error_x": {"type": "data", "symmetric": False, "array": [high - end], "arrayminus": [end - low]}}


def _shown(names: Sequence[str]) -> list[str]:
    """Names in which plotly reads no mark-up."""
    return [escape(text(name), quote=False) for name in names]


def _bars(names: Sequence[str], bases: Sequence[float], lengths: Sequence[float]) -> Trace:
    return {
        "type": "bar",
        "orientation": "h",
        "y": _shown(names),
        "base": list(bases),
        "x": list(lengths),
        "textposition": "outside",
        "cliponaxis": False,
        "hovertemplate": "%{y}: %{x:,.2f}<extra></extra>",
    }


def _categories() -> Figure:
    return {"type": "category", "autorange": "reversed", "automargin": True}


def _height(names: Sequence[object]) -> int:
    return 110 + 24 * len(names)


def by_choice(shares: Sequence[Share]) -> Chart | None:
    """What a portfolio costs a month, by the option chosen; the largest bills."""
    shares = shares[:MOST_BARS]
    if not shares:
        return None
    names = [f"{short(each.option)} ({amount(each.workloads)})" for each in shares]
    usd = [each.monthly_usd for each in shares]
    room = [0.0, HEADROOM * (max(usd) or 1.0)]
    bar = _bars(names, [0.0] * len(names), usd)
    bar |= {"marker": {"color": BLUE}, "text": [money(each) for each in usd]}
    return Chart(
        "portfolio",
        "The bills of a month by the option chosen",
        figure([bar], axis("USD a month", range=room), _categories(), height=_height(names), showlegend=False),
        "In brackets the number of workloads.",
    )
