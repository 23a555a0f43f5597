"""Units of the collected tables -> units of the data files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any


class ConversionError(Exception):
    """The collected tables and the rules do not fit together: what, where, and what is allowed."""


class Conversions:
    """How many of a data unit are in one collected unit (`rules/units.yaml`)."""

    def __init__(self, factors: Mapping[str, Mapping[str, Any]]) -> None:
        self._factors = {
            (unit, target): Decimal(str(factor)) for unit, into in factors.items() for target, factor in into.items()
        }

    def factor(self, unit: str, target: str, where: str) -> Decimal:
        """Multiply a quantity in `unit` by this to have it in `target`; divide a price per `unit` by it."""
        if unit == target:
            return Decimal(1)
        if (unit, target) not in self._factors:
            raise ConversionError(f"{where}: rules/units.yaml does not say how many {target} are in one {unit}")
        return self._factors[unit, target]


def number(text: str) -> Decimal | str:
    """The number that a text is, else the text."""
    return Decimal(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else text


def scaled(value: Any, factor: Decimal) -> Any:
    """Every number of a value times a factor; keys and texts stand."""
    if isinstance(value, bool | str) or value is None:
        return value
    if isinstance(value, dict):
        return {number(str(key)): scaled(each, factor) for key, each in value.items()}
    if isinstance(value, list):
        return [scaled(each, factor) for each in value]
    return Decimal(str(value)) * factor
