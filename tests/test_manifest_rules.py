"""Semantic rules for manifests: each finds what it is for, and nothing else."""

from __future__ import annotations

import copy
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from advisor.manifests.check import OBJECT_RULES, POD_RULES, check
from advisor.manifests.kinds import Object
from advisor.manifests.quantity import parsed

ROOT = Path(__file__).parent
KINDS = ("deployment", "service", "hpa", "pdb", "monitor", "policy", "route")
WEB = "spec.template.spec.containers.0."


def service() -> dict[str, Any]:
    documents = yaml.safe_load_all((ROOT / "fixtures/service.yaml").read_text(encoding="utf-8"))
    return dict(zip(KINDS, documents, strict=True))


def changed(place: str, value: Any) -> list[Object]:
    """The good service with one value changed; None takes it away."""
    documents = service()
    *path, last = place.split(".") if "/" not in place else [*place.split(".")[:-2], ".".join(place.split(".")[-2:])]
    inside: Any = documents
    for key in path:
        inside = inside[int(key) if isinstance(inside, list) else key]
    key = int(last) if isinstance(inside, list) else last
    inside[key] = value
    if value is None:
        del inside[key]
    return [Object("service.yaml", document) for document in documents.values()]


BROKEN = [
    ("image-present", f"deployment.{WEB}image", None, "has no image"),
    ("image-present", f"deployment.{WEB}image", " ", "has no image"),
    ("image-present", "deployment.spec.template.spec.initContainers.0.image", None, "container fetch has no image"),
    ("image-present", f"deployment.{WEB}image", "web:", "has the image 'web:', which cannot be pulled"),
    ("image-present", f"deployment.{WEB}image", "web:1 0", "cannot be pulled"),
    ("pull-policy-legal", f"deployment.{WEB}imagePullPolicy", "Sometimes", "allowed: Always, IfNotPresent, Never"),
    ("container-names", f"deployment.{WEB}name", "Web_1", "'Web_1' is no name of a container"),
    ("container-names", f"deployment.{WEB}name", "fetch", "two containers are called fetch"),
    ("container-names", f"deployment.{WEB}name", None, "None is no name"),
    ("quantities-parse", f"deployment.{WEB}resources.requests.memory", "1 Gi", "no quantity such as 500m"),
    ("quantities-parse", f"deployment.{WEB}resources.limits.memory", "2GiB", "no quantity"),
    ("quantities-parse", f"deployment.{WEB}resources.requests.cpu", -1, "no quantity"),
    ("requests-within-limits", f"deployment.{WEB}resources.requests.cpu", "1500m", "above its limit of 1"),
    ("requests-within-limits", f"deployment.{WEB}resources.requests.memory", "2G", "above its limit of 1024Mi"),
    ("gpus-whole-and-equal", f"deployment.{WEB}resources.limits.nvidia.com/gpu", 0.5, "counted in whole pieces"),
    ("gpus-whole-and-equal", f"deployment.{WEB}resources.limits.nvidia.com/gpu", 2, "they must be equal"),
    ("gpus-whole-and-equal", f"deployment.{WEB}resources.limits.nvidia.com/gpu", None, "asked for without a limit"),
    ("ports-in-range", f"deployment.{WEB}ports.0.containerPort", 99999, "allowed: 1 to 65535"),
    ("ports-in-range", f"deployment.{WEB}ports.0.containerPort", "8080", "allowed: 1 to 65535"),
    ("ports-in-range", f"deployment.{WEB}ports.0.name", "a-name-of-16-char", "no name of a port"),
    ("ports-in-range", f"deployment.{WEB}readinessProbe.httpGet.port", "web", "calls port 'web'"),
    ("mounts-declared", f"deployment.{WEB}volumeMounts.0.name", "cache", "which the pod does not declare"),
    ("mounts-declared", "deployment.spec.template.spec.volumes", [{"name": "tmp"}, {"name": "tmp"}], "two volumes"),
    ("names-legal", "service.metadata.name", "Shop", "'Shop' is no legal name"),
    ("names-legal", "deployment.metadata.name", "s" * 64, "is no legal name"),
    ("names-legal", "pdb.metadata.name", "a_b", "is no legal name"),
    ("names-legal", "pdb.metadata.name", None, "None is no legal name"),
    ("names-legal", "hpa.metadata.namespace", "shop.eu", "is no legal namespace"),
    ("replicas-possible", "deployment.spec.replicas", -1, "replicas is -1"),
    ("selector-matches", "deployment.spec.selector.matchLabels.app", "store", "does not match the labels of its pods"),
    ("selector-matches", "deployment.spec.selector", None, "does not match the labels of its pods"),
    ("selector-matches", "service.spec.selector.app", "store", "matches no pods"),
    ("selector-matches", "pdb.spec.selector.matchLabels.app", "store", "matches no pods"),
    ("selector-matches", "policy.spec.podSelector.matchLabels.app", "store", "matches no pods"),
    ("selector-matches", "monitor.spec.selector.matchLabels.app", "store", "matches no Service"),
    ("selector-matches", "monitor.spec.endpoints.0.port", "metrics", "scrapes the port 'metrics'"),
    ("service-ports", "service.spec.ports.0.port", 0, "port is 0"),
    ("service-ports", "service.spec.ports.0.port", None, "port is None"),
    ("service-ports", "service.spec.ports.0.targetPort", 70000, "targetPort is 70000"),
    ("service-ports", "service.spec.ports.0.targetPort", "grpc", "leads to the port 'grpc'"),
    ("autoscaler-possible", "hpa.spec.minReplicas", 6, "above maxReplicas, 5"),
    ("autoscaler-possible", "hpa.spec.minReplicas", 0, "allowed: 1 or more"),
    ("autoscaler-possible", "hpa.spec.scaleTargetRef.name", "store", "scales Deployment store, which is not in"),
    ("autoscaler-metrics", "hpa.spec.metrics.0.type", "Cpu", "of type 'Cpu'"),
    ("autoscaler-metrics", "hpa.spec.metrics.0.type", "Pods", "has the targets none"),
    ("autoscaler-metrics", "hpa.spec.metrics.0.resource.target.averageValue", "1", "averageUtilization, averageValue"),
    ("autoscaler-metrics", "hpa.spec.metrics.0.resource.target", {"value": 1}, "has the targets value"),
    ("budget-satisfiable", "pdb.spec.minAvailable", 2, "lets none of 2 pods go"),
    ("budget-satisfiable", "pdb.spec.minAvailable", "51%", "lets none of 2 pods go"),  # 1.02 of 2, rounded up: 2
    ("budget-satisfiable", "pdb.spec.maxUnavailable", 1, "it takes one of"),
    ("budget-satisfiable", "pdb.spec.minAvailable", None, "it takes one of"),
    ("routes-lead-somewhere", "route.spec.rules.0.backendRefs.0.name", "store", "leads to the Service 'store'"),
    ("routes-lead-somewhere", "route.spec.rules.0.backendRefs.0.port", 8080, "leads to port 8080"),
]
ALLOWED = [
    ("image-present", f"deployment.{WEB}image", "registry.example.com:5000/web@sha256:0"),
    ("image-present", f"deployment.{WEB}image", "${IMAGE}"),  # filled in by another tool
    ("pull-policy-legal", f"deployment.{WEB}imagePullPolicy", None),
    ("container-names", f"deployment.{WEB}name", "web-2"),
    ("quantities-parse", f"deployment.{WEB}resources.requests.memory", "0.5Gi"),
    ("requests-within-limits", f"deployment.{WEB}resources.requests.cpu", 1),
    ("gpus-whole-and-equal", f"deployment.{WEB}resources.requests.nvidia.com/gpu", None),  # taken from the limit
    ("ports-in-range", f"deployment.{WEB}ports.0.containerPort", 65535),
    ("ports-in-range", f"deployment.{WEB}readinessProbe.httpGet.port", 8080),
    ("mounts-declared", f"deployment.{WEB}volumeMounts", []),
    ("names-legal", "pdb.metadata.name", "shop.eu"),  # a DNS subdomain
    ("names-legal", "deployment.metadata.name", "shop"),
    ("names-unique", "pdb.metadata.name", "other"),
    ("replicas-possible", "deployment.spec.replicas", 2),
    ("selector-matches", "service.spec.selector", {}),  # endpoints are kept by somebody else
    ("selector-matches", "policy.spec.podSelector", {}),  # all pods of the namespace
    ("selector-matches", "monitor.spec.endpoints", []),
    ("service-ports", "service.spec.ports.0.targetPort", 8080),
    ("autoscaler-possible", "hpa.spec.minReplicas", 5),
    ("autoscaler-metrics", "hpa.spec.metrics.0.resource.target", {"type": "AverageValue", "averageValue": "500m"}),
    ("budget-satisfiable", "pdb.spec.minAvailable", "50%"),
    ("budget-satisfiable", "pdb.spec.selector", {}),
    ("routes-lead-somewhere", "route.spec.rules.0.backendRefs.0.namespace", "elsewhere"),
]
# What is promised -> the rule that keeps it.
PROMISED = {
    "selector matches labels": "selector-matches",
    "quantities parse": "quantities-parse",
    "requests within limits": "requests-within-limits",
    "whole GPUs, equal request and limit": "gpus-whole-and-equal",
    "ports in range": "ports-in-range",
    "names are DNS labels of legal length": "names-legal",
    "image present": "image-present",
    "pull policy legal": "pull-policy-legal",
    "every mounted volume declared": "mounts-declared",
    "autoscaler: least within most, at least 1, target exists": "autoscaler-possible",
    "autoscaler: target of one type": "autoscaler-metrics",
    "disruption budget can be satisfied": "budget-satisfiable",
    "unique names": "names-unique",
}


@pytest.mark.parametrize(("rule", "place", "value", "message"), BROKEN, ids=lambda each: str(each)[:40])
def test_each_rule_finds_its_fault(rule: str, place: str, value: Any, message: str) -> None:
    findings = [finding for finding in check(changed(place, value)) if finding.rule == rule]
    assert any(message in finding.message for finding in findings), findings
    assert all(finding.file == "service.yaml" for finding in findings)


@pytest.mark.parametrize(("rule", "place", "value"), ALLOWED, ids=lambda each: str(each)[:60])
def test_what_is_legal_is_not_found(rule: str, place: str, value: Any) -> None:
    assert check(changed(place, value)) == [], rule


def test_every_rule_has_a_failing_and_a_passing_case_and_the_good_service_passes() -> None:
    rules = set(POD_RULES) | set(OBJECT_RULES)
    assert {case[0] for case in BROKEN} | {"names-unique"} == rules  # it takes two objects: test_a_name_stands_once
    assert {case[0] for case in ALLOWED} == rules
    assert set(PROMISED.values()) <= rules
    assert check([Object("good.yaml", document) for document in service().values()]) == []


def test_a_name_stands_once() -> None:
    items = [Object("a.yaml", service()["pdb"]), Object("b.yaml", service()["pdb"])]
    items += [Object("a.yaml", service()["deployment"]), Object("a.yaml", service()["hpa"])]
    (finding,) = check(items)
    assert (finding.rule, finding.file) == ("names-unique", "a.yaml")
    assert "stands 2 times: a.yaml, b.yaml" in str(finding)


def test_the_least_number_of_pods_is_the_autoscalers_or_the_controllers() -> None:
    documents = service()
    del documents["hpa"]
    documents["deployment"]["spec"]["replicas"] = 1
    (finding,) = check([Object("x", document) for document in documents.values()])
    assert "lets none of 1 pods go" in finding.message


# kubernetes.io, Quantity: 1Ki is 1024, 1k is 1000, E is 10^18 and 1e3 is 1000.
@pytest.mark.parametrize(
    ("text", "number"),
    [("250m", "0.25"), ("1Ki", "1024"), ("1k", "1000"), ("0.5Gi", "536870912"), ("2E", "2e18"), ("1e3", "1000"),
     ("1E-2", "0.01"), (3, "3"), (".5", "0.5"), ("5.", "5"), ("100n", "1e-7"), ("-1", "-1")],
)  # fmt: skip
def test_quantities(text: object, number: str) -> None:
    assert parsed(text) == Decimal(number)


@pytest.mark.parametrize(
    "text", ["", "1 Gi", "1KB", "1ki", "Gi", "0x10", "1.2.3", "1_000", None, True, [], "1" * 65, "1e9999"]
)
def test_what_is_no_quantity(text: object) -> None:
    assert parsed(text) is None


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 99999) | st.text(max_size=4) | st.floats(),
    lambda inside: (
        st.lists(inside, max_size=2) | st.dictionaries(st.sampled_from(["name", "port", "a"]), inside, max_size=2)
    ),
    max_leaves=4,
)


def places(document: Any, path: str = "") -> list[str]:
    pairs = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    found = [f"{path}{key}" for key, _ in pairs if "/" not in str(key)]
    for key, value in pairs:
        found += places(value, f"{path}{key}.") if "/" not in str(key) else []
    return found


@given(place=st.sampled_from(places(service())), value=ANYTHING)
def test_no_shape_however_odd_breaks_a_rule(place: str, value: Any) -> None:
    items = changed(place, copy.deepcopy(value)) if "." in place else [Object("x", {place: value, "kind": value})]
    assert all(finding.message for finding in check(items))
