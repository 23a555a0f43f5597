"""A table of workloads compared piece by piece: what is chosen for each, without their chapters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from advisor.batch.casting import workloads_of
from advisor.batch.header import Header
from advisor.batch.records import pieces
from advisor.columns import Workloads
from advisor.comparison import compare
from advisor.hours import OwnPace
from advisor.platforms.platform import Platform
from pricing import PriceBook
from reports.portfolio import answers_of, known
from reports.tally import Answers


def compared_pieces(
    path: str, columns: Sequence[str], platforms: Sequence[Platform], book: PriceBook, pace: OwnPace | None
) -> Iterator[tuple[Answers, list[str]]]:
    """The answers of each piece, and what is wrong with the records that could not be used.

    Raises `InputError` for columns that are unknown, missing or doubled.
    """
    header = Header.of(columns, (), path)
    for piece in pieces([path], header):
        work, _, rejects = workloads_of(piece, header.fields, book)
        faults = {each.record: each.reason for each in piece.ragged}
        faults |= {piece.records[each.row]: f"{each.column}: {each.reason}" for each in reversed(rejects)}
        said = [f"record {record}: {why}" for record, why in sorted(faults.items())]
        yield answers_of(compare(work, platforms, book, pace), partial(_fields, work)), said


def _fields(work: Workloads, row: int) -> dict[str, Any]:
    """The fields of a row; infinite and NaN are blank."""
    numbers = {name: column[row, 0] for name, column in work.numbers.items()}
    texts = {name: column[row, 0] for name, column in work.texts.items()}
    return {**texts, **{name: known(value) if np.isfinite(value) else None for name, value in numbers.items()}}
