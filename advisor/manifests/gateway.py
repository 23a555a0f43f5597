"""How requests reach the service: a gateway, and the route from it (Gateway API)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from advisor.manifests.blueprint import Blueprint
from advisor.manifests.bundle import Step, Value
from advisor.manifests.conventions import LISTENS
from advisor.manifests.objects import SERVICE_PORT, metadata
from advisor.manifests.pods import HEALTH_PATH

API_VERSION = "gateway.networking.k8s.io/v1"
DOMAIN = Value("DOMAIN", "service.example.com", "the host name at which clients call")
CERTIFICATE = Value(
    "CERTIFICATE", "service-tls", "the Secret of the namespace that holds certificate and key of the domain"
)
HTTP_PORT, HTTPS_PORT = 80, 443
CLASS = "GATEWAY_CLASS"
Place = tuple[str, str]  # the kind of an object, and a path in it


def _nothing(_: Blueprint) -> Mapping[str, Any]:
    return {}


def _no_objects(_: Blueprint) -> tuple[dict[str, Any], ...]:
    return ()


def _listed_address(plan: Blueprint) -> str:
    """A command that prints the address of the gateway."""
    return f"kubectl get gateway {plan.name} --namespace={plan.name} --output=jsonpath='{{.status.addresses[0].value}}'"


@dataclass(frozen=True)
class Entry:
    """How requests enter a cluster: the class of its gateways, and what their controller asks for."""

    gateway_class: str  # as the controller that is installed provides it
    http_port: Any = HTTP_PORT
    https_port: Any = HTTPS_PORT
    infrastructure: Callable[[Blueprint], Mapping[str, Any]] = _nothing  # what the gateway says about its balancer
    beside: Callable[[Blueprint], tuple[dict[str, Any], ...]] = _no_objects  # objects of the controller's own
    health: Sequence[Place] = ()  # where those take the path of the health check
    certificate: Value = CERTIFICATE
    certified: Place = ("Gateway", "spec.listeners.0.tls.certificateRefs.0.name")
    secret: bool = True  # whether the certificate is a Secret of the cluster
    grpc_plain: bool = True  # whether gRPC may come without TLS
    address: Callable[[Blueprint], str] = _listed_address

    def secure(self, plan: Blueprint) -> bool:
        """Whether the gateway takes HTTPS: where anybody may call, or gRPC comes in no other way."""
        return plan.public or (plan.workload.needs_grpc and not self.grpc_plain)

    def lead(self, plan: Blueprint) -> Step:
        """How the domain gets to the gateway."""
        return Step("Let the domain lead to the gateway.", (self.address(plan),), "This is where it listens:")


def gateway_class(example: str) -> Value:
    """The kind of gateway that the cluster offers."""
    return Value(CLASS, example, "the GatewayClass of the cluster (kubectl get gatewayclass)")


def gateway(plan: Blueprint, entry: Entry) -> dict[str, Any]:
    """The listener: HTTPS with a certificate where the service is public, HTTP inside a private network."""
    listener: dict[str, Any] = {"name": "http", "port": entry.http_port, "protocol": "HTTP"}
    if entry.secure(plan):
        listener = {"name": "https", "port": entry.https_port, "protocol": "HTTPS"}
    if entry.secure(plan) and entry.secret:
        listener["tls"] = {
            "mode": "Terminate",
            "certificateRefs": [{"kind": "Secret", "name": entry.certificate.example}],
        }
    listener["allowedRoutes"] = {"namespaces": {"from": "Same"}}
    about = dict(entry.infrastructure(plan))
    return {
        "apiVersion": API_VERSION,
        "kind": "Gateway",
        "metadata": metadata(plan),
        "spec": {
            "gatewayClassName": entry.gateway_class,
            **({"infrastructure": about} if about else {}),
            "listeners": [listener],
        },
    }


def route(plan: Blueprint) -> dict[str, Any]:
    """All requests for the domain go to the service."""
    kind = "GRPCRoute" if plan.workload.needs_grpc else "HTTPRoute"
    rule: dict[str, Any] = {"backendRefs": [{"name": plan.name, "port": SERVICE_PORT}]}
    return {
        "apiVersion": API_VERSION,
        "kind": kind,
        "metadata": metadata(plan),
        "spec": {
            "parentRefs": [{"name": plan.name}],
            "hostnames": [DOMAIN.example],
            "rules": [rule],
        },
    }


def class_of(name: str, controller: str, parameters: Mapping[str, str] | None = None) -> dict[str, Any]:
    """A GatewayClass, where a controller does not bring its own."""
    about = {"parametersRef": dict(parameters)} if parameters else {}
    return {
        "apiVersion": API_VERSION,
        "kind": "GatewayClass",
        "metadata": {"name": name},
        "spec": {"controllerName": controller, **about},
    }


def health_check(plan: Blueprint) -> tuple[dict[str, Any], ...]:
    """How Google's load balancers check health, which else call `/` (gke-gateway-api, HealthCheckPolicy)."""
    config: dict[str, Any] = {"type": "HTTP", "httpHealthCheck": {"requestPath": HEALTH_PATH.example}}
    if plan.workload.needs_grpc:
        config = {"type": "GRPC", "grpcHealthCheck": {"port": LISTENS}}
    policy = {
        "apiVersion": "networking.gke.io/v1",
        "kind": "HealthCheckPolicy",
        "metadata": metadata(plan),
        "spec": {
            "default": {"config": config},
            "targetRef": {"group": "", "kind": "Service", "name": plan.name},
        },
    }
    return (policy,)
