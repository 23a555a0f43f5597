"""Texts of users, made inert: Streamlit reads Markdown in every label, message and heading."""

from __future__ import annotations

import re

from reports.formats import short, text

_MARKS = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&])")


def inert(words: str) -> str:
    """A text on one line in which nothing is Markdown, HTML, mathematics, a colour, an icon or a link."""
    return _MARKS.sub(r"\\\1", text(words))


def named(name: str) -> str:
    """A name as headings show it: inert, and no longer than a line."""
    return inert(short(name))


def message(error: object) -> str:
    """What an error says, each line of it inert on a line of its own."""
    return "\n\n".join(inert(line) for line in str(error).splitlines())
