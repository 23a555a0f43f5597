"""Everything that can be wrong with a folder of facts, each as one sentence with file and key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from pricing.book import PriceBook
from pricing.fact import UNKNOWN, FactError, Source
from pricing.folder import MACHINES, PRICES, SOURCES, Folder
from pricing.places import PLACES, PROFILES
from pricing.schema import Long, Meter, PlacesFile, ProfilesFile, ServiceFile, SourceEntry, ends_in
from pricing.table_checks import price_problems, shape_problems

T = TypeVar("T")

HYPOTHESIS = "hypothesis"
SERVICE_PARTS = ("prices", "limits", "behaviour")


def problems(book_or_path: PriceBook | Path) -> list[str]:
    """All problems of a folder, file by file. With a book, nothing may have been read after its day."""
    if isinstance(book_or_path, PriceBook):
        return list(_all(book_or_path.folder, book_or_path.as_of))
    return list(_all(Folder(book_or_path), date.max))


def _all(folder: Folder, as_of: date) -> Iterator[str]:
    for file in folder.files:
        try:
            yield from (f"{file}: {problem}" for problem in _file(folder, file, as_of))
        except FactError as error:
            yield str(error)


def _file(folder: Folder, file: str, as_of: date) -> Iterator[str]:
    if file.endswith(".yaml"):
        yield from _document(file.removesuffix(".yaml"), folder.document(file.removesuffix(".yaml")), as_of)
    elif file.endswith(f"/{MACHINES}"):
        yield from shape_problems(folder.text(file), _vendor_sources(folder, file))
    elif file.endswith(PRICES):
        shapes = folder.text(f"{file.split('/')[0]}/{MACHINES}")
        yield from price_problems(folder.text(file), shapes, _vendor_sources(folder, file))


def _vendor_sources(folder: Folder, file: str) -> dict[str, Source]:
    document = folder.document(f"{file.split('/')[0]}/{SOURCES}")
    return {key: Source.of(raw) for key, raw in document.items() if isinstance(raw, dict)}


def _document(name: str, document: Mapping[str, Any], as_of: date) -> Iterator[str]:
    if name in (PLACES, PROFILES):
        yield from _shaped(PlacesFile if name == PLACES else ProfilesFile, document)[1]
    elif any(part in document for part in SERVICE_PARTS):
        file, wrong = _shaped(ServiceFile, document)
        yield from wrong
        yield from _read_later(file.sources, as_of) if file else ()
        yield from _service(file) if file else ()
    else:
        listed = document if name.endswith(f"/{SOURCES}") else document.get("sources") or {}
        sources, wrong = _shaped(dict[str, SourceEntry], listed)
        yield from wrong
        yield from _read_later(sources or {}, as_of)


def _shaped(form: type[T], document: Any) -> tuple[T | None, list[str]]:
    """The document in a form, or what is wrong with it."""
    try:
        return TypeAdapter(form).validate_python(document), []
    except ValidationError as error:
        return None, [f"{_key(each['loc'])}: {_said(each)}" for each in error.errors()]


def _key(parts: tuple[Any, ...]) -> str:
    return ".".join(str(part) for part in parts) or "the file"


def _said(error: Any) -> str:
    return str(error["msg"]).removeprefix("Value error, ")


def _read_later(sources: Mapping[str, SourceEntry], as_of: date) -> Iterator[str]:
    for key, source in sources.items():
        if source.read > as_of:
            yield f"sources.{key}: is read on {source.read}, which is in the future"


def _service(file: ServiceFile) -> Iterator[str]:
    for meter, entry in file.prices.items():
        yield from (f"prices.{meter}: {problem}" for problem in _meter(file, meter, entry))
    for part, entries in (("limits", file.limits), ("behaviour", file.behaviour)):
        for name, fact in entries.items():
            history = _history(file, fact.source, fact.since)
            yield from (f"{part}.{name}: {problem}" for problem in history)
    for name in file.limits.keys() & file.behaviour.keys():
        yield f"behaviour.{name}: stands under limits too"


def _meter(file: ServiceFile, meter: str, entry: Meter) -> Iterator[str]:
    if not ends_in(meter, entry.unit):
        yield f"its name does not end in its unit, {entry.unit}"
    for region, history in entry.regions.items():
        for problem in _history(file, entry.source, history, priced=True):
            yield f"{region}: {problem}"
    if entry.allowance:
        yield from _known(file, entry.allowance.source)
        if entry.allowance.valued_in and entry.allowance.valued_in not in entry.regions:
            yield f"its allowance is valued in {entry.allowance.valued_in}, where it has no price"
    for purchase, discount in entry.discounts.items():
        yield from _known(file, discount.source)
        if discount.meter in file.prices:
            yield f"its discount for {purchase} takes the name of the meter {discount.meter}"


def _history(
    file: ServiceFile, default: str | None, history: Mapping[date, Long], priced: bool = False
) -> Iterator[str]:
    """Problems of each dated value: its source, its grade, its day."""
    for day, value in history.items():
        name = value.source or default
        yield from _known(file, name)
        source = file.sources.get(name or "")
        if source and day > source.read:
            yield f"{day} is in the future of its source, read on {source.read}"
        grade = value.grade or (source.grade if source else UNKNOWN)
        if priced and grade == HYPOTHESIS:
            yield f"{day}: a hypothesis is never a price"


def _known(file: ServiceFile, source: str | None) -> Iterator[str]:
    if source is not None and source not in file.sources:
        yield f"its source {source!r} is not among the file's sources"
