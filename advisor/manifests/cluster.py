"""A service on a Kubernetes cluster: a kustomize base, overlays for development and production, and the cluster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from advisor.manifests import gateway, objects
from advisor.manifests.blueprint import Blueprint
from advisor.manifests.bundle import Bundle, File, Step, Steps, Value
from advisor.manifests.creation import Creation, creation
from advisor.manifests.headline import headline, planned_facts
from advisor.manifests.placement import placement
from advisor.manifests.pods import HEALTH_PATH, IMAGE

VALUES_FILE = "base/values.env"  # kustomize reads no file outside the folder of its base
KUSTOMIZATION = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}
PROBES = ("startupProbe", "readinessProbe", "livenessProbe")
POD = "spec.template.spec.containers.[name=app]"


def cluster(plan: Blueprint) -> Bundle:
    """The bundle of a plain Deployment on any cluster."""
    made = creation(plan)
    values = service_values(plan, made)
    base = base_objects(plan, values)
    prod = {"hpa.yaml": _hpa(plan), "pdb.yaml": _pdb(plan)}
    files = {
        **made.files,
        **{f"base/{name}": file for name, file in base.items()},
        "base/kustomization.yaml": _base(base, replacements(plan, values)),
        **{f"overlays/prod/{name}": file for name, file in prod.items()},
        "overlays/prod/kustomization.yaml": _overlay("production: as many pods as the plan says", prod),
        "overlays/dev/kustomization.yaml": _overlay("development: one pod, no autoscaler", {}),
    }
    return Bundle(
        name=plan.name,
        title=headline(plan),
        files=files,
        values=values,
        steps=cluster_steps(plan, made, f"deployment/{plan.name}"),
        values_file=VALUES_FILE,
        notes=(*made.notes, *plan.open_points),
        facts=planned_facts(plan),
    )


def service_values(plan: Blueprint, made: Creation) -> tuple[Value, ...]:
    """What must be filled in for the service and its cluster."""
    health = () if plan.workload.needs_grpc else (HEALTH_PATH,)
    certificate = (gateway.CERTIFICATE,) if plan.public else ()
    return (*made.values, IMAGE, *health, gateway.DOMAIN, *certificate, gateway.gateway_class(made.gateway_class))


def base_objects(plan: Blueprint, values: Sequence[Value]) -> dict[str, File]:
    """The objects that stand in every environment, by file."""
    gateway_class = next(value.example for value in values if value.name == "GATEWAY_CLASS")
    return {
        "namespace.yaml": File(
            "a namespace that refuses pods with rights they should not have", (objects.namespace(plan),)
        ),
        "serviceaccount.yaml": File("the identity of the pods, without any rights", (objects.service_account(plan),)),
        "deployment.yaml": File(
            "the pods: image, size, probes, rights and placement", (objects.deployment(plan, placement(plan)),)
        ),
        "service.yaml": File("one address before all pods", (objects.service(plan),)),
        "gateway.yaml": File("the listener through which requests come in", (gateway.gateway(plan, gateway_class),)),
        "route.yaml": File("which requests go to the service", (gateway.route(plan),)),
        "networkpolicy.yaml": File("which traffic the pods may have at all", (objects.network_policy(plan),)),
        "servicemonitor.yaml": File(
            "what the Prometheus operator scrapes; leave it out where none runs", (objects.service_monitor(plan),)
        ),
    }


def _hpa(plan: Blueprint) -> File:
    return File("how many pods: follows the traffic within the plan", (objects.autoscaler(plan),))


def _pdb(plan: Blueprint) -> File:
    return File("how many pods may be evicted at once", (objects.disruption_budget(plan),))


def _base(resources: Mapping[str, File], moves: list[dict[str, Any]]) -> File:
    generator = {
        "name": "values",
        "envs": ["values.env"],
        "options": {"disableNameSuffixHash": True, "annotations": {"config.kubernetes.io/local-config": "true"}},
    }
    document = {
        **KUSTOMIZATION,
        "resources": list(resources),
        "configMapGenerator": [generator],
        "replacements": moves,
    }
    return File("puts the values of values.env where they belong; kubectl apply -k reads it", (document,))


def _overlay(purpose: str, resources: Mapping[str, File]) -> File:
    return File(purpose, ({**KUSTOMIZATION, "resources": ["../../base", *resources]},))


def replacements(plan: Blueprint, values: Sequence[Value]) -> list[dict[str, Any]]:
    """Where each value of values.env goes."""
    route = _route(plan)
    targets = {
        IMAGE.name: [("Deployment", [f"{POD}.image"])],
        HEALTH_PATH.name: [("Deployment", [f"{POD}.{probe}.httpGet.path" for probe in PROBES])],
        gateway.DOMAIN.name: [(route, ["spec.hostnames.0"])],
        gateway.CERTIFICATE.name: [("Gateway", ["spec.listeners.0.tls.certificateRefs.0.name"])],
        "GATEWAY_CLASS": [("Gateway", ["spec.gatewayClassName"])],
    }
    return [
        {
            "source": {"kind": "ConfigMap", "name": "values", "fieldPath": f"data.{value.name}"},
            "targets": [{"select": {"kind": kind}, "fieldPaths": paths} for kind, paths in targets[value.name]],
        }
        for value in values
        if value.name in targets
    ]


def cluster_steps(plan: Blueprint, made: Creation, rollout: str) -> Steps:
    """The commands for a service on a cluster."""
    space = f"--namespace={plan.name}"
    create = () if plan.workload.has_cluster else made.create
    return Steps(
        deploy=(
            *create,
            made.connect,
            Step("See what will be applied.", ("kubectl kustomize overlays/prod",)),
            Step("Apply it (overlays/dev in its place for development).", ("kubectl apply -k overlays/prod",)),
        ),
        check=(
            Step("Wait until the release stands.", (f"kubectl rollout status {rollout} {space}",)),
            Step(
                "See pods, autoscaler and route.", (f"kubectl get all,hpa,pdb,gateway,{_route(plan).lower()} {space}",)
            ),
            Step("Call the service.", (call(plan),)),
        ),
        roll_back=(Step("Back to the release before.", (f"kubectl rollout undo {rollout} {space}",)),),
        tear_down=(
            Step("Remove the service.", ("kubectl delete -k overlays/prod",)),
            *(() if plan.workload.has_cluster else made.delete),
        ),
    )


def call(plan: Blueprint) -> str:
    """A first request."""
    if plan.workload.needs_grpc:
        return f'grpcurl {"" if plan.public else "-plaintext "}"$DOMAIN" grpc.health.v1.Health/Check'
    return f'curl --fail "{"https" if plan.public else "http"}://$DOMAIN$HEALTH_PATH"'


def _route(plan: Blueprint) -> str:
    return "GRPCRoute" if plan.workload.needs_grpc else "HTTPRoute"
