"""A strict model of the Azure container app that is generated: exactly the fields in use, and no other.

Written after the vendor's definitions ContainerApp, Template, Container, ContainerAppProbe, Scale and Ingress:
Azure/azure-rest-api-specs, Microsoft.App, stable 2024-03-01, ContainerApps.json and CommonDefinitions.json.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from advisor.manifests.kinds import Object, within
from advisor.manifests.strict import Strict, faults_of

Port = Annotated[int, Field(ge=1, le=65535, strict=True)]
Count = Annotated[int, Field(ge=0, strict=True)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*[a-z0-9]$", max_length=32)]


class HttpCheck(Strict):
    """A path that is called."""

    path: Annotated[str, Field(min_length=1)]
    port: Port


class TcpCheck(Strict):
    """A port that is opened."""

    port: Port


class Probe(Strict):
    """A check of one kind, in one way; the bounds are those of the definition ContainerAppProbe."""

    type: Literal["Liveness", "Readiness", "Startup"]
    http_get: HttpCheck | None = None
    tcp_socket: TcpCheck | None = None
    period_seconds: Annotated[int, Field(ge=1, le=240, strict=True)]
    failure_threshold: Annotated[int, Field(ge=1, le=10, strict=True)]

    @model_validator(mode="after")
    def _in_one_way(self) -> Self:
        if (self.http_get is None) == (self.tcp_socket is None):
            raise ValueError("a probe has either httpGet or tcpSocket")
        return self


class Resources(Strict):
    """Size of a replica."""

    cpu: Annotated[float, Field(gt=0)]
    memory: Annotated[str, Field(pattern=r"^[0-9]+(\.[0-9]+)?Gi$")]


class Container(Strict):
    """What runs in a replica."""

    name: Name
    image: Annotated[str, Field(min_length=1)]
    resources: Resources
    probes: list[Probe]


class HttpMetadata(Strict):
    """Requests at once that a replica should have; a number written as text."""

    concurrent_requests: Annotated[str, Field(pattern=r"^[1-9][0-9]*$")]


class HttpRule(Strict):
    """Replicas follow the requests."""

    metadata: HttpMetadata


class ScaleRule(Strict):
    """What replicas follow."""

    name: Name
    http: HttpRule


class Scale(Strict):
    """How many replicas."""

    min_replicas: Count
    max_replicas: Annotated[int, Field(ge=1, strict=True)]
    rules: list[ScaleRule]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.min_replicas > self.max_replicas:
            raise ValueError("minReplicas is above maxReplicas")
        return self


class Template(Strict):
    """What a release is made of."""

    containers: list[Container] = Field(min_length=1)
    scale: Scale


class Ingress(Strict):
    """How requests come in."""

    external: Annotated[bool, Field(strict=True)]
    target_port: Port
    transport: Literal["auto", "http", "http2", "tcp"]
    allow_insecure: Annotated[bool, Field(strict=True)]


class Configuration(Strict):
    """What holds for all releases."""

    active_revisions_mode: Literal["Single", "Multiple"]
    ingress: Ingress


class Properties(Strict):
    """The app."""

    environment_id: Annotated[
        str,
        Field(
            pattern=r"^/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.App/managedEnvironments/[^/]+$"
        ),
    ]
    workload_profile_name: Annotated[str, Field(min_length=1)]
    configuration: Configuration
    template: Template


class ContainerApp(Strict):
    """An app in a region."""

    location: Annotated[str, Field(min_length=1)]
    properties: Properties


def known(item: Object) -> bool:
    """Whether a document is a container app: it says nothing of its kind, but which environment it is for."""
    return "kind" not in item.document and "environmentId" in within(item.document, "properties")


def faults(item: Object) -> Iterator[str]:
    """What is wrong with a container app."""
    return faults_of(ContainerApp, item.document, "")
