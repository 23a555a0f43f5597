"""The options, in display order: the one list."""

from __future__ import annotations

from collections.abc import Sequence

from advisor.errors import InputError, unknown_name
from advisor.platforms.aks import AKS
from advisor.platforms.aws_lambda import LAMBDA
from advisor.platforms.azure_ml import AZURE_ML
from advisor.platforms.cloud_run import CLOUD_RUN
from advisor.platforms.container_apps import CONTAINER_APPS
from advisor.platforms.eks import EKS
from advisor.platforms.eks_auto import EKS_AUTO
from advisor.platforms.eks_fargate import EKS_FARGATE
from advisor.platforms.gke import GKE
from advisor.platforms.gke_autopilot import GKE_AUTOPILOT
from advisor.platforms.k3s import K3S
from advisor.platforms.on_prem import ON_PREM
from advisor.platforms.platform import Platform
from advisor.platforms.sagemaker import SAGEMAKER_ASYNC, SAGEMAKER_REALTIME
from advisor.platforms.sagemaker_serverless import SAGEMAKER_SERVERLESS
from advisor.platforms.self_managed import SELF_MANAGED_AWS, SELF_MANAGED_AZURE, SELF_MANAGED_GCP
from advisor.platforms.stacks import SIGN, stack_fault, with_stacks
from advisor.platforms.vertex_ai import VERTEX_AI

PLATFORMS: tuple[Platform, ...] = (
    CLOUD_RUN,
    VERTEX_AI,
    GKE_AUTOPILOT,
    GKE,
    SELF_MANAGED_GCP,
    K3S,
    LAMBDA,
    SAGEMAKER_SERVERLESS,
    SAGEMAKER_REALTIME,
    SAGEMAKER_ASYNC,
    EKS_FARGATE,
    EKS_AUTO,
    EKS,
    SELF_MANAGED_AWS,
    CONTAINER_APPS,
    AZURE_ML,
    AKS,
    SELF_MANAGED_AZURE,
    ON_PREM,
)


EVERY = with_stacks(PLATFORMS)


def chosen(names: Sequence[str] | None, stacks: bool = False) -> tuple[Platform, ...]:
    """The options by their ids, in display order; all where none is named. With `stacks`, clusters with each stack too.

    Raises `InputError` with the nearest ids.
    """
    known = {platform.id for platform in EVERY}
    for name in names or ():
        if name not in known:
            raise _unknown(name, known)
    ids = {platform.id for platform in PLATFORMS} if names is None else set(names)
    more = ids if stacks else set()
    return tuple(platform for platform in EVERY if platform.id in ids or platform.id.partition(SIGN)[0] in more)


def _unknown(name: str, known: set[str]) -> InputError:
    """Why there is no such option: no such stack, no cluster, or no such name."""
    if SIGN not in name:
        return unknown_name("option", name, (platform.id for platform in PLATFORMS))
    return stack_fault(name, PLATFORMS) or unknown_name("option", name, known)
