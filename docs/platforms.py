"""What each option is, what it can do, and what it refuses."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.platforms import PLATFORMS
from advisor.platforms.platform import Platform
from advisor.price_words import value_words
from docs.markdown import code, escaped, link, table
from pricing import Fact, PriceBook

SIGNS = {"yes": "yes", "no": "no", "unknown": "?"}


def options(book: PriceBook) -> str:
    """The options in display order."""
    del book
    columns = ("option", "what it is", "vendor", "kind", "ways of being billed", "effort family", "facts")
    return table(columns, map(_option, PLATFORMS))


def _option(platform: Platform) -> tuple[str, ...]:
    files = ", ".join(code(f"{service}.yaml") for service in platform.services)
    title = platform.title if platform.stack is None else f"{platform.title}, with {platform.stack}"
    modes = ", ".join(platform.modes)
    return code(platform.id), title, platform.vendor, platform.management, modes, platform.effort, files


def capabilities(book: PriceBook) -> str:
    """Capability by option: yes, no, or a question mark where nobody says."""
    shared = {platform.capabilities or platform.id: None for platform in PLATFORMS}  # one row may serve several
    known = {name: book.capabilities(name) for name in shared}
    first = next(iter(known.values()))
    rows = (
        (f"{code(name)} {escaped(first.fact(name).label)}", *(SIGNS[facts[name]] for facts in known.values()))
        for name in first
    )
    return table(("capability", *map(code, known)), rows)


def limits(book: PriceBook) -> str:
    """The limits that each option's files state, with source, date and grade."""
    return "\n".join(filter(None, (_limits_of(book, platform) for platform in PLATFORMS)))


def _limits_of(book: PriceBook, platform: Platform) -> str:
    rows = [_limit(fact) for fact in _limit_facts(book, platform)]
    return f"### {platform.title}\n\n{table(('limit', 'value', 'source'), rows)}" if rows else ""


def _limit_facts(book: PriceBook, platform: Platform) -> Iterator[Fact]:
    for service in platform.services:
        for name in book.folder.document(service).get("limits") or {}:
            yield book.facts(service).fact(name)


def _limit(fact: Fact) -> tuple[str, ...]:
    unit = "" if fact.unit in ("name", "yes-no", "count") else f" {fact.unit}"
    source = f"{link(escaped(fact.source), fact.url)}, {fact.date}, {fact.grade}"
    return f"{code(fact.name)} {escaped(fact.label)}", f"{escaped(value_words(fact.value))}{unit}", source
