"""Strict models of Gateway API, and of what its controllers add to it: exactly the fields in use.

Written after the published schemas: Gateway API v1; gateway.k8s.aws/v1beta1 of the AWS Load Balancer Controller;
gateway.envoyproxy.io/v1alpha1 of Envoy Gateway; helm.cattle.io/v1 of K3s.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from advisor.manifests.strict import Strict

Name = Annotated[str, Field(pattern=r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$", max_length=253)]
HostName = Annotated[
    str, Field(pattern=r"^(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$", max_length=253)
]
Port = Annotated[int, Field(ge=1, le=65535, strict=True)]


class NamedReference(Strict):
    """A reference to an object of a kind that is known where it stands."""

    kind: Literal["Secret"] = "Secret"
    name: Name


class Tls(Strict):
    """Where a connection is decrypted, and with which certificates."""

    mode: Literal["Terminate", "Passthrough"]
    certificate_refs: list[NamedReference]


class Namespaces(Strict):
    """From where routes are taken."""

    from_: Literal["All", "Same", "Selector"] = Field(alias="from")


class AllowedRoutes(Strict):
    """Which routes may attach to a listener."""

    namespaces: Namespaces


class Listener(Strict):
    """One port of a gateway."""

    name: Name
    port: Port
    protocol: Literal["HTTP", "HTTPS", "TLS", "TCP", "UDP"]
    tls: Tls | None = None
    allowed_routes: AllowedRoutes


class Parameters(Strict):
    """An object of the controller's own that says more."""

    group: str
    kind: str
    name: Name
    namespace: Name | None = None


class Infrastructure(Strict):
    """What a gateway asks of its balancer."""

    annotations: dict[str, str] | None = None
    parameters_ref: Parameters | None = None


class GatewaySpec(Strict):
    """A gateway of a class."""

    gateway_class_name: Name
    infrastructure: Infrastructure | None = None
    listeners: list[Listener] = Field(min_length=1, max_length=64)


class ParentReference(Strict):
    """The gateway of a route, in its own namespace."""

    name: Name


class BackendReference(Strict):
    """The Service behind a route."""

    name: Name
    port: Port


class RouteRule(Strict):
    """Where requests go."""

    backend_refs: list[BackendReference]


class RouteSpec(Strict):
    """Host names at a gateway, and what stands behind them."""

    parent_refs: list[ParentReference]
    hostnames: list[HostName] = Field(max_length=16)
    rules: list[RouteRule] = Field(max_length=16)


class GatewayClassSpec(Strict):
    """Which controller serves the gateways of a class."""

    controller_name: Annotated[str, Field(pattern=r"^[a-z0-9.-]+/[A-Za-z0-9/._-]+$")]
    parameters_ref: Parameters | None = None


class EnvoyService(Strict):
    """The Service before the proxies."""

    type: Literal["ClusterIP", "LoadBalancer", "NodePort"]


class EnvoyKubernetes(Strict):
    """How proxies run on Kubernetes."""

    envoy_service: EnvoyService


class EnvoyProvider(Strict):
    """Where proxies run."""

    type: Literal["Kubernetes"]
    kubernetes: EnvoyKubernetes


class EnvoyProxySpec(Strict):
    """The proxies of the gateways of a class."""

    provider: EnvoyProvider


class ListenerConfiguration(Strict):
    """The certificate of one listener."""

    protocol_port: Annotated[str, Field(pattern=r"^(HTTP|HTTPS|TLS|TCP|UDP):[0-9]{1,5}$")]
    default_certificate: str


class LoadBalancerSpec(Strict):
    """The balancer that a gateway becomes."""

    scheme: Literal["internal", "internet-facing"]
    listener_configurations: list[ListenerConfiguration] | None = None


class Matcher(Strict):
    """Answers that count as healthy."""

    grpc_code: str


class TargetHealth(Strict):
    """How targets are checked."""

    health_check_path: Annotated[str, Field(pattern=r"^/")]
    matcher: Matcher | None = None


class TargetProperties(Strict):
    """How the pods of a Service are reached."""

    target_type: Literal["instance", "ip"]
    protocol_version: Literal["HTTP1", "HTTP2", "GRPC"] | None = None
    health_check_config: TargetHealth


class TargetReference(Strict):
    """The Service that targets belong to."""

    name: Name


class TargetGroupSpec(Strict):
    """The targets of a balancer."""

    target_reference: TargetReference
    default_configuration: TargetProperties


class ChartSpec(Strict):
    """Values of a chart that comes with K3s."""

    values_content: str
