"""What a replica looks like on any Kubernetes: one container with its size, its probes and no needless rights."""

from __future__ import annotations

import math
from typing import Any

from advisor.manifests.blueprint import Blueprint
from advisor.manifests.bundle import Value
from advisor.manifests.commented import Noted, planned
from advisor.manifests.conventions import (
    CHECKED_EVERY_S,
    CHECKED_SELDOM_S,
    DRAIN_S,
    DRAINED,
    FAILURES,
    LISTENS,
    PROBE_FAILURES,
    PROBE_PERIOD_S,
    RUNS_AS,
    RUNS_IN,
    STARTUP_ALLOWANCE,
    WRITABLE,
)

CONTAINER = "app"
PORT_NAME = "http"
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
        check = {"grpc": {"port": LISTENS}}  # takes a number only
    return {
        "startupProbe": {**check, "periodSeconds": CHECKED_EVERY_S, "failureThreshold": startup_failures(plan)},
        "readinessProbe": {**check, "periodSeconds": CHECKED_EVERY_S, "failureThreshold": FAILURES},
        "livenessProbe": {**check, "periodSeconds": CHECKED_SELDOM_S, "failureThreshold": FAILURES},
    }


def startup_failures(plan: Blueprint) -> Noted:
    """Failed checks before a start is given up."""
    tries = max(PROBE_FAILURES, math.ceil(STARTUP_ALLOWANCE * plan.startup_s / PROBE_PERIOD_S))
    return planned(tries, start_allowed(plan, tries * PROBE_PERIOD_S))


def start_allowed(plan: Blueprint, most_s: int) -> str:
    """How long a start takes, and how long it may take."""
    usual = f"a start takes {plan.startup_s} s"
    return f"{usual}; given up after {most_s} s (convention: at least {STARTUP_ALLOWANCE} times as long)"


def container(plan: Blueprint, image: str, path: str) -> dict[str, Any]:
    """The container of a pod."""
    return {
        "name": CONTAINER,
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "ports": [{"name": PORT_NAME, "containerPort": LISTENS}],
        "resources": resources(plan),
        **probes(plan, path),
        "lifecycle": {"preStop": {"sleep": {"seconds": DRAINED}}},
        "securityContext": Noted(dict(SECURITY), "no right that the service does not need"),
        "volumeMounts": [{"name": "tmp", "mountPath": WRITABLE}],
    }


def pod(plan: Blueprint, image: str, path: str) -> dict[str, Any]:
    """The pod of a Deployment."""
    return {
        "serviceAccountName": plan.name,
        "automountServiceAccountToken": False,
        "terminationGracePeriodSeconds": planned(plan.timeout_s + DRAIN_S, "the longest request, and the wait before"),
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": RUNS_AS,
            "runAsGroup": RUNS_IN,
            "fsGroup": RUNS_IN,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [container(plan, image, path)],
        "volumes": [{"name": "tmp", "emptyDir": {}}],
    }
