"""What is to be deployed: a workload and its capacity plan, read once into the plain numbers that a manifest holds."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from advisor.bill import Status
from advisor.explanation import Explanation, single
from advisor.manifests.conventions import TIMEOUT_ALLOWANCE
from advisor.manifests.names import change_told, legal_name
from advisor.manifests.replica_size import copies_of_machine, replica_size
from advisor.units import MIB_PER_GIB, MILLI, MINUTES_PER_HOUR, SECONDS_PER_HOUR
from advisor.workload import NO_GPU, Workload
from pricing.fact import UNKNOWN

OWN_QUEUE = "sagemaker-async"  # the option that keeps requests until a machine takes them
SPOT = "spot"
REACHES_ZERO = "scale-to-zero"
SECONDS_PER_MINUTE = SECONDS_PER_HOUR / MINUTES_PER_HOUR


@dataclass(frozen=True)
class Blueprint:
    """One workload on one option. Counts are whole; sizes are those of one replica."""

    workload: Workload
    option: str
    title: str
    region: str
    mode: str
    machine: str  # a type that the option sells; empty where it sells none by type
    kind: str  # what it sells instead: an architecture, or a class of pods; empty where it sells neither
    purchase: str
    vcpu: float
    memory_gib: float
    gpu: str  # the chosen type, as the price book names it; empty without
    least: int  # replicas that stand at any time
    most: int  # replicas at the busiest level of traffic
    least_machines: int
    most_machines: int
    machine_gpus: int  # on one machine
    copies: int  # replicas that one machine holds, where the machine is what is sold; else 1
    lasting_s: float  # mean time of a request on a replica that works on as many as it can
    utilisation: float  # of a replica's slots, at which the autoscaler should settle
    facts: Mapping[str, Any]  # by name, of the option's services
    refusals: tuple[str, ...] = ()  # why the option cannot run the workload; none where it can
    open_points: tuple[str, ...] = ()  # what a reader should know before deploying

    @property
    def name(self) -> str:
        """The legal name of the service."""
        return legal_name(self.workload.name)

    @property
    def platform(self) -> str:
        """The option without its stack."""
        return self.option.partition("+")[0]

    @property
    def stack(self) -> str:
        """What runs on the cluster, from `gke+kserve`; empty where nothing does."""
        return self.option.partition("+")[2]

    @property
    def gpus(self) -> int:
        """GPUs of one replica; 0 without."""
        return self.workload.gpus if self.gpu else 0

    @property
    def timeout_s(self) -> int:
        """Longest time that a request may take, in whole seconds; where none is given, many times the mean.

        A platform that ends requests at their mean would end half of them.
        """
        if self.workload.timeout_s is not None:
            return max(1, math.ceil(self.workload.timeout_s))
        usual = max(1, math.ceil(TIMEOUT_ALLOWANCE * self.lasting_s))
        return min(usual, self.number("timeout_s_max") or usual)

    @property
    def startup_s(self) -> int:
        """From the start of a replica to its first answer, in whole seconds."""
        return max(1, math.ceil(self.workload.startup_s))

    @property
    def millicores(self) -> int:
        """CPU of one replica; rounded down, so that as many fit a node as planned."""
        return max(1, math.floor(round(self.vcpu / MILLI, 6)))

    @property
    def mib(self) -> int:
        """Memory of one replica; rounded down likewise."""
        return max(1, math.floor(round(self.memory_gib * MIB_PER_GIB, 6)))

    @property
    def target_percent(self) -> int:
        """The utilisation as autoscalers take it."""
        return min(100, max(1, round(self.utilisation * 100)))

    @property
    def requests_per_minute(self) -> int:
        """What one machine answers a minute at the planned utilisation: as autoscalers of managed endpoints count."""
        per_s = self.copies * self.workload.concurrency / self.lasting_s
        return max(1, math.floor(round(self.utilisation * per_s * SECONDS_PER_MINUTE, 6)))

    @property
    def slots(self) -> int:
        """Requests that one machine works on at once."""
        return self.copies * self.workload.concurrency

    @property
    def public(self) -> bool:
        """Whether anybody on the internet may call."""
        return self.workload.exposure == "public"

    @property
    def spot(self) -> bool:
        """Whether machines may be taken away at short notice."""
        return self.purchase == SPOT

    def number(self, fact: str) -> int | None:
        """A whole number the price book states; None where it states none."""
        value = self.facts.get(fact)
        return round(value) if isinstance(value, int | float) and math.isfinite(value) else None

    def text(self, fact: str) -> str:
        """A name or address the price book states; empty where it states none."""
        value = self.facts.get(fact)
        return value if isinstance(value, str) and value != UNKNOWN else ""


def blueprint(workload: Workload, explanation: Explanation) -> Blueprint:
    """Read the explanation of the chosen variant."""
    plan, offer, variant = explanation.plan, explanation.offer, explanation.variant
    vcpu, memory_gib = replica_size(explanation)
    machines = [single(count) for count in plan.machines] or [0.0]
    return Blueprint(
        workload=workload,
        option=explanation.option,
        title=explanation.platform.title,
        region=explanation.region,
        mode=variant.mode,
        machine=variant.machine if offer.machines.market else "",
        kind="" if offer.machines.market else variant.machine,
        purchase=variant.purchase,
        vcpu=vcpu,
        memory_gib=memory_gib,
        gpu=offer.machines.gpu[0] if workload.gpu != NO_GPU else "",
        least=_whole(single(plan.kept)),
        most=max(1, _whole(single(plan.replicas[-1]))),
        least_machines=_whole(machines[0]),
        most_machines=_whole(machines[-1]),
        machine_gpus=_whole(float(offer.machines.gpus[0])),
        copies=copies_of_machine(explanation),
        lasting_s=single(plan.sized.sizing.duration_full_s),
        utilisation=single(plan.sized.sizing.utilisation),
        facts=offer.facts,
        refusals=explanation.why_not if explanation.status == Status.INFEASIBLE else (),
        open_points=(*change_told(workload.name), *explanation.unknown, *_left_out(workload, explanation.option)),
    )


def _left_out(workload: Workload, option: str) -> Iterator[str]:
    """What the workload asks for and no file holds."""
    if workload.kind == "async" and option != OWN_QUEUE:
        yield "the queue in which requests wait is not part of these files"
    if workload.needs_sidecar:
        yield "the second container is not part of these files; it goes beside the first in the list of containers"
    if workload.needs_daemon:
        yield "the agent on every node is not part of these files; it is a DaemonSet of its own"
    if workload.needs_custom_autoscaling:
        yield "the autoscaler follows what every platform measures; your own metric takes its place in the same list"
    if workload.growth_per_month:
        yield "the plan holds the traffic of the first year; write the files anew as it grows"


def _whole(count: float) -> int:
    """Whole things; one where the plan of an infeasible option has no number."""
    return math.ceil(count - 1e-9) if math.isfinite(count) else 1
