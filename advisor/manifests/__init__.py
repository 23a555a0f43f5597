"""Everything needed to deploy a workload on an option, sized by its capacity plan: one writer per family."""

from __future__ import annotations

from advisor.explanation import Explanation
from advisor.manifests.blueprint import Blueprint, blueprint
from advisor.manifests.bundle import Bundle
from advisor.manifests.writers import writer
from advisor.workload import Workload

__all__ = ["Blueprint", "Bundle", "blueprint", "build"]


def build(workload: Workload, explanation: Explanation) -> Bundle:
    """The files, values and commands for one explained option; marked in every file where it is not possible.

    Raises `InputError` where nothing is written for the option.
    """
    plan = blueprint(workload, explanation)
    bundle = writer(plan.option)(plan)
    return bundle.marked(plan.refusals) if plan.refusals else bundle
