"""What runs on a cluster besides the service, by the commands that its makers document.

Addresses and releases are facts of the price book (common/add_ons); a release is a value to fill in besides. Commands:
docs.cilium.io, installation using Helm; kubernetes-sigs/metrics-server, installation; kubernetes/autoscaler, chart
cluster-autoscaler; prometheus-community, chart prometheus-operator-crds; docs.nvidia.com, GPU Operator;
NVIDIA/k8s-device-plugin, deployment via helm.
"""

from __future__ import annotations

from advisor.manifests.blueprint import Blueprint
from advisor.manifests.bundle import Step, Value, command
from advisor.manifests.creation.creation import AddOn

RELEASE = "{release}"  # stands in an address for the release
SYSTEM = "kube-system"
ANY_TAINT = "tolerations[0].operator=Exists"


def version(plan: Blueprint, software: str, title: str) -> Value:
    """The release of a piece of software, to fill in; the price book's as an example."""
    return Value(
        f"{software.upper()}_VERSION", plan.text(f"{software}_release"), f"the release of {title}; the example will do"
    )


def address(plan: Blueprint, fact: str, release: Value) -> str:
    """Where a release is fetched from."""
    return plan.text(fact).replace(RELEASE, f"${release.name}")


def helm(name: str, chart: str, release: Value, space: str, *settings: str) -> tuple[str, str]:
    """Commands that install a chart, and remove it again."""
    where = (f"--version=${release.name}", f"--namespace={space}", "--create-namespace")
    install = command("helm", "install", name, chart, *where, *(f"--set={each}" for each in settings))
    return install, command("helm", "uninstall", name, f"--namespace={space}")


def unknown(what: str) -> AddOn:
    """Software of which the price book does not know where it comes from."""
    return AddOn(what, notes=(f"{what} has to be installed; the price book does not know where it comes from",))


def software(what: str, source: str, release: Value, install: Step, remove: Step) -> AddOn:
    """Software of one step, if the price book knows where it comes from and which release."""
    if not (source and release.example):
        return unknown(what)
    return AddOn(what, (install,), (remove,), (release,))


def network(plan: Blueprint) -> AddOn:
    """A network plugin that enforces NetworkPolicy, where the cluster comes without any."""
    chart, release = plan.text("cilium_chart"), version(plan, "cilium", "Cilium")
    install, remove = helm("cilium", chart, release, SYSTEM, "ipam.mode=kubernetes")
    ready = "kubectl wait nodes --all --for=condition=Ready --timeout=10m"
    return software(
        "a network plugin that enforces NetworkPolicy",
        chart,
        release,
        Step("Install the network plugin: Cilium.", (install, ready), "It enforces the NetworkPolicy of the files."),
        Step("Remove Cilium.", (remove,)),
    )


def metrics_server(plan: Blueprint) -> AddOn:
    """What measures pods for autoscalers, where the cluster comes without it."""
    release = version(plan, "metrics_server", "the metrics server")
    manifest = address(plan, "metrics_server_manifest", release)
    return software(
        "the metrics server",
        manifest,
        release,
        Step("Install the metrics server.", (command("kubectl", "apply", "-f", manifest),), "Autoscalers ask it."),
        Step("Remove the metrics server.", (command("kubectl", "delete", "-f", manifest),)),
    )


def node_autoscaler(plan: Blueprint, account: str) -> AddOn:
    """What adds machines to groups of AWS and takes them away, with the rights of a service account that is there."""
    what, charts = "the cluster autoscaler", plan.text("cluster_autoscaler_charts")
    release = version(plan, "cluster_autoscaler", f"the chart of {what}")
    rights = ("rbac.serviceAccount.create=false", f"rbac.serviceAccount.name={account}")
    where = (f"autoDiscovery.clusterName={plan.name}", f"awsRegion={plan.region}")
    install, remove = helm(account, "autoscaler/cluster-autoscaler", release, SYSTEM, *where, *rights)
    why = "It lets the number of machines follow the pods."
    return software(
        what,
        charts,
        release,
        Step("Install the cluster autoscaler.", (f"helm repo add autoscaler {charts}", install), why),
        Step("Remove the cluster autoscaler.", (remove,)),
    )


def monitoring(plan: Blueprint) -> AddOn:
    """The definition of ServiceMonitor, without which the API server refuses the object."""
    what, chart = "the definitions of the Prometheus operator", plan.text("prometheus_definitions_chart")
    release = version(plan, "prometheus_definitions", what)
    install, remove = helm("prometheus-operator-crds", chart, release, "monitoring")
    why = "Nothing is scraped until the operator itself runs."
    return software(
        what,
        chart,
        release,
        Step("Tell the cluster what a ServiceMonitor is.", (install,), why),
        Step("Remove the definitions of the Prometheus operator.", (remove,)),
    )


def device_plugin(plan: Blueprint) -> AddOn:
    """What offers the GPUs of nodes that have their driver. Its chart takes care of spot nodes' taints if told to."""
    what, charts = "NVIDIA's device plugin", plan.text("device_plugin_charts")
    release, taints = version(plan, "device_plugin", what), (ANY_TAINT,) if plan.spot else ()
    settings = ("gfd.enabled=true", *taints)
    install, remove = helm("nvdp", "nvdp/nvidia-device-plugin", release, "nvidia-device-plugin", *settings)
    return software(
        what,
        charts,
        release,
        Step("Install NVIDIA's device plugin.", (f"helm repo add nvdp {charts}", install), "It offers GPUs to pods."),
        Step("Remove NVIDIA's device plugin.", (remove,)),
    )


def gpu_operator(plan: Blueprint) -> AddOn:
    """What installs driver, container runtime and device plugin on nodes that come without."""
    what, charts = "NVIDIA's GPU Operator", plan.text("gpu_operator_charts")
    release = version(plan, "gpu_operator", what)
    install, remove = helm("gpu-operator", "nvidia/gpu-operator", release, "gpu-operator")
    why = "It brings the driver, the container runtime and the device plugin."
    return software(
        what,
        charts,
        release,
        Step("Install NVIDIA's GPU Operator.", (f"helm repo add nvidia {charts}", install), why),
        Step("Remove NVIDIA's GPU Operator.", (remove,)),
    )
