"""What a report is made of, whoever writes it: sections of paragraphs, tables, charts and listings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from reports.formats import Kind


@dataclass(frozen=True)
class Paragraph:
    """A few sentences; the lead is what a reader in a hurry reads."""

    text: str
    lead: bool = False


@dataclass(frozen=True)
class Bullets:
    """Sentences that stand each on its own; `folded` ones are looked up, not read."""

    items: tuple[str, ...]
    title: str = ""
    folded: bool = False


@dataclass(frozen=True)
class Column:
    """A column; its unit stands in the heading."""

    title: str
    kind: Kind = "text"
    unit: str = ""

    @property
    def heading(self) -> str:
        """Title and unit."""
        return f"{self.title}, {self.unit}" if self.unit else self.title

    @property
    def numeric(self) -> bool:
        """Whether its cells are figures, which stand to the right."""
        return self.kind not in ("text", "source", "value")


@dataclass(frozen=True)
class Table:
    """Rows of unrounded values; `strong` rows are those the text speaks of, `faint` ones are ruled out."""

    title: str
    sheet: str  # where a workbook puts it
    columns: tuple[Column, ...]
    rows: Sequence[tuple[Any, ...]]
    strong: frozenset[int] = frozenset()
    faint: frozenset[int] = frozenset()
    note: str = ""
    folded: bool = False


@dataclass(frozen=True)
class Chart:
    """A plotly figure, what it says, and the same in words for those who cannot see it."""

    name: str
    title: str
    figure: dict[str, Any]
    caption: str


@dataclass(frozen=True)
class Listing:
    """The text of a file."""

    name: str
    text: str


Block: TypeAlias = Paragraph | Bullets | Table | Chart | Listing


@dataclass(frozen=True)
class Section:
    """A heading, and what stands under it. `chapter` names the workload it is about, empty for the whole report."""

    title: str
    blocks: tuple[Block, ...]
    level: int = 2  # 1: a chapter begins


@dataclass(frozen=True)
class Story:
    """A report as it is read from top to bottom."""

    title: str
    about: str
    sections: tuple[Section, ...]
    colophon: tuple[str, ...]  # what identifies the run, and the command that repeats it
    command: str

    def tables(self) -> Iterator[Table]:
        """Every table, in order."""
        for section in self.sections:
            yield from (block for block in section.blocks if isinstance(block, Table))
