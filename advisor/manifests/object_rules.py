"""What must hold between objects, and schemas cannot see: names, selectors, autoscalers, budgets."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from advisor.manifests.kinds import KNATIVE, Object, containers, mappings, pod_labels, selected, within
from advisor.manifests.names import is_dns_label, is_dns_name
from advisor.manifests.pod_rules import is_port

SCALED = ("Deployment", "StatefulSet", "ReplicaSet")
LABELLED = ("Namespace", "Service", "Deployment", "StatefulSet", "Job", "CronJob", f"{KNATIVE}/Service")
# Source of a metric -> what may be its target, one of them (autoscaling/v2, MetricTarget).
METRICS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "Resource": ("resource", ("averageUtilization", "averageValue")),
    "ContainerResource": ("containerResource", ("averageUtilization", "averageValue")),
    "Pods": ("pods", ("averageValue",)),
    "Object": ("object", ("value", "averageValue")),
    "External": ("external", ("value", "averageValue")),
}
TARGETS = ("averageUtilization", "averageValue", "value")


def names_legal(item: Object, _: Sequence[Object]) -> Iterator[str]:
    """Names are lower-case DNS names; those that become host names or labels have one label of at most 63."""
    generated = item.name is None and "generateName" in within(item.document, "metadata")
    fits = is_dns_label(item.name) if item.kind in LABELLED else is_dns_name(item.name)
    if not fits and not generated:
        yield f"{item.name!r} is no legal name: lower-case letters, digits and hyphens, at most 63 characters"
    if item.namespace is not None and not is_dns_label(item.namespace):
        yield f"{item.namespace!r} is no legal namespace"


def names_unique(item: Object, items: Sequence[Object]) -> Iterator[str]:
    """One object of a kind has a name."""
    twins = [
        each
        for each in items
        if (each.group, each.kind, each.namespace, each.name) == (item.group, item.kind, item.namespace, item.name)
    ]
    if len(twins) > 1 and twins[0] is item:
        yield f"stands {len(twins)} times: {', '.join(sorted({each.file for each in twins}))}"


def replicas_possible(item: Object, _: Sequence[Object]) -> Iterator[str]:
    """There are not fewer pods than none."""
    replicas = item.spec.get("replicas")
    if item.kind in SCALED and isinstance(replicas, int) and replicas < 0:
        yield f"replicas is {replicas}; allowed: 0 or more"


def selector_matches(item: Object, items: Sequence[Object]) -> Iterator[str]:
    """A controller selects the pods it makes; services, budgets and monitors select something that is there."""
    if item.kind in (*SCALED, "DaemonSet"):
        chosen = within(item.spec, "selector", "matchLabels")
        if not chosen.items() <= pod_labels(item).items() or not within(item.spec, "selector"):
            yield "its selector does not match the labels of its pods"
    elif item.kind == "Service" and not item.group and within(item.spec, "selector"):
        if not selected(items, within(item.spec, "selector"), item.namespace):
            yield "its selector matches no pods of these files"
    elif item.kind in ("PodDisruptionBudget", "NetworkPolicy"):
        key = "selector" if item.kind == "PodDisruptionBudget" else "podSelector"
        chosen = within(item.spec, key, "matchLabels")
        if chosen and not selected(items, chosen, item.namespace):
            yield "its selector matches no pods of these files"
    elif item.kind == "ServiceMonitor":
        yield from _monitored(item, items)


def _monitored(item: Object, items: Sequence[Object]) -> Iterator[str]:
    chosen = within(item.spec, "selector", "matchLabels")
    services = [each for each in items if each.kind == "Service" and each.namespace == item.namespace]
    found = [each for each in services if chosen.items() <= within(each.document, "metadata", "labels").items()]
    if chosen and not found:
        yield "its selector matches no Service of these files"
    names = [port.get("name") for each in found for port in mappings(each.spec.get("ports"))]
    for endpoint in mappings(item.spec.get("endpoints")):
        if found and endpoint.get("port") is not None and endpoint["port"] not in names:
            yield f"scrapes the port {endpoint['port']!r}, which the Service does not have"


def service_ports(item: Object, items: Sequence[Object]) -> Iterator[str]:
    """Ports of a Service lie within 1 to 65535 and lead to a port that the pods have."""
    if item.kind != "Service" or item.group:
        return
    pods = selected(items, within(item.spec, "selector"), item.namespace) if within(item.spec, "selector") else []
    named = [port.get("name") for pod in pods for each in containers(pod) for port in mappings(each.get("ports"))]
    for port in mappings(item.spec.get("ports")):
        for key in ("port", "targetPort", "nodePort"):
            number = port.get(key)
            if (isinstance(number, int) or key == "port") and not is_port(number):
                yield f"{key} is {number!r}; allowed: 1 to 65535"
        if pods and isinstance(port.get("targetPort"), str) and port["targetPort"] not in named:
            yield f"leads to the port {port['targetPort']!r}, which the pods do not have"


def autoscaler_possible(item: Object, items: Sequence[Object]) -> Iterator[str]:
    """1 ≤ minimum ≤ maximum, of something that is there."""
    if item.kind != "HorizontalPodAutoscaler":
        return
    least, most = item.spec.get("minReplicas", 1), item.spec.get("maxReplicas")
    if isinstance(least, int) and least < 1:
        yield f"minReplicas is {least}; allowed: 1 or more"
    if isinstance(least, int) and isinstance(most, int) and least > most:
        yield f"minReplicas is {least}, above maxReplicas, {most}"
    if scaled_by(item, items) is None:
        target = within(item.spec, "scaleTargetRef")
        yield f"scales {target.get('kind')} {target.get('name')}, which is not in these files"


def autoscaler_metrics(item: Object, _: Sequence[Object]) -> Iterator[str]:
    """Every metric has the source of its type, and one target of one type."""
    if item.kind != "HorizontalPodAutoscaler" or item.document.get("apiVersion") != "autoscaling/v2":
        return
    for metric in mappings(item.spec.get("metrics")):
        kind = metric.get("type")
        if not isinstance(kind, str) or kind not in METRICS:
            yield f"a metric is of type {kind!r}; allowed: {', '.join(METRICS)}"
            continue
        source, allowed = METRICS[kind]
        target = within(metric, source, "target")
        given = [each for each in TARGETS if each in target]
        if len(given) != 1 or given[0] not in allowed:
            has = ", ".join(given) or "none"
            yield f"a metric of type {kind} has the targets {has}; allowed: one of {', '.join(allowed)}"


def scaled_by(item: Object, items: Sequence[Object]) -> Object | None:
    """What an autoscaler scales; None where it is not there."""
    target = within(item.spec, "scaleTargetRef")
    for each in items:
        if (each.document.get("kind"), each.name, each.namespace) == (
            target.get("kind"),
            target.get("name"),
            item.namespace,
        ):
            return each
    return None


def budget_satisfiable(item: Object, items: Sequence[Object]) -> Iterator[str]:
    """Some pod may be evicted, so that nodes can be drained; one of the two rules is given."""
    if item.kind != "PodDisruptionBudget":
        return
    rules = [key for key in ("minAvailable", "maxUnavailable") if key in item.spec]
    if len(rules) != 1:
        yield "it takes one of minAvailable and maxUnavailable"
        return
    for pods in selected(items, within(item.spec, "selector", "matchLabels"), item.namespace):
        replicas = least_replicas(pods, items)
        kept = _of(item.spec[rules[0]], replicas)
        allowed = replicas - kept if rules[0] == "minAvailable" else kept
        if replicas and allowed < 1:
            yield f"{rules[0]} {item.spec[rules[0]]} lets none of {replicas} pods go: no node could ever be drained"


def least_replicas(item: Object, items: Sequence[Object]) -> int:
    """Pods that stand when traffic is least."""
    for each in items:
        if each.kind == "HorizontalPodAutoscaler" and scaled_by(each, items) is item:
            return _count(each.spec.get("minReplicas", 1))
    return _count(item.spec.get("replicas", 1))


def _count(value: Any) -> int:
    return value if isinstance(value, int) else 1


def _of(rule: Any, replicas: int) -> int:
    """How many pods a rule means: a count, or a share that is rounded up."""
    if isinstance(rule, str) and re.fullmatch(r"[0-9]{1,3}%", rule):
        return math.ceil(int(rule[:-1]) * replicas / 100)
    return _count(rule)


def routes_lead_somewhere(item: Object, items: Sequence[Object]) -> Iterator[str]:
    """A route's backend in its own namespace is a Service of these files, at a port it has."""
    if item.kind not in ("HTTPRoute", "GRPCRoute"):
        return
    for rule in mappings(item.spec.get("rules")):
        for backend in mappings(rule.get("backendRefs")):
            if (
                backend.get("kind", "Service") == "Service"
                and backend.get("namespace", item.namespace) == item.namespace
            ):
                yield from _backend(item, backend, items)


def _backend(item: Object, backend: Mapping[str, Any], items: Sequence[Object]) -> Iterator[str]:
    found = [e for e in items if (e.kind, e.namespace, e.name) == ("Service", item.namespace, backend.get("name"))]
    if not found:
        yield f"leads to the Service {backend.get('name')!r}, which is not in these files"
    elif backend.get("port") not in [port.get("port") for port in mappings(found[0].spec.get("ports"))]:
        yield f"leads to port {backend.get('port')!r}, which the Service does not have"
