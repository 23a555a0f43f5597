"""What the price book holds, on the day its newest source was read."""

from __future__ import annotations

from advisor.price_documents import holdings_document
from docs.markdown import code, table
from pricing import PriceBook
from pricing.inventory import other_files


def holdings(book: PriceBook) -> str:
    """Services with their figures, ages and grades."""
    document = holdings_document(book)
    counts = ("prices", "unknown", "facts", "stale")
    columns = ("service", "title", *counts, "oldest", "newest", *document["grades"])
    rows = (
        (
            code(each["service"]),
            each["title"],
            *(f"{each[key]:,}" for key in counts),
            str(each["oldest"]),
            str(each["newest"]),
            *(f"{each['grades'].get(grade, 0):,}" for grade in document["grades"]),
        )
        for each in document["services"]
    )
    head = f"As of {book.as_of}, the day the newest source was read; fingerprint `{book.fingerprint}`.\n\n"
    return head + table(columns, rows, right=(*counts, *document["grades"]))


def tables(book: PriceBook) -> str:
    """The files that hold something else than prices and facts of a service."""
    return "".join(f"- {code(f'pricing/data/{file}')}\n" for file in other_files(book))


def places(book: PriceBook) -> str:
    """Which region of each vendor serves a geography, in italics where it lies outside."""
    vendors = sorted({vendor for name in book.geographies() for vendor in book.place(name).regions})
    rows = ((code(name), *(_region(book, name, vendor) for vendor in vendors)) for name in book.geographies())
    return table(("geography", *vendors), rows)


def _region(book: PriceBook, geography: str, vendor: str) -> str:
    place = book.place(geography)
    region = place.regions.get(vendor)
    if region is None:
        return "none"
    return region if book.inside(vendor, region, place.area) else f"*{region}*"
