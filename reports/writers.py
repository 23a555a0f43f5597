"""Which writer a suffix chooses. Each loads its own library, and only then."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, TypeAlias

from reports.topics import Topic

if TYPE_CHECKING:
    from reports.document import Report

Topics: TypeAlias = Collection[Topic]


def _html(report: Report, topics: Topics) -> bytes:
    from reports.html import html
    from reports.story import story_of

    return html(story_of(report, topics)).encode()


def _markdown(report: Report, topics: Topics) -> bytes:
    from reports.markdown import markdown
    from reports.story import story_of

    return markdown(story_of(report, topics)).encode()


def _pdf(report: Report, topics: Topics) -> bytes:
    from reports.pdf import pdf
    from reports.story import story_of

    return pdf(story_of(report, topics))


def _workbook(report: Report, topics: Topics) -> bytes:
    from reports.story import story_of
    from reports.workbook import workbook

    return workbook(story_of(report, topics))


def _json(report: Report, _: Topics) -> bytes:
    from reports.machine import to_json

    return to_json(report).encode()


def _csv(report: Report, _: Topics) -> bytes:
    from reports.machine import to_csv

    return to_csv(report).encode()


WRITERS: Mapping[str, Callable[[Report, Topics], bytes]] = {
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
FOR_MACHINES = (".json", ".csv")


def written(report: Report, suffix: str, topics: Topics = tuple(Topic)) -> bytes:
    """The report in the form that a suffix such as `.html` stands for; forms for machines hold every topic."""
    return WRITERS[suffix](report, topics)
