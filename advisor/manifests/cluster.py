"""A service on a Kubernetes cluster: a kustomize base, overlays for development and production, and the cluster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from advisor.manifests import gateway, objects
from advisor.manifests.blueprint import Blueprint
from advisor.manifests.bundle import Bundle, File, Step, Steps, Value
from advisor.manifests.creation import AddOn, Creation, creation
from advisor.manifests.headline import headline, planned_facts
from advisor.manifests.placement import placement
from advisor.manifests.pods import HEALTH_PATH, IMAGE

VALUES_FILE = "base/values.env"  # kustomize reads no file outside the folder of its base
KUSTOMIZATION = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}
PRODUCTION, DEVELOPMENT = "production: as large as the plan says", "development: one replica"
NAMESPACE = "a namespace that refuses pods with rights they should not have"
PROBES = ("startupProbe", "readinessProbe", "livenessProbe")
POD = "spec.template.spec.containers.[name=app]"


Moves = Mapping[str, Sequence[tuple[str, Sequence[str]]]]  # value -> kinds with the places in them that take it


def cluster(plan: Blueprint) -> Bundle:
    """The bundle of a plain Deployment on any cluster."""
    made = creation(plan)
    values = _values(plan, made)
    prod = {
        "hpa.yaml": File("how many pods: follows the traffic within the plan", (objects.autoscaler(plan),)),
        "pdb.yaml": File("how many pods may be evicted at once", (objects.disruption_budget(plan),)),
    }
    files = {
        **made.files,
        **base_files(_objects(plan, made), values, _moves(plan, made)),
        **overlay_files("prod", PRODUCTION, prod),
        **overlay_files("dev", DEVELOPMENT, {}),
    }
    return Bundle(
        name=plan.name,
        title=headline(plan),
        files=files,
        values=values,
        steps=cluster_steps(plan, made, f"deployment/{plan.name}", more=_certified(plan, made)),
        values_file=VALUES_FILE,
        notes=(*made.notes, *plan.open_points),
        facts=planned_facts(plan),
    )


def _values(plan: Blueprint, made: Creation) -> tuple[Value, ...]:
    """What must be filled in for the service and its cluster."""
    health = () if plan.workload.needs_grpc else (HEALTH_PATH,)
    certificate = (made.entry.certificate,) if made.entry.secure(plan) else ()
    return (*made.values, IMAGE, *health, gateway.DOMAIN, *certificate, gateway.gateway_class(made.entry.gateway_class))


def _objects(plan: Blueprint, made: Creation) -> dict[str, File]:
    """The objects that stand in every environment, by file."""
    listener = (gateway.gateway(plan, made.entry), *made.entry.beside(plan))
    return {
        "namespace.yaml": File(NAMESPACE, (objects.namespace(plan),)),
        "serviceaccount.yaml": File("the identity of the pods, without any rights", (objects.service_account(plan),)),
        "deployment.yaml": File(
            "the pods: image, size, probes, rights and placement", (objects.deployment(plan, placement(plan)),)
        ),
        "service.yaml": File("one address before all pods", (objects.service(plan),)),
        "gateway.yaml": File("the listener through which requests come in", listener),
        "route.yaml": File("which requests go to the service", (gateway.route(plan),)),
        "networkpolicy.yaml": File("which traffic the pods may have at all", (objects.network_policy(plan),)),
        "servicemonitor.yaml": File(
            "what the Prometheus operator scrapes, where one runs", (objects.service_monitor(plan),)
        ),
    }


def _moves(plan: Blueprint, made: Creation) -> Moves:
    """Where the values of a plain service go."""
    checked = [(kind, [path]) for kind, path in made.entry.health]
    kind, certified = made.entry.certified
    probed = ("Deployment", [f"{POD}.{probe}.httpGet.path" for probe in PROBES])
    return {
        IMAGE.name: [("Deployment", [f"{POD}.image"])],
        HEALTH_PATH.name: [probed, *checked],
        gateway.DOMAIN.name: [(_route(plan), ["spec.hostnames.0"])],
        made.entry.certificate.name: [(kind, [certified])],
        gateway.CLASS: [("Gateway", ["spec.gatewayClassName"])],
    }


def base_files(base: Mapping[str, File], values: Sequence[Value], moves: Moves) -> dict[str, File]:
    """A base of kustomize: objects, and the values of values.env put where they belong."""
    generator = {
        "name": "values",
        "envs": ["values.env"],
        "options": {"disableNameSuffixHash": True, "annotations": {"config.kubernetes.io/local-config": "true"}},
    }
    document = {
        **KUSTOMIZATION,
        "resources": list(base),
        "configMapGenerator": [generator],
        "replacements": _replacements({value.name: moves[value.name] for value in values if value.name in moves}),
    }
    kustomization = File("puts the values of values.env where they belong; kubectl apply -k reads it", (document,))
    return {**{f"base/{name}": file for name, file in base.items()}, "base/kustomization.yaml": kustomization}


def _replacements(moves: Moves) -> list[dict[str, Any]]:
    return [
        {
            "source": {"kind": "ConfigMap", "name": "values", "fieldPath": f"data.{value}"},
            "targets": [{"select": {"kind": kind}, "fieldPaths": list(paths)} for kind, paths in places],
        }
        for value, places in moves.items()
    ]


def overlay_files(
    name: str, purpose: str, resources: Mapping[str, File], moves: Moves | None = None
) -> dict[str, File]:
    """An overlay of kustomize: the base, and what comes on top of it."""
    document: dict[str, Any] = {**KUSTOMIZATION, "resources": ["../../base", *resources]}
    if moves:
        document["replacements"] = _replacements(moves)
    files = {f"overlays/{name}/{file}": content for file, content in resources.items()}
    return {**files, f"overlays/{name}/kustomization.yaml": File(purpose, (document,))}


def scaled_overlays(patches: Mapping[str, Any]) -> dict[str, File]:
    """Production as the base stands; development with one replica, by a patch: kind -> paths and values."""
    operations = {
        kind: [{"op": "replace", "path": path, "value": value} for path, value in places]
        for kind, places in patches.items()
    }
    names = {kind: f"{kind.lower()}.yaml" for kind in patches}
    document = {
        **KUSTOMIZATION,
        "resources": ["../../base"],
        "patches": [{"target": {"kind": kind}, "path": name} for kind, name in names.items()],
    }
    small = {f"overlays/dev/{names[kind]}": File("as small as can be", (each,)) for kind, each in operations.items()}
    return {
        **overlay_files("prod", PRODUCTION, {}),
        **small,
        "overlays/dev/kustomization.yaml": File(DEVELOPMENT, (document,)),
    }


def cluster_steps(
    plan: Blueprint,
    made: Creation,
    rollout: str,
    stack: Sequence[AddOn] = (),
    overlays: Sequence[str] = ("prod", "dev"),
    more: Sequence[Step] = (),
) -> Steps:
    """The commands for a service on a cluster; `stack` is what has to run there besides, for this kind of service."""
    space = f"--namespace={plan.name}"
    first, other = (f"overlays/{name}" for name in overlays)
    ours = () if plan.workload.has_cluster else (*made.add_ons, *stack)  # what others use as well stays
    return Steps(
        deploy=(
            *made.create,
            made.connect,
            *made.settle,
            *(step for each in (*made.add_ons, *stack) for step in each.install),
            Step("See what will be applied.", (f"kubectl kustomize {first}",)),
            Step(f"Apply it, or {other} in its place.", (f"kubectl apply -k {first}",)),
            *more,
        ),
        check=(
            Step("Wait until the release stands.", (f"kubectl rollout status {rollout} {space}",)),
            Step(
                "See pods, autoscaler and route.", (f"kubectl get all,hpa,pdb,gateway,{_route(plan).lower()} {space}",)
            ),
            made.entry.lead(plan),
            Step("Call the service.", (_call(plan, made),)),
        ),
        roll_back=(Step("Back to the release before.", (f"kubectl rollout undo {rollout} {space}",)),),
        tear_down=(
            Step("Remove the service.", (f"kubectl delete -k {first}",)),
            *(step for each in reversed(ours) for step in each.remove),
            *made.delete,
        ),
    )


def _certified(plan: Blueprint, made: Creation) -> tuple[Step, ...]:
    """How the certificate gets where the gateway looks for it."""
    if not (made.entry.secure(plan) and made.entry.secret):
        return ()
    create = f'kubectl create secret tls "$CERTIFICATE" --cert=tls.crt --key=tls.key --namespace={plan.name}'
    return (Step("Store the certificate of the domain.", (create,), "tls.crt and tls.key are its two files."),)


def files_before(overlay: str) -> Step:
    """How to go back where the files are the only record of what runs."""
    return Step(
        "Apply the files of the release before.",
        (
            "BEFORE=$(git log --format=%H --max-count=1 --skip=1 -- .)",
            f'git checkout "$BEFORE" -- . && kubectl apply -k {overlay}',
        ),
        "Keep these files in git, as they are the record of what runs: the last commit but one is the release before.",
    )


def _call(plan: Blueprint, made: Creation) -> str:
    """A first request."""
    secure = made.entry.secure(plan)
    if plan.workload.needs_grpc:
        return f'grpcurl {"" if secure else "-plaintext "}"$DOMAIN" grpc.health.v1.Health/Check'
    return f'curl --fail "{"https" if secure else "http"}://$DOMAIN$HEALTH_PATH"'


def _route(plan: Blueprint) -> str:
    return "GRPCRoute" if plan.workload.needs_grpc else "HTTPRoute"
