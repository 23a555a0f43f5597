"""Reading a folder of manifests that anybody may have written: groups that are applied together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from advisor.errors import InputError
from advisor.manifests.check import Finding, check_groups
from advisor.manifests.objects_of import MOST_BYTES, Group, documents_in, groups_in, groups_of

POD = b"apiVersion: v1\nkind: Pod\nmetadata: {name: %s}\nspec: {containers: [{name: x, image: 'x:1'}]}\n"
KUSTOMIZE = b"apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"


def names(group: Group) -> list[str]:
    return sorted(item.name for item in group.objects)


def findings(texts: dict[str, bytes | None]) -> list[Finding]:
    return check_groups(groups_in(texts))


def test_an_overlay_is_read_with_its_base_and_two_do_not_meet() -> None:
    texts: dict[str, bytes | None] = {
        "base/kustomization.yaml": KUSTOMIZE + b"resources: [a.yaml]\n",
        "base/a.yaml": POD % b"a",
        "dev/kustomization.yaml": KUSTOMIZE + b"resources: [../base, b.yaml]\n",
        "dev/b.yaml": POD % b"b",
        "prod/kustomization.yaml": KUSTOMIZE + b"resources: [../base, b.yaml]\n",
        "prod/b.yaml": POD % b"b",
        "loose.yaml": POD % b"c",
    }
    assert sorted(names(group) for group in groups_in(texts)) == [["a", "b"], ["a", "b"], ["c"]]
    assert findings(texts) == []


def test_a_patch_is_no_object() -> None:
    texts: dict[str, bytes | None] = {
        "kustomization.yaml": KUSTOMIZE
        + b"resources: [a.yaml]\npatches: [{path: p.yaml}]\npatchesStrategicMerge: [q.yaml]\n",
        "a.yaml": POD % b"a",
        "p.yaml": b"apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: x}]}\n",
        "q.yaml": b"apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: x}]}\n",
    }
    (group,) = groups_in(texts)
    assert names(group) == ["a"]
    assert findings(texts) == []
    assert [item.file for item in documents_in(texts)] == ["kustomization.yaml", "a.yaml"]


def test_a_resource_that_is_not_there_is_found_and_a_remote_one_is_not_looked_for() -> None:
    resources = b"resources: [gone.yaml, 'https://example.com/x.yaml', 'github.com/a/b//c?ref=v1']\n"
    (finding,) = findings({"kustomization.yaml": KUSTOMIZE + resources})
    assert str(finding) == "kustomization.yaml: names 'gone.yaml', which is not there [readable]"


def test_kustomizations_that_name_each_other_end() -> None:
    texts: dict[str, bytes | None] = {
        "a/kustomization.yaml": KUSTOMIZE + b"resources: [../b, x.yaml]\n",
        "a/x.yaml": POD % b"x",
        "b/kustomization.yaml": KUSTOMIZE + b"resources: [../a]\n",
    }
    assert groups_in(texts) == []  # each builds on the other, so none is what is applied


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"a: [\n", "is not valid YAML in line 2"),
        (b"\xff\xfe\x00", "cannot be read as YAML"),
        (b"[" * 100_000, "exceeded maximum nesting depth"),
        (b"a: 2026-13-45\n", "cannot be read as YAML"),
        (None, f"is larger than {MOST_BYTES:,} bytes"),
    ],
)
def test_what_cannot_be_read_is_a_finding(text: bytes | None, message: str) -> None:
    (finding,) = findings({"x.yaml": text})
    assert message in str(finding)


def test_templates_lists_and_values_of_other_tools_are_passed_by() -> None:
    texts: dict[str, bytes | None] = {
        "template.yaml": b"AWSTemplateFormatVersion: '2010-09-09'\nA: {B: !Sub x, C: !GetAtt [a, b], D: !If {a: b}}\n",
        "list.yaml": b"apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: Pod, metadata: {name: A}}]\n",
        "values.yaml": b"- 1\n- text\n",
        "empty.yaml": b"",
        "chart.yaml": b"apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\nmetadata: {name: A_B}\n",
    }
    (finding,) = findings(texts)
    assert "list.yaml: Pod A: 'A' is no legal name" in str(finding)


def test_hidden_files_and_others_are_left_alone(tmp_path: Path) -> None:
    for name in ("a.yaml", ".git/b.yaml", "notes.txt", "c.yml", "d.json"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(POD % path.stem.encode() if path.suffix != ".json" else b'{"apiVersion": "v1", "kind": "X"}')
    (group,) = groups_of(tmp_path)
    assert sorted(item.file for item in group.objects) == ["a.yaml", "c.yml", "d.json"]


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="there is no such folder"):
        groups_of(tmp_path / "x")


# --- patches: what is checked is what is applied

DEPLOYMENT = b"""
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop, labels: {app: shop}}
spec:
  replicas: 2
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec:
      containers:
      - {name: web, image: 'web:1', resources: {requests: {cpu: 1}, limits: {cpu: 1}}}
      - {name: log, image: 'log:1'}
      volumes: [{name: tmp, emptyDir: {}}]
"""
MERGE = b"apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: shop}\nspec: {template: {spec: %s}}\n"


def overlay(patch: bytes, how: bytes = b"patches: [{path: p.yaml}]\n") -> dict[str, bytes | None]:
    """A base with a deployment, and an overlay that changes it."""
    return {
        "base/kustomization.yaml": KUSTOMIZE + b"resources: [d.yaml]\n",
        "base/d.yaml": DEPLOYMENT,
        "prod/kustomization.yaml": KUSTOMIZE + b"resources: [../base]\n" + how,
        **({"prod/p.yaml": patch} if b"p.yaml" in how else {}),
    }


def applied(patch: bytes, how: bytes = b"patches: [{path: p.yaml}]\n") -> Any:
    """The spec of the deployment as the overlay applies it."""
    (group,) = groups_in(overlay(patch, how))
    (item,) = group.objects
    assert group.faults == []
    assert group.changed == [item]
    return item.spec


MERGES = b"patches: [{path: p.yaml}]\n"
TARGETED = b"patches: [{path: p.yaml, target: {kind: Deployment, name: sh.*, labelSelector: app=shop}}]\n"


def test_a_strategic_merge_changes_containers_by_their_name() -> None:
    pod = applied(MERGE % b"{containers: [{name: log, image: 'log:2'}, {name: new, image: 'new:1'}]}")["template"][
        "spec"
    ]
    images = [(each["name"], each["image"]) for each in pod["containers"]]
    assert images == [("log", "log:2"), ("new", "new:1"), ("web", "web:1")]  # in the order of kubectl kustomize
    assert pod["volumes"] == [{"name": "tmp", "emptyDir": {}}]


def test_a_strategic_merge_takes_away_what_is_null_or_deleted_and_replaces_other_lists() -> None:
    changed = b"{containers: [{name: log, $patch: delete}, {name: web, args: [run], resources: null}], volumes: null}"
    pod = applied(MERGE % changed)["template"]["spec"]
    assert pod == {"containers": [{"name": "web", "image": "web:1", "args": ["run"]}]}


def test_a_json_patch_adds_replaces_and_removes() -> None:
    operations = b"""
    - {op: test, path: /spec/replicas, value: 2}
    - {op: replace, path: /spec/replicas, value: 3}
    - {op: add, path: /spec/template/spec/containers/0, value: {name: first, image: 'first:1'}}
    - {op: add, path: /spec/template/spec/volumes/-, value: {name: more}}
    - {op: remove, path: /spec/template/spec/containers/2}
    - {op: copy, from: /spec/replicas, path: /spec/revisionHistoryLimit}
    - {op: move, from: /spec/template/metadata/labels/app, path: /spec/template/metadata/labels/a~1b}
    """
    spec = applied(operations, TARGETED)
    assert (spec["replicas"], spec["revisionHistoryLimit"]) == (3, 3)
    assert [each["name"] for each in spec["template"]["spec"]["containers"]] == ["first", "web"]
    assert [each["name"] for each in spec["template"]["spec"]["volumes"]] == ["tmp", "more"]
    assert spec["template"]["metadata"]["labels"] == {"a/b": "shop"}


@pytest.mark.parametrize(
    "how",
    [
        b"patchesStrategicMerge: [p.yaml]\n",
        b"patches: [{path: p.yaml}]\n",
        TARGETED,
        b"patches:\n- patch: |\n    [{op: replace, path: /spec/replicas, value: 5}]\n  target: {kind: Deployment}\n",
    ],
)
def test_patches_stand_in_files_or_inline(how: bytes) -> None:
    merge = b"apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: shop}\nspec: {replicas: 5}\n"
    assert applied(merge, how)["replicas"] == 5


def test_the_rules_are_asked_about_what_an_overlay_applies() -> None:
    good = MERGE % b"{containers: [{name: web, resources: {limits: {cpu: 2}}}]}"
    bad = MERGE % b"{containers: [{name: web, resources: {requests: {cpu: 2}}}]}"
    assert findings(overlay(good)) == []
    (finding,) = findings(overlay(bad))
    assert (finding.file, finding.rule) == ("base/d.yaml", "requests-within-limits")


def test_the_base_of_an_overlay_may_be_wrong_until_it_is_changed() -> None:
    texts = overlay(MERGE % b"{containers: [{name: web, image: 'web:1'}]}")
    texts["base/d.yaml"] = DEPLOYMENT.replace(b"image: 'web:1', ", b"")
    assert findings(texts) == []


@pytest.mark.parametrize(
    ("patch", "how", "message"),
    [
        (
            MERGE.replace(b"shop", b"store") % b"{}",
            b"patches: [{path: p.yaml}]\n",
            "changes an object that is not there",
        ),
        (b"[{op: replace, path: /spec/none, value: 1}]", TARGETED, "cannot be applied: none is not there"),
        (b"[{op: test, path: /spec/replicas, value: 1}]", TARGETED, "cannot be applied: /spec/replicas is not 1"),
        (b"[{op: add, path: /spec/template/spec/volumes/x, value: 1}]", TARGETED, "cannot be applied"),
        (b"[{op: add, path: /spec/replicas/x, value: 1}]", TARGETED, "cannot be added to a value"),
        (b"[{op: swap, path: /spec/replicas}]", TARGETED, "'swap' is no operation"),
        (b"[{op: remove, path: replicas}]", TARGETED, "'replicas' is no path"),
        (b"", b"patches: [{path: gone.yaml}]\n", "names 'gone.yaml', which is not there"),
    ],
)
def test_a_patch_that_does_not_fit_is_a_finding(patch: bytes, how: bytes, message: str) -> None:
    (finding,) = findings(overlay(patch, how))
    assert finding.rule == "readable"
    assert message in finding.message


def test_a_component_changes_what_it_is_added_to_and_a_merge_may_delete() -> None:
    gone = b"apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: shop}\n$patch: delete\n"
    texts = overlay(b"", b"components: [../less]\n")
    texts["less/kustomization.yaml"] = KUSTOMIZE + b"patches: [{path: p.yaml}]\n"
    texts["less/p.yaml"] = gone
    assert groups_in(texts) == []
