"""The published rules of two autoscalers, executable, as an oracle: the Kubernetes HPA and the Cluster Autoscaler.

Sources: kubernetes.io, Horizontal Pod Autoscaling; kubernetes/autoscaler, Cluster Autoscaler FAQ and flags (2026-08).
"""

from __future__ import annotations

import math

HPA_PERIOD_S, HPA_WINDOW_S, HPA_TOLERANCE = 15, 300, 0.1
NODE_UNNEEDED_S, NODE_SINCE_SCALE_UP_S, NODE_THRESHOLD = 600, 600, 0.5
SLACK = 1e-9  # 1.1 itself must not scale


def hpa_desired(current: int, ratio: float) -> int:
    """Pods asked for when a metric stands at `ratio` of its target."""
    if abs(ratio - 1) <= HPA_TOLERANCE + SLACK:
        return current
    return math.ceil(ratio * current - SLACK)


def hpa_up_limit(current: int, added: int = 0) -> int:
    """Most pods after one period by the default policies: 4 more or twice as many, counted from the period's start."""
    start = current - added
    return max(current, start + 4, 2 * start)


def hpa_run(load: float, pods: int, until_s: int) -> list[tuple[int, int]]:
    """(second, pods) after every period, at a load that this many pods carry exactly at target from second 0 on."""
    history = [(-HPA_PERIOD_S, pods)]
    trace = []
    for now in range(0, until_s + 1, HPA_PERIOD_S):
        desired = hpa_desired(pods, load / pods)
        history = [(at, asked) for at, asked in [*history, (now, desired)] if at >= now - HPA_WINDOW_S]
        highest = max(asked for _, asked in history)
        pods = min(desired, hpa_up_limit(pods)) if desired > pods else min(pods, highest)
        trace.append((now, pods))
    return trace


def node_utilisation(requested: dict[str, float], allocatable: dict[str, float]) -> float:
    """The larger share of CPU and memory that pods request; on a node with GPUs, that of GPUs alone."""
    counted = {"gpu"} if allocatable.get("gpu") else {"cpu", "memory"}
    return max(requested[what] / allocatable[what] for what in counted)


def node_is_candidate(requested: dict[str, float], allocatable: dict[str, float]) -> bool:
    return node_utilisation(requested, allocatable) < NODE_THRESHOLD


def node_removable_at(unneeded_since_s: int, last_scale_up_s: int) -> int:
    """First second at which a node that stays unneeded may go."""
    return max(unneeded_since_s + NODE_UNNEEDED_S, last_scale_up_s + NODE_SINCE_SCALE_UP_S)
