"""A Kubernetes cluster on machines: one formula, several instances that differ in data."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple, TypeAlias

import numpy as np

from advisor.autoscaling import release_delay_s
from advisor.capacity import CapacityPlan, Sizing, asks_promise, gpus_asked, most_signed, size, utilisation
from advisor.limits import Limit, at_most, impossible, offered
from advisor.machine_hours import machine_hours
from advisor.nodes import (
    Room,
    allocatable_memory,
    allocatable_vcpu,
)
from advisor.platforms.fitting import (
    Fit,
    Held,
    Request,
    as_sold,
    cheaper,
    nodes,
    part_of_nodes,
    share_of_cluster,
)
from advisor.platforms.networks import Cluster, Network
from advisor.platforms.overhead import Beside, present, standing, with_pod_overhead
from advisor.platforms.platform import Offer, Platform, common_limits
from advisor.queueing import per_replica
from advisor.traffic import hours_with_release
from advisor.units import HOURS_PER_MONTH, MIB_PER_GIB, Array
from advisor.usage import Quantity, Usage, image_gib_months, log_gib
from advisor.workload import Workloads
from pricing.fact import Facts
from pricing.machines import NO, YES, Machines

# Machine-hours that run, (rows, machines) -> meter -> quantity.
NodeFees: TypeAlias = Callable[[Array, Offer], Mapping[str, Array]]

NOT_TRIMMED = np.array([[1.0]])
NEVER_S = np.array([[np.inf]])  # a pod autoscaler's last replica never expires


class ControlPlane(NamedTuple):
    """The control plane of one mode of a cluster: what it can be asked for, where it runs, and what it costs."""

    promise: str  # fact: the availability that it can be asked for
    fee: str | None = None  # meter of its hours: of a vendor's fee, or of machines of one's own; None on the nodes
    machines: str | None = None  # fact: how many machines of one's own it runs on; None where it has none
    nodes: str = ""  # fact: how many of the nodes carry it; empty where it is not on the nodes
    zonal: bool = False  # in a single zone, together with all nodes

    def own_machines(self, facts: Facts) -> float:
        """Machines of one's own that it alone runs on; none where the vendor runs it, or the nodes carry it."""
        if self.machines is None:
            return 0.0
        facts.fact("control_plane_machine")  # the price list looks it up; read here, it is shown as an assumption
        return float(facts[self.machines])


@dataclass(frozen=True, eq=False, kw_only=True)
class Kubernetes(Platform):
    """A cluster whose nodes are machines of a market: alone for one service, or shared by several."""

    room: Callable[[Machines, Facts], Room]  # what a node leaves after the system's reserves
    control_planes: Mapping[str, ControlPlane]  # by mode
    network: Network  # what carries its traffic
    stackable: bool = True  # whether its nodes can carry the pods of a stack
    node_fees: NodeFees = field(default_factory=lambda: no_fees)  # what the vendor asks for running nodes

    def capacity(self, work: Workloads, mode: str, offer: Offer) -> CapacityPlan:
        """Replicas at each level on nodes that follow them: with the request as declared, or trimmed to fit a node."""
        fit: Fit = work.once(offer, lambda: self._fit(work, offer))
        plane = self.control_planes[mode]
        spread = bool((work.survive_zone > 0).any()) and not plane.zonal
        if (spread, plane.nodes) not in fit.plans:
            fit.plans[spread, plane.nodes] = self._better(fit, spread, plane, offer)
        return fit.plans[spread, plane.nodes]

    def alike(self, offer: Offer) -> tuple[Hashable, ...] | None:
        """The kind of boot disk, which a family decides."""
        newer = offer.facts.get("hyperdisk_only_families", ())
        return tuple(family in newer for family in offer.machines.family)

    def _better(self, fit: Fit, spread: bool, plane: ControlPlane, offer: Offer) -> CapacityPlan:
        declared = best = self._plan(fit.declared, fit, spread, plane, offer)
        if fit.trimmed is not None:
            best = cheaper(declared, self._plan(fit.trimmed, fit, spread, plane, offer), fit)
        if fit.share is None:
            return best
        counts = zip(held(declared, offer.facts), present(declared, offer.facts), best.machines, strict=True)
        part = tuple(part_of_nodes(replicas * there, fit.share, machines) for replicas, there, machines in counts)
        return replace(best, part=part)

    def _fit(self, work: Workloads, offer: Offer) -> Fit:
        room: Room = offer.once(Room, lambda: self.room(offer.machines, offer.facts))
        beside = Beside.of(offer.facts)
        pod = with_pod_overhead(work, offer.facts)
        fits = Held.of(pod, room, as_sold(offer.machines, room), offer.facts["trim_floor"])
        declared = self._request(work, offer, fits.declared, NOT_TRIMMED)
        # Denser nodes can only help where one node does not hold all replicas, or none of them.
        helps = fits.denser & ((declared.sized.replicas[-1] > fits.declared) | (fits.declared == 0))
        rows = np.flatnonzero(helps.any(axis=1))
        trimmed = None
        if len(rows):
            chosen = helps[rows]
            pods = np.where(chosen, fits.trimmed[rows], fits.declared[rows])
            ratio = np.where(chosen, fits.vcpu_ratio[rows], 1.0)
            some = work if len(rows) == len(work) else work.take(rows)
            trimmed = self._request(some, offer, pods, ratio)
        return Fit(room, beside, share_of_cluster(pod, room, beside, offer.facts), declared, trimmed, rows, helps)

    def _request(self, work: Workloads, offer: Offer, pods: Array, vcpu_ratio: Array) -> Request:
        sized = size(work, offer.levels, offer.weights, pod_sizing(work, offer, vcpu_ratio))
        return Request(work, sized, pods)

    def _plan(self, request: Request, fit: Fit, spread: bool, plane: ControlPlane, offer: Offer) -> CapacityPlan:
        work, facts, levels = request.work, offer.facts, offer.levels
        hours = hours_with_release(levels, release_delay_s(facts["pod_release_s"], facts["node_release_s"]))
        kept = request.sized.replicas[0]
        plan = standing(CapacityPlan(work, levels, hours, request.sized, kept, NEVER_S), facts)
        least = where_promised(work, facts, "promised_nodes", "nodes_min")
        least = np.maximum(least, facts[plane.nodes]) if plane.nodes else least
        zones = np.where(work.survive_zone > 0, facts["zones"], 1.0) if spread else np.ones((1, 1))
        crowd = fit.beside.among(with_pod_overhead(work, facts), request.pods, fit.room) if fit.beside else None
        machines = nodes(held(plan, facts), request.pods, least, zones, crowd)
        return replace(plan, machines=tuple(machines))

    def limits(self, work: Workloads, mode: str, offer: Offer, plan: CapacityPlan) -> tuple[Limit, ...]:
        """What fits a node, what the control plane's place promises, and how many nodes a cluster may have."""
        if not offer.sold:
            return common_limits(work, offer, plan)
        facts, floor = offer.facts, offer.facts["trim_floor"]
        room = work.once(offer, lambda: self._fit(work, offer)).room
        vcpu = np.maximum(room.vcpu, np.minimum(offer.machines.vcpu, room.vcpu / floor))
        memory = np.maximum(room.memory_gib, np.minimum(offer.machines.memory_gib, room.memory_gib / floor))
        plane, pod = self.control_planes[mode], with_pod_overhead(work, facts)
        in_one_zone = np.full((1, 1), plane.zonal)
        return (
            *common_limits(work, offer, plan),
            *self._stack_limits(facts),
            Limit("vCPU on a node", pod.vcpu, vcpu, "vCPU", facts.fact("trim_floor")),
            Limit("memory on a node", pod.memory_gib, memory, "GiB", facts.fact("trim_floor")),
            Limit("GPUs on a node", gpus_asked(work), offer.machines.gpus, "GPU"),
            at_most("availability", work.availability, facts.fact(plane.promise)),
            impossible("survive the loss of a zone from a single zone", in_one_zone & (work.survive_zone > 0)),
            at_most("nodes of the cluster", plan.machines[-1], facts.fact("nodes_max")),
        )

    def _stack_limits(self, facts: Facts) -> tuple[Limit, ...]:
        """Whether the stack runs on this cluster at all; an answer that nobody gives is shown."""
        if self.stack is None:
            return ()
        runs = facts.fact(f"runs_on_{self.capabilities or self.id}")
        return (offered(f"run {self.stack} on it", np.ones((1, 1), dtype=bool), runs),)

    def usage(self, work: Workloads, mode: str, offer: Offer, plan: CapacityPlan) -> Usage:
        """Machine-hours, the control plane, and the network that a cluster needs."""
        plane = self.control_planes[mode]
        part = part_of_cluster(work)
        own = plane.own_machines(offer.facts)
        hours = work.once(plan, lambda: machine_hours(plan, offer, most_signed(work)))
        fee = {plane.fee: HOURS_PER_MONTH * part * max(own, 1.0)} if plane.fee else {}
        paid = offer.facts.get("production_use_free") == NO
        licence = {"licence_months": part * (work.text("scope") != "demo")} if paid else {}
        of_machines = {
            **hours.meters,
            **self.node_fees(hours.total, offer),
            **boot_disks(hours.total, own * part, offer),
        }
        of_rows = {**fee, **licence, "log_gib": log_gib(work), "image_gib_months": image_gib_months(work)}
        return {
            **{meter: Quantity.exactly(quantity) for meter, quantity in of_machines.items()},
            **self.network(work, offer, plan, Cluster(plane.zonal, part, own)),
            **{meter: Quantity.exactly(quantity) for meter, quantity in of_rows.items()},
        }


def held(plan: CapacityPlan, facts: Facts) -> Array:
    """Replicas that there are nodes for at each level: of all levels those of the peak, where nodes follow no load."""
    replicas = plan.replicas
    return replicas if facts["nodes_follow_load"] == YES else np.broadcast_to(replicas[-1], replicas.shape)


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
    if "boot_disk_gib" not in offer.facts:  # servers of one's own have theirs built in
        return {}
    size_gib = offer.facts["boot_disk_gib"]
    own_gib, newer = own_machines * size_gib, offer.facts.get("hyperdisk_only_families", ())
    hyper = np.array([family in newer for family in offer.machines.family], dtype=np.float64)
    monthly_gib = size_gib / HOURS_PER_MONTH
    disks = machine_hours * (monthly_gib * (1.0 - hyper))
    counted = {"boot_disk_gib_months": disks + own_gib if own_gib.any() else disks}
    if hyper.any():
        counted["boot_hyperdisk_gib_months"] = machine_hours * (monthly_gib * hyper)
    return counted


def where_promised(work: Workloads, facts: Facts, promised: str, otherwise: str) -> Array:
    """One fact where an availability is promised, another elsewhere; only what is needed is read. Shape (rows, 1)."""
    asked = asks_promise(work)
    return np.where(asked, facts[promised] if asked.any() else np.nan, facts[otherwise] if not asked.all() else np.nan)


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
