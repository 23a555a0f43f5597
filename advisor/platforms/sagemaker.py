"""SageMaker endpoints on machines of their own: answered while the caller waits, or from a queue of the vendor's."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from advisor.autoscaling import release_delay_s, replicas_with_spare_zone
from advisor.capacity import CapacityPlan, Sizing, gpus_asked, most_signed, size, utilisation
from advisor.limits import Limit, at_most, impossible
from advisor.machine_hours import machine_hours
from advisor.nodes import Room, machines_needed, pods_per_node
from advisor.platforms.kubernetes import where_promised
from advisor.platforms.platform import Offer, Platform, common_limits
from advisor.queueing import per_replica
from advisor.traffic import hours_with_release
from advisor.units import HOURS_PER_MONTH, KIB_PER_MIB, Array, Mask, floor
from advisor.usage import Quantity, Usage, image_gib_months, internet_gib, log_gib, request_gib, response_gib
from advisor.waking import Nap, WakingPlan
from advisor.workload import Workloads
from pricing import Facts, Machines

ALWAYS_ON, TO_ZERO = "always-on", "scale-to-zero"
AROUND = ("aws/api_gateway", "aws/network", "aws/operations", "aws/registry")  # what surrounds every kind of endpoint


class Scaling(NamedTuple):
    """How machines come and go in one mode: names of facts."""

    least: str  # machines that stand at any time
    promised: str  # and where an availability is promised
    decision_s: str  # from a request that finds no machine until one starts
    release_s: tuple[str, ...]  # stages in which a machine above need goes, one after the other


@dataclass(frozen=True, eq=False, kw_only=True)
class Endpoint(Platform):
    """Copies of a model on machines of one type, whose number follows the invocations per machine."""

    scaling: Mapping[str, Scaling]

    def alike(self, offer: Offer) -> tuple[Hashable, ...]:
        """Whether a family brings disks of its own."""
        local = offer.facts["local_disk_families"]
        return tuple(family in local for family in offer.machines.family)

    def capacity(self, work: Workloads, mode: str, offer: Offer) -> WakingPlan:
        """Copies at each level, and machines that hold them; where none is kept, the last one goes without requests."""
        facts, scaling, asked = offer.facts, self.scaling[mode], self.asked(work, offer.facts)
        least = where_promised(asked, facts, scaling.promised, scaling.least)
        sizing = self._sizing(asked, offer, least)
        release_s = release_delay_s(*(facts[stage] for stage in scaling.release_s))
        nap = self._nap(asked, facts, scaling, release_s)
        plan = WakingPlan(
            asked,
            offer.levels,
            hours_with_release(offer.levels, release_s),
            size(asked, offer.levels, offer.weights, sizing),
            kept=np.maximum(sizing.least, self.stays_awake(asked, nap)),
            linger_s=nap.idle_s,
            nap=nap,
        )
        copies = copies_per_machine(asked, offer.machines)
        counts = (machines_for(asked, replicas, copies, least, facts) for replicas in plan.replicas)
        return replace(plan, machines=tuple(n * share for n, share in zip(counts, plan.standing, strict=True)))

    def _sizing(self, work: Workloads, offer: Offer, least: Array) -> Sizing:
        return Sizing(
            utilisation=utilisation(work, offer.facts),
            least=np.maximum(work.min_replicas, least),
            zones=None,  # machines survive the loss of a zone, not copies of the model on them
            routing=per_replica,
            follows_bursts=False,
            duration_s=work.duration_s * offer.slowdown,
            duration_full_s=work.duration_full_s * offer.slowdown,
        )

    def _nap(self, work: Workloads, facts: Facts, scaling: Scaling, release_s: float) -> Nap:
        decision_s = facts[scaling.decision_s]
        return Nap(
            idle_s=release_s + work.duration_s,
            decision_s=np.array([[decision_s]]),
            wake_s=decision_s + facts["machine_start_s"] + work.startup_s,
        )

    def limits(self, work: Workloads, mode: str, offer: Offer, plan: CapacityPlan) -> tuple[Limit, ...]:
        """What fits a machine, and what this kind of endpoint refuses."""
        common = common_limits(work, offer, plan)
        if not offer.sold:
            return common
        machines = offer.machines
        stuck = machines.burstable & (plan.machines[-1] > floor(plan.machines[0]))
        return (
            *common,
            Limit("vCPU of a machine", work.vcpu, machines.vcpu, "vCPU"),
            Limit("memory of a machine", work.memory_gib, machines.memory_gib, "GiB"),
            Limit("GPUs of a machine", gpus_asked(work), machines.gpus, "GPU"),
            impossible(
                "follow the load on machines with shared cores", stuck, offer.facts.fact("burstable_autoscaling")
            ),
            *self.refusals(work, mode, offer, plan),
        )

    def usage(self, work: Workloads, mode: str, offer: Offer, plan: CapacityPlan) -> Usage:
        """Machine-hours, their disks, and what the requests use."""
        del mode
        hours = machine_hours(plan, offer, most_signed(work))
        counted = {**hours.meters, "ml_storage_gib_months": disks_gib(work, offer) * (hours.total / HOURS_PER_MONTH)}
        return {
            **{meter: Quantity.exactly(quantity) for meter, quantity in counted.items()},
            **self.payloads(work),
            **around(work),
        }

    def asked(self, work: Workloads, facts: Facts) -> Workloads:
        """The workload as this kind of endpoint sees it."""
        del facts
        return work

    def stays_awake(self, work: Workloads, nap: Nap) -> Mask:
        """Where a goal forbids the wait for a machine: then one is kept, and paid for."""
        del nap
        return np.zeros((len(work), 1), dtype=bool)

    @abstractmethod
    def refusals(self, work: Workloads, mode: str, offer: Offer, plan: CapacityPlan) -> tuple[Limit, ...]:
        """What this kind of endpoint refuses."""

    @abstractmethod
    def payloads(self, work: Workloads) -> Usage:
        """What requests and responses use on their way."""


@dataclass(frozen=True, eq=False, kw_only=True)
class RealTime(Endpoint):
    """Answers while the caller waits. Only inference components go to zero, and then refuse calls until one is back."""

    def refusals(self, work: Workloads, mode: str, offer: Offer, plan: CapacityPlan) -> tuple[Limit, ...]:
        """Time, sizes and promise; and requests that find no machine."""
        facts = offer.facts
        streams = work.needs_streaming > 0
        streamed_s = np.where(streams, facts["streaming_timeout_s_max"] if streams.any() else 0.0, 0.0)
        return (
            at_most("time of a request", longest_s(work, offer), facts.fact("timeout_s_max"), or_else=streamed_s),
            *bodies(work, facts, "request_body_mib_max"),
            *through_gateway(work, facts),
            at_most("availability", work.availability, facts.fact("availability_promise")),
            *(refused_at_zero(work, facts, plan) if mode == TO_ZERO else ()),
        )

    def payloads(self, work: Workloads) -> Usage:
        """Data through the endpoint, which is charged each way."""
        return endpoint_data(work)


@dataclass(frozen=True, eq=False, kw_only=True)
class Asynchronous(Endpoint):
    """Takes requests into a queue and payloads from a bucket; without work it has no machines."""

    def asked(self, work: Workloads, facts: Facts) -> Workloads:
        """No request waits longer than the queue keeps it."""
        return work.replace(max_wait_s=np.minimum(work.max_wait_s, facts["async_wait_s_max"]))

    def stays_awake(self, work: Workloads, nap: Nap) -> Mask:
        """Where a machine takes longer to start than a request may wait."""
        return np.asarray((nap.wake_s > work.max_wait_s) | (work.cold_starts_allowed == 0))

    def refusals(self, work: Workloads, mode: str, offer: Offer, plan: CapacityPlan) -> tuple[Limit, ...]:
        """Callers that wait, time and sizes."""
        del mode, plan
        facts = offer.facts
        return (
            impossible("answer while the caller waits", np.asarray(work.text("kind") != "async")),
            at_most("time of a request", longest_s(work, offer), facts.fact("async_timeout_s_max")),
            at_most("size of a request", work.request_kib / KIB_PER_MIB, facts.fact("async_request_body_mib_max")),
            at_most("availability", work.availability, facts.fact("async_availability_promise")),
        )

    def payloads(self, work: Workloads) -> Usage:
        """Each payload and each result is written once and read once; whether its data is charged too is not said."""
        objects = Quantity.exactly(2 * work.requests_per_month)
        data = {meter: Quantity(each.high, 0 * each.high, each.high) for meter, each in endpoint_data(work).items()}
        return {**data, "object_put_requests": objects, "object_get_requests": objects}


def refused_at_zero(work: Workloads, facts: Facts, plan: CapacityPlan) -> tuple[Limit, ...]:
    """Requests that find no machine are refused until one is back; some workloads may lose none and wait for none."""
    lost = (plan.cold_share > 0) & ((work.lost_requests_allowed == 0) | (work.cold_starts_allowed == 0))
    return (impossible("keep the requests that come while it is at zero", lost, facts.fact("request_at_zero")),)


def longest_s(work: Workloads, offer: Offer) -> Array:
    """Time that a request must be given: as declared, or as long as it takes on a slower GPU. (rows, machines)."""
    return np.maximum(work.timeout_s, work.duration_full_s * offer.slowdown)


def copies_per_machine(work: Workloads, machines: Machines) -> Array:
    """Whole copies of the model that a machine holds; 0 where it holds none. Shape (rows, machines)."""
    room = Room(machines.vcpu, machines.memory_gib, machines.gpus, np.full(len(machines), np.inf))
    return pods_per_node(work.vcpu, work.memory_gib, gpus_asked(work), room)


def machines_for(work: Workloads, replicas: Array, copies: Array, least: Array, facts: Facts) -> Array:
    """Machines that hold the copies, spread so that a zone may be lost where that is asked. Shape (rows, machines)."""
    needed = machines_needed(replicas, copies)
    survives = work.survive_zone > 0
    if survives.any():
        needed = replicas_with_spare_zone(needed, np.array([[facts["zones"]]]), survives)
    return np.maximum(needed, least)


def disks_gib(work: Workloads, offer: Offer) -> Array:
    """Disk of a machine: large enough for the model, and none beside disks of the machine's own. (rows, machines)."""
    local = offer.facts["local_disk_families"]
    attached = np.array([family not in local for family in offer.machines.family], dtype=np.float64)
    return np.asarray(np.maximum(work.model_gib, offer.facts["ml_storage_gib"]) * attached)


def endpoint_data(work: Workloads) -> Usage:
    """Data in and out of an endpoint."""
    return {
        "endpoint_data_in_gib": Quantity.exactly(request_gib(work)),
        "endpoint_data_out_gib": Quantity.exactly(response_gib(work)),
    }


def around(work: Workloads) -> Usage:
    """What surrounds an endpoint: egress, logs, the image, and a gateway where it is public."""
    public = (work.text("exposure") == "public").astype(np.float64)
    counted = {
        "rest_api_requests": work.requests_per_month * public,
        "internet_egress_gib": internet_gib(work),
        "log_gib": log_gib(work),
        "image_gib_months": image_gib_months(work),
    }
    return {meter: Quantity.exactly(quantity) for meter, quantity in counted.items()}


def bodies(work: Workloads, facts: Facts, most: str) -> tuple[Limit, ...]:
    """Sizes of a request and of a response that is not streamed."""
    answer = work.response_kib / KIB_PER_MIB * (work.needs_streaming == 0)
    return (
        at_most("size of a request", work.request_kib / KIB_PER_MIB, facts.fact(most)),
        at_most("size of a response", answer, facts.fact(most)),
    )


def through_gateway(work: Workloads, facts: Facts) -> tuple[Limit, ...]:
    """What the gateway in front of a public endpoint lets through; nothing is asked of it where there is none."""
    public = (work.text("exposure") == "public").astype(np.float64)
    if not public.any():
        return ()
    body = np.maximum(work.request_kib, work.response_kib) / KIB_PER_MIB
    return (
        at_most("size through the gateway", body * public, facts.fact("gateway_body_mib_max")),
        at_most("time through the gateway", work.timeout_s * public, facts.fact("gateway_timeout_s_max"), soft=True),
    )


SAGEMAKER_REALTIME = RealTime(
    id="sagemaker-realtime",
    title="SageMaker real-time endpoint",
    vendor="aws",
    management="managed",
    modes=(ALWAYS_ON, TO_ZERO),
    services=("aws/sagemaker", *AROUND),
    effort="SMR",
    market="aws/sagemaker",
    scaling={
        ALWAYS_ON: Scaling("instances_min", "promised_instances_min", "scale_out_decision_s", ("instance_release_s",)),
        TO_ZERO: Scaling(
            "components_instances_min",
            "promised_instances_min",
            "components_wake_decision_s",
            ("zero_copies_idle_s", "zero_instances_idle_s"),
        ),
    },
)

SAGEMAKER_ASYNC = Asynchronous(
    id="sagemaker-async",
    title="SageMaker asynchronous endpoint",
    vendor="aws",
    management="managed",
    modes=(TO_ZERO,),
    services=("aws/sagemaker", "aws/s3", *AROUND),
    effort="SMR",
    market="aws/sagemaker",
    scaling={
        TO_ZERO: Scaling(
            "async_instances_min", "async_instances_min", "async_wake_decision_s", ("instance_release_s",)
        ),
    },
)
