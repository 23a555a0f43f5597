"""The cells of a piece as columns of workloads: text is cast without failing its column, a bad cell names its row."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import compute

from advisor.batch.records import Piece
from advisor.batch.text import NUL, legible
from advisor.cells import Cells
from advisor.columns import Reject, Workloads
from advisor.declaration import FIELDS, NUMBERS
from advisor.fields import kind_of
from advisor.names import unknown_names
from advisor.units import Index
from pricing import PriceBook

# What both Arrow and YAML take for the same number; any other cell is left to the slower reader of single cells.
PLAIN = r"^(-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,30})?([eE][-+]?[0-9]{1,3})?)?$"
GROUPED = r"^[+-]?[0-9]{1,3}([.,' ][0-9]{3})*[.,][0-9]+$|^[+-]?[0-9]{1,3}([,' ][0-9]{3})+$"
ADVICE = "; write numbers like 1234.5, without decimal commas or separators of thousands"
NOT_TEXT = "allowed: text in UTF-8 without NUL characters"
UNCLOSED = "the record begins a quote that never ends; allowed: quotes in pairs"
OWN_DEFAULTS = {"free_tier": "no"}  # an account's allowance belongs to no row of many


def workloads_of(piece: Piece, fields: tuple[str, ...], book: PriceBook) -> tuple[Workloads, Index, list[Reject]]:
    """The rows that can be used, where they stand in the piece, and what is wrong with the others."""
    table, broken = _texts(piece)
    columns = {name: _cells(name, table.column(name)) for name in fields}
    columns |= {name: _filled(columns.get(name), default, table.num_rows) for name, default in OWN_DEFAULTS.items()}
    work, refused = Workloads.from_columns(columns)
    rows = _without(np.arange(table.num_rows), refused)
    unknown = [each._replace(row=int(rows[each.row])) for each in unknown_names(work, book)]
    found = [*broken, *(_as_read(each, table) for each in (*refused, *unknown))]
    usable = np.isin(rows, [each.row for each in (*broken, *unknown)], invert=True)
    return (work if usable.all() else work.take(np.flatnonzero(usable))), rows[usable], found


def _without(rows: Index, rejects: list[Reject]) -> Index:
    return np.setdiff1d(rows, np.array([each.row for each in rejects], dtype=np.intp))


def _texts(piece: Piece) -> tuple[pa.Table, list[Reject]]:
    """The piece with bytes as text, and the rows whose bytes are none."""
    columns, broken = {}, []
    for name, column in zip(piece.table.column_names, piece.table.columns, strict=True):
        columns[name], faults = _text(name, column)
        broken += faults
    if piece.unclosed and piece.table.num_rows:
        broken.append(Reject(piece.table.num_rows - 1, "", "", UNCLOSED))
    return pa.table(columns), broken


def _text(name: str, column: Any) -> tuple[Any, list[Reject]]:
    if not pa.types.is_binary(column.type):
        return column, []
    try:
        if not compute.any(compute.match_substring(column, NUL.encode())).as_py():
            return column.cast(pa.string()), []
    except pa.ArrowInvalid:  # not UTF-8
        pass
    cells = [legible(cell) for cell in column.to_pylist()]
    faults = [Reject(row, name, text, NOT_TEXT) for row, (text, good) in enumerate(cells) if not good]
    return pa.chunked_array([pa.array([text for text, _ in cells], pa.string())]), faults


def _cells(name: str, column: Any) -> Cells:
    """A column as numpy holds it: numbers where the whole column is plainly numeric, else cells as they are."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if name in NUMBERS and kind_of(FIELDS[name]) != "flag":
        column = _plain(column)
    if pa.types.is_floating(column.type) or pa.types.is_integer(column.type):
        return np.asarray(column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False))
    cells = np.empty(len(column), dtype=object)
    cells[:] = column.to_pylist()
    return cells


def _plain(column: Any) -> Any:
    """The column as numbers, if every cell is plainly one or blank; else as it is."""
    if pa.types.is_decimal(column.type):
        return column.cast(pa.float64())
    if not pa.types.is_string(column.type) or not _all_plain(column):
        return column
    blank = compute.equal(column, "")
    return compute.if_else(blank, pa.scalar(None, pa.string()), column).cast(pa.float64())


def _all_plain(column: Any) -> bool:
    return bool(compute.all(compute.match_substring_regex(column, PLAIN), skip_nulls=True).as_py())


def _filled(cells: Cells | None, default: str, rows: int) -> Cells:
    """The column with the batch's own default where it is blank."""
    if cells is None:
        return np.full(rows, default, dtype=object)
    blank = [cell is None or (isinstance(cell, str) and not cell.strip()) for cell in cells.tolist()]
    return np.where(blank, np.array(default, dtype=object), cells.astype(object))


def _as_read(reject: Reject, table: pa.Table) -> Reject:
    """The reject with the cell as the file has it, and with advice where a number is written as elsewhere."""
    value = table.column(reject.column)[reject.row].as_py() if reject.column in table.column_names else reject.value
    is_grouped = isinstance(value, str) and reject.column in NUMBERS and bool(re.fullmatch(GROUPED, value.strip()))
    return reject._replace(value=value, reason=reject.reason + ADVICE * is_grouped)
