"""The dashboard without a browser: a page opened in a session of its own."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from advisor.pages.scenario import Scenario, preset
from advisor.pages.sidebar import TOOLS

APP = Path(__file__).parents[1] / "app.py"
DAY = dt.date(2026, 11, 24)
PATIENCE_S = 60.0
TAGS = re.compile(r"<[^>]*>")


def opened(path: str = "", name: str = "churn", query: str = "", **state: Any) -> AppTest:
    """A new session at a page (its `PATH`; the first page where none is named) with an example, on a fixed day.

    With a query, which is that of a shared link, the session begins as that says; `state` is set beforehand.
    """
    app = AppTest.from_file(str(APP), default_timeout=PATIENCE_S)
    if query:
        app.query_params["s"] = query
    else:
        app.session_state["scenario"] = Scenario(preset(name), DAY)
    for key, value in {**{f"tool-{title}": True for title in TOOLS}, **state}.items():
        app.session_state[key] = value
    return drawn(turned(app, path))


def turned(app: AppTest, path: str) -> AppTest:
    """The same session at another page; `run` draws it. Pages that are functions have no other handle."""
    app._page_hash = calc_hash(path) if path else ""
    return app


def drawn(app: AppTest) -> AppTest:
    """Run the session; nothing in it may fail."""
    app.run()
    assert not app.exception, [each.value for each in app.exception]
    return app


def field(name: str, number: int = 0) -> str:
    """The key of a field's widget; `number` counts the workloads that were loaded."""
    return f"field-{number}-{name}"


def html(app: AppTest) -> list[str]:
    """What the page draws as HTML, without its style."""
    return [block.proto.body for block in app.get("html") if not block.proto.body.startswith("<style>")]


def words(markup: str) -> str:
    """The text of some HTML."""
    return unescape(re.sub(r"\s+", " ", TAGS.sub(" ", markup.replace("<wbr>", "")))).strip()


def lead(app: AppTest) -> str:
    """What the page answers first."""
    said = next(block.value for block in app.main.markdown if block.value.startswith("**"))
    return re.sub(r"\\(.)", r"\1", said.replace("**\n\n", " ").removeprefix("**"))


def table(app: AppTest, title: str) -> list[list[str]]:
    """The rows of the table of that title, heading first."""
    markup = next(each for each in html(app) if f"<caption>{title}</caption>" in each)
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", markup, flags=re.DOTALL)
    return [[words(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, flags=re.DOTALL)] for row in rows]
