"""Contracts that every platform keeps, in every mode: what must hold whatever the workload."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from functools import lru_cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.answer import explain_one
from advisor.bill import Status
from advisor.comparison import evaluations
from advisor.documents import explanation_document
from advisor.evaluation import Evaluation, Wanted
from advisor.limits import broken_by
from advisor.market import Market
from advisor.platforms import PLATFORMS
from advisor.platforms.platform import NEEDS, Platform
from advisor.units import SECONDS_PER_MONTH, Array
from advisor.workload import Workload, Workloads, workload_from
from pricing import DATA, PriceBook, load
from pricing.effort import load_effort
from pricing.machines import PURCHASES

AS_OF = dt.date(2026, 11, 24)
GEOGRAPHIES = load(AS_OF).geographies()
VARIANTS = [(platform, mode) for platform in PLATFORMS for mode in platform.modes]
every_platform = pytest.mark.parametrize("platform", PLATFORMS, ids=lambda platform: platform.id)
every_mode = pytest.mark.parametrize(
    ("platform", "mode"), VARIANTS, ids=[f"{platform.id}-{mode}" for platform, mode in VARIANTS]
)
few = settings(max_examples=12, deadline=None, derandomize=True)
SLACK = 1e-9  # relative: sums in another order, not money


@lru_cache(maxsize=1)
def book() -> PriceBook:
    return load(AS_OF)


@lru_cache(maxsize=64)
def market(mode: str) -> Market:
    return Market(book(), Wanted(mode))


def evaluated(platform: Platform, mode: str, *workloads: Workload) -> Evaluation:
    """Every machine and every purchase of one mode for workloads that see the same offer."""
    work = Workloads.of(workloads)
    (group,) = market(mode).groups(platform, work)
    offer = market(mode).offer(platform, group)
    ((evaluation, _),) = evaluations(platform, work, offer, group.region, market(mode))
    return evaluation


def totals(evaluation: Evaluation, purchase: str) -> Array:
    """Money by row and machine, NaN where it is not known or a limit is broken. Shape (rows, machines)."""
    return np.where(faults(evaluation) > 0, np.nan, evaluation.bills[purchase].usd)


def faults(evaluation: Evaluation) -> Array:
    """Hard limits broken, by row and machine."""
    return np.broadcast_to(broken_by(evaluation.limits), evaluation.shape).astype(np.float64)


def assert_no_less(more: Array, than: Array, what: str) -> None:
    """Element by element, but for rounding; what is unknown is compared with nothing."""
    known = ~np.isnan(more) & ~np.isnan(than)
    lower = known & (more < than - SLACK * (1.0 + np.abs(than)))
    assert not lower.any(), f"{what}: {np.argwhere(lower)[:3].tolist()}: {more[lower][:3]} below {than[lower][:3]}"


def needs_gpu(platform: Platform, mode: str) -> bool:
    return mode not in platform.modes_for(gpu=False)


@st.composite
def workloads(draw: st.DrawFn, /, platform: Platform, mode: str, **fixed: Any) -> Workload:
    """Workloads of every kind that this mode could serve, and that would sign or put up with anything to save money."""
    duration_s = draw(st.sampled_from([1e-6, 0.02, 0.3, 4.0, 3600.0]))
    goal = draw(st.sampled_from([None, 1.2, 6.0]))
    gpus: list[Any] = ["l4", {"l4": 1.0, "a100-40gb": 0.5}, {"t4": 2.0, "a10g": 1.1}]
    fields = {
        "name": "contract",
        "geography": draw(st.sampled_from(GEOGRAPHIES)),
        "requests_per_month": draw(st.one_of(st.just(0.0), st.floats(1.0, 1e9))),
        "profile": draw(st.sampled_from(["steady", "office-hours", "batch-night", "spiky-event"])),
        "burst": draw(st.sampled_from([1.0, 3.0])),
        "duration_s": duration_s,
        "duration_full_s": duration_s,
        "duration_cv": draw(st.sampled_from([0.0, 0.5, 3.0])),
        "latency_p95_s": goal and max(min(duration_s * goal, 86_400.0), 1e-6),
        "vcpu": draw(st.sampled_from([0.1, 0.5, 1.0, 2.0, 3.5, 8.0, 40.0])),
        "memory_gib": draw(st.sampled_from([0.125, 0.5, 2.0, 7.0, 30.0])),
        "gpu": draw(st.sampled_from(gpus if needs_gpu(platform, mode) else ["none", *gpus])),
        "concurrency": draw(st.sampled_from([1, 8, 80])),
        "startup_s": draw(st.sampled_from([0.0, 10.0, 300.0])),
        "availability": draw(st.sampled_from([0.99, 0.995, 0.9995])),
        "min_replicas": draw(st.sampled_from([0, 0, 1, 5])),
        "kind": draw(st.sampled_from(["online", "async"])),
        "exposure": draw(st.sampled_from(["private", "public"])),
        "cold_starts_allowed": draw(st.booleans()),
        "lost_requests_allowed": draw(st.booleans()),
        "survive_zone": draw(st.booleans()),
        "has_cluster": draw(st.booleans()),
        "cluster_services": draw(st.sampled_from([1, 10])),
        "free_tier": draw(st.booleans()),
        "burstable_allowed": draw(st.booleans()),
        "arch": draw(st.sampled_from(["amd64", "amd64", "any", "arm64"])),
        "commitment_years": 3,
        "horizon_months": 36,
        "interruptible": True,
        **fixed,
    }
    if mode not in platform.modes_for(gpu=fields["gpu"] != "none"):
        fields["gpu"] = "none"
    return workload_from(fields, "contract")


def changed(workload: Workload, **fields: Any) -> Workload:
    return workload.model_copy(update=fields)


# what a platform brings


def test_ids_are_unique() -> None:
    assert len({platform.id for platform in PLATFORMS}) == len(PLATFORMS) > 0


@every_platform
def test_a_platform_is_whole(platform: Platform) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*(\+[a-z-]+)?", platform.id)
    assert platform.title.strip() == platform.title != ""
    assert platform.vendor in book().vendors()
    assert len(set(platform.modes)) == len(platform.modes) > 0
    assert set(platform.modes) == {mode for gpu in (False, True) for mode in platform.modes_for(gpu=gpu)}
    assert set(platform.purchases) <= set(PURCHASES)
    assert "on-demand" in platform.purchases
    for service in platform.services:
        assert len(book().facts(service)) + len(book().meters(service)) > 0, f"{service} states nothing"
    assert platform.market is None or platform.market in book().markets()


@every_platform
def test_a_platform_says_what_it_can_do(platform: Platform) -> None:
    capabilities = book().capabilities(platform.capabilities or platform.id)
    for key, _ in NEEDS.values():
        assert capabilities[key] in ("yes", "no", "unknown"), key
        assert capabilities.fact(key).source, key


@every_platform
def test_a_platform_has_hours_of_work(platform: Platform) -> None:
    tables = load_effort(DATA)
    assert platform.effort in tables.families
    assert any(family == platform.effort for family, _ in tables.activities)
    assert any(family == platform.effort for family, _ in tables.operations)
    assert any(family == platform.effort for family, _, _ in tables.releases)


@pytest.mark.parametrize("geography", GEOGRAPHIES)
@every_mode
def test_every_meter_has_a_price_or_says_that_it_is_unknown(platform: Platform, mode: str, geography: str) -> None:
    """Each is in the price list of some purchase; there, one unit of it costs money, or nothing, or NaN.

    Machines that a region does not sell have no price, and are the reason why the option is infeasible.
    """
    gpu = (
        {"l4": 1.0, "a10g": 1.0, "t4": 1.0, "a100-40gb": 1.0, "a100-80gb": 1.0} if needs_gpu(platform, mode) else "none"
    )
    common = {
        "name": "meter",
        "geography": geography,
        "gpu": gpu,
        "vcpu": 2.0,
        "memory_gib": 4.0,
        "requests_per_month": 1e6,
    }
    common |= {"duration_s": 0.5, "commitment_years": 3, "horizon_months": 36, "interruptible": True}
    for exposure in ("private", "public"):
        evaluation = evaluated(platform, mode, workload_from({**common, "exposure": exposure}, "meter"))
        assert evaluation.usage
        for meter in evaluation.usage:
            rates = [bill.rates[meter] for bill in evaluation.bills.values() if meter in bill.rates]
            assert rates or (faults(evaluation) > 0).all(), f"nothing charges {meter}"
            for rate in rates:
                one = rate.charge(np.ones(evaluation.shape), np.zeros((1, 1)))
                assert (np.isnan(one) | np.isfinite(one)).all(), meter
                assert rate.about.label, meter
                assert rate.about.unit, meter
                assert np.isnan(one).all() or rate.about.source, f"{meter} has a price without a source"


# whatever the workload


@every_mode
@given(data=st.data())
@few
def test_quantities_are_ordered_and_shares_are_shares(platform: Platform, mode: str, data: st.DataObject) -> None:
    workload = data.draw(workloads(platform, mode))
    evaluation = evaluated(platform, mode, workload)
    for meter, quantity in evaluation.usage.items():
        for part in (quantity.low, quantity.expected, quantity.high):
            assert np.isfinite(part).all(), meter
            assert_no_less(part, np.zeros_like(part), meter)
        assert_no_less(quantity.expected, quantity.low, f"{meter} against its least")
        assert_no_less(quantity.high, quantity.expected, f"{meter} against its most")
    share = evaluation.plan.cold_share
    assert ((share >= 0) & (share <= 1)).all()
    assert (evaluation.plan.cold_starts_per_month >= 0).all()


BY_SECOND = [(platform, mode) for platform, mode in VARIANTS if platform.id in ("cloud-run", "container-apps")]


@pytest.mark.parametrize(("platform", "mode"), [each for each in BY_SECOND if needs_gpu(*each)])
@given(data=st.data(), startup_s=st.sampled_from([10.0, 300.0, 1800.0]))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_no_gpu_is_billed_for_longer_than_the_month(
    platform: Platform, mode: str, startup_s: float, data: st.DataObject
) -> None:
    """Starting and standing together: not even where a service falls asleep again and again."""
    workload = data.draw(workloads(platform, mode, startup_s=startup_s))
    evaluation = evaluated(platform, mode, workload)
    gpus = workload.gpus * evaluation.plan.replicas[-1]
    for meter, quantity in evaluation.usage.items():
        if meter.endswith("_gpu_seconds"):
            assert_no_less(SECONDS_PER_MONTH * gpus, quantity.low, meter)


def test_a_gpu_that_starts_for_minutes_is_not_billed_beyond_the_month() -> None:
    """A request every eleven minutes, 300 s to start: nearly always there, and billed for less than all of it."""
    fields = {"name": "x", "requests_per_month": 4000, "duration_s": 1.0, "vcpu": 4, "memory_gib": 16, "gpu": "l4"}
    workload = workload_from({**fields, "startup_s": 300}, "x")
    (seconds,) = (
        quantity.expected
        for meter, quantity in evaluated(PLATFORMS[0], "gpu", workload).usage.items()
        if meter == "l4_gpu_seconds"
    )
    # λ = 4000/2,628,000; q = e^(-901 λ) = 0.253755; asleep q/(1 + 300 λ q) = 0.253755/1.115870 = 0.227406 of the time
    assert seconds == pytest.approx(2_628_000 * (1 - 0.227406), rel=1e-5)


@every_mode
@given(data=st.data(), factor=st.sampled_from([1.01, 2.0, 50.0]))
@few
def test_more_requests_cost_no_less(platform: Platform, mode: str, factor: float, data: st.DataObject) -> None:
    """Beyond saved start-up and idle time: here nothing takes time to start, and no allowance covers only busy time.

    A commitment on the base is left out: it covers the machines of the lowest level, which more traffic raises.
    """
    fewer = data.draw(workloads(platform, mode, startup_s=0.0, free_tier=False))
    more = changed(fewer, requests_per_month=max(fewer.requests_per_month * factor, factor))
    evaluation = evaluated(platform, mode, fewer, more)
    for meter, quantity in evaluation.usage.items():
        if is_traffic(meter):
            count = np.broadcast_to(quantity.expected, evaluation.shape)
            assert_no_less(count[1], count[0], meter)
    for purchase in peak_purchases(evaluation):
        usd = totals(evaluation, purchase)
        assert_no_less(usd[1], usd[0], f"{purchase} for {factor:g} times the requests")


def is_traffic(meter: str) -> bool:
    """Requests, data that moves, and the seconds in which instances answer."""
    return meter == "requests" or meter.endswith("_gib") or re.fullmatch(r"request_\w+_seconds", meter) is not None


def peak_purchases(evaluation: Evaluation) -> list[str]:
    return [purchase for purchase in evaluation.bills if not purchase.endswith("-base")]


@every_mode
@given(data=st.data())
@few
def test_no_requests_cost_only_what_stands_idle(platform: Platform, mode: str, data: st.DataObject) -> None:
    workload = data.draw(workloads(platform, mode, requests_per_month=0.0, min_replicas=0))
    evaluation = evaluated(platform, mode, workload)
    used = {meter for meter, quantity in evaluation.usage.items() if np.any(quantity.high > 0)}
    assert not {meter for meter in used if is_traffic(meter)}
    assert not evaluation.plan.cold_share.any()
    if platform.management == "serverless" and not evaluation.plan.kept.any():
        assert not {meter for meter in used if meter.endswith("_seconds")}


@every_mode
@given(data=st.data())
@few
def test_a_higher_availability_costs_no_less(platform: Platform, mode: str, data: st.DataObject) -> None:
    """On what is not shared: the share of a cluster that someone pays depends on how the whole cluster is bought."""
    workload = data.draw(workloads(platform, mode, has_cluster=False))
    rising = [changed(workload, availability=each) for each in (0.99, 0.995, 0.999, 0.9995)]
    evaluation = evaluated(platform, mode, *rising)
    for purchase in peak_purchases(evaluation):
        usd = totals(evaluation, purchase)
        assert_no_less(usd[1:], usd[:-1], purchase)


@every_mode
@given(data=st.data())
@few
def test_without_free_allowances_nothing_is_cheaper(platform: Platform, mode: str, data: st.DataObject) -> None:
    workload = data.draw(workloads(platform, mode))
    evaluation = evaluated(platform, mode, changed(workload, free_tier=True), changed(workload, free_tier=False))
    for purchase in evaluation.bills:
        usd = totals(evaluation, purchase)
        assert_no_less(usd[1], usd[0], purchase)


@every_mode
@given(data=st.data(), what=st.sampled_from(["vcpu", "memory_gib"]), factor=st.sampled_from([1.01, 1.5, 4.0]))
@few
def test_a_larger_replica_costs_no_less(
    platform: Platform, mode: str, what: str, factor: float, data: st.DataObject
) -> None:
    """No fewer machines are needed, no smaller instance is billed: where requests are met as they are declared."""
    small = data.draw(workloads(platform, mode, has_cluster=False, latency_p95_s=None))
    large = changed(small, **{what: getattr(small, what) * factor})
    evaluation = evaluated(platform, mode, small, large)
    for purchase in peak_purchases(evaluation):
        usd = totals(evaluation, purchase)
        assert_no_less(usd[1], usd[0], f"{purchase} for {factor:g} times the {what}")


# answers


@every_mode
@given(data=st.data())
@few
def test_an_answer_is_one_of_three(platform: Platform, mode: str, data: st.DataObject) -> None:
    """Priced with money, unknown with the missing price, infeasible with the reason; and it can be written as JSON."""
    workload = data.draw(workloads(platform, mode))
    answer = explain_one(workload, platform, book(), Wanted(mode))
    document = explanation_document(answer)
    assert json.dumps(document, allow_nan=False)
    check_answer(document)


def check_answer(document: dict[str, Any]) -> None:
    assert document["status"] in ("priced", "unknown", "infeasible")
    assert (document["monthly_usd"] is not None) == (document["status"] == "priced")
    assert bool(document["why_not"]) == (document["status"] == "infeasible")
    assert document["unknown"] or document["status"] != "unknown"
    for sentence in (*document["why_not"], *document["unknown"]):
        assert sentence.isprintable()
        assert len(sentence) > len("cannot")
        assert not re.search(r"\b(nan|inf|None|True|False)\b", sentence), sentence
    if document["status"] == "priced":
        check_money(document)


def check_money(document: dict[str, Any]) -> None:
    usd = document["monthly_usd"]
    slack = SLACK * (1 + usd)
    assert math.isfinite(usd)
    assert usd >= -slack
    assert document["monthly_usd_low"] <= usd + slack
    assert document["monthly_usd_high"] >= usd - slack
    assert sum(line["usd"] for line in document["lines"]) == pytest.approx(usd)
    alone, marginal = document["monthly_usd_alone"], document["monthly_usd_marginal"]
    assert usd in (alone, marginal)
    assert alone is None or marginal is None or marginal <= alone + slack


def test_a_way_of_sharing_that_is_not_priced_is_blank() -> None:
    fields = {"name": "x", "requests_per_month": 1e6, "duration_s": 0.1, "vcpu": 1.0, "memory_gib": 1.0}
    (explanation,) = explain_one(workload_from(fields, "x"), PLATFORMS[0], book(), Wanted()).options
    assert explanation.status == Status.PRICED
    assert explanation.if_priced(1.5) == 1.5
    assert explanation.if_priced(math.nan) is None


IMPOSSIBLE: dict[str, dict[str, Any]] = {
    "vCPU": {"vcpu": 1024.0},
    "memory": {"memory_gib": 32_768.0},
    "GPUs": {"gpu": "l4", "gpus": 16},
    "goal": {"duration_s": 1.0, "latency_p95_s": 0.5},
    "size": {"request_kib": 1e7, "response_kib": 1e7},
    "time": {"duration_s": 86_400.0, "timeout_s": 604_800.0},
    "everything": {"vcpu": 1024.0, "duration_s": 1.0, "latency_p95_s": 0.5, "request_kib": 1e7, "survive_zone": True},
}


@pytest.mark.parametrize("case", IMPOSSIBLE)
@every_platform
def test_what_cannot_be_run_says_why(platform: Platform, case: str) -> None:
    """Not every case is impossible everywhere; where it is, a sentence says so."""
    fields = {"name": case, "requests_per_month": 1e6, "duration_s": 0.1, "vcpu": 1.0, "memory_gib": 1.0}
    answer = explain_one(workload_from({**fields, **IMPOSSIBLE[case]}, case), platform, book(), Wanted())
    check_answer(explanation_document(answer))
    if case == "everything":
        assert answer.options[0].status == Status.INFEASIBLE
