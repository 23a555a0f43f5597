"""Tables as bytes and as one file of many parts: CSV, CSV.gz or Parquet by the suffix. Nothing is rounded."""

from __future__ import annotations

import gzip
import io
import shutil
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import IO, Any

import pyarrow as pa
from pyarrow import csv, parquet

from advisor.batch.records import GZIP, PARQUET, SUFFIXES
from advisor.errors import InputError, printable

HEADLESS = csv.WriteOptions(include_header=False)


def suffix_of(path: str) -> str:
    """The suffix that says how a file is written. Raises `InputError` for one that is not known."""
    for suffix in sorted(SUFFIXES, key=len, reverse=True):
        if path.endswith(suffix):
            return suffix
    raise InputError(f"{printable(path)} has no suffix that says how to write it; allowed: {', '.join(SUFFIXES)}")


def write_part(table: pa.Table, target: Any, suffix: str) -> None:
    """Write a part of a file, some rows at a time. A CSV part has no header: parts need only be put together."""
    if suffix == PARQUET:
        parquet.write_table(table, target, compression="zstd")
    elif suffix.endswith(GZIP):
        with gzip.GzipFile("", "wb", 6, target, mtime=0) as packed:
            csv.write_csv(table, packed, HEADLESS)
    else:
        csv.write_csv(table, target, HEADLESS)


def part_bytes(table: pa.Table, suffix: str) -> bytes:
    """The same in memory."""
    target = io.BytesIO()
    write_part(table, target, suffix)
    return target.getvalue()


def join(parts: Iterable[IO[bytes]], columns: Sequence[str], target: Any, suffix: str) -> None:
    """Write parts as one file. Of a CSV file each part follows the other as it is, packed or not."""
    if suffix == PARQUET:
        _join_parquet(parts, columns, target)
        return
    header = ",".join('"' + name.replace('"', '""') + '"' for name in columns).encode() + b"\n"
    target.write(gzip.compress(header, mtime=0) if suffix.endswith(GZIP) else header)
    for part in parts:
        with part:
            shutil.copyfileobj(part, target, 2**20)


def _join_parquet(parts: Iterable[IO[bytes]], columns: Sequence[str], target: Any) -> None:
    tables = map(_read, parts)
    first = next(tables, pa.table({name: pa.array([], pa.string()) for name in columns}))
    with parquet.ParquetWriter(target, first.schema, compression="zstd") as writer:
        for table in chain([first], tables):
            writer.write_table(table.cast(first.schema))


def _read(part: IO[bytes]) -> pa.Table:
    with part:
        return parquet.read_table(part)
