"""A Kubernetes cluster on machines: one formula, several instances that differ in data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from advisor.autoscaling import release_delay_s
from advisor.capacity import CapacityPlan, LevelPlan, Sizing, asks_promise, cold_starts, size, utilisation
from advisor.limits import Limit, at_most, impossible
from advisor.nodes import Allocatable, Fit, fit_declared, fit_trimmed, share_of_node, whole_nodes
from advisor.platforms.platform import Offer, Platform, common_limits
from advisor.traffic import hours_with_release
from advisor.units import HOURS_PER_MONTH, Array
from advisor.usage import Quantity, Usage, image_gib_months, internet_gib, log_gib, request_gib, response_gib
from advisor.workload import Workloads
from pricing import Facts, Machines

PROMISED_NODES = 2.0  # two of everything, where one may fail
ONE = 1.0


@dataclass(frozen=True)
class Cluster(CapacityPlan):
    """A capacity plan on nodes, with what of a node is left for pods."""

    room: Allocatable = None  # type: ignore[assignment]


@dataclass(frozen=True, kw_only=True)
class Kubernetes(Platform):
    """A cluster whose nodes are machines of a market: alone for one service, or shared by several."""

    room: Callable[[Machines, Facts], Allocatable]  # what of a node is left for pods
    control_plane: Mapping[str, str]  # mode -> meter of the cluster's fee
    zonal: frozenset[str]  # modes that live in a single zone

    def capacity(self, work: Workloads, mode: str, offer: Offer) -> Cluster:
        """Pods at each level, on nodes that follow; the declared or the trimmed request, whichever needs fewer nodes."""
        room = self.room(offer.machines, offer.facts)
        declared = self._on_nodes(work, mode, offer, fit_declared(work.vcpu, work.memory_gib, work.gpus * has_gpu(work), room))
        trimmed_fit = fit_trimmed(work.vcpu, work.memory_gib, work.gpus * has_gpu(work), room, offer.facts["trim_floor"])
        trimmed = self._on_nodes(work, mode, offer, trimmed_fit)
        ...
