"""How a cluster comes to be and goes again, by each vendor's command line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from advisor.manifests.blueprint import Blueprint
from advisor.manifests.creation.aks import create_aks
from advisor.manifests.creation.creation import AddOn, Creation
from advisor.manifests.creation.eks import create_auto, create_eks, create_fargate
from advisor.manifests.creation.gke import create_autopilot, create_gke
from advisor.manifests.creation.own import create_k3s, create_kubeadm

__all__ = ["CREATIONS", "AddOn", "Creation", "creation"]

CREATIONS: Mapping[str, Callable[[Blueprint], Creation]] = {
    "gke": create_gke,
    "gke-autopilot": create_autopilot,
    "eks": create_eks,
    "eks-fargate": create_fargate,
    "eks-auto": create_auto,
    "aks": create_aks,
    "self-managed-gcp": create_kubeadm,
    "self-managed-aws": create_kubeadm,
    "self-managed-azure": create_kubeadm,
    "k3s": create_k3s,
    "on-prem": create_kubeadm,
}


def creation(plan: Blueprint) -> Creation:
    """How the cluster of a plan is made and reached; of one that is shared, only how it is reached."""
    made = CREATIONS[plan.platform](plan)
    if plan.workload.has_cluster:
        return _shared(made)
    return replace(
        made,
        values=(*made.values, *(value for each in made.add_ons for value in each.values)),
        files={**made.files, **{name: file for each in made.add_ons for name, file in each.files.items()}},
        notes=(*made.notes, *(note for each in made.add_ons for note in each.notes)),
    )


def _shared(made: Creation) -> Creation:
    """A cluster that others look after: what it must have is said, not installed."""
    reached = " ".join(made.connect.commands)
    values = tuple(value for value in made.values if f"${value.name}" in reached)
    runs = tuple(f"the cluster must have {each.what}" for each in made.add_ons)
    return replace(
        made, values=values, create=(), settle=(), add_ons=(), delete=(), files={}, notes=(*made.notes, *runs)
    )
