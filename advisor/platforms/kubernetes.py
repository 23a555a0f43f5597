"""A Kubernetes cluster on machines: one formula, several instances that differ in data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from advisor.autoscaling import cold_starts
from advisor.capacity import CapacityPlan, LevelPlan, Sizing, asks_promise, size, utilisation, zone_spare
from advisor.limits import Limit, at_most, impossible
from advisor.nodes import Fit, share_of_node, whole_nodes
from advisor.platforms.platform import Offer, Platform, common_limits
from advisor.traffic import hours_with_release
from advisor.units import HOURS_PER_MONTH, Array
from advisor.usage import Quantity, Usage, image_gib_months, internet_gib, log_gib, request_gib, response_gib
from advisor.workload import Workloads
from pricing import Facts, Machines

Allocatable = Callable[[Machines, Facts], tuple[Array, Array]]


@dataclass(frozen=True)
class Kubernetes(Platform):
    """A cluster whose nodes are machines of a market, shared or for one service alone."""

    allocatable: Allocatable = None  # type: ignore[assignment]  # machines, facts -> vCPU and GiB left for pods
    control_plane: Mapping[str, str] = None  # type: ignore[assignment]  # mode -> meter of the cluster's fee
