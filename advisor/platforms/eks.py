"""Amazon EKS with managed node groups: nodes are EC2 machines, and Amazon runs the control plane in three zones."""

from __future__ import annotations

import numpy as np

from advisor.nodes import Room, eks_reserved_memory, eks_reserved_vcpu
from advisor.platforms.kubernetes import ControlPlane, Kubernetes, node_room
from advisor.platforms.networks import amazon_network
from pricing.fact import Facts
from pricing.machines import Machines


def eks_room(machines: Machines, facts: Facts) -> Room:
    """What an EKS node leaves for replicas: as many pods as it has addresses, and memory kept for each of them."""
    pods = np.where(np.isnan(machines.max_pods), facts["pods_per_node_max"], machines.max_pods)
    reserved_vcpu = eks_reserved_vcpu(machines.vcpu, facts.scale("cpu_reserve_millicores"))
    reserved_gib = eks_reserved_memory(pods, facts["memory_reserve_mib"], facts["memory_reserve_mib_per_pod"])
    return node_room(machines, facts, reserved_vcpu, reserved_gib, pods)


EKS = Kubernetes(
    id="eks",
    title="Amazon EKS, managed node groups",
    vendor="aws",
    management="self-managed",
    modes=("standard", "extended"),
    services=(
        "common/kubernetes",
        "common/add_ons",
        "aws/eks",
        "aws/ec2",
        "aws/network",
        "aws/operations",
        "aws/registry",
    ),
    effort="MK",
    market="aws/ec2",
    shared=True,
    room=eks_room,
    control_planes={
        "standard": ControlPlane("availability_promise", "cluster_hours"),
        "extended": ControlPlane("availability_promise", "extended_support_cluster_hours"),
    },
    network=amazon_network,
)
