"""One kernel for one row and a million: bit-identical whatever the chunk, the order or the company of rows."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from advisor import comparison
from advisor.platforms import PLATFORMS
from advisor.workload import Workload, Workloads
from pricing import load

AS_OF = dt.date(2026, 11, 24)
PROFILES = ("steady", "office-hours", "evening-peak")


def portfolio(rows: int, seed: int = 7) -> list[Workload]:
    """Workloads of every kind, from a seeded generator of its own."""
    random = np.random.default_rng(seed)
    return [one(random, row) for row in range(rows)]


def one(random: np.random.Generator, row: int) -> Workload:
    duration_s = float(random.lognormal(-2, 1))
    return Workload(
        name=f"service {row}",
        requests_per_month=float(random.lognormal(14, 3)),
        profile=str(random.choice(PROFILES)),
        duration_s=duration_s,
        duration_full_s=duration_s * float(random.uniform(1, 4)),
        duration_cv=float(random.choice([0.0, 0.5, 1.5])),
        vcpu=float(random.choice([0.5, 1, 2, 3.5, 8])),
        memory_gib=float(random.choice([0.5, 2, 7, 30])),
        concurrency=int(random.choice([1, 8, 80])),
        latency_p95_s=float(random.choice([0.5, 5])) if row % 3 == 0 else None,
        availability=float(random.choice([0.99, 0.995, 0.9995])),
        min_replicas=int(random.integers(0, 3)),
        exposure=str(random.choice(["private", "public"])),
        has_cluster=bool(random.integers(0, 2)),
        commitment_years=int(random.choice([0, 1])),
        interruptible=bool(random.integers(0, 2)),
        geography=str(random.choice(["us-central", "poland", "us-west"])),
        gpu="l4" if row % 7 == 0 else "none",
        kind="async" if row % 11 == 0 else "online",
    )


def compared(work: Workloads) -> dict[str, comparison.Best]:
    return dict(comparison.compare(work, PLATFORMS, load(AS_OF)).options)


def assert_same(one: comparison.Best, other: comparison.Best, rows: np.ndarray) -> None:
    for name in ("usd", "status", "mode", "machine", "purchase"):
        expected, found = getattr(one, name)[rows], getattr(other, name)
        np.testing.assert_array_equal(expected, found, err_msg=name)  # NaN equals NaN, and nothing is rounded


@pytest.fixture(scope="module")
def workloads() -> list[Workload]:
    return portfolio(60)


@pytest.fixture(scope="module")
def together(workloads: list[Workload]) -> dict[str, comparison.Best]:
    return compared(Workloads.of(workloads))


def test_one_row_equals_its_row_in_a_batch(workloads: list[Workload], together: dict[str, comparison.Best]) -> None:
    for row, workload in enumerate(workloads):
        alone = compared(Workloads.of([workload]))
        for option, best in alone.items():
            assert_same(together[option], best, np.array([row]))


@pytest.mark.parametrize("cells", [1, 97, 1000])
def test_any_chunk_is_the_same(
    workloads: list[Workload], together: dict[str, comparison.Best], cells: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparison, "CHUNK_CELLS", cells)
    for option, best in compared(Workloads.of(workloads)).items():
        assert_same(together[option], best, np.arange(len(workloads)))


def test_the_order_of_rows_does_not_matter(workloads: list[Workload], together: dict[str, comparison.Best]) -> None:
    order = np.random.default_rng(1).permutation(len(workloads))
    shuffled = compared(Workloads.of([workloads[row] for row in order]))
    for option, best in shuffled.items():
        assert_same(together[option], best, order)


def test_the_portfolio_reaches_all_three_states(together: dict[str, comparison.Best]) -> None:
    states = {int(state) for best in together.values() for state in best.status}
    assert states == {0, 1, 2}
