"""What one kind of cluster needs before anything can be deployed on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from advisor.manifests.bundle import File, Step, Value

GPU_NOTE = "nodes offer their GPUs once the driver and the device plugin of their maker are installed"
COUNTED = "Sizes and counts are those of the capacity plan."


@dataclass(frozen=True)
class Creation:
    """Commands and files that make a cluster, remove it, and what it offers to requests from outside."""

    values: tuple[Value, ...]
    create: tuple[Step, ...]
    connect: Step
    delete: tuple[Step, ...]
    gateway_class: str  # an example for the value to fill in
    google: bool = False  # whether gateways are Google's load balancers, which check health in their own way
    files: Mapping[str, File] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
