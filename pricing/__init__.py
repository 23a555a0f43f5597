"""What the world says: prices, limits, behaviour and hours, dated and with their sources.

book = load(date(2026, 11, 23))
book.facts("gcp/cloud_run")["idle_shutdown_s"]
book.price_lists(["gcp/cloud_run"], "us-central1")["on-demand"]["requests"].charge(quantity, free)
"""

from __future__ import annotations

from pathlib import Path

from pricing.book import PriceBook, load
from pricing.fact import Fact, FactError, Facts
from pricing.folder import DATA
from pricing.machines import Machines
from pricing.overlay import OverlayError
from pricing.places import Place
from pricing.rate import About, Rate, Tier
from pricing.scale import MarginalScale

__all__ = [
    "DATA",
    "About",
    "Fact",
    "FactError",
    "Facts",
    "Machines",
    "MarginalScale",
    "OverlayError",
    "Place",
    "PriceBook",
    "Rate",
    "Tier",
    "check",
    "load",
]


def check(book_or_path: PriceBook | Path = DATA) -> list[str]:
    """Everything that is wrong with a folder of facts, one sentence each; nothing if all is well."""
    from pricing.checks import problems  # the models are needed here only: loading stays quick

    return problems(book_or_path)
