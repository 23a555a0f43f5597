"""The tables of what options can do and what stacks add: whole, sourced, and in agreement with each other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
import yaml

Table = dict[str, Any]

DATA: Final = Path(__file__).parents[1] / "pricing" / "data" / "common"
CLUSTERS: Final = ["gke", "eks", "aks", "self-managed", "gke-autopilot", "eks-fargate", "eks-auto", "k3s", "on-prem"]
MANAGED: Final = [
    "cloud-run",
    "vertex-ai",
    "sagemaker-realtime",
    "sagemaker-serverless",
    "sagemaker-async",
    "lambda",
    "azure-ml",
    "container-apps",
]
CAPABILITIES: Final = [
    "read_manifest",
    "edit_manifest",
    "vpc",
    "grpc",
    "streaming",
    "websockets",
    "sidecar",
    "daemon",
    "custom_autoscaling",
    "public_https",
    "gpu",
    "choose_gpu_type",
    "scale_to_zero",
    "node_image_and_kernel",
    "network_policy",
    "protocol_beyond_http",
    "placement",
    "multiple_models_per_replica",
    "request_queueing",
    "ssh_or_exec",
]
NEEDS: Final = {
    "needs_vpc": "vpc",
    "needs_grpc": "grpc",
    "needs_streaming": "streaming",
    "needs_websockets": "websockets",
    "needs_sidecar": "sidecar",
    "needs_daemon": "daemon",
    "needs_custom_autoscaling": "custom_autoscaling",
    "needs_manifest_access": "edit_manifest",
}
# Vendors, projects and two places of observation. An index of packages is not a source of anything.
HOSTS: Final = [
    "kubernetes.io",
    "github.com",
    "cloud.google.com",
    "docs.cloud.google.com",
    "container.googleapis.com",
    "run.googleapis.com",
    "aiplatform.googleapis.com",
    "docs.aws.amazon.com",
    "learn.microsoft.com",
    "docs.k3s.io",
    "knative.dev",
    "kserve.github.io",
    "livebook.manning.com",
]
EFFORT_FAMILIES: Final = {"MK", "MKA", "SELF", "K3S", "ONP", "MKS", "MKAS", "SELFS", "K3SS", "ONPS"}


class UniqueKeys(yaml.SafeLoader):
    """A loader that refuses a key written twice, where YAML would silently keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=deep) for key, _ in node.value]
        assert len(keys) == len(set(keys)), f"key written twice at line {node.start_mark.line + 1}: {keys}"
        return super().construct_mapping(node, deep=deep)


def read(name: str) -> Table:
    loader = UniqueKeys((DATA / name).read_text(encoding="utf-8"))
    try:
        table: Table = loader.get_single_data()
    finally:
        loader.dispose()
    return table


@pytest.fixture(scope="module")
def capabilities() -> Table:
    return read("capabilities.yaml")


@pytest.fixture(scope="module")
def stacks() -> Table:
    return read("stacks.yaml")


def cells(capabilities: Table) -> Iterator[tuple[str, str, Table]]:
    for option, row in capabilities["options"].items():
        for capability, cell in row.items():
            yield option, capability, cell


def source_keys(node: object) -> Iterator[str]:
    """Every key written under `source`, at any depth."""
    if isinstance(node, dict):
        if "source" in node:
            yield node["source"]
        for child in node.values():
            yield from source_keys(child)
    elif isinstance(node, list):
        for child in node:
            yield from source_keys(child)


def value(capabilities: Table, option: str, capability: str) -> str:
    return str(capabilities["options"][option][capability]["value"])


def test_every_option_answers_every_capability(capabilities: Table) -> None:
    assert list(capabilities["capabilities"]) == CAPABILITIES
    assert sorted(capabilities["options"]) == sorted([*MANAGED, *CLUSTERS])
    for option, row in capabilities["options"].items():
        assert list(row) == CAPABILITIES, option


def test_every_capability_has_a_sentence_and_a_question(capabilities: Table) -> None:
    for name, texts in capabilities["capabilities"].items():
        assert set(texts) == {"label", "question"}, name
        assert texts["label"].endswith("."), name
        assert texts["question"].endswith("?"), name


def test_answers_are_words_and_say_where_they_come_from(capabilities: Table) -> None:
    for option, capability, cell in cells(capabilities):
        where = f"{option} {capability}"
        assert set(cell) <= {"value", "source", "note"}, where
        assert cell["value"] in ("yes", "no", "unknown"), where  # an unquoted yes would be a truth value
        assert cell.get("source"), where
        assert cell["value"] != "unknown" or cell.get("note"), f"{where}: say where was looked"


@pytest.mark.parametrize("name", ["capabilities.yaml", "stacks.yaml"])
def test_sources_are_complete_known_and_used(name: str) -> None:
    table = read(name)
    sources = table.pop("sources")
    assert set(source_keys(table)) == set(sources)
    for key, source in sources.items():
        assert set(source) == {"title", "url", "grade", "stated", "read"}, key
        assert source["title"], key
        assert source["grade"] in ("primary", "quoted", "secondary"), key
        assert type(source["read"]) is date, key
        assert source["stated"] == "unknown" or source["stated"] <= source["read"], key
        address = urlsplit(source["url"])
        assert address.scheme == "https", key
        assert address.hostname in HOSTS, key


def test_needs_of_a_workload_ask_for_capabilities(capabilities: Table) -> None:
    assert capabilities["needs"] == NEEDS


def test_control_is_a_set_of_capabilities(capabilities: Table) -> None:
    control = capabilities["control"]
    assert len(control) == len(set(control)) == 10
    assert set(control) <= set(CAPABILITIES)


def test_manifests_are_open_on_cloud_run_and_clusters_and_closed_on_vertex(capabilities: Table) -> None:
    for option in ["cloud-run", *CLUSTERS]:
        assert value(capabilities, option, "read_manifest") == "yes", option
        assert value(capabilities, option, "edit_manifest") == "yes", option
    assert value(capabilities, "vertex-ai", "read_manifest") == "no"
    assert value(capabilities, "vertex-ai", "edit_manifest") == "no"


def test_published_limits_hold(capabilities: Table) -> None:
    """Limits that the vendors state in so many words: Fargate's list, serverless exclusions, async's queue."""
    assert value(capabilities, "eks-fargate", "gpu") == "no"
    assert value(capabilities, "eks-fargate", "daemon") == "no"
    assert value(capabilities, "sagemaker-serverless", "vpc") == "no"
    assert value(capabilities, "sagemaker-async", "request_queueing") == "yes"
    assert value(capabilities, "vertex-ai", "request_queueing") == "no"
    assert value(capabilities, "container-apps", "websockets") == "yes"


def test_choosing_a_gpu_needs_a_gpu(capabilities: Table) -> None:
    for option in capabilities["options"]:
        assert value(capabilities, option, "choose_gpu_type") == value(capabilities, option, "gpu"), option


def test_stacks_say_what_they_are(stacks: Table) -> None:
    assert list(stacks["stacks"]) == ["plain", "knative", "kserve", "seldon"]
    for name, stack in stacks["stacks"].items():
        assert stack["label"], name
        assert stack["cost_driver"].endswith("."), name
        assert stack["skill"] == "kubernetes", name
        assert 0 < stack["utilisation_target"]["value"] < 1, name
        assert stack["pod_release_s"]["value"] > 0, name


def test_a_stack_that_reaches_zero_says_when(stacks: Table) -> None:
    for name, stack in stacks["stacks"].items():
        reaches = stack["reaches_zero_pods"]["value"]
        assert reaches in ("yes", "no"), name
        assert (reaches == "yes") == ("zero_delay_s" in stack), name
        assert (reaches == "yes") == ("scale_to_zero" in stack["adds"]), name
        if reaches == "yes":
            # stable window 60 s and up to 30 s of grace
            assert (stack["zero_delay_s"]["low"], stack["zero_delay_s"]["high"]) == (60, 90), name


@pytest.mark.parametrize("overhead", ["pod_overhead", "cluster_overhead"])
@pytest.mark.parametrize("unit", ["millicores", "mib"])
def test_overheads_are_the_sum_of_their_parts(stacks: Table, overhead: str, unit: str) -> None:
    for name, stack in stacks["stacks"].items():
        total = 0.0
        for part in stack[overhead]["parts"]:
            assert part["name"], name
            assert part["source"], name
            total += part[unit]
        assert stack[overhead][unit] == pytest.approx(total, abs=1e-9), name


def test_overheads_of_the_projects_manifests(stacks: Table) -> None:
    """Worked by hand from the requests in the manifests.

    Knative 300 + 100 + 100 + 100 = 600 millicores and Kourier 200; 60 + 100 + 100 + 100 = 360 MiB and 200.
    Seldon 100 + 100 + 100 + 10 + 100 + 100 + 1 = 511 millicores;
    5 GB = 5e9 / 2^20 = 4768.372 MiB, and 64 + 128 + 1024 + 32 = 1248 MiB.
    """
    table = stacks["stacks"]
    assert (table["knative"]["pod_overhead"]["millicores"], table["plain"]["pod_overhead"]["millicores"]) == (25, 0)
    assert table["knative"]["cluster_overhead"]["millicores"] == 600 + 200
    assert table["knative"]["cluster_overhead"]["mib"] == 360 + 200
    assert table["seldon"]["cluster_overhead"]["millicores"] == 511
    assert table["seldon"]["cluster_overhead"]["mib"] == pytest.approx(4768.372 + 1248, abs=0.005)


def test_a_figure_of_our_own_states_its_rule(stacks: Table) -> None:
    own = [stack["utilisation_target"] for stack in stacks["stacks"].values() if "grade" in stack["utilisation_target"]]
    assert len(own) == 2
    for figure in own:
        assert figure["grade"] == "judgement"
        assert figure["rule"]


def test_stacks_run_on_clusters_by_a_known_family_of_effort(stacks: Table) -> None:
    for name, stack in stacks["stacks"].items():
        assert sorted(stack["runs_on"]) == sorted(stack["effort"]) == sorted(CLUSTERS), name
        assert set(stack["effort"].values()) <= EFFORT_FAMILIES, name
        for option, answer in stack["runs_on"].items():
            assert answer["value"] in ("yes", "no", "unknown"), (name, option)
            assert answer["value"] == "yes" or answer["note"], (name, option)


def test_a_stack_adds_only_what_its_cluster_lacks(stacks: Table, capabilities: Table) -> None:
    for name, stack in stacks["stacks"].items():
        for capability in stack["adds"]:
            for option in stack["runs_on"]:
                assert value(capabilities, option, capability) == "no", (name, option, capability)


def test_a_licence_that_must_be_paid_never_counts_as_free(stacks: Table) -> None:
    for name, stack in stacks["stacks"].items():
        licence = stack["licence"]
        assert licence["name"], name
        assert (licence["production_use_free"] == "yes") == (licence["usd_per_year"] == 0), name
    seldon = stacks["stacks"]["seldon"]["licence"]
    assert (seldon["production_use_free"], seldon["usd_per_year"]) == ("no", "unknown")
