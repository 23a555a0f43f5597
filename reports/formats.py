"""How a cell is shown: rounded once, here, by what kind of figure it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Literal

from advisor.errors import printable
from advisor.figures import NOTHING, amount, money, rough, spread
from reports.document import Spread

Kind = Literal[
    "text", "money", "amount", "price", "hours", "share", "range", "spread", "source", "value"
]  # a value is a figure or words
LONGEST_NAME = 80  # characters of a name that a heading shows; the JSON keeps all of them
UNIT_NAMES = ((1e9, "B"), (1e6, "M"), (1e3, "k"))
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")  # at the head of a cell a spreadsheet takes them for a formula


def text(value: Any) -> str:
    """Any text on one line, with whatever would steer a screen or turn its direction written as an escape."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return NOTHING if value is None else printable(str(value))


def short(name: str) -> str:
    """A name as headings show it."""
    shown = text(name)
    return shown if len(shown) <= LONGEST_NAME else f"{shown[: LONGEST_NAME - 1]}…"


def brief(value: float) -> str:
    """A large number where there is little room: 2M for 2,000,000."""
    for size, name in UNIT_NAMES:
        if abs(value) >= size:
            return f"{value / size:.3g}{name}"
    return amount(value)


def price(usd: float) -> str:
    """A unit price with four digits that matter, however small, and no exponent."""
    return f"{Decimal(f'{usd:.4g}'):,f}"


def inert(value: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{value}" if value.startswith(DANGEROUS) else value


def _range(value: tuple[float | None, float | None]) -> str:
    return spread(*value) or NOTHING


def _spread(value: Spread) -> str:
    return "/".join(map(rough, (value.p10, value.p50, value.p90)))


def _either(value: Any) -> str:
    """A number with as many digits as it has, or words."""
    return f"{value:.10g}" if isinstance(value, float) else text(value)


def _source(value: tuple[str, str]) -> str:
    return text(value[0])


SHOWN: Mapping[Kind, Callable[[Any], str]] = {
    "text": text,
    "source": _source,
    "value": _either,
    "money": money,
    "amount": amount,
    "price": price,
    "hours": rough,
    "share": "{:.0%}".format,
    "range": _range,
    "spread": _spread,
}


def shown(value: Any, kind: Kind) -> str:
    """A cell as text; None is a dash."""
    return NOTHING if value is None else SHOWN[kind](value)
