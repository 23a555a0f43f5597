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
        raise InputError.listing(where, _faults(error)) from None
    if broken := broken_rules(as_given([workload])):
        raise InputError.listing(where, broken)
    return workload


def _faults(error: ValidationError) -> Iterator[str]:
    """A sentence for each field that is wrong, what is no field at all last; no more than anyone reads."""
    faults = {str(each["loc"][0]): each for each in reversed(error.errors(include_url=False))}
    names = sorted(faults, key=lambda name: (name not in FIELDS, name))
    for name in names[:MOST_FAULTS]:
        yield _sentence(name, faults[name])
    if len(names) > MOST_FAULTS:
        yield f"and {len(names) - MOST_FAULTS} more like these"


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
