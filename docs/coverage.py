"""Where each option can be priced, as `advisor prices coverage` finds it."""

from __future__ import annotations

from advisor.coverage import coverage as cells_of
from advisor.platforms import PLATFORMS
from advisor.price_documents import Document, coverage_document
from advisor.price_words import MEANINGS, REFERENCES, outside_words, shortfalls
from docs.markdown import code, escaped, table
from pricing import PriceBook


def coverage(book: PriceBook) -> str:
    """A matrix per reference workload, what the words mean, and what is missing."""
    cells = coverage_document(book, cells_of(PLATFORMS, book))["cells"]
    parts = [f"As of {book.as_of}, fingerprint `{book.fingerprint}`.\n"]
    parts += [
        f"## {sentence}\n\n{_matrix([cell for cell in cells if cell['reference'] == reference])}"
        for reference, sentence in REFERENCES.items()
    ]
    parts.append("## What the words mean\n\n" + "".join(f"- {state}: {said}\n" for state, said in MEANINGS.items()))
    missing = [*shortfalls(cells), *outside_words(cells)]
    parts.append("## What is missing\n\n" + ("".join(f"- {escaped(line)}\n" for line in missing) or "Nothing.\n"))
    return "\n".join(parts)


def _matrix(cells: list[Document]) -> str:
    geographies = list(dict.fromkeys(cell["geography"] for cell in cells))
    rows: dict[str, dict[str, str]] = {}
    for cell in cells:
        rows.setdefault(cell["option"], {})[cell["geography"]] = cell["state"]
    return table(
        ("option", *geographies),
        ((code(option), *(states[geography] for geography in geographies)) for option, states in rows.items()),
    )
