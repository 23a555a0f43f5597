"""The result of `advisor batch` read back, wide or long, a block at a time: what is chosen for each workload."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import csv

from advisor.batch.answers import CHOSEN, OF_OPTION, STATUSES
from advisor.batch.places import opened
from advisor.batch.records import GZIP, PARQUET, parquet_file
from advisor.bill import Status
from advisor.cells import cells_of, read_cells
from advisor.choice import NOBODY
from advisor.declaration import FIELDS
from advisor.errors import InputError, printable
from advisor.units import Array, Index
from reports.document_of_many import Totals
from reports.portfolio import known
from reports.tally import Answers, Document, Tally

BLOCK_BYTES, BLOCK_ROWS = 2**22, 20_000
TODAY = "current_monthly_usd"  # carried through as it was written
WORDS = ("name", "current_option", TODAY, "choice", "runner_up", "option", "status")
NUMBERS = ("monthly_usd", "days", "hours", "tco_usd", "difference_usd", "saving_monthly_usd")
KINDS = {name: pa.string() for name in WORDS} | {name: pa.float64() for name in (*NUMBERS, "unknown")}
KINDS |= {"chosen": pa.bool_()}
FORMS = {"wide": ("name", *CHOSEN), "long": ("name", *OF_OPTION)}
FIGURES = {"monthly_usd": "monthly_usd", "tco_usd": "tco_usd", "setup_hours": "hours", "days_to_production": "days"}

Words = NDArray[np.object_]


def layout_of(columns: Sequence[str]) -> str | None:
    """Whether columns are those of a result, `wide` or `long`; None for any other table."""
    there = set(columns)
    return next((layout for layout, form in FORMS.items() if there.issuperset(form)), None)


def lacking(columns: Sequence[str]) -> list[str]:
    """The columns that a table lacks to be a result, in the form that it is nearest to."""
    there = set(columns)
    return min(([name for name in form if name not in there] for form in FORMS.values()), key=len)


def read_results(path: str, columns: Sequence[str]) -> Iterator[Answers]:
    """The answers of a result. Raises `InputError` for a file that holds something else under its names."""
    wanted = [name for name in KINDS if name in columns]
    blocks = _parquet(path, wanted) if path.endswith(PARQUET) else _csv(path, wanted)
    try:
        yield from _wide(blocks, path) if layout_of(columns) == "wide" else _long(blocks, path)
    except (pa.ArrowException, OSError) as error:
        raise _broken(path, str(error).partition("\n")[0]) from None


def totals_in(table: pa.Table) -> Totals:
    """What a wide result that is in memory comes to."""
    wanted = [name for name in KINDS if name in table.column_names]
    kinds = pa.schema([(name, KINDS[name]) for name in wanted])
    tally = Tally(most=0)
    tally.add(_of_wide(Block(table.select(wanted).cast(kinds), "the table", 1)).answers())
    return tally.totals


def _broken(path: str, why: str) -> InputError:
    return InputError(f"{printable(path)} is no result of advisor batch: {printable(why)}; allowed: the file it wrote")


def _csv(path: str, wanted: Sequence[str]) -> Iterator[pa.Table]:
    """What is empty is no value; a name such as NA is one."""
    cells = csv.ConvertOptions(
        column_types=KINDS,
        include_columns=list(wanted),
        strings_can_be_null=True,
        null_values=[""],
    )
    quoting, blocks = csv.ParseOptions(newlines_in_values=True), csv.ReadOptions(block_size=BLOCK_BYTES)
    with opened(path) as raw:
        file = pa.PythonFile(raw)
        stream = pa.CompressedInputStream(file, "gzip") if path.endswith(GZIP) else file
        for batch in csv.open_csv(stream, blocks, quoting, cells):
            yield pa.Table.from_batches([batch])


def _parquet(path: str, wanted: Sequence[str]) -> Iterator[pa.Table]:
    kinds = pa.schema([(name, KINDS[name]) for name in wanted])
    with opened(path) as raw:
        for batch in parquet_file(raw, path).iter_batches(BLOCK_ROWS, columns=list(wanted)):
            yield pa.Table.from_batches([batch]).select(wanted).cast(kinds)


@dataclass(frozen=True)
class Block:
    """Some rows of a file, of which `first` is the number of the first, counted from 1."""

    table: pa.Table
    path: str
    first: int

    def words(self, name: str) -> Words:
        """A column of words; None where there is none."""
        if name not in self.table.column_names:
            return np.full(len(self.table), None)
        words: Words = self.table[name].to_numpy()
        return words

    def numbers(self, name: str) -> Array:
        """A column of numbers; NaN where there is none. Raises `InputError` for what is beyond all bounds."""
        if name not in self.table.column_names:
            return np.full(len(self.table), np.nan)
        numbers = np.array(self.table[name].to_numpy(), dtype=np.float64)
        if np.isinf(numbers).any():
            record = self.first + int(np.isinf(numbers).argmax())
            raise _broken(self.path, f"{name} of record {record} is infinite")
        return numbers

    def today_usd(self) -> Array:
        """What the workloads cost today, read as `advisor batch` read it; NaN where nobody said."""
        found = read_cells(FIELDS[TODAY], cells_of(self.words(TODAY)))
        usd: Array = found.values.astype(np.float64)
        usd[[*found.faults]] = np.nan
        return usd

    def names(self) -> Words:
        """What the workloads are called."""
        return np.array([name or "" for name in self.words("name")], dtype=object)


@dataclass(frozen=True)
class Found:
    """What is chosen for the workloads of a block. Shapes (rows,)."""

    names: Words
    current: Words
    options: tuple[str, ...]
    choice: Index
    runner_up: Words
    status: Index
    figures: Mapping[str, Array]
    difference_usd: Array
    today_usd: Array

    def answers(self) -> Answers:
        """The same for a tally."""
        return Answers(self.options, self.choice, self.figures, self.today_usd, self._described)

    def _described(self, rows: Index) -> list[Document]:
        return [self._row(row) for row in rows.tolist()]

    def _row(self, row: int) -> Document:
        choice = int(self.choice[row])
        return {
            "workload": {"name": self.names[row], "current_option": self.current[row] or None},
            "choice": {"option": None if choice == NOBODY else self.options[choice]},
            "runner_up": self.runner_up[row],
            "status": STATUSES[int(self.status[row])],
            "difference_usd": known(self.difference_usd[row]),
            "current_monthly_usd": known(self.today_usd[row]),
            "running_hours_per_month": None,
            "options": [],
            **{name: known(figure[row]) for name, figure in self.figures.items()},
        }


def _wide(tables: Iterator[pa.Table], path: str) -> Iterator[Answers]:
    """A row for each workload."""
    first = 1
    for table in tables:
        yield _of_wide(Block(table, path, first)).answers()
        first += len(table)


def _of_wide(block: Block) -> Found:
    chosen = block.table["choice"].combine_chunks().dictionary_encode()
    choice = np.array(chosen.indices.fill_null(NOBODY).to_numpy(), dtype=np.intp)
    figures = {name: np.where(choice == NOBODY, np.nan, block.numbers(column)) for name, column in FIGURES.items()}
    today, saved = block.today_usd(), block.numbers("saving_monthly_usd")
    missing = np.where(block.numbers("unknown") > 0, Status.UNKNOWN, Status.INFEASIBLE)
    return Found(
        block.names(),
        block.words("current_option"),
        tuple(chosen.dictionary.to_pylist()),
        choice,
        block.words("runner_up"),
        np.where(choice == NOBODY, missing, Status.PRICED),
        figures,
        block.numbers("difference_usd"),
        np.where(np.isnan(today), saved + figures["monthly_usd"], today),
    )


def _long(tables: Iterator[pa.Table], path: str) -> Iterator[Answers]:
    """A row for each workload and option, those of a workload together and always in the same order."""
    first, left, options = 1, None, tuple[str, ...]()
    for table in tables:
        left = table if left is None else pa.concat_tables([left, table])
        options = options or _cycle(left["option"].to_pylist())
        rows = len(left) // len(options) * len(options) if options else 0
        if rows:
            yield _of_long(Block(left.slice(0, rows), path, first), options).answers()
            first, left = first + rows, left.slice(rows)
    if left is not None and len(left):
        yield _of_long(Block(left, path, first), options or tuple(left["option"].to_pylist())).answers()


def _cycle(options: Sequence[str]) -> tuple[str, ...]:
    """The options of the first workload; none while the second has not begun."""
    again = next((at for at in range(1, len(options)) if options[at] == options[0]), 0)
    return tuple(options[:again])


def _of_long(block: Block, options: tuple[str, ...]) -> Found:
    width = len(options)
    _check_order(block, options)

    def square(values: Any) -> Any:
        return values.reshape(-1, width)

    tco_usd = square(block.numbers("tco_usd"))
    chosen = square(np.array(block.words("chosen"), dtype=bool))
    choice = np.where(chosen.any(axis=1), chosen.argmax(axis=1), NOBODY)
    rows = np.arange(len(choice))
    others = np.where(np.isnan(tco_usd) | (np.arange(width) == choice[:, np.newaxis]), np.inf, tco_usd)
    second = others.argmin(axis=1)
    there = np.isfinite(others[rows, second]) & (choice != NOBODY)
    names = np.array([*options, None], dtype=object)
    figures = {
        name: np.where(choice == NOBODY, np.nan, square(block.numbers(column))[rows, choice])
        for name, column in FIGURES.items()
    }
    return Found(
        square(block.names())[:, 0],
        square(block.words("current_option"))[:, 0],
        options,
        choice,
        names[np.where(there, second, width)],
        _best_status(block, width),
        figures,
        np.where(there, others[rows, second] - figures["tco_usd"], np.nan),
        square(block.today_usd())[:, 0],
    )


def _check_order(block: Block, options: tuple[str, ...]) -> None:
    """Refuse a table that somebody sorted or cut."""
    found = block.words("option")
    expected = np.resize(np.array(options, dtype=object), len(found))
    wrong = np.flatnonzero(found != expected)
    if len(wrong):
        at = int(wrong[0])
        raise _broken(block.path, f"record {block.first + at} is about {found[at]}, not {expected[at]}")
    if len(found) % len(options):
        raise _broken(block.path, f"its last workload has {len(found) % len(options)} of {len(options)} options")


def _best_status(block: Block, width: int) -> Index:
    """What the best of a workload's options is."""
    found = block.words("status")
    codes = np.full(len(found), Status.INFEASIBLE)
    for status in (Status.UNKNOWN, Status.PRICED):
        codes[found == STATUSES[status]] = status
    best: Index = codes.reshape(-1, width).min(axis=1)
    return best
