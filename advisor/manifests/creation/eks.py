"""Amazon EKS with managed node groups, on Fargate, or in Auto Mode, by eksctl.

Its fields: docs.aws.amazon.com/eks/latest/eksctl.
"""

from __future__ import annotations

from typing import Any

from advisor.manifests.blueprint import Blueprint
from advisor.manifests.bundle import File, Step, command
from advisor.manifests.commented import Noted, planned
from advisor.manifests.creation.creation import Creation

CONFIG = "cluster/eksctl.yaml"
GROUP = "planned"


def create_eks(plan: Blueprint) -> Creation:
    """A cluster with one group of the planned machines."""
    group = {
        "name": GROUP,
        "instanceTypes": [planned(plan.machine, "the machine type that costs least")],
        "minSize": planned(max(1, plan.least_machines), "machines at the quietest level of traffic"),
        "maxSize": planned(max(1, plan.least_machines, plan.most_machines), "machines at the busiest level of traffic"),
        "desiredCapacity": planned(max(1, plan.least_machines), "where it starts"),
    }
    if plan.spot:
        group["spot"] = planned(True, "bought as spot")
    note = "nodes follow the pods only where a cluster autoscaler runs; install one, or the group stays at its size"
    return _cluster(plan, {"managedNodeGroups": [group]}, note)


def create_fargate(plan: Blueprint) -> Creation:
    """A cluster that gives every pod of the namespace a machine of its own."""
    profile = {"name": GROUP, "selectors": [{"namespace": plan.name}, {"namespace": "kube-system"}]}
    note = "Fargate enforces no NetworkPolicy and runs no DaemonSet; security groups take the place of the policy"
    return _cluster(plan, {"fargateProfiles": [profile]}, note)


def create_auto(plan: Blueprint) -> Creation:
    """A cluster that brings nodes for the pods it is given."""
    return _cluster(plan, {"autoModeConfig": {"enabled": Noted(True, "AWS brings, patches and removes the nodes")}})


def _cluster(plan: Blueprint, nodes: dict[str, Any], *notes: str) -> Creation:
    config = {
        "apiVersion": "eksctl.io/v1alpha5",
        "kind": "ClusterConfig",
        "metadata": {"name": plan.name, "region": plan.region},
        "iam": {"withOIDC": True},
        **nodes,
    }
    connect = command("aws", "eks", "update-kubeconfig", f"--name={plan.name}", f"--region={plan.region}")
    return Creation(
        values=(),
        create=(Step("Create the cluster.", (command("eksctl", "create", "cluster", "-f", CONFIG),)),),
        connect=Step("Connect to the cluster.", (connect,)),
        delete=(Step("Delete the cluster.", (command("eksctl", "delete", "cluster", "-f", CONFIG, "--wait"),)),),
        gateway_class="my-gateway-class",
        files={CONFIG: File("the cluster, as eksctl creates it", (config,))},
        notes=(*notes, "a controller for Gateway API has to be installed; its GatewayClass is a value to fill in"),
    )
