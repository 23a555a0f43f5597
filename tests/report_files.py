"""Reports to test with: one whole comparison on a fixed day, and others with hostile words."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from pathlib import Path

from advisor.answer import Answer, compare_one
from advisor.platforms import PLATFORMS
from advisor.workload import read_workload
from pricing import load
from reports.assemble import chapter_of, report_of
from reports.document import Report

ROOT = Path(__file__).parents[1]
AS_OF = dt.date(2026, 11, 24)
OPTIONS = tuple(platform for platform in PLATFORMS if platform.id in ("cloud-run", "vertex-ai", "gke", "eks"))
HOSTILE = (
    "<script>alert(1)</script> =cmd() [x](javascript:y) **b** | @team #1 $x$ \u202egnp.exe\u202c `~\n# " + "z" * 10_000
)


@lru_cache(maxsize=4)
def answer_of(example: str) -> Answer:
    """An example on the fixed day, among a few options."""
    return compare_one(read_workload(ROOT / f"examples/{example}.yaml"), OPTIONS, load(AS_OF))


@lru_cache(maxsize=4)
def report_on(example: str, name: str = "") -> Report:
    """The report of an example, under another name where one is given."""
    answer = answer_of(example)
    chapter = chapter_of(answer, OPTIONS, {})
    if name:
        chapter = chapter.model_copy(update={"workload": {**chapter.workload, "name": name}})
    return report_of(answer.book, "1.2.3", f"advisor report {name or 'x.yaml'}", [chapter])
