"""SageMaker serverless endpoints: environments that answer one request at a time, billed by memory and millisecond."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from advisor.capacity import CapacityPlan, Sizing, gpus_asked, needs_warm_replica, size
from advisor.limits import Limit, at_most, impossible, offered
from advisor.nodes import smallest_listed
from advisor.platforms.platform import Offer, Platform, common_limits
from advisor.platforms.sagemaker import AROUND, around, bodies, endpoint_data, through_gateway
from advisor.queueing import peak_concurrency, rounded_duration
from advisor.traffic import hours_with_release
from advisor.units import MIB_PER_GIB, SECONDS_PER_HOUR, Array
from advisor.usage import Quantity, Usage
from advisor.workload import Workloads
from pricing import Facts

ON_DEMAND, PROVISIONED = "on-demand", "provisioned"
NONE_KEPT = np.array([[0.0]])


@dataclass(frozen=True)
class Serverless(Platform):
    """Environments started on demand, or kept warm at a price of their own."""

    def capacity(self, work: Workloads, mode: str, offer: Offer) -> CapacityPlan:
        """As many environments as bursts start and idle time keeps; none waits for another's request."""
        facts = offer.facts
        asked = as_served(work, facts)
        sizing = Sizing(
            utilisation=np.ones_like(asked.duration_s),
            least=work.min_replicas,
            zones=None,  # the vendor starts environments in whichever zone stands
            routing=own_environment,
            follows_bursts=False,
            duration_s=asked.duration_s,
            duration_full_s=asked.duration_s,
        )
        sized = size(asked, offer.levels, offer.weights, sizing)
        idle_s = facts["serverless_idle_shutdown_s"]
        bursts = peak_concurrency(sized.rate_per_s * asked.duration_s, asked.duration_s / idle_s)
        environments = np.maximum(sized.replicas, bursts)
        return CapacityPlan(
            asked,
            offer.levels,
            hours_with_release(offer.levels, facts["instance_release_s"] if mode == PROVISIONED else 0.0),
            replace(sized, replicas=environments),
            kept=environments[0] if mode == PROVISIONED else NONE_KEPT,
            linger_s=idle_s + asked.duration_s,
        )

    def limits(self, work: Workloads, mode: str, offer: Offer, plan: CapacityPlan) -> tuple[Limit, ...]:
        """Sizes, time, requests at once, and environments that nobody keeps warm on demand."""
        facts = offer.facts
        sizes = facts.fact("serverless_memory_mib_sizes")
        largest_gib = np.array([[max(sizes.value) / MIB_PER_GIB]])
        cold = (
            (work.min_replicas > 0) | (work.cold_starts_allowed == 0) | needs_warm_replica(plan.work, plan.cold_share)
        )
        warm = impossible("keep environments warm on demand", np.asarray(cold & (mode == ON_DEMAND)))
        return (
            *common_limits(work, offer, plan),
            offered("use a GPU", gpus_asked(work) > 0, offer.capabilities.fact("gpu")),
            Limit("memory of an environment", work.memory_gib, largest_gib, "GiB", sizes),
            at_most("size of the image", work.image_gib, facts.fact("serverless_image_gib_max")),
            at_most("size of the model", work.model_gib, facts.fact("serverless_disk_gib")),
            at_most("time of a request", plan.work.timeout_s, facts.fact("serverless_timeout_s_max")),
            *bodies(work, facts, "serverless_request_body_mib_max"),
            *through_gateway(work, facts),
            at_most("requests at once", plan.replicas[-1], facts.fact("serverless_environments_max")),
            at_most("availability", work.availability, facts.fact("serverless_availability_promise")),
            warm,
        )

    def usage(self, work: Workloads, mode: str, offer: Offer, plan: CapacityPlan) -> Usage:
        """Memory by the millisecond while it answers, and all the time where environments are kept."""
        memory_gib, _ = environment(work, offer.facts)
        step_s = np.array([[offer.facts["serverless_billing_step_s"]]])
        lasting_s = rounded_duration(plan.work.duration_s, work.duration_cv, step_s)
        answering = memory_gib * (work.requests_per_month * lasting_s)
        counted = (
            {"serverless_gib_seconds": answering} if mode == ON_DEMAND else provisioned(plan, memory_gib, answering)
        )
        own = {meter: Quantity.exactly(quantity) for meter, quantity in counted.items()}
        return {**own, **endpoint_data(work), **around(work)}


def own_environment(rate: Array, replicas: Array, concurrency: Array) -> tuple[Array, Array]:
    """Route as `queueing.Routing` asks: every request has an environment of its own, so none meets another."""
    del replicas
    return np.zeros_like(rate), concurrency


def environment(work: Workloads, facts: Facts) -> tuple[Array, Array]:
    """The smallest memory [GiB] with which come memory and CPU enough, or the largest; and its CPU. Shape (rows, 1)."""
    listed = [
        (mib / facts["serverless_memory_mib_per_vcpu"], mib / MIB_PER_GIB)
        for mib in facts["serverless_memory_mib_sizes"]
    ]
    vcpu, memory_gib, _ = smallest_listed(work.vcpu, work.memory_gib, listed)
    return memory_gib, vcpu


def as_served(work: Workloads, facts: Facts) -> Workloads:
    """The workload as environments see it: one request at a time, which takes longer where CPU is short."""
    _, vcpu = environment(work, facts)
    stretch = np.maximum(work.vcpu / vcpu, 1.0)
    lasting_s = work.duration_s * stretch
    return work.replace(
        concurrency=np.ones_like(work.concurrency),
        duration_s=lasting_s,
        duration_full_s=lasting_s,
        timeout_s=work.timeout_s * stretch,
    )


def provisioned(plan: CapacityPlan, memory_gib: Array, answering: Array) -> Mapping[str, Array]:
    """GiB-seconds of a month for which environments stand warm, and of those in which they answer."""
    warm_s = np.zeros((1, 1))
    for hours, environments in zip(plan.hours, plan.replicas, strict=True):
        warm_s = warm_s + hours * SECONDS_PER_HOUR * environments
    return {
        "serverless_provisioned_gib_seconds": warm_s * memory_gib,
        "serverless_provisioned_duration_gib_seconds": answering,
    }


SAGEMAKER_SERVERLESS = Serverless(
    id="sagemaker-serverless",
    title="SageMaker serverless endpoint",
    vendor="aws",
    management="serverless",
    modes=(ON_DEMAND, PROVISIONED),
    services=("aws/sagemaker", *AROUND),
    effort="SMS",
)
