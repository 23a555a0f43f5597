"""SageMaker's autoscaler by its published rule and vectors, and how long a wake takes against a measurement."""

from __future__ import annotations

import datetime as dt
import math

import pytest
from columns import column
from hypothesis import given
from hypothesis import strategies as st

from advisor.autoscaling import settled_replicas
from advisor.limits import broken_by
from advisor.market import Market
from advisor.platforms.platform import Offer, Platform
from advisor.platforms.sagemaker import ALWAYS_ON, SAGEMAKER_ASYNC, SAGEMAKER_REALTIME, TO_ZERO
from advisor.platforms.sagemaker_serverless import ON_DEMAND, PROVISIONED, SAGEMAKER_SERVERLESS
from advisor.workload import Workload, Workloads
from pricing import Facts, PriceBook, load

BOOK = load(dt.date(2026, 11, 24))
FACTS = BOOK.facts("aws/sagemaker")
VARIANTS = [
    (SAGEMAKER_REALTIME, ALWAYS_ON),
    (SAGEMAKER_REALTIME, TO_ZERO),
    (SAGEMAKER_ASYNC, TO_ZERO),
    (SAGEMAKER_SERVERLESS, ON_DEMAND),
    (SAGEMAKER_SERVERLESS, PROVISIONED),
]


def target_tracking(instances: int, metric: float, target: float, facts: Facts = FACTS) -> int:
    """Instances that target tracking asks for once its alarm has lasted; the scale-in amount is not published.

    Source: Application Auto Scaling; the low alarm at a share of the target as observed. Invocations per instance.
    """
    if facts["scale_in_below_share"] * target <= metric <= target:
        return instances
    return math.ceil(instances * metric / target - 1e-9)


@pytest.mark.parametrize(
    ("instances", "metric", "target", "asked"),
    [
        (3, 100, 70, 5),  # 3 · 100 / 70 = 4.29, after three minutes
        (2, 900, 300, 6),
        (3, 65, 70, 3),  # 65 is not below 0.9 · 70 = 63
    ],
)
def test_rule_of_target_tracking(instances: int, metric: float, target: float, asked: int) -> None:
    assert target_tracking(instances, metric, target) == asked


def test_rule_of_target_tracking_allows_to_scale_in_below_nine_tenths_of_the_target() -> None:
    assert 62 < FACTS["scale_in_below_share"] * 70 <= 63
    assert target_tracking(10, 62, 70) == 9  # 10 · 62 / 70 = 8.86


def test_its_alarms_last_three_and_fifteen_minutes() -> None:
    assert (FACTS["scale_out_decision_s"], FACTS["instance_release_s"]) == (180, 900)


def settled(invocations_per_minute: float, target_per_minute: float) -> float:
    """What our rule settles at, where a full instance answers 1/s: utilisation stands for the target."""
    rate, utilisation = column(invocations_per_minute / 60), column(target_per_minute / 60)
    return float(settled_replicas(rate, column(1), column(1), utilisation)[0, 0])


@pytest.mark.parametrize(
    ("instances", "metric", "target", "asked"),
    [(3, 100, 70, 5), (2, 900, 300, 6), (3, 65, 70, 3)],
)
def test_our_count_is_the_one_that_the_rule_asks_for(instances: int, metric: float, target: float, asked: int) -> None:
    assert settled(instances * metric, target) == asked


@given(st.floats(1, 1e6), st.floats(1, 1e4))
def test_our_count_is_where_target_tracking_rests(invocations_per_minute: float, target: float) -> None:
    count = settled(invocations_per_minute, target)
    assert target_tracking(int(count), invocations_per_minute / count, target) == count


def test_the_target_is_half_of_the_largest_rate() -> None:
    # An instance answers at most 20/s: (20 · 0.5) · 60 = 600 a minute, and one more call asks for a second instance.
    most_per_s, utilisation = 20.0, column(FACTS["target_utilisation"])
    assert utilisation * most_per_s * 60 == 600
    counts = [
        settled_replicas(column(calls / 60), column(1 / most_per_s), column(1), utilisation)[0, 0]
        for calls in (600, 601)
    ]
    assert counts == [1, 2]


def test_a_wake_from_zero_takes_as_long_as_was_measured() -> None:
    # The component took 360 s to download and start: 67 + 102 + 240 + 360 = 769 s; from end to end 733 s were measured.
    taken_s = FACTS["components_wake_decision_s"] + FACTS["machine_start_s"] + 360
    assert taken_s == 769
    assert taken_s == pytest.approx(FACTS["zero_wake_s"], rel=0.05)


def offer_for(platform: Platform, work: Workloads, book: PriceBook = BOOK) -> Offer:
    market = Market(book)
    (group,) = market.groups(platform, work)
    return market.offer(platform, group)


def one(**fields: object) -> Workloads:
    given_fields = {"requests_per_month": 1e6, "duration_s": 0.2, "vcpu": 1, "memory_gib": 2, **fields}
    return Workloads.of([Workload(name="x", **given_fields)])  # type: ignore[arg-type]


@pytest.mark.parametrize(("platform", "mode"), VARIANTS)
def test_no_requests_use_nothing_but_what_stands_idle(platform: Platform, mode: str) -> None:
    work = one(requests_per_month=0, max_wait_s=3600)
    offer = offer_for(platform, work)
    usage = platform.usage(work, mode, offer, platform.capacity(work, mode, offer))
    idle = {"base_machine_hours", "ml_storage_gib_months"} if mode == ALWAYS_ON else set()
    used = {meter for meter, quantity in usage.items() if (quantity.high > 0).any()}
    assert used == idle | {"image_gib_months"}


@pytest.mark.parametrize(("platform", "mode"), VARIANTS)
def test_every_meter_has_a_price_or_an_explicit_unknown(platform: Platform, mode: str) -> None:
    work = one(kind="async", exposure="public")
    for region in ("us-east-1", "us-east-2", "us-west-2", "eu-west-1", "eu-central-1", "ap-northeast-1"):
        offer = offer_for(platform, one(kind="async", exposure="public", aws_region=region))
        rates = Market(BOOK).lists(platform, region, offer.machines, ["on-demand"])["on-demand"]
        usage = platform.usage(work, mode, offer, platform.capacity(work, mode, offer))
        assert usage.keys() <= rates.keys()


@given(st.floats(1, 1e9), st.floats(1, 4), st.sampled_from(VARIANTS))
def test_more_requests_never_use_less(requests: float, factor: float, variant: tuple[Platform, str]) -> None:
    platform, mode = variant
    few, many = (one(requests_per_month=each, kind="async", max_wait_s=3600) for each in (requests, requests * factor))
    offer = offer_for(platform, few)
    less, more = (platform.usage(work, mode, offer, platform.capacity(work, mode, offer)) for work in (few, many))
    for meter, quantity in less.items():
        assert (quantity.expected <= more[meter].expected * (1 + 1e-9) + 1e-9).all(), meter


@pytest.mark.parametrize(("platform", "mode"), VARIANTS)
def test_a_region_without_the_gpu_sells_nothing(platform: Platform, mode: str) -> None:
    work = one(gpu="h200", kind="async")
    offer = offer_for(platform, work)
    limits = platform.limits(work, mode, offer, platform.capacity(work, mode, offer))
    assert broken_by(limits).all()
    words = (
        "cannot use a GPU" if platform is SAGEMAKER_SERVERLESS else "cannot find a suitable machine sold in us-east-1"
    )
    assert words in [limit.reason(1, 0) for limit in limits if limit.broken.any()]


def test_promises_that_nobody_states_are_shown_and_break_nothing() -> None:
    for platform, mode in VARIANTS[2:]:
        work = one(kind="async", availability=0.9995)
        offer = offer_for(platform, work)
        limits = platform.limits(work, mode, offer, platform.capacity(work, mode, offer))
        (promise,) = (limit for limit in limits if limit.name == "availability")
        assert promise.fact is not None
        assert promise.fact.value == "unknown"
        assert not promise.broken.any()


def test_a_request_that_takes_too_long_on_a_slower_gpu_is_refused_there() -> None:
    # 25 s on an L4 are 75 s on a T4 three times as slow, and 60 s are allowed.
    work = one(gpu={"l4": 1.0, "t4": 3.0}, duration_s=25)
    offer = offer_for(SAGEMAKER_REALTIME, work)
    plan = SAGEMAKER_REALTIME.capacity(work, ALWAYS_ON, offer)
    limits = SAGEMAKER_REALTIME.limits(work, ALWAYS_ON, offer, plan)
    (time,) = (limit for limit in limits if limit.name == "time of a request")
    refused = {gpu for gpu, broken in zip(offer.machines.gpu, time.broken[0], strict=True) if broken}
    assert set(offer.machines.gpu) == {"l4", "t4"}
    assert refused == {"t4"}
