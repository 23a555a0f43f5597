"""Amazon EKS on Fargate: every pod is alone on a machine of a listed size, and billed for that size."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from advisor.capacity import CapacityPlan, gpus_asked
from advisor.limits import Limit, at_most, impossible, offered
from advisor.nodes import smallest_listed
from advisor.platforms.kubernetes import part_of_cluster
from advisor.platforms.networks import Cluster, amazon_network
from advisor.platforms.platform import ANY_ARCH, Offer, Platform, common_limits
from advisor.platforms.pods import kept_data, pod_hours, pods_plan
from advisor.units import HOURS_PER_MONTH, Array
from advisor.usage import Quantity, Usage
from advisor.workload import Workloads
from pricing.fact import Facts

FEES = {"standard": "cluster_hours", "extended": "extended_support_cluster_hours"}  # meters of the control plane


@dataclass(frozen=True, eq=False)
class Fargate(Platform):
    """Pods without nodes; what the cluster itself needs runs in pods as well."""

    def capacity(self, work: Workloads, mode: str, offer: Offer) -> CapacityPlan:
        """Replicas at each level, whatever the control plane costs."""
        del mode
        plan: CapacityPlan = work.once(offer, lambda: pods_plan(work, offer))
        return plan

    def limits(self, work: Workloads, mode: str, offer: Offer, plan: CapacityPlan) -> tuple[Limit, ...]:
        """The largest listed size, the disk, the promise of the control plane, and the account's quota."""
        del mode
        facts = offer.facts
        sizes = facts.fact("memory_gib_by_vcpu")
        most_vcpu, most_gib = (np.array([[most]]) for most in max(listed_sizes(facts)))
        vcpu, _ = pod_size(work, facts)
        of_another = np.array([[offer.arch not in (ANY_ARCH, *facts["arch"])]])
        return (
            *common_limits(work, offer, plan),
            offered("use a GPU", gpus_asked(work) > 0, offer.capabilities.fact("gpu")),
            impossible(f"run an image built for {offer.arch}", of_another, facts.fact("arch")),
            Limit("vCPU of a pod", work.vcpu, most_vcpu, "vCPU", sizes),
            Limit("memory of a pod with what is added", with_overhead(work, facts), most_gib, "GiB", sizes),
            at_most("disk of a pod", disk_gib(work), facts.fact("disk_gib_max")),
            at_most("availability", work.availability, facts.fact("availability_promise")),
            at_most("vCPU at the peak", plan.replicas[-1] * vcpu, facts.fact("vcpu_quota"), soft=True),
        )

    def usage(self, work: Workloads, mode: str, offer: Offer, plan: CapacityPlan) -> Usage:
        """The control plane, and what both modes use."""
        hours = HOURS_PER_MONTH * part_of_cluster(work)
        shared: Usage = work.once(plan, lambda: self._shared(work, offer, plan))
        return {FEES[mode]: Quantity.exactly(hours), **shared}

    def _shared(self, work: Workloads, offer: Offer, plan: CapacityPlan) -> Usage:
        """Hours of the sizes that the pods take, those of the cluster's own pods among them, and the network."""
        facts, part = offer.facts, part_of_cluster(work)
        hours, system_hours = pod_hours(plan), HOURS_PER_MONTH * facts["system_pods"] * part
        vcpu, memory_gib = pod_size(work, facts)
        least_vcpu, least_gib = min(listed_sizes(facts))
        counted = {
            "fargate_vcpu_hours": hours * vcpu + system_hours * least_vcpu,
            "fargate_gib_hours": hours * memory_gib + system_hours * least_gib,
            "fargate_disk_gib_hours": hours * np.maximum(disk_gib(work) - facts["included_disk_gib"], 0.0),
            **kept_data(work),
        }
        return {
            **{meter: Quantity.exactly(quantity) for meter, quantity in counted.items()},
            **amazon_network(work, offer, plan, Cluster(zonal=False, part=part, own_machines=0.0)),
        }


EKS_FARGATE = Fargate(
    id="eks-fargate",
    title="Amazon EKS on Fargate",
    vendor="aws",
    management="serverless",
    modes=tuple(FEES),
    services=(
        "common/kubernetes",
        "common/add_ons",
        "aws/eks",
        "aws/fargate",
        "aws/network",
        "aws/operations",
        "aws/registry",
    ),
    effort="MKA",
    purchases=("on-demand",),
    shared=True,
)


def listed_sizes(facts: Facts) -> list[tuple[float, float]]:
    """The sizes of pods: (vCPU, GiB)."""
    return [(float(vcpu), memory) for vcpu, sizes in facts["memory_gib_by_vcpu"].items() for memory in sizes]


def with_overhead(work: Workloads, facts: Facts) -> Array:
    """Memory of a pod with what Fargate adds for itself. [GiB]"""
    return np.asarray(work.memory_gib + facts["pod_memory_overhead_gib"])


def pod_size(work: Workloads, facts: Facts) -> tuple[Array, Array]:
    """The listed size that a pod is billed for: its vCPU and GiB. Two of shape (rows, 1)."""
    vcpu, memory_gib, _ = smallest_listed(work.vcpu, with_overhead(work, facts), listed_sizes(facts))
    return vcpu, memory_gib


def disk_gib(work: Workloads) -> Array:
    """Disk that the image and the weights take. Shape (rows, 1)."""
    return work.image_gib + work.model_gib
