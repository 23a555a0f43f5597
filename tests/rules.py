"""The published rules of autoscalers, executable, as an oracle: the Kubernetes HPA, the Cluster Autoscaler, Vertex AI,
Azure Container Apps, Azure Monitor.

Sources: kubernetes.io, Horizontal Pod Autoscaling; kubernetes/autoscaler, Cluster Autoscaler FAQ and flags (2026-08);
docs.cloud.google.com, Agent Platform, scale inference nodes (2026); learn.microsoft.com, Container Apps, scale-app, and
Azure Monitor, autoscale-flapping (2024-11).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

HPA_PERIOD_S, HPA_WINDOW_S, HPA_TOLERANCE = 15, 300, 0.1
NODE_UNNEEDED_S, NODE_SINCE_SCALE_UP_S, NODE_THRESHOLD = 600, 600, 0.5
VERTEX_PERIOD_S, VERTEX_WINDOW_S, VERTEX_TARGET, VERTEX_IDLE_S, VERTEX_HOLD_S = 15, 300, 0.6, 3600, 3600
APPS_WINDOW_S = 15
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


def vertex_desired(current: int, utilisation: float) -> int:
    """Nodes asked for when they are this busy, at least one."""
    return max(math.ceil(current * utilisation / VERTEX_TARGET - SLACK), 1)


def vertex_applied(targets: Sequence[int]) -> int:
    """Nodes that stand after these targets, one a period: the highest of the last 300 s."""
    return max(targets[-VERTEX_WINDOW_S // VERTEX_PERIOD_S :])


def vertex_run(load: float, nodes: int, until_s: int) -> list[tuple[int, int]]:
    """(second, nodes) after every period, at a load that would keep this many nodes busy without a pause."""
    targets, trace = [nodes] * (VERTEX_WINDOW_S // VERTEX_PERIOD_S), []
    for now in range(0, until_s + 1, VERTEX_PERIOD_S):
        targets.append(vertex_desired(nodes, min(load / nodes, 1)))
        nodes = vertex_applied(targets)
        trace.append((now, nodes))
    return trace


def vertex_asleep_at(
    requests: Sequence[float], started: float = 0, idle_s: float = VERTEX_IDLE_S, hold_s: float = VERTEX_HOLD_S
) -> float:
    """First second at which an endpoint that started at `started` falls to zero between or after these requests."""
    falls = [max(last + idle_s, started + hold_s) for last in requests]
    return next(fall for fall, following in zip(falls, [*requests[1:], math.inf], strict=True) if fall < following)


def apps_next(current: int, metric: float, target: float, most: int = 1000) -> int:
    """Replicas of a container app after one step up: at most twice as many, or 4; the first from none is 1."""
    desired = math.ceil(metric / target - SLACK)
    if current == 0:
        return min(most, desired, 1)
    return min(most, desired, max(4, 2 * current))


def apps_run(metric: float, target: float, current: int, most: int = 1000) -> list[int]:
    """Replicas after every step up until they no longer grow."""
    trace = []
    while (following := apps_next(current, metric, target, most)) > current:
        trace.append(current := following)
    return trace


def apps_metric(requests_in_window: int, window_s: float = APPS_WINDOW_S) -> float:
    """What the HTTP rule measures: requests per second, however long they last."""
    return requests_in_window / window_s


def monitor_out(metric: float, instances: int, above: float) -> int:
    """Instances after a rule of Azure Monitor that adds one."""
    return instances + (metric > above)


def monitor_in(metric: float, instances: int, below: float, above: float) -> int:
    """Instances after a rule that takes one away, unless what remains would fire the rule that adds one."""
    if instances == 1 or metric >= below or metric * instances / (instances - 1) >= above:
        return instances
    return instances - 1
