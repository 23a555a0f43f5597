"""How replicas sit on the nodes of a cluster: whole nodes of its own, or a share of nodes that others use too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from advisor.capacity import CapacityPlan, Sized, gpus_asked
from advisor.nodes import Room, machines_needed, pods_per_node, share_of_node, trim
from advisor.platforms.overhead import Beside, Crowd
from advisor.units import Array, Index, Mask, ceil
from advisor.workload import Workloads
from pricing.fact import Facts
from pricing.machines import Machines

WHOLE_NODES = np.inf  # on a cluster of its own: the smaller of this share and whole nodes is whole nodes


class Share(NamedTuple):
    """Nodes that a service accounts for on a shared cluster. Shape (rows, machines).

    On a cluster of its own a service takes whole nodes, more than any share of them.
    """

    replica: Array  # for every replica
    rest: Array  # besides: its part of a stack's own pods, or whole nodes


class Request(NamedTuple):
    """Some rows with what each replica asks for, as declared or trimmed, and the replicas that this takes."""

    work: Workloads
    sized: Sized
    pods: Array  # replicas on a node. Shape (rows, machines)


class Held(NamedTuple):
    """Replicas that a node holds, as declared and trimmed. Shape (rows, machines)."""

    declared: Array
    trimmed: Array
    denser: Mask  # where that is more
    vcpu_ratio: Array  # of the declared vCPU that a trimmed replica gets

    @classmethod
    def of(cls, work: Workloads, room: Room, sold: Room, floor: float) -> Held:
        """Fit each distinct size of replica once, and give every row that of its size."""
        asked = work.vcpu, work.memory_gib, gpus_asked(work)
        first, row = _distinct(asked)
        vcpu, memory_gib, gpus = (column[first] for column in asked)
        declared = pods_per_node(vcpu, memory_gib, gpus, room)
        cut = trim(vcpu, memory_gib, gpus, sold, room, floor)
        return cls(declared[row], cut.pods[row], (cut.pods > declared)[row], cut.vcpu_ratio[row])


@dataclass(frozen=True, eq=False)
class Fit:
    """How replicas sit on nodes, whatever the mode."""

    room: Room  # what a node leaves for replicas
    beside: Beside | None  # what a stack asks besides
    share: Share | None  # of what they declare; None where none of the rows shares its cluster
    declared: Request
    trimmed: Request | None  # for some rows; None where denser nodes help nobody
    rows: Index  # those that may be trimmed
    helps: Mask  # where they may be. Shape (rows, machines)
    plans: dict[tuple[bool, str], CapacityPlan] = field(default_factory=dict)  # known so far, by what modes differ in


def as_sold(machines: Machines, room: Room) -> Room:
    """The node as it is sold, before anything is reserved."""
    return Room(machines.vcpu, machines.memory_gib, machines.gpus, room.pods)


def share_of_cluster(pod: Workloads, room: Room, beside: Beside | None, facts: Facts) -> Share | None:
    """What rows account for on a cluster that they share; a stack's own pods are borne by all services alike."""
    shared = pod.has_cluster > 0
    if not shared.any():
        return None
    rest = np.where(shared, 0.0, WHOLE_NODES)
    packing = facts["packing"]
    replica = share_of_node(pod.vcpu, pod.memory_gib, gpus_asked(pod), room, packing)
    if beside:
        rest = np.where(shared, beside.share(room) / packing / pod.cluster_services, WHOLE_NODES)
    return Share(np.where(shared, replica, 0.0), rest)


def nodes(replicas: Array, pods: Array, least: Array, zones: Array, crowd: Crowd | None) -> Array:
    """Whole nodes of a cluster of its own, which also hold a stack's own pods. Shape (levels, rows, machines).

    Where a zone must be survived, every one of `zones` holds an equal part of the replicas on nodes of its own.
    """
    alone = machines_needed(ceil(replicas / zones), pods)
    if crowd:
        np.maximum(alone, ceil(crowd.nodes(replicas) / zones), out=alone)
    if (zones != 1.0).any():
        alone *= zones
    return np.maximum(alone, least, out=alone)


def part_of_nodes(replicas: Array, share: Share, machines: Array) -> Array:
    """What a service pays of the nodes it would need alone: its share of a shared cluster, or all. (rows, machines)."""
    part = (replicas * share.replica + share.rest) / machines
    return np.minimum(part, 1.0, out=part)


def cheaper(declared: CapacityPlan, trimmed: CapacityPlan, fit: Fit) -> CapacityPlan:
    """Of two plans take, for each row and machine, the one with fewer node-hours; the declared request on a tie.

    Of whole nodes, whoever shares them: what others pay decides neither how replicas fit, nor how many nodes they need.

    What of the result is not a machine or a mask is the declared plan's, unless all of it is trimmed: an explanation
    has one row and one machine, and reads one plan.
    """
    fewer = trimmed.machine_hours < _machine_hours(declared, fit.rows)
    better = fit.helps[fit.rows] & (fewer | (fit.declared.pods[fit.rows] == 0))
    where = np.zeros(fit.helps.shape, dtype=bool)
    where[fit.rows] = better
    if where.all():
        return replace(trimmed, trimmed=where)
    missed = np.broadcast_to(declared.sized.missed, where.shape).copy()
    for whole, cut in (*zip(declared.machines, trimmed.machines, strict=True), (missed, trimmed.sized.missed)):
        whole[fit.rows] = np.where(better, cut, whole[fit.rows])
    return replace(declared, sized=declared.sized._replace(missed=missed), trimmed=where)


def _machine_hours(plan: CapacityPlan, rows: Index) -> Array:
    """Machine-hours of some rows, added as the plan adds them."""
    total = np.zeros((len(rows), plan.machines[0].shape[1]))
    for hours, machines in zip(plan.hours, plan.machines, strict=True):
        total += hours * machines[rows]
    return total


def _distinct(columns: Sequence[Array]) -> tuple[Index, Index]:
    """Where each distinct row of some columns (rows, 1) first stands, and which of them every row is."""
    if len(columns[0]) == 1:
        return np.zeros(1, dtype=np.intp), np.zeros(1, dtype=np.intp)
    code = np.zeros(len(columns[0]), dtype=np.intp)
    for column in columns:
        values, which = np.unique(column[:, 0], return_inverse=True)
        code = code * len(values) + which
    _, first, row = np.unique(code, return_index=True, return_inverse=True)
    return first, row
