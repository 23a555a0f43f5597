"""The report on paper: the same page with still charts, laid out by WeasyPrint."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from advisor.errors import InputError
from reports.content import Story
from reports.html import page

PACKAGES = ("libpango-1.0-0", "libpangoft2-1.0-0")  # as Debian calls them
PAPER = """
@page { size: A4; margin: 16mm 14mm 18mm; @bottom-right { content: counter(page) " / " counter(pages);
  font: 8pt sans-serif; color: #57606a; } }
:root { --ink: #1f2328; --soft: #57606a; --rule: #d0d7de; --page: #fff; --lead: #eef4fb; --strong: #e8f3ec;
  --link: #0b5cad; }
h2.chapter { break-before: page; }
#s0 h2.chapter { break-before: auto; }
.many { columns: auto; }
"""
RARELY = (50_000, 20, 20)  # collections: laying out a page makes many objects, few of which are ever let go


def pdf(story: Story) -> bytes:
    """The document. Raises `InputError` where a library of the system is missing."""
    library = _weasyprint()
    with _collecting(*RARELY):
        source = library.HTML(string=page(story, style=PAPER, unfolded=True), url_fetcher=_refuse)
        written: bytes = source.write_pdf()
    return written


@contextmanager
def _collecting(*thresholds: int) -> Iterator[None]:
    """Look for garbage at other times than usual; a sixth of the time goes into looking for it in vain."""
    usual = gc.get_threshold()
    gc.set_threshold(*thresholds)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _weasyprint() -> Any:
    """WeasyPrint, which needs Pango from the system."""
    try:
        import weasyprint
    except OSError:
        raise InputError(
            f"a PDF needs {' and '.join(PACKAGES)}, which this machine lacks: apt-get install {' '.join(PACKAGES)}; "
            "allowed without them: .html, .md, .xlsx, .json, .csv"
        ) from None
    return weasyprint


def _refuse(url: str, *_: object, **__: object) -> Any:
    """Nothing outside the document is ever asked for."""
    raise ValueError(url)
