"""A Kubernetes cluster on machines: one formula, several instances that differ in data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import numpy as np

from advisor.autoscaling import release_delay_s
from advisor.capacity import CapacityPlan, Sized, Sizing, asks_promise, gpus_asked, size, utilisation
from advisor.limits import Limit, at_most, impossible
from advisor.machine_hours import machine_hours
from advisor.nodes import (
    Room,
    allocatable_memory,
    allocatable_vcpu,
    machines_needed,
    pods_per_node,
    share_of_node,
    trim,
)
from advisor.platforms.networks import Cluster, Network
from advisor.platforms.platform import Offer, Platform, common_limits
from advisor.queueing import per_replica
from advisor.traffic import hours_with_release
from advisor.units import HOURS_PER_MONTH, MIB_PER_GIB, Array, Index, Mask, ceil
from advisor.usage import Quantity, Usage, image_gib_months, log_gib
from advisor.workload import Workloads
from pricing.fact import Facts
from pricing.machines import YES, Machines

# Machine-hours that run, (rows, machines) -> meter -> quantity.
NodeFees: TypeAlias = Callable[[Array, Offer], Mapping[str, Array]]

NOT_TRIMMED = np.array([[1.0]])
WHOLE_NODES = np.inf  # a replica on a cluster of its own: the smaller of this share and whole nodes is whole nodes
NEVER_S = np.array([[np.inf]])  # a pod autoscaler's last replica never expires


@dataclass(frozen=True)
class Request:
    """Some rows with what each replica asks for, as declared or trimmed, and the replicas that this takes."""

    work: Workloads
    sized: Sized
    pods: Array  # replicas on a node. Shape (rows, machines)


@dataclass(frozen=True)
class Held:
    """Replicas that a node holds, as declared and as its nominal size promises. Shape (rows, machines)."""

    declared: Array
    nominal: Array
    denser: Mask  # where the nominal number may be held by trimming the request, and is more
    vcpu_ratio: Array  # of the declared vCPU that a trimmed replica gets

    @classmethod
    def of(cls, work: Workloads, room: Room, sold: Room, floor: float) -> Held:
        """Fit each distinct size of replica once, and give every row that of its size."""
        sizes, row = np.unique(np.hstack([work.vcpu, work.memory_gib, gpus_asked(work)]), axis=0, return_inverse=True)
        vcpu, memory_gib, gpus = sizes[:, 0:1], sizes[:, 1:2], sizes[:, 2:]
        declared = pods_per_node(vcpu, memory_gib, gpus, room)
        nominal = pods_per_node(vcpu, memory_gib, gpus, sold)
        cut = trim(vcpu, memory_gib, nominal, room, floor)
        every = row.ravel()
        return cls(declared[every], nominal[every], (cut.allowed & (nominal > declared))[every], cut.vcpu_ratio[every])


@dataclass(frozen=True)
class Fit:
    """How replicas sit on nodes, whatever the mode."""

    room: Room  # what a node leaves for replicas
    share: Array  # nodes that one replica accounts for on a shared cluster; more than any cluster has on one of its own
    sharing: bool  # whether any of the rows shares its cluster
    declared: Request
    trimmed: Request | None  # for some rows; None where denser nodes help nobody
    rows: Index  # those that may be trimmed
    helps: Mask  # where they may be. Shape (rows, machines)
    plans: dict[bool, CapacityPlan] = field(default_factory=dict)  # known so far, by whether zones must be survived


@dataclass(frozen=True)
class ControlPlane:
    """The control plane of one mode of a cluster: what it can be asked for, where it runs, and what it costs."""

    promise: str  # fact: the availability that it can be asked for
    fee: str  # meter of its hours: of a vendor's fee, or of machines of one's own
    machines: str | None = None  # fact: how many machines of one's own it runs on; None where the vendor runs it
    zonal: bool = False  # in a single zone, together with all nodes

    def own_machines(self, facts: Facts) -> float:
        """Machines of one's own that it runs on; none where the vendor runs it."""
        if self.machines is None:
            return 0.0
        facts.fact("control_plane_machine")  # the price list looks it up; read here, it is shown as an assumption
        return float(facts[self.machines])


@dataclass(frozen=True, kw_only=True)
class Kubernetes(Platform):
    """A cluster whose nodes are machines of a market: alone for one service, or shared by several."""

    room: Callable[[Machines, Facts], Room]  # what a node leaves after the system's reserves
    control_planes: Mapping[str, ControlPlane]  # by mode
    network: Network  # what carries its traffic
    node_fees: NodeFees = field(default_factory=lambda: no_fees)  # what the vendor asks for running nodes

    def capacity(self, work: Workloads, mode: str, offer: Offer) -> CapacityPlan:
        """Replicas at each level on nodes that follow them: with the request as declared, or trimmed to fit a node."""
        fit: Fit = work.once(offer, lambda: self._fit(work, offer))
        spread = bool((work.survive_zone > 0).any()) and not self.control_planes[mode].zonal
        if spread not in fit.plans:
            fit.plans[spread] = self._better(fit, spread, offer)
        return fit.plans[spread]

    def _better(self, fit: Fit, spread: bool, offer: Offer) -> CapacityPlan:
        declared = self._plan(fit.declared, spread, offer, fit.share, fit.sharing)
        if fit.trimmed is None:
            return declared
        return cheaper(declared, self._plan(fit.trimmed, spread, offer, fit.share[fit.rows], fit.sharing), fit)

    def _fit(self, work: Workloads, offer: Offer) -> Fit:
        room = self.room(offer.machines, offer.facts)
        held = Held.of(work, room, as_sold(offer.machines, room), offer.facts["trim_floor"])
        shared = work.has_cluster > 0
        share = np.full(shared.shape, WHOLE_NODES)
        if shared.any():
            needs = work.vcpu, work.memory_gib, gpus_asked(work)
            share = np.where(shared, share_of_node(*needs, room, offer.facts["packing"]), WHOLE_NODES)
        declared = self._request(work, offer, held.declared, NOT_TRIMMED)
        # Denser nodes can only help where one node does not hold all replicas, or none of them.
        helps = held.denser & ((declared.sized.replicas[-1] > held.declared) | (held.declared == 0))
        rows = np.flatnonzero(helps.any(axis=1))
        trimmed = None
        if len(rows):
            chosen = helps[rows]
            pods = np.where(chosen, held.nominal[rows], held.declared[rows])
            trimmed = self._request(work.take(rows), offer, pods, np.where(chosen, held.vcpu_ratio[rows], 1.0))
        return Fit(room, share, bool(shared.any()), declared, trimmed, rows, helps)

    def _request(self, work: Workloads, offer: Offer, pods: Array, vcpu_ratio: Array) -> Request:
        return Request(work, size(work, offer.levels, offer.weights, pod_sizing(work, offer, vcpu_ratio)), pods)

    def _plan(self, request: Request, spread: bool, offer: Offer, share: Array, sharing: bool) -> CapacityPlan:
        work, sized, facts = request.work, request.sized, offer.facts
        hours = hours_with_release(offer.levels, release_delay_s(facts["pod_release_s"], facts["node_release_s"]))
        least = where_promised(work, facts, "promised_nodes", "nodes_min")
        zones = np.where(work.survive_zone > 0, facts["zones"], 1.0) if spread else np.ones((1, 1))
        held = sized.replicas if facts["nodes_follow_load"] == YES else [sized.replicas[-1]] * len(offer.levels)
        machines = tuple(nodes(replicas, request.pods, least, zones) for replicas in held)
        part: tuple[Array, ...] = ()
        if sharing:
            counts = zip(held, machines, strict=True)
            part = tuple(part_of_nodes(replicas, share, count) for replicas, count in counts)
        return CapacityPlan(work, offer.levels, hours, sized, sized.replicas[0], NEVER_S, machines, part)

    def limits(self, work: Workloads, mode: str, offer: Offer, plan: CapacityPlan) -> tuple[Limit, ...]:
        """What fits a node, what the control plane's place promises, and how many nodes a cluster may have."""
        if not offer.sold:
            return common_limits(work, offer, plan)
        facts, floor = offer.facts, offer.facts["trim_floor"]
        room = work.once(offer, lambda: self._fit(work, offer)).room
        vcpu = np.maximum(room.vcpu, np.minimum(offer.machines.vcpu, room.vcpu / floor))
        memory = np.maximum(room.memory_gib, np.minimum(offer.machines.memory_gib, room.memory_gib / floor))
        plane = self.control_planes[mode]
        in_one_zone = np.full((1, 1), plane.zonal)
        return (
            *common_limits(work, offer, plan),
            Limit("vCPU on a node", work.vcpu, vcpu, "vCPU", facts.fact("trim_floor")),
            Limit("memory on a node", work.memory_gib, memory, "GiB", facts.fact("trim_floor")),
            Limit("GPUs on a node", gpus_asked(work), offer.machines.gpus, "GPU"),
            at_most("availability", work.availability, facts.fact(plane.promise)),
            impossible("survive the loss of a zone from a single zone", in_one_zone & (work.survive_zone > 0)),
            at_most("nodes of the cluster", plan.machines[-1], facts.fact("nodes_max")),
        )

    def usage(self, work: Workloads, mode: str, offer: Offer, plan: CapacityPlan) -> Usage:
        """Machine-hours, the control plane, and the network that a cluster needs."""
        plane = self.control_planes[mode]
        part = part_of_cluster(work)
        own = plane.own_machines(offer.facts)
        hours = work.once(plan, lambda: machine_hours(plan, offer, committed=bool((work.commitment_years > 0).any())))
        counted = {
            plane.fee: HOURS_PER_MONTH * part * max(own, 1.0),
            "log_gib": log_gib(work),
            "image_gib_months": image_gib_months(work),
            **boot_disks(hours.total, own * part, offer),
            **self.node_fees(hours.total, offer),
            **hours.meters,
        }
        return {
            **{meter: Quantity.exactly(quantity) for meter, quantity in counted.items()},
            **self.network(work, offer, plan, Cluster(plane.zonal, part, own)),
        }


def pod_sizing(work: Workloads, offer: Offer, vcpu_ratio: Array) -> Sizing:
    """How the pod autoscaler sizes a service whose replicas get a part of the vCPU that they declare."""
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


def part_of_cluster(work: Workloads) -> Array:
    """What a service bears of the cluster's own fees: all, or its share among the services. Shape (rows, 1)."""
    return 1.0 / np.where(work.has_cluster > 0, work.cluster_services, 1.0)


def no_fees(machine_hours: Array, offer: Offer) -> Mapping[str, Array]:
    """A vendor that asks nothing for running nodes beside their price."""
    del machine_hours, offer
    return {}


def boot_disks(machine_hours: Array, own_machines: Array, offer: Offer) -> Mapping[str, Array]:
    """Boot disks of nodes, by the kind that the machine's family takes, and of a control plane's. [GiB-months]"""
    size_gib = offer.facts["boot_disk_gib"]
    gib_months = machine_hours / HOURS_PER_MONTH * size_gib
    newer = offer.facts.get("hyperdisk_only_families", ())
    if not newer:
        return {"boot_disk_gib_months": gib_months + own_machines * size_gib}
    hyper = np.array([family in newer for family in offer.machines.family], dtype=np.float64)
    return {
        "boot_disk_gib_months": gib_months * (1.0 - hyper) + own_machines * size_gib,
        "boot_hyperdisk_gib_months": gib_months * hyper,
    }


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


def cheaper(declared: CapacityPlan, trimmed: CapacityPlan, fit: Fit) -> CapacityPlan:
    """Of two plans take, for each row and machine, the one with fewer node-hours; the declared request on a tie.

    What of the result is not a machine or a mask is the declared plan's, unless all of it is trimmed: an explanation
    has one row and one machine, and reads one plan.
    """
    fewer = trimmed.machine_hours < declared.machine_hours[fit.rows]
    better = fit.helps[fit.rows] & (fewer | (fit.declared.pods[fit.rows] == 0))
    where = np.zeros(fit.helps.shape, dtype=bool)
    where[fit.rows] = better
    if where.all():
        return replace(trimmed, trimmed=where)
    missed = np.broadcast_to(declared.sized.missed, where.shape).copy()
    for whole, cut in (*zip(declared.machines, trimmed.machines, strict=True),
                       *zip(declared.part, trimmed.part, strict=True), (missed, trimmed.sized.missed)):  # fmt: skip
        whole[fit.rows] = np.where(better, cut, whole[fit.rows])
    return replace(declared, sized=replace(declared.sized, missed=missed), trimmed=where)


def node_room(machines: Machines, facts: Facts, reserved_vcpu: Array, reserved_gib: Array, pods: Array) -> Room:
    """What a node leaves beside the kubelet's reserves: less the eviction threshold, its system pods, hidden memory."""
    return Room(
        allocatable_vcpu(machines.vcpu, reserved_vcpu, facts["node_system_vcpu"]),
        allocatable_memory(
            machines.memory_gib,
            facts["hidden_memory_share"],
            reserved_gib,
            facts["memory_eviction_mib"] / MIB_PER_GIB,
            facts["node_system_memory_gib"],
        ),
        machines.gpus,
        pods,
    )
