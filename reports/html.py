"""The report as one self-contained page: no address outside it is ever asked for anything."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import singledispatch
from html import escape
from importlib.resources import files
from typing import Any

from reports.content import Block, Bullets, Chart, Column, Listing, Paragraph, Section, Story, Table
from reports.formats import shown, text
from reports.svg import svg

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data: blob:"
OWN_SCRIPTS = "; script-src 'unsafe-inline'"  # where there are any
SHORT_WORDS = 20  # characters up to which a cell stays on one line
MOST_KEPT_TOGETHER = 14  # rows of a table that is not torn over two sheets of paper
MOST_LINKS = 24  # in the list of contents


def html(story: Story) -> str:
    """The page with charts that answer to the mouse; the library that draws them is inside."""
    charts = [block for section in story.sections for block in section.blocks if isinstance(block, Chart)]
    figures = [{"data": chart.figure["data"], "layout": chart.figure["layout"]} for chart in charts]
    library = (files("plotly") / "package_data" / "plotly.min.js").read_text("utf-8")
    scripts = [
        f'<script type="application/json" id="figures">{_harmless(figures)}</script>',
        f"<script>{library}</script>",
        f"<script>{_own('charts.js')}</script>",
    ]
    return page(story, scripts if charts else [])


def page(story: Story, scripts: Sequence[str] = (), style: str = "", unfolded: bool = False) -> str:
    """The page with still charts, and scripts where they are given."""
    writer, policy = _Writer(unfolded), POLICY + OWN_SCRIPTS * bool(scripts)
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(story.title)}</title><style>{_own('style.css')}{style}</style></head><body>",
        f'<header><h1>{_bidi(story.title)}</h1><p class="about">{escape(story.about)}</p></header>',
        *_contents(story.sections),
        *(part for number, section in enumerate(story.sections) for part in writer.section(number, section)),
        f"<footer>{''.join(f'<p>{escape(text(said))}</p>' for said in story.colophon)}",
        f"<p>Again with:</p><pre>{escape(text(story.command))}</pre></footer>",
        *scripts,
        "</body></html>\n",
    ]
    return "\n".join(parts)


def _own(name: str) -> str:
    return (files("reports") / name).read_text("utf-8")


def _harmless(figures: Any) -> str:
    """JSON that cannot end the script it stands in."""
    return json.dumps(figures, allow_nan=False).replace("<", "\\u003c")


def _bidi(words: str) -> str:
    """Words whose direction stays their own."""
    return f"<bdi>{escape(words)}</bdi>"


def _contents(sections: Sequence[Section]) -> Iterator[str]:
    numbered = list(enumerate(sections))
    chapters = [(number, section) for number, section in numbered if section.level == 1]
    links = (chapters or numbered)[:MOST_LINKS]
    if len(links) > 1:
        yield "<nav>"
        yield from (f'<a href="#s{number}">{_bidi(section.title)}</a>' for number, section in links)
        yield "</nav>"


class _Writer:
    """Writes sections, counting the charts."""

    def __init__(self, unfolded: bool) -> None:
        self.charts, self.unfolded = 0, unfolded

    def section(self, number: int, section: Section) -> Iterator[str]:
        """A section with all its blocks."""
        chapter = ' class="chapter"' if section.level == 1 else ""
        yield f'<section id="s{number}"><h2{chapter}>{_bidi(section.title)}</h2>'
        for block in section.blocks:
            yield from _written(block, self)
        yield "</section>"

    def folded(self, title: str, inside: Iterator[str]) -> Iterator[str]:
        """What is looked up, not read: closed until it is opened; open on paper."""
        if self.unfolded:
            yield f"<h3>{escape(title)}</h3>"
            yield from inside
            return
        yield f"<details><summary>{escape(title)}</summary>"
        yield from inside
        yield "</details>"


@singledispatch
def _written(block: Block, writer: _Writer) -> Iterator[str]:
    """The HTML of a block."""
    raise TypeError(block, writer)


@_written.register
def _(block: Paragraph, writer: _Writer) -> Iterator[str]:
    del writer
    yield f"<p{' class=lead' if block.lead else ''}>{escape(text(block.text))}</p>"


@_written.register
def _(block: Bullets, writer: _Writer) -> Iterator[str]:
    lines = "".join(f"<li>{escape(text(item))}</li>" for item in block.items)
    items = f"<ul{' class=many' if block.folded else ''}>{lines}</ul>"
    if block.folded and not writer.unfolded:
        yield from writer.folded(block.title, iter([items]))
    else:
        yield f"{f'<h3>{escape(text(block.title))}</h3>' if block.title else ''}{items}"


@_written.register
def _(block: Table, writer: _Writer) -> Iterator[str]:
    folded = block.folded and not writer.unfolded
    inside = grid(block, "" if folded else block.title)
    yield from writer.folded(block.title, inside) if folded else inside


def grid(table: Table, title: str) -> Iterator[str]:
    """The HTML of a table with its note, everything in it escaped."""
    whole = " whole" if len(table.rows) <= MOST_KEPT_TOGETHER else ""
    caption = f"<caption>{escape(title)}</caption>" if title else ""
    yield f'<div class="wide{whole}"><table>{caption}<thead><tr>'
    yield from (_heading(column) for column in table.columns)
    yield "</tr></thead><tbody>"
    for position, row in enumerate(table.rows):
        kind = "strong" if position in table.strong else "faint" if position in table.faint else ""
        yield f"<tr{f' class={kind}' if kind else ''}>"
        yield from (_cell(value, column) for value, column in zip(row, table.columns, strict=True))
        yield "</tr>"
    yield "</tbody></table></div>"
    if table.note:
        yield f'<p class="note">{escape(table.note)}</p>'


def _heading(column: Column) -> str:
    unit = f"<small>{escape(column.unit)}</small>" if column.unit else ""
    return f'<th scope="col"{" class=n" if column.numeric else ""}>{escape(column.title)}{unit}</th>'


def _cell(value: Any, column: Column) -> str:
    if column.kind == "source":
        return f"<td class=long>{_link(*value)}</td>"
    words = shown(value, column.kind)
    kind = "n" if column.numeric else "short" if len(words) <= SHORT_WORDS else "long"
    return f"<td class={kind}>{escape(words).replace('_', '_<wbr>')}</td>"


def _link(words: str, address: str) -> str:
    """A link, if it leads to a page and not to a script."""
    if not address.startswith(("https://", "http://")):
        return escape(text(words))
    return f'<a href="{escape(address)}" rel="noreferrer">{escape(text(words))}</a>'


@_written.register
def _(block: Chart, writer: _Writer) -> Iterator[str]:
    number, writer.charts = writer.charts, writer.charts + 1
    yield f'<figure data-figure="{number}"><h3>{escape(block.title)}</h3><div class="live"></div>'
    yield f'<div class="still scroll">{svg(block.figure, block.title, "currentColor")}</div>'
    yield f"<figcaption>{escape(block.caption)}</figcaption></figure>"


@_written.register
def _(block: Listing, writer: _Writer) -> Iterator[str]:
    yield from writer.folded(text(block.name), iter([f"<pre>{escape(block.text)}</pre>"]))
