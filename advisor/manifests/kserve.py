"""A model on a cluster with KServe: a ServingRuntime that says how models are served, and an InferenceService.

Both modes are written: on Knative (serverless, may go to zero) and standard (a Deployment with an autoscaler).
Fields and annotations: KServe, control plane API; deployment modes.
"""

from __future__ import annotations

from typing import Any

from advisor.manifests import cluster, objects
from advisor.manifests.blueprint import Blueprint
from advisor.manifests.bundle import Bundle, File, Step, Steps, Value, command
from advisor.manifests.commented import Noted, planned
from advisor.manifests.conventions import LISTENS
from advisor.manifests.creation import AddOn, Creation, creation
from advisor.manifests.creation.add_ons import helm, unknown, version
from advisor.manifests.headline import headline, planned_facts
from advisor.manifests.knative import serving
from advisor.manifests.placement import placement
from advisor.manifests.pods import IMAGE, SECURITY, resources

MODEL_URI = Value("MODEL_URI", "gs://my-bucket/model", "where the model is fetched from when a replica starts")
MODEL_FORMAT = "custom"
CHARTS = ("kserve-crd", "kserve")
IN_BASE: cluster.Moves = {IMAGE.name: [("ServingRuntime", ["spec.containers.0.image"])]}
IN_OVERLAY: cluster.Moves = {MODEL_URI.name: [("InferenceService", ["spec.predictor.model.storageUri"])]}
MODES = {"serverless": "Knative", "standard": "Standard"}
PURPOSES = {
    "serverless": "on Knative: follows the requests, and may go to zero",
    "standard": "a Deployment with a horizontal pod autoscaler: never below one pod, and no Knative needed",
}


def kserve(plan: Blueprint) -> Bundle:
    """The bundle of an InferenceService in either mode."""
    made, stack = creation(plan), (serving(plan), _certificates(plan), _controller(plan))
    values = (*made.values, *(value for each in stack for value in each.values), IMAGE, MODEL_URI)
    files = {**made.files, **cluster.base_files(_base(plan), values, IN_BASE)}
    for mode in MODES:
        service = {
            "inferenceservice.yaml": File("the model, and how many replicas of it", (inference_service(plan, mode),))
        }
        files |= cluster.overlay_files(mode, PURPOSES[mode], service, IN_OVERLAY)
    return Bundle(
        name=plan.name,
        title=headline(plan),
        files=files,
        values=values,
        steps=_steps(plan, made, stack),
        values_file=cluster.VALUES_FILE,
        notes=(*made.notes, *(note for each in stack for note in each.notes), *plan.open_points),
        facts=planned_facts(plan),
    )


def _base(plan: Blueprint) -> dict[str, File]:
    return {
        "namespace.yaml": File("the namespace of the service", (objects.namespace(plan),)),
        "serviceaccount.yaml": File("the identity of the pods, without any rights", (objects.service_account(plan),)),
        "servingruntime.yaml": File("how a model is served: image, port and size", (runtime(plan),)),
    }


def runtime(plan: Blueprint) -> dict[str, Any]:
    """How models of the format are served."""
    container = {
        "name": Noted("kserve-container", "the name that KServe looks for"),
        "image": IMAGE.example,
        "ports": [{"containerPort": LISTENS, "protocol": "TCP"}],
        "resources": resources(plan),
        "securityContext": {**SECURITY, "runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
    }
    spec: dict[str, Any] = {
        "supportedModelFormats": [{"name": MODEL_FORMAT, "version": "1", "autoSelect": False}],
        "containers": [container],
    }
    where = placement(plan)
    if where.selector:
        spec["nodeSelector"] = dict(where.selector)
    if where.tolerations:
        spec["tolerations"] = list(where.tolerations)
    return {
        "apiVersion": "serving.kserve.io/v1alpha1",
        "kind": "ServingRuntime",
        "metadata": objects.metadata(plan),
        "spec": spec,
    }


def inference_service(plan: Blueprint, mode: str) -> dict[str, Any]:
    """The model, and how many replicas of it."""
    annotations: dict[str, Any] = {"serving.kserve.io/deploymentMode": Noted(MODES[mode], PURPOSES[mode])}
    least = plan.least if mode == "serverless" else max(1, plan.least)
    if mode == "standard":
        annotations["serving.kserve.io/autoscalerClass"] = "hpa"
    predictor = {
        "serviceAccountName": plan.name,
        "minReplicas": planned(least, "replicas at the quietest level of traffic"),
        "maxReplicas": planned(max(1, least, plan.most), "replicas at the busiest level of traffic"),
        **_metric(plan, mode),
        "timeout": planned(plan.timeout_s, "the longest request"),
        "model": {
            "modelFormat": {"name": MODEL_FORMAT, "version": "1"},
            "runtime": plan.name,
            "storageUri": MODEL_URI.example,
        },
    }
    return {
        "apiVersion": "serving.kserve.io/v1beta1",
        "kind": "InferenceService",
        "metadata": objects.metadata(plan, annotations=annotations),
        "spec": {"predictor": predictor},
    }


def _metric(plan: Blueprint, mode: str) -> dict[str, Any]:
    if mode == "standard":
        target = planned(plan.target_percent, "per cent of the CPU, at which replicas were counted")
        return {"scaleMetric": "cpu", "scaleTarget": target}
    at_once = max(1, int(plan.utilisation * plan.workload.concurrency))
    return {
        "containerConcurrency": planned(plan.workload.concurrency, "requests that a replica works on at once"),
        "scaleMetric": "concurrency",
        "scaleTarget": planned(at_once, "requests at once that a replica should have, at the planned utilisation"),
    }


def _certificates(plan: Blueprint) -> AddOn:
    """What KServe's webhooks get their certificates from."""
    what, manifest = "cert-manager", plan.text("cert_manager_manifest")
    if not manifest:
        return unknown(what)
    install, remove = (command("kubectl", verb, "-f", manifest) for verb in ("apply", "delete"))
    return AddOn(
        what, (Step("Install cert-manager.", (install, _ready(what))),), (Step("Remove cert-manager.", (remove,)),)
    )


def _ready(space: str) -> str:
    """A command that waits until all of a namespace runs."""
    return f"kubectl wait deployment --all --namespace={space} --for=condition=Available --timeout=5m"


def _controller(plan: Blueprint) -> AddOn:
    """KServe itself."""
    what, charts, release = "KServe", plan.text("kserve_charts"), version(plan, "kserve", "KServe")
    if not (charts and release.example):
        return unknown(what)
    install, remove = zip(*(helm(name, f"{charts}/{name}", release, "kserve") for name in CHARTS), strict=True)
    return AddOn(
        what,
        (Step("Install KServe.", (*install, _ready("kserve"))),),
        (Step("Remove KServe.", tuple(reversed(remove))),),
        (release,),
    )


def _steps(plan: Blueprint, made: Creation, stack: tuple[AddOn, ...]) -> Steps:
    steps = cluster.cluster_steps(plan, made, f"isvc/{plan.name}", stack, tuple(MODES))
    space = f"--namespace={plan.name}"
    ready = f"kubectl wait isvc/{plan.name} {space} --for=condition=Ready --timeout=15m"
    address = f"$(kubectl get isvc {plan.name} {space} --output=jsonpath='{{.status.url}}')"
    return Steps(
        deploy=steps.deploy,
        check=(
            Step("Wait until it is ready.", (ready,)),
            Step("Call it.", (f'curl --fail "{address}/v1/models/{plan.name}"',)),
        ),
        roll_back=(cluster.files_before("overlays/serverless"),),
        tear_down=steps.tear_down,
    )
