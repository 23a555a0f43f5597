"""The dashboard without a browser: a page opened in a session of its own."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

APP = Path(__file__).parents[1] / "app.py"
PATIENCE_S = 60.0


def opened(path: str = "", **state: object) -> AppTest:
    """A new session at a page (its `PATH`; the first page where none is named), its state set beforehand."""
    app = AppTest.from_file(str(APP), default_timeout=PATIENCE_S)
    for key, value in state.items():
        app.session_state[key] = value
    return turned(app, path).run()


def turned(app: AppTest, path: str) -> AppTest:
    """The same session at another page; `run` draws it. Pages that are functions have no other handle."""
    app._page_hash = calc_hash(path) if path else ""
    return app
