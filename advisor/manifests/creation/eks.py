"""Amazon EKS with managed node groups, on Fargate, or in Auto Mode, by eksctl.

Its fields: docs.aws.amazon.com/eks/latest/eksctl, spot-instances (managedNodeGroups, instanceTypes, spot), auto-mode
(autoModeConfig), fargate (fargateProfiles), addons. NetworkPolicy: EKS user guide, cni-network-policy; auto-net-pol.
GPUs: eksctl installs the device plugin (gpu-support), and the nodes of Auto Mode bring it (ml-eks-k8s-device-plugin).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from advisor.manifests.blueprint import Blueprint
from advisor.manifests.bundle import File, Step, command
from advisor.manifests.commented import Noted, planned
from advisor.manifests.creation.add_ons import monitoring, node_autoscaler
from advisor.manifests.creation.creation import Creation
from advisor.manifests.creation.load_balancer_controller import AMAZON, load_balancer_controller
from advisor.manifests.placement import MACHINE_LABEL, SPOT_LABELS
from advisor.manifests.pods import GPU_RESOURCE

CONFIG = "cluster/eksctl.yaml"
POOL = "cluster/nodepool.yaml"
POLICIES = "cluster/network-policies.yaml"
GROUP, AUTOSCALER = "planned", "cluster-autoscaler"
MEASURES = {"name": Noted("metrics-server", "the autoscaler of pods asks it")}
ENFORCES = {
    "name": "vpc-cni",
    "configurationValues": Noted('{"enableNetworkPolicy": "true"}', "else a NetworkPolicy means nothing"),
}


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
    made = _cluster(plan, {"addons": [ENFORCES, MEASURES], "managedNodeGroups": [group]})
    if plan.most_machines <= max(1, plan.least_machines):
        return made
    return replace(made, add_ons=(node_autoscaler(plan, AUTOSCALER), *made.add_ons))


def create_fargate(plan: Blueprint) -> Creation:
    """A cluster that gives every pod of the namespace a machine of its own."""
    profile = {"name": GROUP, "selectors": [{"namespace": plan.name}, {"namespace": "kube-system"}]}
    note = "Fargate enforces no NetworkPolicy and runs no DaemonSet; security groups take the place of the policy"
    return _cluster(plan, {"addons": [MEASURES], "fargateProfiles": [profile]}, note)


def create_auto(plan: Blueprint) -> Creation:
    """A cluster that brings the planned machines for the pods it is given.

    The pools that come along hold general machines on demand only: neither GPUs nor spot.
    """
    mode = {"enabled": Noted(True, "AWS brings, patches and removes the nodes")}
    made = _cluster(plan, {"addons": [MEASURES], "autoModeConfig": mode})
    files = {
        POOL: File("which machines it may bring; kubectl apply reads it", (_node_pool(plan),)),
        POLICIES: File("lets the nodes enforce NetworkPolicy; kubectl apply reads it", (_enforcement(),)),
    }
    settle = (
        Step(
            "Say which machines it may bring.",
            (command("kubectl", "apply", "-f", POOL),),
            "The pools that come along know no GPUs and no spot.",
        ),
        Step("Let the nodes enforce NetworkPolicy.", (command("kubectl", "apply", "-f", POLICIES),)),
    )
    return replace(made, settle=settle, files={**made.files, **files})


def _enforcement() -> dict[str, Any]:
    """What switches the enforcement on (EKS user guide, network policies with EKS Auto Mode)."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "amazon-vpc-cni", "namespace": "kube-system"},
        "data": {"enable-network-policy-controller": "true"},
    }


def _node_pool(plan: Blueprint) -> dict[str, Any]:
    """The pool of the planned machines (EKS user guide, create a node pool for EKS Auto Mode)."""
    bought = planned("spot" if plan.spot else "on-demand", f"bought as {plan.purchase}")
    machine = planned(plan.machine, "the machine type that costs least")
    spec: dict[str, Any] = {
        "nodeClassRef": {"group": "eks.amazonaws.com", "kind": "NodeClass", "name": "default"},
        "requirements": [
            {"key": SPOT_LABELS["eks-auto"][0], "operator": "In", "values": [bought]},
            {"key": MACHINE_LABEL, "operator": "In", "values": [machine]},
        ],
    }
    if plan.gpus:
        spec["taints"] = [{"key": GPU_RESOURCE, "effect": Noted("NoSchedule", "keeps pods away that need no GPU")}]
    return {
        "apiVersion": "karpenter.sh/v1",
        "kind": "NodePool",
        "metadata": {"name": plan.name},
        "spec": {"template": {"spec": spec}},
    }


def _accounts(nodes: dict[str, Any]) -> dict[str, Any]:
    """Who may change the number of machines in a group (eksctl, IAM roles for service accounts)."""
    if "managedNodeGroups" not in nodes:
        return {}
    account = {"metadata": {"name": AUTOSCALER, "namespace": "kube-system"}, "wellKnownPolicies": {"autoScaler": True}}
    return {"serviceAccounts": [account]}


def _cluster(plan: Blueprint, nodes: dict[str, Any], *notes: str) -> Creation:
    config = {
        "apiVersion": "eksctl.io/v1alpha5",
        "kind": "ClusterConfig",
        "metadata": {"name": plan.name, "region": plan.region},
        "iam": {"withOIDC": True, **_accounts(nodes)},
        **nodes,
    }
    connect = command("aws", "eks", "update-kubeconfig", f"--name={plan.name}", f"--region={plan.region}")
    return Creation(
        values=(),
        create=(Step("Create the cluster.", (command("eksctl", "create", "cluster", "-f", CONFIG),)),),
        connect=Step("Connect to the cluster.", (connect,)),
        delete=(Step("Delete the cluster.", (command("eksctl", "delete", "cluster", "-f", CONFIG, "--wait"),)),),
        entry=AMAZON,
        add_ons=() if plan.stack else (load_balancer_controller(plan), monitoring(plan)),
        files={CONFIG: File("the cluster, as eksctl creates it", (config,))},
        notes=notes,
    )
