"""Azure Machine Learning managed online endpoints: instances of one machine type, at the price of the machines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from advisor.capacity import CapacityPlan, Sizing, gpus_asked, most_signed, size, utilisation
from advisor.limits import Limit, at_most, impossible, offered
from advisor.machine_hours import machine_hours
from advisor.platforms.kubernetes import NEVER_S, where_promised
from advisor.platforms.platform import Offer, Platform, common_limits
from advisor.platforms.sagemaker import copies_per_machine, machines_for
from advisor.queueing import per_replica
from advisor.traffic import hours_with_release
from advisor.units import KIB_PER_MIB, Array, Mask, ceil
from advisor.usage import Quantity, Usage, image_gib_months, internet_gib, log_gib, registry_days
from advisor.workload import Workloads
from pricing.machines import PURCHASES

ENDPOINT = "endpoint"


@dataclass(frozen=True, eq=False)
class AzureML(Platform):
    """A deployment on instances that follow the user's rule, at least one, each with as many copies as it holds."""

    def capacity(self, work: Workloads, mode: str, offer: Offer) -> CapacityPlan:
        """Copies of the service at each level, and the instances that hold them."""
        del mode
        facts = offer.facts
        sizing = Sizing(
            utilisation=utilisation(work, facts),
            least=work.min_replicas,
            zones=None,  # instances are spared where a zone may be lost, not copies on them
            routing=per_replica,
            follows_bursts=False,
            duration_s=work.duration_s * offer.slowdown,
            duration_full_s=work.duration_full_s * offer.slowdown,
        )
        sized = size(work, offer.levels, offer.weights, sizing)
        copies = copies_per_machine(work, offer.machines)
        least = where_promised(work, facts, "advised_instances_min", "instances_min")
        machines = tuple(machines_for(work, replicas, copies, least, facts) for replicas in sized.replicas)
        hours = hours_with_release(offer.levels, facts["instance_release_s"])
        kept = np.maximum(work.min_replicas, least)
        return CapacityPlan(work, offer.levels, hours, sized, kept, NEVER_S, machines)

    def limits(self, work: Workloads, mode: str, offer: Offer, plan: CapacityPlan) -> tuple[Limit, ...]:
        """What fits an instance, what an endpoint refuses, and the quotas that the vendor raises on request."""
        del mode
        if not offer.sold:
            return common_limits(work, offer, plan)
        facts, machines = offer.facts, offer.machines
        lasting_s = np.maximum(work.timeout_s, work.duration_full_s * offer.slowdown)
        return (
            *common_limits(work, offer, plan),
            Limit("vCPU of an instance", work.vcpu, machines.vcpu, "vCPU"),
            Limit("memory of an instance", work.memory_gib, machines.memory_gib, "GiB"),
            Limit("GPUs of an instance", gpus_asked(work), machines.gpus, "GPU"),
            impossible(
                "run on a machine type that endpoints do not take",
                ~listed(offer, "machine_types"),
                facts.fact("machine_types"),
            ),
            at_most("time of a request", lasting_s, facts.fact("timeout_s_max")),
            at_most("size of a request", work.request_kib / KIB_PER_MIB, facts.fact("request_body_mib_max")),
            at_most("availability", work.availability, facts.fact("availability_promise")),
            offered("spread instances over zones", work.survive_zone > 0, facts.fact("spreads_over_zones")),
            *quotas(work, offer, plan),
        )

    def usage(self, work: Workloads, mode: str, offer: Offer, plan: CapacityPlan) -> Usage:
        """Machine-hours and what surrounds them; an endpoint has its own address, public or private, at no charge."""
        del mode
        offer.facts.fact("surcharge_share")  # read, so that it is said that there is none
        hours = machine_hours(plan, offer, most_signed(work))
        counted = {
            **hours.meters,
            "internet_egress_gib": internet_gib(work),
            "log_gib": log_gib(work),
            "image_gib_months": image_gib_months(work),
            "registry_days": registry_days(np.ones((1, 1))),
        }
        return {meter: Quantity.exactly(quantity) for meter, quantity in counted.items()}


AZURE_ML = AzureML(
    id="azure-ml",
    title="Azure ML managed online endpoint",
    vendor="azure",
    management="managed",
    modes=(ENDPOINT,),
    services=(
        "azure/machine_learning",
        "azure/virtual_machines",
        "azure/network",
        "azure/operations",
        "azure/registry",
    ),
    effort="AML",
    purchases=tuple(purchase for purchase in PURCHASES if purchase != "spot"),  # endpoints take no spot machines
    market="azure/virtual_machines",
    types="machine_types",
)


def listed(offer: Offer, fact: str) -> Mask:
    """Whether each machine type is in a list of the facts. Shape (machines,)."""
    types = offer.facts[fact]
    return np.array([name in types for name in offer.machines.names])


def quotas(work: Workloads, offer: Offer, plan: CapacityPlan) -> tuple[Limit, ...]:
    """What the vendor raises on request. Upgrades need a reserve of instances: in the quota, not on the bill."""
    facts = offer.facts
    peak = plan.rate_per_s[-1] * work.burst
    mib = (work.request_kib + work.response_kib) / KIB_PER_MIB
    instances = plan.machines[-1]
    held = quota_instances(instances, listed(offer, "quota_exempt_types"), facts["quota_factor"])
    return (
        at_most("instances", instances, facts.fact("instances_max"), soft=True),
        at_most("vCPU of the quota, reserve included", held * offer.machines.vcpu, facts.fact("quota_vcpu"), soft=True),
        at_most("requests per second", peak, facts.fact("requests_per_second_max"), soft=True),
        at_most("requests in progress", peak * plan.duration_s[-1], facts.fact("connections_max"), soft=True),
        at_most("data per second", peak * mib, facts.fact("mib_per_second_max"), soft=True),
    )


def quota_instances(instances: Array, exempt: Mask, factor: float) -> Array:
    """Instances that the quota has to hold: ⌈1.2 n⌉ with the reserve for upgrades, n of types that need none.

    Source: learn.microsoft.com, Azure Machine Learning, quota allocation for deployment. (rows, machines).
    """
    return ceil(instances * np.where(exempt, 1.0, factor))
