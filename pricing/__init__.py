"""What the world says: prices, limits, behaviour and hours, dated and with their sources.

book = load(date(2026, 11, 23))
book.facts("gcp/cloud_run")["idle_shutdown_s"]
book.price_lists(["gcp/cloud_run"], "us-central1")["on-demand"]["requests"].charge(quantity, free)
"""

from __future__ import annotations

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
    "load",
]
