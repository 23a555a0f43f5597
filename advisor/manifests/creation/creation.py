"""What one kind of cluster needs before anything can be deployed on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from advisor.manifests.bundle import File, Step, Value
from advisor.manifests.gateway import Entry

COUNTED = "Sizes and counts are those of the capacity plan."


@dataclass(frozen=True)
class AddOn:
    """Software that runs on a cluster besides the service: how it gets there, and how it goes again."""

    what: str
    install: tuple[Step, ...] = ()
    remove: tuple[Step, ...] = ()
    values: tuple[Value, ...] = ()
    files: Mapping[str, File] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Creation:
    """Commands and files that make a cluster, remove it, and what it offers to requests from outside."""

    values: tuple[Value, ...]
    create: tuple[Step, ...]
    connect: Step
    delete: tuple[Step, ...]
    entry: Entry
    settle: tuple[Step, ...] = ()  # what is left to do once the cluster can be reached
    add_ons: tuple[AddOn, ...] = ()  # in the order in which they are installed
    files: Mapping[str, File] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
