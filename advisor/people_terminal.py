"""People, time and total cost on a terminal of 80 columns."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from advisor.answer import Answer
from advisor.bill import Status
from advisor.choice import OPENS
from advisor.deploy import DeployPlan, PlannedActivity
from advisor.explanation import Explanation, single
from advisor.figures import money, rough, thousands, three
from advisor.tables import table
from advisor.tco import Ownership

STATUS_STYLE = {Status.PRICED: "", Status.UNKNOWN: "yellow", Status.INFEASIBLE: "dim"}
JUDGED = "Hours are a judgement until they are calibrated: advisor calibrate."


def people_table(answer: Answer) -> Table:
    """What every option asks of the team."""
    figures = ("days", "set-up hours", "hours/month", "hours/release")
    title = "People and time, P10/P50/P90: business days to production, hands-on hours"
    grid = table(title, "option", *figures, right=figures, whole=("option", *figures))
    for each in answer.ranking:
        plan = answer.plan(each.option)
        spreads = (plan.days_to_production, plan.setup_hours, plan.operations_hours_per_month, plan.release_hours)
        grid.add_row(each.option, *map(three, spreads), style=STATUS_STYLE[each.status])
    return grid


def tco_table(answer: Answer) -> Table:
    """The total cost of ownership of the priced options, in thousands, with its parts."""
    figures = ("total", "P10 – P90", "bills", "bought", "set-up", "running", "delay")
    title = f"Total cost of ownership over {months(answer)}, in 1,000 USD"
    grid = table(title, "option", *figures, right=figures, whole=("option", *figures), tight=True)
    for each in answer.ranking:
        total, parts = answer.tco(each.option), answer.ownership(each.option)
        if total:
            usd = (parts.infrastructure_usd, parts.one_off_usd, parts.setup_usd, parts.running_usd, parts.delay_usd)
            between = f"{thousands(total.p10)} – {thousands(total.p90)}"
            grid.add_row(each.option, thousands(total.mean), between, *(thousands(single(part)) for part in usd))
    return grid


def months(answer: Answer) -> str:
    """The horizon in words."""
    return f"{answer.workload.horizon_months} month" + "s" * (answer.workload.horizon_months != 1)


def print_people(console: Console, answer: Answer, explanation: Explanation) -> None:
    """The plan of one option: totals, activities, critical path, and what it all costs over the horizon."""
    plan = answer.plan(explanation.option)
    console.print("\n[bold]People and time[/bold] (P10/P50/P90)")
    for line in _totals(plan):
        console.print(Text(line))
    console.print(_activities(plan))
    for line in (*_path(plan), *_cost(answer, explanation), *_control(answer, explanation.option)):
        console.print(Text(line))


def _totals(plan: DeployPlan) -> list[str]:
    lines = [
        f"{three(plan.days_to_production)} business days to production, {three(plan.setup_hours)} hands-on hours",
        f"{three(plan.operations_hours_per_month)} hours a month to run it, releases among them",
        f"{three(plan.release_hours)} hours and {three(plan.release_days)} days for a release",
    ]
    if plan.standby_hours_per_month:
        lines.append(f"{rough(plan.standby_hours_per_month)} hours of full pay a month for stand-by")
    return [*lines, *([plan.on_call_reason] if plan.on_call_reason else [])]


def _activities(plan: DeployPlan) -> Table:
    figures = ("hours", "on days", "critical")
    title = "Activities until production, in hours of work; d: business days of waiting"
    grid = table(title, "", "activity", *figures, "mark", right=figures, whole=("", "on days"))
    for each in plan.activities:
        grid.add_row(*_cells(each, plan), style="" if each.id in plan.critical_path else "dim")
    return grid


def _cells(activity: PlannedActivity, plan: DeployPlan) -> tuple[str, ...]:
    return (
        f"{activity.id}{'*' if activity.id in plan.critical_path else ' '}",
        escape(activity.label),
        _length(activity),
        f"{rough(activity.start_p50)} – {rough(activity.finish_p50)}",
        f"{activity.critical_share:.0%}",
        activity.mark,
    )


def _length(activity: PlannedActivity) -> str:
    """Hours of work, or business days of a wait, which may fit into a night."""
    if activity.hours.p90:
        return three(activity.hours)
    return f"{three(activity.days)} d" if activity.days.p90 else "overnight"


def _path(plan: DeployPlan) -> list[str]:
    waits = [each for each in plan.activities if not each.hours.p90 and each.days.p90]
    waited = ", ".join(f"{each.id} {three(each.days)}" for each in waits)
    return [
        f"* Critical path: {' → '.join(plan.critical_path)}.",
        f"Waits in days: {waited or 'none'}. Learning takes {plan.learning_share:.0%} of the hours.",
        f"In {plan.people_bound_share:.0%} of the cases too few hands, not the order of the work, set the end.",
        JUDGED,
    ]


def _cost(answer: Answer, explanation: Explanation) -> list[str]:
    """What the horizon costs in all."""
    parts, total = answer.ownership(explanation.option), answer.tco(explanation.option)
    hour = money(single(answer.comparison.people[explanation.option].hour_usd))
    people = (
        f"set-up {money(single(parts.setup_usd))}, running {money(single(parts.running_usd))}, "
        f"delay {money(single(parts.delay_usd))}"
    )
    if total is None:
        return [f"\nOver {months(answer)} its people alone cost, at {hour} USD an hour: {people}."]
    between = f"P10 to P90 {money(total.p10)} to {money(total.p90)}"
    return [
        f"\nOver {months(answer)} it costs {money(total.mean)} USD in all ({between}):",
        f"bills {money(single(parts.infrastructure_usd))}{_bought(parts)}, {people}, at {hour} USD an hour.",
    ]


def _bought(parts: Ownership) -> str:
    """What machines of one's own cost, where there are any."""
    usd = single(parts.one_off_usd)
    return f", machines bought {money(usd)} after resale" if usd else ""


def _control(answer: Answer, option: str) -> list[str]:
    """What may be done with the option, by what is known."""
    facts = answer.comparison.capabilities[option]
    found = {value: [name for name in answer.comparison.control if facts[name] == value] for value in OPENS}
    words = {"yes": "Open to you", "no": "Closed to you", "unknown": "Not known to be open"}
    return ["", *(f"{words[value]}: {', '.join(found[value])}." for value in reversed(OPENS) if found[value])]
