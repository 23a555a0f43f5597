"""Google Kubernetes Engine, Standard: nodes are Compute Engine machines, and Google runs the control plane."""

from __future__ import annotations

import numpy as np

from advisor.nodes import Room, gke_reserved_memory, reserved_vcpu
from advisor.platforms.kubernetes import ControlPlane, Kubernetes, node_room
from advisor.platforms.networks import google_network
from advisor.units import MIB_PER_GIB, MILLI, Array
from pricing.fact import Facts
from pricing.machines import Machines


def gke_reserved_vcpu(machines: Machines, facts: Facts) -> Array:
    """The kubelet's part of a GKE node's vCPU: by core, or a fixed amount of a shared core. Shape (machines,)."""
    by_core = reserved_vcpu(machines.vcpu, facts.scale("cpu_reserve_millicores"))
    return np.where(machines.burstable, facts["shared_core_cpu_reserve_millicores"] * MILLI, by_core)


def gke_room(machines: Machines, facts: Facts) -> Room:
    """What a GKE node leaves for replicas."""
    reserved_gib = gke_reserved_memory(
        machines.memory_gib,
        facts.scale("memory_reserve_share"),
        facts["small_node_below_gib"],
        facts["small_node_reserve_mib"] / MIB_PER_GIB,
    )
    pods = np.full(len(machines), facts["pods_per_node_max"])
    return node_room(machines, facts, gke_reserved_vcpu(machines, facts), reserved_gib, pods)


GKE = Kubernetes(
    id="gke",
    title="Google Kubernetes Engine, Standard",
    vendor="gcp",
    management="self-managed",
    modes=("zonal", "regional"),
    services=(
        "common/kubernetes",
        "common/add_ons",
        "gcp/gke",
        "gcp/compute_engine",
        "gcp/network",
        "gcp/operations",
        "gcp/registry",
    ),
    effort="MK",
    market="gcp/compute_engine",
    shared=True,
    room=gke_room,
    control_planes={
        "zonal": ControlPlane("zonal_serving_promise", "zonal_cluster_hours", zonal=True),
        "regional": ControlPlane("regional_availability_promise", "regional_cluster_hours"),
    },
    network=google_network,
)
