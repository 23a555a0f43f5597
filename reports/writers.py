"""Which writer a suffix chooses. Each loads its own library, and only then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reports.document import Report


def _html(report: Report) -> bytes:
    from reports.html import html
    from reports.story import story_of

    return html(story_of(report)).encode()


def _markdown(report: Report) -> bytes:
    from reports.markdown import markdown
    from reports.story import story_of

    return markdown(story_of(report)).encode()


def _pdf(report: Report) -> bytes:
    from reports.pdf import pdf
    from reports.story import story_of

    return pdf(story_of(report))


def _workbook(report: Report) -> bytes:
    from reports.story import story_of
    from reports.workbook import workbook

    return workbook(story_of(report))


def _json(report: Report) -> bytes:
    from reports.machine import to_json

    return to_json(report).encode()


def _csv(report: Report) -> bytes:
    from reports.machine import to_csv

    return to_csv(report).encode()


WRITERS: Mapping[str, Callable[[Report], bytes]] = {
    ".html": _html,
    ".pdf": _pdf,
    ".md": _markdown,
    ".xlsx": _workbook,
    ".json": _json,
    ".csv": _csv,
}
SUFFIXES = tuple(WRITERS)
LIBRARIES = {".html": "plotly", ".pdf": "weasyprint", ".xlsx": "xlsxwriter"}  # of the extra `report`
DRAWN = (".html", ".pdf", ".json")  # the forms that show every option along a sweep


def written(report: Report, suffix: str) -> bytes:
    """The report in the form that a suffix such as `.html` stands for."""
    return WRITERS[suffix](report)
