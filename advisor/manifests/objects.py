"""The objects of a service on Kubernetes, each complete by itself."""

from __future__ import annotations

from typing import Any

from advisor.manifests.blueprint import Blueprint
from advisor.manifests.commented import Noted, planned
from advisor.manifests.conventions import LISTENS, METRICS_PATH, SCRAPE_INTERVAL
from advisor.manifests.placement import Placement
from advisor.manifests.pods import HEALTH_PATH, IMAGE, PORT_NAME, pod

APP = "app.kubernetes.io/name"
SERVICE_PORT = 80
METRIC = "what every cluster measures; a metric of your own follows a GPU or a queue better"
READY = "no pod goes before its successor is ready"
DNS_PORT, HTTPS_PORT = 53, 443


def metadata(plan: Blueprint, **more: Any) -> dict[str, Any]:
    """Name, namespace and labels of an object."""
    return {"name": plan.name, "namespace": plan.name, "labels": labels(plan), **more}


def labels(plan: Blueprint) -> dict[str, str]:
    """What selects the objects of this service."""
    return {APP: plan.name}


def namespace(plan: Blueprint) -> dict[str, Any]:
    """A namespace that refuses pods with rights they should not have."""
    enforced = {"pod-security.kubernetes.io/enforce": Noted("restricted", "refuses pods with needless rights")}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": plan.name, "labels": enforced}}


def service_account(plan: Blueprint) -> dict[str, Any]:
    """The identity of the pods; it may do nothing until it is given rights."""
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": metadata(plan),
        "automountServiceAccountToken": Noted(False, "the service does not speak to the cluster"),
    }


def deployment(plan: Blueprint, placement: Placement) -> dict[str, Any]:
    """The pods. Their number is left to the autoscaler, which would otherwise be overruled by every release."""
    spec = pod(plan, IMAGE.example, HEALTH_PATH.example)
    spec["topologySpreadConstraints"] = [
        _spread(plan, "topology.kubernetes.io/zone", plan.workload.survive_zone),
        _spread(plan, "kubernetes.io/hostname", required=False),
    ]
    if placement.selector:
        spec["nodeSelector"] = dict(placement.selector)
    if placement.tolerations:
        spec["tolerations"] = list(placement.tolerations)
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata(plan),
        "spec": {
            "selector": {"matchLabels": labels(plan)},
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": Noted(0, READY), "maxSurge": 1}},
            "template": {"metadata": {"labels": labels(plan)}, "spec": spec},
        },
    }


def _spread(plan: Blueprint, topology: str, required: bool) -> dict[str, Any]:
    how = "DoNotSchedule" if required else "ScheduleAnyway"
    return {
        "maxSkew": 1,
        "topologyKey": topology,
        "whenUnsatisfiable": Noted(how, "the loss of a zone must be survived") if required else how,
        "labelSelector": {"matchLabels": labels(plan)},
    }


def service(plan: Blueprint) -> dict[str, Any]:
    """One address before all pods."""
    port: dict[str, Any] = {"name": PORT_NAME, "port": SERVICE_PORT, "targetPort": PORT_NAME}
    if plan.workload.needs_grpc:
        port["appProtocol"] = Noted("kubernetes.io/h2c", "gRPC is HTTP/2, here without TLS")
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata(plan),
        "spec": {"type": "ClusterIP", "selector": labels(plan), "ports": [port]},
    }


def autoscaler(plan: Blueprint) -> dict[str, Any]:
    """As many pods as the traffic asks for."""
    release_s = plan.number("pod_release_s")
    down: dict[str, Any] = {"selectPolicy": "Max"}
    if release_s is not None:
        down["stabilizationWindowSeconds"] = planned(release_s, "how late capacity is released")
    target = planned(plan.target_percent, "utilisation at which replicas were counted")
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": metadata(plan),
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": plan.name},
            "minReplicas": planned(max(1, plan.least), "replicas at the quietest level of traffic"),
            "maxReplicas": planned(max(1, plan.least, plan.most), "replicas at the busiest level of traffic"),
            "metrics": [
                {
                    "type": "Resource",
                    "resource": {
                        "name": Noted("cpu", METRIC),
                        "target": {"type": "Utilization", "averageUtilization": target},
                    },
                }
            ],
            "behavior": {
                "scaleUp": {"stabilizationWindowSeconds": Noted(0, "at once"), "selectPolicy": "Max"},
                "scaleDown": down,
            },
        },
    }


def disruption_budget(plan: Blueprint) -> dict[str, Any]:
    """One pod at a time may be evicted. A minimum would block every upgrade of a node where one pod stands."""
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": metadata(plan),
        "spec": {
            "maxUnavailable": Noted(1, "a minimum would block upgrades where one pod stands"),
            "selector": {"matchLabels": labels(plan)},
        },
    }


def network_policy(plan: Blueprint) -> dict[str, Any]:
    """Requests and scrapes come in at one port; out go names to look up and HTTPS."""
    dns = [{"protocol": protocol, "port": DNS_PORT} for protocol in ("UDP", "TCP")]
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": metadata(plan),
        "spec": {
            "podSelector": {"matchLabels": labels(plan)},
            "policyTypes": ["Ingress", "Egress"],
            "ingress": Noted(
                [{"ports": [{"protocol": "TCP", "port": LISTENS}]}],
                "from anywhere, as load balancers have addresses of their own; narrow it with `from`",
            ),
            "egress": [{"ports": dns}, {"ports": [{"protocol": "TCP", "port": HTTPS_PORT}]}],
        },
    }


def service_monitor(plan: Blueprint) -> dict[str, Any]:
    """What Prometheus scrapes, where its operator runs."""
    endpoint = {"port": PORT_NAME, "path": METRICS_PATH, "interval": SCRAPE_INTERVAL}
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "ServiceMonitor",
        "metadata": metadata(plan),
        "spec": {"selector": {"matchLabels": labels(plan)}, "endpoints": [endpoint]},
    }
