"""What a kustomization makes of all its objects, as `kubectl kustomize` does; the rules are asked about the outcome.

Every expected value here was held against the output of kubectl v1.32 (kustomize v5.5.0) once.
"""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from advisor.manifests.check import Finding, check_groups
from advisor.manifests.kinds import Object
from advisor.manifests.objects_of import Group, groups_in

KUSTOMIZE = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"
BASE = """
apiVersion: v1
kind: Namespace
metadata: {name: space}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      serviceAccountName: web
      initContainers: [{name: first, image: 'registry.example.com:5000/team/first:1'}]
      containers:
      - {name: web, image: 'web:1', envFrom: [{configMapRef: {name: settings}}]}
      volumes: [{name: all, projected: {sources: [{configMap: {name: settings}}, {secret: {name: other}}]}}]
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: web}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec: {minAvailable: 1, selector: {matchLabels: {app: web}}}
"""
AUTOSCALER = """---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, minReplicas: 2, maxReplicas: 3}
"""
ROUTE = """---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: web}
spec: {rules: [{backendRefs: [{name: web, port: 80}]}]}
"""


def folder(change: str, more: str = "", top: str | None = None) -> dict[str, bytes | None]:
    """A base, an overlay that changes it, and one more on top of that."""
    texts = {
        "base/kustomization.yaml": f"{KUSTOMIZE}resources: [all.yaml]\n",
        "base/all.yaml": BASE + more,
        "overlay/kustomization.yaml": f"{KUSTOMIZE}resources: [../base]\n{change}",
    }
    if top is not None:
        texts["top/kustomization.yaml"] = f"{KUSTOMIZE}resources: [../overlay]\n{top}"
    return {name: text.encode() for name, text in texts.items()}


def applied(change: str, more: str = "", top: str | None = None) -> Group:
    (group,) = groups_in(folder(change, more, top))
    assert group.faults == []
    return group


def findings(change: str, more: str = "") -> list[Finding]:
    return check_groups(groups_in(folder(change, more)))


def one(group: Group, kind: str) -> Object:
    (item,) = (each for each in group.objects if each.kind == kind)
    return item


def images(group: Group) -> list[str]:
    pod = one(group, "Deployment").spec["template"]["spec"]
    return [each["image"] for each in (*pod["initContainers"], *pod["containers"])]


# --- the rules see what is applied: a failing and a passing case of each

FIRST = "registry.example.com:5000/team/first:1"


@pytest.mark.parametrize(
    ("broken", "message", "good"),
    [
        # 60 characters and 3 of the name are 63, which fit; one more does not
        (f"namePrefix: {'a' * 61}\n", "is no legal name", f"namePrefix: {'a' * 60}\n"),
        (f"nameSuffix: -{'a' * 60}\n", "is no legal name", f"nameSuffix: -{'a' * 59}\n"),
        ("namePrefix: Dev-\n", "'Dev-web' is no legal name", "namePrefix: dev-\n"),
        ("namespace: My_Space\n", "'My_Space' is no legal namespace", "namespace: my-space\n"),
        ("images: [{name: web, newTag: '1 0'}]\n", "'web:1 0', which cannot", "images: [{name: web, newTag: '2'}]\n"),
        ("images: [{name: web, newName: 'my web'}]\n", "cannot be pulled", "images: [{name: web, newName: other}]\n"),
        ("replicas: [{name: web, count: 1}]\n", "lets none of 1 pods go", "replicas: [{name: web, count: 3}]\n"),
        ("replicas: [{name: web, count: -1}]\n", "replicas is -1", "replicas: [{name: web, count: 2}]\n"),
        (
            "labels: [{pairs: {app: shop}, includeTemplates: true}]\n",
            "does not match the labels of its pods",
            "labels: [{pairs: {app: shop}, includeSelectors: true}]\n",
        ),
    ],
)
def test_the_rules_are_asked_about_what_is_applied(broken: str, message: str, good: str) -> None:
    assert any(message in finding.message for finding in findings(broken)), findings(broken)
    assert findings(good) == []


def test_a_prefix_breaks_a_route_whose_backend_kustomize_does_not_know() -> None:
    assert findings("", ROUTE) == []
    (finding,) = findings("namePrefix: dev-\n", ROUTE)
    assert "leads to the Service 'web', which is not in these files" in finding.message


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("images: [{name: web, newTag: 1.0}]\n", "images cannot be applied: newTag is 1.0, no text"),
        ("namePrefix: 5\n", "namePrefix cannot be applied: it is 5, no text"),
        ("replicas: [{name: store, count: 1}]\n", "replicas cannot be applied: there is no 'store' with replicas"),
        ("replicas: [{name: web, count: many}]\n", "the count of web is 'many'; allowed: a whole number"),
    ],
)
def test_what_kustomize_refuses_is_a_finding(change: str, message: str) -> None:
    (finding,) = findings(change)
    assert (finding.file, finding.rule) == ("overlay/kustomization.yaml", "readable")
    assert message in finding.message


# --- names


def test_a_name_changes_wherever_it_is_referred_to() -> None:
    group = applied("namePrefix: dev-\nnameSuffix: '-2'\n", AUTOSCALER)
    pod = one(group, "Deployment").spec["template"]["spec"]
    assert pod["serviceAccountName"] == "dev-web-2"
    assert pod["containers"][0]["envFrom"] == [{"configMapRef": {"name": "dev-settings-2"}}]
    # the secret is not among these objects, so its name stays
    assert pod["volumes"][0]["projected"]["sources"] == [
        {"configMap": {"name": "dev-settings-2"}},
        {"secret": {"name": "other"}},
    ]
    assert one(group, "HorizontalPodAutoscaler").spec["scaleTargetRef"]["name"] == "dev-web-2"
    assert one(group, "Namespace").name == "space"
    assert findings("namePrefix: dev-\nnameSuffix: '-2'\n", AUTOSCALER) == []


def test_an_object_of_another_kind_keeps_the_name_it_refers_to() -> None:
    other = AUTOSCALER.replace("kind: Deployment", "kind: StatefulSet")
    group = applied("namePrefix: dev-\n", other)
    assert one(group, "HorizontalPodAutoscaler").spec["scaleTargetRef"]["name"] == "web"


MERGE = (
    "patches:\n- patch: |\n    {apiVersion: apps/v1, kind: Deployment, metadata: {name: %s}, spec: {paused: true}}\n"
)
TARGET = "patches:\n- target: {kind: Deployment, name: %s}\n  patch: '[{op: add, path: /spec/paused, value: true}]'\n"


@pytest.mark.parametrize("how", [MERGE, TARGET])
@pytest.mark.parametrize("name", ["web", "dev-web"])
def test_a_patch_finds_an_object_by_its_former_name_too(how: str, name: str) -> None:
    item = one(applied("namePrefix: dev-\n", top=how % name), "Deployment")
    assert item.spec["paused"] is True
    assert item.name == "dev-web"


def test_prefixes_add_up_and_a_patch_beside_one_names_what_it_was() -> None:
    group = applied(
        "namePrefix: a-\n" + MERGE % "web", AUTOSCALER, top="namePrefix: b-\nreplicas: [{name: web, count: 4}]\n"
    )
    item = one(group, "Deployment")
    assert (item.name, item.spec["paused"], item.spec["replicas"]) == ("b-a-web", True, 4)
    assert one(group, "HorizontalPodAutoscaler").spec["scaleTargetRef"]["name"] == "b-a-web"


def test_a_namespace_takes_all_objects_that_live_in_one() -> None:
    group = applied(
        "namespace: shop\n", "---\n{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: r}}\n"
    )
    assert one(group, "Namespace").name == "shop"
    assert {item.kind: item.namespace for item in group.objects} == {
        "Namespace": None,
        "ClusterRole": None,
        **dict.fromkeys(("Deployment", "ServiceAccount", "ConfigMap", "Service", "PodDisruptionBudget"), "shop"),
    }  # fmt: skip


# --- labels, replicas, images


EVERYWHERE = {"metadata", "pods", "selector", "service", "budget"}


@pytest.mark.parametrize(
    ("change", "places"),
    [
        ("labels: [{pairs: {team: a}}]\n", {"metadata"}),
        ("labels: [{pairs: {team: a}, includeTemplates: true}]\n", {"metadata", "pods"}),
        ("labels: [{pairs: {team: a}, includeSelectors: true}]\n", EVERYWHERE),
        ("commonLabels: {team: a}\n", EVERYWHERE),
    ],
)
def test_labels_go_as_far_as_is_said(change: str, places: set[str]) -> None:
    group = applied(change)
    item = one(group, "Deployment")
    found = {
        "metadata": item.document["metadata"]["labels"],
        "pods": item.spec["template"]["metadata"]["labels"],
        "selector": item.spec["selector"]["matchLabels"],
        "service": one(group, "Service").spec["selector"],
        "budget": one(group, "PodDisruptionBudget").spec["selector"]["matchLabels"],
    }
    assert {place for place, labels in found.items() if labels.get("team") == "a"} == places


def test_an_empty_selector_still_means_all_pods() -> None:
    policy = (
        "---\n{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: n}, spec: {podSelector: {}}}\n"
    )
    assert one(applied("commonLabels: {team: a}\n", policy), "NetworkPolicy").spec == {"podSelector": {}}


@pytest.mark.parametrize(
    ("entry", "image"),
    [
        ("{name: web, newTag: '2'}", "web:2"),
        ("{name: web, newName: registry.example.com/web}", "registry.example.com/web:1"),
        ("{name: web, digest: 'sha256:ff'}", "web@sha256:ff"),
        ("{name: web, newTag: '2', digest: 'sha256:ff'}", "web:2@sha256:ff"),
        ("{name: web, newTag: ''}", "web:1"),  # no tag is none to set
        ("{name: we, newTag: '2'}", "web:1"),
        ("{name: 'web:1', newTag: '2'}", "web:2"),
    ],
)
def test_an_image_gets_another_name_tag_or_digest(entry: str, image: str) -> None:
    assert images(applied(f"images: [{entry}]\n")) == [FIRST, image]


def test_an_image_with_a_port_in_its_name_is_found() -> None:
    entry = "{name: 'registry.example.com:5000/team/first', newName: first, newTag: '2'}"
    assert images(applied(f"images: [{entry}]\n")) == ["first:2", "web:1"]


@pytest.mark.parametrize("name", ["web", "dev-web"])
def test_replicas_are_set_by_a_name_that_is_or_was(name: str) -> None:
    group = applied(f"namePrefix: dev-\nreplicas: [{{name: {name}, count: 5}}]\n")
    assert one(group, "Deployment").spec["replicas"] == 5


def test_what_is_changed_is_checked_by_schemas_and_what_is_not_is_not_again() -> None:
    group = applied("images: [{name: web, newTag: '2'}]\n")
    assert [item.kind for item in group.changed] == ["Deployment"]
    assert {item.kind for item in applied("").objects} - {"Deployment"} != set()
    assert applied("").changed == []


ODD: list[Any] = [None, True, 1, 1.5, "", "x", [], ["x"], [None], [{}], {}, {"a": 1}, [{"name": None}], [{"pairs": 1}]]


@pytest.mark.parametrize(
    "key", ["namespace", "namePrefix", "nameSuffix", "labels", "commonLabels", "replicas", "images"]
)
@pytest.mark.parametrize("value", ODD, ids=str)
def test_no_shape_however_odd_breaks_it(key: str, value: Any) -> None:
    odd = "---\n{kind: Deployment, apiVersion: apps/v1}\n---\n{kind: Service, apiVersion: v1, metadata: 1, spec: [1]}\n"
    odd += "---\n{kind: Deployment, apiVersion: apps/v1, metadata: {name: [1], namespace: {a: b}}}\n"
    texts = folder(yaml.safe_dump({key: value}), odd)
    assert all(isinstance(each, Finding) for each in check_groups(groups_in(texts)))
