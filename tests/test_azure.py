"""Azure's options: the published vectors of their autoscalers and quotas, and what an explanation says."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from columns import column
from hypothesis import given
from hypothesis import strategies as st
from rules import apps_metric, apps_run, monitor_in, monitor_out
from scipy.stats import poisson

from advisor.answer import explain_one
from advisor.autoscaling import settled_replicas
from advisor.bill import Status
from advisor.comparison import compare
from advisor.evaluation import Wanted
from advisor.explanation import Explanation
from advisor.platforms.aks import AKS
from advisor.platforms.azure_ml import AZURE_ML, quota_instances
from advisor.platforms.container_apps import CONTAINER_APPS
from advisor.platforms.platform import Platform
from advisor.workload import Workloads, workload_from
from pricing import load

BOOK = load(dt.date(2026, 11, 24))
BASIS = {"name": "service", "requests_per_month": 26_280_000, "duration_s": 0.1, "vcpu": 1, "memory_gib": 2}


def explained(platform: Platform, wanted: Wanted | None = None, **fields: object) -> Explanation:
    workload = workload_from({**BASIS, **fields}, "test")
    (explanation,) = explain_one(workload, platform, BOOK, wanted or Wanted()).options
    return explanation


# ---- Container Apps ----


@pytest.mark.parametrize(
    ("metric", "target", "current", "most", "steps"),
    [
        (500, 10, 1, 100, [4, 8, 16, 32, 50]),
        (50, 5, 0, 20, [1, 4, 8, 10]),
        (500, 10, 1, 20, [4, 8, 16, 20]),
    ],
)
def test_steps_of_container_apps(metric: float, target: float, current: int, most: int, steps: list[int]) -> None:
    assert apps_run(metric, target, current, most) == steps


def test_the_rule_counts_requests_and_not_how_long_they_last() -> None:
    assert apps_metric(150) == 10


@given(st.floats(0.01, 500), st.floats(0.01, 1), st.integers(1, 20))
def test_container_apps_come_to_rest_at_the_settled_count(rate: float, duration_s: float, slots: int) -> None:
    target = 0.6 * slots / duration_s  # requests per second of one replica at 60 % of its slots
    settled = settled_replicas(column(rate), column(duration_s), column(slots), column(0.6))
    assert apps_run(rate, target, 0)[-1] == min(settled.item(), 1000)


def test_bursts_of_container_apps_are_the_largest_count_of_five_minutes() -> None:
    # 20/s of 0.1 s: ceil(2 / 0.6) = 4 replicas. Of 300 requests expected in 15 s a Poisson count reaches this many once
    # in twenty windows; 22/s take ceil(2.2 / 0.6) = 4 too, so the range closes.
    burst = poisson.ppf(0.95, 20 * 15) / 15
    assert 21 < burst < 22
    lines = {line.meter: line for line in explained(CONTAINER_APPS, requests_per_month=52_560_000).lines}
    active = lines["active_vcpu_seconds"]
    assert active.quantity == pytest.approx(4 * 2_628_000)
    assert active.usd_low == active.usd == active.usd_high


# ---- Azure ML ----


@pytest.mark.parametrize(("instances", "held"), [(1, 2), (3, 4), (5, 6), (10, 12)])
def test_the_quota_holds_a_fifth_more(instances: float, held: float) -> None:
    assert quota_instances(column(instances), np.array([False]), 1.2) == held


def test_some_types_need_no_reserve() -> None:
    assert quota_instances(column(5), np.array([True, False]), 1.2).tolist() == [[5, 6]]


def test_the_quota_is_shown_and_costs_nothing() -> None:
    # 300/s of 0.1 s at 60 %: 50 copies, two to a Standard_D2as_v4: 25 instances of 2 vCPU; the quota has to hold 30.
    explanation = explained(AZURE_ML, Wanted(machine="Standard_D2as_v4"), requests_per_month=788_400_000)
    (quota,) = [limit for limit in explanation.limits if limit.name.startswith("vCPU of the quota")]
    assert (quota.asked, quota.allowed, quota.soft) == (60, 24, True)
    assert explanation.status is Status.PRICED
    assert {line.meter: line.quantity for line in explanation.lines}["base_machine_hours"] == 25 * 730


@pytest.mark.parametrize(
    ("metric", "instances", "below", "above", "after"),
    [
        (56, 1, 30, 50, 2),  # 56 % is above 50 %
        (28, 2, 30, 50, 2),  # on one instance 28 % would be 56 %: not taken away
        (20, 2, 30, 50, 1),
        (1250 / 3, 3, 600, 600, 3),  # 1250 threads on two are 625, at least 600
    ],
)
def test_rules_of_azure_monitor(metric: float, instances: int, below: float, above: float, after: int) -> None:
    grown = monitor_out(metric, instances, above)
    assert (grown if grown > instances else monitor_in(metric, instances, below, above)) == after


# ---- what competes ----


def test_endpoints_compete_on_listed_machines_only() -> None:
    types = BOOK.facts("azure/machine_learning")["machine_types"]
    found = BOOK.machines("azure/virtual_machines", "eastus", among=types)
    assert set(found.names) <= set(types)
    assert {"Standard_D2as_v4", "Standard_DS1_v2"} <= set(found.names)
    assert not set(found.gpu) - {""}


def test_a_cluster_takes_no_machine_that_cannot_run_its_system() -> None:
    best = compare(Workloads.of([workload_from({**BASIS, "memory_gib": 1}, "test")]), [AKS], BOOK).options["aks"]
    machines = BOOK.machines("azure/virtual_machines", "eastus", names=[best.machine[0]])
    assert machines.vcpu[0] >= 4
    assert best.mode[0] == "free"


def test_no_spot_is_offered_where_the_vendor_sells_none() -> None:
    assert "spot" not in AKS.purchases
    assert "spot" not in AZURE_ML.purchases


# ---- what is said ----


@pytest.mark.parametrize(
    ("platform", "facts"),
    [
        (AKS, {"node_pools", "outbound", "pods_per_node_max"}),
        (AZURE_ML, {"surcharge_share", "machine_types", "availability_promise"}),
        (CONTAINER_APPS, {"network", "availability_promise", "billing_step_s"}),
    ],
)
def test_what_was_read_is_listed(platform: Platform, facts: set[str]) -> None:
    assert facts <= {fact.name for fact in explained(platform).facts}
