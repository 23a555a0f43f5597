"""K3s on one to three machines of Compute Engine, each of which may be the server and carries replicas too."""

from __future__ import annotations

from advisor.platforms.kubernetes import ControlPlane, Kubernetes
from advisor.platforms.networks import google_machines
from advisor.platforms.self_managed import kubelet_room

# A control plane that the nodes carry beside replicas: on one of them, or on as many as may lose one.
ON_NODES = {
    "single": ControlPlane("zonal_serving_promise", nodes="control_plane_machines", zonal=True),
    "redundant": ControlPlane("serving_promise", nodes="redundant_control_plane_machines"),
}

K3S = Kubernetes(
    id="k3s",
    title="K3s on one to three Compute Engine machines",
    vendor="gcp",
    management="self-managed",
    modes=tuple(ON_NODES),
    services=(
        "common/kubernetes",
        "common/add_ons",
        "common/kubeadm",
        "common/k3s",
        "gcp/compute_engine",
        "gcp/network",
        "gcp/operations",
        "gcp/registry",
    ),
    effort="K3S",
    market="gcp/compute_engine",
    shared=True,
    room=kubelet_room,
    control_planes=ON_NODES,
    network=google_machines,
)
