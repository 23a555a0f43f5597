"""Generated parts of pages stand between two markers; what stands outside is written by hand and never touched."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from docs.coverage import coverage
from docs.formulas import formulas
from docs.glossary import fields, meters, names
from docs.platforms import capabilities, limits, options
from docs.prices import holdings, places, tables
from docs.shell import commands, output
from pricing import DATA, PriceBook, load
from pricing.folder import Folder
from pricing.inventory import newest_day

ROOT = Path(__file__).parents[1]
PART = re.compile(r"(?P<start><!-- generated: (?P<name>[^\n]+) -->\n).*?(?P<end><!-- end -->)", re.DOTALL)
OUTPUT = "output of "  # followed by a command

WRITERS: Mapping[str, Callable[[PriceBook], str]] = {
    "capabilities": capabilities,
    "commands": commands,
    "coverage": coverage,
    "fields": fields,
    "formulas": formulas,
    "holdings": holdings,
    "limits": limits,
    "meters": meters,
    "names": names,
    "options": options,
    "places": places,
    "tables": tables,
}


def pages() -> list[Path]:
    """README.md and the pages of docs/."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def book() -> PriceBook:
    """The price book on the day its newest source was read: pages do not depend on the clock."""
    return load(newest_day(Folder(DATA)))


def rewritten(page: str, facts: PriceBook) -> str:
    """The text of a page with its generated parts as they should be. A marker that nothing writes is a KeyError."""
    return PART.sub(lambda part: f"{part['start']}{_written(part['name'], facts)}\n{part['end']}", page)


def _written(name: str, facts: PriceBook) -> str:
    if name.startswith(OUTPUT):
        return output(name.removeprefix(OUTPUT), ROOT)
    return WRITERS[name](facts).strip("\n")
