"""A strict model of the Knative Service that a cluster of one's own accepts (serving.knative.dev/v1).

Field names: the schema in the definition of the resource, knative/serving. What Kubernetes defines in its own right is
named here and not looked into; some of it has to be switched on in the ConfigMap config-features.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from advisor.manifests.strict import Strict

Whole = Annotated[int, Field(strict=True)]
Quantity = str | int | float


class HttpGet(Strict):
    """A request that must be answered with 2xx or 3xx."""

    path: str | None = None
    port: Whole | str | None = None
    host: str | None = None
    scheme: str | None = None
    http_headers: list[dict[str, str]] | None = None


class TcpSocket(Strict):
    """A port that must accept a connection."""

    port: Whole | str | None = None
    host: str | None = None


class Grpc(Strict):
    """A health service that must say that it serves."""

    port: Whole | None = None
    service: str = ""


class Exec(Strict):
    """A command that must succeed."""

    command: list[str] | None = None


class Probe(Strict):
    """How the health of a container is asked for."""

    http_get: HttpGet | None = None
    tcp_socket: TcpSocket | None = None
    grpc: Grpc | None = None
    exec: Exec | None = None
    initial_delay_seconds: Whole | None = None
    period_seconds: Whole | None = None
    timeout_seconds: Whole | None = None
    success_threshold: Whole | None = None
    failure_threshold: Whole | None = None


class Resources(Strict):
    """What a container asks for and may use."""

    requests: dict[str, Quantity] | None = None
    limits: dict[str, Quantity] | None = None


class Port(Strict):
    """The one port of a revision; its name is its protocol."""

    container_port: Annotated[int, Field(ge=1, le=65535, strict=True)]
    name: Literal["http1", "h2c", "http", ""] = ""
    protocol: Literal["TCP"] | None = None


class Variable(Strict):
    """A variable of the environment."""

    name: str
    value: str | None = None
    value_from: dict[str, Any] | None = None


class VolumeMount(Strict):
    """Where a container sees a volume."""

    name: str
    mount_path: str
    mount_propagation: str | None = None
    read_only: bool | None = None
    sub_path: str | None = None


class Volume(Strict):
    """Something that can be mounted."""

    name: str
    config_map: dict[str, Any] | None = None
    csi: dict[str, Any] | None = None
    empty_dir: dict[str, Any] | None = None
    ephemeral: dict[str, Any] | None = None
    host_path: dict[str, Any] | None = None
    image: dict[str, Any] | None = None
    persistent_volume_claim: dict[str, Any] | None = None
    projected: dict[str, Any] | None = None
    secret: dict[str, Any] | None = None


class Container(Strict):
    """One container of a revision."""

    name: str | None = None
    image: str
    image_pull_policy: Literal["Always", "IfNotPresent", "Never"] | None = None
    command: list[str] | None = None
    args: list[str] | None = None
    working_dir: str | None = None
    env: list[Variable] | None = None
    env_from: list[dict[str, Any]] | None = None
    ports: list[Port] | None = None
    resources: Resources | None = None
    startup_probe: Probe | None = None
    readiness_probe: Probe | None = None
    liveness_probe: Probe | None = None
    security_context: dict[str, Any] | None = None
    volume_mounts: list[VolumeMount] | None = None
    termination_message_path: str | None = None
    termination_message_policy: str | None = None


class Revision(Strict):
    """The pods of a revision, and how requests reach them."""

    container_concurrency: Annotated[int, Field(ge=0, strict=True)] | None = None
    timeout_seconds: Whole | None = None
    response_start_timeout_seconds: Whole | None = None
    idle_timeout_seconds: Whole | None = None
    containers: list[Container] = Field(min_length=1)
    init_containers: list[dict[str, Any]] | None = None
    volumes: list[Volume] | None = None
    service_account_name: str | None = None
    automount_service_account_token: bool | None = None
    enable_service_links: bool | None = None
    image_pull_secrets: list[dict[str, str]] | None = None
    security_context: dict[str, Any] | None = None
    node_selector: dict[str, str] | None = None
    affinity: dict[str, Any] | None = None
    tolerations: list[dict[str, Any]] | None = None
    topology_spread_constraints: list[dict[str, Any]] | None = None
    priority_class_name: str | None = None
    runtime_class_name: str | None = None
    scheduler_name: str | None = None
    dns_config: dict[str, Any] | None = None
    dns_policy: str | None = None
    host_aliases: list[dict[str, Any]] | None = None
    host_ipc: bool | None = Field(None, alias="hostIPC")
    host_network: bool | None = None
    host_pid: bool | None = Field(None, alias="hostPID")
    share_process_namespace: bool | None = None


class TemplateMetadata(Strict):
    """Name, labels and annotations of a revision."""

    name: str | None = None
    namespace: str | None = None
    labels: dict[str, str] | None = None
    annotations: dict[str, str] | None = None
    finalizers: list[str] | None = None


class Template(Strict):
    """What every new revision is made after."""

    metadata: TemplateMetadata | None = None
    spec: Revision


class Traffic(Strict):
    """The share of the requests that a revision gets."""

    percent: Annotated[int, Field(ge=0, le=100, strict=True)] | None = None
    latest_revision: bool | None = None
    revision_name: str | None = None
    configuration_name: str | None = None
    tag: str | None = None
    url: str | None = None


class KnativeSpec(Strict):
    """A service: what runs, and who gets which share of the requests."""

    template: Template
    traffic: list[Traffic] | None = None
