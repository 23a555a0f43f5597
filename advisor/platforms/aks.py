"""Azure Kubernetes Service: nodes are virtual machines, and Microsoft runs the control plane in one of three tiers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from advisor.capacity import CapacityPlan
from advisor.limits import Limit, at_most, impossible
from advisor.nodes import Room, aks_reserved_memory, reserved_vcpu
from advisor.platforms.kubernetes import ControlPlane, Kubernetes, node_room
from advisor.platforms.networks import azure_network
from advisor.platforms.platform import Offer
from advisor.units import MIB_PER_GIB
from advisor.workload import Workloads
from pricing.fact import Facts
from pricing.machines import PURCHASES, Machines

FREE, STANDARD, LTS = "free", "standard", "lts"


def aks_room(machines: Machines, facts: Facts) -> Room:
    """What an AKS node leaves for replicas: memory is kept for every pod it may run, up to a share of the node."""
    pods = np.full(len(machines), facts["pods_per_node_max"])
    reserved_gib = aks_reserved_memory(
        machines.memory_gib,
        pods,
        facts["memory_reserve_mib"] / MIB_PER_GIB,
        facts["memory_reserve_mib_per_pod"] / MIB_PER_GIB,
        facts["memory_reserve_share_max"],
    )
    cpu = reserved_vcpu(machines.vcpu, facts.scale("cpu_reserve_millicores"))
    return node_room(machines, facts, cpu, reserved_gib, pods)


@dataclass(frozen=True, eq=False, kw_only=True)
class AzureKubernetes(Kubernetes):
    """A cluster whose one pool of nodes runs the system's pods and the service's."""

    tier_nodes: Mapping[str, str]  # mode -> fact: how many nodes the tier allows

    def limits(self, work: Workloads, mode: str, offer: Offer, plan: CapacityPlan) -> tuple[Limit, ...]:
        """What any cluster is asked, what a node of the system needs, and the nodes of the tier."""
        common = super().limits(work, mode, offer, plan)
        if not offer.sold:
            return common
        facts, machines = offer.facts, offer.machines
        facts.fact("node_pools")  # read, so that the choice stands among the assumptions
        own = work.has_cluster == 0  # elsewhere other nodes run the system's pods
        least = facts["system_node_vcpu_min"]
        shared_cores = facts.fact("system_node_burstable")
        return (
            *common,
            at_most("nodes of the tier", plan.machines[-1], facts.fact(self.tier_nodes[mode])),
            impossible(
                f"run the system's pods on nodes of less than {least:g} vCPU",
                own & (machines.vcpu < least),
                facts.fact("system_node_vcpu_min"),
            ),
            impossible("run the system's pods on shared cores", own & machines.burstable, shared_cores),
        )


AKS = AzureKubernetes(
    id="aks",
    title="Azure Kubernetes Service",
    vendor="azure",
    management="self-managed",
    modes=(FREE, STANDARD, LTS),
    services=(
        "common/kubernetes",
        "common/add_ons",
        "azure/aks",
        "azure/virtual_machines",
        "azure/network",
        "azure/operations",
        "azure/registry",
    ),
    effort="MK",
    purchases=tuple(purchase for purchase in PURCHASES if purchase != "spot"),  # the system's pods take no spot nodes
    market="azure/virtual_machines",
    shared=True,
    room=aks_room,
    control_planes={
        FREE: ControlPlane("free_serving_promise", "free_cluster_hours"),
        STANDARD: ControlPlane("regional_availability_promise", "standard_cluster_hours"),
        LTS: ControlPlane("regional_availability_promise", "premium_cluster_hours"),
    },
    network=azure_network,
    tier_nodes={FREE: "free_nodes_max", STANDARD: "nodes_max", LTS: "nodes_max"},
)
