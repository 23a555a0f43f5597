"""Plans by hand, for writers whatever the option costs or can do."""

from __future__ import annotations

import datetime as dt
from typing import Any

from advisor.manifests import Blueprint
from advisor.workload import Workload
from pricing import load

ADD_ONS = dict(load(dt.date(2026, 11, 24)).facts("common/add_ons"))

# Option -> a mode and a machine that it could have.
OPTIONS = {
    "cloud-run": ("request", ""),
    "vertex-ai": ("endpoint", "n1-standard-4"),
    "sagemaker-realtime": ("always-on", "ml.m5.large"),
    "sagemaker-serverless": ("on-demand", ""),
    "sagemaker-async": ("scale-to-zero", "ml.m5.large"),
    "lambda": ("on-demand", ""),
    "azure-ml": ("managed", "Standard_DS3_v2"),
    "container-apps": ("consumption", ""),
    "gke": ("regional", "e2-standard-4"),
    "gke-autopilot": ("regional", ""),
    "eks": ("standard", "m5.large"),
    "eks-fargate": ("standard", ""),
    "eks-auto": ("standard", "m5.large"),
    "aks": ("standard", "Standard_D4s_v5"),
    "self-managed-gcp": ("regional", "e2-standard-4"),
    "self-managed-aws": ("regional", "m5.large"),
    "self-managed-azure": ("regional", "Standard_D4s_v5"),
    "k3s": ("regional", "e2-standard-4"),
    "on-prem": ("regional", "server"),
    "gke+knative": ("regional", "e2-standard-4"),
    "eks+kserve": ("standard", "m5.large"),
    "aks+seldon": ("standard", "Standard_D4s_v5"),
}


def workload(**fields: Any) -> Workload:
    """A small web service."""
    needed = {"name": "shop", "requests_per_month": 1e6, "duration_s": 0.2, "vcpu": 2, "memory_gib": 4}
    return Workload.model_validate({**needed, "concurrency": 8, "startup_s": 20, "timeout_s": 30, **fields})


def plan(option: str, work: Workload | None = None, **changes: Any) -> Blueprint:
    """A plan of two to six replicas, on one to three machines that hold two each."""
    mode, machine = OPTIONS.get(option) or OPTIONS[option.partition("+")[0]]
    fields: dict[str, Any] = {
        "workload": work or workload(),
        "option": option,
        "title": f"the option {option}",
        "region": "us-east-1" if machine.startswith(("ml.", "m5")) else "us-central1",
        "mode": mode,
        "machine": machine,
        "kind": "",
        "purchase": "on-demand",
        "vcpu": 2.0,
        "memory_gib": 4.0,
        "gpu": "",
        "least": 2,
        "most": 6,
        "least_machines": 1 if machine else 0,
        "most_machines": 3 if machine else 0,
        "machine_gpus": 0,
        "copies": 2,
        "lasting_s": 0.4,
        "utilisation": 0.6,
        "facts": {
            **ADD_ONS,
            "pod_release_s": 300.0,
            "startup_s_max": 240.0,
            "cooldown_s": 300.0,
            "zero_idle_s": 3600.0,
        },
    }
    return Blueprint(**{**fields, **changes})
