"""The report as a workbook: real numbers, a sheet for each topic. Nothing in a cell is ever a formula or a link."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from reports.content import Bullets, Column, Listing, Paragraph, Section, Story, Table
from reports.document import Spread
from reports.formats import Kind, inert, text

OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
NUMBERS: Mapping[Kind, str] = {
    "money": "#,##0.00",
    "amount": "#,##0.######",
    "price": "#,##0.##########",
    "hours": "#,##0.0",
    "share": "0%",
    "range": "#,##0.00",
    "spread": "#,##0.0",
}
PARTS: Mapping[Kind, tuple[str, ...]] = {
    "range": ("low", "high"),
    "source": ("title", "address"),
    "spread": tuple(Spread.model_fields),
}
LONGEST_CELL = 32_000  # characters; a spreadsheet takes 32,767
LONGEST_SHEET = 31
NARROW, WIDE = 9, 60  # of a column, in characters


def workbook(story: Story) -> bytes:
    """The whole report: the text first, then every table in the sheet of its topic."""
    written = io.BytesIO()
    book = xlsxwriter.Workbook(written, OPTIONS)
    sheets = _Sheets(book)
    sheets.summary(story)
    chapter = ""
    for section in story.sections:
        chapter = section.title if section.level == 1 else chapter
        for block in section.blocks:
            sheets.block(block, chapter, section)
    sheets.close()
    return written.getvalue()


class _Sheets:
    """The sheets of a workbook, each with the row that is written next."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self.sheets: dict[str, Worksheet] = {}
        self.next: dict[str, int] = {}
        self.widths: dict[str, dict[int, int]] = {}
        self.head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"})
        self.plain, self.bold = (book.add_format({"bold": bold}) for bold in (False, True))
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self.numbers = {
            (kind, bold): book.add_format({"num_format": shape, "bold": bold, "align": "right"})
            for kind, shape in NUMBERS.items()
            for bold in (False, True)
        }

    def summary(self, story: Story) -> None:
        """What a reader in a hurry reads, and what identifies the run."""
        lines = [story.title, story.about, ""]
        for section in story.sections:
            lines += [line for block in section.blocks for line in _said(block)] if section.title == "Summary" else []
        self._prose("Summary", [*lines, "", *story.colophon, story.command])

    def block(self, block: object, chapter: str, section: Section) -> None:
        """A table in its sheet; sentences that are no summary in a sheet of their own."""
        if isinstance(block, Table):
            self._table(block, chapter)
        elif isinstance(block, (Bullets, Listing)) and section.title != "Summary":
            self._prose(section.title, [chapter] * bool(chapter) + list(_said(block)))

    def _sheet(self, name: str) -> tuple[Worksheet, str]:
        name = "".join(each for each in name if each not in "[]:*?/\\")[:LONGEST_SHEET]
        if name not in self.sheets:
            self.sheets[name], self.next[name], self.widths[name] = self.book.add_worksheet(name), 0, {}
        return self.sheets[name], name

    def _prose(self, name: str, lines: Sequence[str]) -> None:
        sheet, name = self._sheet(name)
        sheet.set_column(0, 0, 2 * WIDE)
        for line in lines:
            sheet.write_string(self.next[name], 0, _harmless(line), self.wrapped)
            self.next[name] += 1

    def _table(self, table: Table, chapter: str) -> None:
        """Below what the sheet holds already; the head of the first table stays in sight."""
        sheet, name = self._sheet(table.sheet)
        first = (Column("workload"),) if chapter else ()
        columns = (*first, *table.columns)
        if self.next[name] == 0 or not chapter:
            self._head(sheet, name, columns)
        for position, row in enumerate(table.rows):
            cells = (chapter, *row) if chapter else row
            self._row(sheet, name, columns, cells, position in table.strong)

    def _head(self, sheet: Worksheet, name: str, columns: Sequence[Column]) -> None:
        row = self.next[name]
        for at, heading in enumerate(each for column in columns for each in _headings(column)):
            sheet.write_string(row, at, heading, self.head)
            self._widen(name, at, len(heading) * 2 // 3)
        if row == 0:
            sheet.freeze_panes(1, 1)
        self.next[name] += 1

    def _row(self, sheet: Worksheet, name: str, columns: Sequence[Column], cells: Sequence[Any], bold: bool) -> None:
        row, at = self.next[name], 0
        for column, cell in zip(columns, cells, strict=True):
            for value in _values(column.kind, cell):
                self._cell(sheet, row, at, value, self.numbers.get((column.kind, bold)), bold)
                self._widen(name, at, len(str(value or "")) if not column.numeric else NARROW + 3)
                at += 1
        self.next[name] += 1

    def _cell(self, sheet: Worksheet, row: int, at: int, value: Any, number: Format | None, bold: bool) -> None:
        if value is None:
            return
        if number is not None or isinstance(value, float):
            sheet.write_number(row, at, value, number or (self.bold if bold else self.plain))
        else:
            sheet.write_string(row, at, _harmless(text(value)), self.bold if bold else self.plain)

    def _widen(self, name: str, at: int, characters: int) -> None:
        widths = self.widths[name]
        widths[at] = min(WIDE, max(widths.get(at, NARROW), characters + 1))

    def close(self) -> None:
        """Set the widths and finish the file."""
        for name, widths in self.widths.items():
            for at, width in widths.items():
                self.sheets[name].set_column(at, at, width)
        self.book.close()


def _harmless(words: str) -> str:
    return inert(text(words))[:LONGEST_CELL]


def _headings(column: Column) -> tuple[str, ...]:
    """A heading for every cell that the column takes."""
    return (
        tuple(f"{column.heading}, {part}" for part in PARTS[column.kind]) if column.kind in PARTS else (column.heading,)
    )


def _values(kind: Kind, cell: Any) -> Sequence[Any]:
    """The cells of a range, a spread or a source stand side by side."""
    if kind in ("range", "source"):
        return tuple(cell)
    if kind == "spread":
        return tuple(getattr(cell, part) for part in PARTS[kind]) if cell else (None,) * len(PARTS[kind])
    return (cell,)


def _said(block: object) -> Iterator[str]:
    """The sentences of a block."""
    if isinstance(block, Paragraph):
        yield block.text
    elif isinstance(block, Bullets):
        yield from ([block.title] if block.title else [])
        yield from (f"• {item}" for item in block.items)
    elif isinstance(block, Listing):
        yield from (block.name, *block.text.splitlines())
