"""A serving stack on a cluster: an option of its own, such as gke+kserve. What the stack changes is data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from advisor.errors import InputError, shown, unknown_name
from advisor.platforms.kubernetes import Kubernetes
from advisor.platforms.platform import Platform

STACKS = {"knative": "Knative Serving", "kserve": "KServe", "seldon": "Seldon Core 2"}
SIGN = "+"


def on_cluster(cluster: Kubernetes, stack: str) -> Kubernetes:
    """The cluster with a stack on it."""
    return replace(
        cluster,
        id=f"{cluster.id}{SIGN}{stack}",
        title=f"{cluster.title}, with {STACKS[stack]}",
        services=(*cluster.services, f"stacks/{stack}"),
        capabilities=cluster.capabilities or cluster.id,
        effort=f"{cluster.effort}S",  # in the effort tables, the cluster's own family with a stack
        stack=stack,
    )


def clusters(platforms: Sequence[Platform]) -> dict[str, Kubernetes]:
    """The clusters by id whose nodes can carry a stack."""
    return {each.id: each for each in platforms if isinstance(each, Kubernetes) and each.stackable}


def with_stacks(platforms: Sequence[Platform]) -> tuple[Platform, ...]:
    """Every option, a cluster followed by itself with each stack."""
    carrying, every = clusters(platforms), list[Platform]()
    for platform in platforms:
        stacked = [on_cluster(carrying[platform.id], stack) for stack in STACKS] if platform.id in carrying else []
        every += [platform, *stacked]
    return tuple(every)


def stack_fault(name: str, platforms: Sequence[Platform]) -> InputError | None:
    """What is wrong with a name such as cloud-run+kserve: no such stack, or a platform that is no cluster of nodes."""
    option, _, stack = name.partition(SIGN)
    carrying = clusters(platforms)
    if stack not in STACKS:
        return unknown_name("stack", stack, STACKS)
    if option in carrying or option not in {platform.id for platform in platforms}:
        return None
    words = f"a stack runs on a cluster of nodes; those are {', '.join(carrying)}"
    return InputError(f"option {shown(name)} cannot be: {words}")
