"""Which writer serves which option."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from advisor.errors import unknown_name
from advisor.manifests.aws_lambda import aws_lambda
from advisor.manifests.azure_ml import azure_ml
from advisor.manifests.blueprint import Blueprint
from advisor.manifests.bundle import Bundle
from advisor.manifests.cloud_run import cloud_run
from advisor.manifests.cluster import cluster
from advisor.manifests.container_apps import container_apps
from advisor.manifests.creation import CREATIONS
from advisor.manifests.knative import knative
from advisor.manifests.kserve import kserve
from advisor.manifests.sagemaker import sagemaker
from advisor.manifests.seldon import seldon
from advisor.manifests.vertex_ai import vertex_ai

Writer = Callable[[Blueprint], Bundle]

PLATFORMS: Mapping[str, Writer] = {
    "cloud-run": cloud_run,
    "vertex-ai": vertex_ai,
    "sagemaker-realtime": sagemaker,
    "sagemaker-serverless": sagemaker,
    "sagemaker-async": sagemaker,
    "lambda": aws_lambda,
    "azure-ml": azure_ml,
    "container-apps": container_apps,
    **dict.fromkeys(CREATIONS, cluster),
}
STACKS: Mapping[str, Writer] = {"knative": knative, "kserve": kserve, "seldon": seldon}


def writer(option: str) -> Writer:
    """The writer of an option, by its stack where it has one. Raises `InputError` for an option nobody writes for."""
    platform, _, stack = option.partition("+")
    if platform not in PLATFORMS or (stack and (stack not in STACKS or platform not in CREATIONS)):
        raise unknown_name("a manifest for option", option, PLATFORMS)
    return STACKS[stack] if stack else PLATFORMS[platform]
