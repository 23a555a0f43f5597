"""A comparison as a document: one content, many writers.

report = report_of(book, program, command, [chapter_of(answer, platforms, {})])
write(report, Path("report.html"))
"""

from __future__ import annotations

from reports.writers import SUFFIXES, written

__all__ = ["SUFFIXES", "written"]
