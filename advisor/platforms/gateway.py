"""A gateway in front of an endpoint that answers only callers with an identity of the cloud: a small Cloud Run service.

It passes requests on with an identity of its own and waits for the answers, many at a time, so it is billed for the
time in which it waits for at least one.
"""

from __future__ import annotations

import numpy as np

from advisor.autoscaling import settled_replicas
from advisor.capacity import CapacityPlan
from advisor.platforms.cloud_run import over_month
from advisor.platforms.platform import Offer
from advisor.queueing import busy_instances, rounded_duration
from advisor.traffic import hours_with_release
from advisor.units import Array, ceil
from advisor.usage import Quantity, Usage, internet_gib
from advisor.workload import Workloads


def is_public(work: Workloads) -> Array:
    """1 where anybody may call the service, 0 where it is private. Shape (rows, 1)."""
    return np.where(work.text("exposure") == "public", 1.0, 0.0)


def gateway(work: Workloads, offer: Offer, plan: CapacityPlan) -> Usage:
    """What the gateway uses in a month; nothing where nobody asks for a public address."""
    public = is_public(work)
    if not public.any():
        return {}
    facts = offer.facts
    facts.fact("gateway")  # read, so that the choice stands among the assumptions
    seconds = _seconds(work, offer, plan).times(public)
    return {
        "requests": Quantity.exactly(work.requests_per_month * public),
        "request_vcpu_seconds": seconds.times(facts["gateway_vcpu"]),
        "request_gib_seconds": seconds.times(facts["gateway_memory_gib"]),
        "run_internet_egress_gib": Quantity.exactly(internet_gib(work) * public),
    }


def _seconds(work: Workloads, offer: Offer, plan: CapacityPlan) -> Quantity:
    """Instance-seconds in which at least one request waits; from perfect packing to the least sharing possible."""
    facts, rate = offer.facts, plan.rate_per_s
    slots = np.array([[facts["gateway_concurrency"]]])
    instances = settled_replicas(rate, plan.duration_s, slots, facts["gateway_utilisation"])
    instances = np.maximum(instances, ceil(rate / facts["requests_per_second_per_instance_max"]))
    waited_s = rounded_duration(plan.duration_s, work.duration_cv, np.array([[facts["billing_step_s"]]]))
    load, busy = rate * waited_s, busy_instances(rate, waited_s, slots, instances)
    hours = hours_with_release(plan.levels, 0.0)  # the time between requests is not billed
    packed, apart = np.minimum(load / slots, busy), np.minimum(load, instances)
    expected, low, high = (over_month(hours, part) for part in (busy, packed, apart))
    return Quantity(expected, low, high)
