"""What a file of facts must look like: models used by the check only, so that loading stays quick."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from pricing.fact import NOT_SOLD, UNKNOWN, nearest
from pricing.machines import PURCHASES

GRADES = ("primary", "quoted", "secondary", "derived", "judgement", "hypothesis")
REASONED = ("derived", "judgement")  # grades that must say how or why
ADDRESSED = ("primary", "quoted")  # grades that must say where

# Units of meters. A meter's name ends in its unit: request_vcpu_seconds in vCPU-second, image_gib_months in GiB-month.
METER_UNITS = (
    *("request", "million samples", "GiB", "GiB-month", "GiB-hour", "GiB-second", "vCPU-hour", "vCPU-second"),
    *("GPU-hour", "GPU-second", "hour", "second", "cluster-hour", "machine-hour", "VM-hour", "address-hour"),
    *("LCU-hour", "metric-month", "alarm-month", "kWh", "kW-month", "registry-day", "Mbit-month", "licence-month"),
)
# Units of limits, behaviour and hours. `name` and `yes-no` stand for values that are no quantity.
FACT_UNITS = (
    *("count", "share", "ratio", "name", "yes-no", "cases", "people", "replica", "pod", "node", "zone", "instance"),
    *("request", "request per second", "request per minute", "connection", "connection per second"),
    *("evaluation per second", "GiB per hour", "Mbit per second", "MiB per second"),
    *("vCPU", "millicore", "GiB", "MiB", "KiB", "GiB per vCPU", "GiB per GPU", "kW", "kWh"),
    *("s", "h", "day", "month", "year", "h/day", "h/month", "h/year"),
    *("USD", "USD/h", "USD/month", "USD/year", "EUR/year", "PLN/month", "USD/EUR", "PLN/USD"),
)

Text = Annotated[str, Field(min_length=1)]
Amount = Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)]
Purchase = Annotated[str, AfterValidator(lambda name: one_of(PURCHASES, name))]
Grade = Annotated[Any, AfterValidator(lambda grade: one_of(GRADES, grade))]


def one_of(allowed: tuple[str, ...], value: Any) -> Any:
    """The value, if it is one of the allowed."""
    if value not in allowed:
        raise ValueError(f"{value!r} is not one of the known{nearest(value, allowed)}")
    return value


def rising(table: dict[Any, Any]) -> dict[Any, Any]:
    """Keys must rise as they stand in the file."""
    keys = list(table)
    if not keys:
        raise ValueError("is empty")
    if any(after <= before for before, after in pairwise(keys)):
        raise ValueError("is not in rising order")
    return table


def price(value: Any) -> None:
    """A number of at least 0, `unknown` or `not sold`, or tiers from-quantity -> number or `unknown`."""
    if isinstance(value, dict):
        if any(not _number(start) for start in value):
            raise ValueError("its tiers do not begin at numbers")
        if min(rising(value), default=0) != 0:
            raise ValueError("its tiers do not begin at 0")
        if any(each == NOT_SOLD or isinstance(each, dict) for each in value.values()):
            raise ValueError("a tier's price is a number or unknown")
        for each in value.values():
            price(each)
    elif value not in (UNKNOWN, NOT_SOLD) and not (_number(value) and value >= 0):
        raise ValueError(f"{value!r} is no price; allowed are a number of at least 0, unknown, not sold")


def plain_value(value: Any) -> None:
    """A number, a text, or a table or list of them; no YAML truths, nothing empty."""
    if isinstance(value, bool):
        raise ValueError('yes and no are texts: "yes", "no", "unknown", in quotes')
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        raise ValueError(f"{value!r} is no value; what is not known is unknown")
    if isinstance(value, dict):
        value = [*value, *value.values()]
    for part in value if isinstance(value, list) else ():
        plain_value(part)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


class Model(BaseModel):
    """No key that is not listed, nothing converted."""

    model_config = ConfigDict(extra="forbid", strict=True)


class SourceEntry(Model):
    """An entry under `sources:`."""

    title: Text
    url: Text
    grade: Grade
    stated: date | Literal["unknown"]
    read: date
    rule: Text | None = None

    @model_validator(mode="after")
    def _vouched(self) -> SourceEntry:
        _reasoned(self.grade, self.rule)
        if self.grade in ADDRESSED and not re.match(r"https?://\S+$", self.url):
            raise ValueError(f"a {self.grade} source needs a url that begins with http")
        if isinstance(self.stated, date) and self.stated > self.read:
            raise ValueError("is stated after it was read")
        return self


class Long(Model):
    """The long form of a value, with a source of its own."""

    value: Any
    source: Text | None = None
    grade: Grade | None = None
    rule: Text | None = None


def _histories_of(check: Callable[[Any], None]) -> Callable[[dict[date, Any]], dict[date, Long]]:
    """Turn a history day -> value into day -> long form, each value checked."""

    def histories(history: dict[date, Any]) -> dict[date, Long]:
        found = {day: Long(**raw) if _is_long(raw) else Long(value=raw) for day, raw in rising(history).items()}
        for each in found.values():
            check(each.value)
        return found

    return histories


def _is_long(value: Any) -> bool:
    return isinstance(value, dict) and "value" in value


Prices = Annotated[dict[date, Any], AfterValidator(_histories_of(price))]
Values = Annotated[dict[date, Any], AfterValidator(_histories_of(plain_value))]


class Allowance(Model):
    """What is free: a quantity, a quantity valued in a region, or money."""

    quantity: Amount | None = None
    usd: Amount | None = None
    valued_in: Text | None = None
    months: Amount | None = None
    scope: Text
    pool: Text | None = None
    source: Text | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Allowance:
        if (self.quantity is None) == (self.usd is None):
            raise ValueError("gives either quantity or usd")
        if self.usd is not None and self.valued_in:
            raise ValueError("is money already; valued_in belongs to a quantity")
        return self


class Discount(Model):
    """A discount line: another meter, at minus a share of this one's charge."""

    meter: Text
    share: Annotated[float, Field(strict=True, gt=0, lt=1)]
    label: Text | None = None
    source: Text | None = None


class Meter(Model):
    """An entry under `prices:`."""

    label: Text
    unit: Annotated[str, AfterValidator(lambda unit: one_of(METER_UNITS, unit))]
    role: Literal["principal", "ancillary"] = "principal"
    source: Text
    allowance: Allowance | None = None
    purchases: Annotated[list[Purchase], Field(min_length=1)] = list(PURCHASES)
    discounts: dict[Purchase, Discount] = {}
    regions: Annotated[dict[Text, Prices], Field(min_length=1)]


class FactEntry(Model):
    """An entry under `limits:` or `behaviour:`."""

    label: Text
    unit: Annotated[str, AfterValidator(lambda unit: one_of(FACT_UNITS, unit))]
    source: Text | None = None
    grade: Grade | None = None
    rule: Text | None = None
    least: Amount | None = None
    above: Amount | None = None
    most: Amount | None = None
    since: Values = Field(alias="from")

    @model_validator(mode="after")
    def _vouched(self) -> FactEntry:
        if self.grade:
            _reasoned(self.grade, self.rule)
        if self.source is None and self.grade != "judgement":
            raise ValueError("has no source; only a judgement can do without")
        return self


class ServiceFile(Model):
    """A file of prices, limits and behaviour."""

    title: Text
    sources: dict[Text, SourceEntry] = {}
    prices: dict[Text, Meter] = {}
    limits: dict[Text, FactEntry] = {}
    behaviour: dict[Text, FactEntry] = {}


class PlaceEntry(Model):
    """A geography, with a region per vendor."""

    model_config = ConfigDict(extra="allow", strict=True)
    label: Text
    area: Text


class AreaEntry(Model):
    """An area and those it lies within."""

    label: Text
    within: list[Text]


class PlacesFile(Model):
    """The file of places."""

    title: Text
    areas: dict[Text, AreaEntry]
    geographies: dict[Text, PlaceEntry]
    regions: dict[Text, dict[Text, Text]]


class ProfileEntry(Model):
    """A weekly shape."""

    label: Text
    grade: Grade
    rule: Text | None = None
    source: Text | None = None
    weights: list[Amount]

    @model_validator(mode="after")
    def _a_day_or_a_week(self) -> ProfileEntry:
        _reasoned(self.grade, self.rule)
        if len(self.weights) not in (24, 168):
            raise ValueError(f"has {len(self.weights)} weights; allowed are 24 or 168")
        if not sum(self.weights) > 0:
            raise ValueError("has no traffic at all")
        if len(set(self.weights)) > 12:
            raise ValueError("has more than 12 distinct weights")
        return self


class ProfilesFile(Model):
    """The file of traffic shapes."""

    title: Text
    sources: dict[Text, SourceEntry] = {}
    profiles: dict[Text, ProfileEntry]


def _reasoned(grade: str, rule: str | None) -> None:
    if grade in REASONED and not rule:
        raise ValueError(f"a {grade} figure needs a rule")


def ends_in(meter: str, unit: str) -> bool:
    """Whether a meter's name ends in its unit."""
    words = re.sub(r"[^a-z0-9]+", "_", unit.lower())
    return f"_{meter}".endswith((f"_{words}", f"_{words}s"))
