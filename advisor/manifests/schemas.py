"""Schemas of others, as far as they are installed (`deploy-advisor[check]`), and strict models of our own. No network.

Core objects of Kubernetes: kubernetes-validate. Cloud Run and Vertex AI: the discovery documents that come with
google-api-python-client. Templates: cfn-lint. Azure Machine Learning: azure-ai-ml. Custom resources and container
apps: our own models.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import PurePosixPath
from typing import Any

from advisor.manifests import container_app_model, custom_resources
from advisor.manifests.check import Finding
from advisor.manifests.kinds import Object, within
from advisor.manifests.objects_of import NO_OBJECTS

SCHEMA = "schema"
LOCATION = "cloud.googleapis.com/location"  # the label that Cloud Run gives its services
Faults = Callable[[Object], Iterator[str]]


@dataclass(frozen=True)
class Validator:
    """What checks some documents: a library that may be missing, which documents it knows, and what is wrong in one."""

    what: str
    library: str  # the module that must be there; empty where none is needed
    knows: Callable[[Object], bool]
    faults: Faults

    @property
    def present(self) -> bool:
        """Whether it can be asked."""
        return not self.library or _found(self.library)


def _found(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # a parent of it is missing
        return False


def schema_findings(documents: Sequence[Object]) -> list[Finding]:
    """What schemas say against documents, each checked by all that know it."""
    return sorted(
        {
            Finding(item.file, SCHEMA, f"{item.label}: {fault}" if "kind" in item.document else fault)
            for item in documents
            for validator in VALIDATORS
            if validator.present and validator.knows(item)
            for fault in validator.faults(item)
        }
    )


def missing_validators(documents: Sequence[Object]) -> list[str]:
    """What should have been checked and could not be: the library is not installed."""
    return [each.what for each in VALIDATORS if not each.present and any(map(each.knows, documents))]


def _is_cloud_run(item: Object) -> bool:
    return item.kind.endswith("/Service") and LOCATION in within(item.document, "metadata", "labels")


def _is_core(item: Object) -> bool:
    """An object of an API group that every Kubernetes has."""
    has_kind = {"apiVersion", "kind"} <= item.document.keys()
    core = "." not in item.group or item.group.endswith(
        (".authorization.k8s.io", "networking.k8s.io", ".storage.k8s.io")
    )
    return has_kind and core and not item.group.startswith("gateway.") and item.group not in NO_OBJECTS


def _is_custom(item: Object) -> bool:
    return custom_resources.known(item) and not _is_cloud_run(item)


def _is_template(item: Object) -> bool:
    return "AWSTemplateFormatVersion" in item.document


def _is_azure_ml(item: Object) -> bool:
    return str(item.document.get("$schema", "")).startswith("https://azuremlschemas.azureedge.net/")


def _core_faults(item: Object) -> Iterator[str]:
    from advisor.manifests.kubernetes_schemas import faults

    return faults(item)


def _cloud_run_faults(item: Object) -> Iterator[str]:
    from advisor.manifests.google_schemas import faults

    return faults(item.document, "run.v1", "Service")


def _vertex_faults(item: Object) -> Iterator[str]:
    from advisor.manifests.google_schemas import faults

    beta = "scaleToZeroSpec" in str(item.document)
    version, prefix = ("aiplatform.v1beta1", "V1beta1") if beta else ("aiplatform.v1", "V1")
    return faults(item.document, version, f"GoogleCloudAiplatform{prefix}{BODIES[PurePosixPath(item.file).name]}")


def _template_faults(item: Object) -> Iterator[str]:
    from advisor.manifests.template_lint import faults

    return faults(item.document)


def _azure_ml_faults(item: Object) -> Iterator[str]:
    from advisor.manifests.azure_schemas import faults

    return faults(item.document)


# The bodies of requests say nothing of their kind; the name of their file does.
BODIES: Mapping[str, str] = {
    "upload-model.yaml": "UploadModelRequest",
    "create-endpoint.yaml": "Endpoint",
    "deploy-model.yaml": "DeployModelRequest",
}


def _is_body(item: Object) -> bool:
    return PurePosixPath(item.file).name in BODIES and "kind" not in item.document


VALIDATORS: tuple[Validator, ...] = (
    Validator("the schemas of Kubernetes", "kubernetes_validate", _is_core, _core_faults),
    Validator("the schema of Cloud Run", "googleapiclient", _is_cloud_run, _cloud_run_faults),
    Validator("the schemas of Vertex AI", "googleapiclient", _is_body, _vertex_faults),
    Validator("the rules of cfn-lint", "cfnlint", _is_template, _template_faults),
    Validator("the schemas of Azure Machine Learning", "azure.ai.ml", _is_azure_ml, _azure_ml_faults),
    Validator("the model of a container app", "", container_app_model.known, container_app_model.faults),
    Validator("the models of custom resources", "", _is_custom, custom_resources.faults),
)


def documents_as_objects(documents: Mapping[str, Sequence[Any]]) -> list[Object]:
    """The documents of a bundle, by file, as what schemas are asked about."""
    return [
        Object(file, document) for file, each in documents.items() for document in each if isinstance(document, Mapping)
    ]
