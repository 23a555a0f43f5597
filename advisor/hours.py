"""Draws of the hours of one family and skill: to set up, to keep up for a month, to release once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Protocol

import numpy as np

from advisor.draws import added, correlated_normals, split_lognormal, standard_normals
from advisor.team import Team, multipliers
from advisor.units import Array
from pricing.effort import EffortTables, Release, ThreePoint

NOTHING = ThreePoint(0.0, 0.0, 0.0, "judgement")  # what a family need not do
KEPT = 60  # pairs of a family and a skill, half a megabyte of draws each


class OwnPace(Protocol):
    """What a team's own history says about its hours: advisor.calibration.Calibration."""

    @property
    def hours_mean(self) -> float:
        """Mean of ln(own hours / generic hours)."""

    @property
    def hours_sd(self) -> float:
        """How unsure that mean is."""

    @property
    def noise_sd(self) -> float:
        """Standard deviation of ln(hours) of one deployment around the team's own level."""

    @property
    def focus_mean(self) -> float:
        """Mean of ln(own task hours a day / usual task hours a day)."""

    def __hash__(self) -> int:
        """Plans are remembered by it."""


def setup(family: str, team: Team, tables: EffortTables, pace: OwnPace | None) -> dict[str, Array]:
    """Activity -> draws of its hands-on hours or of its wait, in the unit of its table, shape (DRAWS,)."""
    left = multipliers(family, team, tables)
    generic = _activities(family, team.skill, tables, pace is not None)
    lengths = {activity.id: row * left[activity.id] for activity, row in zip(tables.network, generic, strict=True)}
    if pace is None:
        return lengths
    level = _own_level(pace, hands_on(lengths, tables), standard_normals(_rows(tables))[0])
    return {a.id: lengths[a.id] * level if a.hands_on else lengths[a.id] for a in tables.network}


def hands_on(lengths: Mapping[str, Array], tables: EffortTables) -> Array:
    """The person-hours of all activities together, shape (DRAWS,)."""
    return added(*(lengths[activity.id] for activity in tables.network if activity.hands_on))


def upkeep(family: str, team: Team, tables: EffortTables) -> Array:
    """Person-hours a month, shape (DRAWS,): the service's own, and its part of what the platform's services share.

    Incidents after a release are among the incidents here, so a release is not charged for its failures as well.
    """
    parts = [team.cluster_services if operation.shared else 1 for operation in tables.upkeep]
    draws = _operations(family, team.skill, tables)
    return added(*(row / part for row, part in zip(draws, parts, strict=True)))


def later_release(family: str, team: Team, tables: EffortTables) -> Release:
    """What one release takes. A production roll-out has built a pipeline for it; other scopes need to own one."""
    return tables.releases[family, team.skill, team.has_ci or team.scope == "production"]


def release(points: Release, tables: EffortTables) -> tuple[Array, Array]:
    """Person-hours and watched minutes of one later release, shape (DRAWS,) each."""
    normals = np.stack([_correlated(tables)[-2], standard_normals(_rows(tables))[-1]])
    hours, minutes = split_lognormal([points.hands_on_h, points.wait_min], normals)
    return hours, minutes


@lru_cache(maxsize=KEPT)
def _activities(family: str, skill: str, tables: EffortTables, own_pace: bool) -> Array:
    """Each activity before anything is owned, shape (activities, DRAWS)."""
    points = [tables.activities[family, skill].get(activity.id, NOTHING) for activity in tables.network]
    return split_lognormal(points, _normals(tables, own_pace))


@lru_cache(maxsize=2)
def _normals(tables: EffortTables, own_pace: bool) -> Array:
    """The normals of each activity, shape (activities, DRAWS). Hands-on hours correlate; waits do not.

    A team's own pace takes the place of the common factor, which then stays at its median.
    """
    rows = slice(1, 1 + len(tables.network))
    alone = standard_normals(_rows(tables))[rows]
    together = np.sqrt(1 - tables.practice.correlation) * alone if own_pace else _correlated(tables)[rows]
    works = np.array([activity.hands_on for activity in tables.network])[:, np.newaxis]
    return np.where(works, together, alone)


@lru_cache(maxsize=KEPT)
def _operations(family: str, skill: str, tables: EffortTables) -> Array:
    """Each operation of a month, shape (operations, DRAWS)."""
    first = 1 + len(tables.network)
    points = [tables.operations[family, skill].get(operation.id, NOTHING) for operation in tables.upkeep]
    return split_lognormal(points, _correlated(tables)[first : first + len(tables.upkeep)])


def _own_level(pace: OwnPace, total: Array, normal: Array) -> Array:
    """exp(b), b ~ N(mean, sd^2 + noise^2 less what the activities' own draws hold of the noise), shape (DRAWS,).

    So ln(total) ~ N(ln(model) + mean, sd^2 + noise^2), as effort model 8.1 has it, and nothing is counted twice.
    """
    noise_left = max(pace.noise_sd**2 - float(np.var(np.log(total))), 0.0)
    level: Array = np.exp(pace.hours_mean + np.sqrt(pace.hours_sd**2 + noise_left) * normal)
    return level


def _correlated(tables: EffortTables) -> Array:
    return correlated_normals(_rows(tables), tables.practice.correlation)


def _rows(tables: EffortTables) -> int:
    """Rows of normals: the common factor, the activities, the operations, a release's hours, a release's wait."""
    return 1 + len(tables.network) + len(tables.upkeep) + 2
