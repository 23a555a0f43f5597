"""The promises of `advisor batch`: speed, memory, growth with the table, and what reading and writing alone would take.

    python benchmarks/batch.py [ROWS] [WORKERS]

Workloads do not grow and belong to 100 distinct teams. Everything is measured in one run on one machine.
"""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import csv

from advisor.batch.answers import dated, wide
from advisor.batch.casting import workloads_of
from advisor.batch.evaluating import texts
from advisor.batch.formats import part_bytes
from advisor.batch.records import PIECE_ROWS, header_of, pieces
from advisor.choice import choose
from advisor.comparison import compare
from advisor.platforms import PLATFORMS
from pricing import PriceBook, load

ROOT = Path(__file__).parents[1]
COMMAND = "from advisor.cli import main; main()"
PROFILES = ("steady", "office-hours", "evening-peak", "day-night", "spiky")
MIB = 2**20


@dataclass(frozen=True)
class Measured:
    seconds: float
    cpu_seconds: float
    memory_mib: float  # of all processes together, at most


def portfolio(path: Path, rows: int) -> None:
    random = np.random.default_rng(1)
    team = np.arange(rows) % 100
    with path.open("wb") as target:
        table = pa.table(
            {
                "name": [f"service {row}" for row in range(rows)],
                "requests_per_month": random.lognormal(15, 2.5, rows),
                "profile": np.array(PROFILES)[np.arange(rows) % len(PROFILES)],
                "duration_s": random.lognormal(-2, 1, rows),
                "vcpu": random.choice([0.5, 1, 2, 4], rows),
                "memory_gib": random.choice([0.5, 1, 2, 4, 8], rows),
                "concurrency": random.choice([1, 8, 40, 80], rows),
                "has_cluster": np.where(np.arange(rows) % 2, "yes", "no"),
                "commitment_years": random.choice([0, 1], rows),
                "engineers": 1 + team % 10,
                "releases_per_month": 1.0 + team // 10,
                "current_option": ["gke"] * rows,
                "current_monthly_usd": random.uniform(50, 5000, rows),
                "owner": [f"team {each}" for each in team],
            }
        )
        csv.write_csv(table, target)


def read_and_write_s(path: Path, answer: Path, target: Path) -> float:
    """What reading the table and writing a file as large as the answer takes without any thinking."""
    start = time.perf_counter()
    csv.read_csv(path)
    read = time.perf_counter() - start
    table = csv.read_csv(answer)
    start = time.perf_counter()
    csv.write_csv(table, target)
    return read + time.perf_counter() - start


def measured(words: list[str]) -> Measured:
    """Run the command; look at the memory of it and its children 20 times a second."""
    before, start = os.times(), time.perf_counter()
    process = subprocess.Popen([sys.executable, "-c", COMMAND, *words], cwd=ROOT, stdout=subprocess.DEVNULL)
    most = [0.0]
    watch = threading.Thread(target=_watch, args=(process, most))
    watch.start()
    process.wait()
    watch.join()
    if process.returncode:
        raise SystemExit(f"advisor {' '.join(words)} ended with {process.returncode}")
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Measured(time.perf_counter() - start, cpu, most[0])


def _watch(process: subprocess.Popen[bytes], most: list[float]) -> None:
    while process.poll() is None:
        most[0] = max(most[0], sum(_resident(each) for each in _family(process.pid)) / MIB)
        time.sleep(0.05)


def _family(parent: int) -> list[int]:
    try:
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    except OSError:
        return []
    return [parent, *(int(child) for child in children)]


def _resident(process: int) -> int:
    """Memory of a process, what it shares with others counted in parts (PSS). [bytes]"""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(1024 * int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def one(folder: Path, rows: int, workers: int) -> Measured:
    table, answer = folder / f"in-{rows}.csv", folder / f"out-{rows}.csv"
    portfolio(table, rows)
    found = measured(["batch", str(table), "-o", str(answer), "--quiet", "--workers", str(workers)])
    alone = read_and_write_s(table, answer, folder / "copy.csv")
    print(
        f"{rows:>10,} rows {found.seconds:>8.1f} s {rows / found.seconds:>9,.0f} rows/s {found.cpu_seconds:>8.1f} s CPU"
        f" {found.memory_mib:>7,.0f} MiB {found.seconds / alone:>7.1f} x reading and writing alone ({alone:.2f} s)",
        flush=True,
    )
    return found


def where_the_time_goes() -> str:
    """The steps of one piece in this process, each after a first time that reads prices. [s CPU]"""
    with tempfile.TemporaryDirectory() as name:
        table = Path(name) / "in.csv"
        portfolio(table, PIECE_ROWS)
        book = load(dt.date.today())
        step(table, book)
        found = step(table, book)
    total = sum(found.values())
    shares = ", ".join(f"{label} {seconds:.2f} s ({seconds / total:.0%})" for label, seconds in found.items())
    return f"where the time of a piece of {PIECE_ROWS:,} rows goes: {shares}"


def step(table: Path, book: PriceBook) -> dict[str, float]:
    """Read, cast, compare, choose and lay out, write. [s CPU]"""
    begun = [time.process_time()]

    def lap(value: Any) -> Any:
        begun.append(time.process_time())
        return value

    header = header_of([str(table)], ())
    piece = lap(next(pieces([str(table)], header)))
    work, rows, _ = lap(workloads_of(piece, header.fields, book))
    comparison = lap(compare(work, PLATFORMS, book))
    carried = texts(piece.table.select(header.carried).take(pa.array(rows)))
    answers = lap(dated(wide(carried, comparison, choose(comparison)), book.as_of, book.fingerprint))
    lap(part_bytes(answers, ".csv"))
    labels = ("reading", "casting and checking", "comparing", "choosing and laying out", "writing")
    return {label: end - start for label, start, end in zip(labels, begun, begun[1:], strict=False)}


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    workers = int(sys.argv[2]) if len(sys.argv) > 2 else 2
    with tempfile.TemporaryDirectory() as name:
        few, many = (one(Path(name), each, workers) for each in (rows // 10, rows))
    print(f"10 times the rows: {many.seconds / few.seconds:.1f} times the time (at most 11)")
    print(f"                   {many.memory_mib / few.memory_mib:.2f} times the memory (at most 1)")
    print(where_the_time_goes())
    if rows == 1_000_000:
        print(f"a million rows: {many.seconds:.0f} s (at most 120), {many.memory_mib:,.0f} MiB (at most 1,500 MB)")


if __name__ == "__main__":
    main()
