"""Serving stacks: what they change about a cluster, where they run, and who may not have one."""

from __future__ import annotations

import json
import shutil
import sys
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from advisor import comparison
from advisor.answer import explain_one
from advisor.cli import main
from advisor.errors import InputError
from advisor.evaluation import Wanted
from advisor.explanation import Explanation
from advisor.nodes import Room
from advisor.platforms import PLATFORMS, chosen
from advisor.platforms.overhead import Beside, with_pod_overhead
from advisor.platforms.stacks import STACKS, clusters, with_stacks
from advisor.workload import Workload, Workloads, workload_from
from pricing import DATA, OverlayError, PriceBook, load
from pricing.effort import load_effort
from pricing.refresh.effort import with_stack
from pricing.stacks import stack_names

AS_OF = date(2026, 11, 24)
SMALL = {"name": "small", "requests_per_month": 26280000, "duration_s": 0.1, "vcpu": 0.5, "memory_gib": 1}
DATED = ("--as-of", "2026-11-24")


@pytest.fixture(scope="module")
def book() -> PriceBook:
    return load(AS_OF)


@pytest.fixture(scope="module")
def listed() -> Any:
    return yaml.safe_load((DATA / "common/stacks.yaml").read_text(encoding="utf-8"))


def explained(book: PriceBook, option: str, **fields: object) -> Explanation:
    (platform,) = chosen([option])
    return explain_one(workload_from({**SMALL, **fields}, "test"), platform, book, Wanted()).options[0]


def test_the_stacks_of_the_code_are_those_of_the_facts(listed: Any) -> None:
    assert tuple(STACKS) == stack_names(listed)


def test_a_stack_belongs_to_the_family_of_effort_that_the_facts_name(listed: Any) -> None:
    stacked = [platform for platform in with_stacks(PLATFORMS) if platform.stack]
    assert len(stacked) == len(clusters(PLATFORMS)) * len(STACKS)
    for platform in stacked:
        families = listed["stacks"][platform.stack]["effort"]
        assert platform.effort == families[platform.capabilities], platform.id


def test_every_cluster_is_followed_by_itself_with_each_stack() -> None:
    names = [platform.id for platform in chosen(["gke", "cloud-run"], stacks=True)]
    assert names == ["cloud-run", "gke", "gke+knative", "gke+kserve", "gke+seldon"]
    assert [platform.id for platform in chosen(None)] == [platform.id for platform in PLATFORMS]
    assert [platform.id for platform in chosen(["eks+knative", "gke"])] == ["gke", "eks+knative"]


def test_a_stack_lays_its_figures_over_those_of_the_cluster(book: PriceBook) -> None:
    """Knative: target 0.7, pods go after 60 s, the last one after 60 to 90; 25 millicores of a pod."""
    facts = book.facts("common/kubernetes") | book.facts("stacks/knative")
    assert [facts[name] for name in ("target_utilisation", "pod_release_s", "zero_delay_s", "replicas_min")] == [
        0.7,
        60.0,
        90.0,
        0.0,
    ]
    pod = with_pod_overhead(Workloads.of([Workload.model_validate(SMALL)]), facts)
    assert (pod.vcpu.item(), pod.memory_gib.item()) == (0.525, 1.0)
    plain = Workloads.of([Workload.model_validate(SMALL)])
    assert with_pod_overhead(plain, book.facts("common/kubernetes")) is plain


def test_a_stack_adds_what_its_cluster_cannot_do(book: PriceBook) -> None:
    assert book.capabilities("gke")["scale_to_zero"] == "no"
    assert book.capabilities("gke", "knative")["scale_to_zero"] == "yes"
    assert book.capabilities("gke", "knative").fact("request_queueing").source.startswith("Knative")
    assert book.capabilities("gke", "seldon")["scale_to_zero"] == "no"


def test_its_own_pods_take_what_replicas_leave() -> None:
    """2 vCPU and 8 GiB a node; 0.8 and 1 beside pods of 0.5 and 1: 3 of them fill max((1.5 + 0.8)/2, (3 + 1)/8)."""
    room = Room(np.array([2.0]), np.array([8.0]), np.zeros(1), np.array([110.0]))
    beside = Beside(0.8, 1.0)
    work = Workloads.of([Workload.model_validate({**SMALL, "vcpu": 0.5, "memory_gib": 1})])
    assert beside.share(room) == pytest.approx([0.4])
    assert beside.among(work, np.array([[4.0]]), room).nodes(np.array([[3.0]])).item() == pytest.approx(1.15)
    # trimmed to five a node: 0.4 vCPU each
    assert beside.among(work, np.array([[5.0]]), room).nodes(np.array([[3.0]])).item() == pytest.approx(1.0)


def test_a_licence_has_no_price_until_the_user_states_one(book: PriceBook, tmp_path: Path) -> None:
    """12,000 a year are 1,000 a month; two services that share the cluster pay half each."""
    assert explained(book, "gke+seldon").status.name == "UNKNOWN"
    path = tmp_path / "ours.yaml"
    price = "prices: [{service: stacks/seldon, meter: licence_months, usd: 1000}]\n"
    path.write_text(f"name: ours\nsource: contract\n{price}", encoding="utf-8")
    ours = load(AS_OF, path)
    assert {line.meter: line.usd for line in explained(ours, "gke+seldon").lines}["licence_months"] == 1000.0
    shared = explained(ours, "gke+seldon", has_cluster=True, cluster_services=2)
    assert {line.meter: line.usd for line in shared.lines}["licence_months"] == 500.0


@pytest.mark.parametrize(
    ("fact", "allowed"),
    [
        ("target_utilisation, value: 0", "0 is out of bounds; allowed is a number above 0 and at most 1"),
        ("pod_release_s, value: 3000", "3000 is out of bounds; allowed is a number of at least 0 and at most 1800"),
    ],
)
def test_what_a_stack_cannot_be_told(fact: str, allowed: str, tmp_path: Path) -> None:
    path = tmp_path / "ours.yaml"
    entry = f"facts: [{{service: stacks/knative, fact: {fact}}}]\n"
    path.write_text(f"name: ours\nsource: measured\n{entry}", encoding="utf-8")
    with pytest.raises(OverlayError, match=allowed):
        load(AS_OF, path)


def test_where_a_stack_runs_is_a_limit(book: PriceBook) -> None:
    limits = {limit.name: limit for limit in explained(book, "k3s+seldon", scope="demo").limits}
    assert limits["run seldon on it"].fact is not None
    assert limits["run seldon on it"].fact.value == "unknown"
    assert not limits["run seldon on it"].broken.any()


def test_a_cluster_that_is_said_not_to_run_it_cannot(tmp_path: Path) -> None:
    data = shutil.copytree(DATA, tmp_path / "data")
    path = data / "common/stacks.yaml"
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    document["stacks"]["kserve"]["runs_on"]["gke"]["value"] = "no"
    path.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    found = explained(load(AS_OF, data=data), "gke+kserve")
    assert (found.status.name, found.why_not) == ("INFEASIBLE", ("cannot run kserve on it",))


def test_a_service_nobody_calls_leaves_no_replica(book: PriceBook) -> None:
    found = explained(book, "gke+knative", requests_per_month=0, has_cluster=True)
    assert found.plan.replicas.max() == 0
    assert found.cold_share == 0
    assert explained(book, "gke", requests_per_month=0).plan.replicas.min() == 1


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("gke+ksrve", "stack 'ksrve' is not known; did you mean 'kserve'?"),
        ("gke+", "stack '' is not known; there is knative, kserve, seldon"),
        ("gkee+kserve", "option 'gkee+kserve' is not known; did you mean 'gke+kserve' or"),
        ("cloud-run+kserve", "option 'cloud-run+kserve' cannot be: a stack runs on a cluster of nodes; those are gke,"),
        (
            "gke-autopilot+knative",
            "option 'gke-autopilot+knative' cannot be: a stack runs on a cluster of nodes; those are",
        ),
        ("gke+knative+kserve", "stack 'knative+kserve' is not known; did you mean 'knative'"),
    ],
)
def test_a_stack_that_cannot_be_is_one_message(option: str, message: str) -> None:
    with pytest.raises(InputError) as raised:
        chosen([option])
    assert str(raised.value).startswith(message)
    assert "\n" not in str(raised.value)


def test_one_row_equals_its_row_in_a_batch_with_stacks(book: PriceBook) -> None:
    rows = [
        Workload.model_validate(
            {**SMALL, "name": f"row {row}", "requests_per_month": 10.0**row, "has_cluster": row % 2 == 1,
             "cold_starts_allowed": row % 3 > 0, "profile": ("steady", "office-hours")[row % 2],
             "availability": (0.99, 0.995)[row % 4 == 3], "cluster_services": 1 + row}
        )
        for row in range(10)
    ]  # fmt: skip
    platforms = chosen(["gke+knative", "eks+seldon", "k3s+kserve", "on-prem", "on-prem+knative"])
    together = comparison.compare(Workloads.of(rows), platforms, book).options
    for row, workload in enumerate(rows):
        alone = comparison.compare(Workloads.of([workload]), platforms, book).options
        for option, best in alone.items():
            assert best.variant(0) == together[option].variant(row)
            assert np.array_equal(best.usd, together[option].usd[row : row + 1], equal_nan=True), (option, row)


# the command line


def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[object, str, str]:
    monkeypatch.setattr(sys, "argv", ["advisor", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    out, err = capsys.readouterr()
    return ended.value.code, out, err


@pytest.fixture
def workload(tmp_path: Path) -> str:
    path = tmp_path / "small.yaml"
    path.write_text(yaml.safe_dump(SMALL), encoding="utf-8")
    return str(path)


def test_stacks_are_compared_where_asked_for(
    workload: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(monkeypatch, capsys, "compare", workload, "--options", "gke", "--stacks", "--json", *DATED)
    options = {each["option"]: each for each in json.loads(out)["options"]}
    assert (code, list(options)) == (0, ["gke", "gke+knative", "gke+kserve", "gke+seldon"])
    assert options["gke+kserve"]["stack"] == "kserve"
    assert options["gke+seldon"]["status"] == "unknown"
    assert options["gke+seldon"]["monthly_usd"] is None


@pytest.mark.parametrize("option", ["gke+ksrve", "cloud-run+kserve"])
def test_a_wrong_stack_ends_with_two(
    option: str, workload: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in (("compare", workload, "--options", option), ("explain", workload, option)):
        code, out, err = run(monkeypatch, capsys, *words, *DATED)
        assert (code, out, err.count("\n")) == (2, "", 1)


def test_an_impossible_server_ends_with_two(
    workload: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "ours.yaml"
    fact = "facts: [{service: on_prem/hardware, fact: server_life_years, value: 0}]\n"
    path.write_text(f"name: ours\nsource: invoice\n{fact}", encoding="utf-8")
    code, out, err = run(monkeypatch, capsys, "compare", workload, "--prices", str(path), *DATED)
    assert (code, out) == (2, "")
    assert err == f"advisor: {path}: facts, entry 1: value: 0 is out of bounds; allowed is a number above 0\n"


def test_stacks_stand_side_by_side(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    code, out, _ = run(monkeypatch, capsys, "stacks", *DATED)
    assert code == 0
    assert max(map(len, out.splitlines())) <= 80
    words = " ".join(out.split())
    for said in ("plain", "knative", "kserve", "seldon", "Apache-2.0", "price not public:", "cost driver", "skill"):
        assert said in words


def test_stacks_as_a_document_name_every_source(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = run(monkeypatch, capsys, "stacks", "--json", *DATED)
    stacks = json.loads(out)["stacks"]
    assert stacks["seldon"]["licence"]["usd_per_year"] == "unknown"
    assert stacks["seldon"]["licence"]["source"]["url"] == "https://github.com/kserve/kserve/issues/3380"
    assert stacks["seldon"]["licence"]["last_stated"]["source"]["grade"] == "quoted"
    assert stacks["knative"]["pod_overhead"]["parts"][0]["source"]["title"].startswith("Knative Serving")
    assert stacks["knative"]["runs_on"]["gke-autopilot"]["value"] == "unknown"


# hours of work


def hour(family: str, activity: str, *points: str, source: str = "judgement") -> dict[str, str]:
    low, mode, high = points
    return {"family": family, "activity": activity, "skill": "working", "unit": "person-hours",
            "low": low, "mode": mode, "high": high, "source": source}  # fmt: skip


def test_a_stack_asks_for_the_same_hours_on_every_cluster() -> None:
    """A09: 5 + 6 - 2 = 9 at the middle. A08 is of stacks alone. A01 does not change, nor what only this cluster has."""
    rows = [
        hour("MK", "A01", "2", "4", "10"),
        hour("MK", "A09", "0.5", "2", "6"),
        hour("MKS", "A01", "2", "4", "10"),
        hour("MKS", "A09", "2", "6", "20"),
        hour("MKS", "A08", "8", "24", "80"),
        hour("ONP", "A01", "3", "5", "12", source="hardware_wait"),
        hour("ONP", "A09", "1", "5", "9"),
        hour("ONP", "O11", "4", "12", "40"),
    ]
    assert [tuple(row.values()) for row in with_stack(rows)] == [
        ("ONPS", "A01", "working", "person-hours", "3", "5", "12", "hardware_wait"),
        ("ONPS", "A09", "working", "person-hours", "2.5", "9", "23", "stack_increment"),
        ("ONPS", "O11", "working", "person-hours", "4", "12", "40", "judgement"),
        ("ONPS", "A08", "working", "person-hours", "8", "24", "80", "stack_increment"),
    ]


def test_every_option_with_a_stack_has_its_hours() -> None:
    tables = load_effort(DATA)
    for platform in with_stacks(PLATFORMS):
        assert tables.uses_kubernetes_skill(platform.effort) or not platform.stack, platform.id
        assert (platform.effort, "working") in tables.activities, platform.id
