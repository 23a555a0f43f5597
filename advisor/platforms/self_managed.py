"""Kubernetes on virtual machines that one manages with kubeadm, the control plane included."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from advisor.nodes import Room, reserved_vcpu
from advisor.platforms.kubernetes import ControlPlane, Kubernetes, node_room
from advisor.platforms.networks import amazon_network, azure_network, google_network
from pricing.fact import Facts
from pricing.machines import Machines


def kubelet_room(machines: Machines, facts: Facts) -> Room:
    """What a node leaves for replicas, by a curve of reserves: a kubelet that nobody configures keeps nothing back."""
    return node_room(
        machines,
        facts,
        reserved_vcpu(machines.vcpu, facts.scale("cpu_reserve_millicores")),
        facts.scale("memory_reserve_share")(machines.memory_gib),
        np.full(len(machines), facts["pods_per_node_max"]),
    )


FEE = "control_plane_machine_hours"

SELF_MANAGED_GCP = Kubernetes(
    id="self-managed-gcp",
    title="Kubernetes on Compute Engine, self-managed",
    vendor="gcp",
    management="self-managed",
    modes=("zonal", "regional"),
    services=(
        "common/kubernetes",
        "common/add_ons",
        "common/kubeadm",
        "gcp/self_managed",
        "gcp/compute_engine",
        "gcp/network",
        "gcp/operations",
        "gcp/registry",
    ),
    capabilities="self-managed",
    effort="SELF",
    market="gcp/compute_engine",
    shared=True,
    room=kubelet_room,
    control_planes={
        "zonal": ControlPlane("zonal_serving_promise", FEE, machines="control_plane_machines", zonal=True),
        "regional": ControlPlane("serving_promise", FEE, machines="redundant_control_plane_machines"),
    },
    network=google_network,
)

SELF_MANAGED_AWS = replace(
    SELF_MANAGED_GCP,
    id="self-managed-aws",
    title="Kubernetes on EC2, self-managed",
    vendor="aws",
    services=(
        "common/kubernetes",
        "common/add_ons",
        "common/kubeadm",
        "aws/self_managed",
        "aws/ec2",
        "aws/network",
        "aws/operations",
        "aws/registry",
    ),
    market="aws/ec2",
    network=amazon_network,
)

SELF_MANAGED_AZURE = replace(
    SELF_MANAGED_GCP,
    id="self-managed-azure",
    title="Kubernetes on Azure virtual machines, self-managed",
    vendor="azure",
    services=(
        "common/kubernetes",
        "common/add_ons",
        "common/kubeadm",
        "azure/self_managed",
        "azure/virtual_machines",
        "azure/network",
        "azure/operations",
        "azure/registry",
    ),
    market="azure/virtual_machines",
    network=azure_network,
)
