"""Runs that were saved: the JSON of `advisor compare` or of `advisor report`, read back as far as two runs compare."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import from_json

from advisor.errors import InputError, printable

MOST_BYTES = 2**28  # a thousand workloads are some ten megabytes; anything much larger is no run of ours
WANTED = "a file from `advisor compare --json` or `advisor report -o FILE.json`"


class Saved(BaseModel):
    """A part of a document. Keys that are not declared are kept, so that newer files can be read."""

    model_config = ConfigDict(frozen=True, extra="allow", allow_inf_nan=False, defer_build=True)


class SavedTier(Saved):
    """A part of a line at one price."""

    quantity: float
    usd_per_unit: float | None
    usd: float | None
    note: str


class SavedLine(Saved):
    """A line of a bill."""

    meter: str
    label: str
    quantity: float
    unit: str
    usd: float | None
    tiers: tuple[SavedTier, ...]


class SavedOption(Saved):
    """An option; its lines are known where the run was saved as a report."""

    option: str
    status: str
    monthly_usd: float | None
    tco_usd: float | None = None
    mode: str = ""
    machine: str | None = None
    purchase: str = ""
    region: str = ""
    lines: tuple[SavedLine, ...] = ()

    @property
    def variant(self) -> str:
        """The cheapest way of being billed, as people read it; nothing where none is known to be cheapest."""
        if self.status == "unknown":
            return ""
        words = (self.mode, self.machine, self.purchase)
        return " · ".join(dict.fromkeys(word for word in words if word))  # a mode may be named like a purchase


class SavedChoice(Saved):
    """What was chosen; None where nothing could be priced."""

    option: str | None


class SavedPrices(Saved):
    """The price book of a run."""

    as_of: str
    fingerprint: str


class SavedRun(Saved):
    """One workload on one price book."""

    workload: Mapping[str, Any]
    prices: SavedPrices
    options: tuple[SavedOption, ...]
    choice: SavedChoice
    program: str | None = None  # which version of the advisor; the JSON of `compare` does not say

    @property
    def name(self) -> str:
        """What people call the workload."""
        return str(self.workload.get("name", ""))

    def of(self, option: str) -> SavedOption | None:
        """The option of that name."""
        return next((each for each in self.options if each.option == option), None)

    @property
    def chosen(self) -> SavedOption | None:
        """The option that was chosen."""
        return None if self.choice.option is None else self.of(self.choice.option)


def read_saved(path: Path) -> tuple[SavedRun, ...]:
    """The runs of a file. Raises `InputError` with one message for whatever is no such file."""
    document = read_document(path)
    rows = document.get("chapters") or document.get("portfolio")
    try:
        if rows is None:
            return (SavedRun.model_validate(document),)
        prices, program = document.get("prices"), document.get("program")
        if prices is None:
            raise InputError(f"{path} does not say with the prices of which day it was made; allowed: {WANTED}")
        return tuple(SavedRun.model_validate({"prices": prices, "program": program, **row}) for row in rows)
    except (ValidationError, TypeError) as error:
        raise InputError(f"{path} is not a saved run: {fault(error)}; allowed: {WANTED}") from None


def fault(error: ValidationError | TypeError) -> str:
    """The first thing that is wrong with a document."""
    if isinstance(error, TypeError):
        return "its rows are not objects"
    first = error.errors(include_url=False, include_input=False)[0]
    return printable(f"{'.'.join(map(str, first['loc'])) or 'the document'}: {first['msg']}")


def read_document(path: Path) -> dict[str, Any]:
    """A file that holds one JSON object. Raises `InputError`."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError(f"{path} is larger than {MOST_BYTES // 2**20} MiB; allowed: {WANTED}")
        document = from_json(path.read_bytes(), allow_inf_nan=False)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}; allowed: {WANTED}") from None
    except ValueError as error:
        raise InputError(f"{path} is not JSON: {printable(str(error))}; allowed: {WANTED}") from None
    if not isinstance(document, dict):
        raise InputError(f"{path} holds no JSON object; allowed: {WANTED}")
    return document
