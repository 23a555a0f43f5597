"""The chart of coverage: where every option can be priced. A plotly figure, as in `charts`."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from advisor.price_words import MEANINGS, REFERENCES, SYMBOLS, Document
from reports.charts import Figure, figure
from reports.content import Chart
from reports.formats import text
from reports.palette import BLUE, GREY, ORANGE, SKY, VERMILLION

COLOURS = dict(zip(SYMBOLS, (BLUE, SKY, ORANGE, GREY, VERMILLION), strict=True))
ROW, ROOM = 24, 120  # pixels
CELL = 20  # pixels of a mark


def coverage_chart(cells: Sequence[Document], reference: str) -> Chart:
    """Option by geography for one of the workloads that are asked about: a mark for each state, why not under it."""
    asked = [cell for cell in cells if cell["reference"] == reference]
    options = list(dict.fromkeys(cell["option"] for cell in asked))
    meant = "; ".join(f"{SYMBOLS[state]} {state}: {meaning}" for state, meaning in MEANINGS.items())
    traces = [_marks(state, [cell for cell in asked if cell["state"] == state]) for state in SYMBOLS]
    rows = {"type": "category", "autorange": "reversed", "automargin": True, "categoryarray": options, **_quiet()}
    columns = {"type": "category", "side": "top", "tickangle": -90, "automargin": True, **_quiet()}
    columns |= {"categoryarray": list(dict.fromkeys(cell["geography"] for cell in asked))}
    return Chart(
        f"coverage-{reference}",
        REFERENCES[reference],
        figure(traces, columns, rows, height=ROOM + ROW * len(options), showlegend=False),
        f"{REFERENCES[reference]}. {meant}.",
    )


def _quiet() -> Figure:
    return {"showgrid": False, "zeroline": False, "fixedrange": True, "categoryorder": "array"}


def _marks(state: str, cells: Sequence[Document]) -> dict[str, Any]:
    """The cells in one state."""
    return {
        "type": "scatter",
        "mode": "text",
        "name": state,
        "x": [cell["geography"] for cell in cells],
        "y": [cell["option"] for cell in cells],
        "text": [SYMBOLS[state]] * len(cells),
        "textfont": {"color": COLOURS[state], "size": CELL},
        "customdata": [escape(text("; ".join(cell["reasons"]) or MEANINGS[state])) for cell in cells],
        "hovertemplate": f"%{{y}} in %{{x}}: {state}<br>%{{customdata}}<extra></extra>",
    }
