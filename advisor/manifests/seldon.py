"""A model on a cluster with Seldon Core 2: a Server that holds models, and the Model.

Fields: seldon-core, operator/apis/mlops/v1alpha1, model_types.go and server_types.go. A container of a Server is merged
with the one of the same name in its ServerConfig, which is `mlserver` in the one that comes along: docs.seldon.ai,
seldon-core-2, servers (custom capabilities) and serverconfig. Charts: installation, learning environment.
"""

from __future__ import annotations

from typing import Any

from advisor.manifests import cluster, objects
from advisor.manifests.blueprint import Blueprint
from advisor.manifests.bundle import Bundle, File, Step, Steps
from advisor.manifests.commented import Noted, planned
from advisor.manifests.creation import AddOn, Creation, creation
from advisor.manifests.creation.add_ons import unknown
from advisor.manifests.headline import headline, planned_facts
from advisor.manifests.kserve import MODEL_URI
from advisor.manifests.pods import IMAGE, resources

API_VERSION = "mlops.seldon.io/v1alpha1"
SERVER_CONFIG = "mlserver"
WHAT = "Seldon Core 2"
PARTS = ("crds", "setup", "runtime")  # the charts seldon-core-v2-*
ONE = [(f"/spec/{name}", 1) for name in ("replicas", "minReplicas", "maxReplicas")]
SMALL = {"Server": ONE, "Model": ONE}
LICENCE = "Seldon Core 2 is under the Business Source License 1.1: production use needs a paid licence"


def seldon(plan: Blueprint) -> Bundle:
    """The bundle of a Server and a Model."""
    made, stack = creation(plan), serving(plan)
    values = (*made.values, IMAGE, MODEL_URI)
    base = {
        "namespace.yaml": File("the namespace of the service", (namespace(plan),)),
        "server.yaml": File("the inference server that holds the model", (server(plan),)),
        "model.yaml": File("the model, and how many replicas of it", (model(plan),)),
    }
    moves = {
        IMAGE.name: [("Server", ["spec.podSpec.containers.0.image"])],
        MODEL_URI.name: [("Model", ["spec.storageUri"])],
    }
    return Bundle(
        name=plan.name,
        title=headline(plan),
        files={**made.files, **cluster.base_files(base, values, moves), **cluster.scaled_overlays(SMALL)},
        values=values,
        steps=_steps(plan, made, stack),
        values_file=cluster.VALUES_FILE,
        notes=(LICENCE, *made.notes, *stack.notes, *plan.open_points),
        facts=planned_facts(plan),
    )


def namespace(plan: Blueprint) -> dict[str, Any]:
    """A namespace without the restrictions that the stack's own containers do not keep."""
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": plan.name, "labels": objects.labels(plan)}}


def server(plan: Blueprint) -> dict[str, Any]:
    """The server, as large as a replica of the plan."""
    container = {"name": SERVER_CONFIG, "image": IMAGE.example, "resources": resources(plan)}
    return {
        "apiVersion": API_VERSION,
        "kind": "Server",
        "metadata": objects.metadata(plan),
        "spec": {
            "serverConfig": Noted(SERVER_CONFIG, "a ServerConfig that comes with Seldon Core"),
            **_replicas(plan, "servers"),
            "podSpec": {"containers": [container]},
        },
    }


def model(plan: Blueprint) -> dict[str, Any]:
    """The model on that server."""
    return {
        "apiVersion": API_VERSION,
        "kind": "Model",
        "metadata": objects.metadata(plan),
        "spec": {
            "storageUri": MODEL_URI.example,
            "server": plan.name,
            "memory": planned(f"{plan.mib}Mi", "memory of a replica"),
            **_replicas(plan, "replicas of the model"),
        },
    }


def _replicas(plan: Blueprint, what: str) -> dict[str, Any]:
    least = max(1, plan.least)
    return {
        "replicas": planned(least, "where it starts"),
        "minReplicas": planned(least, f"{what} at the quietest level of traffic; never none"),
        "maxReplicas": planned(max(least, plan.most), f"{what} at the busiest level of traffic"),
    }


def serving(plan: Blueprint) -> AddOn:
    """Seldon Core 2, whose runtime looks after one namespace."""
    charts = plan.text("seldon_charts")
    if not charts:
        return unknown(WHAT)
    space = f"--namespace={plan.name}"
    names = tuple(f"seldon-core-v2-{part}" for part in PARTS)
    install = (
        f"helm repo add seldon-charts {charts}",
        *(f"helm install {name} seldon-charts/{name} {space} --create-namespace" for name in names),
    )
    remove = tuple(f"helm uninstall {name} {space}" for name in reversed(names))
    why = "Pipelines need Kafka besides; a model alone does not."
    return AddOn(WHAT, (Step("Install Seldon Core 2.", install, why),), (Step("Remove Seldon Core 2.", remove),))


def _steps(plan: Blueprint, made: Creation, stack: AddOn) -> Steps:
    space = f"--namespace={plan.name}"
    steps = cluster.cluster_steps(plan, made, f"model/{plan.name}", (stack,))
    address = f"$(kubectl get service seldon-mesh {space} --output=jsonpath='{{.status.loadBalancer.ingress[0].ip}}')"
    return Steps(
        deploy=steps.deploy,
        check=(
            Step(
                "Wait until it is ready.",
                (f"kubectl wait model/{plan.name} {space} --for=condition=Ready --timeout=15m",),
            ),
            Step("Call it.", (f'curl --fail "http://{address}/v2/models/{plan.name}/ready"',)),
        ),
        roll_back=(cluster.files_before("overlays/prod"),),
        tear_down=steps.tear_down,
    )
