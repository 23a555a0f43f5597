"""Collected hours of work -> the tables of pricing/data/effort: python -m pricing.refresh.effort FOLDER [TARGET].

The folder holds activities.csv, ops.csv and release.csv as collected. What has no unit, no known source or no
rising low <= mode <= high is refused, so that a table is written whole or not at all.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from pathlib import Path

EFFORT = Path(__file__).parents[1] / "data" / "effort"
POINTS = ("low", "mode", "high")
Row = dict[str, str]

# How the collection words the origin of a figure -> key of sources.yaml.
ORIGINS = {
    "judgement": "judgement",
    "judgement base x published COCOMO II experience multiplier": "experience_factor",
    "published anchor ~65 h per K8s certificate (130 h CKA+CKAD)": "learning_anchor",
    "published: quota request ~2 business days": "quota_wait",
    "secondary published 6-12 months newest GPUs; commodity low/mode judgement": "hardware_wait",
    "published: EKS 15-25 min, GKE 5-10 min, AKS minutes; Composer ~25 min, MWAA 20-30 min": "cluster_wait",
    "published per-deploy wait (Cloud Run ~30 s; Vertex 15-30 min; SageMaker ~10 min; Azure ML 6-8 min; "
    "EKS new node up to 12 min) x judgement iterations": "deploy_wait",
    "judgement rate x published 6 h per incident (Google SRE book)": "incident_hours",
    "judgement; bounded by published AKS 45 min-6 h execution, 3 minors/yr, and CNCF-reported 4-6 engineer-weeks "
    "per minor across three regions": "upgrade_bounds",
    "judgement; total cross-checked to published EKS 20-40% of one engineer and Komodor 34 workdays/team/year": (
        "platform_incident_bounds"
    ),
}
RELEASE_ORIGIN = (
    "hours: judgement (range anchored on SiP Release tasks P10 0.5 / P50 2.9 / P90 16 h); waits: vendor docs"
)
# A stack asks for the same hours on any cluster: those of a managed one with a stack, less those of one without.
MANAGED, WITH_STACK = "MK", "MKS"
OTHERS = ("MKA", "SELF", "K3S", "ONP")
STACK_INCREMENT = "stack_increment"
UNITS = {"person-hours", "business days", "wall-clock hours", "person-hours/month"}


class RefusedError(Exception):
    """A collected row that cannot become a fact: file, line and reason in one sentence."""


def origin(row: Row) -> str:
    """Key of sources.yaml. The experience factor of `working` is one, so such an hour is plain judgement."""
    status = row["status"]
    if status not in ORIGINS:
        raise RefusedError(f"status {status!r} is not a known origin")
    key = ORIGINS[status]
    return "judgement" if key == "experience_factor" and row["skill"] == "working" else key


def three_points(row: Row, *columns: str) -> Row:
    """The collected (P10, P50, P90) under the names of the tables, refused unless 0 <= low <= mode <= high."""
    values = [float(row[column]) for column in columns]
    if not 0 <= values[0] <= values[1] <= values[2]:
        raise RefusedError(f"{values} does not rise from low to mode to high")
    return dict(zip(POINTS, (f"{value:g}" for value in values), strict=True))


def activity(row: Row) -> Iterator[Row]:
    """One collected activity hour."""
    yield _hours(row, "activity")


def operation(row: Row) -> Iterator[Row]:
    """One collected operation hour; the collection calls its id `activity` too."""
    yield _hours(row | {"operation": row["activity"]}, "operation")


def release(row: Row) -> Iterator[Row]:
    """Two facts of one collected release: the hands-on hours, and the wait, which no skill shortens."""
    if row["status"] != RELEASE_ORIGIN:
        raise RefusedError(f"status {row['status']!r} is not a known origin")
    shared = {"family": row["family"], "skill": row["skill"], "ci": row["cicd"]}
    hours = three_points(row, "hands_on_low_p10", "hands_on_mode_p50", "hands_on_high_p90")
    yield shared | {"part": "hands-on", "unit": "person-hours"} | hours | {"source": "judgement"}
    wait = three_points(row, "machine_wait_min_low", "machine_wait_min_mode", "machine_wait_min_high")
    yield shared | {"part": "wait", "unit": "minutes"} | wait | {"source": "release_wait"}


TABLES: dict[str, tuple[str, Callable[[Row], Iterator[Row]]]] = {
    "activities.csv": ("activities.csv", activity),
    "ops.csv": ("operations.csv", operation),
    "release.csv": ("releases.csv", release),
}


def convert(folder: Path) -> dict[str, list[Row]]:
    """All tables by file name, or RefusedError with the file and line of the first row that is no fact."""
    tables = {name: list(_facts(folder / collected, rule)) for collected, (name, rule) in TABLES.items()}
    return {name: [*rows, *with_stack(rows)] for name, rows in tables.items()}


def with_stack(rows: list[Row]) -> Iterator[Row]:
    """The hours of every other kind of cluster with a stack: its own, and what a stack adds to a managed cluster."""
    of_family: dict[str, dict[tuple[str, ...], Row]] = {}
    for row in rows:
        of_family.setdefault(row["family"], {})[_what(row)] = row
    plain, stacked = of_family.get(MANAGED, {}), of_family.get(WITH_STACK, {})
    for family in (family for family in OTHERS if family in of_family):
        for what in dict.fromkeys([*of_family[family], *stacked]):
            yield _added(family, of_family[family].get(what), stacked.get(what), plain.get(what))


def _what(row: Row) -> tuple[str, ...]:
    """What a row is about, whatever its family."""
    return tuple(value for key, value in row.items() if key not in ("family", "unit", "source", *POINTS))


def _added(family: str, own: Row | None, more: Row | None, less: Row | None) -> Row:
    """A row of the cluster itself, plus that of a managed cluster with a stack, less that of one without."""
    row = own or more or {}
    points = {point: sum(_point(each, point) for each in (own, more)) - _point(less, point) for point in POINTS}
    changed = own is None or any(points[point] != _point(own, point) for point in POINTS)
    said = {point: f"{value:.6g}" for point, value in points.items()}
    return row | said | {"family": f"{family}S", "source": STACK_INCREMENT if changed else row["source"]}


def _point(row: Row | None, point: str) -> Decimal:
    return Decimal(row[point]) if row else Decimal(0)


def write(tables: dict[str, list[Row]], target: Path) -> None:
    """Write the tables; only called with all of them at hand."""
    for name, rows in tables.items():
        with (target / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


def _hours(row: Row, what: str) -> Row:
    if row["unit"] not in UNITS:
        raise RefusedError(f"unit {row['unit']!r} is not one of {', '.join(sorted(UNITS))}")
    points = three_points(row, "low_p10", "mode_p50", "high_p90")
    keys = {key: row[key] for key in ("family", what, "skill", "unit")}
    return keys | points | {"source": origin(row)}


def _facts(path: Path, rule: Callable[[Row], Iterable[Row]]) -> Iterator[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        for line, row in enumerate(csv.DictReader(file), start=2):
            try:
                yield from rule(row)
            except (RefusedError, KeyError, ValueError) as error:
                raise RefusedError(f"{path.name}, line {line}: {error}") from error


if __name__ == "__main__":
    folder, *target = map(Path, sys.argv[1:])
    write(convert(folder), target[0] if target else EFFORT)
