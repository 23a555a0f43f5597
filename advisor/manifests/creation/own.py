"""Kubernetes on machines of one's own, by kubeadm or k3s.

Fields: kubernetes.io, kubeadm configuration v1beta4, and certificate management with kubeadm (serverTLSBootstrap);
docs.k3s.io/installation/configuration, networking services (Gateway API), advanced (alternative container runtimes).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from advisor.manifests.blueprint import Blueprint
from advisor.manifests.bundle import File, Step, Value, command, filled_in
from advisor.manifests.commented import Noted
from advisor.manifests.conventions import POD_SUBNET, TRAEFIK_HTTP, TRAEFIK_HTTPS
from advisor.manifests.creation.add_ons import device_plugin, gpu_operator, metrics_server, monitoring, network
from advisor.manifests.creation.creation import AddOn, Creation
from advisor.manifests.creation.envoy import ENVOY, envoy_gateway
from advisor.manifests.creation.machines import MACHINES
from advisor.manifests.gateway import Entry
from advisor.manifests.placement import spot_label

CONTROL_PLANE = Value(
    "CONTROL_PLANE", "k8s.example.com", "a name or address that always leads to a control-plane machine"
)
KUBEADM, K3S_SERVER, K3S_AGENT = "cluster/kubeadm.yaml", "cluster/k3s-server.yaml", "cluster/k3s-agent.yaml"
K3S_TRAEFIK = "cluster/k3s-traefik.yaml"
TRAEFIK = "traefik"  # the name of the chart that comes with K3s, and of the class of gateways in it
K3S_CONFIG = "/etc/rancher/k3s/config.yaml"
K3S_INSTALL = "curl -sfL https://get.k3s.io | sh -s -"
API_PORT = 6443
K3S_TOKEN = "/etc/rancher/k3s/token"  # noqa: S105 - where it is, not what it is
SERVER_TOKEN = "/var/lib/rancher/k3s/server/node-token"  # noqa: S105 - likewise
TOKEN = f'ssh "$CONTROL_PLANE" sudo cat {SERVER_TOKEN} | sudo install -D -m 0600 /dev/stdin {K3S_TOKEN}'
BESIDES = " for the service; those of the control plane come on top."
THERE = "This folder has to be there, and its values known to that shell."
LOCAL = "127.0.0.1"  # where the kubeconfig of K3s leads
FIXED = "nothing starts or removes machines by itself: the number of nodes stays as you set it"
K3S_GPUS = "MACHINE_IMAGE has to bring NVIDIA's driver and container runtime; K3s finds them when it starts"


def create_kubeadm(plan: Blueprint) -> Creation:
    """Machines, then kubeadm on the first, then the others join."""
    start = (
        f"{filled_in(KUBEADM, (CONTROL_PLANE,))} > kubeadm.yaml",
        "sudo kubeadm init --config=kubeadm.yaml --upload-certs",
    )
    join = 'ssh "$CONTROL_PLANE" sudo kubeadm token create --print-join-command | sudo sh'
    reset = Step("Take the cluster apart, on every machine.", (command("sudo", "kubeadm", "reset", "--force"),))
    return Creation(
        values=(CONTROL_PLANE, *_values(plan)),
        create=(
            *_start_machines(plan),
            Step("On the first machine, start the control plane.", start, THERE),
            Step(
                "Let the other machines join, on each of them.",
                (join,),
                "The first machine prints how.",
            ),
        ),
        settle=(_approve(), *_mark_spot(plan)),
        add_ons=tuple(_kubeadm_add_ons(plan)),
        connect=_connect("/etc/kubernetes/admin.conf"),
        delete=(reset, *_stop_machines(plan)),
        entry=ENVOY,
        files={KUBEADM: File("the control plane, as kubeadm starts it", _kubeadm(plan))},
        notes=(FIXED,),
    )


def _kubeadm_add_ons(plan: Blueprint) -> Iterator[AddOn]:
    """What kubeadm leaves to its users: nearly everything."""
    yield network(plan)
    yield metrics_server(plan)
    if plan.gpus:
        yield gpu_operator(plan)
    if not plan.stack:
        yield envoy_gateway(plan)
        yield monitoring(plan)


def _approve() -> Step:
    """The API server knows kubelets by certificates that somebody approved; else the metrics server refuses them."""
    asked = "kubectl get csr --field-selector=spec.signerName=kubernetes.io/kubelet-serving --output=name"
    return Step(
        "Approve the certificates that the nodes ask for.",
        (f"{asked} | xargs kubectl certificate approve",),
        "Once for every node; without them the metrics server trusts no node.",
    )


def create_k3s(plan: Blueprint) -> Creation:
    """A server with its own datastore, and agents."""
    place = f"| sudo install -D -m 0600 /dev/stdin {K3S_CONFIG}"
    remove = (
        "/usr/local/bin/k3s-agent-uninstall.sh  # on every agent",
        "/usr/local/bin/k3s-uninstall.sh  # on the server",
    )
    return Creation(
        values=(CONTROL_PLANE, *_values(plan)),
        create=(
            *_start_machines(plan),
            Step(
                "On the first machine, start the server.",
                (f"{filled_in(K3S_SERVER, (CONTROL_PLANE,))} {place}", f"{K3S_INSTALL} server"),
                THERE,
            ),
            Step(
                "On every other machine, start an agent.",
                (TOKEN, f"{filled_in(K3S_AGENT, (CONTROL_PLANE,))} {place}", f"{K3S_INSTALL} agent"),
                f"{THERE} The first command fetches the secret with which machines join.",
            ),
        ),
        settle=_mark_spot(plan),
        add_ons=tuple(_k3s_add_ons(plan)),
        connect=_connect(f'/etc/rancher/k3s/k3s.yaml | sed "s/{LOCAL}/$CONTROL_PLANE/"'),
        delete=(Step("Take the cluster apart.", remove), *_stop_machines(plan)),
        entry=Entry(TRAEFIK, http_port=TRAEFIK_HTTP, https_port=TRAEFIK_HTTPS),
        files={
            K3S_SERVER: File("the server", ({**_k3s_server(), **_runtime(plan)},)),
            K3S_AGENT: File("an agent", ({**_k3s_agent(), **_runtime(plan)},)),
        },
        notes=(FIXED, *((K3S_GPUS,) if plan.gpus else ())),
    )


def _k3s_add_ons(plan: Blueprint) -> Iterator[AddOn]:
    """What K3s does not bring; it enforces NetworkPolicy, measures pods and has a gateway."""
    if plan.gpus:
        yield device_plugin(plan)
    if not plan.stack:
        yield _gateways()
        yield monitoring(plan)


def _gateways() -> AddOn:
    """The gateway that comes along listens to Ingress only, until it is told otherwise."""
    return AddOn(
        f"a controller for Gateway API with the GatewayClass {TRAEFIK}",
        (
            Step(
                "Let the Traefik of K3s serve gateways.",
                (
                    command("kubectl", "apply", "-f", K3S_TRAEFIK),
                    f"kubectl wait gatewayclass/{TRAEFIK} --for=create --timeout=5m",
                ),
            ),
        ),
        (Step("Let Traefik be as it came.", (command("kubectl", "delete", "-f", K3S_TRAEFIK),)),),
        files={K3S_TRAEFIK: File("what changes of the Traefik that comes with K3s", (_traefik(),))},
    )


def _traefik() -> dict[str, Any]:
    """Values of the chart, in the form of K3s (docs.k3s.io, customizing packaged components)."""
    values = {
        "providers": {"kubernetesGateway": {"enabled": True}},
        "gateway": {"enabled": False},
        "ports": {"web": {"port": TRAEFIK_HTTP.value}, "websecure": {"port": TRAEFIK_HTTPS.value}},
    }
    return {
        "apiVersion": "helm.cattle.io/v1",
        "kind": "HelmChartConfig",
        "metadata": {"name": TRAEFIK, "namespace": "kube-system"},
        "spec": {"valuesContent": yaml.safe_dump(values)},
    }


def _runtime(plan: Blueprint) -> dict[str, Any]:
    """What gives containers the GPUs of their node."""
    return {"default-runtime": Noted("nvidia", "gives containers the GPUs of the node")} if plan.gpus else {}


def _kubeadm(plan: Blueprint) -> tuple[Any, ...]:
    cluster = {
        "apiVersion": "kubeadm.k8s.io/v1beta4",
        "kind": "ClusterConfiguration",
        "clusterName": plan.name,
        "controlPlaneEndpoint": f"{CONTROL_PLANE.reference}:{API_PORT}",
        "networking": {"podSubnet": POD_SUBNET},
    }
    kubelet = {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "cgroupDriver": "systemd",
        "serverTLSBootstrap": Noted(True, "the metrics server can tell who it talks to"),
    }
    return cluster, kubelet


def _k3s_server() -> dict[str, Any]:
    return {
        "cluster-init": Noted(True, "embedded etcd, so that more servers can join"),
        "tls-san": [CONTROL_PLANE.reference],
        "write-kubeconfig-mode": "0640",
    }


def _k3s_agent() -> dict[str, Any]:
    token = Noted(K3S_TOKEN, f"a copy of {SERVER_TOKEN} of the server")
    return {"server": f"https://{CONTROL_PLANE.reference}:{API_PORT}", "token-file": token}


def _connect(kubeconfig: str) -> Step:
    copy = f'ssh "$CONTROL_PLANE" sudo cat {kubeconfig} > kubeconfig'
    return Step("Connect to the cluster.", (copy, 'export KUBECONFIG="$PWD/kubeconfig"'))


def _values(plan: Blueprint) -> tuple[Value, ...]:
    return MACHINES[plan.platform][2] if plan.platform in MACHINES else ()


def _start_machines(plan: Blueprint) -> tuple[Step, ...]:
    if plan.platform not in MACHINES:
        return ()
    count = _count(plan)
    why = f"The plan asks for {count} of {plan.machine}" + ("." if plan.platform == "k3s" else BESIDES)
    return (Step("Start the machines.", MACHINES[plan.platform][0](plan, count), why),)


def _stop_machines(plan: Blueprint) -> tuple[Step, ...]:
    if plan.platform not in MACHINES:
        return ()
    return (Step("Remove the machines.", MACHINES[plan.platform][1](plan, _count(plan))),)


def _count(plan: Blueprint) -> int:
    return max(1, plan.least_machines, plan.most_machines)


def _mark_spot(plan: Blueprint) -> tuple[Step, ...]:
    if not plan.spot:
        return ()
    label, value = spot_label(plan)
    return (
        Step(
            "Mark the spot nodes: all but those of the control plane.",
            (f"kubectl label nodes --selector='!node-role.kubernetes.io/control-plane' {label}={value}",),
        ),
    )
