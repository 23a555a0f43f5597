"""The tables of time: what a team's skill and assets change, what running takes, and who vouches for the hours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from advisor.declaration import FIELDS
from advisor.deploy import DeployPlan
from advisor.draws import Spread
from advisor.figures import rough
from advisor.what_if import Case
from pricing.fact import Source
from reports.content import Column, Table

WAYS = "P10/P50/P90"
# field -> how a change of it is said; assets are said as their declaration says them
SAID = {
    "skill_kubernetes": "Skill in Kubernetes: {value}",
    "skill_managed": "Skill in managed platforms: {value}",
    "engineers": "{value} people on it",
}


def what_if_table(cases: Sequence[Case], months: int) -> Table:
    """One change at a time: days, hours and total, each beside what they are now."""
    columns = (
        Column("one change at a time"),
        Column("in the middle case"),
        Column("total cost", "money", f"USD in {months} months"),
        Column("to production", "spread", "business days"),
        Column("set-up", "spread", "hours"),
        Column("running", "spread", "hours/month"),
    )
    now = cases[0].plan.days_to_production
    rows = [
        (
            _said(case),
            "" if case is cases[0] else _sooner(case.plan.days_to_production, now),
            case.tco_usd,
            case.plan.days_to_production,
            case.plan.setup_hours,
            case.plan.operations_hours_per_month,
        )
        for case in cases
    ]
    note = f"{WAYS}: one case in ten, half of them, nine in ten stay below. What changes nothing is left out."
    return Table(f"What skill and assets change, {WAYS}", "What if", columns, rows, frozenset([0]), note=note)


def _said(case: Case) -> str:
    """The change as the form words it."""
    if not case.field:
        return "As it is"
    words = SAID.get(case.field)
    return words.format(value=case.value) if words else str(FIELDS[case.field].description).rstrip(".")


def _sooner(then: Spread, now: Spread) -> str:
    """How much sooner or later half of all cases are done. Both are rounded before they are compared."""
    days = now.p50 - then.p50
    if rough(abs(days)) == rough(0.0):
        return "as soon"
    return f"{rough(abs(days))} days {'sooner' if days > 0 else 'later'}"


def running_table(plan: DeployPlan, releases_per_month: float) -> Table:
    """What the service asks of people once it runs."""
    rows: list[tuple[Any, ...]] = [
        (f"A month of running, its {releases_per_month:g} releases in it", plan.operations_hours_per_month, "hours"),
        ("One release, hands on", plan.release_hours, "hours"),
        ("One release, from start to end, reviews of your own left out", plan.release_days, "business days"),
    ]
    if plan.standby_hours_per_month:
        standby = f"{rough(plan.standby_hours_per_month)} hours of full pay a month"
        rows.append((f"Stand-by around the clock: {standby}", None, ""))
    columns = (Column("what"), Column(WAYS, "spread"), Column("unit"))
    return Table("Releases and operations", "Running", columns, rows, note=plan.on_call_reason)


def hours_sources_table(sources: Sequence[Source]) -> Table:
    """Who vouches for the hours, and by which rule they follow."""
    columns = (Column("source", "source"), Column("grade"), Column("dated"), Column("rule"))
    rows = [((each.title, each.url), each.grade, each.dated, each.rule) for each in sources]
    return Table("Where these hours come from", "Sources of hours", columns, rows, folded=True)
