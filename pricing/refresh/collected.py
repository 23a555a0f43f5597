"""Read the collected tables, and refuse every row that does not say what it is, who says so and when."""

from __future__ import annotations

import csv
import datetime
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import yaml

from pricing.refresh.conversion import ConversionError, Conversions

GRADES = {
    "primary": "primary",
    "primary_quoted": "quoted",
    "secondary": "secondary",
    "derived": "derived",
    "judgement": "judgement",
    "hypothesis": "hypothesis",
}
EVERYWHERE = {"", "global", "Global", "all"}
DATE = re.compile(r"(\d{4})-(0[1-9]|1[0-2])(?:-(\d{2}))?(?!\d)|(\d{4})(?:$|\)| to | or later)")


@dataclass(frozen=True)
class Origin:
    """Who says a figure: its address, its grade, the day it states (None = unknown), the day it was read, the rule."""

    address: str
    grade: str
    stated: datetime.date | None
    read: datetime.date
    rule: str = ""

    @property
    def since(self) -> datetime.date:
        """The first day on which the figure is known to hold."""
        return self.stated or self.read


@dataclass(frozen=True)
class Row:
    """One price of a collected table. `price` is USD per `unit`, or a plain number where the unit is a ratio."""

    service: str
    sku: str
    region: str
    unit: str
    price: Decimal
    tier_from: Decimal
    tier_to: Decimal | None
    commitment: str
    description: str
    origin: Origin


@dataclass(frozen=True)
class Refusal:
    """A row that stays out, and why."""

    table: str
    what: str
    reason: str


def origin(address: str, date: str, quality: str, read: datetime.date) -> Origin:
    """The origin of a collected figure. A date of reading ("the day the note read the page") is no stated date."""
    found = DATE.search(date)
    grade = GRADES[quality]
    if found is None:
        return Origin(address, grade, None, read)
    said = _first_day(found)
    if "read" in date:
        return Origin(address, grade, None, said)
    return Origin(address, grade, said, read)


def _first_day(found: re.Match[str]) -> datetime.date:
    """A month or a year counts from its first day, so that a vague date never makes a figure look younger."""
    year, month, day, lone_year = found.groups(default="1")
    try:
        return datetime.date(int(lone_year if found[4] else year), int(month), int(day))
    except ValueError as error:
        raise ConversionError(f"{found[0]} is no day of the calendar") from error


def why_refused(raw: Mapping[str, str]) -> str | None:
    """The reason why a row of a price table stays out, None if it is sound."""
    for column, missing in (("unit", "no unit"), ("source_url", "no source"), ("source_date", "no date")):
        if not raw.get(column, "").strip():
            return missing
    if "SUSPECT" in raw["description"]:
        return "marked SUSPECT"
    if raw["sku"].startswith("check."):
        return "a check of another row"
    if raw["quality"] == "hypothesis":
        return "a hypothesis is no price"
    if raw["quality"] not in GRADES:
        return f"unknown quality {raw['quality']!r}"
    return _why_no_price(raw["price_usd"])


def _why_no_price(text: str) -> str | None:
    try:
        return "a negative or infinite price" if not 0 <= Decimal(text) < Decimal("Infinity") else None
    except InvalidOperation:
        return f"price {text!r} is no number"


def price_row(raw: Mapping[str, str], read: datetime.date) -> Row:
    """A sound row of a price table; a derived one takes its description as the rule."""
    said = origin(raw["source_url"], raw["source_date"], raw["quality"], read)
    return Row(
        raw["service"],
        raw["sku"],
        "everywhere" if raw["region"] in EVERYWHERE else raw["region"],
        raw["unit"],
        Decimal(raw["price_usd"]),
        Decimal(raw["tier_from"] or 0),
        Decimal(raw["tier_to"]) if raw["tier_to"] else None,
        raw["commitment"] or "on-demand",
        raw["description"],
        replace(said, rule=raw["description"]) if said.grade == "derived" else said,
    )


class Collected:
    """The collected folder: price tables, shapes and facts by the names that `rules/tables.yaml` gives them."""

    def __init__(self, folder: Path, tables: Mapping[str, Mapping[str, Any]], conversions: Conversions) -> None:
        self.folder, self.tables, self.conversions = folder, tables, conversions
        self.refused: list[Refusal] = []
        self._prices: dict[str, dict[tuple[str, str], list[Row]]] = {}
        self._facts: dict[str, dict[str, Any]] = {}

    def prices(self, table: str) -> dict[tuple[str, str], list[Row]]:
        """Sound rows of a price table by (service, sku), in the table's order."""
        if table not in self._prices:
            self._prices[table] = self._read_prices(table)
        return self._prices[table]

    def _read_prices(self, table: str) -> dict[tuple[str, str], list[Row]]:
        rows: dict[tuple[str, str], list[Row]] = {}
        read = self._entry(table)["read"]
        for raw in self.shapes(table):
            reason = why_refused(raw)
            if reason:
                self.refused.append(Refusal(table, f"{raw['service']} {raw['sku']} {raw['region']}", reason))
                continue
            row = price_row(raw, read)
            rows.setdefault((row.service, row.sku), []).append(row)
        return rows

    def shapes(self, table: str) -> list[dict[str, str]]:
        """Rows of any CSV table as they stand."""
        with self._path(table).open(newline="") as file:
            return list(csv.DictReader(file))

    def table_origin(self, table: str) -> Origin:
        """The origin that a table has as a whole, for tables whose rows carry none."""
        entry = self._entry(table)
        return origin(entry["url"], str(entry["date"]), entry["quality"], entry["read"])

    def fact(self, path: str) -> tuple[Any, str, Origin]:
        """Value, unit and origin of the entry `table.option.name` of a table of facts."""
        table, option, name = path.split(".", 2)
        entry = self._option(table, option).get(name)
        if not isinstance(entry, dict):
            raise ConversionError(f"{table}: there is no fact {name!r} under {option!r}")
        for key in ("unit", "source", "date", "quality"):
            if not str(entry.get(key) or "").strip():
                raise ConversionError(f"{table}: {option}.{name} has no {key}")
        read = self._entry(table)["read"]
        return entry["value"], entry["unit"], origin(entry["source"], str(entry["date"]), entry["quality"], read)

    def _option(self, table: str, option: str) -> dict[str, Any]:
        if table not in self._facts:
            loaded = yaml.safe_load(self._path(table).read_text())
            self._facts[table] = loaded["options"]
        if option not in self._facts[table]:
            raise ConversionError(f"{table}: there is no option {option!r}")
        groups: dict[str, Any] = self._facts[table][option]
        return next(group for group in groups.values() if isinstance(group, dict))

    def _entry(self, table: str) -> Mapping[str, Any]:
        if table not in self.tables:
            raise ConversionError(f"rules/tables.yaml names no table {table!r}; it has {', '.join(self.tables)}")
        return self.tables[table]

    def _path(self, table: str) -> Path:
        path = self.folder / str(self._entry(table)["path"])
        if not path.exists():
            raise ConversionError(f"{path} is missing: the collected folder has no table {table!r}")
        return path


def regraded(rows: Iterable[Row], rule: Mapping[str, Any]) -> list[Row]:
    """The rows with the grade and the rule that a selection states, where it states any."""
    if "rule" not in rule:
        return list(rows)
    grade = rule.get("grade", "derived")
    return [replace(row, origin=replace(row.origin, grade=grade, rule=rule["rule"])) for row in rows]
