"""How a field of a workload is declared, what it takes, and how that is said.

Both readers, of one row and of columns, ask here, so that they accept the same rows and give the same reasons.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal, TypeGuard, get_args

import numpy as np
from pydantic import Field
from pydantic.fields import FieldInfo

from advisor.errors import shown
from advisor.units import HOURS_PER_DAY, HOURS_PER_WEEK, Array, Mask

NO_GPU = "none"
SHARES = (0.01, 100.0)  # of a duration relative to another's; beyond them something else is meant
SHAPES = (HOURS_PER_DAY, HOURS_PER_WEEK)
_GPU = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")

Kind = Literal["number", "count", "flag", "choice", "text", "weights", "gpu"]
# A bound as pydantic keeps it -> its words, and the comparison that must hold.
BOUNDS: Mapping[str, tuple[str, Callable[[Array, float], Mask]]] = {
    "gt": ("above", np.greater),
    "ge": ("of at least", np.greater_equal),
    "lt": ("below", np.less),
    "le": ("at most", np.less_equal),
}


def number(default: Any, group: str, unit: str, sentence: str, choices: Sequence[float] = (), **bounds: Any) -> Any:
    """Declare a numeric field: its default (... = required, None = blank), group, unit, sentence and bounds."""
    extra: dict[str, Any] = {"group": group, "unit": unit, "choices": list(choices), "kind": "number"}
    return Field(default, description=sentence, json_schema_extra=extra, strict=True, allow_inf_nan=False, **bounds)


def count(default: Any, group: str, unit: str, sentence: str, choices: Sequence[int] = (), **bounds: Any) -> Any:
    """Declare a whole-number field."""
    extra: dict[str, Any] = {"group": group, "unit": unit, "choices": list(choices), "kind": "count"}
    return Field(default, description=sentence, json_schema_extra=extra, strict=True, **bounds)


def flag(default: bool, group: str, sentence: str) -> Any:
    """Declare a yes/no field."""
    extra: dict[str, Any] = {"group": group, "unit": "yes/no", "kind": "flag"}
    return Field(default, description=sentence, json_schema_extra=extra, strict=True)


def word(default: Any, group: str, sentence: str, most: int = 200) -> Any:
    """Declare a text field; one whose type is a `Literal` is a choice."""
    extra: dict[str, Any] = {"group": group, "unit": "text", "kind": "text"}
    return Field(default, description=sentence, json_schema_extra=extra, max_length=most)


def special(default: Any, kind: Kind, group: str, unit: str, sentence: str) -> Any:
    """Declare a field of a kind of its own: `weights` or `gpu`."""
    return Field(default, description=sentence, json_schema_extra={"group": group, "unit": unit, "kind": kind})


def extra(field: FieldInfo) -> dict[str, Any]:
    """Group, unit, kind and choices of a declared field."""
    return field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}


def kind_of(field: FieldInfo) -> Kind:
    """What kind of value a field takes."""
    kind: Kind = extra(field)["kind"]
    return "choice" if kind == "text" and any(isinstance(each, str) for each in get_args(field.annotation)) else kind


def choices_of(field: FieldInfo) -> tuple[Any, ...]:
    """The values a field is limited to; empty where it is not."""
    return tuple(extra(field).get("choices") or (each for each in get_args(field.annotation) if isinstance(each, str)))


def may_be_blank(field: FieldInfo) -> bool:
    """Whether no value is a value."""
    return type(None) in get_args(field.annotation)


def bounds_of(field: FieldInfo) -> Iterator[tuple[str, float]]:
    """The bounds of a numeric field, by the names in `BOUNDS`."""
    for rule in field.metadata:
        for key in BOUNDS:
            if (bound := getattr(rule, key, None)) is not None:
                yield key, float(bound)


def longest(field: FieldInfo) -> int:
    """How many characters a text field takes."""
    return next(int(rule.max_length) for rule in field.metadata if hasattr(rule, "max_length"))


def within(field: FieldInfo, values: Array) -> Mask:
    """Which numbers a numeric field takes. Shape kept; NaN is never taken."""
    holds = np.isfinite(values)
    for key, bound in bounds_of(field):
        holds &= BOUNDS[key][1](values, bound)
    if kind_of(field) == "count":
        holds &= values == np.floor(values)
    if choices := choices_of(field):
        holds &= np.isin(values, choices)
    return holds


def allowed(field: FieldInfo) -> str:
    """What a field takes, in words: type, bounds, unit."""
    if choices := choices_of(field):
        return "one of " + ", ".join(str(each) for each in choices)
    kind = kind_of(field)
    if kind == "text":
        return f"text of 1 to {longest(field):,} characters"
    if kind in SPECIAL:
        return SPECIAL[kind]
    bounds = ", ".join(f"{BOUNDS[key][0]} {bound:,.15g}" for key, bound in bounds_of(field))
    return f"a {'whole ' * (kind == 'count')}number {bounds} [{extra(field)['unit']}]"


SPECIAL: Mapping[str, str] = {
    "flag": "yes or no",
    "weights": "24 or 168 finite numbers of at least 0, one of them above 0",
    "gpu": "none, a GPU type such as l4, or a map of types to their relative duration",
}


def is_number(value: object) -> TypeGuard[float]:
    """Whether a value is a finite number that a float holds."""
    largest = sys.float_info.max
    return isinstance(value, int | float) and not isinstance(value, bool) and -largest <= value <= largest


def is_flag(value: object) -> TypeGuard[bool]:
    """Whether a value is yes or no."""
    return isinstance(value, bool)


def text_fault(text: object) -> str:
    """Why a text says nothing; empty if it does not."""
    return "some text" if isinstance(text, str) and not text.strip() else ""


def weights_fault(weights: object) -> str:
    """Why something cannot be a weekly shape; empty if it can."""
    if not isinstance(weights, list | tuple):
        return SPECIAL["weights"]
    if len(weights) not in SHAPES:
        return f"24 or 168 numbers; there are {len(weights)}"
    for position, weight in enumerate(weights, 1):
        if not is_number(weight) or weight < 0:
            return f"finite numbers of at least 0; number {position} is {shown(weight)}"
    return "" if any(weights) else "at least one number above 0"


def gpu_fault(gpu: object) -> str:
    """Why something cannot name GPUs; empty if it can. Whether anyone sells them is asked later."""
    if gpu == NO_GPU:
        return ""
    if not isinstance(gpu, str | dict) or not gpu:
        return SPECIAL["gpu"]
    pairs = list(_gpu_pairs(gpu) if isinstance(gpu, str) else gpu.items())
    for name, share in pairs:
        if not isinstance(name, str) or name == NO_GPU or not _GPU.fullmatch(name):
            return f"{SPECIAL['gpu']}; {shown(name)} is no GPU type"
        if not is_number(share) or not SHARES[0] <= share <= SHARES[1]:
            return f"relative durations of {SHARES[0]:g} to {SHARES[1]:g}; {name} has {shown(share)}"
    return "" if len(dict(pairs)) == len(pairs) > 0 else "each GPU type once"


def gpu_durations(text: str) -> dict[str, float]:
    """Read the column form of `gpu`: `none`, `l4`, or `l4:1.0 a10g:0.8`."""
    return {} if text == NO_GPU else {name: float(share) for name, share in _gpu_pairs(text)}


def gpu_text(gpu: str | Mapping[str, float]) -> str:
    """Write `gpu` in its column form."""
    if isinstance(gpu, str):
        return gpu
    return " ".join(f"{name}:{float(share)!r}" for name, share in sorted(gpu.items()))


def _gpu_pairs(text: str) -> Iterator[tuple[str, float | str]]:
    for part in text.split():
        name, colon, share = part.partition(":")
        yield name, number_in(share) if colon else 1.0


def number_in(text: str) -> float | str:
    """The number that a text holds, or the text."""
    try:
        return float(text)
    except ValueError:
        return text


def numbers_in(text: str) -> list[float | str]:
    """The numbers of a list that is written with blanks between them."""
    return [number_in(part) for part in text.split()]


def fault(name: str, value: object, reason: str) -> str:
    """The sentence about a value that a field does not take."""
    return f"{name} is {shown(value)}; {reason}"
