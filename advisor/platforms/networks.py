"""What carries the traffic of a cluster, by vendor: balancers, gateways, addresses, and data between zones."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import numpy as np

from advisor.capacity import CapacityPlan, asks_promise
from advisor.platforms.platform import Offer
from advisor.units import HOURS_PER_MONTH, SECONDS_PER_HOUR, Array
from advisor.usage import Quantity, Usage, internet_gib, log_gib, registry_days, request_gib, response_gib
from advisor.workload import Workloads


class Cluster(NamedTuple):
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
        "nat_vm_hours": nat_vm_hours(plan, own_machines, offer.facts["nat_billed_vms_max"]),
        "load_balancer_hours": hours * public,
        "load_balancer_gib": through * public,
        "internal_load_balancer_hours": hours * np.maximum(1.0 - public, cluster.api_balancers),
        "internal_load_balancer_gib": through * (1.0 - public),
        "cross_zone_gib": through * (1.0 - public) * (1.0 - 1.0 / zones),
        "internet_egress_gib": internet_gib(work),
        "nat_gib": internet_gib(work) * (1.0 - public),
        "address_hours": hours,
    }
    return {meter: Quantity.exactly(quantity) for meter, quantity in counted.items()}


def google_machines(work: Workloads, offer: Offer, plan: CapacityPlan, cluster: Cluster) -> Usage:
    """The network of a few machines of Compute Engine: each has an address of its own, where its own ingress answers.

    What K3s brings along replaces the balancer (docs.k3s.io, networking services), and an address a gateway; where one
    machine may fail, a balancer stands before all of them as before any cluster.
    """
    if not cluster.zonal:
        return google_network(work, offer, plan, cluster)
    counted = {"address_hours": plan.machine_hours, "internet_egress_gib": internet_gib(work)}
    return {meter: Quantity.exactly(quantity) for meter, quantity in counted.items()}


def amazon_network(work: Workloads, offer: Offer, plan: CapacityPlan, cluster: Cluster) -> Usage:
    """Load balancer, gateways, addresses and traffic.

    A gateway stands in every zone that availability asks for, with an address; so does an application balancer, in two
    zones at least. Logs leave through the gateway; images and weights do not, as the object store has one that is free
    (docs.aws.amazon.com, gateway endpoints). Clients of a network balancer reach it in any zone, and both ends of what
    crosses zones pay; behind an application balancer nobody does (aws.amazon.com, networking blog).
    """
    del plan  # nothing here is billed by machine
    facts = offer.facts
    public = (work.text("exposure") == "public").astype(np.float64)
    hours = HOURS_PER_MONTH * cluster.part
    zones = zones_needed(work, offer, cluster)
    entered = public * np.maximum(zones, facts["load_balancer_zones_min"] if public.any() else 1.0)
    inside = (request_gib(work) + response_gib(work)) * (1.0 - public)
    counted = {
        "load_balancer_hours": hours * public,
        "internal_load_balancer_hours": hours * (1.0 - public + cluster.api_balancers),
        "internal_load_balancer_lcu_hours": inside / facts["nlcu_gib_per_hour"],
        "cross_zone_gib": 2.0 * inside * (1.0 - 1.0 / zones),
        "internet_egress_gib": internet_gib(work),
        "nat_gateway_hours": hours * zones,
        "nat_gib": internet_gib(work) * (1.0 - public) + log_gib(work),
        "address_hours": hours * (zones + entered),
    }
    exact = {meter: Quantity.exactly(quantity) for meter, quantity in counted.items()}
    return {**exact, "load_balancer_lcu_hours": balancer_units(work, offer).times(public)}


def azure_network(work: Workloads, offer: Offer, plan: CapacityPlan, cluster: Cluster) -> Usage:
    """Load balancers, addresses, traffic, and the registry, which has a fee of its own.

    A public balancer carries what goes out, by an address, and what comes in for a public service, by another; a
    private service has an internal balancer beside it, which serves the API of a control plane of one's own too: five
    rules cost as one (learn.microsoft.com, AKS, public standard load balancer).
    """
    del plan  # nothing here is billed by machine
    facts = offer.facts
    facts.fact("outbound")  # read, so that the choice stands among the assumptions
    facts.fact("public_entry")
    public = (work.text("exposure") == "public").astype(np.float64)
    through = request_gib(work) + response_gib(work)
    zones = 1.0 if cluster.zonal else facts["zones"]
    hours = HOURS_PER_MONTH * cluster.part
    counted = {
        "load_balancer_hours": hours,
        "load_balancer_gib": through * public + internet_gib(work) * (1.0 - public) + log_gib(work),
        "internal_load_balancer_hours": hours * np.maximum(1.0 - public, cluster.api_balancers),
        "internal_load_balancer_gib": through * (1.0 - public),
        "cross_zone_gib": through * (1.0 - 1.0 / zones),
        "internet_egress_gib": internet_gib(work),
        "address_hours": hours * (1.0 + public),
        "registry_days": registry_days(cluster.part),
    }
    return {meter: Quantity.exactly(quantity) for meter, quantity in counted.items()}


def zones_needed(work: Workloads, offer: Offer, cluster: Cluster) -> Array:
    """Zones with a gateway of their own: one, or all where an availability or the loss of a zone asks. (rows, 1)."""
    spread = (asks_promise(work) | (work.survive_zone > 0)) & (not cluster.zonal)
    return np.where(spread, offer.facts["zones"] if spread.any() else np.nan, 1.0)


def balancer_units(work: Workloads, offer: Offer) -> Quantity:
    """Capacity unit-hours of an application balancer, the larger of its dimensions: data, or new connections.

    Expected: callers keep their connections open, so data decides. At most: every request opens one.
    """
    facts = offer.facts
    by_data = (request_gib(work) + response_gib(work)) / facts["lcu_gib_per_hour"]
    by_connections = work.requests_per_month / (SECONDS_PER_HOUR * facts["lcu_connections_per_second"])
    return Quantity(by_data, by_data, np.maximum(by_data, by_connections))


def nat_vm_hours(plan: CapacityPlan, own_machines: Array, most: float) -> Array:
    """VM-hours that a NAT gateway bills in a month: at any time at most so many VMs. Shape (rows, machines)."""
    nodes_most = most - own_machines
    always = HOURS_PER_MONTH * own_machines
    over = np.flatnonzero((plan.machines[-1] > nodes_most).any(axis=1))
    total = plan.machine_hours + always
    if len(over):
        rows_most, some = np.broadcast_to(nodes_most, (len(total), 1))[over], np.zeros((len(over), total.shape[1]))
        for hours, machines in zip(plan.hours, plan.paid, strict=True):
            some += hours * np.minimum(machines[over], rows_most)
        total[over] = some + np.broadcast_to(always, (len(total), 1))[over]
    return total
