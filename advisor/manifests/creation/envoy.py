"""Envoy Gateway: gateways of a cluster that comes without any, at ports of its nodes.

gateway.envoyproxy.io, install with Helm; customize EnvoyProxy (parametersRef, envoyService).
"""

from __future__ import annotations

from typing import Any

from advisor.manifests.blueprint import Blueprint
from advisor.manifests.bundle import File, Step, command
from advisor.manifests.commented import Noted
from advisor.manifests.creation.add_ons import helm, unknown, version
from advisor.manifests.creation.creation import AddOn
from advisor.manifests.gateway import Entry, class_of

NAME, SPACE = "eg", "envoy-gateway-system"
CONTROLLER, GROUP = "gateway.envoyproxy.io/gatewayclass-controller", "gateway.envoyproxy.io"
CLASS_FILE = "cluster/gatewayclass.yaml"
WHAT = "a controller for Gateway API"
AT_NODES = "the gateway listens at a port of every node; the balancer that the plan prices has to lead to those ports"


def _ports(plan: Blueprint) -> str:
    """A command that prints at which ports of the nodes the gateway listens."""
    owner = f"gateway.envoyproxy.io/owning-gateway-name={plan.name}"
    return f"kubectl get service --namespace={SPACE} --selector={owner}"


ENVOY = Entry(NAME, address=_ports)


def envoy_gateway(plan: Blueprint) -> AddOn:
    """The controller and its class."""
    chart, release = plan.text("envoy_gateway_chart"), version(plan, "envoy_gateway", "Envoy Gateway")
    if not (chart and release.example):
        return unknown(WHAT)
    install, remove = helm(NAME, chart, release, SPACE)
    ready = f"kubectl wait deployment/envoy-gateway --namespace={SPACE} --for=condition=Available --timeout=5m"
    return AddOn(
        f"{WHAT} with the GatewayClass {NAME}",
        (
            Step("Install Envoy Gateway.", (install, ready), "It serves the Gateway of the files."),
            Step("Name the class of its gateways.", (command("kubectl", "apply", "-f", CLASS_FILE),)),
        ),
        (
            Step("Remove the class of gateways.", (command("kubectl", "delete", "-f", CLASS_FILE),)),
            Step("Remove Envoy Gateway.", (remove,)),
        ),
        (release,),
        {CLASS_FILE: File("the class of gateways that Envoy Gateway serves; kubectl apply reads it", _class())},
        (AT_NODES,),
    )


def _class() -> tuple[dict[str, Any], ...]:
    """The class, and the proxies of its gateways."""
    service = {"type": Noted("NodePort", "nobody brings a balancer for a Service of this cluster")}
    proxy = {
        "apiVersion": f"{GROUP}/v1alpha1",
        "kind": "EnvoyProxy",
        "metadata": {"name": NAME, "namespace": SPACE},
        "spec": {"provider": {"type": "Kubernetes", "kubernetes": {"envoyService": service}}},
    }
    parameters = {"group": GROUP, "kind": "EnvoyProxy", "name": NAME, "namespace": SPACE}
    return proxy, class_of(NAME, CONTROLLER, parameters)
