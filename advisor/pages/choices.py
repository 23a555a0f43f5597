"""The names that a text field of the form may hold, where the price book knows them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from pydantic.fields import FieldInfo

from advisor.fields import NO_GPU, choices_of
from advisor.names import gpu_types
from advisor.platforms import PLATFORMS
from advisor.workload import CUSTOM, FIELDS
from pricing import PriceBook
from pricing.effort import load_pay

MOST_BOOKS = 4

NAMES: Mapping[str, Callable[[PriceBook], tuple[str, ...]]] = {
    "geography": lambda book: book.geographies(),
    "gcp_region": lambda book: tuple(sorted(book.regions("gcp"))),
    "aws_region": lambda book: tuple(sorted(book.regions("aws"))),
    "azure_region": lambda book: tuple(sorted(book.regions("azure"))),
    "profile": lambda book: (*book.profiles(), CUSTOM),
    "gpu": lambda book: (NO_GPU, *sorted(gpu_types(book))),
    "current_option": lambda _: tuple(platform.id for platform in PLATFORMS),
    "pay_place": lambda book: tuple(load_pay(book.folder.root)),
}


def choices(name: str, book: PriceBook) -> tuple[Any, ...]:
    """What a field may be set to; empty where anything may be typed."""
    field: FieldInfo = FIELDS[name]
    return choices_of(field) or (_names(name, book) if name in NAMES else ())


@lru_cache(maxsize=MOST_BOOKS * len(NAMES))
def _names(name: str, book: PriceBook) -> tuple[str, ...]:
    return NAMES[name](book)
