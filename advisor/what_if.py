"""What another skill, one more asset or one more person would change for one option: its people and its total cost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from advisor.answer import Answer
from advisor.comparison import compare
from advisor.declaration import FIELDS
from advisor.deploy import DeployPlan
from advisor.fields import bounds_of
from advisor.platforms.platform import Platform
from advisor.team import ASSETS, SKILLS
from advisor.workload import Workloads

ENGINEERS = "engineers"


@dataclass(frozen=True)
class Case:
    """One field of the workload at another value, all else as it is; `field` is empty for the workload itself."""

    field: str
    value: Any
    plan: DeployPlan
    tco_usd: float | None  # None unless priced


def what_if(answer: Answer, platform: Platform) -> tuple[Case, ...]:
    """The workload as it is, then each change that moves the option's people or its total.

    A calibrated pace stays in force; the machines are chosen anew, because a cluster that exists is shared.
    """
    changes = [("", None), *_changes(answer, platform)]
    rows = [answer.workload.model_copy(update={field: value} if field else {}) for field, value in changes]
    found = compare(Workloads.of(rows), [platform], answer.book, answer.pace)
    people, totals = found.people[platform.id], found.ownership[platform.id].total_usd[:, 0]
    cases = [
        Case(field, value, people.of(row), float(totals[row]) if np.isfinite(totals[row]) else None)
        for row, (field, value) in enumerate(changes)
    ]
    return (cases[0], *(case for case in cases[1:] if _differs(case, cases[0])))


def _changes(answer: Answer, platform: Platform) -> Iterator[tuple[str, Any]]:
    """The other skills that count for the option, the assets that the team lacks, one more person."""
    workload, question = answer.workload, answer.plan(platform.id).question
    skill = "skill_kubernetes" if question.tables.uses_kubernetes_skill(question.family) else "skill_managed"
    yield from ((skill, other) for other in SKILLS if other != getattr(workload, skill))
    yield from ((asset, True) for asset in ASSETS if not getattr(workload, asset))
    if workload.engineers < dict(bounds_of(FIELDS[ENGINEERS]))["le"]:
        yield ENGINEERS, workload.engineers + 1


def _differs(case: Case, now: Case) -> bool:
    """Whether anything that a table shows is another figure."""
    return (case.plan, case.tco_usd) != (now.plan, now.tco_usd)
