"""Amazon EKS Auto Mode: Amazon picks, starts and patches the nodes, and takes a fee on each while it runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from advisor.nodes import Room
from advisor.platforms.eks import EKS, eks_room
from advisor.platforms.kubernetes import Kubernetes
from advisor.platforms.platform import Offer
from advisor.units import Array
from pricing.fact import Facts
from pricing.machines import Machines, letters


@dataclass(frozen=True, eq=False, kw_only=True)
class AutoMode(Kubernetes):
    """A cluster on those machines that Auto Mode supports."""

    def machines(self, sold: Machines, facts: Facts, region: str, gpus: Mapping[str, float]) -> Machines:
        """Families that are supported, with more than one vCPU and not of the smallest sizes."""
        del region, gpus
        return sold.once(self.id, lambda: sold.take([at for at in range(len(sold)) if is_supported(sold, at, facts)]))

    def alike(self, offer: Offer) -> tuple[str, ...]:
        """The fee depends on what the name of a family begins with."""
        return tuple(letters(family) for family in offer.machines.family)


def is_supported(machines: Machines, index: int, facts: Facts) -> bool:
    """Whether Auto Mode starts machines of a type; the size is what follows the family in the name."""
    size = machines.names[index].rpartition(".")[-1]
    supported = machines.family[index] in facts["auto_mode_families"] and machines.vcpu[index] > 1
    return bool(supported and size not in facts["auto_mode_sizes_not_sold"])


def auto_room(machines: Machines, facts: Facts) -> Room:
    """What a node of Auto Mode leaves for replicas: as other nodes of EKS do, with fewer pods at most."""
    facts.fact("node_reserves")  # read, so that it stands among the assumptions
    room = eks_room(machines, facts)
    return room._replace(pods=np.minimum(room.pods, facts["auto_mode_pods_per_node_max"]))


def auto_fees(machine_hours: Array, offer: Offer) -> Mapping[str, Array]:
    """The fee on every hour that a node runs, however it was bought."""
    del offer
    return {"managed_machine_hours": machine_hours}


EKS_AUTO = AutoMode(
    id="eks-auto",
    title="Amazon EKS Auto Mode",
    vendor=EKS.vendor,
    management="managed",
    modes=EKS.modes,
    services=(*EKS.services, "aws/eks_auto"),  # whose facts of the same name win
    effort="MKA",
    market=EKS.market,
    shared=True,
    room=auto_room,
    control_planes=EKS.control_planes,
    network=EKS.network,
    node_fees=auto_fees,
)
