"""Vertex AI online endpoints: nodes of one machine type, billed by the hour from deployment to removal."""

from __future__ import annotations

import math
from collections.abc import Hashable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from advisor.autoscaling import replicas_with_spare_zone
from advisor.capacity import CapacityPlan, Sizing, asks_promise, gpus_asked, most_signed, size, utilisation
from advisor.limits import Limit, at_most, impossible, offered
from advisor.machine_hours import machine_hours
from advisor.nodes import Room, machines_needed, pods_per_node
from advisor.platforms.gateway import gateway, is_public
from advisor.platforms.kubernetes import NEVER_S, where_promised
from advisor.platforms.platform import Offer, Platform, common_limits
from advisor.queueing import per_replica
from advisor.sleep import asleep_hours
from advisor.traffic import hours_with_release
from advisor.units import HOURS_PER_DAY, HOURS_PER_MONTH, KIB_PER_MIB, Array
from advisor.usage import Quantity, Usage, image_gib_months, internet_gib, log_gib
from advisor.workload import Workloads
from pricing.fact import Facts

ENDPOINT, TO_ZERO = "endpoint", "scale-to-zero"
UNCOUNTED = np.array([np.inf])  # a node is no cluster node: nothing but its size limits what runs on it


@dataclass(frozen=True, eq=False)
class VertexAI(Platform):
    """A dedicated endpoint on nodes that follow the traffic, at least one; or none while nobody calls (preview)."""

    def alike(self, offer: Offer) -> tuple[Hashable, ...]:
        """Nothing: a node is its size."""
        return ("",) * len(offer.machines)

    def capacity(self, work: Workloads, mode: str, offer: Offer) -> CapacityPlan:
        """Copies of the service at each level, and the nodes that hold them."""
        plan = awake(work, offer).plan
        return plan if mode == ENDPOINT else with_sleep(plan, offer)

    def limits(self, work: Workloads, mode: str, offer: Offer, plan: CapacityPlan) -> tuple[Limit, ...]:
        """What fits a node, the endpoint's sizes and time-outs, its promise, and what sleeping rules out."""
        if not offer.sold:
            return common_limits(work, offer, plan)
        facts, room = offer.facts, room_of(offer)
        lasting_s = np.maximum(work.timeout_s, work.duration_full_s * offer.slowdown)
        body, answer = work.request_kib / KIB_PER_MIB, work.response_kib / KIB_PER_MIB * (work.needs_streaming == 0)
        return (
            *common_limits(work, offer, plan),
            Limit("vCPU on a node", work.vcpu, room.vcpu, "vCPU", facts.fact("node_room_share")),
            Limit("memory on a node", work.memory_gib, room.memory_gib, "GiB", facts.fact("node_room_share")),
            Limit("GPUs on a node", gpus_asked(work), room.gpus, "GPU"),
            at_most("time of a request", lasting_s, facts.fact("timeout_s_max")),
            at_most("size of a request", body, facts.fact("request_body_mib_max")),
            at_most("size of a response", answer, facts.fact("request_body_mib_max")),
            at_most("availability", work.availability, facts.fact("availability_promise")),
            offered("spread nodes over zones", work.survive_zone > 0, facts.fact("spreads_over_zones")),
            *(sleep_limits(work, facts) if mode == TO_ZERO else ()),
        )

    def usage(self, work: Workloads, mode: str, offer: Offer, plan: CapacityPlan) -> Usage:
        """Node-hours, a gateway where the service is public, and the vendor's egress, logs and images."""
        del mode  # both bill the same nodes; the plan says for how long
        hours = machine_hours(plan, offer, most_signed(work))
        counted = {
            **hours.meters,
            "internet_egress_gib": internet_gib(work) * (1.0 - is_public(work)),
            "log_gib": log_gib(work),
            "image_gib_months": image_gib_months(work),
        }
        exact = {meter: Quantity.exactly(quantity) for meter, quantity in counted.items()}
        return {**exact, **awake(work, offer).gateway}


VERTEX_AI = VertexAI(
    id="vertex-ai",
    title="Vertex AI endpoint",
    vendor="gcp",
    management="managed",
    modes=(ENDPOINT, TO_ZERO),
    # Facts of the same name: the endpoint's win over those of Cloud Run, which only the gateway reads.
    services=("gcp/cloud_run", "gcp/vertex_ai", "gcp/network", "gcp/operations", "gcp/registry"),
    effort="VTX",
    market="gcp/vertex_ai",
)


@dataclass(frozen=True, eq=False)
class Awake:
    """What both modes share: the endpoint that never sleeps, and the gateway in front of it."""

    plan: CapacityPlan
    offer: Offer

    @cached_property
    def gateway(self) -> Usage:
        """What the gateway uses in a month."""
        return gateway(self.plan.work, self.offer, self.plan)


def awake(work: Workloads, offer: Offer) -> Awake:
    """The endpoint that never sleeps; worked out once for both modes."""
    shared: Awake = work.once(offer, lambda: Awake(plan_of(work, offer), offer))
    return shared


def plan_of(work: Workloads, offer: Offer) -> CapacityPlan:
    """Copies by load and goals, and the nodes that hold them, at least one."""
    facts = offer.facts
    sizing = Sizing(
        utilisation=utilisation(work, facts),
        least=work.min_replicas,
        zones=None,  # a lost zone takes nodes with all their copies, so nodes are spared, not copies
        routing=per_replica,
        follows_bursts=False,
        duration_s=work.duration_s * offer.slowdown,
        duration_full_s=work.duration_full_s * offer.slowdown,
    )
    sized = size(work, offer.levels, offer.weights, sizing)
    copies = copies_per_node(work, offer)
    least = where_promised(work, facts, "promised_nodes_min", "replicas_min")
    machines = tuple(nodes(work, replicas, copies, least, facts) for replicas in sized.replicas)
    kept = np.maximum(work.min_replicas, least)
    return CapacityPlan(work, offer.levels, billed_hours(offer), sized, kept, NEVER_S, machines)


def room_of(offer: Offer) -> Room:
    """What nodes offer to copies of the service. Shapes (machines,)."""
    machines, share = offer.machines, offer.facts["node_room_share"]
    return Room(machines.vcpu * share, machines.memory_gib * share, machines.gpus, UNCOUNTED)


def copies_per_node(work: Workloads, offer: Offer) -> Array:
    """Copies of the service that one node runs, as worker processes of its one container. Shape (rows, machines)."""
    return pods_per_node(work.vcpu, work.memory_gib, gpus_asked(work), room_of(offer))


def nodes(work: Workloads, replicas: Array, copies: Array, least: Array, facts: Facts) -> Array:
    """Nodes that hold the copies of one level, with spare ones where a zone must be survived. (rows, machines)."""
    needed = machines_needed(replicas, copies)
    spared = work.survive_zone > 0
    if spared.any():
        needed = replicas_with_spare_zone(needed, np.array([[facts["zones"]]]), spared)
    return np.maximum(needed, least, out=needed)


def billed_hours(offer: Offer) -> tuple[float, ...]:
    """Monthly hours of each level: a node goes when the last high target has left the window, and its step is paid."""
    step_s = offer.facts["node_billing_step_s"]
    return hours_with_release(offer.levels, math.ceil(offer.facts["replica_release_s"] / step_s) * step_s)


def with_sleep(plan: CapacityPlan, offer: Offer) -> CapacityPlan:
    """The same endpoint, whose last node goes when nobody has called for a while.

    It goes after the idle time, and not before it has stood for the least time after a start; a run is billed in whole
    steps, half a step more on average. Copies that work through a queue in a silent hour keep it awake.
    """
    facts, work = offer.facts, plan.work
    idle_s = max(facts["zero_idle_s"], facts["zero_start_hold_s"])
    asleep = asleep_hours(work.requests_per_month, offer.weights, idle_s + facts["node_billing_step_s"] / 2)
    at_work = (plan.rate_per_s[0] == 0) & (plan.sized.replicas[0] > 0)
    machines = quietest_first(plan, np.where(at_work, 0.0, asleep))
    return replace(plan, kept=work.min_replicas, linger_s=np.array([[idle_s]]), machines=machines)


def quietest_first(plan: CapacityPlan, asleep_hours: Array) -> tuple[Array, ...]:
    """Nodes of each level, less the part of its hours in which the last one sleeps: those of the lowest level first."""
    machines = []
    for hours, standing in zip(plan.hours, plan.machines, strict=True):
        here = np.minimum(asleep_hours, hours)
        asleep_hours = asleep_hours - here
        machines.append(standing - here / (hours or 1.0))
    return tuple(machines)


def sleep_limits(work: Workloads, facts: Facts) -> tuple[Limit, ...]:
    """What an endpoint cannot promise if it sleeps."""
    always = (work.min_replicas > 0) | asks_promise(work) | (work.survive_zone > 0)
    days = facts["undeploy_at_zero_days"]
    rare = work.requests_per_month * days * HOURS_PER_DAY < HOURS_PER_MONTH
    return (
        impossible(
            "keep the request that wakes it", work.lost_requests_allowed == 0, facts.fact("waking_request_lost")
        ),
        impossible("answer without a cold start", work.cold_starts_allowed == 0),
        impossible("fall to zero and keep replicas, a promise or a spare zone at all times", always),
        impossible(
            f"stay deployed on less than one request in {days:g} days", rare, facts.fact("undeploy_at_zero_days")
        ),
    )
