"""What a page of the dashboard shows, read back: its tables, its charts, its warnings."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import Any

from streamlit.testing.v1 import AppTest


class _Tables(HTMLParser):
    """The cells of every table, row by row, under its caption."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self._title, self._rows, self._into = "", [], ""  # type: ignore[var-annotated]

    def handle_starttag(self, tag: str, attrs: object) -> None:
        del attrs
        if tag == "table":
            self._title, self._rows = "", []
        elif tag == "tr":
            self._rows.append([])
        elif tag in ("td", "th"):
            self._rows[-1].append("")
        self._into = tag if tag in ("caption", "td", "th") else self._into

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            self.tables[self._title] = self._rows
        if tag == self._into:
            self._into = ""

    def handle_data(self, data: str) -> None:
        if self._into == "caption":
            self._title += data
        elif self._into:
            self._rows[-1][-1] += data


def tables(app: AppTest) -> dict[str, list[list[str]]]:
    """Caption -> rows of cells, the heading first. Folded tables have no caption."""
    reader = _Tables()
    for element in app.get("html"):
        reader.feed(element.proto.body)
    return reader.tables


def charts(app: AppTest) -> list[dict[str, Any]]:
    """The figures of a page, in order."""
    return [json.loads(element.proto.spec) for element in app.get("plotly_chart")]


def words(app: AppTest) -> str:
    """All Markdown of a page."""
    return "\n".join(element.value for element in [*app.markdown, *app.caption])


def faults(app: AppTest) -> str:
    """What a page says is wrong, in one text. No page ever shows a traceback."""
    assert not app.exception
    return "\n".join(element.value for element in app.error)


def pressed(app: AppTest, label: str) -> AppTest:
    """The page after its button was pressed."""
    (button,) = (each for each in app.button if each.label == label)
    return button.click().run()
