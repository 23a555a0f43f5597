"""`python -m reports.samples` names the samples that are out of date; `--write` rewrites them."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from advisor.answer import compare_one
from advisor.platforms import PLATFORMS
from advisor.workload import read_workload
from pricing import load
from reports.assemble import chapter_of, report_of
from reports.content import Chart
from reports.document import Report
from reports.story import story_of
from reports.svg import svg
from reports.writers import written

HERE = Path(__file__).parent
EXAMPLES = Path(__file__).parents[2] / "examples"
AS_OF = dt.date(2026, 11, 24)
SAMPLES = {"churn": (".md", ".csv", ".json"), "recommender": (".md", ".csv"), "llm": (".md", ".csv")}
DRAWN = "recommender"  # whose charts are pictures of their own
SCHEMA = "report.schema.json"


def sample(example: str, suffix: str) -> Report:
    """The report of an example on a fixed day."""
    book = load(AS_OF)
    answer = compare_one(read_workload(EXAMPLES / f"{example}.yaml"), PLATFORMS, book)
    command = f"advisor report examples/{example}.yaml -o {example}{suffix} --as-of {AS_OF}"
    chapter = chapter_of(answer, PLATFORMS, {})
    return report_of(book, "sample", command, [chapter])


def files() -> Iterator[tuple[Path, str]]:
    """Every file that is committed, with what should be in it."""
    for example, suffixes in SAMPLES.items():
        for suffix in suffixes:
            yield HERE / f"{example}{suffix}", written(sample(example, suffix), suffix).decode()
    yield from _pictures()
    yield HERE.parent / SCHEMA, json.dumps(Report.model_json_schema(), indent=1) + "\n"


def _pictures() -> Iterator[tuple[Path, str]]:
    for section in story_of(sample(DRAWN, ".md")).sections:
        for block in section.blocks:
            if isinstance(block, Chart):
                yield HERE / DRAWN / f"{block.name}.svg", svg(block.figure, block.title, background="#ffffff") + "\n"


def main() -> None:
    """Write, or name what would change."""
    stale = [(path, text) for path, text in files() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path, text in stale:
        sys.stdout.write(f"{path.relative_to(HERE.parent)}\n")
        if "--write" in sys.argv[1:]:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
    raise SystemExit(bool(stale) and "--write" not in sys.argv[1:])


if __name__ == "__main__":
    main()
