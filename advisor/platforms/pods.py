"""Pods that are billed by themselves: replicas follow the load, and the vendor finds room for each of them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from advisor.capacity import CapacityPlan, size
from advisor.platforms.kubernetes import NEVER_S, NOT_TRIMMED, pod_sizing
from advisor.platforms.platform import Offer
from advisor.traffic import hours_with_release
from advisor.units import HOURS_PER_MONTH, Array
from advisor.usage import image_gib_months, log_gib
from advisor.workload import Workloads


def pods_plan(work: Workloads, offer: Offer) -> CapacityPlan:
    """Replicas at each level, the release of a pod late; there are no nodes to wait for."""
    sized = size(work, offer.levels, offer.weights, pod_sizing(work, offer, NOT_TRIMMED))
    hours = hours_with_release(offer.levels, offer.facts["pod_release_s"])
    return CapacityPlan(work, offer.levels, hours, sized, sized.replicas[0], NEVER_S)


def pod_hours(plan: CapacityPlan) -> Array:
    """Pod-hours of a month. Shape (rows, 1)."""
    total = np.zeros((1, 1))
    for hours, replicas in zip(plan.hours, plan.replicas, strict=True):
        total = total + hours * replicas
    return total


def base_pod_hours(plan: CapacityPlan) -> Array:
    """Pod-hours of the replicas that always run. Shape (rows, 1)."""
    base: Array = HOURS_PER_MONTH * plan.replicas[0]
    return base


def kept_data(work: Workloads) -> Mapping[str, Array]:
    """Logs and images, which no pod is billed for."""
    return {"log_gib": log_gib(work), "image_gib_months": image_gib_months(work)}
