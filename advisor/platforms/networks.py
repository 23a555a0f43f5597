"""What carries the traffic of a cluster, by vendor: balancers, gateways, addresses, and data between zones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from advisor.capacity import CapacityPlan
from advisor.platforms.platform import Offer
from advisor.units import HOURS_PER_MONTH, Array
from advisor.usage import Quantity, Usage, internet_gib, request_gib, response_gib
from advisor.workload import Workloads


@dataclass(frozen=True)
class Cluster:
    """What a network must know of the cluster."""

    zonal: bool  # in a single zone
    part: Array  # of the cluster's fees that the service bears. Shape (rows, 1)
    own_machines: float  # of the control plane; 0 where the vendor runs it

    @property
    def api_balancers(self) -> float:
        """Balancers before the API of a control plane on several machines of one's own (kubernetes.io, kubeadm)."""
        return float(self.own_machines > 1)


Network: TypeAlias = Callable[[Workloads, Offer, CapacityPlan, Cluster], Usage]


def google_network(work: Workloads, offer: Offer, plan: CapacityPlan, cluster: Cluster) -> Usage:
    """Load balancer, addresses and traffic; behind a passthrough balancer some of it crosses zones.

    The first five forwarding rules cost as one, so the balancer of an API beside a private service costs nothing.
    """
    public = (work.text("exposure") == "public").astype(np.float64)
    through = request_gib(work) + response_gib(work)
    zones = 1.0 if cluster.zonal or public.all() else offer.facts["zones"]
    hours = HOURS_PER_MONTH * cluster.part
    own_machines = cluster.own_machines * cluster.part
    counted = {
        "load_balancer_hours": hours * public,
        "load_balancer_gib": through * public,
        "internal_load_balancer_hours": hours * np.maximum(1.0 - public, cluster.api_balancers),
        "internal_load_balancer_gib": through * (1.0 - public),
        "cross_zone_gib": through * (1.0 - public) * (1.0 - 1.0 / zones),
        "internet_egress_gib": internet_gib(work),
        "nat_gib": internet_gib(work) * (1.0 - public),
        "nat_vm_hours": nat_vm_hours(plan, own_machines, offer.facts["nat_billed_vms_max"]),
        "address_hours": hours,
    }
    return {meter: Quantity.exactly(quantity) for meter, quantity in counted.items()}


def nat_vm_hours(plan: CapacityPlan, own_machines: Array, most: float) -> Array:
    """VM-hours that a NAT gateway bills in a month: at any time at most so many VMs. Shape (rows, machines)."""
    total = np.zeros((1, 1))
    for hours, machines in zip(plan.hours, plan.machines, strict=True):
        total = total + hours * np.minimum(machines + own_machines, most)
    return total
