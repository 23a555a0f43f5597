"""A Kubernetes cluster on machines: one formula, several instances that differ in data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from advisor.autoscaling import release_delay_s
from advisor.capacity import CapacityPlan, Sizing, asks_promise, gpus_asked, size, utilisation
from advisor.limits import Limit, at_most, impossible
from advisor.machine_hours import machine_hours
from advisor.nodes import (
    Room,
    allocatable_memory,
    allocatable_vcpu,
    gke_reserved_memory,
    machines_needed,
    pods_per_node,
    reserved_vcpu,
    share_of_node,
    trim,
)
from advisor.platforms.platform import Offer, Platform, common_limits
from advisor.queueing import per_replica
from advisor.traffic import hours_with_release
from advisor.units import HOURS_PER_MONTH, MIB_PER_GIB, MILLI, Array, Index, Mask, ceil
from advisor.usage import Quantity, Usage, image_gib_months, internet_gib, log_gib, request_gib, response_gib
from advisor.workload import Workloads
from pricing.fact import Facts
from pricing.machines import Machines

AnyColumn = TypeVar("AnyColumn", Array, Mask)
NOT_TRIMMED = np.array([[1.0]])
WHOLE_NODES = np.inf  # a replica on a cluster of its own: the smaller of this share and whole nodes is whole nodes
NEVER_S = np.array([[np.inf]])  # a pod autoscaler's last replica never expires


@dataclass(frozen=True)
class Fit:
    """How replicas sit on nodes, whatever the mode. Arrays of shape (rows, machines)."""

    room: Room  # what a node leaves for replicas
    declared: Array  # replicas on a node as declared
    nominal: Array  # replicas on the node as it is sold, which a trimmed request may reach
    denser: Mask  # where the trimmed request is allowed, and more of it fit
    vcpu_ratio: Array  # of the declared vCPU that a trimmed replica gets
    share: Array  # nodes that one replica accounts for on a shared cluster; more than any cluster has on one of its own
    sharing: bool  # whether any of the rows shares its cluster


@dataclass(frozen=True, kw_only=True)
class Kubernetes(Platform):
    """A cluster whose nodes are machines of a market: alone for one service, or shared by several."""

    room: Callable[[Machines, Facts], Room]  # what a node leaves after the system's reserves
    fees: Mapping[str, str]  # mode -> meter of the control plane
    zonal: frozenset[str]  # modes that live in a single zone

    def capacity(self, work: Workloads, mode: str, offer: Offer) -> CapacityPlan:
        """Replicas at each level on nodes that follow them: with the request as declared, or trimmed to fit a node."""
        fit = work.once(offer, lambda: self._fit(work, offer))
        declared = self._plan(work, mode, offer, fit.declared, fit.share, NOT_TRIMMED, fit.sharing)
        # Denser nodes can only help where more than one node stands, or where none would hold the declared request.
        helps = fit.denser & ((declared.machines[-1] > offer.facts["nodes_min"]) | (fit.declared == 0))
        rows = np.flatnonzero(helps.any(axis=1))
        if not len(rows):
            return declared
        pods, ratio = np.where(helps, fit.nominal, fit.declared)[rows], np.where(helps, fit.vcpu_ratio, 1.0)[rows]
        trimmed = self._plan(work.take(rows), mode, offer, pods, fit.share[rows], ratio, fit.sharing)
        return cheaper(declared, trimmed, rows, helps, fit.declared)

    def _fit(self, work: Workloads, offer: Offer) -> Fit:
        room = self.room(offer.machines, offer.facts)
        needs = work.vcpu, work.memory_gib, gpus_asked(work)
        declared = pods_per_node(*needs, room)
        nominal = pods_per_node(*needs, as_sold(offer.machines, room))
        cut = trim(work.vcpu, work.memory_gib, nominal, room, offer.facts["trim_floor"])
        shared = work.has_cluster > 0
        packing = offer.facts["packing"] if shared.any() else 1.0
        share = np.where(shared, share_of_node(*needs, room, packing), WHOLE_NODES)
        denser = cut.allowed & (nominal > declared)
        return Fit(room, declared, nominal, denser, cut.vcpu_ratio, share, bool(shared.any()))

    def _plan(
        self, work: Workloads, mode: str, offer: Offer, pods: Array, share: Array, vcpu_ratio: Array, sharing: bool
    ) -> CapacityPlan:
        facts = offer.facts
        hours = hours_with_release(offer.levels, release_delay_s(facts["pod_release_s"], facts["node_release_s"]))
        sized = size(work, offer.levels, offer.weights, self._sizing(work, offer, vcpu_ratio))
        least = where_promised(work, facts, "promised_nodes", "nodes_min")
        spread = (work.survive_zone > 0) & (mode not in self.zonal)
        zones = np.where(spread, facts["zones"] if spread.any() else np.nan, 1.0)
        machines = tuple(nodes(replicas, pods, least, zones) for replicas in sized.replicas)
        part: tuple[Array, ...] = ()
        if sharing:
            counts = zip(sized.replicas, machines, strict=True)
            part = tuple(part_of_nodes(replicas, share, count) for replicas, count in counts)
        return CapacityPlan(work, offer.levels, hours, sized, sized.replicas[0], NEVER_S, machines, part)

    def _sizing(self, work: Workloads, offer: Offer, vcpu_ratio: Array) -> Sizing:
        facts = offer.facts
        stretch = offer.slowdown / vcpu_ratio
        return Sizing(
            utilisation=utilisation(work, facts),
            least=np.maximum(work.min_replicas, where_promised(work, facts, "promised_replicas", "replicas_min")),
            zones=facts["zones"] if (work.survive_zone > 0).any() else None,
            routing=per_replica,
            follows_bursts=False,
            duration_s=work.duration_s * stretch,
            duration_full_s=work.duration_full_s * stretch,
        )

    def limits(self, work: Workloads, mode: str, offer: Offer, plan: CapacityPlan) -> tuple[Limit, ...]:
        """What fits a node, what the control plane's place promises, and how many nodes a cluster may have."""
        if not offer.sold:
            return common_limits(work, offer, plan)
        facts, floor = offer.facts, offer.facts["trim_floor"]
        room = work.once(offer, lambda: self._fit(work, offer)).room
        vcpu = np.maximum(room.vcpu, np.minimum(offer.machines.vcpu, room.vcpu / floor))
        memory = np.maximum(room.memory_gib, np.minimum(offer.machines.memory_gib, room.memory_gib / floor))
        promise = facts.fact("zonal_serving_promise" if mode in self.zonal else "regional_availability_promise")
        in_one_zone = np.full((1, 1), mode in self.zonal)
        return (
            *common_limits(work, offer, plan),
            Limit("vCPU on a node", work.vcpu, vcpu, "vCPU", facts.fact("trim_floor")),
            Limit("memory on a node", work.memory_gib, memory, "GiB", facts.fact("trim_floor")),
            Limit("GPUs on a node", gpus_asked(work), offer.machines.gpus, "GPU"),
            at_most("availability", work.availability, promise),
            impossible("survive the loss of a zone from a single zone", in_one_zone & (work.survive_zone > 0)),
            at_most("nodes of the cluster", plan.machines[-1], facts.fact("nodes_max")),
        )

    def usage(self, work: Workloads, mode: str, offer: Offer, plan: CapacityPlan) -> Usage:
        """Machine-hours, the cluster's own fees, and the network that a cluster needs."""
        part = 1.0 / np.where(work.has_cluster > 0, work.cluster_services, 1.0)
        hours = machine_hours(plan, offer, committed=bool((work.commitment_years > 0).any()))
        counted = {
            self.fees[mode]: HOURS_PER_MONTH * part,
            **network(work, mode in self.zonal, offer, part),
            "log_gib": log_gib(work),
            "image_gib_months": image_gib_months(work),
            **boot_disks(hours.total, offer),
            "nat_vm_hours": nat_vm_hours(plan, offer.facts["nat_billed_vms_max"]),
            **hours.meters,
        }
        return {meter: Quantity.exactly(quantity) for meter, quantity in counted.items()}


def boot_disks(machine_hours: Array, offer: Offer) -> Mapping[str, Array]:
    """Boot disks of nodes, by the kind that the machine's family takes. [GiB-months]"""
    gib_months = machine_hours / HOURS_PER_MONTH * offer.facts["boot_disk_gib"]
    newer = offer.facts.get("hyperdisk_only_families", ())
    if not newer:
        return {"boot_disk_gib_months": gib_months}
    hyper = np.array([family in newer for family in offer.machines.family], dtype=np.float64)
    return {"boot_disk_gib_months": gib_months * (1.0 - hyper), "boot_hyperdisk_gib_months": gib_months * hyper}


def as_sold(machines: Machines, room: Room) -> Room:
    """The node as it is sold, before anything is reserved."""
    return Room(machines.vcpu, machines.memory_gib, machines.gpus, room.pods)


def where_promised(work: Workloads, facts: Facts, promised: str, otherwise: str) -> Array:
    """One fact where an availability is promised, another elsewhere; only what is needed is read. Shape (rows, 1)."""
    asked = asks_promise(work)
    return np.where(asked, facts[promised] if asked.any() else np.nan, facts[otherwise] if not asked.all() else np.nan)


def nodes(replicas: Array, pods: Array, least: Array, zones: Array) -> Array:
    """Whole nodes of a cluster of its own. Shape (rows, machines).

    Where a zone must be survived, every one of `zones` holds an equal part of the replicas on nodes of its own.
    """
    alone = machines_needed(ceil(replicas / zones), pods)
    alone *= zones
    return np.maximum(alone, least, out=alone)


def part_of_nodes(replicas: Array, share: Array, machines: Array) -> Array:
    """What a service pays of the nodes it would need alone: its share of a shared cluster, or all. (rows, machines)."""
    part = replicas * share / machines
    return np.minimum(part, 1.0, out=part)


def cheaper(declared: CapacityPlan, trimmed: CapacityPlan, rows: Index, helps: Mask, held: Array) -> CapacityPlan:
    """Of two plans take, for each row and machine, the one with fewer node-hours; the declared request on a tie.

    `trimmed` holds only some `rows`. What of the result is not a machine or a mask is the declared plan's, unless all
    of it is trimmed: an explanation has one row and one machine, and reads one plan.
    """
    fewer = node_hours(trimmed, slice(None)) < node_hours(declared, rows)
    better = np.zeros(helps.shape, dtype=bool)
    better[rows] = helps[rows] & (fewer | (held[rows] == 0))
    if better.all():
        return replace(trimmed, trimmed=better)
    missed = _merged(np.broadcast_to(declared.sized.missed, better.shape), trimmed.sized.missed, better, rows)
    return replace(
        declared,
        sized=replace(declared.sized, missed=missed),
        machines=tuple(_merged(*both, better, rows) for both in zip(declared.machines, trimmed.machines, strict=True)),
        part=tuple(_merged(*both, better, rows) for both in zip(declared.part, trimmed.part, strict=True)),
        trimmed=better,
    )


def _merged(whole: AnyColumn, cut: AnyColumn, better: Mask, rows: Index) -> AnyColumn:
    merged = whole.copy()
    merged[rows] = np.where(better[rows], cut, whole[rows])
    return merged


def node_hours(plan: CapacityPlan, rows: Index | slice) -> Array:
    """Node-hours of a month, for some rows."""
    total = np.zeros((1, 1))
    for hours, machines in zip(plan.hours, plan.paid, strict=True):
        total = total + hours * machines[rows]
    return total


def nat_vm_hours(plan: CapacityPlan, most: float) -> Array:
    """VM-hours that a NAT gateway bills in a month: at any time at most so many VMs. Shape (rows, machines)."""
    total = np.zeros((1, 1))
    for hours, machines in zip(plan.hours, plan.paid, strict=True):
        total = total + hours * np.minimum(machines, most)
    return total


def network(work: Workloads, zonal: bool, offer: Offer, part: Array) -> Mapping[str, Array]:
    """Load balancer, addresses and traffic; behind a passthrough balancer some of it crosses zones."""
    public = (work.text("exposure") == "public").astype(np.float64)
    through = request_gib(work) + response_gib(work)
    zones = 1.0 if zonal or public.all() else offer.facts["zones"]
    hours = HOURS_PER_MONTH * part
    return {
        "load_balancer_hours": hours * public,
        "load_balancer_gib": through * public,
        "internal_load_balancer_hours": hours * (1.0 - public),
        "internal_load_balancer_gib": through * (1.0 - public),
        "cross_zone_gib": through * (1.0 - public) * (1.0 - 1.0 / zones),
        "internet_egress_gib": internet_gib(work),
        "nat_gib": internet_gib(work) * (1.0 - public),
        "address_hours": hours,
    }


def gke_reserved_vcpu(machines: Machines, facts: Facts) -> Array:
    """The kubelet's part of a GKE node's vCPU: by core, or a fixed amount of a shared core. Shape (machines,)."""
    by_core = reserved_vcpu(machines.vcpu, facts.scale("cpu_reserve_millicores"))
    return np.where(machines.burstable, facts["shared_core_cpu_reserve_millicores"] * MILLI, by_core)


def gke_room(machines: Machines, facts: Facts) -> Room:
    """What a GKE node leaves: its reserves, the system pods of a node, and memory that the system never shows."""
    reserve = gke_reserved_memory(
        machines.memory_gib,
        facts.scale("memory_reserve_share"),
        facts["small_node_below_gib"],
        facts["small_node_reserve_mib"] / MIB_PER_GIB,
    )
    return Room(
        allocatable_vcpu(machines.vcpu, gke_reserved_vcpu(machines, facts), facts["node_system_vcpu"]),
        allocatable_memory(
            machines.memory_gib,
            facts["hidden_memory_share"],
            reserve,
            facts["memory_eviction_mib"] / MIB_PER_GIB,
            facts["node_system_memory_gib"],
        ),
        machines.gpus,
        np.full(len(machines), facts["pods_per_node_max"]),
    )


GKE = Kubernetes(
    id="gke",
    title="Google Kubernetes Engine, Standard",
    vendor="gcp",
    management="self-managed",
    modes=("zonal", "regional"),
    services=("common/kubernetes", "gcp/gke", "gcp/compute_engine", "gcp/network", "gcp/operations", "gcp/registry"),
    effort="MK",
    market="gcp/compute_engine",
    shared=True,
    room=gke_room,
    fees={"zonal": "zonal_cluster_hours", "regional": "regional_cluster_hours"},
    zonal=frozenset({"zonal"}),
)
