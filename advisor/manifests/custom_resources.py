"""Strict models of the custom resources that are generated: exactly the fields in use, and no other.

Written after the schemas that the projects publish with their definitions: Prometheus operator v1, Knative Serving v1,
GKE Gateway v1, Karpenter v1 (NodePool); those of Gateway API are in `gateway_models`, of KServe and Seldon Core in
`stack_models`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field

from advisor.manifests.gateway_models import (
    ChartSpec,
    EnvoyProxySpec,
    GatewayClassSpec,
    GatewaySpec,
    LoadBalancerSpec,
    Name,
    Port,
    RouteSpec,
    TargetGroupSpec,
)
from advisor.manifests.kinds import Object
from advisor.manifests.knative_model import KnativeSpec
from advisor.manifests.stack_models import InferenceServiceSpec, ModelSpec, ServerSpec, ServingRuntimeSpec
from advisor.manifests.strict import Strict, faults_of

Duration = Annotated[str, Field(pattern=r"^([0-9]+(ms|s|m|h))+$")]


class Metadata(Strict):
    """Name, namespace, labels, annotations."""

    name: Name
    namespace: Name | None = None
    labels: dict[str, str] | None = None
    annotations: dict[str, str] | None = None


class Selector(Strict):
    """Labels that an object must have."""

    match_labels: dict[str, str]


class ScrapedEndpoint(Strict):
    """A port that is scraped."""

    port: str
    path: str
    interval: Duration


class ServiceMonitorSpec(Strict):
    """Which Services are scraped, and how."""

    selector: Selector
    endpoints: list[ScrapedEndpoint]


class HttpHealthCheck(Strict):
    """The path that a load balancer calls."""

    request_path: Annotated[str, Field(pattern=r"^/")]


class GrpcHealthCheck(Strict):
    """The port that a load balancer calls."""

    port: Port


class HealthCheckConfig(Strict):
    """How a load balancer checks health."""

    type: Literal["HTTP", "GRPC"]
    http_health_check: HttpHealthCheck | None = None
    grpc_health_check: GrpcHealthCheck | None = None


class HealthCheckDefault(Strict):
    """What holds for all clusters."""

    config: HealthCheckConfig


class PolicyTarget(Strict):
    """The Service that a policy is about."""

    group: Literal[""]
    kind: Literal["Service"]
    name: Name


class HealthCheckPolicySpec(Strict):
    """How Google's load balancers check the health of a Service."""

    default: HealthCheckDefault
    target_ref: PolicyTarget


class NodeClassReference(Strict):
    """What machines of a pool look like."""

    group: Literal["eks.amazonaws.com"]
    kind: Literal["NodeClass"]
    name: Name


class Requirement(Strict):
    """What a machine of a pool must be."""

    key: str
    operator: Literal["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"]
    values: list[str] = Field(min_length=1)


class Taint(Strict):
    """What keeps pods off a machine."""

    key: str
    value: str | None = None
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"]


class NodeSpec(Strict):
    """The machines of a pool."""

    node_class_ref: NodeClassReference
    requirements: list[Requirement] = Field(max_length=100)
    taints: list[Taint] | None = None


class NodeTemplate(Strict):
    """What every machine of a pool is."""

    spec: NodeSpec


class NodePoolSpec(Strict):
    """Which machines EKS Auto Mode may bring."""

    template: NodeTemplate


# apiVersion and kind -> what its spec must be.
SPECS: Mapping[tuple[str, str], type[Strict]] = {
    ("gateway.networking.k8s.io/v1", "Gateway"): GatewaySpec,
    ("gateway.networking.k8s.io/v1", "HTTPRoute"): RouteSpec,
    ("gateway.networking.k8s.io/v1", "GRPCRoute"): RouteSpec,
    ("gateway.networking.k8s.io/v1", "GatewayClass"): GatewayClassSpec,
    ("gateway.envoyproxy.io/v1alpha1", "EnvoyProxy"): EnvoyProxySpec,
    ("gateway.k8s.aws/v1beta1", "LoadBalancerConfiguration"): LoadBalancerSpec,
    ("gateway.k8s.aws/v1beta1", "TargetGroupConfiguration"): TargetGroupSpec,
    ("helm.cattle.io/v1", "HelmChartConfig"): ChartSpec,
    ("monitoring.coreos.com/v1", "ServiceMonitor"): ServiceMonitorSpec,
    ("serving.knative.dev/v1", "Service"): KnativeSpec,
    ("serving.kserve.io/v1beta1", "InferenceService"): InferenceServiceSpec,
    ("serving.kserve.io/v1alpha1", "ServingRuntime"): ServingRuntimeSpec,
    ("mlops.seldon.io/v1alpha1", "Server"): ServerSpec,
    ("mlops.seldon.io/v1alpha1", "Model"): ModelSpec,
    ("karpenter.sh/v1", "NodePool"): NodePoolSpec,
    ("networking.gke.io/v1", "HealthCheckPolicy"): HealthCheckPolicySpec,
}


def known(item: Object) -> bool:
    """Whether there is a model for a document."""
    return _key(item) in SPECS


def _key(item: Object) -> tuple[str, str]:
    return str(item.document.get("apiVersion")), str(item.document.get("kind"))


def faults(item: Object) -> Iterator[str]:
    """What is wrong with a custom resource whose model is known."""
    for unknown in item.document.keys() - {"apiVersion", "kind", "metadata", "spec", "status"}:
        yield f"{unknown}: no such field"
    yield from faults_of(Metadata, item.document.get("metadata"), "metadata")
    yield from faults_of(SPECS[_key(item)], item.document.get("spec"), "spec")
