"""Many workloads as columns: read from a table, checked at once, and what every formula is asked about."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as part
from itertools import repeat
from operator import is_not
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from advisor.cells import Cells, Column, cells_of, default_of, read_cells
from advisor.declaration import CUSTOM, FIELDS, NUMBERS, TEXTS, Workload
from advisor.errors import InputError, unknown_name
from advisor.fields import allowed, bounds_of, fault, gpu_text
from advisor.units import Array, Index, Mask

Text = NDArray[np.object_]
Weights = tuple[tuple[float, ...] | None, ...]


class Reject(NamedTuple):
    """A cell that cannot be used. Rows are counted from 0."""

    row: int
    column: str
    value: object
    reason: str

    def __str__(self) -> str:
        """The sentence for the user."""
        return fault(self.column, self.value, self.reason)


@dataclass(frozen=True, eq=False)
class Workloads:
    """The fields of many workloads as columns of shape (rows, 1); blanks that have a rule are filled.

    A blank latency goal is infinite; a blank `target_utilisation`, `hour_usd`, `focus_h_per_day` or
    `current_monthly_usd` is NaN, which means: ask the table.
    """

    numbers: Mapping[str, Array]
    texts: Mapping[str, Text]
    weights: Weights
    _known: dict[int, tuple[object, Any]] = part(default_factory=dict, init=False, repr=False, compare=False)
    _alike: dict[Hashable, Any] = part(default_factory=dict, init=False, repr=False, compare=False)

    def once(self, owner: object, make: Callable[[], Any]) -> Any:
        """What several modes ask of these rows and one owner (an offer) is worked out once."""
        known = self._known.get(id(owner))
        if known is None or known[0] is not owner:
            known = self._known[id(owner)] = owner, make()
        return known[1]

    def likewise(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """What several options ask of these rows in the same words is worked out once."""
        if key not in self._alike:
            self._alike[key] = make()
        return self._alike[key]

    def forget(self) -> None:
        """Let go of what was worked out once; it may hold these rows, and rows that hold themselves stay in memory."""
        self._known.clear()
        self._alike.clear()

    def __len__(self) -> int:
        return len(self.texts["name"])

    def __post_init__(self) -> None:
        self.__dict__.update(self.numbers)  # each by its name

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Array: ...

    def text(self, name: str) -> Text:
        """A text column of shape (rows, 1)."""
        return self.texts[name]

    @property
    def weights_given(self) -> Mask:
        """Which rows bring a weekly shape of their own. Shape (rows, 1)."""
        given = map(is_not, self.weights, repeat(None))
        return np.fromiter(given, dtype=np.bool_, count=len(self)).reshape(-1, 1)

    def take(self, rows: Index | slice) -> Workloads:
        """The same columns for some of the rows."""
        if isinstance(rows, slice):
            weights = self.weights[rows]
        else:
            weights = tuple(self.weights[row] for row in rows) if any(self.weights) else (None,) * len(rows)
        return Workloads(
            {name: column[rows] for name, column in self.numbers.items()},
            {name: column[rows] for name, column in self.texts.items()},
            weights,
        )

    def replace(self, **columns: Array) -> Workloads:
        """The same rows with some numeric columns exchanged."""
        return Workloads({**self.numbers, **columns}, self.texts, self.weights)

    @classmethod
    def of(cls, workloads: Iterable[Workload]) -> Workloads:
        """Turn validated workloads into columns."""
        return as_given(list(workloads)).filled()

    @classmethod
    def from_columns(cls, columns: Mapping[str, Sequence[object] | Cells]) -> tuple[Workloads, list[Reject]]:
        """Read the columns of a table, (rows,) each: the rows that can be used, in order, and every cell that cannot.

        The same rows are accepted as by the reader of one workload, and for the same reasons; a text in a column of
        numbers is cast as YAML would, a blank means the default. Raises `InputError` for what is wrong with the table
        as a whole: a column that is unknown, missing or of another length.
        """
        cells = {name: cells_of(column) for name, column in columns.items()}
        usable = np.arange(_height(cells))
        read = {name: read_cells(FIELDS[name], column) for name, column in cells.items()}
        rejects = [_reject(row, name, cells[name], why) for name in read for row, why in read[name].faults.items()]
        usable = _without(usable, rejects)
        found = _assembled(read, usable)
        if broken := [each._replace(row=int(usable[each.row])) for each in broken_rules(found)]:
            usable = _without(usable, broken)
            found = _assembled(read, usable)
        return found.filled(), sorted([*rejects, *broken], key=lambda reject: reject.row)

    def filled(self) -> Workloads:
        """Fill the blanks that have a rule. The rules stand in the fields' sentences."""
        public = (self.text("exposure") == "public").astype(np.float64)
        full = _blank(self.duration_full_s, self.duration_s)
        return self.replace(
            duration_full_s=full,
            internet_share=_blank(self.internet_share, public),
            timeout_s=_blank(self.timeout_s, full),
            latency_p95_s=_blank(self.latency_p95_s, np.full_like(full, np.inf)),
        )


def _blank(column: Array, instead: Array) -> Array:
    return np.where(np.isnan(column), instead, column)


MOST_REQUESTS = dict(bounds_of(FIELDS["requests_per_month"]))["le"]

# What must hold between fields, before blanks are filled: NaN compares as false, so a blank breaks nothing.
RULES: tuple[tuple[str, str, Callable[[Workloads], Mask]], ...] = (
    ("duration_full_s", "at least duration_s", lambda work: ~(work.duration_full_s < work.duration_s)),
    ("timeout_s", "at least duration_s", lambda work: ~(work.timeout_s < work.duration_s)),
    (
        "weights",
        "given exactly when profile is custom",
        lambda work: work.weights_given == (work.text("profile") == CUSTOM),
    ),
    (
        "growth_per_month",
        f"so low that the horizon's last month brings at most {MOST_REQUESTS:,.0f} requests",
        lambda work: (
            work.requests_per_month * (1 + work.growth_per_month) ** (work.horizon_months - 1) <= MOST_REQUESTS
        ),
    ),
)


def broken_rules(work: Workloads) -> list[Reject]:
    """Every field that does not go with another, in workloads whose blanks are not filled."""
    return [
        Reject(
            int(row),
            name,
            work.weights[row] if name == "weights" else float(work.numbers[name][row, 0]),
            f"it must be {must_be}",
        )
        for name, must_be, holds in RULES
        for row in np.flatnonzero(~holds(work))
    ]


def as_given(rows: Sequence[Workload]) -> Workloads:
    """Validated workloads as columns, with blanks as blanks."""
    numbers = {name: _column([getattr(row, name) for row in rows]) for name in NUMBERS}
    texts = {name: _texts([getattr(row, name) for row in rows]) for name in TEXTS if name != "gpu"}
    texts["gpu"] = _texts([gpu_text(row.gpu) for row in rows])
    return Workloads(numbers, texts, tuple(None if row.weights is None else tuple(row.weights) for row in rows))


def _column(values: Sequence[float | None]) -> Array:
    return np.array([math.nan if value is None else value for value in values], dtype=np.float64).reshape(-1, 1)


def _texts(values: Sequence[str | None]) -> Text:
    column = np.empty((len(values), 1), dtype=object)
    column[:, 0] = values
    return column


def _height(cells: Mapping[str, Cells]) -> int:
    """How many rows the columns have, if they make a table at all."""
    for name in cells:
        if name not in FIELDS:
            raise unknown_name("column", name, FIELDS)
    for name, field in FIELDS.items():
        if field.is_required() and name not in cells:
            raise InputError(f"column {name} is missing; it takes {allowed(field)}")
    rows = len(cells["name"])
    for name, column in cells.items():
        if column.shape != (rows,):
            raise InputError(f"column {name} has the shape {column.shape}; allowed: {(rows,)}, as name has")
    return rows


def _reject(row: int, name: str, cells: Cells, reason: str) -> Reject:
    (value,) = cells[row : row + 1].tolist()
    return Reject(row, name, value, reason)


def _without(rows: Index, rejects: Sequence[Reject]) -> Index:
    keep = np.ones(len(rows), dtype=np.bool_)
    keep[np.searchsorted(rows, [reject.row for reject in rejects])] = False
    return rows[keep]


def _assembled(read: Mapping[str, Column], rows: Index) -> Workloads:
    """Some rows of the columns that were read, and the default of every other field; blanks are not filled."""
    return Workloads(
        {name: _chosen(name, read, rows) for name in NUMBERS},
        {name: _chosen(name, read, rows) for name in TEXTS},
        tuple(_chosen("weights", read, rows)[:, 0]),
    )


def _chosen(name: str, read: Mapping[str, Column], rows: Index) -> Cells:
    """The cells of some rows of one field, (rows, 1); a default is one cell seen from every row."""
    if name not in read:
        default = np.array([[default_of(FIELDS[name])]], dtype=object if name not in NUMBERS else np.float64)
        return np.broadcast_to(default, (len(rows), 1))
    values = read[name].values
    return (values if len(rows) == len(values) else values[rows]).reshape(-1, 1)
