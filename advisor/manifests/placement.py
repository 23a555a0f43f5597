"""On which nodes the pods may stand: those of the planned machine with its GPU, and spot nodes where bought so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from advisor.manifests.blueprint import Blueprint
from advisor.manifests.commented import planned
from advisor.manifests.pods import GPU_RESOURCE

MACHINE_LABEL = "node.kubernetes.io/instance-type"  # Kubernetes: well-known labels; every cloud sets it

AUTOPILOT = "gke-autopilot"
ACCELERATOR_LABEL, CLASS_LABEL = "cloud.google.com/gke-accelerator", "cloud.google.com/compute-class"
ARCHITECTURE_LABEL = "kubernetes.io/arch"
ARM_CLASS = "scale-out-arm"
CLASSES: Mapping[str, str] = {"balanced": "Balanced", "scale-out": "Scale-Out", ARM_CLASS: "Scale-Out"}
# GKE names of GPU types where they are not `nvidia-` and the type (Compute Engine: GPU machine types).
ACCELERATORS: Mapping[str, str] = {
    "t4": "nvidia-tesla-t4",
    "v100": "nvidia-tesla-v100",
    "a100-40gb": "nvidia-tesla-a100",
}

# The label of a spot node, and the taint that keeps others off it.
# GKE: concepts/spot-vms. EKS: managed node groups, capacity types. AKS: spot node pools. Elsewhere nobody sets one: the
# README does. A node group of EKS has no taint of its own.
SPOT_LABELS: Mapping[str, tuple[str, str]] = {
    "gke": ("cloud.google.com/gke-spot", "true"),
    "gke-autopilot": ("cloud.google.com/gke-spot", "true"),
    "eks": ("eks.amazonaws.com/capacityType", "SPOT"),
    "eks-auto": ("karpenter.sh/capacity-type", "spot"),
    "aks": ("kubernetes.azure.com/scalesetpriority", "spot"),
}
OWN_SPOT_LABEL = ("node-lifecycle", "spot")


@dataclass(frozen=True)
class Placement:
    """Labels that a node must have, and taints that the pods accept."""

    selector: Mapping[str, Any]
    tolerations: Sequence[Mapping[str, str]]


def placement(plan: Blueprint) -> Placement:
    """Where the pods of a plan belong."""
    selector: dict[str, Any] = {}
    tolerations: list[Mapping[str, str]] = []
    if plan.gpus:
        tolerations.append({"key": GPU_RESOURCE, "operator": "Exists", "effect": "NoSchedule"})
    if plan.gpus and plan.platform == AUTOPILOT:
        selector[ACCELERATOR_LABEL] = planned(gke_accelerator(plan.gpu), "the GPU type")
    elif plan.gpus and plan.machine:
        selector[MACHINE_LABEL] = planned(plan.machine, f"the machine with its {plan.gpu}")
    selector |= _pod_class(plan)
    if plan.spot:
        label, value = spot_label(plan)
        selector[label] = planned(value, "bought as spot: a node may go at short notice")
        tolerations.append({"key": label, "operator": "Equal", "value": value, "effect": "NoSchedule"})
    return Placement(selector, tolerations)


def _pod_class(plan: Blueprint) -> dict[str, Any]:
    """The class of pods that Autopilot is asked for; the general one needs no asking (GKE: compute classes)."""
    if plan.kind not in CLASSES:
        return {}
    chosen: dict[str, Any] = {CLASS_LABEL: planned(CLASSES[plan.kind], "the class of pods that costs least")}
    if plan.kind == ARM_CLASS:
        chosen[ARCHITECTURE_LABEL] = planned("arm64", "the class with this architecture")
    return chosen


def gke_accelerator(gpu: str) -> str:
    """A GPU type as GKE names it."""
    return ACCELERATORS.get(gpu, f"nvidia-{gpu}")


def spot_label(plan: Blueprint) -> tuple[str, str]:
    """The label of a spot node."""
    return SPOT_LABELS.get(plan.platform, OWN_SPOT_LABEL)
