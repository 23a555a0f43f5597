"""The promises of `compare`: one workload warm, the command as a process, 100,000 workloads in one process.

Everything is measured in one run on one machine. The process is given as a ratio to importing numpy, pydantic, yaml,
typer and rich without any work. Plans of people are remembered by team: of one workload they are known, of 100,000
they are not.
"""

from __future__ import annotations

import datetime as dt
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from advisor.answer import compare_one
from advisor.choice import choose
from advisor.comparison import compare
from advisor.documents import comparison_document
from advisor.platforms import PLATFORMS, chosen
from advisor.platforms.platform import Platform
from advisor.team import SKILLS
from advisor.workload import Workload, Workloads, read_workload
from pricing import PriceBook, load

ROOT = Path(__file__).parents[1]
AS_OF = dt.date(2026, 11, 24)
ROWS = 100_000
TEAMS = 100
TWO = ("cloud-run", "gke")
STACKED = chosen(None, stacks=True)
PROFILES = ("steady", "office-hours", "evening-peak", "day-night", "spiky")
BARE = "import numpy, pydantic, yaml, typer, rich"
COMMAND = "import sys; sys.argv = ['advisor', 'compare', '{path}', '--json']\nfrom advisor.cli import main; main()"


def median_s(work: Callable[[], object], times: int) -> float:
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def process(code: str) -> Callable[[], object]:
    """A process as its user starts it: what was compiled once is kept."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return lambda: subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=env, stdout=subprocess.DEVNULL, check=True
    )


def portfolio(rows: int) -> Workloads:
    """Columns as a table brings them; nothing but the columns is left in memory."""
    random, team = np.random.default_rng(1), np.arange(rows) % TEAMS
    work, rejects = Workloads.from_columns(
        {
            "name": [f"service {row}" for row in range(rows)],
            "requests_per_month": random.lognormal(15, 2.5, rows),
            "profile": [PROFILES[row % len(PROFILES)] for row in range(rows)],
            "duration_s": random.lognormal(-2, 1, rows),
            "vcpu": random.choice([0.5, 1, 2, 4], rows),
            "memory_gib": random.choice([0.5, 1, 2, 4, 8], rows),
            "concurrency": random.choice([1.0, 8, 40, 80], rows),
            "commitment_years": random.choice([0.0, 1], rows),
            "has_cluster": team % 2 == 1,
            "cluster_services": 1.0 + team % 20,
            "skill_managed": [SKILLS[number % 3] for number in team],
            "skill_kubernetes": [SKILLS[number // 3 % 3] for number in team],
            "releases_per_month": team.astype(float),
        }
    )
    assert not rejects, rejects[0]  # noqa: S101 - a benchmark of nothing would be fast
    return work


def compared(workload: Workload, platforms: Sequence[Platform], book: PriceBook) -> object:
    """Every option, mode, machine and purchase, people, total cost and the choice."""
    return choose(compare(Workloads.of([workload]), platforms, book))


def answered(workload: Workload, book: PriceBook) -> object:
    """The same with every line, limit and assumption of each option, as the command prints it."""
    return comparison_document(compare_one(workload, PLATFORMS, book))


def peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10


def now_mib() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20


def line(what: str, measured: str, promise: str = "") -> None:
    print(f"{what:<58}{measured:>12}{promise:>10}")


def one_workload(name: str, book: PriceBook) -> None:
    workload, two = read_workload(ROOT / f"examples/{name}.yaml"), chosen(TWO)
    for what, platforms, promise in (
        ("over two options", two, "10 ms"),
        (f"over {len(PLATFORMS)} options", PLATFORMS, "30 ms"),
        (f"with stacks, {len(STACKED)} options", STACKED, "90 ms"),
    ):
        taken = median_s(lambda platforms=platforms: compared(workload, platforms, book), 50)
        line(f"{name} {what}", f"{1000 * taken:.1f} ms", promise)
    line(f"{name} with every line explained", f"{1000 * median_s(lambda: answered(workload, book), 30):.1f} ms")


def the_command(name: str) -> None:
    command = process(COMMAND.format(path=f"examples/{name}.yaml"))
    line(f"advisor compare {name} --json over the bare imports", f"{in_turn(command, process(BARE)):.2f} x", "3 x")


def in_turn(one: Callable[[], object], other: Callable[[], object]) -> float:
    """How many times as long the one takes as the other, run in turn so that a busy machine is busy for both."""
    ones, others = zip(*((median_s(one, 1), median_s(other, 1)) for _ in range(9)), strict=True)
    return statistics.median(ones) / statistics.median(others)


def many_workloads(book: PriceBook) -> None:
    work, idle = portfolio(ROWS), now_mib()
    for platforms, promise in ((chosen(TWO), "4 s"), (PLATFORMS, "15 s")):
        start = time.perf_counter()
        choose(compare(work, platforms, book))
        what = f"{ROWS:,} workloads of {TEAMS} teams over {len(platforms)} options"
        line(what, f"{time.perf_counter() - start:.1f} s", promise)
    line("  memory above the idle process", f"{peak_mib() - idle:.0f} MiB", "300 MB")


def main() -> None:
    line("what", "measured", "promise")
    book = load(AS_OF)
    for name in ("churn", "vision", "recommender"):
        one_workload(name, book)
    for name in ("churn", "recommender"):  # the second has a latency goal, which needs scipy
        the_command(name)
    many_workloads(book)


if __name__ == "__main__":
    main()
