"""What a node leaves for replicas, how many fit on it, and how serverless nodes round a pod up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from advisor.units import MIB_PER_GIB, MILLI, Array, Mask, ceil, floor
from pricing.scale import MarginalScale


def reserved_vcpu(vcpu: Array, scale_millicores: MarginalScale) -> Array:
    """The kubelet's own part of a node's vCPU: a marginal scale of millicores per core (GKE, AKS, and our own nodes).

    (machines,) -> (machines,).
    """
    return scale_millicores(vcpu) * MILLI


def eks_reserved_vcpu(vcpu: Array, scale_millicores: MarginalScale) -> Array:
    """The part of a node's vCPU that EKS keeps: the same scale, every range cut to whole millicores (nodeadm).

    (machines,) -> (machines,).
    """
    total = np.zeros_like(vcpu)
    for start, end, slope in scale_millicores.tiers():
        total = total + floor(slope * np.clip(vcpu - start, 0, end - start))
    return total * MILLI


def gke_reserved_memory(
    memory_gib: Array, scale: MarginalScale, small_below_gib: float, small_reserved_gib: float
) -> Array:
    """GiB that GKE keeps of a node: a marginal scale of shares, or a fixed amount of a node below `small_below_gib`."""
    return np.where(memory_gib < small_below_gib, small_reserved_gib, scale(memory_gib))


def eks_reserved_memory(max_pods: Array, base_mib: float, per_pod_mib: float) -> Array:
    """GiB that EKS keeps of a node: a base and so much for every pod it may run. (machines,) -> (machines,)."""
    return (base_mib + per_pod_mib * max_pods) / MIB_PER_GIB


def aks_reserved_memory(
    memory_gib: Array, max_pods: Array, base_gib: float, per_pod_gib: float, most_share: float
) -> Array:
    """GiB that AKS keeps of a node: a base and so much for every pod, at most a share of the node (AKS 1.29 on)."""
    return np.minimum(base_gib + per_pod_gib * max_pods, most_share * memory_gib)


def allocatable_vcpu(vcpu: Array, reserved_vcpu: Array, daemons_vcpu: Array) -> Array:
    """What is left of a node's vCPU for replicas after the kubelet and the DaemonSets. (machines,) -> (machines,)."""
    return np.maximum(vcpu - reserved_vcpu - daemons_vcpu, 0)


def allocatable_memory(
    memory_gib: Array, hidden_share: Array, reserved_gib: Array, eviction_gib: Array, daemons_gib: Array
) -> Array:
    """GiB of a node left for replicas. (machines,) -> (machines,).

    The operating system sees less than nominal by `hidden_share`; of that the kubelet keeps its reserve and stays clear
    of the eviction threshold (kubernetes.io, Reserve Compute Resources), and DaemonSets take theirs.
    """
    return np.maximum(memory_gib * (1 - hidden_share) - reserved_gib - eviction_gib - daemons_gib, 0)


class Room(NamedTuple):
    """What nodes offer to replicas: nominal, or allocatable. Each (machines,)."""

    vcpu: Array
    memory_gib: Array
    gpus: Array
    pods: Array  # infinite where the machine is not a cluster node


def pods_per_node(vcpu: Array, memory_gib: Array, gpus: Array, node: Room) -> Array:
    """Whole replicas that fit on a node, 0 where none does: the scarcest of vCPU, memory, GPUs and pods.

    What a replica needs (rows, 1), what nodes offer (machines,) -> (rows, machines).
    """
    by_size = np.minimum(node.vcpu / vcpu, node.memory_gib / memory_gib)
    by_gpu = np.where(gpus > 0, node.gpus / np.maximum(gpus, 1), np.inf)
    return floor(np.minimum(np.minimum(by_size, by_gpu), node.pods))


class Trim(NamedTuple):
    """Replicas asked to be a little smaller, so that a node holds more of them. Each (rows, machines)."""

    pods: Array  # replicas per node; 0 where none fits even so
    vcpu_ratio: Array  # of the declared vCPU that each gets, at most 1; durations stretch by its inverse
    memory_ratio: Array  # of the declared memory that each gets, at most 1


def trim(vcpu: Array, memory_gib: Array, gpus: Array, sold: Room, node: Room, least_ratio: float) -> Trim:
    """Fit into what is allocatable as many replicas as the node promises as it is sold, or as the floor lets in.

    The floor is the part of its size that a replica must keep. So the larger a replica, the fewer a node holds, with no
    step back up where the promise is missed by one. What a replica declares (rows, 1), room (machines,).
    """
    promised = pods_per_node(vcpu, memory_gib, gpus, sold)
    pods = np.minimum(promised, pods_per_node(vcpu * least_ratio, memory_gib * least_ratio, gpus, node))
    held = np.maximum(pods, 1)
    return Trim(pods, np.minimum(node.vcpu / (held * vcpu), 1), np.minimum(node.memory_gib / (held * memory_gib), 1))


def machines_needed(replicas: Array, per_machine: Array) -> Array:
    """Machines that hold the replicas, ⌈n/k⌉. Of no use where k is 0: no machine will do."""
    return ceil(replicas / np.maximum(per_machine, 1))


def share_of_node(vcpu: Array, memory_gib: Array, gpus: Array, node: Room, packing: float) -> Array:
    """Nodes that one replica accounts for in a cluster shared with other services.

    Its largest share of vCPU, memory or pods over how full such clusters are packed (0 to 1); GPUs are never shared,
    so they count whole. Shapes as for `pods_per_node`; of no use where that is 0.
    """
    share = np.maximum(np.maximum(share_of(vcpu, node.vcpu), share_of(memory_gib, node.memory_gib)), 1 / node.pods)
    return np.maximum(share / packing, share_of(gpus, node.gpus))


def share_of(asked: Array, offered: Array) -> Array:
    """What is asked as a share of what is offered; of no use where nothing is. Any shapes that broadcast."""
    return asked / np.where(offered > 0, offered, 1)


def shared_nodes(replicas: Array, share_of_node: Array, nodes_alone: Array) -> Array:
    """Nodes, in fractions, that a service pays for in a shared cluster: never more than it would need alone."""
    return np.minimum(replicas * share_of_node, nodes_alone)


def smallest_listed(vcpu: Array, memory_gib: Array, listed: Sequence[tuple[float, float]]) -> tuple[Array, Array, Mask]:
    """Smallest listed (vCPU, GiB) that holds a pod, fewest vCPU first, and where one does.

    So EKS Fargate sizes a pod (`memory_gib` with what it adds for itself), and so Cloud Run ties vCPU to memory.
    (rows, 1) -> three of (rows, 1); where none is large enough, the largest and False.
    """
    sizes = sorted(listed)
    size_vcpu, size_gib = (np.array(column, dtype=np.float64) for column in zip(*sizes, strict=True))
    holds = (size_vcpu >= vcpu) & (size_gib >= memory_gib)
    held = np.asarray(holds.any(axis=1, keepdims=True))
    chosen = np.where(held, holds.argmax(axis=1, keepdims=True), len(sizes) - 1)
    return size_vcpu[chosen], size_gib[chosen], held


def autopilot_pod(
    vcpu: Array,
    memory_gib: Array,
    least_vcpu: Array,
    least_memory_gib: Array,
    step_vcpu: float,
    gib_per_vcpu: tuple[Array, Array],
) -> tuple[Array, Array]:
    """What GKE Autopilot bills for a pod, vCPU and GiB: raised to the least, to the ratio and to whole steps.

    The smaller side is raised into `gib_per_vcpu`, lowest and highest. What pods ask (rows, 1), what classes of pods
    require (classes,) -> two of (rows, classes).
    """
    lowest, highest = gib_per_vcpu
    needed = np.maximum(np.maximum(vcpu, least_vcpu), np.maximum(memory_gib, least_memory_gib) / highest)
    billed_vcpu = ceil(needed / step_vcpu) * step_vcpu
    return billed_vcpu, np.maximum(np.maximum(memory_gib, least_memory_gib), lowest * billed_vcpu)
