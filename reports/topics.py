"""What a report tells of a workload. Loads nothing."""

from __future__ import annotations

from enum import StrEnum


class Topic(StrEnum):
    """What a report tells of a workload, in this order. A reader may leave out any of them."""

    SUMMARY = "Summary"
    COMPARISON = "Comparison"
    CHARTS = "Charts"
    BILLS = "Bills"
    PLAN = "Time to deploy"
    CHANGES = "What would change the choice"
    RULED_OUT = "Infeasible or unknown"
    ASSUMPTIONS = "Assumptions and defaults"
    SOURCES = "Prices and other facts"
    MANIFESTS = "Manifests"
