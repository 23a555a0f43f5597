"""The report for machines: JSON, which is read back, and CSV, the table."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from advisor.errors import InputError
from advisor.saved import fault, read_document
from reports.document import Chapter, Option, Report, Spread
from reports.document_of_many import Row
from reports.formats import inert, text

WANTED = "a file from `advisor report -o FILE.json`"
OPTION_COLUMNS = (
    "workload",
    "option",
    "chosen",
    "status",
    "variant",
    "region",
    "monthly_usd",
    "monthly_usd_low",
    "monthly_usd_high",
    "tco_usd",
)
SPREADS = ("tco_range_usd", "days_to_production", "setup_hours", "operations_hours_per_month", "release_hours")
WORKLOAD_COLUMNS = (
    "workload",
    "option",
    "status",
    "monthly_usd",
    "tco_usd",
    "days_to_production",
    "setup_hours",
    "running_hours_per_month",
    "runner_up",
    "difference_usd",
)


def to_json(report: Report) -> str:
    """The machine form, nothing rounded; ASCII, so that nothing in it can steer a terminal."""
    import json

    return json.dumps(report.model_dump(mode="json"), indent=1, allow_nan=False) + "\n"


def read_report(path: Path) -> Report:
    """A report that was written as JSON. Raises `InputError` for any other file."""
    try:
        return Report.model_validate(read_document(path))
    except ValidationError as error:
        raise InputError(f"{path} is not a report: {fault(error)}; allowed: {WANTED}") from None


def to_csv(report: Report) -> str:
    """The table: an option of a workload in each row, or a workload where there are several."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerows(_portfolio(report.portfolio) if report.portfolio else _options(report.chapters))
    return written.getvalue()


def _options(chapters: tuple[Chapter, ...]) -> Iterator[list[Any]]:
    yield [*OPTION_COLUMNS, *(f"{name}_{level}" for name in SPREADS for level in Spread.model_fields)]
    for chapter in chapters:
        for option in chapter.options:
            yield [_cell(value) for value in (*_figures(chapter, option), *_spreads(option))]


def _figures(chapter: Chapter, option: Option) -> Iterator[Any]:
    yield from (chapter.name, option.option, option.option == chapter.choice.option)
    yield from (getattr(option, name) for name in OPTION_COLUMNS[3:])


def _spreads(option: Option) -> Iterator[float | None]:
    for name in SPREADS:
        spread = getattr(option, name)
        yield from (getattr(spread, level) if spread else None for level in Spread.model_fields)


def _portfolio(rows: tuple[Row, ...]) -> Iterator[list[Any]]:
    yield list(WORKLOAD_COLUMNS)
    for row in rows:
        figures = (getattr(row, name) for name in WORKLOAD_COLUMNS[2:])
        yield [_cell(value) for value in (row.name, row.choice.option, *figures)]


def _cell(value: Any) -> Any:
    """A figure as it is; a text on one line that no spreadsheet takes for a formula; nothing for None."""
    if isinstance(value, float):
        return repr(value)
    return "" if value is None else inert(text(value))
