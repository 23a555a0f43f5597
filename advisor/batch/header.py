"""The first record of a table: which columns are fields of a workload, and which are carried through as they are."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from advisor.declaration import FIELDS
from advisor.errors import InputError, shown
from advisor.fields import allowed, extra

LIKE = 0.8  # how alike a column and a field must be written for the one to be taken for a slip of the other
MOST_BYTES = 2**20  # of a header
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
IDENTITY = tuple(name for name, field in FIELDS.items() if extra(field)["group"] == "identity")


@dataclass(frozen=True)
class Header:
    """The columns of a table in its order."""

    columns: tuple[str, ...]

    @property
    def fields(self) -> tuple[str, ...]:
        """The columns that are fields of a workload."""
        return tuple(name for name in self.columns if name in FIELDS)

    @property
    def carried(self) -> tuple[str, ...]:
        """What reaches the output untouched: who a workload is, and every column that is no field."""
        return tuple(name for name in self.columns if name in IDENTITY or name not in FIELDS)

    @classmethod
    def of(cls, columns: Sequence[str], taken: Collection[str], where: str) -> Header:
        """Check the names. Raises `InputError` for all that is wrong; `taken` are the columns of the output."""
        slips = slips_of(columns)
        faults = [*_repeated(columns), *_misspelt(slips), *_missing(columns, slips)]
        faults += [
            f"column {shown(name)} has the name of a column of the output; allowed: any other name"
            for name in columns
            if name in taken
        ]
        if faults:
            raise InputError.listing(where, faults)
        return cls(tuple(columns))


def read_header(start: bytes, where: str) -> tuple[str, ...]:
    """The names in the first record of a CSV file, of which `start` are the first bytes."""
    if start.startswith(UTF_16):
        raise InputError(f"{where} is UTF-16 text; allowed: UTF-8, as `CSV UTF-8` saves it")
    if not start.strip(b"\r\n"):
        raise InputError(
            f"{where} is empty; allowed: a header with the names of columns, and a record for each workload"
        )
    try:
        text = start[:MOST_BYTES].decode("utf-8-sig", errors="ignore" if len(start) >= MOST_BYTES else "strict")
        names = next(record for record in csv.reader(io.StringIO(text, newline=""), strict=True) if record)
    except (UnicodeDecodeError, csv.Error, StopIteration):
        names = _header_alone(start, where)
    if len(names) == 1 and (other := _separator(names[0])):
        raise InputError(f"{where}: the header is separated by {shown(other)}; allowed: commas between columns")
    return tuple(names)


def _header_alone(start: bytes, where: str) -> list[str]:
    """The first line by itself, where what follows it cannot be read."""
    line = start.lstrip(b"\r\n").splitlines()[0]
    try:
        return next(csv.reader([line.decode("utf-8-sig")], strict=True))
    except (UnicodeDecodeError, csv.Error):
        raise InputError(f"{where}: the header is not CSV in UTF-8; allowed: names with commas between them") from None


def _separator(name: str) -> str:
    return next((each for each in (";", "\t", "|") if each in name), "")


def _repeated(columns: Sequence[str]) -> list[str]:
    return [
        f"column {shown(name)} stands there {times} times; allowed: each column once"
        for name, times in Counter(columns).items()
        if times > 1
    ]


def _missing(columns: Sequence[str], slips: Mapping[str, str]) -> list[str]:
    return [
        f"column {name} is missing; it takes {allowed(field)}"
        for name, field in FIELDS.items()
        if field.is_required() and name not in columns and name not in slips.values()
    ]


def _misspelt(slips: Mapping[str, str]) -> list[str]:
    return [
        f"column {shown(name)} is not known; did you mean {meant}? To carry it through, give it a name less alike"
        for name, meant in slips.items()
    ]


def slips_of(columns: Sequence[str]) -> dict[str, str]:
    """Columns that would be carried through although a missing field is meant, and that field.

    A slip of the pen must not become a default in silence.
    """
    there = set(columns)
    missing = [field for field in FIELDS if field not in there]
    near = {
        name: get_close_matches(_plainly(name), missing, n=1, cutoff=LIKE) for name in columns if name not in FIELDS
    }
    return {name: found[0] for name, found in near.items() if found}


def _plainly(name: str) -> str:
    return name.strip().lower().replace(" ", "_").replace("-", "_")
