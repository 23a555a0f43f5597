"""A team's past deployments as a table: the good rows are used, every other row is named with the reason."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from typing import Any

from advisor.errors import InputError
from advisor.team import ASSETS, SCOPES, SKILLS, Team
from advisor.units import MILLION, PERCENT
from pricing.effort import EffortTables

COLUMNS = ("platform", "skill", "scope", "assets", "actual_hours", "actual_days")
FAMILY = "family"  # may stand in place of `platform`
ENGINEERS = "engineers"  # need not be there: one, then
SURPLUS = "surplus"  # cells beyond the header
LEAST, MOST = PERCENT, MILLION  # hours and days of one deployment: what lies outside is a slip of the pen
FEW = 10  # so many names are listed in a message
MOST_BYTES, MOST_ROWS = 2**20, 5_000  # of a history; nobody has deployed more often


class HistoryError(InputError):
    """A history or calibration that cannot be used, in one sentence."""


@dataclass(frozen=True)
class HistoryRow:
    """One past deployment: what it was, its hands-on hours, and its business days from start to production if known."""

    family: str
    team: Team
    hours: float
    days: float | None


def read_history(
    path: Path, tables: EffortTables, platforms: Mapping[str, str] | None = None
) -> tuple[list[HistoryRow], list[str]]:
    """Usable rows of a file, and a message for each row left out: see `parse_history`."""
    if not path.exists():
        raise HistoryError(f"{path}: there is no such history")
    if not path.is_file():
        raise HistoryError(f"{path}: is not a file: name the history itself")
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise HistoryError(f"{path} cannot be read: {error.strerror}") from error
    return parse_history(raw, path.name, tables, platforms)


def parse_history(
    raw: bytes, name: str, tables: EffortTables, platforms: Mapping[str, str] | None = None
) -> tuple[list[HistoryRow], list[str]]:
    """Usable rows, and a message for each row left out. `platforms` maps platform ids to families of the tables.

    Columns: platform (or family), skill, scope, assets (semicolons between), actual_hours, actual_days (may be blank),
    and, if more than one person worked, engineers. A platform may be an id, a family's code, or a family's title.
    `name` says in messages where the bytes come from.
    """
    if len(raw) > MOST_BYTES:
        raise HistoryError(f"{name} is larger than {MOST_BYTES:,} bytes; a history has a line for each deployment")
    names = _family_names(tables) | {name.casefold(): family for name, family in (platforms or {}).items()}
    rows: list[HistoryRow] = []
    ignored: list[str] = []
    for line, record in _records(raw, name):
        try:
            rows.append(_row(record, names))
        except HistoryError as error:
            ignored.append(f"{name}, row {line}: {error}")
    return rows, ignored


def _records(raw: bytes, name: str) -> list[tuple[int, dict[str, str]]]:
    """Line number -> cells by column, blank lines left out."""
    try:
        reader = csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline=""), restkey=SURPLUS, restval="")
        reader.fieldnames = _header(name, reader.fieldnames)
        records = [(reader.line_num, record) for record in islice(reader, MOST_ROWS + 1)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise _unreadable(name, error) from error
    if len(records) > MOST_ROWS:
        raise HistoryError(f"{name} has more than {MOST_ROWS:,} rows; allowed: a row for each deployment")
    return records


def _unreadable(name: str, error: Exception) -> HistoryError:
    return HistoryError(f"{name} cannot be read as a CSV file in UTF-8: {error}")


def _header(file: str, found: Collection[str] | None) -> list[str]:
    header = [name.strip().casefold() for name in found or ()]
    header = ["platform" if name == FAMILY and "platform" not in header else name for name in header]
    twice = [name for name in (*COLUMNS, ENGINEERS) if header.count(name) > 1]
    if twice:
        raise HistoryError(f"{file} has the column {twice[0]} more than once; it is needed once")
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise HistoryError(
            f"{file} has no column {', '.join(missing)}; needed are {', '.join(COLUMNS)} "
            f"({FAMILY} may stand for platform; cells of assets and actual_days may be blank)"
        )
    return header


def _row(record: Mapping[str, str], names: Mapping[str, str]) -> HistoryRow:
    if SURPLUS in record:
        raise HistoryError("more cells than columns; assets are separated by semicolons")
    days, people = record["actual_days"].strip(), record.get(ENGINEERS, "").strip()
    assets = [_one_of("asset", name, ASSETS) for name in record["assets"].split(";") if name.strip()]
    owned: dict[str, Any] = dict.fromkeys(assets, True)
    team = Team(
        skill=_one_of("skill", record["skill"], SKILLS),
        scope=_one_of("scope", record["scope"], SCOPES),
        engineers=_whole("engineers", people) if people else 1,
        **owned,
    )
    return HistoryRow(
        family=names[_one_of("platform", record["platform"], names)],
        team=team,
        hours=_within("actual_hours", record["actual_hours"]),
        days=_within("actual_days", days) if days else None,
    )


def _family_names(tables: EffortTables) -> dict[str, str]:
    codes = {family.casefold(): family for family in tables.families}
    titles = {about.title.casefold(): family for family, about in tables.families.items()}
    return codes | titles


def _one_of(what: str, text: str, allowed: Collection[str]) -> str:
    """The name if it is allowed, else an error with the nearest one, and all of a few."""
    name = text.strip().casefold()
    if name in allowed:
        return name
    (nearest,) = get_close_matches(name, allowed, n=1, cutoff=0)
    among = f" of {', '.join(allowed)}" if len(allowed) <= FEW else ""
    raise HistoryError(f"{what} {text.strip()!r} is not known; the nearest{among} is {nearest}")


def _within(what: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not LEAST <= value <= MOST:
        raise HistoryError(f"{what} is {text.strip()!r}; a number from {LEAST:g} to {MOST:g} is needed")
    return value


def _whole(what: str, text: str) -> int:
    value = _within(what, text)
    if value != int(value):
        raise HistoryError(f"{what} is {text!r}; a whole number is needed")
    return int(value)
