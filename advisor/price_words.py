"""How prices, allowances, facts and their sources are said: the same words on the terminal and in docs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from advisor.coverage import BORROWED, IMPOSSIBLE, NOT_SOLD, PRICED, UNKNOWN

Document = dict[str, Any]

SYMBOLS = {PRICED: "●", BORROWED: "◐", UNKNOWN: "?", NOT_SOLD: "–", IMPOSSIBLE: "×"}
MEANINGS = {
    PRICED: "every line has a price of its own",
    BORROWED: "priced, small items at other regions' prices",
    UNKNOWN: "a price is missing",
    NOT_SOLD: "not sold there",
    IMPOSSIBLE: "cannot run such a service",
}
REFERENCES = {"cpu": "A small service without a GPU", "gpu": "A small service on any one GPU"}


def figure(number: float) -> str:
    """A number in full, without an exponent: prices begin in the seventh decimal."""
    text = format(Decimal(repr(number)), ",f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def price_words(price: Document) -> str:
    """`0.12; 0.11 from 1,024; 0.08 from 10,240`, or unknown, or not sold."""
    if not price["tiers"]:
        return str(price["status"])
    first, *more = price["tiers"]
    return "; ".join([_usd(first), *(f"{_usd(tier)} from {figure(tier['from'])}" for tier in more)])


def shortfalls(cells: Sequence[Document]) -> Iterator[str]:
    """One sentence for every different set of reasons why an option is not priced, with where it holds."""
    where: dict[tuple[str, str, str], list[str]] = {}
    for cell in cells:
        if cell["reasons"]:
            where.setdefault((cell["option"], cell["state"], "; ".join(cell["reasons"])), []).append(cell["geography"])
    everywhere = {cell["geography"] for cell in cells}
    for (option, state, reasons), places in where.items():
        there = "everywhere" if everywhere == set(places) else f"in {', '.join(dict.fromkeys(places))}"
        yield f"{option} {there}, {state}: {reasons}"


def outside_words(cells: Sequence[Document]) -> Iterator[str]:
    """One sentence for every region that serves a geography it does not lie in."""
    served: dict[tuple[str, str], list[str]] = {}
    for cell in cells:
        if not cell["inside"]:
            served.setdefault((cell["geography"], cell["region"]), []).append(cell["option"])
    for (geography, region), options in served.items():
        yield f"{geography} is served from outside, from {region}, by {', '.join(dict.fromkeys(options))}"


def _usd(tier: Document) -> str:
    return "unknown" if tier["usd_per_unit"] is None else figure(tier["usd_per_unit"])


def allowance_words(allowance: Document) -> Iterator[str]:
    """What is free each month, for whom, and as money of which region; then who says so."""
    amount = f"the first {figure(allowance['quantity'])}" if "quantity" in allowance else f"{allowance['usd']:.2f} USD"
    valued = f", as money at the prices of {allowance['valued_in']}" if "valued_in" in allowance else ""
    months = f", in the first {figure(allowance['months'])} months only: never applied" if "months" in allowance else ""
    yield f"free each month per {allowance['scope']}: {amount}{valued}{months}"
    if "grade" in allowance:
        yield vouched_words(allowance)


def discount_words(discounts: Document) -> Iterator[str]:
    """The discounts of each purchase with the meter that is the line of it; then who says so, once."""
    for purchase, discount in discounts.items():
        yield f"{purchase}: {discount['share']:.0%} off, as {discount['meter']}"
    yield from dict.fromkeys(vouched_words(discount) for discount in discounts.values() if "grade" in discount)


def vouched_words(entry: Document) -> str:
    """Who says so, how far they can be trusted, how old it is, and by which rule it follows."""
    parts = [entry["source"] or "our own", entry["date"], entry["grade"], *_age_words(entry["age_days"])]
    rule = f": {entry['rule']}" if entry["rule"] else ""
    return ", ".join([*parts, *(["stale"] if entry["stale"] else [])]) + rule


def _age_words(days: int | None) -> Iterator[str]:
    """The age of a figure; the user's own has none, and what is vouched for later had none yet."""
    if days is not None:
        yield f"{days:,} days old" if days >= 0 else "vouched for only later"


def value_words(value: Any) -> str:
    """The value of a fact on one line: a number, a text, or a table or list of them."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{value_words(key)}: {value_words(each)}" for key, each in value.items()) + "}"
    if isinstance(value, tuple | list):
        return "[" + ", ".join(value_words(each) for each in value) + "]"
    return figure(value) if isinstance(value, float) else str(value)
