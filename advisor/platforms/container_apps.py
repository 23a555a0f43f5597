"""Azure Container Apps, Consumption: replicas billed while they run, at a lower rate where a kept one idles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from advisor.autoscaling import settled_replicas
from advisor.bursts import peak_concurrency
from advisor.capacity import CapacityPlan, Sizing, gpus_asked, needs_warm_replica, size, utilisation
from advisor.limits import Limit, at_most, impossible
from advisor.platforms.cloud_run import InstanceSize, answering, gpu_meter, over_month, slug
from advisor.platforms.platform import Offer, Platform, common_limits
from advisor.queueing import per_replica
from advisor.traffic import hours_with_release
from advisor.units import HOURS_PER_MONTH, SECONDS_PER_MONTH, Array, ceil
from advisor.usage import (
    Quantity,
    Usage,
    image_gib_months,
    internet_gib,
    log_gib,
    registry_days,
    request_gib,
    response_gib,
)
from advisor.workload import Workloads
from pricing.fact import Facts
from pricing.machines import Machines

CONSUMPTION, GPU = "consumption", "gpu"


@dataclass(frozen=True, eq=False)
class ContainerApps(Platform):
    """Replicas that follow the requests of the last seconds, down to none; with or without a GPU."""

    def modes_for(self, gpu: bool) -> tuple[str, ...]:
        """A GPU comes with a profile of its own."""
        return (GPU,) if gpu else (CONSUMPTION,)

    def machines(self, sold: Machines, facts: Facts, region: str, gpus: Mapping[str, float]) -> Machines:
        """The GPU types, one column each; without a GPU a single nameless column."""
        del region  # which regions have them, no page that was found lists in full
        return Machines.accelerators([gpu for gpu in facts["gpu_types"] if gpu in gpus]) if gpus else sold

    def capacity(self, work: Workloads, mode: str, offer: Offer) -> CapacityPlan:
        """Replicas at each level, those that zones ask for, and one kept where a cold start would break a goal."""
        del mode
        facts = offer.facts
        spread = np.where(work.survive_zone > 0, facts["zone_replicas_min"], 0.0)
        sizing = Sizing(
            utilisation=utilisation(work, facts),
            least=np.maximum(work.min_replicas, spread),
            zones=None,  # the vendor spreads replicas over zones and replaces those of a lost one
            routing=per_replica,
            follows_bursts=True,
            duration_s=work.duration_s * offer.slowdown,
            duration_full_s=work.duration_full_s * offer.slowdown,
        )
        hours = hours_with_release(offer.levels, facts["replica_release_s"])
        sized = size(work, offer.levels, offer.weights, sizing)
        linger_s = facts["idle_shutdown_s"] + sizing.duration_s
        plan = CapacityPlan(work, offer.levels, hours, sized, sizing.least, linger_s)
        return replace(plan, kept=np.maximum(sizing.least, needs_warm_replica(work, plan.cold_share)))

    def limits(self, work: Workloads, mode: str, offer: Offer, plan: CapacityPlan) -> tuple[Limit, ...]:
        """The vendor's sizes and time-out; what it promises, nobody was found to state."""
        facts = offer.facts
        replica = replica_size(work, mode, facts)
        lasting_s = np.maximum(work.timeout_s, work.duration_full_s * offer.slowdown)
        return (
            *common_limits(work, offer, plan),
            Limit("vCPU of a replica", replica.vcpu, most(offer, "vcpu_max"), "vCPU", facts.fact("vcpu_max")),
            Limit(
                "memory of a replica",
                replica.memory_gib,
                most(offer, "memory_gib_max"),
                "GiB",
                facts.fact("memory_gib_max"),
            ),
            at_most("GPUs of a replica", gpus_asked(work), facts.fact("gpus_per_replica_max")),
            at_most("time of a request", lasting_s, facts.fact("timeout_s_max")),
            at_most("size of the image", work.image_gib, facts.fact("image_gib_max")),
            at_most("replicas", plan.replicas[-1], facts.fact("replicas_max")),
            at_most("availability", work.availability, facts.fact("availability_promise")),
            impossible("run an image built for arm64", work.text("arch") == "arm64"),
        )

    def usage(self, work: Workloads, mode: str, offer: Offer, plan: CapacityPlan) -> Usage:
        """Seconds of replicas by their rate, requests, and what an environment in a network of one's own adds."""
        replica = replica_size(work, mode, offer.facts)
        active, idle, base = replica_seconds(work, plan, offer.facts, can_idle=mode == CONSUMPTION)
        outside = work.requests_per_month  # those from inside the environment are free; a private service may have some
        inside = work.requests_per_month * (work.text("exposure") == "public")
        return {
            "app_requests": Quantity(outside, inside, outside),
            "active_vcpu_seconds": active.times(replica.vcpu),
            "active_gib_seconds": active.times(replica.memory_gib),
            "idle_vcpu_seconds": Quantity.exactly(idle * replica.vcpu),
            "idle_gib_seconds": Quantity.exactly(idle * replica.memory_gib),
            "active_vcpu_seconds_base": Quantity.exactly(base * replica.vcpu),
            "active_gib_seconds_base": Quantity.exactly(base * replica.memory_gib),
            **gpu_seconds(work, offer, active),
            **around(work, offer),
        }


CONTAINER_APPS = ContainerApps(
    id="container-apps",
    title="Azure Container Apps",
    vendor="azure",
    management="serverless",
    modes=(CONSUMPTION, GPU),
    services=("azure/container_apps", "azure/network", "azure/operations", "azure/registry"),
    effort="ACA",
    purchases=("on-demand", "1y-base", "3y-base"),
)


def replica_size(work: Workloads, mode: str, facts: Facts) -> InstanceSize:
    """CPU and memory are tied: the smallest step of vCPU that covers both. Beside a GPU both are free. (rows, 1)."""
    if mode == GPU:
        return InstanceSize(work.vcpu, work.memory_gib)
    step, ratio = facts["vcpu_step"], facts["gib_per_vcpu"]
    vcpu = ceil(np.maximum(work.vcpu, work.memory_gib / ratio) / step) * step
    return InstanceSize(vcpu, vcpu * ratio)


def most(offer: Offer, what: str) -> Array:
    """The most a replica may have: beside each GPU type, or without. Shape (machines,)."""
    return np.array([offer.facts[f"{slug(gpu)}_{what}" if gpu else what] for gpu in offer.machines.gpu])


def replica_seconds(work: Workloads, plan: CapacityPlan, facts: Facts, can_idle: bool) -> tuple[Quantity, Array, Array]:
    """Seconds of replicas at the active rate, at the idle rate, and at the active rate all month.

    At the minimum each replica is active while it answers and idles else; above it all of them are active, and so is
    every replica where no minimum is set (learn.microsoft.com, Container Apps, billing).
    """
    at_minimum = (plan.kept > 0) & (plan.replicas <= plan.kept) & can_idle
    busy, alive = answering(work, plan, np.array([[facts["billing_step_s"]]])), running(work, plan, facts)
    most_busy = np.minimum(busy.high, np.maximum(plan.replicas, busy.expected))
    expected = np.where(at_minimum, busy.expected, alive.expected)
    low, high = np.where(at_minimum, busy.low, alive.low), np.where(at_minimum, most_busy, alive.high)
    waiting = np.where(at_minimum, np.maximum(plan.kept - busy.expected, 0.0), 0.0)
    starting = plan.cold_starts_per_month * work.startup_s
    active = Quantity(*(starting + over_month(plan.hours, part) for part in (expected, low, high)))
    return active, over_month(plan.hours, waiting), SECONDS_PER_MONTH * low[0]


def running(work: Workloads, plan: CapacityPlan, facts: Facts) -> Quantity:
    """Replicas that run at each level: those that the load settles at, up to those of its busiest moments.

    The autoscaler counts the requests of a window of seconds and keeps what the largest of the last minutes asked for.
    A single replica that nothing keeps runs for the share of time in which it is present. (levels, rows, …).
    """
    sizing, window_s = plan.sized.sizing, facts["decision_s"]
    share = np.where(plan.replicas > 1, 1.0, plan.present)
    counted = peak_concurrency(plan.rate_per_s * window_s, np.array([[window_s / facts["replica_release_s"]]]))
    peak = settled_replicas(counted / window_s, sizing.duration_full_s, work.concurrency, sizing.utilisation)
    low, high = plan.replicas * share, np.maximum(plan.replicas, peak) * share
    return Quantity((low + high) / 2, low, high)


def gpu_seconds(work: Workloads, offer: Offer, active: Quantity) -> Usage:
    """Seconds of each GPU type, whose price is not known."""
    usage = {}
    for gpu in sorted(set(offer.machines.gpu) - {""}):
        has = np.array([name == gpu for name in offer.machines.gpu], dtype=np.float64)
        usage[gpu_meter(gpu, GPU)] = active.times(has * work.gpus)
    return usage


def around(work: Workloads, offer: Offer) -> Usage:
    """Egress, logs, the registry; and where the environment stands in a network of one's own, its balancer.

    A private service needs such a network, and so does one that reaches into it or survives the loss of a zone. It has
    an address for what goes out, and a public one another for what comes in.
    """
    offer.facts.fact("network")  # read, so that it stands among the assumptions
    public = (work.text("exposure") == "public").astype(np.float64)
    own = np.maximum(1.0 - public, (work.needs_vpc > 0) | (work.survive_zone > 0))
    through = request_gib(work) + response_gib(work)
    counted = {
        "load_balancer_hours": HOURS_PER_MONTH * own * public,
        "load_balancer_gib": through * own * public,
        "internal_load_balancer_hours": HOURS_PER_MONTH * (1.0 - public),
        "internal_load_balancer_gib": through * (1.0 - public),
        "address_hours": HOURS_PER_MONTH * own * (1.0 + public),
        "internet_egress_gib": internet_gib(work),
        "log_gib": log_gib(work),
        "image_gib_months": image_gib_months(work),
        "registry_days": registry_days(np.ones((1, 1))),
    }
    return {meter: Quantity.exactly(quantity) for meter, quantity in counted.items()}
