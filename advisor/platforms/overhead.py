"""What a stack asks of its cluster: some of every pod, pods of its own, and whether the last replica may go."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from advisor.capacity import CapacityPlan, needs_warm_replica
from advisor.nodes import Room, share_of
from advisor.units import MIB_PER_GIB, MILLI, Array
from advisor.waking import Nap, standing_share
from advisor.workload import Workloads
from pricing.fact import Facts
from pricing.machines import YES

NO_DECISION_S = np.array([[0.0]])  # a pod is asked for as soon as a request comes


def with_pod_overhead(work: Workloads, facts: Facts) -> Workloads:
    """The same rows, every replica with what the stack adds to its pod; the rows themselves where it adds nothing."""
    vcpu, gib = facts.get("pod_overhead_millicores", 0.0) * MILLI, facts.get("pod_overhead_mib", 0.0) / MIB_PER_GIB
    return work.replace(vcpu=work.vcpu + vcpu, memory_gib=work.memory_gib + gib) if vcpu + gib else work


class Beside(NamedTuple):
    """The pods of a stack's own, which stand beside the replicas, whatever their number."""

    vcpu: float
    memory_gib: float

    @classmethod
    def of(cls, facts: Facts) -> Beside | None:
        """As the facts of a stack say; None where there is no stack."""
        if "cluster_overhead_millicores" not in facts:
            return None
        return cls(facts["cluster_overhead_millicores"] * MILLI, facts["cluster_overhead_mib"] / MIB_PER_GIB)

    def share(self, room: Room) -> Array:
        """Nodes that they account for: the scarcer of vCPU and memory. Shape (machines,)."""
        vcpu, gib = np.array(self.vcpu), np.array(self.memory_gib)
        return np.maximum(share_of(vcpu, room.vcpu), share_of(gib, room.memory_gib))

    def among(self, pod: Workloads, pods: Array, room: Room) -> Crowd:
        """These pods among replicas of which a node holds `pods`; one that is trimmed asks for its part of a node."""
        held = np.maximum(pods, 1.0)
        vcpu = share_of(np.minimum(pod.vcpu, room.vcpu / held), room.vcpu)
        gib = share_of(np.minimum(pod.memory_gib, room.memory_gib / held), room.memory_gib)
        own = share_of(np.array(self.vcpu), room.vcpu), share_of(np.array(self.memory_gib), room.memory_gib)
        return Crowd(vcpu, gib, *own)


class Crowd(NamedTuple):
    """Parts of a node that a replica takes, (rows, machines), and that a stack's own pods do, (machines,)."""

    replica_vcpu: Array
    replica_memory: Array
    rest_vcpu: Array
    rest_memory: Array

    def nodes(self, replicas: Array) -> Array:
        """Nodes, in fractions, that all of them fill: a stack's pods are small, and take what replicas leave."""
        by_vcpu = replicas * self.replica_vcpu + self.rest_vcpu
        return np.maximum(by_vcpu, replicas * self.replica_memory + self.rest_memory)


def standing(plan: CapacityPlan, facts: Facts) -> CapacityPlan:
    """The plan with its last replica kept, as an autoscaler of pods does; or gone while nobody asks, if the stack may.

    Where a goal forbids the cold starts that would follow, one replica stays.
    """
    if facts.get("reaches_zero_pods") != YES:
        return plan
    linger_s = facts["zero_delay_s"] + plan.work.duration_s
    sleepy = replace(plan, kept=plan.sized.sizing.least, linger_s=linger_s)
    warm = needs_warm_replica(plan.work, sleepy.cold_share)
    return replace(sleepy, kept=np.maximum(sleepy.kept, warm))


def present(plan: CapacityPlan, facts: Facts) -> Array:
    """Share of time in which a lone replica starts or stands, and takes room. Shape (levels, rows, 1 or machines)."""
    if facts.get("reaches_zero_pods") != YES:
        return np.ones((len(plan.levels), 1, 1))
    lone = (plan.replicas <= 1) & (plan.kept == 0) & (plan.rate_per_s > 0)
    nap = Nap(plan.linger_s, NO_DECISION_S, plan.waking_s)
    return np.where(lone, standing_share(plan.rate_per_s, nap), 1.0)
