"""What a log of requests says, as a workload file to complete, for machines, and on a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.text import Text

from advisor.errors import printable
from advisor.fields import allowed
from advisor.figures import amount
from advisor.tables import table
from advisor.template import scalar
from advisor.trace import Trace, at_least
from advisor.trace_log import ReadLog
from advisor.units import HOURS_PER_DAY
from advisor.workload import CUSTOM, FIELDS

SHARES = (0.01, 0.05, 0.25, 0.5, 0.75, 1.0)  # of the time, for which the curve is shown
DIGITS = 6  # of a weight: more than any log is worth
SEEN = ("requests_per_month", "profile", "burst", "weights")


def workload_yaml(name: str, trace: Trace, log: ReadLog) -> str:
    """The fields that the log tells, and in comments the required ones that it does not."""
    lines = [f"# Traffic as in a log of {trace.hours:,.1f} hours. What it does not tell is left to fill in.\n"]
    lines += [f"# Assumed: {each}\n" for each in notes(trace, log)]
    lines += [f"name: {scalar(name)}\n"]
    lines += [
        f"# {field}:    # {allowed(FIELDS[field])}\n"
        for field in FIELDS
        if FIELDS[field].is_required() and field not in (*SEEN, "name")
    ]
    lines += [f"requests_per_month: {short(trace.requests_per_month)}\n", f"profile: {CUSTOM}\n"]
    lines += [f"burst: {short(trace.burst)}\n", "weights:    # a day on each line, Monday first\n"]
    return "".join([*lines, *_week(trace)])


def _week(trace: Trace) -> Iterator[str]:
    days = [trace.weights[begin : begin + HOURS_PER_DAY] for begin in range(0, len(trace.weights), HOURS_PER_DAY)]
    for at, day in enumerate(days):
        opening, closing = "  [" if at == 0 else "   ", "]" if at == len(days) - 1 else ","
        yield opening + ", ".join(map(short, day)) + closing + "\n"


def short(value: float) -> str:
    """A number with so many digits, as YAML reads it."""
    return f"{float(f'{value:.{DIGITS}g}'):.15g}"


def notes(trace: Trace, log: ReadLog) -> list[str]:
    """What was assumed, and what was left out."""
    left_out = f"{log.unread:,} of {log.records:,} records could not be read and are left out; {log.first_unread}"
    return [*trace.assumptions, *([printable(left_out)] if log.unread else [])]


def trace_document(trace: Trace, log: ReadLog) -> dict[str, Any]:
    """The log for machines."""
    return {
        "columns": {"time": log.time, "count": log.count},
        "records": log.records,
        "unread": log.unread,
        "requests": trace.requests,
        "hours": trace.hours,
        "requests_per_month": trace.requests_per_month,
        "burst": trace.burst,
        "peak_requests_per_s": trace.peak_per_s,
        "peak_hour_over_mean": trace.peak,
        "weights": list(trace.weights),
        "load_duration": [{"multiple": level.multiple, "share": level.share} for level in trace.levels],
        "assumed": notes(trace, log),
    }


def show_trace(trace: Trace, log: ReadLog) -> None:
    """Print the traffic and its load-duration curve."""
    console = Console(highlight=False)
    by = f"{log.time}" + (f" and {log.count}" if log.count else ", one request a record")
    console.print(Text(printable(f"{trace.requests:,.0f} requests in {trace.hours:,.1f} hours, by {by}")))
    console.print(f"{amount(trace.requests_per_month)} requests a month")
    console.print(f"busiest hour of the week: {amount(trace.peak)} times the mean")
    console.print(f"burst within the hour: {amount(trace.burst)}, at most {amount(trace.peak_per_s)} requests a second")
    columns = ("share of the time", "at least so many times the mean")
    curve = table("Load-duration curve", *columns, right=columns)
    for share in SHARES:
        curve.add_row(f"{share:.0%}", amount(at_least(trace.levels, share)))
    console.print(curve)
    for note in notes(trace, log):
        console.print(Text(f"Assumed: {note}"))
