"""How figures are shown to people: rounded by their magnitude, once, with no false precision."""

from __future__ import annotations

from advisor.draws import Spread

NOTHING = "–"


def money(usd: float | None) -> str:
    """Money by its magnitude. None is a dash."""
    if usd is None:
        return NOTHING
    return f"{usd:,.0f}" if abs(usd) >= 100 else f"{usd:,.2f}"


def amount(value: float | None) -> str:
    """A quantity with four digits that matter. None is a dash."""
    if value is None:
        return NOTHING
    return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:,.4g}"


def spread(low: float | None, high: float | None) -> str:
    """A range of money; empty where both ends read the same."""
    return "" if money(low) == money(high) else f"{money(low)} – {money(high)}"


def rough(value: float) -> str:
    """Hours or days: two digits that matter are more than anybody knows, so one decimal below ten and none above."""
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}"


def three(figures: Spread) -> str:
    """P10/P50/P90 of hours or days."""
    return "/".join(rough(value) for value in (figures.p10, figures.p50, figures.p90))


def thousands(usd: float | None) -> str:
    """Money in thousands, to three digits. None is a dash."""
    if usd is None:
        return NOTHING
    thousand = usd / 1000
    return f"{thousand:,.0f}" if abs(thousand) >= 100 else f"{thousand:,.1f}"
