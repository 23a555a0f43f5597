"""SageMaker serverless endpoints: environments that answer one request at a time, billed by memory and millisecond."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from advisor.capacity import CapacityPlan, gpus_asked
from advisor.limits import Limit, at_most, impossible, offered
from advisor.nodes import smallest_listed
from advisor.platforms.environments import (
    Environments,
    environments,
    must_stay_warm,
    one_at_a_time,
    warm_seconds,
)
from advisor.platforms.platform import Offer, Platform, common_limits
from advisor.platforms.sagemaker import AROUND, around, bodies, endpoint_data, through_gateway
from advisor.queueing import rounded_duration
from advisor.units import MIB_PER_GIB, Array
from advisor.usage import Quantity, Usage
from advisor.workload import Workloads
from pricing import Facts

ON_DEMAND, PROVISIONED = "on-demand", "provisioned"


@dataclass(frozen=True, eq=False)
class Serverless(Platform):
    """Environments started on demand, or kept warm at a price of their own."""

    def capacity(self, work: Workloads, mode: str, offer: Offer) -> CapacityPlan:
        """Environments for the requests in progress, on demand or provisioned."""
        shared: Environments = work.once(
            offer, lambda: environments(as_served(work, offer.facts), offer, offer.facts["serverless_idle_shutdown_s"])
        )
        return shared.warm(offer.facts["instance_release_s"]) if mode == PROVISIONED else shared.on_demand()

    def limits(self, work: Workloads, mode: str, offer: Offer, plan: CapacityPlan) -> tuple[Limit, ...]:
        """Sizes, time, requests at once, and environments that nobody keeps warm on demand."""
        facts = offer.facts
        sizes = facts.fact("serverless_memory_mib_sizes")
        largest_gib = np.array([[max(sizes.value) / MIB_PER_GIB]])
        warm = impossible(
            "keep environments warm on demand", np.asarray(must_stay_warm(work, plan) & (mode == ON_DEMAND))
        )
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


def environment(work: Workloads, facts: Facts) -> tuple[Array, Array]:
    """The smallest memory [GiB] with which come memory and CPU enough, or the largest; and its CPU. Shape (rows, 1)."""
    listed = [
        (mib / facts["serverless_memory_mib_per_vcpu"], mib / MIB_PER_GIB)
        for mib in facts["serverless_memory_mib_sizes"]
    ]
    vcpu, memory_gib, _ = smallest_listed(work.vcpu, work.memory_gib, listed)
    return memory_gib, vcpu


def as_served(work: Workloads, facts: Facts) -> Workloads:
    """The workload as environments see it."""
    _, vcpu = environment(work, facts)
    return one_at_a_time(work, vcpu)


def provisioned(plan: CapacityPlan, memory_gib: Array, answering: Array) -> Mapping[str, Array]:
    """GiB-seconds of a month for which environments stand warm, and of those in which they answer."""
    return {
        "serverless_provisioned_gib_seconds": warm_seconds(plan) * memory_gib,
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
