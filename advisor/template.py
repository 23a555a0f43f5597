"""A workload file to fill in: every field with its sentence, what it takes and its default, written as comments."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from advisor.errors import unknown_name
from advisor.fields import allowed
from advisor.workload import CUSTOM, FIELDS, MOST_BYTES, Workload, extra
from pricing import PriceBook
from pricing.reader import read_yaml

PRESETS = Path(__file__).parent / "presets"  # the examples, shipped with the package
SAMPLE = "churn"  # lends its values to the fields that have no default
WIDTH = 100
PLAIN = re.compile(r"[A-Za-z][\w./-]*")  # a text that YAML takes for a text without quotes
HOW = """# `advisor compare` reads this file. A line that begins with # is a comment: remove the # to set a field.
"""
HOLDS = """# The values below are those of an example; yours go in their place.
"""
NOT_TEXTS = ("yes", "no", "on", "off", "true", "false", "null")


def preset_names() -> tuple[str, ...]:
    """The presets there are."""
    return tuple(sorted(path.stem for path in PRESETS.glob("*.yaml")))


def template(preset: str | None, book: PriceBook) -> str:
    """A workload file with the values of a preset, or of a sample where a field has no default.

    Raises `InputError` with the nearest names where there is no such preset.
    """
    if preset is not None and preset not in preset_names():
        raise unknown_name("preset", preset, preset_names())
    path = PRESETS / f"{preset or SAMPLE}.yaml"
    values = read_yaml(path, "preset", MOST_BYTES)
    if preset is not None:
        return f"{_lesson(path)}#\n{HOW}{HOLDS}" + "".join(_sections(values, book))
    return HOW + HOLDS + "".join(_sections({name: values[name] for name in FIELDS if FIELDS[name].is_required()}, book))


def written(workload: Workload, book: PriceBook) -> str:
    """A workload as a file that can be read again, with the fields that were left blank as comments."""
    return HOW + "".join(_sections(workload.model_dump(mode="json", include=workload.model_fields_set), book))


def _lesson(path: Path) -> str:
    """The comment a preset begins with."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    return "".join(line for line in lines if line.startswith("#"))


def _sections(values: Mapping[str, Any], book: PriceBook) -> Iterator[str]:
    names, group = {"geography": book.geographies(), "profile": (*book.profiles(), CUSTOM)}, ""
    for name in FIELDS:
        if extra(FIELDS[name])["group"] != group:
            group = extra(FIELDS[name])["group"]
            yield f"\n# ---- {group.capitalize()} {'-' * (WIDTH - len(group) - 8)}\n"
        yield f"\n{_comment(name, names)}{_line(name, values)}\n"


def _comment(name: str, names: Mapping[str, tuple[str, ...]]) -> str:
    field = FIELDS[name]
    takes = "one of " + ", ".join(names[name]) if name in names else allowed(FIELDS[name])
    default = "" if field.is_required() else f" Default: {scalar(field.default) or 'blank'}."
    sentence = f"{field.description} {takes[0].upper()}{takes[1:]}.{' Required.' * field.is_required()}{default}"
    return textwrap.fill(sentence, WIDTH, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False) + "\n"


def _line(name: str, values: Mapping[str, Any]) -> str:
    """The field with its value, or in a comment with its default."""
    if name in values:
        return f"{name}: {scalar(values[name])}"
    return f"# {name}: {scalar(FIELDS[name].default)}".rstrip()


def scalar(value: Any) -> str:
    """A value of a field as YAML on one line; blank for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar(key)}: {scalar(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(scalar, value)) + "]"
    if isinstance(value, str):
        plain = PLAIN.fullmatch(value) and value.lower() not in NOT_TEXTS
        return value if plain else json.dumps(value, ensure_ascii=False)
    whole = float(value).is_integer() and abs(value) < 1e15
    return f"{int(value):_}" if whole else repr(value)
