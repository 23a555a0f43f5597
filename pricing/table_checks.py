"""What can be wrong with the tables of machines: their shapes and their prices."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date

from pricing.fact import NOT_SOLD, UNKNOWN, Source
from pricing.machines import CURRENT, NO, YES
from pricing.overlay import PURCHASED
from pricing.table import rows

SHAPE_COLUMNS = (
    "machine", "family", "vcpu", "memory_gib", "gpu", "gpus", "gpu_memory_gib", "arch", "generation", "burstable",
    "max_pods", "competes", "note", "source",
)  # fmt: skip
PRICE_COLUMNS = ("machine", "region", "purchase", "usd_per_hour", "from", "source")
FLAGS = {
    "arch": ("amd64", "arm64"),
    "generation": (CURRENT, "previous"),
    "burstable": (YES, NO),
    "competes": (YES, NO),
}


def shape_problems(table: str, sources: Mapping[str, Source]) -> Iterator[str]:
    """Problems of machines.csv."""
    if not _headed(table, SHAPE_COLUMNS):
        yield f"its columns are not {','.join(SHAPE_COLUMNS)}"
        return
    seen: set[str] = set()
    for row in rows(table.splitlines()):
        yield from (f"{row['machine'] or 'a row without a name'}: {problem}" for problem in _shape(row, sources))
        if row["machine"] in seen:
            yield f"{row['machine']}: stands twice"
        seen.add(row["machine"])


def price_problems(table: str, shapes: str, sources: Mapping[str, Source]) -> Iterator[str]:
    """Problems of a market's table of prices."""
    if not _headed(table, PRICE_COLUMNS):
        yield f"its columns are not {','.join(PRICE_COLUMNS)}"
        return
    machines = {row.get("machine") for row in rows(shapes.splitlines())}
    before: tuple[str, ...] = ()
    for row in rows(table.splitlines()):
        key = (row["region"], row["machine"], row["purchase"], row["from"])
        yield from (f"{', '.join(key)}: {problem}" for problem in _price(row, machines, sources))
        if key <= before:
            yield f"{', '.join(key)}: {'stands twice' if key == before else 'is out of order'}"
        before = key


def _headed(table: str, columns: Sequence[str]) -> bool:
    return table.split("\n", 1)[0].split(",") == list(columns)


def _shape(row: Mapping[str, str], sources: Mapping[str, Source]) -> Iterator[str]:
    for flag, allowed in FLAGS.items():
        if row[flag] not in allowed:
            yield f"{flag} is {row[flag]!r}; allowed are {', '.join(allowed)}"
    if not row["machine"] or not row["family"]:
        yield "has no name or no family"
    for column in ("vcpu", "memory_gib"):
        if not _number(row[column]) > 0:
            yield f"{column} is {row[column]!r}; allowed is a number above 0"
    if bool(row["gpu"]) != (_number(row["gpus"] or "0") > 0):
        yield "has a GPU without a number of them, or a number without a GPU"
    for column in ("gpus", "gpu_memory_gib", "max_pods"):
        if row[column] and not _number(row[column]) >= 0:
            yield f"{column} is {row[column]!r}; allowed is a number of at least 0, or blank"
    if row["competes"] == YES and row["burstable"] != NO:
        yield "competes, which a burstable machine does not do"
    if row["competes"] == YES and row["generation"] != CURRENT and not row["gpu"]:  # some GPUs have no newer machine
        yield "competes, which without a GPU only a current machine does"
    yield from _sourced(row, sources)


def _price(row: Mapping[str, str], machines: Collection[str | None], sources: Mapping[str, Source]) -> Iterator[str]:
    if row["machine"] not in machines:
        yield "is no machine of machines.csv"
    if not row["region"]:
        yield "has no region"
    if row["purchase"] not in PURCHASED:
        yield f"is bought in no known way; allowed are {', '.join(PURCHASED)}"
    if row["usd_per_hour"] not in (UNKNOWN, NOT_SOLD) and not _number(row["usd_per_hour"]) >= 0:
        yield f"{row['usd_per_hour']!r} is no price; allowed are a number of at least 0, unknown, not sold"
    yield from _sourced(row, sources)
    source = sources.get(row["source"])
    if source and source.grade == "hypothesis":
        yield "a hypothesis is never a price"
    yield from _day(row["from"], source)


def _day(text: str, source: Source | None) -> Iterator[str]:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        yield f"{text!r} is no day; allowed is YYYY-MM-DD"
        return
    if source and source.read and day > source.read:
        yield f"{day} is in the future of its source, read on {source.read}"


def _sourced(row: Mapping[str, str], sources: Mapping[str, Source]) -> Iterator[str]:
    if row["source"] not in sources:
        yield f"its source {row['source']!r} is not among the vendor's sources"


def _number(text: str) -> float:
    """The finite number a text holds, NaN if it holds none."""
    try:
        value = float(text)
    except ValueError:
        return math.nan
    return value if math.isfinite(value) else math.nan
