"""Entries of the tables of limits and of scaling -> the `limits:` and `behaviour:` of a service file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pricing.refresh.collected import Collected, Origin
from pricing.refresh.conversion import ConversionError, number, scaled
from pricing.refresh.meters import rows

BOUNDS = ("least", "above", "most")  # of a value that a user may put in its place
WORDS = {True: "yes", False: "no", None: "unknown"}


def fact(name: str, rule: Mapping[str, Any], collected: Collected) -> dict[str, Any]:
    """One entry of `limits:` or `behaviour:`, taken and converted as the rule says."""
    if isinstance(rule["from"], str):
        value, said = _value(name, rule["from"], rule, collected)
    elif "table" in rule["from"]:
        value, said = _listed(name, rule, collected)
    else:
        value, said = _table(name, rule, collected)
    bounds = {name: rule[name] for name in BOUNDS if name in rule}
    return {"label": rule["label"], "unit": rule["unit"], **bounds, "source": said, "from": {said.since: value}}


def _table(name: str, rule: Mapping[str, Any], collected: Collected) -> tuple[dict[Any, Any], Origin]:
    """A table made of several entries; its source is that of the first."""
    entries = {key: _value(f"{name}.{key}", path, rule, collected) for key, path in rule["from"].items()}
    return {key: value for key, (value, _) in entries.items()}, next(iter(entries.values()))[1]


def _listed(name: str, rule: Mapping[str, Any], collected: Collected) -> tuple[Any, Origin]:
    """A plain number that stands in a table of prices, such as a ratio or a life in years."""
    found = rows(name, rule["from"], collected)
    if len(found) > 1:
        raise ConversionError(f"{name}: {len(found)} rows of {rule['from']['table']} fit; one is allowed")
    return found[0].price * collected.conversions.factor(found[0].unit, rule["unit"], name), found[0].origin


def _value(name: str, path: str, rule: Mapping[str, Any], collected: Collected) -> tuple[Any, Origin]:
    value, unit, said = collected.fact(path)
    value = _picked(name, value, rule)
    if "find" in rule:
        value = _found(name, value, rule["find"])
    if "steps" in rule:
        value = {key: _steps(each) for key, each in value.items()}
    factor = collected.conversions.factor(rule.get("in", unit), rule["unit"], name)
    return _worded(_renamed(scaled(value, factor), rule)), said


def _picked(name: str, value: Any, rule: Mapping[str, Any]) -> Any:
    """One member of a table or list, where the rule picks one."""
    if "pick" not in rule:
        return value
    try:
        return value[rule["pick"]]
    except (KeyError, IndexError, TypeError) as error:
        raise ConversionError(f"{name}: {value!r} has no member {rule['pick']!r}") from error


def _found(name: str, text: Any, pattern: str) -> Any:
    """The numbers that a text says where the pattern matches: one number, or a list of several."""
    found = [number(each) for each in re.findall(pattern, str(text))]
    if not found:
        raise ConversionError(f"{name}: {pattern!r} finds nothing in {text!r}")
    return found[0] if len(found) == 1 else found


def _steps(text: Any) -> Any:
    """The numbers of "2..8 step 2"; anything else stands."""
    found = re.fullmatch(r"(\d+)\.\.(\d+) step (\d+)", str(text))
    if not found:
        return text
    first, last, step = map(int, found.groups())
    return list(range(first, last + 1, step))


def _renamed(value: Any, rule: Mapping[str, Any]) -> Any:
    """Texts without the remarks that the rule drops, under the names that it gives."""
    if isinstance(value, list):
        return [_renamed(each, rule) for each in value]
    if not isinstance(value, str):
        return value
    short = re.sub(rule["drop"], "", value) if "drop" in rule else value
    renamed: str = rule.get("rename", {}).get(short, short)
    return renamed


def _worded(value: Any) -> Any:
    return WORDS[value] if isinstance(value, bool) or value is None else value
