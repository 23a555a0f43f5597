"""Azure Kubernetes Service, by the Azure command line (az aks create, az aks nodepool add)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from advisor.manifests.blueprint import Blueprint
from advisor.manifests.bundle import Step, command
from advisor.manifests.creation.add_ons import device_plugin, monitoring
from advisor.manifests.creation.creation import COUNTED, AddOn, Creation
from advisor.manifests.creation.machines import RESOURCE_GROUP
from advisor.manifests.gateway import Entry

# The application routing add-on brings the definitions of Gateway API, a controller and its class (AKS: configure
# ingress with the Kubernetes Gateway API via the application routing add-on).
GATEWAYS, GATEWAY_CLASS = ("--enable-gateway-api", "--enable-app-routing-istio"), "approuting-istio"
INTERNAL = {"service.beta.kubernetes.io/azure-load-balancer-internal": "true"}  # AKS: internal load balancer
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
    gateways = () if plan.stack else GATEWAYS
    network = ("--network-plugin=azure", "--network-policy=azure", *gateways, "--generate-ssh-keys", *_tier(plan))
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
        entry=Entry(GATEWAY_CLASS, infrastructure=_internal),
        add_ons=tuple(_add_ons(plan)),
        notes=_notes(plan),
    )


def _notes(plan: Blueprint) -> tuple[str, ...]:
    """The oldest command line that knows the flags for gateways, where the price book states it."""
    oldest = plan.text("app_routing_cli_min")
    return () if plan.stack or not oldest else (f"the flags for gateways take az {oldest} or newer",)


def _add_ons(plan: Blueprint) -> Iterator[AddOn]:
    """What the vendor leaves to its customers; the driver of GPUs comes with the nodes."""
    if plan.gpus:
        yield device_plugin(plan)
    if not plan.stack:
        yield monitoring(plan)


def _internal(plan: Blueprint) -> Mapping[str, object]:
    """What keeps the balancer of a private service inside the network."""
    return {} if plan.public else {"annotations": INTERNAL}


def _tier(plan: Blueprint) -> tuple[str, ...]:
    """The mode of the cluster is its tier: free, standard with a promise, or long support of a version."""
    if plan.mode == LONG_SUPPORT:
        return ("--tier=premium", "--k8s-support-plan=AKSLongTermSupport")
    return (f"--tier={plan.mode}",)
