"""Which writer serves which option."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from advisor.errors import unknown_name
from advisor.manifests.blueprint import Blueprint
from advisor.manifests.bundle import Bundle
from advisor.manifests.cloud_run import cloud_run
from advisor.manifests.cluster import cluster
from advisor.manifests.creation import CREATIONS
from advisor.manifests.sagemaker import sagemaker
from advisor.manifests.vertex_ai import vertex_ai

Writer = Callable[[Blueprint], Bundle]

PLATFORMS: Mapping[str, Writer] = {
    "cloud-run": cloud_run,
    "vertex-ai": vertex_ai,
    "sagemaker-realtime": sagemaker,
    "sagemaker-serverless": sagemaker,
    "sagemaker-async": sagemaker,
    **dict.fromkeys(CREATIONS, cluster),
}
STACKS: Mapping[str, Writer] = {"": cluster}


def writer(option: str) -> Writer:
    """The writer of an option, by its stack where it has one. Raises `InputError` for an option nobody writes for."""
    platform, _, stack = option.partition("+")
    if platform not in PLATFORMS or (stack and (stack not in STACKS or platform not in CREATIONS)):
        raise unknown_name("a manifest for option", option, PLATFORMS)
    return STACKS[stack] if stack else PLATFORMS[platform]
