"""What a replica looks like on any Kubernetes: one container with its size, its probes and no needless rights."""

from __future__ import annotations

import math
from typing import Any

from advisor.manifests.blueprint import Blueprint
from advisor.manifests.bundle import Value
from advisor.manifests.commented import Noted, planned

CONTAINER = "app"
PORT, PORT_NAME = 8080, "http"
USER = 65532  # a number, so that the node can see that it is not root; "nonroot" of distroless images
PROBE_PERIOD_S = 5
PROBE_FAILURES = 3
STARTUP_ALLOWANCE = 3  # a start may take so many times as long as usual before it is given up
DRAIN_S = 10  # from the end of a pod until no load balancer sends it requests any more
WRITABLE = "/tmp"  # noqa: S108 - inside the container
GPU_RESOURCE = "nvidia.com/gpu"

SECURITY = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}

IMAGE = Value("IMAGE", "registry.example.com/team/service:1.0.0", "the container image, with its tag or digest")
HEALTH_PATH = Value("HEALTH_PATH", "/healthz", "the path at which the service answers 200 once it can work")


def resources(plan: Blueprint) -> dict[str, Any]:
    """Requests and limits of a container: equal, so that a replica always has what the plan counted on."""
    requests = {
        "cpu": planned(f"{plan.millicores}m", "vCPU of a replica"),
        "memory": planned(f"{plan.mib}Mi", "memory of a replica"),
    }
    limits = {"cpu": planned(f"{plan.millicores}m", "as requested"), "memory": planned(f"{plan.mib}Mi", "as requested")}
    if plan.gpus:
        requests[GPU_RESOURCE] = planned(str(plan.gpus), f"{plan.gpu}, whole; a request must equal its limit")
        limits[GPU_RESOURCE] = planned(str(plan.gpus), "as requested")
    return {"requests": requests, "limits": limits}


def probes(plan: Blueprint, path: str) -> dict[str, Any]:
    """When a container has started, may receive requests, and must be started anew."""
    check: dict[str, Any] = {"httpGet": {"path": path, "port": PORT_NAME}}
    if plan.workload.needs_grpc:
        check = {"grpc": {"port": PORT}}  # takes a number only
    return {
        "startupProbe": {**check, "periodSeconds": PROBE_PERIOD_S, "failureThreshold": startup_failures(plan)},
        "readinessProbe": {**check, "periodSeconds": PROBE_PERIOD_S, "failureThreshold": PROBE_FAILURES},
        "livenessProbe": {**check, "periodSeconds": 2 * PROBE_PERIOD_S, "failureThreshold": PROBE_FAILURES},
    }


def startup_failures(plan: Blueprint) -> Noted:
    """Failed checks before a start is given up."""
    tries = max(PROBE_FAILURES, math.ceil(STARTUP_ALLOWANCE * plan.startup_s / PROBE_PERIOD_S))
    return planned(tries, f"a start takes {plan.startup_s} s; given up after {tries * PROBE_PERIOD_S} s")


def container(plan: Blueprint, image: str, path: str) -> dict[str, Any]:
    """The container of a pod."""
    return {
        "name": CONTAINER,
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "ports": [{"name": PORT_NAME, "containerPort": PORT}],
        "resources": resources(plan),
        **probes(plan, path),
        "lifecycle": {"preStop": {"sleep": {"seconds": Noted(DRAIN_S, "it is still sent requests for a moment")}}},
        "securityContext": Noted(dict(SECURITY), "no right that the service does not need"),
        "volumeMounts": [{"name": "tmp", "mountPath": Noted(WRITABLE, "the one place where it may write")}],
    }


def pod(plan: Blueprint, image: str, path: str) -> dict[str, Any]:
    """The pod of a Deployment."""
    return {
        "serviceAccountName": plan.name,
        "automountServiceAccountToken": False,
        "terminationGracePeriodSeconds": planned(plan.timeout_s + DRAIN_S, "the longest request, and the wait before"),
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": Noted(USER, "any number but 0 that the image can work with"),
            "runAsGroup": USER,
            "fsGroup": USER,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [container(plan, image, path)],
        "volumes": [{"name": "tmp", "emptyDir": {}}],
    }
