"""The speed of reading a table of a million workloads: columns of numbers that are arrays already, and of texts."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from advisor.workload import Workloads

ROWS = 1_000_000


def table(rows: int) -> dict[str, Any]:
    random = np.random.default_rng(1)
    return {
        "name": np.array(["service"] * rows, dtype=object),
        "requests_per_month": random.lognormal(14, 2, rows),
        "duration_s": random.uniform(0.01, 1, rows),
        "vcpu": random.choice([0.5, 1, 2], rows),
        "memory_gib": random.choice([0.5, 1, 2], rows),
        "concurrency": random.integers(1, 80, rows),
        "latency_p95_s": np.where(random.random(rows) < 0.5, np.nan, 2.0),
        "availability": random.choice([0.99, 0.995], rows),
        "has_ci": random.random(rows) < 0.5,
        "response_kib": random.uniform(0, 100, rows),
    }


def report(label: str, columns: dict[str, Any]) -> None:
    start = time.perf_counter()
    work, rejects = Workloads.from_columns(columns)
    rows = len(work) + len({reject.row for reject in rejects})
    print(f"{label}: {rows / (time.perf_counter() - start) / 1e6:.2f} M rows/s, {len(rejects)} cells refused")


def main() -> None:
    columns = table(ROWS)
    report("arrays", columns)
    report(
        "arrays, a third of the rows refused",
        columns | {"vcpu": np.where(np.arange(ROWS) % 3 == 0, -1, columns["vcpu"])},
    )
    report(
        "texts",
        {
            name: [str(cell).replace("nan", "") for cell in column[: ROWS // 10].tolist()]
            for name, column in columns.items()
        },
    )


if __name__ == "__main__":
    main()
