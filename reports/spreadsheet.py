"""Tables of a batch as CSV for people who open them in a spreadsheet: no cell and no heading is a formula.

`advisor batch` itself writes what users gave as they gave it: its files feed programs, which match them by their cells.
"""

from __future__ import annotations

import io
from functools import reduce

import pyarrow as pa
import pyarrow.compute as pc

from advisor.batch.formats import join, part_bytes
from reports.formats import DANGEROUS, inert

SUFFIX = ".csv"
NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"  # -5 is a figure wherever it stands


def harmless(table: pa.Table) -> pa.Table:
    """The same table in which every text that a spreadsheet would take for a formula begins with an apostrophe."""
    columns = [_harmless(column) if pa.types.is_string(column.type) else column for column in table.columns]
    return pa.table(columns, names=[inert(name) for name in table.column_names])


def _harmless(column: pa.ChunkedArray) -> pa.ChunkedArray:
    begins = reduce(pc.or_, [pc.starts_with(column, mark) for mark in DANGEROUS])
    is_formula = pc.and_not(begins, pc.match_substring_regex(column, NUMBER))
    return pc.if_else(is_formula, pc.binary_join_element_wise("'", column, ""), column)


def spreadsheet(table: pa.Table) -> bytes:
    """A table as a CSV file, harmless; where nothing in it is dangerous, the very bytes that `advisor batch` writes."""
    safe, written = harmless(table), io.BytesIO()
    parts = [io.BytesIO(part_bytes(safe, SUFFIX))] if safe.num_rows else []
    join(parts, safe.column_names, written, SUFFIX)
    return written.getvalue()
