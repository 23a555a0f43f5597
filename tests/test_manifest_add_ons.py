"""What a cluster needs besides the service is installed by commands, in order, and goes again in the reverse order."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from blueprints import ADD_ONS, OPTIONS, plan, workload
from test_manifests import CASES, bundle, document

from advisor.manifests import Bundle
from advisor.manifests.creation import CREATIONS
from advisor.manifests.creation.add_ons import RELEASE
from advisor.manifests.writers import writer
from pricing.fact import UNKNOWN

CLUSTERS = sorted(CREATIONS)
STACKED = [option for option in OPTIONS if "+" in option]
GPUS: dict[str, Any] = {"work": workload(gpu="l4"), "gpu": "l4", "machine_gpus": 1}
INSTALL = re.compile(r"^helm install (\S+)|^kubectl apply \\?\n?\s*-f (\S+)", re.MULTILINE)
REMOVE = re.compile(r"^helm uninstall (\S+)|^kubectl delete \\?\n?\s*-f (\S+)", re.MULTILINE)


def chapter(files: Bundle, title: str) -> str:
    """The commands of a chapter of the README."""
    text = files.texts()["README.md"].partition(f"## {title}\n")[2].partition("\n## ")[0]
    return "\n".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL))


def named(pattern: re.Pattern[str], text: str) -> list[str]:
    return [one or other for one, other in pattern.findall(text)]


def written(option: str, **changes: Any) -> Bundle:
    return writer(option)(plan(option, **changes))


# Platform -> what its README installs, in this order; what a platform brings along is not among it.
DEFINITIONS, CONTROLLER = "prometheus-operator-crds", "aws-load-balancer-controller"
CLASS, TRAEFIK = "cluster/gatewayclass.yaml", "cluster/k3s-traefik.yaml"
KUBEADM = ["cilium", "metrics-server", "eg", CLASS, DEFINITIONS]
AMAZON = ["gateway-api", "gateway-crds", CONTROLLER, CLASS, DEFINITIONS]
INSTALLED = {
    "gke": [DEFINITIONS],
    "gke-autopilot": [DEFINITIONS],
    "eks": ["cluster-autoscaler", *AMAZON],
    "eks-fargate": AMAZON,
    "eks-auto": ["cluster/nodepool.yaml", "cluster/network-policies.yaml", *AMAZON],
    "aks": [DEFINITIONS],
    "k3s": [TRAEFIK, DEFINITIONS],
    **dict.fromkeys(("self-managed-gcp", "self-managed-aws", "self-managed-azure", "on-prem"), KUBEADM),
}


@pytest.mark.parametrize("option", CLUSTERS)
def test_what_a_cluster_does_not_bring_is_installed_by_a_command(option: str) -> None:
    found = named(INSTALL, chapter(bundle(option), "Deploy"))
    assert len(found) == len(INSTALLED[option])
    for name, wanted in zip(found, INSTALLED[option], strict=True):
        assert wanted in name


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("option", [*CLUSTERS, *STACKED])
def test_what_is_installed_goes_in_the_reverse_order(option: str, case: str) -> None:
    files = bundle(option, case)
    made_with_cluster = {"cluster/nodepool.yaml", "cluster/network-policies.yaml"}
    installed = [name for name in named(INSTALL, chapter(files, "Deploy")) if name not in made_with_cluster]
    removed = named(REMOVE, chapter(files, "Tear down"))
    shared = CASES[case].get("work", workload()).has_cluster
    assert removed == ([] if shared else installed[::-1])


@pytest.mark.parametrize("option", CLUSTERS)
def test_the_gateway_is_of_the_class_that_is_installed(option: str) -> None:
    files = bundle(option)
    gateway = document(files, "base/gateway.yaml", "Gateway")["spec"]["gatewayClassName"]
    (example,) = (value.example for value in files.values if value.name == "GATEWAY_CLASS")
    assert gateway == example
    if CLASS in files.files:
        assert gateway == document(files, CLASS, "GatewayClass")["metadata"]["name"]
    elif option == "k3s":
        assert gateway == document(files, TRAEFIK)["metadata"]["name"] == "traefik"
    else:  # a class that the vendor's own controller brings
        assert gateway in ("gke-l7-rilb", "approuting-istio")


@pytest.mark.parametrize("option", CLUSTERS)
def test_somebody_measures_pods_for_their_autoscaler(option: str) -> None:
    """GKE, AKS and K3s bring a metrics server; eksctl is told to add one; elsewhere a command installs it."""
    files = bundle(option)
    text = "".join(files.texts().values())
    asks = "HorizontalPodAutoscaler" in text
    brought = option in ("gke", "gke-autopilot", "aks", "k3s")
    assert asks
    assert brought != ("metrics-server" in text)


@pytest.mark.parametrize(
    ("option", "wanted"),
    [("aks", "nvdp"), ("k3s", "nvdp"), ("on-prem", "gpu-operator"), ("self-managed-aws", "gpu-operator")],
)
def test_gpus_are_offered_by_what_a_command_installs(option: str, wanted: str) -> None:
    with_gpu, without = (named(INSTALL, chapter(each, "Deploy")) for each in (written(option, **GPUS), bundle(option)))
    assert wanted in with_gpu
    assert wanted not in without


@pytest.mark.parametrize(("option", "wanted"), [("gke", "gpu-driver-version=latest"), ("k3s", "default-runtime")])
def test_gpus_that_a_cluster_serves_by_itself_are_asked_for_when_it_is_made(option: str, wanted: str) -> None:
    assert wanted in "".join(written(option, **GPUS).texts().values())
    assert wanted not in "".join(bundle(option).texts().values())


def test_spot_nodes_get_a_device_plugin_in_spite_of_their_taint() -> None:
    text = chapter(written("aks", **GPUS, purchase="spot"), "Deploy")
    assert "--set='tolerations[0].operator=Exists'" in text
    assert "tolerations" not in chapter(written("aks", **GPUS), "Deploy")


# --- releases and addresses are facts


@pytest.mark.parametrize("option", [*CLUSTERS, *STACKED])
def test_a_release_is_a_value_to_fill_in_with_that_of_the_price_book(option: str) -> None:
    files = bundle(option)
    releases = {value.name: value.example for value in files.values if value.name.endswith("_VERSION")}
    assert releases or option == "aks+seldon"  # whose charts are taken as they are
    for name, example in releases.items():
        assert example == ADD_ONS[f"{name.removesuffix('_VERSION').lower()}_release"]
        assert f"${name}" in chapter(files, "Deploy")
        assert example not in chapter(files, "Deploy")
    assert RELEASE not in files.texts()["README.md"]


@pytest.mark.parametrize("option", [*CLUSTERS, *STACKED])
@pytest.mark.parametrize("fact", [None, UNKNOWN])
def test_what_the_price_book_does_not_know_is_said_and_not_installed(option: str, fact: str | None) -> None:
    facts = {} if fact is None else dict.fromkeys(ADD_ONS, fact)
    files = written(option, facts=facts)
    addresses = re.findall(r"(?:https|oci)://(?!\$)[^\s\"]+", chapter(files, "Deploy"))
    assert set(addresses) <= {"https://get.k3s.io"}
    assert any("the price book does not know where it comes from" in note for note in files.notes)
    assert not any(value.name.endswith("_VERSION") for value in files.values)


def test_a_shared_cluster_gets_nothing_and_is_told_what_it_must_have() -> None:
    files = bundle("on-prem", "zones")
    assert named(INSTALL, chapter(files, "Deploy")) == []
    assert "the cluster must have a network plugin that enforces NetworkPolicy" in files.notes
    assert "the cluster must have a controller for Gateway API with the GatewayClass eg" in files.notes


# --- gateways of each controller


def test_a_public_balancer_of_aws_has_a_certificate_of_aws() -> None:
    files = bundle("eks", "public")
    (listener,) = document(files, "base/gateway.yaml", "Gateway")["spec"]["listeners"]
    assert (listener["protocol"], listener["port"], "tls" in listener) == ("HTTPS", 443, False)
    balancer = document(files, "base/gateway.yaml", "LoadBalancerConfiguration")["spec"]
    assert balancer["scheme"] == "internet-facing"
    (configured,) = balancer["listenerConfigurations"]
    (certificate,) = (value.example for value in files.values if value.name == "CERTIFICATE")
    assert configured == {"protocolPort": "HTTPS:443", "defaultCertificate": certificate}
    assert certificate.startswith("arn:aws:acm:")
    assert "create secret" not in chapter(files, "Deploy")


def test_a_private_balancer_of_aws_stays_inside_and_is_told_from_what_is_priced() -> None:
    files = bundle("eks")
    assert document(files, "base/gateway.yaml", "LoadBalancerConfiguration")["spec"] == {"scheme": "internal"}
    assert any("prices an internal network balancer" in note for note in files.notes)
    assert not any("prices an internal" in note for note in bundle("eks", "public").notes)


def test_grpc_comes_to_a_balancer_of_aws_by_tls_only() -> None:
    files = written("eks", work=workload(needs_grpc=True))  # private
    (listener,) = document(files, "base/gateway.yaml", "Gateway")["spec"]["listeners"]
    assert listener["protocol"] == "HTTPS"
    targets = document(files, "base/gateway.yaml", "TargetGroupConfiguration")["spec"]["defaultConfiguration"]
    assert targets["protocolVersion"] == "GRPC"
    assert targets["healthCheckConfig"] == {
        "healthCheckPath": "/grpc.health.v1.Health/Check",
        "matcher": {"grpcCode": "0"},
    }
    assert "-plaintext" not in chapter(files, "Check")
    assert "-plaintext" in chapter(written("gke", work=workload(needs_grpc=True)), "Check")


def test_the_balancer_of_a_private_service_on_azure_is_internal() -> None:
    inside, outside = (
        document(bundle("aks", case), "base/gateway.yaml", "Gateway")["spec"] for case in ("plain", "public")
    )
    assert inside["infrastructure"]["annotations"] == {
        "service.beta.kubernetes.io/azure-load-balancer-internal": "true"
    }
    assert "infrastructure" not in outside
    assert "--enable-gateway-api" in chapter(bundle("aks"), "Deploy")
    assert "--enable-app-routing-istio" in chapter(bundle("aks"), "Deploy")
    assert "--enable-app-routing-istio" not in chapter(bundle("aks+seldon"), "Deploy")


def test_traefik_listens_where_the_gateway_says() -> None:
    files = bundle("k3s", "public")
    chart = yaml.safe_load(document(files, TRAEFIK)["spec"]["valuesContent"])
    (listener,) = document(files, "base/gateway.yaml", "Gateway")["spec"]["listeners"]
    assert listener["port"] == chart["ports"]["websecure"]["port"]
    (plain,) = document(bundle("k3s"), "base/gateway.yaml", "Gateway")["spec"]["listeners"]
    assert plain["port"] == chart["ports"]["web"]["port"]
    assert chart["providers"] == {"kubernetesGateway": {"enabled": True}}


def test_the_class_of_envoy_leads_to_its_proxies_at_ports_of_nodes() -> None:
    files = bundle("on-prem")
    proxy, its_class = files.documents[CLASS]
    parameters = its_class["spec"]["parametersRef"]
    assert (parameters["kind"], parameters["name"]) == (proxy["kind"], proxy["metadata"]["name"])
    assert parameters["namespace"] == proxy["metadata"]["namespace"]
    assert proxy["spec"]["provider"]["kubernetes"]["envoyService"]["type"] == "NodePort"


def test_network_policies_are_enforced_on_nodes_of_aws() -> None:
    (cluster,) = bundle("eks").documents["cluster/eksctl.yaml"]
    (plugin,) = (each for each in cluster["addons"] if each["name"] == "vpc-cni")
    assert yaml.safe_load(plugin["configurationValues"]) == {"enableNetworkPolicy": "true"}
    (switch,) = bundle("eks-auto").documents["cluster/network-policies.yaml"]
    assert switch["data"] == {"enable-network-policy-controller": "true"}


def test_proxies_of_an_internal_gateway_get_a_subnet_on_gke() -> None:
    assert "subnets create" in chapter(bundle("gke"), "Deploy")
    assert "subnets delete" in chapter(bundle("gke"), "Tear down")
    assert "subnets" not in bundle("gke", "public").texts()["README.md"]
    assert "subnets" not in bundle("gke+knative").texts()["README.md"]


@pytest.mark.parametrize("option", ["gke", "aks", "k3s", "on-prem"])
def test_the_certificate_of_a_public_service_is_stored_where_the_gateway_looks(option: str) -> None:
    files = bundle(option, "public")
    assert 'kubectl create secret tls "$CERTIFICATE"' in chapter(files, "Deploy")
    (listener,) = document(files, "base/gateway.yaml", "Gateway")["spec"]["listeners"]
    (example,) = (value.example for value in files.values if value.name == "CERTIFICATE")
    assert listener["tls"]["certificateRefs"] == [{"kind": "Secret", "name": example}]


def test_the_cluster_is_reached_before_anything_is_done_on_it() -> None:
    for option in (*CLUSTERS, *STACKED):
        commands = chapter(bundle(option, "spot"), "Deploy")
        reached = re.search(r"get-credentials|update-kubeconfig|KUBECONFIG=", commands)
        first = re.search(r"^(kubectl|helm) ", commands, re.MULTILINE)
        assert reached
        assert first
        assert reached.start() < first.start(), option


def test_nodes_of_aws_follow_their_pods_where_their_number_changes() -> None:
    changing, steady = bundle("eks"), written("eks", most_machines=1)
    (cluster,) = changing.documents["cluster/eksctl.yaml"]
    (account,) = cluster["iam"]["serviceAccounts"]
    assert account["wellKnownPolicies"] == {"autoScaler": True}
    assert f"rbac.serviceAccount.name={account['metadata']['name']}" in chapter(changing, "Deploy")
    assert "cluster-autoscaler" not in chapter(steady, "Deploy")
    assert "iam" in bundle("eks-fargate").documents["cluster/eksctl.yaml"][0]
    assert "serviceAccounts" not in bundle("eks-fargate").documents["cluster/eksctl.yaml"][0]["iam"]


def test_what_has_to_be_known_stands_before_the_commands() -> None:
    text = bundle("eks").texts()["README.md"]
    before = text.partition("## Before you deploy")[2].partition("## Deploy")[0]
    assert "- the commands take `aws`, `curl`, `eksctl`, `helm`, `kubectl`\n" in before
    assert "prices an internal network balancer" in before
    assert "- the flags for gateways take az 2.86.0 or newer" in bundle("aks").texts()["README.md"]


def test_the_kubeconfig_of_k3s_leads_to_the_server() -> None:
    """K3s writes 127.0.0.1 into it, which is the reader's own machine once it is copied there."""
    assert 'sed "s/127.0.0.1/$CONTROL_PLANE/" > kubeconfig' in chapter(bundle("k3s"), "Deploy")


def test_a_stack_is_asked_for_objects_once_it_can_answer() -> None:
    for option, spaces in (("gke+knative", ["knative-serving"]), ("eks+kserve", ["cert-manager", "kserve"])):
        for space in spaces:
            wait = f"kubectl wait deployment --all --namespace={space} "
            commands = chapter(bundle(option), "Deploy")
            assert wait in commands
            assert commands.index(wait) < commands.index("kubectl apply -k")


def test_machines_whose_number_stays_are_counted_once() -> None:
    assert "- Machines: 1 to 3 of m5.large" in bundle("eks").texts()["README.md"]
    assert "- Machines: 2 of m5.large" in written("eks", least_machines=2, most_machines=2).texts()["README.md"]
