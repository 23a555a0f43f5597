"""The speed promise of manifests: the files of one workload on every option, in one process, within a second.

Given besides as a ratio to explaining the same options, on the same machine in the same run.
"""

from __future__ import annotations

import datetime as dt
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from advisor.explanation import Explanation, explain
from advisor.manifests import build
from advisor.market import Market
from advisor.platforms import chosen
from advisor.workload import Workload, Workloads, read_workload
from pricing import load

ROOT = Path(__file__).parents[1]
AS_OF = dt.date(2026, 11, 24)
TIMES = 5


def explained(workload: Workload, market: Market) -> list[Explanation]:
    """The workload on every option."""
    return [explain(workload, Workloads.of([workload]), each, market) for each in chosen(None, stacks=True)]


def written(explanations: list[Explanation]) -> int:
    """Characters of all files of all options."""
    bundles = [build(each.workload, each) for each in explanations]
    return sum(len(text) for bundle in bundles for text in bundle.texts().values())


def median_s(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(TIMES):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def main() -> None:
    print(f"{'what':<58}{'measured':>12}{'promise':>10}")
    for name in ("churn", "llm"):
        workload, market = read_workload(ROOT / f"examples/{name}.yaml"), Market(load(AS_OF))
        explanations = explained(workload, market)
        writing_s = median_s(lambda explanations=explanations: written(explanations))
        explaining_s = median_s(lambda workload=workload, market=market: explained(workload, market))
        what = f"files of {len(explanations)} options for one workload: {name}"
        print(f"{what:<58}{writing_s:>10.2f} s{'1 s':>10}")
        print(f"{'  over explaining the same options':<58}{writing_s / explaining_s:>10.2f} x")


if __name__ == "__main__":
    main()
