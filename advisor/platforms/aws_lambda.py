"""AWS Lambda with a container image: environments whose CPU comes with their memory, billed by the millisecond."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from advisor.capacity import CapacityPlan, gpus_asked
from advisor.limits import Limit, at_most, impossible, offered
from advisor.platforms.environments import (
    Environments,
    environments,
    must_stay_warm,
    one_at_a_time,
    warm_seconds,
)
from advisor.platforms.platform import Offer, Platform, common_limits
from advisor.queueing import rounded_duration
from advisor.units import KIB_PER_GIB, KIB_PER_MIB, MEGABITS_PER_GIB, MIB_PER_GIB, Array, Mask, ceil
from advisor.usage import Quantity, Usage, image_gib_months, internet_gib, log_gib
from advisor.workload import Workloads
from pricing.fact import Facts
from pricing.machines import YES, Machines

ON_DEMAND, PROVISIONED = "on-demand", "provisioned"
ARCHITECTURES = ("amd64", "arm64")  # arm64 has meters of its own, whose names say so


@dataclass(frozen=True, eq=False)
class Lambda(Platform):
    """Environments started on demand, or kept ready by provisioned concurrency."""

    def machines(self, sold: Machines, facts: Facts, region: str, gpus: Mapping[str, float]) -> Machines:
        """One column for each architecture; a single nameless one where a GPU is asked for, which none has."""
        del facts, region
        return sold if gpus else Machines.kinds({arch: arch for arch in ARCHITECTURES})

    def capacity(self, work: Workloads, mode: str, offer: Offer) -> CapacityPlan:
        """Environments for the requests in progress, at most so many requests a second each."""
        shared: Environments = work.once(offer, lambda: _environments(work, offer))
        if mode == ON_DEMAND:
            return shared.on_demand()
        step_s = offer.facts["provisioned_billing_step_s"]
        return shared.warm(math.ceil(offer.facts["provisioned_release_s"] / step_s) * step_s)

    def limits(self, work: Workloads, mode: str, offer: Offer, plan: CapacityPlan) -> tuple[Limit, ...]:
        """Sizes, times, the account's quota, and environments that nobody keeps warm on demand."""
        facts = offer.facts
        warm = np.asarray(must_stay_warm(work, plan) & (mode == ON_DEMAND))
        starting_s = fetching_s(work, facts)
        # On demand a start that takes too long is made again by the first request, within that request's time.
        again_s = np.where(is_late(starting_s, facts), starting_s, 0.0) * (mode == ON_DEMAND)
        start = at_most("time of a start", starting_s * (mode == PROVISIONED), facts.fact("provisioned_init_s_max"))
        return (
            *common_limits(work, offer, plan),
            offered("use a GPU", gpus_asked(work) > 0, offer.capabilities.fact("gpu")),
            at_most("memory of an environment", work.memory_gib * MIB_PER_GIB, facts.fact("memory_mib_max")),
            at_most("size of the image", work.image_gib, facts.fact("image_gib_max")),
            at_most("size of the weights on disk", work.model_gib * MIB_PER_GIB, facts.fact("disk_mib_max")),
            at_most("time of a request", plan.work.timeout_s + again_s, facts.fact("timeout_s_max")),
            *bodies(work, facts),
            at_most("requests at once", plan.replicas[-1], facts.fact("environments_max"), soft=True),
            at_most("availability", work.availability, facts.fact("availability_promise")),
            impossible("keep environments warm on demand", warm),
            *((start,) if mode == PROVISIONED else ()),
        )

    def usage(self, work: Workloads, mode: str, offer: Offer, plan: CapacityPlan) -> Usage:
        """Requests and memory by the meters of the mode and of the architecture; egress, logs, the image."""
        own = _on_demand(work, offer, plan) if mode == ON_DEMAND else _provisioned(work, offer, plan)
        counted = {
            "lambda_streamed_gib": streamed_gib(work, offer.facts),
            "internet_egress_gib": internet_gib(work),
            "log_gib": log_gib(work),
            "image_gib_months": image_gib_months(work),
        }
        return {**own, **{meter: Quantity.exactly(quantity) for meter, quantity in counted.items()}}


LAMBDA = Lambda(
    id="lambda",
    title="AWS Lambda, container image",
    vendor="aws",
    management="serverless",
    modes=(ON_DEMAND, PROVISIONED),
    services=("aws/lambda", "aws/network", "aws/operations", "aws/registry"),
    effort="LAM",
    purchases=("on-demand",),
    kinds=ARCHITECTURES,
)


def memory_mib(work: Workloads, facts: Facts) -> Array:
    """The smallest memory [MiB] with which come memory and CPU enough, or the largest. Shape (rows, 1)."""
    least = np.maximum(work.memory_gib * MIB_PER_GIB, work.vcpu * facts["memory_mib_per_vcpu"])
    step = facts["memory_mib_step"]
    return np.asarray(np.clip(ceil(least / step) * step, facts["memory_mib_min"], facts["memory_mib_max"]))


def fetching_s(work: Workloads, facts: Facts) -> Array:
    """Seconds until an environment answers: no less than its network takes to fetch the weights. Shape (rows, 1)."""
    return np.asarray(np.maximum(work.startup_s, work.model_gib * MEGABITS_PER_GIB / facts["network_mbit_per_s"]))


def is_late(starting_s: Array, facts: Facts) -> Mask:
    """Where a start takes longer than an environment has for it on demand. Shape (rows, 1)."""
    return np.asarray(starting_s > facts["init_s_max"])


def streamed_gib(work: Workloads, facts: Facts) -> Array:
    """What streamed responses send above what every request includes. [GiB/month]"""
    above = np.maximum(work.response_kib - facts["response_body_mib_max"] * KIB_PER_MIB, 0.0)
    return np.asarray(work.requests_per_month * above * (work.needs_streaming > 0) / KIB_PER_GIB)


def bodies(work: Workloads, facts: Facts) -> tuple[Limit, ...]:
    """Sizes of a request, smaller where it is queued, and of a response, larger where it is streamed."""
    queued, streams = work.text("kind") == "async", work.needs_streaming > 0
    body, answer = work.request_kib / KIB_PER_MIB, work.response_kib / KIB_PER_MIB * ~queued
    return (
        at_most("size of a request", body * ~queued, facts.fact("request_body_mib_max")),
        at_most("size of a queued request", body * queued, facts.fact("async_body_mib_max")),
        at_most("size of a response", answer * ~streams, facts.fact("response_body_mib_max")),
        at_most("size of a streamed response", answer * streams, facts.fact("streamed_response_mib_max")),
    )


def _environments(work: Workloads, offer: Offer) -> Environments:
    """Environments as bursts start them; a start that is made again takes its first try with it."""
    facts = offer.facts
    starting_s = fetching_s(work, facts)
    for assumption in ("late_init", "weights"):
        facts.fact(assumption)  # read, so that it stands among the assumptions
    late_s = np.where(is_late(starting_s, facts), facts["init_s_max"], 0.0)
    vcpu = memory_mib(work, facts) / facts["memory_mib_per_vcpu"]
    asked = one_at_a_time(work, vcpu).replace(startup_s=starting_s + late_s)
    return environments(asked, offer, facts["idle_shutdown_s"], facts["requests_per_second_per_environment_max"])


def _busy_seconds(work: Workloads, facts: Facts, plan: CapacityPlan, starting_s: Array) -> Array:
    """Seconds of a month in which environments answer or start, as they are billed. Shape (rows, 1)."""
    step_s = np.array([[facts["billing_step_s"]]])
    answering = work.requests_per_month * rounded_duration(plan.work.duration_s, work.duration_cv, step_s)
    return np.asarray(answering + plan.cold_starts_per_month * starting_s * (facts["init_billed"] == YES))


def _on_demand(work: Workloads, offer: Offer, plan: CapacityPlan) -> Usage:
    facts = offer.facts
    memory_gib = memory_mib(work, facts) / MIB_PER_GIB
    busy = _busy_seconds(work, facts, plan, plan.work.startup_s)
    return {
        "lambda_requests": Quantity.exactly(work.requests_per_month),
        "lambda_disk_gib_seconds": Quantity.exactly(busy * _disk_gib(work, facts)),
        **_by_arch("lambda_{}gib_seconds", busy * memory_gib, offer),
    }


def _provisioned(work: Workloads, offer: Offer, plan: CapacityPlan) -> Usage:
    """Memory while environments stand ready, and while they answer. The disk is billed for one or the other."""
    facts = offer.facts
    memory_gib, disk_gib = memory_mib(work, facts) / MIB_PER_GIB, _disk_gib(work, facts)
    busy, ready = _busy_seconds(work, facts, plan, fetching_s(work, facts)), warm_seconds(plan)
    return {
        "provisioned_requests": Quantity.exactly(work.requests_per_month),
        "lambda_disk_gib_seconds": Quantity(ready * disk_gib, np.minimum(busy, ready) * disk_gib, ready * disk_gib),
        **_by_arch("provisioned_{}gib_seconds", ready * memory_gib, offer),
        **_by_arch("provisioned_{}duration_gib_seconds", busy * memory_gib, offer),
    }


def _disk_gib(work: Workloads, facts: Facts) -> Array:
    """Disk for weights above what is included. Shape (rows, 1)."""
    return np.asarray(np.maximum(work.model_gib - facts["included_disk_mib"] / MIB_PER_GIB, 0.0))


def _by_arch(meter: str, quantity: Array, offer: Offer) -> Usage:
    """The quantity by the meter of each column's architecture, none by the other's. Shape (rows, machines)."""
    arm = np.array([arch == ARCHITECTURES[-1] for arch in offer.machines.arch], dtype=np.float64)
    return {
        meter.format(""): Quantity.exactly(quantity * (1.0 - arm)),
        meter.format(f"{ARCHITECTURES[-1]}_"): Quantity.exactly(quantity * arm),
    }
