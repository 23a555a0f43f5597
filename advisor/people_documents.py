"""People, time and total cost as documents for machines. Nothing is rounded."""

from __future__ import annotations

import math
from dataclasses import fields
from typing import Any

from advisor.answer import Answer
from advisor.deploy import PlannedActivity
from advisor.draws import Spread
from advisor.explanation import single
from advisor.tco import Ownership

Document = dict[str, Any]


def people_document(answer: Answer, option: str) -> Document:
    """What an option asks of the team and costs in total. Hours are known whatever the option's status."""
    plan, total = answer.plan(option), answer.tco(option)
    return {
        "setup_hours": spread_document(plan.setup_hours),
        "days_to_production": spread_document(plan.days_to_production),
        "operations_hours_per_month": spread_document(plan.operations_hours_per_month),
        "release_hours": spread_document(plan.release_hours),
        "tco_usd": total.mean if total else None,
        "tco_range_usd": spread_document(total) if total else None,
        "tco_parts": parts_document(answer.ownership(option)),
        "capabilities": {name: str(value) for name, value in answer.comparison.capabilities[option].items()},
    }


def spread_document(figures: Spread) -> Document:
    """What a tenth, half and nine tenths of all cases stay below, and the mean."""
    return figures._asdict()


def parts_document(parts: Ownership) -> Document:
    """The parts of a total; what people cost is known even where the bill is not."""
    return {part.name: number(single(getattr(parts, part.name))) for part in fields(parts)}


def number(value: float) -> float | None:
    """A number for JSON, which knows neither NaN nor infinity."""
    return value if math.isfinite(value) else None


def control_document(answer: Answer, option: str) -> list[Document]:
    """How open an option is, capability by capability, and who says so."""
    facts = map(answer.comparison.capabilities[option].fact, answer.comparison.control)
    return [
        {
            "capability": fact.name,
            "label": fact.label,
            "value": fact.value,
            "note": fact.rule,
            "source": fact.source,
            "url": fact.url,
            "date": fact.date,
            "grade": fact.grade,
        }
        for fact in facts
    ]


def plan_document(answer: Answer, option: str) -> Document:
    """The plan behind the hours and days: activities, critical path, what is learning, what a release takes."""
    plan = answer.plan(option)
    return {
        "hour_usd": single(answer.comparison.people[option].hour_usd),
        "release_days": spread_document(plan.release_days),
        "standby_hours_per_month": plan.standby_hours_per_month,
        "on_call": plan.on_call_reason,
        "learning_share": plan.learning_share,
        "people_bound_share": plan.people_bound_share,
        "critical_path": list(plan.critical_path),
        "activities": [activity_document(each) for each in plan.activities],
    }


def activity_document(activity: PlannedActivity) -> Document:
    """One activity: hours are person-hours, days business days from the start."""
    return {
        "activity": activity.id,
        "label": activity.label,
        "kind": activity.kind,
        "hours": spread_document(activity.hours),
        "days": spread_document(activity.days),
        "start_day": activity.start_p50,
        "finish_day": activity.finish_p50,
        "critical_share": activity.critical_share,
        "mark": activity.mark,
    }
