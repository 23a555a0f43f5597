"""The speed promises of `compare`: one workload warm, the command as a process, 100,000 workloads in one process.

People, total cost and choice are part of each; the portfolio has 100 distinct teams, whose plans are computed anew.

Everything is measured in one run on one machine; the process is given as a ratio to its bare imports.
"""

from __future__ import annotations

import datetime as dt
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from advisor.answer import compare_one
from advisor.choice import choose
from advisor.comparison import compare
from advisor.documents import comparison_document
from advisor.platforms import PLATFORMS
from advisor.team import SKILLS
from advisor.workload import Workload, Workloads, read_workload
from pricing import PriceBook, load

ROOT = Path(__file__).parents[1]
AS_OF = dt.date(2026, 11, 24)
ROWS = 100_000
TEAMS = 100
BARE = "import numpy, pydantic, yaml, typer, rich"
COMMAND = (
    "import sys; sys.argv = ['advisor', 'compare', 'examples/recommender.yaml', '--json']\n"
    "from advisor.cli import main; main()"
)


def median_s(work: Callable[[], object], times: int) -> float:
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def process(code: str) -> Callable[[], object]:
    return lambda: subprocess.run([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.DEVNULL, check=True)


def portfolio(rows: int) -> Workloads:
    random = np.random.default_rng(1)
    profiles = ("steady", "office-hours", "evening-peak", "day-night", "spiky")
    duration_s = random.lognormal(-2, 1, rows)
    return Workloads.of(
        Workload(
            name=f"service {row}",
            requests_per_month=float(random.lognormal(15, 2.5)),
            profile=profiles[row % len(profiles)],
            duration_s=float(duration_s[row]),
            vcpu=float(random.choice([0.5, 1, 2, 4])),
            memory_gib=float(random.choice([0.5, 1, 2, 4, 8])),
            concurrency=int(random.choice([1, 8, 40, 80])),
            commitment_years=int(random.choice([0, 1])),
            **team(row % TEAMS),
        )
        for row in range(rows)
    )


def team(number: int) -> dict[str, Any]:
    return {
        "has_cluster": bool(number % 2),
        "cluster_services": 1 + number % 20,
        "skill_managed": SKILLS[number % 3],
        "skill_kubernetes": SKILLS[number // 3 % 3],
        "releases_per_month": float(number),
    }


def answered(workload: Workload, book: PriceBook) -> object:
    """The answer with everything that is shown of it: people, total cost, choice, what would flip it."""
    return comparison_document(compare_one(workload, PLATFORMS, book))


def memory_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    print(f"{'what':<58}{'measured':>12}{'promise':>10}")
    book = load(AS_OF)
    for name in ("churn", "recommender", "vision"):
        workload = read_workload(ROOT / f"examples/{name}.yaml")
        answer_ms = 1000 * median_s(lambda workload=workload: answered(workload, book), 50)
        print(f"{f'one workload over all options, warm: {name}':<58}{answer_ms:>9.1f} ms{'40 ms':>10}")
    bare, command = median_s(process(BARE), 7), median_s(process(COMMAND), 7)
    print(f"{'advisor compare --json over the bare imports':<58}{command / bare:>10.2f} x{'3 x':>10}")
    work = portfolio(ROWS)
    idle = memory_mib()
    start = time.perf_counter()
    choose(compare(work, PLATFORMS, book))
    what = f"{ROWS:,} workloads of {TEAMS} teams in one process"
    print(f"{what:<58}{time.perf_counter() - start:>10.2f} s{'15 s':>10}")
    print(f"{'  memory above the idle process':<58}{memory_mib() - idle:>8.0f} MiB{'300 MB':>10}")


if __name__ == "__main__":
    main()
