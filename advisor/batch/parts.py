"""One piece of a table evaluated and written as a part: what every worker does, whatever the engine."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import traceback
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa

from advisor.batch import answers
from advisor.batch.casting import legible, workloads_of
from advisor.batch.formats import part_bytes
from advisor.batch.header import Header
from advisor.batch.reasons import reasons_of
from advisor.batch.records import Piece
from advisor.batch.store import ATTEMPT, Store
from advisor.batch.summary import Summary
from advisor.calibration import read_calibration
from advisor.choice import choose
from advisor.columns import Reject, Workloads
from advisor.comparison import Comparison, compare
from advisor.errors import InputError
from advisor.hours import OwnPace
from advisor.platforms import chosen
from advisor.platforms.platform import Platform
from advisor.units import Index
from pricing import FactError, PriceBook, load

MOST_ATTEMPTS = 3  # that a piece may cost its worker
REJECTED = ("file", "record", "column", "value", "reason")  # columns of the rejects, before those of the table
Layout = Literal["wide", "long"]


@dataclass(frozen=True)
class Job:
    """What all pieces of a run have in common; with a piece it decides every byte of a part."""

    header: Header
    options: tuple[str, ...]
    as_of: dt.date
    overlay: str | None
    team: str | None
    layout: Layout
    suffix: str
    rejects_suffix: str
    parts: str

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
class Done:
    """A part that is written. Its note is written last, so a part with a note is whole."""

    number: int
    records: int
    answered: int
    rejected: int
    checksums: dict[str, str]  # file of the part -> SHA-256
    summary: dict[str, Any]

    @classmethod
    def read(cls, store: Store, number: int) -> Done | None:
        """The note of a part, where it is there and its files are as it says."""
        note = store.read(note_name(number))
        if note is None:
            return None
        done = cls(**json.loads(note))
        found = {name: _checksum(store.read(name) or b"") for name in done.checksums}
        return done if found == done.checksums else None


def note_name(number: int) -> str:
    """The file that says that a part is done."""
    return f"part-{number:06}.json"


def part_names(job: Job, number: int) -> tuple[str, str]:
    """The files of a part: its answers and its rejects."""
    return f"part-{number:06}{job.suffix}", f"part-{number:06}.rejects{job.rejects_suffix}"


def evaluate_part(job: Job, piece: Piece) -> Done:
    """Evaluate a piece and write its part. Doing it twice writes the same bytes.

    A piece that has cost several workers their lives is not tried again: all its rows are rejected.
    """
    store = Store(job.parts)
    attempt = next((each for each in range(MOST_ATTEMPTS) if not store.has(_attempt(piece, each))), None)
    if attempt is None:
        why = f"the process that evaluated this record and its neighbours died {MOST_ATTEMPTS} times"
        return _written(job, piece, None, [Reject(row, "", "", why) for row in range(piece.table.num_rows)], Summary())
    store.write(_attempt(piece, attempt), b"")
    work, rows, rejects = workloads_of(piece, job.header.fields, context(job).book)
    try:
        table, summary = _answer(job, piece, work, rows)
    except OSError:  # a full disk is nobody's row
        raise
    except Exception as error:
        broken = _unanswerable(context(job), work, error)
        rejects += [Reject(int(rows[row]), "", "", why) for row, why in broken.items()]
        left = np.setdiff1d(np.arange(len(rows)), [*broken])
        table, summary = _answer(job, piece, work.take(left), rows[left])
    return _written(job, piece, table, rejects, summary)


def _attempt(piece: Piece, attempt: int) -> str:
    return f"part-{piece.number:06}.{attempt}{ATTEMPT}"


@dataclass(frozen=True)
class Context:
    """Prices, options and the team's own pace."""

    book: PriceBook
    platforms: tuple[Platform, ...]
    pace: OwnPace | None

    def compared(self, work: Workloads) -> Comparison:
        """The comparison of some rows."""
        return compare(work, self.platforms, self.book, self.pace)


@lru_cache(maxsize=2)
def context(job: Job) -> Context:
    """What a job asks for, read once in each process."""
    book = load(job.as_of, Path(job.overlay) if job.overlay else None)
    pace = None if job.team is None else read_calibration(Path(job.team))
    return Context(book, chosen(job.options), pace)


def _answer(job: Job, piece: Piece, work: Workloads, rows: Index) -> tuple[pa.Table, Summary]:
    """The rows of the output, and what they come to."""
    comparison = context(job).compared(work)
    choice = choose(comparison)
    carried = piece.table.select(job.header.carried).take(pa.array(rows))
    summary = Summary.of(comparison, choice)
    if job.layout == "wide":
        return answers.wide(texts(carried), comparison, choice), summary
    reasons = {each.id: reasons_of(each, comparison, context(job).book) for each in context(job).platforms}
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


def _written(job: Job, piece: Piece, table: pa.Table | None, rejects: Sequence[Reject], summary: Summary) -> Done:
    """Write the part: its answers, its rejects if there are any, and at last its note."""
    store, (answers_name, rejects_name) = Store(job.parts), part_names(job, piece.number)
    files = {answers_name: part_bytes(table, job.suffix)} if table is not None and table.num_rows else {}
    refused = reject_table(job, piece, rejects)
    if refused.num_rows:
        files[rejects_name] = part_bytes(refused, job.rejects_suffix)
    for name, data in files.items():
        store.write(name, data)
    checksums = {name: _checksum(data) for name, data in files.items()}
    answered = len(piece) - refused.num_rows
    done = Done(piece.number, len(piece), answered, refused.num_rows, checksums, summary.document)
    store.write(note_name(piece.number), json.dumps(asdict(done)).encode())
    for attempt in range(MOST_ATTEMPTS):
        store.drop(_attempt(piece, attempt))
    return done


def _checksum(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def texts(table: pa.Table) -> pa.Table:
    """Columns of bytes as text."""
    kinds = pa.schema(
        [(field.name, pa.string() if pa.types.is_binary(field.type) else field.type) for field in table.schema]
    )
    return table.cast(kinds)


def reject_table(job: Job, piece: Piece, rejects: Sequence[Reject]) -> pa.Table:
    """The records that were refused, complete, one row each, in their order; all cells are text."""
    by_row: dict[int, list[Reject]] = {}
    for each in rejects:
        by_row.setdefault(each.row, []).append(each)
    records = piece.records
    found = {records[row]: _refused(piece, row, faults) for row, faults in by_row.items()}
    found |= {each.record: {"value": each.text, "reason": each.reason} for each in piece.ragged}
    lines = [{"file": piece.file, "record": str(record), **found[record]} for record in sorted(found)]
    return pa.table({name: pa.array([line.get(name) for line in lines], pa.string()) for name in job.reject_columns})


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
