"""The report as Markdown that reads well in a pull request. Whatever a user wrote is escaped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import singledispatch

from reports.content import Block, Bullets, Chart, Listing, Paragraph, Section, Story, Table
from reports.formats import shown, text

SPECIAL = re.compile(r"([\\`*_\[\]|~$])")
ADDRESS = re.compile(r"https?://[\w./%?=&#:+,~-]+")
REFERENCE = re.compile(r"([@#])(?=\w)")  # would name a person or an issue where it is shown


def escaped(words: str) -> str:
    """Words that no Markdown reader takes for anything but words."""
    words = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    words = REFERENCE.sub(r"\1<!-- -->", SPECIAL.sub(r"\\\1", words))
    return words.replace("://", "&#58;//")


def markdown(story: Story) -> str:
    """The whole report."""
    lines = [f"# {escaped(story.title)}", "", escaped(story.about), ""]
    chapters = any(section.level == 1 for section in story.sections)
    for section in story.sections:
        lines += _section(section, "##" if section.level == 1 or not chapters else "###")
    lines += ["---", "", *(f"{escaped(text(said))}  " for said in story.colophon), "", "Again with:", ""]
    return "\n".join([*lines, *_fenced(text(story.command), "sh"), ""])


def _section(section: Section, marks: str) -> Iterator[str]:
    yield from (f"{marks} {escaped(section.title)}", "")
    for block in section.blocks:
        yield from _written(block)


@singledispatch
def _written(block: Block) -> Iterator[str]:
    raise TypeError(block)


@_written.register
def _(block: Paragraph) -> Iterator[str]:
    words = escaped(text(block.text))
    yield from (f"**{words}**" if block.lead else words, "")


@_written.register
def _(block: Bullets) -> Iterator[str]:
    lines = [f"- {escaped(text(item))}" for item in block.items]
    if block.folded:
        yield from _folded(block.title, lines)
        return
    if block.title:
        yield from (f"**{escaped(text(block.title))}**", "")
    yield from (*lines, "")


def _folded(title: str, lines: list[str]) -> Iterator[str]:
    """What is looked up, not read: closed until it is opened."""
    yield from (f"<details><summary>{escaped(text(title))}</summary>", "", *lines, "", "</details>", "")


@_written.register
def _(block: Table) -> Iterator[str]:
    lines = [*_grid(block), *(("", escaped(block.note)) if block.note else ())]
    if block.folded:
        yield from _folded(block.title, lines)
    else:
        yield from (f"**{escaped(block.title)}**", "", *lines, "")


def _grid(table: Table) -> Iterator[str]:
    yield _row([escaped(column.heading) for column in table.columns])
    yield _row(["--:" if column.numeric else "---" for column in table.columns])
    for position, row in enumerate(table.rows):
        cells = [
            escaped(shown(value, column.kind)) if column.kind != "source" else _link(*value)
            for value, column in zip(row, table.columns, strict=True)
        ]
        yield _row([f"**{cell}**" if cell and position in table.strong else cell for cell in cells])


def _link(words: str, address: str) -> str:
    """A link, if it leads to a page and can be nothing else."""
    shown_words = escaped(text(words))
    return f"[{shown_words}](<{address}>)" if ADDRESS.fullmatch(address) else shown_words


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


@_written.register
def _(block: Chart) -> Iterator[str]:
    """Markdown draws nothing: tables beside the chart hold its figures."""
    del block
    yield from ()


@_written.register
def _(block: Listing) -> Iterator[str]:
    yield from (f"`{text(block.name).replace('`', '')}`", "", *_fenced(block.text, "yaml"), "")


def _fenced(words: str, language: str) -> list[str]:
    """A listing within a fence that is longer than any in it."""
    longest = max((len(ticks) for ticks in re.findall(r"`+", words)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}{language}", words.rstrip("\n"), fence]
