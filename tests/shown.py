"""What a page of the dashboard shows besides its tables: texts, charts, faults; and its buttons pressed."""

from __future__ import annotations

import json
from typing import Any

from streamlit.testing.v1 import AppTest

from tests.dashboard import drawn


def charts(app: AppTest) -> list[dict[str, Any]]:
    """The figures of a page, in order."""
    return [json.loads(element.proto.spec) for element in app.get("plotly_chart")]


def said(app: AppTest) -> str:
    """All Markdown of a page, none of which may hold HTML."""
    texts = [*app.markdown, *app.caption]
    assert not any(element.proto.allow_html for element in texts)
    return "\n".join(element.value for element in texts)


def faults(app: AppTest) -> str:
    """What a page says is wrong, in one text. No page ever shows a traceback."""
    assert not app.exception
    return "\n".join(element.value for element in app.error)


def pressed(app: AppTest, label: str) -> AppTest:
    """The page after its button was pressed."""
    (button,) = (each for each in app.button if each.label == label)
    button.click()
    return drawn(app)
