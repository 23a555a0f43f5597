"""What is to be deployed: one workload, read from a file and validated.

Its fields are declared in `declaration`; many workloads are `columns`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from advisor.columns import Reject, Workloads, as_given, broken_rules
from advisor.declaration import CUSTOM, FIELDS, Workload
from advisor.errors import InputError, shown
from advisor.fields import NO_GPU, allowed, extra, fault, gpu_durations
from pricing.reader import read_yaml

__all__ = [
    "CUSTOM",
    "FIELDS",
    "NO_GPU",
    "Reject",
    "Workload",
    "Workloads",
    "extra",
    "field_faults",
    "gpu_durations",
    "read_workload",
    "workload_from",
]

MOST_BYTES = 2**16  # a workload file is a page of text; anything larger is a mistake
MOST_FAULTS = 10  # in one message


def read_workload(path: Path) -> Workload:
    """Read one workload from a YAML file. Raises `InputError` with one message for all that is wrong in it."""
    return workload_from(read_yaml(path, "workload", MOST_BYTES), str(path))


def workload_from(fields: Mapping[Any, Any], where: str) -> Workload:
    """Validate one workload; `where` names the file, form or row in messages."""
    try:
        workload = Workload.model_validate({str(name): value for name, value in fields.items()})
    except ValidationError as error:
        raise InputError.listing(where, _listed(_faults(error))) from None
    if broken := broken_rules(as_given([workload])):
        raise InputError.listing(where, broken)
    return workload


def field_faults(fields: Mapping[str, Any]) -> dict[str, str]:
    """Field -> what is wrong with it, for a form that says it beside each; empty where `workload_from` takes them."""
    try:
        workload = Workload.model_validate(fields)
    except ValidationError as error:
        return _faults(error)
    return {broken.column: str(broken) for broken in broken_rules(as_given([workload]))}


def _faults(error: ValidationError) -> dict[str, str]:
    """A sentence for each field that is wrong, what is no field at all last."""
    faults = {str(each["loc"][0]): each for each in reversed(error.errors(include_url=False))}
    names = sorted(faults, key=lambda name: (name not in FIELDS, name))
    return {name: _sentence(name, faults[name]) for name in names}


def _listed(faults: Mapping[str, str]) -> Iterator[str]:
    """The sentences, no more than anyone reads."""
    yield from list(faults.values())[:MOST_FAULTS]
    if len(faults) > MOST_FAULTS:
        yield f"and {len(faults) - MOST_FAULTS} more like these"


def _sentence(name: str, found: Any) -> str:
    if name not in FIELDS:
        near = get_close_matches(name, FIELDS, n=1, cutoff=0.5)
        return f"{shown(name)} is not a field; " + (
            f"did you mean {near[0]}?" if near else "`advisor init` lists the fields"
        )
    if found["type"] == "missing":
        return f"{name} is missing; it takes {allowed(FIELDS[name])}"
    reason = found["ctx"]["error"] if found["type"] == "value_error" else allowed(FIELDS[name])
    return fault(name, found["input"], f"allowed: {reason}")
