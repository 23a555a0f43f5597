"""Tables of workloads and runs over them, for the tests of batches."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.csv

from advisor.batch.answers import OF_OPTION, wide_columns
from advisor.batch.evaluating import Layout
from advisor.batch.formats import suffix_of
from advisor.batch.parts import Done, Job, evaluate_part
from advisor.batch.records import Piece
from advisor.batch.run import (
    Engine,
    Outcome,
    Run,
    begin,
    carry_out,
    header_and_files,
    manifest_of,
    parts_of,
    rejects_of,
)
from advisor.platforms import PLATFORMS
from advisor.workload import Workload
from pricing import load

AS_OF = dt.date(2026, 11, 24)
OPTIONS = tuple(platform.id for platform in PLATFORMS)
GOOD = {"name": "service", "requests_per_month": "1000", "duration_s": "0.2", "vcpu": "1", "memory_gib": "1"}
HEADER = ",".join(GOOD)
ROW = ",".join(GOOD.values())


def write_table(path: Path, workloads: Iterable[Workload]) -> Path:
    """A CSV file with the fields that any of the workloads sets, and a column that is no field."""
    given = [workload.model_dump(exclude_unset=True) for workload in workloads]
    names = sorted({name for each in given for name in each})
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([*names, "owner"])
        writer.writerows(
            [[cell(each.get(name)) for name in names] + [f"team {row % 3}"] for row, each in enumerate(given)]
        )
    return path


def cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else repr(value) if isinstance(value, float) else str(value)


def serial(job: Job, pieces: Iterable[Piece]) -> Iterator[Done]:
    """The engine of this process alone."""
    return (evaluate_part(job, piece) for piece in pieces)


def run_of(table: object, output: object, layout: Layout = "wide", rows: int = 20_000, **job: Any) -> Run:
    header, files = header_and_files(str(table), wide_columns(OPTIONS) if layout == "wide" else OF_OPTION)
    suffix, parts, refused = suffix_of(str(output)), parts_of(str(output)), rejects_of(str(output))
    fixed = {"options": OPTIONS, "as_of": AS_OF, "overlay": None, "team": None, **job}
    return Run(
        Job(header, layout=layout, suffix=suffix, rejects_suffix=suffix, parts=parts, **fixed),
        files,
        str(output),
        refused,
        rows,
    )


def carried_out(run: Run, engine: Engine = serial, resume: bool = False, told: Any = lambda *_: None) -> Outcome:
    begin(run, manifest_of(run, load(AS_OF).fingerprint), resume=resume, force=not resume)
    return carry_out(run, engine, told)


def rows_of(path: Path) -> list[dict[str, Any]]:
    return pyarrow.csv.read_csv(path, convert_options=pyarrow.csv.ConvertOptions(strings_can_be_null=True)).to_pylist()
