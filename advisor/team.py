"""The people who deploy: what they own already, how many hours a day they give, and whether they can be called."""

from __future__ import annotations

from typing import NamedTuple

from advisor.units import HOURS_PER_MONTH
from pricing.effort import Activity, EffortTables, Practice

ASSETS = (
    "has_cluster",
    "has_ci",
    "has_iac",
    "has_observability",
    "has_on_call",
    "has_security_pattern",
    "has_gpu_quota",
    "container_fits",
)
SKILLS = ("none", "working", "expert")
SCOPES = ("demo", "minimal", "production")


class Team(NamedTuple):
    """Fields as in Workload, except that `skill` is the one that counts for the family: see uses_kubernetes_skill."""

    skill: str  # one of SKILLS
    scope: str = "production"  # one of SCOPES
    gpu: bool = False
    has_cluster: bool = False
    has_ci: bool = False
    has_iac: bool = False
    has_observability: bool = False
    has_on_call: bool = False
    has_security_pattern: bool = False
    has_gpu_quota: bool = False
    container_fits: bool = False
    engineers: int = 1
    share_of_time: float = 1.0
    focus_h_per_day: float | None = None  # the tables' if None
    cluster_services: int = 1
    releases_per_month: float = 2.0
    support: str = "office"  # or 24x7

    def owned(self) -> tuple[str, ...]:
        """Names of the assets the team has."""
        return tuple(asset for asset in ASSETS if getattr(self, asset))


def multipliers(family: str, team: Team, tables: EffortTables) -> dict[str, float]:
    """Activity -> the part that remains: none outside the scope, less of what is owned. Source: effort model 4.3."""
    owned = [tables.assets.get((asset, family), {}) for asset in team.owned()]
    return {
        activity.id: _remaining([asset[activity.id] for asset in owned if activity.id in asset], tables.practice)
        if _needed(activity, family, team, tables)
        else 0.0
        for activity in tables.network
    }


def task_hours_per_day(team: Team, practice: Practice) -> float:
    """What one of them gives in a business day; part-timers at least an hour, if a full day has that. [h/day]"""
    full = practice.focus_h_per_day if team.focus_h_per_day is None else team.focus_h_per_day
    return min(full, max(full * team.share_of_time, practice.least_h_per_day))


def standby_hours(team: Team, practice: Practice) -> float:
    """The service's part of the paid stand-by of a rota round the clock, in hours of full pay. [h/month]

    Hours outside office time x people on call x share of the pay / services on the rota. Source: effort model 6.
    """
    if team.support != "24x7":
        return 0.0
    outside_h = HOURS_PER_MONTH - practice.office_h_per_month
    return outside_h * practice.people_on_call * practice.standby_pay_share / team.cluster_services


def on_call(team: Team, practice: Practice) -> tuple[bool, str]:
    """Whether the team can offer the support asked for, and a sentence about it (empty where there is none to say)."""
    people, least, healthy = team.engineers, practice.rota_people_min, practice.rota_people_healthy
    if team.support != "24x7":
        return True, ""
    if team.has_on_call:
        return True, "The rota that exists already answers round the clock."
    if people < least:
        return False, f"Support round the clock needs at least {least:g} people on the rota; the team has {people:g}."
    if people < healthy:
        return True, f"A rota of {people:g} takes more than a quarter of everyone's time; {healthy:g} people would not."
    return True, ""


def _needed(activity: Activity, family: str, team: Team, tables: EffortTables) -> bool:
    """In the scope, and not a wait for a quota that only a GPU in a cloud has."""
    asked = team.gpu or not activity.gpu_only or not tables.families[family].cloud
    return asked and team.scope in activity.scopes


def _remaining(shares: list[float], practice: Practice) -> float:
    """What several assets leave of one activity: their product, at least the floor, yet zero where one removes it."""
    left = 1.0
    for share in shares:
        left *= share
    return max(left, practice.asset_floor) if left > 0 else 0.0
