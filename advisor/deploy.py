"""DeployPlan: how many hours of people, and how many days, stand between a family of platforms and production.

One activity network serves every family; they differ only in hours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np

from advisor import hours
from advisor.draws import Spread, added, exact_spread, spread
from advisor.schedule import Schedule, schedule
from advisor.team import Team, multipliers, on_call, standby_hours, task_hours_per_day
from advisor.units import MINUTES_PER_HOUR, Array
from pricing.effort import Activity, EffortTables

NO_HOURS = Spread(0.0, 0.0, 0.0, 0.0)
REMEMBERED = 2000  # plans, a kilobyte each


class PlannedActivity(NamedTuple):
    """One row of the plan. A wait has days and no hours; a wait that fits overnight has neither."""

    id: str
    label: str
    kind: str
    hours: Spread
    days: Spread
    start_p50: float  # business days from the start, had there always been a free hand
    finish_p50: float
    critical_share: float
    mark: str  # published, borrowed factor, judgement, calibrated


class Question(NamedTuple):
    """Whose plan on what: all that a plan depends on."""

    family: str
    team: Team
    tables: EffortTables
    pace: hours.OwnPace | None


@dataclass(frozen=True)
class DeployPlan:
    """Hours are person-hours, days business days. What only an explanation shows is worked out when it is read."""

    setup_hours: Spread
    days_to_production: Spread
    operations_hours_per_month: Spread  # the month's releases are in it, once
    release_hours: Spread  # of one release
    release_days: Spread  # of one release, without the organisation's own reviews and approvals
    learning_share: float  # of the mean setup hours
    people_bound_share: float  # of the draws in which too few hands, not the order of the work, set the end
    standby_hours_per_month: float  # in hours of full pay
    on_call_feasible: bool
    on_call_reason: str
    question: Question = field(compare=False, repr=False)

    @property
    def too_few(self) -> str:
        """Why the team cannot be on call, as one limit among others says it."""
        return f"{self.on_call_reason[:1].lower()}{self.on_call_reason[1:].rstrip('.')}"

    @cached_property
    def activities(self) -> tuple[PlannedActivity, ...]:
        """What this team has to go through on this family, in order."""
        return _activities(self.question, self._work)

    @cached_property
    def critical_path(self) -> tuple[str, ...]:
        """The activities that hold up the end most often, first to last."""
        return self._work.timing.critical_path()

    @cached_property
    def _work(self) -> _Work:
        return _work(self.question)


class _Work(NamedTuple):
    """The draws of one plan: by activity its length in the unit of its table, and when it starts and ends in days."""

    lengths: Mapping[str, Array]
    days_per_unit: Mapping[str, float]
    timing: Schedule


def plan(family: str, team: Team, tables: EffortTables, factor: hours.OwnPace | None = None) -> DeployPlan:
    """The plan of one team on one family, by its own pace if `factor` knows it.

    Computed once for each distinct question, and the same whatever else is asked.
    """
    return _plan(Question(family, team, tables, factor))


@lru_cache(maxsize=REMEMBERED)
def _plan(question: Question) -> DeployPlan:
    family, team, tables = question.family, question.team, question.tables
    per_day, work = _task_hours_per_day(question), _work(question)
    total, end = hours.hands_on(work.lengths, tables), work.timing.end
    hands = total / (per_day * team.engineers) + _of_kind("bake", work.lengths, tables)
    later = hours.later_release(family, team, tables)
    release_h, release_min = hours.release(later, tables)
    setup = spread(total)
    feasible, reason = on_call(team, tables.practice)
    return DeployPlan(
        setup_hours=setup,
        days_to_production=spread(np.maximum(end, hands)),
        operations_hours_per_month=spread(hours.upkeep(family, team, tables) + team.releases_per_month * release_h),
        release_hours=exact_spread(later.hands_on_h),
        release_days=spread(release_h / per_day + release_min / MINUTES_PER_HOUR / tables.practice.watch_h_per_day),
        learning_share=float(np.mean(_of_kind("learning", work.lengths, tables))) / setup.mean,
        people_bound_share=float(np.mean(hands > end)),
        standby_hours_per_month=standby_hours(team, tables.practice),
        on_call_feasible=feasible,
        on_call_reason=reason,
        question=question,
    )


def _work(question: Question) -> _Work:
    lengths = hours.setup(question.family, question.team, question.tables, question.pace)
    days_per_unit = _days_per_unit(question.team, question.tables, _task_hours_per_day(question))
    days = {step: length * days_per_unit[step] for step, length in lengths.items()}
    return _Work(lengths, days_per_unit, schedule(question.tables.network, days))


def _task_hours_per_day(question: Question) -> float:
    usual = task_hours_per_day(question.team, question.tables.practice)
    return usual if question.pace is None else usual * float(np.exp(question.pace.focus_mean))


def _days_per_unit(team: Team, tables: EffortTables, per_day: float) -> dict[str, float]:
    """Activity -> business days for one unit of its table. Source: effort model 4.1."""
    of_wait = {
        "human wait": 1.0,
        "bake": 1.0,
        "watched wait": 1 / tables.practice.watch_h_per_day,
        "overnight wait": 0.0,
    }
    return {
        a.id: 1 / (per_day * min(team.engineers, a.people)) if a.hands_on else of_wait[a.kind] for a in tables.network
    }


def _of_kind(kind: str, lengths: Mapping[str, Array], tables: EffortTables) -> Array:
    """The activities of one kind together, shape (DRAWS,)."""
    return added(*(lengths[activity.id] for activity in tables.network if activity.kind == kind))


def _activities(question: Question, work: _Work) -> tuple[PlannedActivity, ...]:
    """The activities of a plan.

    A team's own history changes what people do, not what they wait for; all other figures are those of the tables.
    """
    family, team, tables = question.family, question.team, question.tables
    left, medians = multipliers(family, team, tables), work.timing.medians()
    points, rows = tables.activities[family, team.skill], []
    for activity in tables.network:
        step, point = activity.id, points.get(activity.id, hours.NOTHING)
        if left[step] * point.mode > 0:
            calibrated = question.pace is not None and activity.hands_on
            length = spread(work.lengths[step]) if calibrated else exact_spread(point).times(left[step])
            mark = "calibrated" if calibrated else point.mark
            days = length.times(work.days_per_unit[step])
            rows.append(_row(activity, length, days, mark, medians[step], work.timing))
    return tuple(rows)


def _row(
    activity: Activity, length: Spread, days: Spread, mark: str, medians: tuple[float, float], timing: Schedule
) -> PlannedActivity:
    return PlannedActivity(
        id=activity.id,
        label=activity.label,
        kind=activity.kind,
        hours=length if activity.hands_on else NO_HOURS,
        days=days,
        start_p50=medians[0],
        finish_p50=medians[1],
        critical_share=timing.critical_share[activity.id],
        mark=mark,
    )
