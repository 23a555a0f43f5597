"""A service on a cluster with Knative Serving: one object in place of Deployment, Service, route and autoscaler.

Annotations: Knative Serving, autoscaling; installation: knative.dev, install-serving-with-yaml.
"""

from __future__ import annotations

from typing import Any

from advisor.manifests import cluster, objects
from advisor.manifests.blueprint import Blueprint
from advisor.manifests.bundle import Bundle, File, Step, Steps, command
from advisor.manifests.commented import planned
from advisor.manifests.conventions import CHECKED_EVERY_S, FAILURES, LISTENS
from advisor.manifests.creation import AddOn, Creation, creation
from advisor.manifests.creation.add_ons import address, unknown, version
from advisor.manifests.headline import headline, planned_facts
from advisor.manifests.placement import placement
from advisor.manifests.pods import HEALTH_PATH, IMAGE, SECURITY, resources

WHAT = "Knative Serving"
AUTOSCALING = "autoscaling.knative.dev"
CONTAINER = "spec.template.spec.containers.0"
SCALE = "/spec/template/metadata/annotations/autoscaling.knative.dev~1"  # a slash is ~1 in a JSON pointer
SMALL = {"Service": [(f"{SCALE}min-scale", "0"), (f"{SCALE}max-scale", "1")]}
FEATURES = ("kubernetes.podspec-nodeselector", "kubernetes.podspec-tolerations")


def knative(plan: Blueprint) -> Bundle:
    """The bundle of a Knative Service."""
    made, stack = creation(plan), serving(plan)
    health = () if plan.workload.needs_grpc else (HEALTH_PATH,)
    values = (*made.values, *stack.values, IMAGE, *health)
    base = {
        "namespace.yaml": File("the namespace of the service", (objects.namespace(plan),)),
        "serviceaccount.yaml": File("the identity of the pods, without any rights", (objects.service_account(plan),)),
        "service.yaml": File("the service: pods, address and scaling in one", (service(plan),)),
    }
    moves = {
        IMAGE.name: [("Service", [f"{CONTAINER}.image"])],
        HEALTH_PATH.name: [
            ("Service", [f"{CONTAINER}.readinessProbe.httpGet.path", f"{CONTAINER}.livenessProbe.httpGet.path"])
        ],
    }
    return Bundle(
        name=plan.name,
        title=headline(plan),
        files={**made.files, **cluster.base_files(base, values, moves), **cluster.scaled_overlays(SMALL)},
        values=values,
        steps=_steps(plan, made, stack),
        values_file=cluster.VALUES_FILE,
        notes=(*made.notes, *stack.notes, *plan.open_points),
        facts=planned_facts(plan),
    )


def service(plan: Blueprint) -> dict[str, Any]:
    """The Knative Service of a cluster of one's own."""
    where = placement(plan)
    spec: dict[str, Any] = {
        "containerConcurrency": planned(plan.workload.concurrency, "requests that a pod works on at once"),
        "timeoutSeconds": planned(plan.timeout_s, "the longest request"),
        "serviceAccountName": plan.name,
        "containers": [_container(plan)],
    }
    if where.selector:
        spec["nodeSelector"] = dict(where.selector)
    if where.tolerations:
        spec["tolerations"] = list(where.tolerations)
    return {
        "apiVersion": "serving.knative.dev/v1",
        "kind": "Service",
        "metadata": objects.metadata(plan),
        "spec": {"template": {"metadata": {"annotations": scale(plan)}, "spec": spec}},
    }


def scale(plan: Blueprint) -> dict[str, Any]:
    """How many pods, by requests in flight."""
    return {
        f"{AUTOSCALING}/min-scale": planned(str(plan.least), "pods kept at all times; 0 lets the service sleep"),
        f"{AUTOSCALING}/max-scale": planned(str(max(1, plan.least, plan.most)), "pods at the busiest level of traffic"),
        f"{AUTOSCALING}/target-utilization-percentage": planned(
            str(plan.target_percent), "of the requests at once, at which replicas were counted"
        ),
    }


def _container(plan: Blueprint) -> dict[str, Any]:
    check: dict[str, Any] = {"httpGet": {"path": HEALTH_PATH.example}}
    if plan.workload.needs_grpc:
        check = {"grpc": {"port": LISTENS}}
    probe = {**check, "periodSeconds": CHECKED_EVERY_S, "failureThreshold": FAILURES}
    return {
        "image": IMAGE.example,
        "ports": [{"name": "h2c" if plan.workload.needs_grpc else "http1", "containerPort": LISTENS}],
        "resources": resources(plan),
        "readinessProbe": probe,
        "livenessProbe": probe,
        "securityContext": {**SECURITY, "runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
    }


def serving(plan: Blueprint) -> AddOn:
    """Knative Serving with Kourier, and the features that the service needs."""
    release, kourier = version(plan, "knative", WHAT), plan.text("kourier_manifest")
    manifests = address(plan, "knative_manifests", release)
    if not (manifests and release.example and kourier):
        return unknown(WHAT)
    parts = (f"{manifests}/serving-crds.yaml", f"{manifests}/serving-core.yaml", kourier)
    remove = tuple(command("kubectl", "delete", "-f", each) for each in reversed(parts))
    return AddOn(WHAT, _install(plan, parts), (Step("Remove Knative Serving.", remove),), (release,))


def _install(plan: Blueprint, parts: tuple[str, ...]) -> tuple[Step, ...]:
    network = """'{"data":{"ingress-class":"kourier.ingress.networking.knative.dev"}}'"""
    patch = "kubectl patch configmap/{} --namespace=knative-serving --type=merge --patch={}"
    steps = [
        Step(
            "Install Knative Serving.",
            (
                *(command("kubectl", "apply", "-f", each) for each in parts),
                "kubectl wait deployment --all --namespace=knative-serving --for=condition=Available --timeout=5m",
                patch.format("config-network", network),
            ),
        )
    ]
    if plan.gpus or plan.spot:
        features = '\'{"data":{' + ",".join(f'"{name}":"enabled"' for name in FEATURES) + "}}'"
        steps.append(Step("Let services choose their nodes.", (patch.format("config-features", features),)))
    return tuple(steps)


def _release_before(space: str) -> str:
    """A command that prints the name of the last release but one."""
    names = "--output=jsonpath='{range .items[*]}{.metadata.name}{\"\\n\"}{end}'"
    return f"kubectl get revisions {space} --sort-by=.metadata.creationTimestamp {names} | tail -n 2 | head -n 1"


def _steps(plan: Blueprint, made: Creation, stack: AddOn) -> Steps:
    steps = cluster.cluster_steps(plan, made, f"ksvc/{plan.name}", (stack,))
    space = f"--namespace={plan.name}"
    address = f"$(kubectl get ksvc {plan.name} {space} --output=jsonpath='{{.status.url}}')"
    path = "" if plan.workload.needs_grpc else "$HEALTH_PATH"
    return Steps(
        deploy=steps.deploy,
        check=(
            Step(
                "Wait until it is ready.",
                (f"kubectl wait ksvc/{plan.name} {space} --for=condition=Ready --timeout=10m",),
            ),
            Step("See service, releases and pods.", (f"kubectl get ksvc,revisions,pods {space}",)),
            Step("Call the service.", (f'curl --fail "{address}{path}"',)),
        ),
        roll_back=(
            Step("Find the release before the newest.", (f"REVISION=$({_release_before(space)})", 'echo "$REVISION"')),
            Step(
                "Send all requests to it.",
                (
                    f"kubectl patch ksvc {plan.name} {space} --type=merge "
                    """--patch='{"spec":{"traffic":[{"revisionName":"'"$REVISION"'","percent":100}]}}'""",
                ),
                "Any other name from the list of releases will do.",
            ),
        ),
        tear_down=steps.tear_down,
    )
