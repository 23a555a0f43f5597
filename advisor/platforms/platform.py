"""The questions that every platform answers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np

from advisor.capacity import CapacityPlan
from advisor.limits import Limit, impossible, offered
from advisor.traffic import Level
from advisor.units import Array, Mask
from advisor.usage import Usage
from advisor.workload import Workloads
from pricing.fact import Facts
from pricing.machines import PURCHASES, Machines

ANY_ARCH = "any"

# A need in the workload, the capability that answers it, and the sentence of the limit.
NEEDS = {
    "needs_vpc": ("vpc", "reach a private network"),
    "needs_grpc": ("grpc", "speak gRPC"),
    "needs_streaming": ("streaming", "stream responses"),
    "needs_websockets": ("websockets", "hold WebSockets"),
    "needs_sidecar": ("sidecar", "run a second container beside the first"),
    "needs_daemon": ("daemon", "run an agent on every node"),
    "needs_custom_autoscaling": ("custom_autoscaling", "scale on a metric of your own"),
    "needs_manifest_access": ("edit_manifest", "read and edit the deployment manifest"),
}


@dataclass(frozen=True, eq=False)
class Offer:
    """What one vendor sells in one region on one date to one traffic profile. No money."""

    region: str
    arch: str
    facts: Facts
    capabilities: Facts
    machines: Machines
    levels: tuple[Level, ...]
    weights: tuple[float, ...]
    relative_durations: Mapping[str, float]  # acceptable GPU type -> duration relative to duration_s; empty without GPU
    sold: bool  # whether the region sells any machine that could run it
    inside: bool  # whether the region lies inside the geography
    _known: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def once(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """What all workloads ask of this offer is worked out once."""
        if key not in self._known:
            self._known[key] = make()
        return self._known[key]

    @cached_property
    def suits_arch(self) -> Mask:
        """Whether each machine runs the image; one asked for by name may not. Shape (machines,)."""
        return np.array([self.arch in (ANY_ARCH, arch) or not name for name, arch in self._of_machines("arch")])

    @cached_property
    def suits_gpu(self) -> Mask:
        """Whether each machine has an acceptable GPU, or none where none is asked for. Shape (machines,)."""
        wanted = self.relative_durations or {"": 1.0}
        return np.array([gpu in wanted or not name for name, gpu in self._of_machines("gpu")])

    @cached_property
    def unsuitable(self) -> Sequence[tuple[str, Mask]]:
        """What some of the machines cannot do, in words, and which. Masks broadcast to (1, machines)."""
        asked = {
            f"find a suitable machine sold in {self.region}": np.full((1, 1), not self.sold),
            f"run an image for {self.arch} on another architecture": ~self.suits_arch,
            "run on a GPU that the workload does not list": ~self.suits_gpu,
        }
        return [(words, where) for words, where in asked.items() if where.any()]

    def _of_machines(self, column: str) -> Iterable[tuple[str, str]]:
        return zip(self.machines.names, getattr(self.machines, column), strict=True)

    @cached_property
    def slowdown(self) -> Array:
        """Duration on each machine relative to the workload's. Shape (machines,); (1,) where no GPU is asked for."""
        if not self.relative_durations:
            return np.ones(1)
        return np.array([self.relative_durations.get(gpu, 1.0) for gpu in self.machines.gpu])


@dataclass(frozen=True, eq=False)
class Platform(ABC):
    """One way to run a service. Platforms count; they never price."""

    id: str
    title: str
    vendor: str
    management: Literal["serverless", "managed", "self-managed"]
    modes: tuple[str, ...]
    services: tuple[str, ...]  # fact files, in the order in which they are merged
    effort: str  # its family in the effort tables
    purchases: tuple[str, ...] = PURCHASES  # the ways it can be bought
    market: str | None = None  # where its machines are sold; None where it sells none by type
    kinds: tuple[str, ...] = ()  # of replicas, which it sells instead of machine types: architectures, classes of pods
    types: str | None = None  # fact: the machine types that it takes; None where it takes all that compete
    shared: bool = False  # whether services may share it and its fees
    capabilities: str = ""  # its row in the table of capabilities; its id where this is empty
    stack: str | None = None  # what runs on the cluster; None where nothing does

    def modes_for(self, gpu: bool) -> tuple[str, ...]:
        """The modes that can serve a workload with or without a GPU."""
        del gpu
        return self.modes

    def market_for(self, gpu: bool) -> str | None:
        """Where the machines are sold that can serve a workload with or without a GPU; None where none are by type."""
        del gpu
        return self.market

    def machines(self, sold: Machines, facts: Facts, region: str, gpus: Mapping[str, float]) -> Machines:
        """The columns of the second axis: the machines that the region sells and that compete."""
        del facts, region, gpus
        return sold

    def alike(self, offer: Offer) -> tuple[Hashable, ...] | None:
        """What tells machines of one size apart beside their prices, (machines,); None: each is a case of its own."""
        del offer
        return None

    @abstractmethod
    def capacity(self, work: Workloads, mode: str, offer: Offer) -> CapacityPlan:
        """What would you need to run it?"""

    @abstractmethod
    def limits(self, work: Workloads, mode: str, offer: Offer, plan: CapacityPlan) -> tuple[Limit, ...]:
        """Can you run it at all?"""

    @abstractmethod
    def usage(self, work: Workloads, mode: str, offer: Offer, plan: CapacityPlan) -> Usage:
        """What would you use in a month?"""


def needs_of(work: Workloads) -> Sequence[tuple[Mask, str, str]]:
    """The needs that any of the rows has: which rows, the capability that answers it, and its words."""

    def found() -> Sequence[tuple[Mask, str, str]]:
        needs = ((getattr(work, need) > 0, *answer) for need, answer in NEEDS.items())
        return [need for need in needs if need[0].any()]

    asked: Sequence[tuple[Mask, str, str]] = work.likewise("needs", found)
    return asked


def common_limits(work: Workloads, offer: Offer, plan: CapacityPlan) -> tuple[Limit, ...]:
    """What every platform is asked, as far as any row asks: needs, residency, a machine that is sold, a goal."""
    outside = f"keep data inside the geography ({offer.region} is outside)"
    stays = [] if offer.inside else [(outside, work.text("residency") == "geography")]
    late = ("meet the latency goal, which the request alone misses", plan.sized.missed)
    return (
        *(offered(words, needed, offer.capabilities.fact(key)) for needed, key, words in needs_of(work)),
        *(impossible(words, where) for words, where in (*stays, *offer.unsuitable, late) if where.any()),
    )
