"""Manifests against the schemas of others: what is written passes, and what is wrong is found."""

from __future__ import annotations

import copy
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from blueprints import OPTIONS
from needs import need
from test_manifests import CASES, PLANS, bundle

from advisor.manifests.check import Finding
from advisor.manifests.kinds import Object
from advisor.manifests.objects_of import documents_in
from advisor.manifests.schemas import VALIDATORS, missing_validators, schema_findings
from advisor.manifests.vertex_ai import ACCELERATORS, accelerator

LIBRARIES = ("kubernetes_validate", "googleapiclient", "jsonschema", "cfnlint", "azure.ai.ml")
SHARED = Path(__file__).parents[2] / "shared" / "schemas"


def documents(option: str, case: str) -> list[Object]:
    texts = bundle(option, case).texts()
    return documents_in({name: text.encode() for name, text in texts.items() if name.endswith(".yaml")})


def found(option: str, file: str, place: str, value: Any, case: str = "plain") -> list[Finding]:
    """What schemas say once one value of one document is changed; None takes it away."""
    objects = documents(option, case)
    changed = next(each for each in objects if each.file == file)
    inside: Any = copy.deepcopy(changed.document)
    whole, (*path, last) = inside, place.split(".")
    for key in path:
        inside = inside[int(key) if isinstance(inside, list) else key]
    inside[last] = value
    if value is None:
        del inside[last]
    return schema_findings([Object(changed.file, whole)])


@pytest.mark.parametrize(("option", "case"), PLANS)
def test_what_is_written_passes_every_schema(option: str, case: str) -> None:
    need(*LIBRARIES)
    objects = documents(option, case)
    assert schema_findings(objects) == []
    assert missing_validators(objects) == []


def test_every_document_for_a_platform_is_known_to_some_validator() -> None:
    own = ("kustomization.yaml", "cluster/", "overlays/dev/")
    for option in OPTIONS:
        for case in CASES:
            for item in documents(option, case):
                known = any(each.knows(item) for each in VALIDATORS)
                assert known or any(part in item.file for part in own), f"{option} {case} {item.file}"


CONTAINER = "spec.template.spec.containers.0"
APP, APP_CONTAINER = "containerapp.yaml", "properties.template.containers.0"
FAULTS = [
    ("gke", "base/deployment.yaml", f"{CONTAINER}.imagePullPolice", "Always", "imagePullPolice"),
    ("gke", "base/deployment.yaml", "spec.selector", None, "'selector' is a required property"),
    ("gke", "base/deployment.yaml", "apiVersion", "apps/v2", "has no kind Deployment of apps/v2"),
    ("gke", "overlays/prod/hpa.yaml", "spec.maxReplicas", "6", "'6' is not of type"),
    ("gke", "base/route.yaml", "spec.hostnames", ["Not A Host"], "spec.hostnames.0"),
    ("gke", "base/route.yaml", "spec.host", "x", "spec.host: Extra inputs are not permitted"),
    ("gke", "base/gateway.yaml", "spec.listeners.0.port", 99999, "less than or equal to 65535"),
    ("gke", "base/servicemonitor.yaml", "spec.endpoints.0.interval", "often", "spec.endpoints.0.interval"),
    ("cloud-run", "service.yaml", "spec.template.spec.affinity", {}, "affinity"),
    ("cloud-run", "service.yaml", "spec.template.spec.tolerations", [], "tolerations"),
    ("cloud-run", "service.yaml", f"{CONTAINER}.envFrom", [], "envFrom: Cloud Run does not support it"),
    ("cloud-run", "service.yaml", "spec.template.spec.containerConcurrency", "8", "is not of type 'integer'"),
    ("vertex-ai", "deploy-model.yaml", "deployedModel.dedicatedResources.machines", 1, "machines"),
    ("vertex-ai", "deploy-model.yaml", "deployedModel.dedicatedResources.machineSpec.acceleratorType", "GTX", "GTX"),
    ("sagemaker-realtime", "template.yaml", "Resources.Endpoint.Properties.Name", "x", "'Name' was unexpected"),
    ("sagemaker-realtime", "template.yaml", "Resources.Model", None, "Model"),
    ("lambda", "template.yaml", "Resources.Function.Properties.MemorySize", 1, "1 is less than the minimum of 128"),
    ("azure-ml", "deployment.yaml", "instance_sort", "x", "instance_sort"),
    ("container-apps", APP, f"{APP_CONTAINER}.probes.0.failureThreshold", 11, "less than or equal to 10"),
    ("container-apps", APP, f"{APP_CONTAINER}.probes.0.httpGet", None, "a probe has either httpGet or tcpSocket"),
    ("container-apps", APP, f"{APP_CONTAINER}.probes.0.httpGet.port", "http", "valid integer"),
    ("container-apps", APP, f"{APP_CONTAINER}.command", [], "properties.template.containers.0.command: Extra inputs"),
    ("container-apps", APP, f"{APP_CONTAINER}.resources.memory", "4096Mi", "should match pattern"),
    ("container-apps", APP, "properties.template.scale.minReplicas", 7, "minReplicas is above maxReplicas"),
    ("container-apps", APP, "properties.environmentId", "my-environment", "should match pattern"),
    ("container-apps", APP, "properties.configuration.ingress.transport", "grpc", "'auto', 'http', 'http2' or 'tcp'"),
    ("container-apps", APP, "location", None, "location: Field required"),
    ("eks-auto", "cluster/nodepool.yaml", "spec.template.spec.requirements.0.operator", "Is", "should be 'In'"),
    (
        "eks-auto",
        "cluster/nodepool.yaml",
        "spec.template.spec.nodeClassRef.group",
        "x",
        "should be 'eks.amazonaws.com'",
    ),
    ("eks", "base/gateway.yaml", "spec.infrastructure.parametersRef.kind", None, "parametersRef.kind: Field required"),
    ("eks", "cluster/gatewayclass.yaml", "spec.controllerName", "alb", "should match pattern"),
    ("on-prem", "cluster/gatewayclass.yaml", "spec.provider.kubernetes.envoyService.type", "Port", "or 'NodePort'"),
    ("k3s", "cluster/k3s-traefik.yaml", "spec.values", {}, "spec.values: Extra inputs"),
    ("gke+knative", "base/service.yaml", "spec.template.spec.container", [], "spec.template.spec.container"),
    ("eks+kserve", "overlays/standard/inferenceservice.yaml", "spec.predictor.replicas", 1, "spec.predictor.replicas"),
    ("aks+seldon", "base/model.yaml", "spec.uri", "x", "spec.uri"),
]


@pytest.mark.parametrize(("option", "file", "place", "value", "message"), FAULTS, ids=lambda each: str(each)[:50])
def test_what_is_wrong_is_found(option: str, file: str, place: str, value: Any, message: str) -> None:
    need(*LIBRARIES)
    findings = found(option, file, place, value)
    assert any(message in finding.message for finding in findings), findings
    assert {finding.file for finding in findings} == {file}


@pytest.mark.parametrize(
    ("kind", "place", "value", "message"),
    [
        ("LoadBalancerConfiguration", "scheme", "public", "'internal' or 'internet-facing'"),
        ("LoadBalancerConfiguration", "listener", {}, "spec.listener: Extra inputs"),
        ("TargetGroupConfiguration", "targetReference", {"name": "No Name"}, "should match pattern"),
        ("TargetGroupConfiguration", "targets", [], "spec.targets: Extra inputs"),
    ],
)
def test_what_is_wrong_beside_a_gateway_is_found(kind: str, place: str, value: Any, message: str) -> None:
    (item,) = (each for each in documents("eks", "public") if each.document.get("kind") == kind)
    changed = {**item.document, "spec": {**item.spec, place: value}}
    assert message in str(schema_findings([Object(item.file, changed)]))
    assert schema_findings([item]) == []


def test_the_beta_of_vertex_ai_is_asked_where_machines_may_go() -> None:
    need(*LIBRARIES)
    place = "deployedModel.dedicatedResources.scaleToZeroSpec.idleScaledownPeriod"
    assert found("vertex-ai", "deploy-model.yaml", place, "60s", case="zero") == []  # ranges are not in the document
    findings = found("vertex-ai", "deploy-model.yaml", place.replace("idle", "no"), "60s", case="zero")
    assert "noScaledownPeriod" in str(findings)


def test_gpu_types_of_vertex_ai_are_those_of_its_api() -> None:
    need("googleapiclient")
    from advisor.manifests.google_schemas import discovery

    allowed = discovery("aiplatform.v1")["GoogleCloudAiplatformV1MachineSpec"]["properties"]["acceleratorType"]["enum"]
    for gpu in (*ACCELERATORS, "l4", "a100-80gb", "h100-80gb", "rtx-pro-6000"):
        assert accelerator(gpu) in allowed


def test_what_cannot_be_checked_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("advisor.manifests.schemas._found", lambda module: module != "cfnlint")
    objects = documents("sagemaker-realtime", "plain")
    assert missing_validators(objects) == ["the rules of cfn-lint"]
    assert schema_findings(objects) == []
    assert missing_validators(documents("cloud-run", "plain")) == []


# --- schemas of the custom resources themselves, where they are at hand


@lru_cache
def validator(schema: Path) -> Any:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(json.loads(schema.read_text(encoding="utf-8")))


def custom(item: Object) -> Path:
    group, _, version = str(item.document["apiVersion"]).partition("/")
    return SHARED / f"{group}_{item.document['kind']}_{version}.json"


@pytest.mark.parametrize(("option", "case"), PLANS)
def test_custom_resources_pass_the_schemas_of_their_projects(option: str, case: str) -> None:
    need("jsonschema")
    if not SHARED.is_dir():
        pytest.skip(f"{SHARED}: the schemas of custom resources are not at hand")
    for item in documents(option, case):
        if "kind" in item.document and option != "cloud-run" and custom(item).is_file():
            assert list(validator(custom(item)).iter_errors(item.document)) == []


def test_the_model_of_knative_has_the_fields_of_its_schema() -> None:
    schema = SHARED / "serving.knative.dev_Service_v1.json"
    if not schema.is_file():
        pytest.skip(f"{schema}: not at hand")
    from advisor.manifests.knative_model import Container, Revision, Traffic, Volume

    spec = json.loads(schema.read_text(encoding="utf-8"))["properties"]["spec"]["properties"]
    revision = spec["template"]["properties"]["spec"]["properties"]
    for model, properties in (
        (Revision, revision),
        (Container, revision["containers"]["items"]["properties"]),
        (Volume, revision["volumes"]["items"]["properties"]),
        (Traffic, spec["traffic"]["items"]["properties"]),
    ):
        assert {field.alias for field in model.model_fields.values()} == set(properties)


def test_a_template_is_text_that_any_reader_of_yaml_takes() -> None:
    text = bundle("lambda").texts()["template.yaml"]
    assert yaml.safe_load(text) == bundle("lambda").documents["template.yaml"][0]
