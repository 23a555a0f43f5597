"""What a control plane of one's own costs: its machines always run, whatever way the nodes are bought."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from pricing import PriceBook, load
from pricing.rate import Rate

PRICES = Path(__file__).parent / "fixtures" / "prices"
TODAY = date(2026, 6, 1)
MARKET, HERE = "gcp/compute_engine", "us-central1"
SELF_MANAGED = "gcp/self_managed"
METER = "control_plane_machine_hours"
NAMED = """\
title: Kubernetes on machines of one's own
behaviour:
  control_plane_machine: {label: type, unit: name, grade: judgement, rule: small, from: {2026-01-01: e2-standard-2}}
"""


@pytest.fixture
def book(tmp_path: Path) -> PriceBook:
    copy = shutil.copytree(PRICES, tmp_path / "prices")
    (copy / f"{SELF_MANAGED}.yaml").write_text(NAMED, encoding="utf-8")
    return load(TODAY, data=copy)


def rates(book: PriceBook, *purchases: str, services: tuple[str, ...] = (SELF_MANAGED,)) -> dict[str, Rate]:
    lists = book.price_lists(services, HERE, book.machines(MARKET, HERE), purchases)
    return {purchase: found[METER] for purchase, found in lists.items() if METER in found}


def usd(rate: Rate, hours: float) -> list[float]:
    charged: list[float] = rate.charge(np.array([[hours], [2 * hours]]), np.ones((2, 1)))[:, 0].tolist()
    return charged


def test_three_machines_for_a_month(book: PriceBook) -> None:
    rate = rates(book, "on-demand")["on-demand"]
    assert usd(rate, 2190) == pytest.approx([153.3, 306.6])  # 3 x 730 h x 0.07, whatever the nodes are
    assert rate.about.label == "control plane on machines of one's own, e2-standard-2"
    assert (rate.about.role, rate.about.unit) == ("principal", "machine-hour")


def test_it_is_committed_with_the_nodes_that_always_run(book: PriceBook) -> None:
    found = rates(book, "1y-base", "1y-peak")
    assert usd(found["1y-base"], 730) == pytest.approx([36.5, 73.0])  # 730 h x 0.05, the 1y price of the table
    assert found["1y-peak"] is found["1y-base"]


def test_it_never_runs_on_spot(book: PriceBook) -> None:
    found = rates(book, "on-demand", "spot")
    assert found["spot"] is found["on-demand"]


def test_a_vendors_control_plane_needs_no_machines(book: PriceBook) -> None:
    assert rates(book, "on-demand", services=("gcp/network",)) == {}


def test_a_fact_that_may_be_missing(book: PriceBook) -> None:
    facts = book.facts(SELF_MANAGED)
    assert facts.get("control_plane_machine") == "e2-standard-2"
    assert facts.get("control_plane_machines") is None
    assert facts.get("control_plane_machines", 1) == 1
