"""Strict models of what KServe and Seldon Core 2 are given: exactly the fields that are generated.

Written after the schemas in KServe's definitions and the types of Seldon Core's operator.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from advisor.manifests.knative_model import Resources
from advisor.manifests.strict import Strict

Count = Annotated[int, Field(ge=0, strict=True)]
Positive = Annotated[int, Field(ge=1, strict=True)]


class RuntimePort(Strict):
    """The port at which a server answers."""

    container_port: Annotated[int, Field(ge=1, le=65535, strict=True)]
    protocol: Literal["TCP"]


class RuntimeContainer(Strict):
    """The container of a server."""

    name: Literal["kserve-container"]
    image: str
    ports: list[RuntimePort]
    resources: Resources
    security_context: dict[str, Any] | None = None


class ModelFormat(Strict):
    """A kind of model."""

    name: str
    version: str | None = None


class SupportedFormat(ModelFormat):
    """A kind of model that a runtime serves."""

    auto_select: bool | None = None


class ServingRuntimeSpec(Strict):
    """How models are served."""

    supported_model_formats: list[SupportedFormat]
    containers: list[RuntimeContainer]
    node_selector: dict[str, str] | None = None
    tolerations: list[dict[str, Any]] | None = None


class ServedModel(Strict):
    """A model, the runtime that serves it, and where it is fetched from."""

    model_format: ModelFormat
    runtime: str
    storage_uri: str


class Predictor(Strict):
    """How many replicas of a model, and what they follow."""

    service_account_name: str
    min_replicas: Count
    max_replicas: Positive
    container_concurrency: Count | None = None
    scale_metric: Literal["cpu", "memory", "concurrency", "rps"]
    scale_target: Positive
    timeout: Positive
    model: ServedModel


class InferenceServiceSpec(Strict):
    """A service that answers with a model."""

    predictor: Predictor


class ServerContainer(Strict):
    """What of a server's container is overridden."""

    name: str
    image: str
    resources: Resources


class PodOverride(Strict):
    """What of a server's pod is overridden."""

    containers: list[ServerContainer]


class ServerSpec(Strict):
    """A server that holds models."""

    server_config: str
    replicas: Positive
    min_replicas: Positive
    max_replicas: Positive
    pod_spec: PodOverride


class ModelSpec(Strict):
    """A model on a server."""

    storage_uri: str
    server: str
    memory: str
    replicas: Positive
    min_replicas: Positive
    max_replicas: Positive
