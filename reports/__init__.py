"""A comparison as a document: one content, many writers.

report = report_of(book, program, command, [chapter_of(answer, platforms, {})])
content = written(report, ".html")
"""

from __future__ import annotations

from reports.writers import DRAWN, LIBRARIES, SUFFIXES, written

__all__ = ["DRAWN", "LIBRARIES", "SUFFIXES", "written"]
