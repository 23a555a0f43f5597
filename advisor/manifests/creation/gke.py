"""Google Kubernetes Engine, with nodes of one's own choice or with Google's (Autopilot).

Flags: gcloud container clusters create, create-auto. Gateway classes: GKE, how-to/gatewayclass-capabilities.
"""

from __future__ import annotations

from advisor.manifests.blueprint import Blueprint
from advisor.manifests.bundle import Step, Value, command
from advisor.manifests.conventions import PROXY_SUBNET
from advisor.manifests.creation.add_ons import monitoring
from advisor.manifests.creation.creation import COUNTED, Creation
from advisor.manifests.creation.machines import PROJECT
from advisor.manifests.gateway import Entry, health_check
from advisor.manifests.placement import gke_accelerator

REGIONAL = "regional"
PUBLIC_CLASS, PRIVATE_CLASS = "gke-l7-global-external-managed", "gke-l7-rilb"
CHECKED = ("HealthCheckPolicy", "spec.default.config.httpHealthCheck.requestPath")
SUBNETS = ("gcloud", "compute", "networks", "subnets")


def location(plan: Blueprint) -> Value:
    """Where the control plane lives: in a region, or in one zone of it."""
    if plan.mode == REGIONAL or plan.platform != "gke":
        return Value("LOCATION", plan.region, "the region of the cluster")
    return Value("LOCATION", f"{plan.region}-b", f"the zone of the cluster, one of {plan.region}")


def create_gke(plan: Blueprint) -> Creation:
    """A cluster whose nodes are the planned machines, their number following the pods."""
    words = [
        *_named("create", plan),
        "--location=$LOCATION",
        f"--machine-type={plan.machine}",
        "--num-nodes=1",
        "--enable-autoscaling",
        f"--total-min-nodes={max(1, plan.least_machines)}",
        f"--total-max-nodes={max(1, plan.least_machines, plan.most_machines)}",
        "--release-channel=regular",
        "--gateway-api=standard",
        "--enable-dataplane-v2",
        "--workload-pool=$PROJECT.svc.id.goog",
        *_accelerator(plan),
        *_spot(plan),
    ]
    return _cluster(plan, command(*words))


def create_autopilot(plan: Blueprint) -> Creation:
    """A cluster that brings nodes for the pods it is given."""
    return _cluster(plan, command(*_named("create-auto", plan), "--location=$LOCATION", "--release-channel=regular"))


def _named(verb: str, plan: Blueprint) -> tuple[str, ...]:
    return ("gcloud", "container", "clusters", verb, plan.name, "--project=$PROJECT")


def _accelerator(plan: Blueprint) -> tuple[str, ...]:
    if not plan.gpus:
        return ()
    kind = gke_accelerator(plan.gpu)
    return (f"--accelerator=type={kind},count={max(1, plan.machine_gpus)},gpu-driver-version=latest",)


def _spot(plan: Blueprint) -> tuple[str, ...]:
    """Spot nodes without a taint: the cluster has no others, and its own pods must stand somewhere."""
    return ("--spot",) if plan.spot else ()


def _proxies(plan: Blueprint) -> tuple[Step, ...]:
    """How the subnet of an internal gateway's proxies comes and goes (GKE: deploying gateways, proxy-only subnet)."""
    if plan.public or plan.stack:
        return ()
    name = (f"{plan.name}-proxies", "--project=$PROJECT", f"--region={plan.region}")
    kind = ("--purpose=REGIONAL_MANAGED_PROXY", "--role=ACTIVE", "--network=default", f"--range={PROXY_SUBNET}")
    return (
        Step(
            "Give the proxies of an internal gateway a subnet.",
            (command(*SUBNETS, "create", *name, *kind),),
            "Leave it out where the network has one in the region.",
        ),
        Step("Delete the subnet of the proxies.", (command(*SUBNETS, "delete", *name, "--quiet"),)),
    )


def _cluster(plan: Blueprint, create: str) -> Creation:
    proxies = _proxies(plan)
    enable = command("gcloud", "services", "enable", "container.googleapis.com", "--project=$PROJECT")
    connect = command(*_named("get-credentials", plan), "--location=$LOCATION")
    delete = command(*_named("delete", plan), "--location=$LOCATION", "--quiet")
    return Creation(
        values=(PROJECT, location(plan)),
        create=(Step("Create the cluster.", (enable, create), COUNTED), *(proxies[:1])),
        connect=Step("Connect to the cluster.", (connect,)),
        delete=(Step("Delete the cluster.", (delete,)), *(proxies[1:])),
        entry=Entry(PUBLIC_CLASS if plan.public else PRIVATE_CLASS, beside=health_check, health=(CHECKED,)),
        add_ons=() if plan.stack else (monitoring(plan),),
    )
