"""The people of each workload: the distinct teams, what each has to do for an option, and what their hour costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from advisor.columns import Text, Workloads
from advisor.deploy import DeployPlan, plan
from advisor.errors import unknown_name
from advisor.fields import NO_GPU
from advisor.hours import OwnPace
from advisor.team import ASSETS, SCOPES, SKILLS, Team
from advisor.units import Array, Index, Mask
from pricing import PriceBook
from pricing.effort import EffortTables, load_effort, load_pay

COUNTS = ("engineers", "cluster_services")
RATES = ("share_of_time", "releases_per_month")
SUPPORT = ("office", "24x7")
BLANK = 0.0  # stands for a blank `focus_h_per_day`, whose least value is above it


class People(NamedTuple):
    """What one option asks of each row's team. There is one plan for each distinct team."""

    plans: tuple[DeployPlan, ...]
    team: Index  # row -> plan, shape (rows,)
    hour_usd: Array  # shape (rows, 1)

    def of(self, row: int) -> DeployPlan:
        """The plan of a row's team."""
        return self.plans[int(self.team[row])]

    def column(self, figure: Callable[[DeployPlan], float], rows: slice = slice(None)) -> Array:
        """A figure of each row's plan, or of some rows'. Shape (rows, 1)."""
        return np.array([figure(each) for each in self.plans], dtype=np.float64)[self.team[rows], np.newaxis]

    @property
    def too_few(self) -> Mask:
        """Where the team cannot answer as round the clock as it is asked to. Shape (rows,)."""
        return np.array([not each.on_call_feasible for each in self.plans], dtype=np.bool_)[self.team]


class Labour(NamedTuple):
    """What is known of people: hours of work, pay by place, and the team's own pace where it has been learnt."""

    tables: EffortTables
    pay: Mapping[str, float]
    pace: OwnPace | None = None

    @classmethod
    def of(cls, book: PriceBook, pace: OwnPace | None = None) -> Labour:
        """From the facts of a price book."""
        return cls(load_effort(book.folder.root, book.as_of), load_pay(book.folder.root, book.as_of), pace)

    def people(self, family: str, work: Workloads) -> People:
        """Who would do the work on a family of platforms."""
        teams: Teams = work.once(self.tables, lambda: Teams.of(work))
        hour_usd: Array = work.once(self.pay, lambda: hourly_usd(work, self.pay))
        skilled = teams.kubernetes if self.tables.uses_kubernetes_skill(family) else teams.managed
        return People(tuple(plan(family, team, self.tables, self.pace) for team in skilled), teams.row, hour_usd)


class Teams(NamedTuple):
    """The distinct teams of many rows, each as it stands before a managed platform and before a cluster."""

    managed: tuple[Team, ...]
    kubernetes: tuple[Team, ...]
    row: Index  # row -> team, shape (rows,)

    @classmethod
    def of(cls, work: Workloads) -> Teams:
        """Find them, each once."""
        columns = {
            "skill_managed": _positions(work.text("skill_managed"), SKILLS),
            "skill_kubernetes": _positions(work.text("skill_kubernetes"), SKILLS),
            "scope": _positions(work.text("scope"), SCOPES),
            "support": _positions(work.text("support"), SUPPORT),
            "gpu": (work.text("gpu") != NO_GPU).astype(np.float64),
            "focus_h_per_day": np.where(np.isnan(work.focus_h_per_day), BLANK, work.focus_h_per_day),
            **{name: getattr(work, name) for name in (*COUNTS, *RATES, *ASSETS)},
        }
        cells = np.hstack(list(columns.values()))
        first, row = _distinct(cells)
        found = [dict(zip(columns, team, strict=True)) for team in cells[first].tolist()]
        managed = tuple(_team(cells, "skill_managed") for cells in found)
        kubernetes = (SKILLS[int(cells["skill_kubernetes"])] for cells in found)
        both = (team._replace(skill=skill) for team, skill in zip(managed, kubernetes, strict=True))
        return cls(managed, tuple(both), row)


def _distinct(cells: Array) -> tuple[Index, Index]:
    """Where each distinct row first stands, and which of them every row is; by hashing, which is ten times a sort."""
    keys: list[Any] = cells.view(np.dtype((np.void, cells.itemsize * cells.shape[1]))).ravel().tolist()
    seen: dict[bytes, int] = {}
    row = np.fromiter((seen.setdefault(key, len(seen)) for key in keys), dtype=np.intp, count=len(keys))
    _, first = np.unique(row, return_index=True)
    return first, row


def _team(cells: Mapping[str, float], skill: str) -> Team:
    owned: dict[str, Any] = {name: cells[name] > 0 for name in ASSETS}
    counts: dict[str, Any] = {name: int(cells[name]) for name in COUNTS}
    rates: dict[str, Any] = {name: cells[name] for name in RATES}
    return Team(
        skill=SKILLS[int(cells[skill])],
        scope=SCOPES[int(cells["scope"])],
        support=SUPPORT[int(cells["support"])],
        gpu=cells["gpu"] > 0,
        focus_h_per_day=cells["focus_h_per_day"] or None,
        **owned,
        **counts,
        **rates,
    )


def _positions(texts: Text, names: Sequence[str]) -> Array:
    """Which of the names each text is. Shape kept."""
    found = np.zeros(texts.shape)
    for position, name in enumerate(names):
        found[texts == name] = position
    return found


def hourly_usd(work: Workloads, pay: Mapping[str, float]) -> Array:
    """What an hour of a person costs: as given, or by the place. Shape (rows, 1). [USD/h]

    Raises `InputError` with the nearest names for a place that is not in the table of pay.
    """
    places = work.text("pay_place")
    by_place = np.zeros(places.shape)
    for place in sorted(set(places[:, 0])):
        by_place[places == place] = pay_of(place, pay)
    return np.where(np.isnan(work.hour_usd), by_place, work.hour_usd)


def pay_of(place: str, pay: Mapping[str, float]) -> float:
    """What an hour costs in a place, however its letters are written. [USD/h]"""
    known = {name.casefold(): usd for name, usd in pay.items()}
    if place.casefold() not in known:
        raise unknown_name("pay_place", place, known)
    return known[place.casefold()]
