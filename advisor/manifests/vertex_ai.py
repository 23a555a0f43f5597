"""A Vertex AI endpoint: the bodies of three requests to its API, and the commands that send them.

Field names: Vertex AI API v1 (v1beta1 where nodes may go to zero), schemas UploadModelRequest, Endpoint and
DeployModelRequest.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from advisor.manifests import vertex_gateway
from advisor.manifests.blueprint import REACHES_ZERO, Blueprint
from advisor.manifests.bundle import Bundle, File, Step, Steps, Value, command, filled_in
from advisor.manifests.commented import Noted, planned
from advisor.manifests.conventions import LISTENS
from advisor.manifests.creation.machines import PROJECT
from advisor.manifests.headline import headline, planned_facts
from advisor.manifests.pods import HEALTH_PATH, IMAGE

MODEL, ENDPOINT, DEPLOY = "upload-model.yaml", "create-endpoint.yaml", "deploy-model.yaml"
PREDICT_PATH = Value("PREDICT_PATH", "/predict", "the path at which the service answers predictions")
VALUES = (PROJECT, IMAGE, PREDICT_PATH, HEALTH_PATH)
MODELS, ENDPOINTS = ("gcloud", "ai", "models"), ("gcloud", "ai", "endpoints")
METRIC = "aiplatform.googleapis.com/prediction/online/"
# The API's names of GPU types, where they are not NVIDIA_ and the type.
ACCELERATORS: Mapping[str, str] = {
    "t4": "NVIDIA_TESLA_T4",
    "v100": "NVIDIA_TESLA_V100",
    "a100-40gb": "NVIDIA_TESLA_A100",
    "h200": "NVIDIA_H200_141GB",
}


def vertex_ai(plan: Blueprint) -> Bundle:
    """The bundle of a dedicated endpoint."""
    return Bundle(
        name=plan.name,
        title=headline(plan),
        files={
            MODEL: File("the model: the container, its ports and paths", (_model(plan),)),
            ENDPOINT: File("the endpoint, with an address of its own", (_endpoint(plan),)),
            DEPLOY: File("which machines run the model, and how their number follows the traffic", (_deploy(plan),)),
            **vertex_gateway.files(plan),
        },
        values=(*VALUES, *vertex_gateway.values(plan)),
        steps=_steps(plan),
        notes=(*vertex_gateway.notes(plan), *plan.open_points),
        facts=planned_facts(plan),
    )


def accelerator(gpu: str) -> str:
    """A GPU type as the API names it."""
    return ACCELERATORS.get(gpu, f"NVIDIA_{gpu.upper().replace('-', '_')}")


def _model(plan: Blueprint) -> dict[str, Any]:
    workers = planned(str(plan.copies), "copies of the service that one machine runs, each a process of the container")
    container = {
        "imageUri": IMAGE.reference,
        "predictRoute": PREDICT_PATH.reference,
        "healthRoute": HEALTH_PATH.reference,
        "grpcPorts" if plan.workload.needs_grpc else "ports": [{"containerPort": LISTENS}],
        "env": [{"name": "WORKERS", "value": workers}],
    }
    return {"modelId": plan.name, "model": {"displayName": plan.name, "containerSpec": container}}


def _endpoint(plan: Blueprint) -> dict[str, Any]:
    timeout = planned(f"{plan.timeout_s}s", "the longest request")
    return {
        "displayName": plan.name,
        "dedicatedEndpointEnabled": Noted(True, "requests are not limited by those of other customers"),
        "clientConnectionConfig": {"inferenceTimeout": timeout},
    }


def _deploy(plan: Blueprint) -> dict[str, Any]:
    return {
        "deployedModel": {
            "model": f"projects/{PROJECT.reference}/locations/{plan.region}/models/{plan.name}",
            "displayName": plan.name,
            "enableAccessLogging": Noted(False, "a line for every request is billed as a log"),
            "dedicatedResources": _resources(plan),
        },
        "trafficSplit": {"0": Noted(100, "0 stands for the model that is deployed by this request")},
    }


def _resources(plan: Blueprint) -> dict[str, Any]:
    to_zero = plan.mode == REACHES_ZERO
    least = 0 if to_zero else max(1, plan.least_machines)
    resources: dict[str, Any] = {
        "machineSpec": _machine(plan),
        "minReplicaCount": planned(least, "machines at the quietest level of traffic"),
        "maxReplicaCount": planned(max(1, least, plan.most_machines), "machines at the busiest level of traffic"),
        "autoscalingMetricSpecs": [_metric(plan)],
    }
    if to_zero:
        resources["initialReplicaCount"] = Noted(1, "machines that a request to a sleeping endpoint starts")
        resources["scaleToZeroSpec"] = {
            **_period(plan, "idleScaledownPeriod", "zero_idle_s", "time without a request before they go"),
            **_period(plan, "minScaleupPeriod", "zero_start_hold_s", "how long they stay after a start"),
        }
    if plan.spot:
        resources["spot"] = planned(True, "bought as spot: a machine may go at short notice")
    return resources


def _period(plan: Blueprint, name: str, fact: str, why: str) -> dict[str, Any]:
    """A time that the plan took from the price book; left to the platform where the book does not know it."""
    seconds = plan.number(fact)
    return {} if seconds is None else {name: planned(f"{seconds}s", why)}


def _machine(plan: Blueprint) -> dict[str, Any]:
    machine: dict[str, Any] = {"machineType": planned(plan.machine, "the machine type that costs least")}
    if plan.gpus:
        machine["acceleratorType"] = planned(accelerator(plan.gpu), "the GPU type")
        machine["acceleratorCount"] = planned(max(1, plan.machine_gpus), "GPUs of a machine")
    return machine


def _metric(plan: Blueprint) -> dict[str, Any]:
    name = "accelerator/duty_cycle" if plan.gpus else "cpu/utilization"
    return {
        "metricName": METRIC + name,
        "target": planned(plan.target_percent, "per cent, at which machines were counted"),
    }


def _steps(plan: Blueprint) -> Steps:
    where = (f"--region={plan.region}", "--project=$PROJECT")
    return Steps(
        deploy=(*_deploy_steps(plan), *vertex_gateway.deploy(plan)),
        check=(
            Step("See what runs.", (command(*ENDPOINTS, "describe", plan.name, *where),)),
            Step("Call it.", (command(*ENDPOINTS, "raw-predict", plan.name, *where, "--request={}"),)),
            *vertex_gateway.check(plan),
        ),
        roll_back=_back(plan, where),
        tear_down=(
            *vertex_gateway.tear_down(plan),
            Step("Undeploy every model.", (_undeploy(plan),)),
            Step("Delete the endpoint.", (command(*ENDPOINTS, "delete", plan.name, *where, "--quiet"),)),
            Step("Delete the model.", (command(*MODELS, "delete", plan.name, *where, "--quiet"),)),
        ),
    )


def _deploy_steps(plan: Blueprint) -> tuple[Step, ...]:
    parent = f"projects/$PROJECT/locations/{plan.region}"
    version = "v1beta1" if plan.mode == REACHES_ZERO else "v1"
    enable = command("gcloud", "services", "enable", "aiplatform.googleapis.com", "--project=$PROJECT")
    return (
        Step("Switch the service on.", (enable,)),
        Step("Upload the model.", (_post(plan, MODEL, f"v1/{parent}/models:upload"),)),
        Step("Create the endpoint.", (_post(plan, ENDPOINT, f"v1/{parent}/endpoints?endpointId={plan.name}"),)),
        Step(
            "Deploy the model.",
            (_post(plan, DEPLOY, f"{version}/{parent}/endpoints/{plan.name}:deployModel"),),
            "Machines are billed from here on until the model is undeployed.",
        ),
    )


def _back(plan: Blueprint, where: tuple[str, ...]) -> tuple[Step, ...]:
    before = ".deployedModels | sort_by(.createTime) | .[-2].id"
    find = (f"DEPLOYED=$({_described(plan)} | yq '{before}')", 'echo "$DEPLOYED"')
    send = command(*ENDPOINTS, "update", plan.name, *where, "--traffic-split=$DEPLOYED=100")
    return (
        Step("Find the model that was deployed before the newest.", find),
        Step("Send all requests to it.", (send,), "It must not have been undeployed."),
    )


def _undeploy(plan: Blueprint) -> str:
    """A command that undeploys whatever is deployed."""
    one = f'gcloud ai endpoints undeploy-model {plan.name} --region={plan.region} --project="$PROJECT"'
    return f"{_described(plan)} | yq '.deployedModels[].id' | xargs -I ID {one} --deployed-model-id=ID"


def _described(plan: Blueprint) -> str:
    return f'gcloud ai endpoints describe {plan.name} --region={plan.region} --project="$PROJECT"'


def _post(plan: Blueprint, file: str, path: str) -> str:
    """Send a body: its values filled in by envsubst, as JSON by yq."""
    return (
        f'{filled_in(file, VALUES)} | yq -o=json | curl --fail --data @- --header "Content-Type: application/json" \\\n'
        '  --header "Authorization: Bearer $(gcloud auth print-access-token)" \\\n'
        f'  "https://{plan.region}-aiplatform.googleapis.com/{path}"'
    )
