"""Hours of work as data: who does what, in which order, for how long, and what a team may already own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from pricing.fact import Source
from pricing.folder import LARGEST
from pricing.reader import read_yaml
from pricing.table import Row, rows

EFFORT = "effort"
MARKS = {"judgement": "judgement", "derived": "borrowed factor"}  # by grade of the source; any other grade is published


class ThreePoint(NamedTuple):
    """What a tenth, half and nine tenths of all cases stay below, and whether anybody published it."""

    low: float
    mode: float
    high: float
    mark: str


class Family(NamedTuple):
    """A kind of platform: one column of hours. `skill` is managed or kubernetes; hardware is bought where not cloud."""

    title: str
    skill: str
    cloud: bool


class Activity(NamedTuple):
    """One step on the way to production. kind: work, learning, human wait, watched wait, overnight wait, bake."""

    id: str
    label: str
    kind: str
    after: tuple[str, ...]
    people: int
    scopes: frozenset[str]
    gpu_only: bool  # in a cloud; bought hardware is always waited for

    @property
    def hands_on(self) -> bool:
        """True where people work, False where they wait."""
        return self.kind in {"work", "learning"}


class Operation(NamedTuple):
    """Something to be done every month, for the platform (shared by its services) or for the service."""

    id: str
    label: str
    shared: bool


class Release(NamedTuple):
    """One later release: hands-on hours, and minutes that somebody watches the platform."""

    hands_on_h: ThreePoint
    wait_min: ThreePoint


class Practice(NamedTuple):
    """The numbers of the effort model that belong to no platform; labels, units and sources are in team.yaml."""

    focus_h_per_day: float
    least_h_per_day: float
    watch_h_per_day: float
    correlation: float
    low_share_of_mode: float
    asset_floor: float
    tie_share: float
    office_h_per_month: float
    people_on_call: float
    standby_pay_share: float
    rota_people_min: float
    rota_people_healthy: float
    hours_prior_sd: float
    hours_noise_sd: float
    focus_prior_sd: float
    focus_noise_sd: float
    student_prior_cases: float
    student_prior_shape: float
    student_prior_scale: float


@dataclass(frozen=True, eq=False)
class EffortTables:
    """All hours of work. Equal only to itself, so that plans are remembered per set of tables."""

    families: Mapping[str, Family]
    network: tuple[Activity, ...]  # an activity stands below all those it waits for
    upkeep: tuple[Operation, ...]
    activities: Mapping[
        tuple[str, str], Mapping[str, ThreePoint]
    ]  # (family, skill) -> activity -> person-hours or wait
    operations: Mapping[tuple[str, str], Mapping[str, ThreePoint]]  # (family, skill) -> operation -> person-hours/month
    releases: Mapping[tuple[str, str, bool], Release]  # (family, skill, has a pipeline)
    assets: Mapping[tuple[str, str], Mapping[str, float]]  # (asset, family) -> activity -> multiplier
    practice: Practice

    def uses_kubernetes_skill(self, family: str) -> bool:
        """Whether the team's Kubernetes skill counts for this family, not the one with managed platforms."""
        return self.families[family].skill == "kubernetes"

    def under(self, **practice: float) -> EffortTables:
        """The same hours under other assumptions, such as correlation=0.5."""
        return replace(self, practice=self.practice._replace(**practice))


@lru_cache(maxsize=4)
def load_effort(data: Path, as_of: date = date.max) -> EffortTables:
    """Read data/effort once per folder and day; `data` is the price book's data folder."""
    folder = data / EFFORT
    practice = Practice(**_facts(folder / "team.yaml", as_of))
    marks = _marks(folder / "sources.yaml")
    families = {
        row["family"]: Family(row["title"], row["skill"], row["cloud"] == "yes") for row in _rows(folder, "families")
    }
    return EffortTables(
        families=families,
        network=tuple(_activity(row) for row in _rows(folder, "network")),
        upkeep=tuple(Operation(r["operation"], r["label"], r["scope"] == "platform") for r in _rows(folder, "upkeep")),
        activities=_hours(folder, "activities", "activity", marks, practice),
        operations=_hours(folder, "operations", "operation", marks, practice),
        releases=_releases(folder, marks, practice),
        assets=_assets(folder, families),
        practice=practice,
    )


@lru_cache(maxsize=4)
def load_pay(data: Path, as_of: date = date.max) -> dict[str, float]:
    """Place -> USD for an hour of work, all charges included, on a day. [USD/h]"""
    facts = _facts(data / EFFORT / "pay.yaml", as_of)
    return {name.removeprefix("hour_usd_"): usd for name, usd in facts.items() if name.startswith("hour_usd_")}


@lru_cache(maxsize=64)
def effort_sources(data: Path, family: str, skill: str) -> tuple[Source, ...]:
    """Who says so: the sources of the hours of one family and skill, each once."""
    folder = data / EFFORT
    rows = (row for table in ("activities", "operations", "releases") for row in _rows(folder, table))
    used = dict.fromkeys(row["source"] for row in rows if (row["family"], row["skill"]) == (family, skill))
    listed = _yaml(folder / "sources.yaml")
    return tuple(Source.of(listed[key]) for key in used)


def _rows(folder: Path, table: str) -> Iterator[Row]:
    return rows((folder / f"{table}.csv").read_text(encoding="utf-8").splitlines())


def _yaml(path: Path) -> dict[str, Any]:
    return read_yaml(path, "file of facts", LARGEST)


def _facts(path: Path, as_of: date) -> dict[str, Any]:
    """Name -> the last value not after the day; the first one before that, since without it nobody could be asked."""
    entries = {name: fact["from"] for name, fact in _yaml(path)["behaviour"].items()}
    in_force = {name: [day for day in values if day <= as_of] for name, values in entries.items()}
    return {name: values[max(in_force[name], default=min(values))] for name, values in entries.items()}


def _marks(path: Path) -> dict[str, str]:
    return {key: MARKS.get(source["grade"], "published") for key, source in _yaml(path).items()}


def _activity(row: Row) -> Activity:
    return Activity(
        id=row["activity"],
        label=row["label"],
        kind=row["kind"],
        after=tuple(row["after"].split()),
        people=int(row["people"]),
        scopes=frozenset(row["scopes"].split()),
        gpu_only=row["gpu_only"] == "yes",
    )


def _three_point(row: Row, marks: Mapping[str, str], practice: Practice) -> ThreePoint:
    mode = float(row["mode"])
    low = float(row["low"]) or mode * practice.low_share_of_mode
    return ThreePoint(low, mode, float(row["high"]), marks[row["source"]])


def _hours(
    folder: Path, table: str, key: str, marks: Mapping[str, str], practice: Practice
) -> dict[tuple[str, str], dict[str, ThreePoint]]:
    hours: dict[tuple[str, str], dict[str, ThreePoint]] = {}
    for row in _rows(folder, table):
        of_family = hours.setdefault((row["family"], row["skill"]), {})
        of_family[row[key]] = _three_point(row, marks, practice)
    return hours


def _releases(folder: Path, marks: Mapping[str, str], practice: Practice) -> dict[tuple[str, str, bool], Release]:
    parts: dict[tuple[str, str, bool], dict[str, ThreePoint]] = {}
    for row in _rows(folder, "releases"):
        of_release = parts.setdefault((row["family"], row["skill"], row["ci"] == "yes"), {})
        of_release[row["part"]] = _three_point(row, marks, practice)
    return {key: Release(part["hands-on"], part["wait"]) for key, part in parts.items()}


def _assets(folder: Path, families: Mapping[str, Family]) -> dict[tuple[str, str], dict[str, float]]:
    """(asset, family) -> activity -> multiplier, for each family that the asset helps."""
    helped: dict[tuple[str, str], dict[str, float]] = {}
    for row in _rows(folder, "assets"):
        for family, about in families.items():
            groups = {"all", about.skill, "cloud" if about.cloud else "own"}
            if row["families"] in groups:
                helped.setdefault((row["asset"], family), {})[row["activity"]] = float(row["multiplier"])
    return helped
