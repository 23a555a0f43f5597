"""Azure Kubernetes Service, by the Azure command line (az aks create, az aks nodepool add)."""

from __future__ import annotations

from advisor.manifests.blueprint import Blueprint
from advisor.manifests.bundle import Step, command
from advisor.manifests.creation.creation import COUNTED, GPU_NOTE, Creation
from advisor.manifests.creation.machines import RESOURCE_GROUP

GATEWAY_NOTE = "a controller for Gateway API has to be installed; its GatewayClass is a value to fill in"
SPOT_POOL = "spot"
LONG_SUPPORT = "lts"


def create_aks(plan: Blueprint) -> Creation:
    """A cluster whose nodes are the planned machines; spot nodes only beside a pool that stays."""
    group = ("--resource-group=$RESOURCE_GROUP",)
    size = f"--node-vm-size={plan.machine}"
    counts = (
        "--enable-cluster-autoscaler",
        f"--min-count={max(1, plan.least_machines)}",
        f"--max-count={max(1, plan.least_machines, plan.most_machines)}",
        f"--node-count={max(1, plan.least_machines)}",
    )
    create = ("az", "aks", "create", *group, f"--name={plan.name}", f"--location={plan.region}", size)
    network = ("--network-plugin=azure", "--network-policy=azure", "--generate-ssh-keys", *_tier(plan))
    spot = ("az", "aks", "nodepool", "add", *group, f"--cluster-name={plan.name}", f"--name={SPOT_POOL}", size)
    steps = [
        Step(
            "Create the resource group.",
            (command("az", "group", "create", "--name=$RESOURCE_GROUP", f"--location={plan.region}"),),
        )
    ]
    if plan.spot:
        steps.append(Step("Create the cluster.", (command(*create, "--node-count=1", *network),)))
        bid = ("--priority=Spot", "--eviction-policy=Delete", "--spot-max-price=-1")
        steps.append(
            Step("Add the spot nodes.", (command(*spot, *bid, *counts),), "A first pool cannot be of spot nodes.")
        )
    else:
        steps.append(Step("Create the cluster.", (command(*create, *counts, *network),), COUNTED))
    return Creation(
        values=(RESOURCE_GROUP,),
        create=tuple(steps),
        connect=Step(
            "Connect to the cluster.", (command("az", "aks", "get-credentials", *group, f"--name={plan.name}"),)
        ),
        delete=(
            Step("Delete the cluster.", (command("az", "aks", "delete", *group, f"--name={plan.name}", "--yes"),)),
        ),
        gateway_class="my-gateway-class",
        notes=(GATEWAY_NOTE, *((GPU_NOTE,) if plan.gpus else ())),
    )


def _tier(plan: Blueprint) -> tuple[str, ...]:
    """The mode of the cluster is its tier: free, standard with a promise, or long support of a version."""
    if plan.mode == LONG_SUPPORT:
        return ("--tier=premium", "--k8s-support-plan=AKSLongTermSupport")
    return (f"--tier={plan.mode}",)
