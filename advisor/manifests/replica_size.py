"""The size of a replica as its option takes it, and how many of them a machine holds.

What is declared, raised to a size that is sold, or trimmed to fit: the platform's own formulas, asked again.
"""

from __future__ import annotations

from advisor.capacity import gpus_asked
from advisor.explanation import Explanation, single
from advisor.nodes import pods_per_node, trim
from advisor.platforms.azure_ml import AzureML
from advisor.platforms.cloud_run import CloudRun, instance_size
from advisor.platforms.container_apps import ContainerApps
from advisor.platforms.container_apps import replica_size as container_app_size
from advisor.platforms.fitting import as_sold
from advisor.platforms.kubernetes import Kubernetes
from advisor.platforms.overhead import with_pod_overhead
from advisor.platforms.sagemaker import Endpoint, copies_per_machine
from advisor.platforms.sagemaker_serverless import Serverless, environment
from advisor.platforms.vertex_ai import VertexAI, copies_per_node


def replica_size(explanation: Explanation) -> tuple[float, float]:
    """Size of one replica. [vCPU, GiB]"""
    work, offer, platform = explanation.plan.work, explanation.offer, explanation.platform
    trimmed = explanation.plan.trimmed
    if isinstance(platform, CloudRun):
        size = instance_size(work, explanation.variant.mode, offer)
        return single(size.vcpu), single(size.memory_gib)
    if isinstance(platform, ContainerApps):
        size = container_app_size(work, explanation.variant.mode, offer.facts)
        return single(size.vcpu), single(size.memory_gib)
    if isinstance(platform, Serverless):
        memory_gib, vcpu = environment(work, offer.facts)
        return single(vcpu), single(memory_gib)
    if isinstance(platform, Kubernetes) and trimmed is not None and trimmed.any():
        return _trimmed(explanation, platform)
    return single(work.vcpu), single(work.memory_gib)


def _trimmed(explanation: Explanation, platform: Kubernetes) -> tuple[float, float]:
    """A little less than is declared, so that a node holds as many as its nominal size promises."""
    work, offer = explanation.plan.work, explanation.offer
    room, pod = platform.room(offer.machines, offer.facts), with_pod_overhead(work, offer.facts)
    nominal = pods_per_node(pod.vcpu, pod.memory_gib, gpus_asked(work), as_sold(offer.machines, room))
    cut = trim(pod.vcpu, pod.memory_gib, nominal, room, offer.facts["trim_floor"])
    less = pod.vcpu * (1.0 - cut.vcpu_ratio), pod.memory_gib * (1.0 - cut.memory_ratio)  # a stack's part is not cut
    return single(work.vcpu - less[0]), single(work.memory_gib - less[1])


def copies_of_machine(explanation: Explanation) -> int:
    """Copies that one machine of a managed endpoint runs; 1 where no machine is chosen, or none holds a copy."""
    work, offer, platform = explanation.plan.work, explanation.offer, explanation.platform
    if not offer.sold:
        return 1
    if isinstance(platform, VertexAI):
        return max(1, int(single(copies_per_node(work, offer))))
    if isinstance(platform, Endpoint | AzureML):
        return max(1, int(single(copies_per_machine(work, offer.machines))))
    return 1
