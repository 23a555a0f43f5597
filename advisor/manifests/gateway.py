"""How requests reach the service: a gateway, and the route from it (Gateway API)."""

from __future__ import annotations

from typing import Any

from advisor.manifests.blueprint import Blueprint
from advisor.manifests.bundle import Value
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


def gateway_class(example: str) -> Value:
    """The kind of gateway that the cluster offers."""
    return Value(CLASS, example, "the GatewayClass of the cluster (kubectl get gatewayclass)")


def gateway(plan: Blueprint, gateway_class: str) -> dict[str, Any]:
    """The listener: HTTPS with a certificate where the service is public, HTTP inside a private network."""
    listener: dict[str, Any] = {"name": "http", "port": HTTP_PORT, "protocol": "HTTP"}
    if plan.public:
        tls = {"mode": "Terminate", "certificateRefs": [{"kind": "Secret", "name": CERTIFICATE.example}]}
        listener = {"name": "https", "port": HTTPS_PORT, "protocol": "HTTPS", "tls": tls}
    listener["allowedRoutes"] = {"namespaces": {"from": "Same"}}
    return {
        "apiVersion": API_VERSION,
        "kind": "Gateway",
        "metadata": metadata(plan),
        "spec": {"gatewayClassName": gateway_class, "listeners": [listener]},
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
