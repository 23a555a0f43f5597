"""GKE Autopilot: pods are billed for what they ask, in classes; a pod with a GPU pays its node and a premium on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from advisor.capacity import CapacityPlan
from advisor.limits import Limit, at_most
from advisor.nodes import autopilot_pod
from advisor.platforms.gke import GKE
from advisor.platforms.kubernetes import ControlPlane, Kubernetes, boot_disks, part_of_cluster
from advisor.platforms.networks import Cluster
from advisor.platforms.platform import Offer, common_limits
from advisor.platforms.pods import base_pod_hours, kept_data, pod_hours, pods_plan
from advisor.units import HOURS_PER_MONTH, Array
from advisor.usage import Quantity, Usage
from advisor.workload import Workloads
from pricing.fact import Facts
from pricing.machines import Machines

PODS, NODES = "pods", "nodes"
CLASSES = {"general-purpose": "amd64", "balanced": "amd64", "scale-out": "amd64", "scale-out-arm": "arm64"}
FEE = "autopilot_cluster_hours"
NONE_OF_ONES_OWN = np.array([[0.0]])  # machines of a control plane, which is Google's here
CONTROL_PLANE = ControlPlane("autopilot_availability_promise", FEE)


@dataclass(frozen=True, eq=False, kw_only=True)
class Autopilot(Kubernetes):
    """Pods without a GPU are billed by themselves; with one, the machine types of Compute Engine are."""

    def modes_for(self, gpu: bool) -> tuple[str, ...]:
        """What is billed follows from the pod."""
        return (NODES,) if gpu else (PODS,)

    def market_for(self, gpu: bool) -> str | None:
        """Machine types are sold with a GPU only."""
        return self.market if gpu else None

    def machines(self, sold: Machines, facts: Facts, region: str, gpus: Mapping[str, float]) -> Machines:
        """The machines whose GPU Autopilot knows; without a GPU the classes of pods that the region sells."""
        if not gpus:
            no_arm = region in facts["autopilot_scale_out_arm_not_sold_in"]
            return Machines.kinds({name: arch for name, arch in CLASSES.items() if not (no_arm and arch == "arm64")})
        known = [index for index, gpu in enumerate(sold.gpu) if gpu in facts["autopilot_gpu_types"]]
        return sold if len(known) == len(sold) else sold.take(known)

    def alike(self, offer: Offer) -> None:
        """Kinds of pods are told apart by name."""

    def capacity(self, work: Workloads, mode: str, offer: Offer) -> CapacityPlan:
        """Replicas, and with a GPU the nodes that hold them."""
        return pods_plan(work, offer) if mode == PODS else super().capacity(work, mode, offer)

    def limits(self, work: Workloads, mode: str, offer: Offer, plan: CapacityPlan) -> tuple[Limit, ...]:
        """The largest pod of a class, or what fits a node; and the promise."""
        if mode == NODES:
            return super().limits(work, mode, offer, plan)
        vcpu, memory_gib = pod_sizes(work, offer)
        most_vcpu, most_gib = (of_classes(offer, ending, which=1) for ending in ("vcpu", "memory_gib"))
        return (
            *common_limits(work, offer, plan),
            Limit("vCPU of a pod", vcpu, most_vcpu, "vCPU"),
            Limit("memory of a pod", memory_gib, most_gib, "GiB"),
            at_most("availability", work.availability, offer.facts.fact(CONTROL_PLANE.promise)),
        )

    def usage(self, work: Workloads, mode: str, offer: Offer, plan: CapacityPlan) -> Usage:
        """Hours of what pods ask by the meters of their class, the cluster and its network."""
        if mode == NODES:
            return super().usage(work, mode, offer, plan)
        part = part_of_cluster(work)
        counted = {FEE: HOURS_PER_MONTH * part, **kept_data(work), **requested(work, offer, plan)}
        return {
            **{meter: Quantity.exactly(quantity) for meter, quantity in counted.items()},
            **self._unseen_nodes(work, offer, plan, Cluster(zonal=False, part=part, own_machines=0.0)),
        }

    def _unseen_nodes(self, work: Workloads, offer: Offer, plan: CapacityPlan, cluster: Cluster) -> Usage:
        """The network of nodes that nobody sees: between one for all pods and one for each of them."""
        network = self.network(work, offer, replace(plan, machines=tuple(plan.replicas)), cluster)
        most = network["nat_vm_hours"].expected
        return {**network, "nat_vm_hours": Quantity(most, np.minimum(most, HOURS_PER_MONTH * cluster.part), most)}


def slug(name: str) -> str:
    """A class of pods or a GPU type as it stands in names of facts and meters."""
    return name.replace("-", "_")


def of_classes(offer: Offer, ending: str, which: int) -> Array:
    """The least (0) or the most (1) that each class allows. Shape (classes,)."""
    return np.array([offer.facts[f"autopilot_{slug(name)}_{ending}"][which] for name in offer.machines.names])


def pod_sizes(work: Workloads, offer: Offer) -> tuple[Array, Array]:
    """What a pod is billed for in each class: vCPU and GiB. Two of shape (rows, classes)."""
    step = offer.facts["autopilot_vcpu_step"]
    offer.facts.fact("autopilot_bursting")  # read, so that it stands among the assumptions
    ratios = of_classes(offer, "gib_per_vcpu", which=0), of_classes(offer, "gib_per_vcpu", which=1)
    least_vcpu, least_gib = of_classes(offer, "vcpu", which=0), of_classes(offer, "memory_gib", which=0)
    return autopilot_pod(work.vcpu, work.memory_gib, least_vcpu, least_gib, step, ratios)


def requested(work: Workloads, offer: Offer, plan: CapacityPlan) -> Mapping[str, Array]:
    """Hours of what pods ask, by class: on demand, as spot pods, and for the replicas that always run."""
    vcpu, memory_gib = pod_sizes(work, offer)
    offer.facts.fact("autopilot_weights")  # read, so that it stands among the assumptions
    disk_gib = np.maximum(work.model_gib, offer.facts["autopilot_ephemeral_gib"])
    hours, base = pod_hours(plan), base_pod_hours(plan)
    counted = {
        "autopilot_ephemeral_gib_hours": hours * disk_gib,
        "autopilot_ephemeral_gib_hours_base": base * disk_gib,
    }
    spot = hours * (1.0 + offer.facts["spot_interruption_allowance"])
    for index, name in enumerate(offer.machines.names):
        only = np.zeros(len(offer.machines))
        only[index] = 1.0
        for asked, unit in ((vcpu * only, "vcpu_hours"), (memory_gib * only, "gib_hours")):
            counted[f"autopilot_{slug(name)}_{unit}"] = hours * asked
            counted[f"autopilot_{slug(name)}_spot_{unit}"] = spot * asked
            counted[f"autopilot_{slug(name)}_{unit}_base"] = base * asked
    return counted


def premiums(machine_hours: Array, offer: Offer) -> Mapping[str, Array]:
    """What Autopilot adds to the price of a node with a GPU, on demand and as spot, by all that the node has."""
    machines = offer.machines
    spot = machine_hours * (1.0 + offer.facts["spot_interruption_allowance"])
    disks = boot_disks(machine_hours, NONE_OF_ONES_OWN, offer)
    counted = {
        "autopilot_accelerator_premium_vcpu_hours": machine_hours * machines.vcpu,
        "autopilot_accelerator_premium_gib_hours": machine_hours * machines.memory_gib,
        "autopilot_accelerator_premium_spot_vcpu_hours": spot * machines.vcpu,
        "autopilot_accelerator_premium_spot_gib_hours": spot * machines.memory_gib,
        "autopilot_boot_disk_premium_gib_months": disks["boot_disk_gib_months"],
    }
    for gpu in sorted(set(machines.gpu) - {""}):
        gpus = machines.gpus * np.array([name == gpu for name in machines.gpu], dtype=np.float64)
        counted[f"autopilot_{slug(gpu)}_premium_gpu_hours"] = machine_hours * gpus
        counted[f"autopilot_{slug(gpu)}_premium_spot_gpu_hours"] = spot * gpus
    return counted


GKE_AUTOPILOT = Autopilot(
    id="gke-autopilot",
    title="Google Kubernetes Engine, Autopilot",
    vendor=GKE.vendor,
    management="managed",
    modes=(PODS, NODES),
    services=GKE.services,
    effort="MKA",
    market=GKE.market,
    kinds=tuple(CLASSES),
    shared=True,
    stackable=False,  # pods without a GPU stand on nodes that nobody sees
    room=GKE.room,
    control_planes={PODS: CONTROL_PLANE, NODES: CONTROL_PLANE},
    network=GKE.network,
    node_fees=premiums,
)
