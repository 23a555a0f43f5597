"""The little of Markdown that generated parts need."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

SPECIAL = str.maketrans({"<": "&lt;", "*": "\\*"})


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[str] = ()) -> str:
    """A table; columns named in `right` hold figures."""
    rule = ["---:" if column in right else "---" for column in columns]
    return "".join(_row(cells) for cells in (columns, rule, *rows))


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |\n"


def code(text: str) -> str:
    """A name as it is typed."""
    return f"`{text}`"


def escaped(text: str) -> str:
    """Prose in which only back-ticks mean something."""
    parts = text.split("`")
    return "`".join(part if index % 2 else part.translate(SPECIAL) for index, part in enumerate(parts))


def link(text: str, url: str) -> str:
    """A link; the text alone where there is no address."""
    return f"[{text}]({url})" if url.startswith("http") else text
