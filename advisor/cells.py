"""The cells of one column of a table: cast where they are text, and checked against the field's declaration at once.

A text means what it would mean unquoted in YAML: 2.5 is a number, yes is true. What is empty, null or NaN is blank.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from pydantic.fields import FieldInfo

from advisor.declaration import FAULTS
from advisor.fields import Kind, allowed, choices_of, gpu_text, is_flag, is_number, kind_of, longest, numbers_in, within
from advisor.units import Array, Mask
from pricing.reader import scalar

Cells: TypeAlias = NDArray[Any]
KEYS = {str, float, type(None)}  # of these, what is equal means the same; 1 and True would not


class Column(NamedTuple):
    """What a column holds, (rows,): numbers (a blank that stays blank is NaN) or objects; and the rows it refuses."""

    values: Cells
    faults: Mapping[int, str]  # row -> reason


def cells_of(column: Sequence[object] | Cells) -> Cells:
    """A column as an array (rows,): as it is if it is one, else of objects, so that no cell changes its type."""
    if hasattr(column, "__array__"):
        return np.asarray(column)
    return np.fromiter(column, dtype=object, count=len(column))


def read_cells(field: FieldInfo, cells: Cells) -> Column:
    """Cast and check a column (rows,); blanks are filled with the field's default."""
    if kind_of(field) in ("number", "count", "flag"):
        return _read_numbers(field, cells)
    return _read_objects(field, cells.tolist())


def default_of(field: FieldInfo) -> Any:
    """What a blank stands for, in column form: NaN where no number is a value."""
    is_text = kind_of(field) not in ("number", "count", "flag")
    return field.default if is_text else math.nan if field.default is None else float(field.default)


def _read_numbers(field: FieldInfo, cells: Cells) -> Column:
    values, blank = _numbers(cells, kind_of(field) == "flag")
    refused = ~within(field, values) & (~blank | field.is_required())
    if blank.any() and not field.is_required():
        values = np.where(blank, default_of(field), values)
    return Column(values, dict.fromkeys(np.flatnonzero(refused).tolist(), f"allowed: {allowed(field)}"))


def _numbers(cells: Cells, flags: bool) -> tuple[Array, Mask]:
    """The numbers of a column, NaN where a cell is none or blank; and which are blank. Shape (rows,)."""
    if cells.dtype.kind == ("b" if flags else "f") or (not flags and cells.dtype.kind in "iu"):
        values = cells.astype(np.float64, copy=False)
        return values, np.isnan(values)
    typed = _each(cells.tolist(), _typed)
    fits = is_flag if flags else is_number
    values = np.fromiter((float(each) if fits(each) else math.nan for each in typed), np.float64, len(typed))
    return values, np.fromiter((each is None for each in typed), np.bool_, len(typed))


def _typed(cell: object) -> Any:
    """What a cell means; None where it is blank."""
    if isinstance(cell, str):
        return _meaning(cell.strip())
    value = cell.tolist() if isinstance(cell, np.generic) else cell
    return None if isinstance(value, float) and math.isnan(value) else value


def _meaning(text: str) -> Any:
    try:
        return scalar(text)
    except ValueError:  # looks like a day and is none
        return text


def _each(cells: list[Any], read: Callable[[Any], Any]) -> list[Any]:
    """What each cell means; where it is safe, each different cell is read once: most columns repeat a few."""
    if not set(map(type, cells)) <= KEYS:
        return [read(cell) for cell in cells]
    known = {cell: read(cell) for cell in set(cells)}
    return list(map(known.__getitem__, cells))


def _read_objects(field: FieldInfo, cells: list[Any]) -> Column:
    kind = kind_of(field)
    read = _each(cells, lambda cell: _object(field, kind, cell))
    values = np.fromiter(map(itemgetter(0), read), dtype=object, count=len(read))
    return Column(values, {row: reason for row, reason in enumerate(map(itemgetter(1), read)) if reason})


def _object(field: FieldInfo, kind: Kind, cell: Any) -> tuple[Any, str]:
    """The value of a cell of words, weights or GPUs; and why it is refused, empty if it is not."""
    if _is_blank(cell):
        return field.default, f"allowed: {allowed(field)}" if field.is_required() else ""
    value: Any = numbers_in(cell) if kind == "weights" and isinstance(cell, str) else cell
    if reason := _refusal(field, kind, value):
        return None, f"allowed: {reason}"
    if kind == "weights":
        return tuple(float(each) for each in value), ""
    return (gpu_text(value) if kind == "gpu" else value), ""


def _is_blank(cell: object) -> bool:
    if isinstance(cell, str):
        return not cell.strip()
    return cell is None or (isinstance(cell, float) and math.isnan(cell))


def _refusal(field: FieldInfo, kind: Kind, value: object) -> str:
    if kind == "choice":
        return "" if value in choices_of(field) else allowed(field)
    if kind == "text":
        return "" if isinstance(value, str) and len(value) <= longest(field) else allowed(field)
    return FAULTS[kind](value)
