"""Cloud Run: instances that answer up to `concurrency` requests, billed by request time or by lifetime."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from advisor.autoscaling import alive_instances
from advisor.bursts import peak_concurrency
from advisor.capacity import CapacityPlan, Sizing, gpus_asked, needs_warm_replica, size, utilisation
from advisor.limits import Limit, at_most, impossible
from advisor.platforms.platform import Offer, Platform, common_limits
from advisor.queueing import busy_instances, pooled, rounded_duration
from advisor.traffic import hours_with_release
from advisor.units import KIB_PER_MIB, SECONDS_PER_HOUR, SECONDS_PER_MONTH, Array
from advisor.usage import Quantity, Usage, image_gib_months, internet_gib, log_gib
from advisor.workload import Workloads
from pricing.fact import Facts
from pricing.machines import Machines

REQUEST, INSTANCE, GPU, GPU_ZONAL = "request", "instance", "gpu", "gpu-zonal"
PROMISES = {GPU: "gpu_availability_promise", GPU_ZONAL: "gpu_zonal_availability_promise"}


@dataclass(frozen=True, eq=False)
class CloudRun(Platform):
    """Request-billed and instance-billed services, with or without a GPU."""

    def modes_for(self, gpu: bool) -> tuple[str, ...]:
        """A GPU forces instance-based billing, with or without zonal redundancy."""
        return (GPU, GPU_ZONAL) if gpu else (REQUEST, INSTANCE)

    def machines(self, sold: Machines, facts: Facts, region: str, gpus: Mapping[str, float]) -> Machines:
        """The GPU types that the region sells, one column each; without a GPU a single nameless column."""
        if not gpus:
            return sold
        regions = facts["gpu_regions"]
        return Machines.accelerators([gpu for gpu in facts["gpu_types"] if gpu in gpus and region in regions[gpu]])

    def capacity(self, work: Workloads, mode: str, offer: Offer) -> CapacityPlan:
        """Instances at each level of traffic, and one that is kept where a cold start would break a goal."""
        facts = offer.facts
        sizing = Sizing(
            utilisation=utilisation(work, facts),
            least=work.min_replicas,
            zones=None,  # the vendor spreads instances over zones and replaces those of a lost one
            routing=pooled,
            follows_bursts=True,
            duration_s=work.duration_s * offer.slowdown,
            duration_full_s=work.duration_full_s * offer.slowdown,
            most_rate_per_s=facts["requests_per_second_per_instance_max"],
        )
        hours = hours_with_release(offer.levels, 0.0 if mode == REQUEST else facts["idle_shutdown_s"])
        sized = size(work, offer.levels, offer.weights, sizing)
        linger_s = facts["idle_shutdown_s"] + sizing.duration_s
        plan = CapacityPlan(work, offer.levels, hours, sized, work.min_replicas, linger_s)
        return replace(plan, kept=np.maximum(work.min_replicas, needs_warm_replica(work, plan.cold_share)))

    def limits(self, work: Workloads, mode: str, offer: Offer, plan: CapacityPlan) -> tuple[Limit, ...]:
        """The vendor's sizes, sizes of bodies, time-outs and promise."""
        facts = offer.facts
        instance = instance_size(work, mode, offer)
        promise = facts.fact(PROMISES.get(mode, "availability_promise"))
        lasting_s = work.duration_full_s * offer.slowdown
        body, answer = work.request_kib / KIB_PER_MIB, work.response_kib / KIB_PER_MIB * (work.needs_streaming == 0)
        return (
            *common_limits(work, offer, plan),
            at_most("vCPU of an instance", instance.vcpu, facts.fact("vcpu_max"), or_else=gpu_ceiling(offer, "vcpu")),
            at_most(
                "memory of an instance",
                instance.memory_gib,
                facts.fact("memory_gib_max"),
                or_else=gpu_ceiling(offer, "memory_gib"),
            ),
            at_most("GPUs of an instance", gpus_asked(work), facts.fact("gpus_per_instance_max")),
            at_most("requests at once", work.concurrency, facts.fact("concurrency_max")),
            at_most("time of a request", np.maximum(work.timeout_s, lasting_s), facts.fact("timeout_s_max")),
            at_most("size of a request", body, facts.fact("request_body_mib_max")),
            at_most("size of a response", answer, facts.fact("response_body_mib_max")),
            at_most("availability", work.availability, promise),
            impossible("run an image built for arm64", work.text("arch") == "arm64"),
            impossible("survive the loss of a zone without zonal redundancy", (work.survive_zone > 0) & (mode == GPU)),
            at_most("instances", plan.replicas[-1], facts.fact("instances_max"), soft=True),
        )

    def usage(self, work: Workloads, mode: str, offer: Offer, plan: CapacityPlan) -> Usage:
        """Requests and seconds by the mode's meters; egress, logs and the image by the vendor's."""
        own = self._by_request(work, offer, plan) if mode == REQUEST else self._by_instance(work, mode, offer, plan)
        return {
            **own,
            "run_internet_egress_gib": Quantity.exactly(internet_gib(work)),
            "log_gib": Quantity.exactly(log_gib(work)),
            "image_gib_months": Quantity.exactly(image_gib_months(work)),
        }

    def _by_request(self, work: Workloads, offer: Offer, plan: CapacityPlan) -> Usage:
        instance = instance_size(work, REQUEST, offer)
        active, idle, base = request_seconds(work, plan, np.array([[offer.facts["billing_step_s"]]]))
        return {
            "requests": Quantity.exactly(work.requests_per_month),
            "request_vcpu_seconds": active.times(instance.vcpu),
            "request_gib_seconds": active.times(instance.memory_gib),
            "idle_vcpu_seconds": Quantity.exactly(idle * instance.vcpu),
            "idle_gib_seconds": Quantity.exactly(idle * instance.memory_gib),
            "request_vcpu_seconds_base": Quantity.exactly(base * instance.vcpu),
            "request_gib_seconds_base": Quantity.exactly(base * instance.memory_gib),
        }

    def _by_instance(self, work: Workloads, mode: str, offer: Offer, plan: CapacityPlan) -> Usage:
        instance = instance_size(work, mode, offer)
        alive, base = instance_seconds(work, plan, np.array([[offer.facts["idle_shutdown_s"]]]))
        usage = {
            "instance_vcpu_seconds": alive.times(instance.vcpu),
            "instance_gib_seconds": alive.times(instance.memory_gib),
            "instance_vcpu_seconds_base": Quantity.exactly(base * instance.vcpu),
            "instance_gib_seconds_base": Quantity.exactly(base * instance.memory_gib),
        }
        for gpu in sorted(set(offer.machines.gpu) - {""}):
            has = np.array([name == gpu for name in offer.machines.gpu], dtype=np.float64)
            usage[gpu_meter(gpu, mode)] = alive.times(has * work.gpus)
        return usage


CLOUD_RUN = CloudRun(
    id="cloud-run",
    title="Cloud Run",
    vendor="gcp",
    management="serverless",
    modes=(REQUEST, INSTANCE, GPU, GPU_ZONAL),
    services=("gcp/cloud_run", "gcp/network", "gcp/operations", "gcp/registry"),
    effort="CR",
    purchases=("on-demand", "1y-base", "3y-base"),
)


class InstanceSize(NamedTuple):
    """What an instance must have for a replica to fit it. Arrays of shape (rows, machines)."""

    vcpu: Array
    memory_gib: Array


def instance_size(work: Workloads, mode: str, offer: Offer) -> InstanceSize:
    """Raise CPU and memory to a size that is sold: each vCPU size takes a range of memory, and a GPU has a floor.

    Below 1 vCPU an instance answers one request at a time and is billed by the request.
    """
    facts = offer.facts
    vcpu = np.maximum(work.vcpu, gpu_floor(offer, "vcpu_min"))
    memory = np.maximum(work.memory_gib, gpu_floor(offer, "memory_gib_min"))
    ranges = {float(size): bounds for size, bounds in facts["memory_gib_by_vcpu"].items()}
    vcpu = np.maximum(vcpu, smallest(memory, {size: most for size, (_, most) in ranges.items()}))
    if mode != REQUEST:
        vcpu = np.maximum(vcpu, facts["instance_vcpu_min"])
    vcpu = np.where(work.concurrency > facts["sub_vcpu_concurrency_max"], np.maximum(vcpu, 1.0), vcpu)
    whole = smallest(vcpu, {float(size): float(size) for size in facts["vcpu_sizes"]})
    vcpu = np.where(vcpu > 1.0, np.maximum(whole, vcpu), vcpu)
    least = np.zeros((1, 1))
    for step, (at_least, _) in sorted(ranges.items()):
        least = np.where(vcpu >= step, at_least, least)
    return InstanceSize(vcpu, np.maximum(memory, least))


def smallest(needed: Array, most: Mapping[float, float]) -> Array:
    """The smallest size whose most covers what is needed; 0 where none does, and the limit on the size says so."""
    chosen = np.zeros((1, 1))
    for step in sorted(most, reverse=True):
        chosen = np.where(needed <= most[step], step, chosen)
    return chosen


def gpu_ceiling(offer: Offer, what: str) -> Array:
    """The most an instance may have beside each GPU type. Shape (machines,).

    A GPU whose floor lies above the largest other instance has a ceiling of its own, which nobody states.
    """
    floor = gpu_floor(offer, f"{what}_min")
    most = offer.facts[f"{what}_max"]
    return np.where(floor > most, np.inf, most)


def gpu_floor(offer: Offer, what: str) -> Array:
    """The least an instance must have beside each GPU type. Shape (machines,); 0 without a GPU."""
    return np.array([offer.facts[f"{slug(gpu)}_{what}"] if gpu else 0.0 for gpu in offer.machines.gpu])


def slug(gpu: str) -> str:
    """A GPU type as it stands in names of facts and meters."""
    return gpu.replace("-", "_")


def gpu_meter(gpu: str, mode: str) -> str:
    """The meter of a GPU type, with or without zonal redundancy."""
    return f"{slug(gpu)}_zonal_gpu_seconds" if mode == GPU_ZONAL else f"{slug(gpu)}_gpu_seconds"


def request_seconds(work: Workloads, plan: CapacityPlan, step_s: Array) -> tuple[Quantity, Array, Array]:
    """Seconds in which instances answer, start included; in which kept ones idle; and the part that runs all month.

    The range: requests packed perfectly below, none sharing an instance above. Instances are never billed for more time
    than there is, however short their requests; nor for less than the work takes, though a queue be drained later.
    """
    busy = answering(work, plan, step_s)
    waiting = np.maximum(plan.kept - busy.expected, 0.0)
    starting = plan.cold_starts_per_month * work.startup_s
    expected, low, high = (starting + over_month(plan.hours, part) for part in (busy.expected, busy.low, busy.high))
    return Quantity(expected, low, high), over_month(plan.hours, waiting), SECONDS_PER_MONTH * busy.expected[0]


def answering(work: Workloads, plan: CapacityPlan, step_s: Array) -> Quantity:
    """Instances that answer at each level, in the mean, by time rounded up to the billing step. (levels, rows, …)."""
    rounded_s = rounded_duration(plan.duration_s, work.duration_cv, step_s)
    load = plan.rate_per_s * rounded_s
    work_itself = plan.rate_per_s * plan.duration_s / work.concurrency
    busy = busy_instances(plan.rate_per_s, rounded_s, work.concurrency, plan.replicas)
    busy = np.maximum(np.minimum(busy, plan.replicas), work_itself)
    packed = np.minimum(load / work.concurrency, busy)
    apart = np.maximum(np.where(work.concurrency > 1, load, busy), busy)
    return Quantity(busy, packed, apart)


def instance_seconds(work: Workloads, plan: CapacityPlan, idle_s: Array) -> tuple[Quantity, Array]:
    """Seconds in which instances are alive, and the part that runs all month at the lowest level.

    The range: as many as the load settles at, and as many as bursts start and idle time keeps; the middle is expected.
    """
    peak = peak_concurrency(plan.rate_per_s * plan.duration_s, plan.duration_s / idle_s)
    least, most = alive_instances(plan.replicas, peak, work.concurrency, plan.present)
    starting = plan.cold_starts_per_month * work.startup_s
    low, high = (starting + over_month(plan.hours, part) for part in (least, most))
    return Quantity((low + high) / 2, low, high), SECONDS_PER_MONTH * least[0]


def over_month(hours: Sequence[float], instances: Array) -> Array:
    """Instance-seconds of a month from instances at each level, added level by level. (levels, …) -> (…)."""
    seconds = np.zeros((1, 1))
    for level_hours, count in zip(hours, instances, strict=True):
        seconds = seconds + level_hours * SECONDS_PER_HOUR * count
    return seconds
