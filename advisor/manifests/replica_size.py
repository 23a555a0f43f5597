"""The size of a replica as its option takes it, and how many of them a machine holds.

What is declared, raised to a size that is sold, or trimmed to fit: the platform's own formulas, asked again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from advisor.capacity import gpus_asked
from advisor.explanation import Explanation, single
from advisor.nodes import trim
from advisor.platforms.aws_lambda import Lambda, memory_mib
from advisor.platforms.azure_ml import AzureML
from advisor.platforms.cloud_run import CloudRun, instance_size
from advisor.platforms.container_apps import ContainerApps
from advisor.platforms.container_apps import replica_size as container_app_size
from advisor.platforms.fitting import as_sold
from advisor.platforms.gke_autopilot import PODS, Autopilot, pod_sizes
from advisor.platforms.kubernetes import Kubernetes
from advisor.platforms.overhead import with_pod_overhead
from advisor.platforms.platform import Platform
from advisor.platforms.sagemaker import Endpoint, copies_per_machine
from advisor.platforms.sagemaker_serverless import Serverless, environment
from advisor.platforms.vertex_ai import VertexAI, copies_per_node
from advisor.units import MIB_PER_GIB, Array

Size: TypeAlias = tuple[Array, Array]  # vCPU and GiB, each of one row and one machine


def replica_size(explanation: Explanation) -> tuple[float, float]:
    """Size of one replica. [vCPU, GiB]"""
    for platform, size in SIZES.items():
        if isinstance(explanation.platform, platform):
            vcpu, memory_gib = size(explanation)
            return single(vcpu), single(memory_gib)
    return single(explanation.plan.work.vcpu), single(explanation.plan.work.memory_gib)


def _declared(explanation: Explanation) -> Size:
    work = explanation.plan.work
    return work.vcpu, work.memory_gib


def _instance(explanation: Explanation) -> Size:
    size = instance_size(explanation.plan.work, explanation.variant.mode, explanation.offer)
    return size.vcpu, size.memory_gib


def _container_app(explanation: Explanation) -> Size:
    size = container_app_size(explanation.plan.work, explanation.variant.mode, explanation.offer.facts)
    return size.vcpu, size.memory_gib


def _function(explanation: Explanation) -> Size:
    work = explanation.plan.work
    return work.vcpu, memory_mib(work, explanation.offer.facts) / MIB_PER_GIB


def _environment(explanation: Explanation) -> Size:
    memory_gib, vcpu = environment(explanation.plan.work, explanation.offer.facts)
    return vcpu, memory_gib


def _autopilot_pod(explanation: Explanation) -> Size:
    billed = explanation.variant.mode == PODS
    return pod_sizes(explanation.plan.work, explanation.offer) if billed else _pod(explanation)


def _pod(explanation: Explanation) -> Size:
    """As declared, or a little less, so that a node holds more of them."""
    platform, offer, trimmed = explanation.platform, explanation.offer, explanation.plan.trimmed
    work = explanation.plan.work
    if not isinstance(platform, Kubernetes) or trimmed is None or not trimmed.any():
        return _declared(explanation)
    room, pod = platform.room(offer.machines, offer.facts), with_pod_overhead(work, offer.facts)
    sold, floor = as_sold(offer.machines, room), offer.facts["trim_floor"]
    cut = trim(pod.vcpu, pod.memory_gib, gpus_asked(work), sold, room, floor)
    less = pod.vcpu * (1.0 - cut.vcpu_ratio), pod.memory_gib * (1.0 - cut.memory_ratio)  # a stack's part is not cut
    return work.vcpu - less[0], work.memory_gib - less[1]


# The first kind of platform that fits. Elsewhere a replica is what is declared.
SIZES: Mapping[type[Platform], Callable[[Explanation], Size]] = {
    CloudRun: _instance,
    ContainerApps: _container_app,
    Lambda: _function,
    Serverless: _environment,
    Autopilot: _autopilot_pod,
    Kubernetes: _pod,
}


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
