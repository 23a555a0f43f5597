"""The size of a replica as its option takes it: what is declared, raised to a size that is sold, or trimmed to fit."""

from __future__ import annotations

from advisor.capacity import gpus_asked
from advisor.explanation import Explanation, single
from advisor.nodes import pods_per_node, trim
from advisor.platforms.cloud_run import CloudRun, instance_size
from advisor.platforms.kubernetes import Kubernetes, as_sold


def replica_size(explanation: Explanation) -> tuple[float, float]:
    """Size of one replica. [vCPU, GiB]"""
    work, offer, platform = explanation.plan.work, explanation.offer, explanation.platform
    if isinstance(platform, CloudRun):
        size = instance_size(work, explanation.variant.mode, offer)
        return single(size.vcpu), single(size.memory_gib)
    trimmed = explanation.plan.trimmed
    if isinstance(platform, Kubernetes) and trimmed is not None and trimmed.any():
        room = platform.room(offer.machines, offer.facts)
        nominal = pods_per_node(work.vcpu, work.memory_gib, gpus_asked(work), as_sold(offer.machines, room))
        cut = trim(work.vcpu, work.memory_gib, nominal, room, offer.facts["trim_floor"])
        return single(work.vcpu * cut.vcpu_ratio), single(work.memory_gib * cut.memory_ratio)
    return single(work.vcpu), single(work.memory_gib)
