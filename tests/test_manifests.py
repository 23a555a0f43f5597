"""Manifests: every option has a writer, files say what the plan says, and nothing a user writes gets out of place."""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from blueprints import OPTIONS, plan, workload
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.errors import InputError
from advisor.explanation import Explanation, explain
from advisor.manifests import Bundle, build
from advisor.manifests.azure_ml import rules
from advisor.manifests.bundle import command
from advisor.manifests.check import check_groups
from advisor.manifests.commented import Noted, plain, planned, yaml_text
from advisor.manifests.names import LONGEST, SHORTEST, account_name, change_told, is_dns_label, legal_name
from advisor.manifests.objects_of import groups_in
from advisor.manifests.writers import STACKS, writer
from advisor.market import Market
from advisor.platforms import PLATFORMS, chosen
from advisor.platforms.platform import Platform
from advisor.workload import Workload, Workloads
from pricing import DATA, load

AS_OF = dt.date(2026, 11, 24)
BOOK = load(AS_OF)
CASES: dict[str, dict[str, Any]] = {
    "plain": {},
    "gpu": {"work": workload(gpu="l4"), "gpu": "l4", "machine_gpus": 1},
    "grpc": {"work": workload(needs_grpc=True, exposure="public", needs_vpc=True)},
    "public": {"work": workload(exposure="public", latency_p95_s=1.5, needs_streaming=True)},
    "spot": {"purchase": "spot"},
    "zero": {"mode": "scale-to-zero", "least": 0, "least_machines": 0},
    "zones": {"work": workload(survive_zone=True, has_cluster=True)},
}
PLANS = [pytest.param(option, case, id=f"{option} {case}") for option in OPTIONS for case in CASES]


ALL = [platform.id for platform in chosen(None, stacks=True)]
SUBSTITUTION = re.compile(r"\$\(((?:[^()]|\([^()]*\))*)\)")


def bundle(option: str, case: str = "plain") -> Bundle:
    return writer(option)(plan(option, **CASES[case]))


def explained(option: str, **fields: Any) -> Explanation:
    (platform,) = chosen([option])
    return explain_alone(workload(**fields), platform)


def explain_alone(work: Workload, platform: Platform) -> Explanation:
    return explain(work, Workloads.of([work]), platform, Market(BOOK))


def built(option: str, **fields: Any) -> Bundle:
    found = explained(option, **fields)
    return build(found.workload, found)


def document(files: Bundle, name: str, kind: str | None = None) -> Any:
    return next(each for each in files.documents[name] if kind in (None, each.get("kind")))


def values_in(tree: Any) -> Iterator[str]:
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield str(key)
            yield from values_in(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from values_in(value)
    else:
        yield str(tree)


# --- every option


def test_every_option_has_a_writer() -> None:
    capabilities = yaml.safe_load((DATA / "common/capabilities.yaml").read_text(encoding="utf-8"))
    listed = {*capabilities["options"], *(platform.id for platform in chosen(None, stacks=True))} - {"self-managed"}
    assert {option for option in listed if not writer(option)} == set()
    stacks = yaml.safe_load((DATA / "common/stacks.yaml").read_text(encoding="utf-8"))["stacks"]
    assert set(stacks) - {"plain"} == set(STACKS)


@pytest.mark.parametrize("option", ["nomad", "cloud-run+kserve", "gke+nomad", ""])
def test_an_option_without_a_writer_is_refused(option: str) -> None:
    with pytest.raises(InputError, match="a manifest for option"):
        writer(option)


@pytest.mark.parametrize(("option", "case"), PLANS)
def test_a_bundle_is_complete(option: str, case: str) -> None:
    files = bundle(option, case)
    texts = files.texts()
    readme = texts["README.md"]
    for name in texts:
        assert f"`{name}`" in readme or name == "README.md"
    for chapter in ("## Files", "## Fill in", "## Deploy", "## Check", "## Roll back", "## Tear down"):
        assert chapter in readme
    assert "# capacity plan: " in "".join(texts.values())
    for name, documents in files.documents.items():
        assert list(yaml.safe_load_all(texts[name])) == list(documents), name


@pytest.mark.parametrize(("option", "case"), PLANS)
def test_placeholders_stand_in_one_file_and_each_is_used(option: str, case: str) -> None:
    files = bundle(option, case)
    names = {value.name for value in files.values}
    texts = files.texts()
    assert re.findall(r"^([A-Z_]+)=", texts[files.values_file], re.MULTILINE) == [value.name for value in files.values]
    in_documents = set(re.findall(r"\$\{([A-Z_]+)\}", "".join(values_in(files.documents))))
    found = set(re.findall(r"^export ([A-Z_]+)=", texts["README.md"], re.MULTILINE))  # what a command finds out later
    assert in_documents <= names | found
    elsewhere = "".join(text for name, text in texts.items() if name != files.values_file)
    for name in names:
        assert re.search(rf"\$\{{?{name}\b|data\.{name}\b", elsewhere), f"{name} is asked for and used nowhere"


@pytest.mark.parametrize(("option", "case"), PLANS)
def test_the_rules_find_nothing_in_what_is_written(option: str, case: str) -> None:
    texts = bundle(option, case).texts()
    assert (
        check_groups(groups_in({name: text.encode() for name, text in texts.items() if name.endswith(".yaml")})) == []
    )


@pytest.mark.parametrize(("option", "case"), PLANS)
def test_shell_words_with_a_value_are_quoted(option: str, case: str) -> None:
    readme = bundle(option, case).texts()["README.md"]
    for block in re.findall(r"```sh\n(.*?)```", readme, re.DOTALL):
        for part in (*SUBSTITUTION.findall(block), SUBSTITUTION.sub("", block)):
            bare = re.sub(r"'[^']*'|\"[^\"]*\"", "", part)
            assert not re.findall(r"\$[A-Z_]{2,}", bare), block


GIVEN = {"PWD", "KUBECONFIG", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}  # by the shell, and by a login
WORDS = {"CAPABILITY_IAM", "STOP", "SPOT", "REGIONAL_MANAGED_PROXY", "ACTIVE"}  # of command lines: nothing to fill in
NAME = r"[A-Z][A-Z_]{2,}"


@pytest.mark.parametrize(("option", "case"), PLANS)
def test_a_word_to_fill_in_is_a_value_or_comes_from_a_command(option: str, case: str) -> None:
    """No command holds a word that the reader has to replace: it is in the values, or an earlier command finds it."""
    files = bundle(option, case)
    known = GIVEN | {value.name for value in files.values}
    for block in re.findall(r"```sh\n(.*?)```", files.texts()["README.md"], re.DOTALL):
        known |= set(re.findall(rf"^(?:export )?({NAME})=", block, re.MULTILINE))
        assert set(re.findall(rf"\$\{{?({NAME})", block)) <= known
        bare = re.sub(rf"\$\{{?{NAME}|^(?:export )?{NAME}=|\bID\b", "", block, flags=re.MULTILINE)
        assert set(re.findall(rf"(?<![\w.-]){NAME}(?![\w-])", bare)) <= WORDS, block


# --- the numbers of the plan


@pytest.mark.parametrize("option", ALL)
def test_every_value_of_the_plan_says_so(option: str) -> None:
    """Numbers that can come from nowhere else: wherever one stands, its line names the capacity plan."""
    work = workload(concurrency=23, timeout_s=37, gpu="l4", gpus=3)
    numbers = {"least": 11, "most": 13, "least_machines": 27, "most_machines": 29, "vcpu": 2.125, "memory_gib": 4.875}
    odd = plan(option, work, gpu="l4", machine_gpus=3, utilisation=0.54, purchase="spot", **numbers)
    pattern = re.compile(r"\b(11|13|27|29|23|37|47|54|2125m|2\.125|4992(Mi)?|4\.875Gi|37000)\b")
    for name, text in writer(option)(odd).texts().items():
        if name.endswith(".yaml"):
            for line in text.splitlines():
                value = line.split(" # ")[0]
                assert not pattern.search(value.split(":", 1)[-1]) or "# capacity plan: " in line, f"{name}: {line}"


@pytest.mark.parametrize("option", ALL)
def test_every_choice_of_ours_says_so(option: str) -> None:
    """Port, user, waiting times and intervals that nobody asked for: each line that holds one calls it a convention."""
    pattern = re.compile(r": (8080|65532|\"?10\.244\.0\.0/16\"?|\"?30s\"?|/metrics|/tmp)$")
    texts = writer(option)(plan(option, workload(timeout_s=37))).texts()
    lines = [line for name, text in texts.items() if name.endswith(".yaml") for line in text.splitlines()]
    assert [line for line in lines if pattern.search(line.split("  # ")[0]) and "# convention: " not in line] == []
    if "8080" in "".join(lines):
        assert any("# convention: the port at which the container listens" in line for line in lines)


def test_what_the_price_book_does_not_know_is_left_to_the_platform() -> None:
    asleep = plan("vertex-ai", mode="scale-to-zero", least=0, least_machines=0, facts={})
    resources = writer("vertex-ai")(asleep).documents["deploy-model.yaml"][0]["deployedModel"]["dedicatedResources"]
    assert resources["scaleToZeroSpec"] == {}
    for mode in ("always-on", "scale-to-zero"):
        files = writer("sagemaker-realtime")(plan("sagemaker-realtime", mode=mode, facts={}))
        assert "ooldown" not in str(files.documents)
    probes = writer("cloud-run")(plan("cloud-run", workload(startup_s=200), facts={})).documents["service.yaml"][0]
    probe = probes["spec"]["template"]["spec"]["containers"][0]["startupProbe"]
    assert probe["failureThreshold"] == 120  # three usual starts of 200 s, looked at every 5 s


def test_a_start_of_a_container_app_is_looked_at_as_the_platform_allows() -> None:
    def start(startup_s: float, **facts: float) -> tuple[int, int]:
        files = writer("container-apps")(plan("container-apps", workload(startup_s=startup_s), facts=facts))
        container = files.documents["containerapp.yaml"][0]["properties"]["template"]["containers"][0]
        return container["probes"][0]["periodSeconds"], container["probes"][0]["failureThreshold"]

    known = {"probe_failures_max": 10.0, "probe_period_s_max": 240.0}
    assert start(100, **known) == (30, 10)  # three starts of 100 s in ten checks
    assert start(1000, **known) == (240, 10)  # 300 s apart would be more than allowed
    assert start(100) == (100, 3)


def test_pods_and_their_autoscaler_follow_the_plan() -> None:
    files = bundle("gke")
    pods = document(files, "base/deployment.yaml")["spec"]["template"]["spec"]
    assert pods["containers"][0]["resources"]["requests"] == {"cpu": "2000m", "memory": "4096Mi"}
    assert pods["terminationGracePeriodSeconds"] == 40  # 30 s for the longest request, 10 s until none comes any more
    assert pods["containers"][0]["startupProbe"]["failureThreshold"] == 12  # three times 20 s, looked at every 5 s
    hpa = document(files, "overlays/prod/hpa.yaml")["spec"]
    assert (hpa["minReplicas"], hpa["maxReplicas"]) == (2, 6)
    assert hpa["metrics"][0]["resource"]["target"]["averageUtilization"] == 60
    assert hpa["behavior"]["scaleDown"]["stabilizationWindowSeconds"] == 300


def test_a_gpu_is_whole_and_brings_its_toleration() -> None:
    pods = document(bundle("eks", "gpu"), "base/deployment.yaml")["spec"]["template"]["spec"]
    resources = pods["containers"][0]["resources"]
    assert resources["requests"]["nvidia.com/gpu"] == resources["limits"]["nvidia.com/gpu"] == "1"
    assert {"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"} in pods["tolerations"]
    assert pods["nodeSelector"] == {"node.kubernetes.io/instance-type": "m5.large"}


def test_a_zone_that_must_be_survived_is_required_of_the_scheduler() -> None:
    zone, host = document(bundle("gke", "zones"), "base/deployment.yaml")["spec"]["template"]["spec"][
        "topologySpreadConstraints"
    ]
    assert (zone["topologyKey"], zone["whenUnsatisfiable"]) == ("topology.kubernetes.io/zone", "DoNotSchedule")
    assert (host["topologyKey"], host["whenUnsatisfiable"]) == ("kubernetes.io/hostname", "ScheduleAnyway")


def test_a_shared_cluster_is_neither_made_nor_deleted() -> None:
    alone, shared = (bundle("gke", case).texts()["README.md"] for case in ("plain", "zones"))
    assert "clusters create" in alone
    assert "clusters delete" in alone
    assert "clusters create" not in shared
    assert "clusters delete" not in shared


def test_spot_pods_go_where_spot_nodes_are() -> None:
    pods = document(bundle("aks", "spot"), "base/deployment.yaml")["spec"]["template"]["spec"]
    assert pods["nodeSelector"] == {"kubernetes.azure.com/scalesetpriority": "spot"}
    assert pods["tolerations"][0]["value"] == "spot"
    assert "--priority=Spot" in bundle("aks", "spot").texts()["README.md"]


def test_auto_mode_may_bring_the_planned_machines() -> None:
    (pool,) = bundle("eks-auto", "spot").documents["cluster/nodepool.yaml"]
    bought, machine = pool["spec"]["template"]["spec"]["requirements"]
    assert (bought["key"], bought["values"]) == ("karpenter.sh/capacity-type", ["spot"])
    assert (machine["key"], machine["values"]) == ("node.kubernetes.io/instance-type", ["m5.large"])
    pods = document(bundle("eks-auto", "spot"), "base/deployment.yaml")["spec"]["template"]["spec"]
    assert pods["nodeSelector"] == {"karpenter.sh/capacity-type": "spot"}
    assert "kubectl apply -f cluster/nodepool.yaml" in bundle("eks-auto").texts()["README.md"]


def test_machines_of_an_endpoint_answer_so_many_requests_a_minute() -> None:
    # 2 copies x 8 requests at once / 0.4 s = 40 a second, at 60 % of it 24, so 1440 a minute.
    scaling = document(bundle("sagemaker-realtime"), "template.yaml")["Resources"]["Policy"]["Properties"]
    assert scaling["TargetTrackingScalingPolicyConfiguration"]["TargetValue"] == 1440
    # A queue may wait 300 s: a machine works off 1440 x 300 / 60 = 7200 requests meanwhile.
    queue = document(bundle("sagemaker-async"), "template.yaml")["Resources"]["Policy"]["Properties"]
    assert queue["TargetTrackingScalingPolicyConfiguration"]["TargetValue"] == 7200


def test_taking_an_azure_machine_away_never_calls_for_one() -> None:
    # Two machines at just below the lower bound carry what one carries at just below twice of it: the upper bound.
    out, back = rules(plan("azure-ml", utilisation=0.7))
    assert (out, back) == ("CpuUtilizationPercentage > 70 avg 5m", "CpuUtilizationPercentage < 35 avg 5m")
    readme = bundle("azure-ml").texts()["README.md"]
    assert re.search(r"condition='CpuUtilizationPercentage > 60 avg 5m' \\\n  --scale out 1", readme)
    assert re.search(r"condition='CpuUtilizationPercentage < 30 avg 5m' \\\n  --scale in 1", readme)


def test_cloud_run_bills_and_scales_as_planned() -> None:
    by_request = document(bundle("cloud-run"), "service.yaml")["spec"]["template"]
    assert by_request["metadata"]["annotations"]["run.googleapis.com/cpu-throttling"] == "true"
    assert by_request["metadata"]["annotations"]["autoscaling.knative.dev/minScale"] == "2"
    assert by_request["metadata"]["annotations"]["autoscaling.knative.dev/maxScale"] == "6"
    assert (by_request["spec"]["containerConcurrency"], by_request["spec"]["timeoutSeconds"]) == (8, 30)
    limits = by_request["spec"]["containers"][0]["resources"]["limits"]
    assert limits == {"cpu": "2", "memory": "4096Mi"}
    gpu = plan("cloud-run", workload(gpu="l4"), gpu="l4", mode="gpu-zonal")
    service = writer("cloud-run")(gpu).documents["service.yaml"][0]["spec"]["template"]
    assert service["metadata"]["annotations"]["run.googleapis.com/cpu-throttling"] == "false"
    assert service["metadata"]["annotations"]["run.googleapis.com/gpu-zonal-redundancy-disabled"] == "false"
    assert service["spec"]["nodeSelector"] == {"run.googleapis.com/accelerator": "nvidia-l4"}


def test_a_slow_start_is_waited_for_no_longer_than_the_platform_does() -> None:
    slow = plan("cloud-run", workload(startup_s=200))
    probe = writer("cloud-run")(slow).documents["service.yaml"][0]["spec"]["template"]["spec"]["containers"][0]
    assert probe["startupProbe"]["failureThreshold"] == 48  # 240 s in all, not the 600 s of three usual starts


def test_where_no_longest_request_is_given_it_is_many_times_the_mean() -> None:
    blank = workload(timeout_s=None)
    assert plan("gke", blank, lasting_s=0.43).timeout_s == 5  # ten times 0.43 s, in whole seconds
    assert plan("gke", blank, lasting_s=20.0, facts={"timeout_s_max": 60.0}).timeout_s == 60  # and no more than allowed
    assert plan("gke", workload(timeout_s=0.2), lasting_s=20.0).timeout_s == 1


def test_lambda_runs_on_the_architecture_that_is_planned() -> None:
    for kind, named in (("arm64", "arm64"), ("amd64", "x86_64")):
        files = writer("lambda")(plan("lambda", kind=kind))
        assert document(files, "template.yaml")["Resources"]["Function"]["Properties"]["Architectures"] == [named]


@pytest.mark.parametrize(
    ("kind", "selector"),
    [
        ("general-purpose", None),
        ("balanced", {"cloud.google.com/compute-class": "Balanced"}),
        ("scale-out-arm", {"cloud.google.com/compute-class": "Scale-Out", "kubernetes.io/arch": "arm64"}),
    ],
)
def test_autopilot_is_asked_for_the_class_that_is_planned(kind: str, selector: dict[str, str] | None) -> None:
    files = writer("gke-autopilot")(plan("gke-autopilot", kind=kind))
    assert document(files, "base/deployment.yaml")["spec"]["template"]["spec"].get("nodeSelector") == selector


def test_autopilot_is_asked_for_a_gpu_by_its_type() -> None:
    gpu = plan("gke-autopilot", workload(gpu="a100-40gb"), gpu="a100-40gb", machine="a2-highgpu-1g")
    pods = document(writer("gke-autopilot")(gpu), "base/deployment.yaml")["spec"]["template"]["spec"]
    assert pods["nodeSelector"] == {"cloud.google.com/gke-accelerator": "nvidia-tesla-a100"}


def test_a_stacks_own_container_is_not_trimmed() -> None:
    # e2-standard-8 leaves 7.66 vCPU: 1.915 for each of 4 pods, of which the queue proxy asks for 0.025.
    many = {"requests_per_month": 788_400_000, "duration_s": 0.1, "duration_full_s": 0.15, "profile": "evening-peak"}
    found = explained("gke+knative", **many, vcpu=1.975, geography="eu-west", burst=1.3)
    assert found.variant.machine == "e2-standard-8"
    service = document(build(found.workload, found), "base/service.yaml")["spec"]["template"]["spec"]
    assert service["containers"][0]["resources"]["requests"] == {"cpu": "1890m", "memory": "4096Mi"}


def test_vertex_ai_goes_to_zero_by_the_settings_of_its_beta() -> None:
    resources = document(bundle("vertex-ai", "zero"), "deploy-model.yaml")["deployedModel"]["dedicatedResources"]
    assert (resources["minReplicaCount"], resources["maxReplicaCount"]) == (0, 3)
    assert resources["scaleToZeroSpec"]["idleScaledownPeriod"] == "3600s"
    assert "v1beta1/projects" in bundle("vertex-ai", "zero").texts()["README.md"]
    assert "scaleToZeroSpec" not in str(bundle("vertex-ai").documents)


def test_one_stack_has_two_modes_and_only_one_of_them_sleeps() -> None:
    files = bundle("eks+kserve", "zero")
    serverless = document(files, "overlays/serverless/inferenceservice.yaml")
    standard = document(files, "overlays/standard/inferenceservice.yaml")
    assert serverless["spec"]["predictor"]["minReplicas"] == 0
    assert standard["spec"]["predictor"]["minReplicas"] == 1
    assert serverless["metadata"]["annotations"]["serving.kserve.io/deploymentMode"] == "Knative"
    assert standard["metadata"]["annotations"]["serving.kserve.io/deploymentMode"] == "Standard"


def test_the_sizes_come_from_the_explanation() -> None:
    # 1 request a second of 1 s, one at a time, at 60 %: 1 / 0.6 = 1.7 replicas, so 2, whatever the hour.
    steady = {"requests_per_month": 2_628_000, "duration_s": 1.0, "concurrency": 1, "profile": "steady", "vcpu": 1}
    hpa = document(built("gke", **steady), "overlays/prod/hpa.yaml")["spec"]
    assert (hpa["minReplicas"], hpa["maxReplicas"]) == (2, 2)
    service = document(built("cloud-run", **steady), "service.yaml")["spec"]["template"]
    assert service["metadata"]["annotations"]["autoscaling.knative.dev/maxScale"] == "2"


def test_a_trimmed_request_is_written_as_it_is_planned() -> None:
    # e2-standard-8 leaves 8 - 0.06 - 0.01 - 2 x 0.005 - 4 x 0.0025 - 0.25 of system pods = 7.66 vCPU: 1.915 for each
    # of the 4 replicas that 8 vCPU promise; memory is enough for them as declared.
    many = {"requests_per_month": 788_400_000, "duration_s": 0.1, "duration_full_s": 0.15, "profile": "evening-peak"}
    found = explained("gke", **many, commitment_years=1, geography="eu-west", availability=0.995, burst=1.3)
    assert found.variant.machine == "e2-standard-8"
    resources = document(build(found.workload, found), "base/deployment.yaml")["spec"]["template"]["spec"][
        "containers"
    ][0]
    assert resources["resources"]["requests"] == {"cpu": "1915m", "memory": "4096Mi"}


def test_an_infeasible_option_is_marked_in_every_file() -> None:
    found = explained("sagemaker-serverless", gpu="l4")
    assert not found.feasible
    for name, text in build(found.workload, found).texts().items():
        assert "INFEASIBLE: cannot use a GPU" in text, name
        assert name == "README.md" or text.startswith("# INFEASIBLE"), name


@pytest.mark.parametrize("option", [platform.id for platform in PLATFORMS])
def test_what_cannot_be_planned_is_written_all_the_same(option: str) -> None:
    """No machine is sold, nothing fits: the files hold numbers, and say that they are for nothing."""
    for fields in (
        {"gpu": "v100", "gpus": 16},
        {"vcpu": 1024.0},
        {"requests_per_month": 0.0},
        {"requests_per_month": 1e12},
    ):
        texts = built(option, **fields).texts()
        assert "nan" not in re.findall(r"[a-z]+", "".join(texts.values()).lower())


def test_all_options_within_a_second() -> None:
    found = [explain_alone(workload(), platform) for platform in chosen(None, stacks=True)]
    taken_s = []
    for _ in range(3):
        begun = time.process_time()  # of this process alone, whatever else the machine does
        for each in found:
            build(each.workload, each).texts()
        taken_s.append(time.process_time() - begun)
    assert min(taken_s) < 1


# --- names


@pytest.mark.parametrize(
    ("given_name", "legal"),
    [
        ("churn-model", "churn-model"),
        ("Churn Model", "churn-model"),
        ("Müller's Shop", "muller-s-shop"),
        ("a", "svc-a"),
        ("3d", "svc-3d"),
        ("--x--y--", "x-y"),
        ("$(rm -rf /)", "rm-rf"),
        ('a: b\n"c"', "a-b-c"),
        ("x" * LONGEST, "x" * LONGEST),
    ],
)
def test_names_become_legal(given_name: str, legal: str) -> None:
    assert legal_name(given_name) == legal


def test_a_service_account_has_an_id_of_six_to_thirty_characters() -> None:
    assert account_name("shop", "run") == "shop-run"
    assert account_name("abc", "gw") == "abc-gw"  # six
    long, other = account_name("x" * 32, "run"), account_name("x" * 31, "run")
    assert len(long) == len(other) == 30
    assert long != other
    files = writer("cloud-run")(plan("cloud-run", workload(name="x" * 32)))
    made = re.search(r"service-accounts create (\S+)", files.texts()["README.md"])
    assert made is not None
    assert made[1] == long
    assert f"{long}@" in str(files.documents)


def test_names_that_lose_letters_stay_apart() -> None:
    assert legal_name("服务a") != legal_name("模型a")
    assert legal_name("x" * 300) != legal_name("x" * 299)
    assert len(legal_name("x" * 300)) == LONGEST


@given(text=st.text(min_size=1))
def test_any_name_becomes_a_dns_label(text: str) -> None:
    name = legal_name(text)
    assert is_dns_label(name)
    assert name[0].isalpha()
    assert SHORTEST <= len(name) <= LONGEST
    assert "--" not in name
    assert legal_name(name) == name
    assert bool(change_told(text)) == (name != text)


HOSTILE = [
    'a"; rm -rf ~; "',
    "x\n  image: evil\n---\nkind: Secret",
    "${HOME} `id` $(id)",
    "| & ; < > * ? [x](y)",
    "‮evil",
    "# no",
]


@pytest.mark.parametrize("option", ALL)
@pytest.mark.parametrize("name", [*HOSTILE, "Two Words", "CAPITALS", "x" * 300, "Größe 服务", 'it\'s "quoted"'])
def test_a_hostile_name_gets_nowhere(option: str, name: str) -> None:
    files = writer(option)(plan(option, workload(name=name), open_points=change_told(name)))
    texts = files.texts()
    assert any("is not legal everywhere" in note for note in files.notes)
    assert "\u202e" not in "".join(texts.values())
    for file, documents in files.documents.items():
        assert list(yaml.safe_load_all(texts[file])) == list(documents)
        assert name not in list(values_in(list(documents)))
    outside = re.sub(r"## Before you deploy.*?(?=\n## Deploy)", "", texts["README.md"], flags=re.DOTALL)
    for bad in ("image: evil", "rm -rf", "`id`", "$(id)"):
        assert bad not in outside


@settings(max_examples=60, deadline=None)
@given(option=st.sampled_from(ALL), name=st.text(min_size=1, max_size=300).filter(str.strip))
def test_no_name_whatever_leaves_its_place(option: str, name: str) -> None:
    work = workload(name=name)
    files = writer(option)(plan(option, work, open_points=change_told(work.name)))
    same = writer(option)(plan(option, workload(name=legal_name(work.name))))
    assert is_dns_label(files.name)
    assert files.documents == same.documents  # nothing of the name but what was made legal
    for file, documents in files.documents.items():
        assert list(yaml.safe_load_all(files.texts()[file])) == list(documents)
    blocks = re.findall(r"```sh\n(.*?)```", files.texts()["README.md"], re.DOTALL)
    assert blocks == re.findall(r"```sh\n(.*?)```", same.texts()["README.md"], re.DOTALL)


# --- text


def test_comments_stand_where_their_values_do() -> None:
    text = yaml_text([{"a": planned(2, "why"), "b": Noted(["x"], "a list"), "c": {"d": Noted("z", "e # f")}}], ["head"])
    assert text == "# head\na: 2  # capacity plan: why\nb:\n# a list\n- x\nc:\n  d: z  # e # f\n"


AMBIGUOUS = [
    "yes",
    "No",
    "on",
    "null",
    "~",
    "1e3",
    "0x1F",
    "010",
    "12:30",
    "1_000",
    "2026-01-01",
    "=",
    "<<",
    "- a",
    "a: b",
    "",
]


@pytest.mark.parametrize("text", AMBIGUOUS)
def test_text_that_some_reader_takes_for_something_else_is_quoted(text: str) -> None:
    assert yaml_text([{"a": text}]) == f'a: "{text}"\n'


@given(
    tree=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(), inside, max_size=3),
        max_leaves=8,
    ),
    comment=st.text(max_size=20),
)
def test_any_document_reads_back_as_it_was(tree: Any, comment: str) -> None:
    noted = {"a": Noted(tree, comment), "b": [Noted(tree, comment)]}
    text = yaml_text([noted])
    assert yaml.safe_load(text) == plain(noted)


def test_a_command_quotes_what_is_filled_in_and_nothing_else_runs() -> None:
    assert command("gcloud", "--project=$PROJECT", "x") == 'gcloud --project="$PROJECT" x'
    assert command("echo", "it's `id`") == "echo 'it'\\''s `id`'"
    long = command("tool", *[f"--flag-{number}=value" for number in range(9)])
    assert long.startswith("tool \\\n  --flag-0=value \\\n")


def test_a_workload_keeps_its_name_where_it_is_legal() -> None:
    assert change_told("shop") == ()
    assert Workload.model_validate(workload().model_dump()).name == "shop"


@pytest.mark.parametrize(
    ("fields", "note"),
    [
        ({"kind": "async"}, "the queue in which requests wait"),
        ({"needs_sidecar": True}, "the second container"),
        ({"needs_daemon": True}, "the agent on every node"),
        ({"needs_custom_autoscaling": True}, "your own metric takes its place"),
        ({"growth_per_month": 0.05}, "the traffic of the first year"),
    ],
)
def test_what_no_file_holds_is_said(fields: dict[str, Any], note: str) -> None:
    assert note in built("gke", **fields).texts()["README.md"]
    assert note not in built("gke").texts()["README.md"]


def test_a_queue_of_the_platforms_own_is_not_missed() -> None:
    assert "the queue in which" not in built("sagemaker-async", kind="async").texts()["README.md"]
