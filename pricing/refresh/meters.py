"""Rows of the price tables -> the `prices:` of a service file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from pricing.refresh.collected import Collected, Origin, Row, regraded
from pricing.refresh.conversion import ConversionError

Tiers = dict[Decimal, Decimal | str]  # "unknown" from where the table ends


def meter(name: str, rule: Mapping[str, Any], collected: Collected) -> dict[str, Any]:
    """One entry of `prices:`, selected and converted as the rule says."""
    regions = _regions(name, rule, collected)
    common = Counter(said for _, said in regions.values()).most_common(1)[0][0]
    entry = {key: rule[key] for key in ("label", "unit")} | {"role": rule.get("role", "principal"), "source": common}
    if "allowance" in rule:
        entry["allowance"] = _allowance(name, rule["allowance"], rule["unit"], collected)
    if "purchases" in rule:
        entry["purchases"] = rule["purchases"]
    if "discounts" in rule:
        entry["discounts"] = _discounts(name, rule["discounts"], collected)
    entry["regions"] = {region: _dated(price, said, common) for region, (price, said) in sorted(regions.items())}
    return entry


def rows(name: str, rule: Mapping[str, Any], collected: Collected) -> list[Row]:
    """The rows a selection means; none at all is an error."""
    wanted = rule.get("commitment", "on-demand")
    found = collected.prices(rule["table"]).get((rule["service"], rule["sku"]), [])
    chosen = [row for row in found if row.commitment == wanted and _inside(row, rule)]
    if not chosen:
        raise ConversionError(f"{name}: no row of {rule['table']} is {rule['service']} {rule['sku']} {wanted}")
    return regraded(chosen, rule)


def _inside(row: Row, rule: Mapping[str, Any]) -> bool:
    """Whether a row is in the regions and of the day that the selection asks for, where it asks for any."""
    return row.region in rule.get("regions", [row.region]) and row.origin.since == rule.get("stated", row.origin.since)


def _regions(name: str, rule: Mapping[str, Any], collected: Collected) -> dict[str, tuple[Any, Origin]]:
    """Region -> (price or tiers, origin); an earlier selection wins over a later one."""
    regions: dict[str, tuple[Any, Origin]] = {}
    for selection in selections(rule):
        by_region: dict[str, list[Row]] = {}
        for row in rows(name, selection, collected):
            for region in selection.get("as", [row.region]):
                by_region.setdefault(region, []).append(row)
        for region, found in by_region.items():
            regions.setdefault(region, (_price(name, found, selection, rule["unit"], collected), found[0].origin))
    return regions


def selections(rule: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The selections of a meter: one, or several in order of preference."""
    chosen: list[Mapping[str, Any]] = rule["from"] if isinstance(rule["from"], list) else [rule["from"]]
    return chosen


def _price(name: str, found: list[Row], selection: Mapping[str, Any], unit: str, collected: Collected) -> Any:
    """A price per unit of the meter, or marginal tiers: from-quantity -> price."""
    if selection.get("flat"):  # the table's tiers count something else than the meter
        found = [replace(row, tier_from=Decimal(0), tier_to=None) for row in found]
    tiers: Tiers = {}
    for row in sorted(found, key=lambda row: row.tier_from):
        factor = collected.conversions.factor(row.unit, unit, name)
        start = row.tier_from * factor
        if tiers.get(start, "unknown") not in ("unknown", row.price / factor):
            raise ConversionError(f"{name}: two prices from {start} {unit} in {row.region}: {row.sku}")
        tiers[start] = row.price / factor
        if row.tier_to is not None:
            tiers.setdefault(row.tier_to * factor, "unknown")  # until a further row says more
    return _from_zero(tiers, selection.get("below_first", "free"))


def _from_zero(tiers: Tiers, below_first: str) -> Any:
    """Tiers from 0: below the first one stands nothing (free in the price list itself) or the first price."""
    first = min(tiers)
    if first > 0:
        tiers[Decimal(0)] = tiers.pop(first) if below_first == "same" else Decimal(0)
    ordered = {start: tiers[start] for start in sorted(tiers)}
    return ordered if len(ordered) > 1 else next(iter(ordered.values()))


def _dated(price: Any, said: Origin, common: Origin) -> dict[Any, Any]:
    return {said.since: price if said == common else {"value": price, "source": said}}


def _allowance(name: str, rule: Mapping[str, Any], unit: str, collected: Collected) -> dict[str, Any]:
    """What is free each month: the end of the free tier that the rule selects, as a quantity or a sum of money."""
    found = rows(f"{name} allowance", rule["from"], collected)
    ends = {row.tier_to for row in found}
    if len(ends) > 1 or None in ends:
        raise ConversionError(f"{name}: the free tier {found[0].sku} needs one end in all regions; it has {ends}")
    row, end = found[0], ends.pop() or Decimal(0)
    stated = {key: rule[key] for key in ("valued_in", "scope", "pool", "months") if key in rule}
    if rule.get("in") == "usd":
        return {"usd": end} | stated | {"source": row.origin}
    return {"quantity": end * collected.conversions.factor(row.unit, unit, name)} | stated | {"source": row.origin}


def _discounts(name: str, rule: Mapping[str, Mapping[str, Any]], collected: Collected) -> dict[str, Any]:
    """Purchase -> the meter whose on-demand charge is reduced by a share.

    The share is 1 less the committed price, of one dollar of spend or `of` the on-demand price that is selected.
    """
    discounts = {}
    for purchase, entry in rule.items():
        row = rows(f"{name} {purchase}", entry["from"], collected)[0]
        listed = rows(f"{name} {purchase}", entry["of"], collected)[0].price if "of" in entry else Decimal(1)
        discounts[purchase] = {"meter": entry["meter"], "share": 1 - row.price / listed, "source": row.origin}
    return discounts
