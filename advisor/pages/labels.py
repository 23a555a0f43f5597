"""How a form calls a field, what it says about it, how it writes its numbers, all by its declaration."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal

from pydantic.fields import FieldInfo

from advisor.fields import allowed, extra, kind_of, may_be_blank
from advisor.pages.words import inert
from advisor.workload import FIELDS

# Parts of a field's name that say its unit: the label ends there and names the unit as it is written.
UNIT_WORDS = ("s", "h", "kib", "gib", "usd", "months", "years")
SPELT: Mapping[str, str] = {
    "vcpu": "vCPU",
    "gpu": "GPU",
    "gpus": "GPUs",
    "gcp": "Google Cloud",
    "aws": "AWS",
    "azure": "Azure",
    "vpc": "VPC",
    "grpc": "gRPC",
    "websockets": "WebSockets",
    "ci": "CI",
    "iac": "IaC",
    "cv": "CV",
    "kubernetes": "Kubernetes",
}
PLAIN_UNITS = ("text", "yes/no", "relative", "type")  # that a label need not name
MOST_DECIMALS = 9


def label(name: str) -> str:
    """`duration_s` is Duration (s), `needs_grpc` is Needs gRPC."""
    words = name.split("_")
    stop = next((at for at, word in enumerate(words) if at and word in UNIT_WORDS), len(words))
    said = " ".join(SPELT.get(word, word) for word in words[:stop])
    unit = extra(FIELDS[name])["unit"]
    shown = unit if unit not in PLAIN_UNITS and (stop < len(words) or unit in ("share", "ratio", "GiB")) else ""
    first = said if words[0] in SPELT else f"{said[0].upper()}{said[1:]}"
    return first + (f" ({shown})" if shown else "")


def explained(name: str) -> str:
    """What a field means, what it takes, what holds if it is left blank, and what it is called in a file."""
    field = FIELDS[name]
    takes = allowed(field)
    return f"{inert(str(field.description))} {inert(takes[0].upper() + takes[1:])}.{_blank(field)} `{name}`"


def _blank(field: FieldInfo) -> str:
    if field.is_required() or may_be_blank(field) or kind_of(field) == "flag":
        return ""
    return f" Default: {inert(str(field.default))}."


def number_format(value: float | None) -> str:
    """As many decimals as a number has."""
    exponent = Decimal(repr(float(value or 0))).normalize().as_tuple().exponent
    return f"%.{min(max(-int(exponent), 0), MOST_DECIMALS)}f"


def step(value: float | None) -> float:
    """By what the buttons change a number: one in its first digit."""
    return float(10.0 ** math.floor(math.log10(abs(value)))) if value else 1.0
