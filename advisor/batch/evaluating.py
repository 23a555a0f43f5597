"""A piece of a table becomes its answers, its refused records and a summary, wherever these go."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa

from advisor.batch import answers
from advisor.batch.casting import legible, workloads_of
from advisor.batch.header import Header
from advisor.batch.reasons import reasons_of
from advisor.batch.records import Piece
from advisor.batch.summary import Summary
from advisor.choice import choose
from advisor.columns import Reject, Workloads
from advisor.comparison import Comparison, compare
from advisor.errors import InputError
from advisor.hours import OwnPace
from advisor.platforms.platform import Platform
from advisor.units import Index
from pricing import FactError, PriceBook

REJECTED = ("file", "record", "column", "value", "reason")  # columns of the rejects, before those of the table
Layout = Literal["wide", "long"]


@dataclass(frozen=True)
class Form:
    """Which columns are read, which options are compared, and how the answer is laid out."""

    header: Header
    options: tuple[str, ...]
    layout: Layout

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the output."""
        own = answers.OF_OPTION if self.layout == "long" else answers.wide_columns(self.options)
        return (*self.header.carried, *own)

    @property
    def reject_columns(self) -> tuple[str, ...]:
        """The columns of the rejects: a table that was mended and is read again names some of them already."""
        return (*REJECTED, *(name for name in self.header.columns if name not in REJECTED))


@dataclass(frozen=True)
class Context:
    """Prices, options and the team's own pace."""

    book: PriceBook
    platforms: tuple[Platform, ...]
    pace: OwnPace | None

    def compared(self, work: Workloads) -> Comparison:
        """The comparison of some rows."""
        return compare(work, self.platforms, self.book, self.pace)


@dataclass(frozen=True)
class Evaluated:
    """What a piece comes to. Answered and refused records together are all of it."""

    records: int
    answers: pa.Table | None  # None where no record could be answered
    refused: pa.Table
    summary: Summary


def evaluated(form: Form, having: Context, piece: Piece) -> Evaluated:
    """Compare the options for every record of a piece; one that breaks the comparison costs no other its answer."""
    work, rows, rejects = workloads_of(piece, form.header.fields, having.book)
    try:
        table, summary = _answer(form, having, piece, work, rows)
    except OSError:  # a full disk is nobody's row
        raise
    except Exception as error:
        broken = _unanswerable(having, work, error)
        rejects += [Reject(int(rows[row]), "", "", why) for row, why in broken.items()]
        left = np.setdiff1d(np.arange(len(rows)), [*broken])
        table, summary = _answer(form, having, piece, work.take(left), rows[left])
    return Evaluated(len(piece), table if table.num_rows else None, reject_table(form, piece, rejects), summary)


def all_refused(form: Form, piece: Piece, why: str) -> Evaluated:
    """A piece of which no record is answered."""
    rejects = [Reject(row, "", "", why) for row in range(piece.table.num_rows)]
    return Evaluated(len(piece), None, reject_table(form, piece, rejects), Summary())


def _answer(form: Form, having: Context, piece: Piece, work: Workloads, rows: Index) -> tuple[pa.Table, Summary]:
    """The rows of the output, and what they come to."""
    comparison = having.compared(work)
    choice = choose(comparison)
    carried = piece.table.select(form.header.carried).take(pa.array(rows))
    summary = Summary.of(comparison, choice)
    if form.layout == "wide":
        return answers.wide(texts(carried), comparison, choice), summary
    reasons = {each.id: reasons_of(each, comparison, having.book) for each in having.platforms}
    return answers.long(texts(carried), comparison, choice, reasons), summary


def _unanswerable(having: Context, work: Workloads, error: Exception) -> dict[int, str]:
    """Rows that no comparison comes through, found by halving: one of them must not cost the others their answer."""
    if len(work) == 1:
        return {0: _reason(error)}
    half = len(work) // 2
    found: dict[int, str] = {}
    for start, rows in ((0, slice(0, half)), (half, slice(half, None))):
        part = work.take(rows)
        try:
            having.compared(part)
        except Exception as why:
            found |= {start + row: reason for row, reason in _unanswerable(having, part, why).items()}
    return found


def _reason(error: Exception) -> str:
    if isinstance(error, InputError | FactError):
        return str(error)
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"it cannot be evaluated: {type(error).__name__} in {Path(last.filename).name}: {error}"


def texts(table: pa.Table) -> pa.Table:
    """Columns of bytes as text."""
    kinds = pa.schema(
        [(field.name, pa.string() if pa.types.is_binary(field.type) else field.type) for field in table.schema]
    )
    return table.cast(kinds)


def reject_table(form: Form, piece: Piece, rejects: Sequence[Reject]) -> pa.Table:
    """The records that were refused, complete, one row each, in their order; all cells are text."""
    by_row: dict[int, list[Reject]] = {}
    for each in rejects:
        by_row.setdefault(each.row, []).append(each)
    records = piece.records
    found = {records[row]: _refused(piece, row, faults) for row, faults in by_row.items()}
    found |= {each.record: {"value": each.text, "reason": each.reason} for each in piece.ragged}
    lines = [{"file": piece.file, "record": str(record), **found[record]} for record in sorted(found)]
    return pa.table({name: pa.array([line.get(name) for line in lines], pa.string()) for name in form.reject_columns})


def _refused(piece: Piece, row: int, faults: Sequence[Reject]) -> dict[str, str | None]:
    cells = {name: shown(piece.table.column(name)[row].as_py()) for name in piece.table.column_names}
    first, reasons = faults[0], "; ".join(dict.fromkeys(map(_said, faults)))
    return cells | {"column": first.column or None, "value": shown(first.value) or None, "reason": reasons}


def _said(fault: Reject) -> str:
    return f"{fault.column}: {fault.reason}" if fault.column else fault.reason


def shown(cell: object) -> str | None:
    """A cell of any type as text."""
    if cell is None:
        return None
    return legible(cell)[0] if isinstance(cell, bytes) else str(cell)
