"""Kubernetes on servers of one's own: bought for their life, fed with power, and housed in a rented rack."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from advisor.capacity import CapacityPlan
from advisor.platforms.k3s import ON_NODES
from advisor.platforms.kubernetes import Kubernetes
from advisor.platforms.networks import Cluster
from advisor.platforms.platform import Offer
from advisor.platforms.self_managed import kubelet_room
from advisor.units import HOURS_PER_MONTH, KIB_PER_GIB, MEGABITS_PER_GIB, Array
from advisor.usage import Quantity, Usage
from advisor.workload import Workloads
from pricing.fact import Facts
from pricing.machines import TERMS
from pricing.span import Span, span

# What the price of a server follows from, beside what its parts cost.
PAID = ("server_life_years", "residual_share", "network_share", "spares_share")
COMMITTED = ("unused_committed_machine_hours", *(f"paying_{term}_machine_hours" for term in TERMS))
NOT_BILLED = ("log_gib", "image_gib_months", *COMMITTED)


def own_site(work: Workloads, offer: Offer, plan: CapacityPlan, cluster: Cluster) -> Usage:
    """Power, racks, and what leaves to the internet. Switches are part of the servers' price, the balancer is software.

    Power of the machines x power of the site over theirs; a rack is rented by the power that it must offer; transit by
    the busiest level of traffic.
    """
    del cluster
    facts = offer.facts
    for name in PAID:
        facts.fact(name)  # the price list looks them up; read here, they are shown with what was assumed
    kw = Quantity(*(each[None, :] for each in power_kw(offer.machines.names, facts)))
    kwh = kw.times(plan.machine_hours)
    leaves_gib_per_s = plan.rate_per_s[-1] * work.response_kib * work.internet_share / KIB_PER_GIB
    return {
        "energy_kwh": kwh.times(np.array(facts["power_usage_effectiveness"])),
        "rack_kw_months": kwh.times(np.array(1.0 / HOURS_PER_MONTH)),
        "transit_mbit_months": Quantity.exactly(leaves_gib_per_s * MEGABITS_PER_GIB),
    }


def power_kw(servers: Sequence[str], facts: Facts) -> tuple[Array, Array, Array]:
    """Power of each server with its cards: to expect, least, most. Three of shape (machines,)."""
    drawn = [server_kw(server, facts) for server in servers]
    expected, low, high = ([getattr(each, end) for each in drawn] for end in ("expected", "low", "high"))
    return np.array(expected), np.array(low), np.array(high)


def server_kw(server: str, facts: Facts) -> Span:
    """Power of a server with its cards; nothing of a machine that has no name. [kW]"""
    parts = facts["servers"].get(server)
    if parts is None:
        return Span(0.0, 0.0, 0.0)
    body = span(facts, f"{parts['body']}_kw")
    if "card" not in parts:
        return body
    return body.plus(span(facts, f"{parts['card']}_kw").times(*[parts["gpus"]] * len(body)))


class OwnServers(Kubernetes):
    """A cluster on servers of one's own, whose disks hold logs and images, and which are bought in one way only."""

    def alike(self, offer: Offer) -> None:
        """Every server draws a power of its own."""

    def usage(self, work: Workloads, mode: str, offer: Offer, plan: CapacityPlan) -> Usage:
        """What a cluster uses, without what nobody bills here."""
        counted = super().usage(work, mode, offer, plan)
        return {meter: quantity for meter, quantity in counted.items() if meter not in NOT_BILLED}


ON_PREM = OwnServers(
    id="on-prem",
    title="Kubernetes on servers of one's own",
    vendor="on_prem",
    management="self-managed",
    modes=tuple(ON_NODES),
    services=("common/kubernetes", "common/add_ons", "common/kubeadm", "on_prem/hardware", "on_prem/energy"),
    effort="ONP",
    purchases=("on-demand",),
    market="on_prem/hardware",
    shared=True,
    room=kubelet_room,
    control_planes={mode: plane._replace(zonal=True) for mode, plane in ON_NODES.items()},  # one site is one zone
    network=own_site,
)
