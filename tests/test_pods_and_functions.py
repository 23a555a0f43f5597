"""Lambda, Fargate, Auto Mode and Autopilot: published vectors, and what every option of theirs keeps."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest
from columns import column
from hypothesis import given
from hypothesis import strategies as st

from advisor.errors import InputError
from advisor.evaluation import Wanted
from advisor.limits import broken_by
from advisor.market import Market
from advisor.names import check_wanted
from advisor.platforms.aws_lambda import LAMBDA, ON_DEMAND, PROVISIONED, fetching_s, memory_mib
from advisor.platforms.eks import EKS
from advisor.platforms.eks_auto import EKS_AUTO, auto_room, is_supported
from advisor.platforms.eks_fargate import EKS_FARGATE, pod_size
from advisor.platforms.environments import environments
from advisor.platforms.gke_autopilot import CLASSES, GKE_AUTOPILOT, NODES, PODS, pod_sizes
from advisor.platforms.platform import Offer, Platform
from advisor.usage import Usage
from advisor.workload import Workload, Workloads
from pricing import Machines, load

BOOK = load(dt.date(2026, 11, 24))
LAMBDA_FACTS = BOOK.facts("aws/lambda")
VARIANTS = [
    (LAMBDA, ON_DEMAND),
    (LAMBDA, PROVISIONED),
    (EKS_FARGATE, "standard"),
    (EKS_FARGATE, "extended"),
    (EKS_AUTO, "standard"),
    (EKS_AUTO, "extended"),
    (GKE_AUTOPILOT, PODS),
]
REGIONS = {
    "aws": ("us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "ap-northeast-1"),
    "gcp": ("us-central1", "us-east1", "europe-west1", "europe-west4", "europe-central2", "asia-northeast1"),
}
ALWAYS_SOMETHING = {"cluster_hours", "extended_support_cluster_hours", "fargate_vcpu_hours", "autopilot_cluster_hours"}


def one(**fields: Any) -> Workloads:
    return Workloads.of([workload(**fields)])


def workload(**fields: Any) -> Workload:
    return Workload(**{"name": "x", "requests_per_month": 1e6, "duration_s": 0.2, "vcpu": 1, "memory_gib": 2, **fields})


def offer_for(platform: Platform, work: Workloads) -> Offer:
    market = Market(BOOK)
    (group,) = market.groups(platform, work)
    return market.offer(platform, group)


def usage_of(platform: Platform, mode: str, work: Workloads, offer: Offer) -> Usage:
    return platform.usage(work, mode, offer, platform.capacity(work, mode, offer))


# ---- Lambda ----


def needed(requests_per_s: float, duration_s: float) -> float:
    """Environments that are busy on average: their idle time is cut to nothing, so that bursts leave none behind."""
    work = one(requests_per_month=requests_per_s * 2_628_000, duration_s=duration_s)
    most = LAMBDA_FACTS["requests_per_second_per_environment_max"]
    return float(environments(work, offer_for(LAMBDA, work), duration_s, most).sized.replicas[-1, 0, 0])


@pytest.mark.parametrize(
    ("requests_per_s", "duration_s", "environments_needed"),
    [(1000, 0.2, 200), (100, 0.05, 10), (5000, 0.2, 1000)],  # 100 x 0.05 = 5, but each takes 10 requests a second
)
def test_environments_by_the_published_rule(requests_per_s: float, duration_s: float, environments_needed: int) -> None:
    assert needed(requests_per_s, duration_s) == environments_needed


def test_the_default_quota_has_no_room_for_a_thousand_and_one() -> None:
    assert LAMBDA_FACTS["environments_max"] == needed(5000, 0.2)
    work = one(requests_per_month=5100 * 2_628_000, duration_s=0.2)
    offer = offer_for(LAMBDA, work)
    limits = LAMBDA.limits(work, ON_DEMAND, offer, LAMBDA.capacity(work, ON_DEMAND, offer))
    (limit,) = (limit for limit in limits if limit.name == "requests at once")
    assert limit.soft
    assert limit.broken.all()


@pytest.mark.parametrize(
    ("vcpu", "memory_gib", "mib"),
    [
        (0.01, 0.05, 128),  # the least
        (1, 1, 1769),
        (0.5, 1, 1024),  # half a vCPU would need 884.5
        (1, 2.0005, 2049),  # 2048.512 MiB, in whole ones
        (6, 1, 10240),  # 10,614 are not sold
    ],
)
def test_memory_that_brings_the_cpu(vcpu: float, memory_gib: float, mib: float) -> None:
    assert memory_mib(one(vcpu=vcpu, memory_gib=memory_gib), LAMBDA_FACTS)[0, 0] == mib


def test_weights_come_as_fast_as_was_measured() -> None:
    # 3 GB (3 x 10^9 bytes) came in 42.8 to 43.2 s; by the quota of 625 Mbit they take 24,000/625 = 38.4 s.
    taken_s = fetching_s(one(model_gib=3e9 / 2**30, startup_s=1), LAMBDA_FACTS)[0, 0]
    assert taken_s == pytest.approx(38.4, rel=1e-12)
    assert taken_s == pytest.approx(43, rel=0.12)


# ---- pods ----


@pytest.mark.parametrize(
    ("asked", "billed"), [((1, 8), (2, 9)), ((0.25, 0.5), (0.25, 1)), ((0.5, 1), (0.5, 2)), ((4, 30), (8, 32))]
)
def test_fargate_by_the_published_vectors(asked: tuple[float, float], billed: tuple[float, float]) -> None:
    size = pod_size(one(vcpu=asked[0], memory_gib=asked[1]), BOOK.facts("aws/fargate"))
    assert (size[0][0, 0], size[1][0, 0]) == billed


@pytest.mark.parametrize(
    ("name", "asked", "billed"),
    [
        ("general-purpose", (1, 8), (1.231, 8)),
        ("general-purpose", (2, 1), (2, 2)),
        ("balanced", (1, 8), (1, 8)),
        ("balanced", (0.1, 0.1), (0.25, 0.5)),
        ("scale-out", (1, 8), (2, 8)),
        ("scale-out", (3, 1), (3, 12)),
        ("scale-out-arm", (0.1, 0.1), (0.25, 1)),
    ],
)
def test_autopilot_by_class(name: str, asked: tuple[float, float], billed: tuple[float, float]) -> None:
    work = one(vcpu=asked[0], memory_gib=asked[1])
    offer = offer_for(GKE_AUTOPILOT, work)
    vcpu, memory_gib = pod_sizes(work, offer)
    at = offer.machines.names.index(name)
    assert (vcpu[0, at], memory_gib[0, at]) == pytest.approx(billed, abs=1e-9)


def test_classes_and_their_architectures() -> None:
    assert offer_for(GKE_AUTOPILOT, one()).machines.names == tuple(CLASSES)
    without_arm = offer_for(GKE_AUTOPILOT, one(gcp_region="europe-west1")).machines
    assert without_arm.names == ("general-purpose", "balanced", "scale-out")
    assert set(without_arm.arch) == {"amd64"}


def test_more_arm_pods_than_the_catalog_has_are_not_promised() -> None:
    # Where the list says `not sold`, the facts leave the class out; where it is silent, the price is unknown.
    meter = BOOK.service("gcp/gke").meters["autopilot_scale_out_arm_vcpu_hours"]["regions"]
    left_out = {region for region, dated in meter.items() if "not sold" in dated.values()}
    assert left_out == set(BOOK.facts("gcp/gke")["autopilot_scale_out_arm_not_sold_in"])


def test_what_autopilot_bills_with_a_gpu() -> None:
    assert GKE_AUTOPILOT.modes_for(gpu=True) == (NODES,)
    machines = offer_for(GKE_AUTOPILOT, one(gpu="l4")).machines
    assert machines.market == "gcp/compute_engine"
    assert set(machines.gpu) == {"l4"}


# ---- Auto Mode ----


def test_families_that_auto_mode_starts() -> None:
    facts = BOOK.facts("aws/eks_auto")
    machines = BOOK.machines("aws/ec2", "us-east-1", names=["m5.large", "t3.small", "p3.2xlarge", "g5.xlarge"])
    assert [is_supported(machines, index, facts) for index in range(4)] == [True, False, False, True]


def test_a_node_of_auto_mode_holds_no_more_pods_than_it_may() -> None:
    facts = BOOK.facts("common/kubernetes") | BOOK.facts("aws/eks") | BOOK.facts("aws/eks_auto")
    machines = BOOK.machines("aws/ec2", "us-east-1", names=["m5.large", "m6i.4xlarge"])
    assert auto_room(machines, facts).pods.tolist() == [29, 110]


def test_auto_mode_asks_for_the_fee_and_nothing_else_of_its_own() -> None:
    work = one()
    auto, plain = (usage_of(each, "standard", work, offer_for(each, work)) for each in (EKS_AUTO, EKS))
    assert auto.keys() - plain.keys() == {"managed_machine_hours"}
    assert plain.keys() <= auto.keys()


# ---- what every option keeps ----


@pytest.mark.parametrize(("platform", "mode"), [*VARIANTS, (GKE_AUTOPILOT, NODES)])
def test_every_meter_is_charged_by_some_purchase(platform: Platform, mode: str) -> None:
    gpus = dict.fromkeys(("t4", "l4", "a100-40gb", "a100-80gb", "h100-80gb", "rtx-pro-6000", "h200"), 1.0)
    for region in REGIONS[platform.vendor]:
        fields = {f"{platform.vendor}_region": region, "exposure": "public"}
        work = one(**fields, gpu=gpus if mode == NODES else "none")
        offer = offer_for(platform, work)
        if mode == NODES and not offer.sold:
            continue
        lists = Market(BOOK).lists(platform, region, offer.machines, platform.purchases)
        charged = {meter for rates in lists.values() for meter in rates}
        discounts = {meter for meter in charged if "sustained" in meter}
        assert usage_of(platform, mode, work, offer).keys() - discounts <= charged


def test_spot_pods_and_pods_on_demand_are_never_charged_together() -> None:
    offer = offer_for(GKE_AUTOPILOT, one())
    lists = Market(BOOK).lists(GKE_AUTOPILOT, "us-central1", offer.machines, GKE_AUTOPILOT.purchases)
    for purchase, rates in lists.items():
        pods = {meter for meter in rates if meter.startswith("autopilot_") and meter.endswith("vcpu_hours")}
        assert pods
        assert {"_spot_" in meter for meter in pods} == {purchase == "spot"}


@pytest.mark.parametrize(("platform", "mode"), VARIANTS)
def test_no_requests_use_nothing_but_what_stands_idle(platform: Platform, mode: str) -> None:
    work = one(requests_per_month=0)
    usage = usage_of(platform, mode, work, offer_for(platform, work))
    used = {meter for meter, quantity in usage.items() if (quantity.high > 0).any()}
    if platform is LAMBDA:
        assert used == {"image_gib_months"}
    else:
        assert used & ALWAYS_SOMETHING
    assert not {meter for meter in used if meter.endswith(("requests", "egress_gib", "log_gib"))}


@given(st.floats(1, 1e9), st.floats(1, 4), st.sampled_from(VARIANTS))
def test_more_requests_never_use_less(requests: float, factor: float, variant: tuple[Platform, str]) -> None:
    platform, mode = variant
    few, many = (one(requests_per_month=each, startup_s=0) for each in (requests, requests * factor))
    offer = offer_for(platform, few)
    less, more = (usage_of(platform, mode, work, offer) for work in (few, many))
    for meter, quantity in less.items():
        assert (quantity.expected <= more[meter].expected * (1 + 1e-9) + 1e-9).all(), meter


@pytest.mark.parametrize(("platform", "mode"), VARIANTS)
def test_the_ends_of_a_range_are_in_order(platform: Platform, mode: str) -> None:
    work = one(model_gib=3, exposure="public")
    for meter, quantity in usage_of(platform, mode, work, offer_for(platform, work)).items():
        assert (quantity.low <= quantity.expected).all(), meter
        assert (quantity.expected <= quantity.high).all(), meter


@pytest.mark.parametrize(("platform", "mode"), VARIANTS[:4])
def test_without_a_gpu_of_its_own_an_option_says_so(platform: Platform, mode: str) -> None:
    work = one(gpu="l4")
    offer = offer_for(platform, work)
    limits = platform.limits(work, mode, offer, platform.capacity(work, mode, offer))
    assert broken_by(limits).all()
    assert [limit.reason(1, 0) for limit in limits if limit.broken.any() and not limit.soft] == ["cannot use a GPU"]


def test_a_kind_that_nobody_sells_is_named_with_those_that_are() -> None:
    for platform, wrong, near in ((LAMBDA, "arm", "arm64"), (GKE_AUTOPILOT, "balance", "balanced")):
        with pytest.raises(InputError, match=f"{platform.id} has no machine .*{wrong}.*{near}"):
            check_wanted(Wanted(machine=wrong), platform, workload(), BOOK)
        check_wanted(Wanted(machine=near), platform, workload(), BOOK)


def test_kinds_are_columns_without_a_market() -> None:
    kinds = Machines.kinds({"one": "amd64", "other": "arm64"})
    assert (kinds.names, kinds.arch, kinds.gpu, kinds.market) == (("one", "other"), ("amd64", "arm64"), ("", ""), "")
    assert np.array_equal(kinds.vcpu, np.zeros(2))


def test_lambda_in_both_architectures_costs_each_its_own() -> None:
    work = one(arch="any", startup_s=0, duration_cv=0)
    usage = usage_of(LAMBDA, ON_DEMAND, work, offer_for(LAMBDA, work))
    answering = column(1e6 * 0.2 * 2)
    np.testing.assert_allclose(usage["lambda_gib_seconds"].expected, answering * [1, 0])
    np.testing.assert_allclose(usage["lambda_arm64_gib_seconds"].expected, answering * [0, 1])
