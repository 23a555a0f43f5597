"""Reading a folder of manifests that anybody may have written: groups that are applied together."""

from __future__ import annotations

from pathlib import Path

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
