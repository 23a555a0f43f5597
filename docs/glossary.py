"""Every field of a workload and every meter of the price book, with unit and meaning."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from advisor.fields import allowed
from advisor.template import scalar
from advisor.workload import FIELDS, extra
from docs.markdown import code, escaped, table
from pricing import PriceBook
from pricing.inventory import services
from pricing.places import PROFILES
from pricing.purchases import LABELS, UNIT


def fields(book: PriceBook) -> str:
    """One table per group of fields."""
    del book
    groups = groupby(FIELDS, key=lambda name: str(extra(FIELDS[name])["group"]))
    return "\n".join(f"### {group.capitalize()}\n\n{_group(list(members))}" for group, members in groups)


def _group(members: list[str]) -> str:
    return table(("field", "meaning", "takes", "default"), map(_field, members))


def _field(name: str) -> tuple[str, ...]:
    field = FIELDS[name]
    default = "required" if field.is_required() else scalar(field.default) or "blank"
    return code(name), escaped(str(field.description)), allowed(field), default


def meters(book: PriceBook) -> str:
    """Every meter that is priced or discounted, with its unit and where its price stands."""
    rows: dict[tuple[str, str], dict[str, list[str]]] = {}
    for meter, unit, label, where in sorted(_meters(book)):
        rows.setdefault((meter, unit), {}).setdefault(label, []).append(where)
    return table(("meter", "unit", "what it counts, and the file of its price"), map(_meter, rows.items()))


def _meters(book: PriceBook) -> Iterator[tuple[str, str, str, str]]:
    """Meter, unit, label and file, as often as a file names it."""
    for service in services(book):
        for meter, entry in book.service(service).meters.items():
            yield meter, entry["unit"], entry["label"], code(f"{service}.yaml")
            for discount in (entry.get("discounts") or {}).values():
                label = discount.get("label", f"committed use of {meter}")
                yield discount["meter"], entry["unit"], label, code(f"{service}.yaml")
    for meter, label in LABELS.items():
        yield meter, UNIT, label, "the tables of machine prices"


def _meter(row: tuple[tuple[str, str], dict[str, list[str]]]) -> tuple[str, ...]:
    (meter, unit), labels = row
    said = (f"{escaped(label)}: {', '.join(dict.fromkeys(where))}" for label, where in labels.items())
    return code(meter), unit, "; ".join(said)


def names(book: PriceBook) -> str:
    """The names that fields take from the price book: places and weekly shapes."""
    places = ((code(name), book.place(name).label) for name in book.geographies())
    profiles = book.folder.document(PROFILES)["profiles"]
    shapes = ((code(name), escaped(raw["label"])) for name, raw in profiles.items())
    return f"{table(('geography', 'where'), places)}\n{table(('profile', 'shape'), shapes)}"
