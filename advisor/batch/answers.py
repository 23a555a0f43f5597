"""The answer of a piece as a table: wide, a row for each workload, or long, a row for each workload and option.

The names are part of what the command promises; docs/scale.md lists them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from advisor.bill import Status
from advisor.choice import NOBODY, Choice
from advisor.comparison import Comparison
from advisor.units import Array, Index

STATUSES = tuple(status.name.lower() for status in Status)
CHOSEN = (
    *("choice", "mode", "machine", "purchase", "monthly_usd", "days", "hours", "tco_usd"),
    *("runner_up", "difference_usd", "difference_days", "saving_monthly_usd", "ties", "infeasible", "unknown"),
)
PER_OPTION = ("monthly_usd", "tco_usd", "status")
OF_OPTION = (
    *("option", "status", "mode", "machine", "purchase", "monthly_usd", "tco_usd", "days", "hours"),
    *("chosen", "tied", "reasons"),
)
MADE_WITH = ("prices_as_of", "prices_fingerprint")  # the same in every row: a row that is cut out still says it


def column_of(option: str, figure: str) -> str:
    """The column of a figure of an option: `gke+kserve` is written gke_kserve."""
    return f"{option.replace('+', '_').replace('-', '_')}_{figure}"


def wide_columns(options: Sequence[str]) -> tuple[str, ...]:
    """The columns of the wide form, after those that are carried through."""
    return (*CHOSEN, *(column_of(option, figure) for option in options for figure in PER_OPTION), *MADE_WITH)


def long_columns() -> tuple[str, ...]:
    """The columns of the long form, after those that are carried through."""
    return (*OF_OPTION, *MADE_WITH)


def dated(answers: pa.Table, as_of: dt.date, fingerprint: str) -> pa.Table:
    """The answers with the price book that they were made with, its day and its fingerprint."""
    for name, value in zip(MADE_WITH, (pa.scalar(as_of), pa.scalar(fingerprint)), strict=True):
        answers = answers.append_column(name, pa.repeat(value, len(answers)))
    return answers


def wide(carried: pa.Table, comparison: Comparison, choice: Choice) -> pa.Table:
    """One row for each workload."""
    found = dict(_chosen(comparison, choice))
    for at, (option, best) in enumerate(comparison.options.items()):
        figures = (_numbers(best.usd), _numbers(choice.tco_usd[:, at]), _words(STATUSES, best.status))
        found |= {column_of(option, figure): cells for figure, cells in zip(PER_OPTION, figures, strict=True)}
    return _beside(carried, found)


def _chosen(comparison: Comparison, choice: Choice) -> Iterator[tuple[str, pa.Array]]:
    """What to take, and how far it is from the rest."""
    names, bests = choice.names, list(comparison.options.values())
    yield "choice", _words(names, choice.option)
    for word in ("mode", "machine", "purchase"):
        words = picked([getattr(best, word) for best in bests], choice.option)
        yield word, _texts(np.where(choice.option == NOBODY, "", words))
    monthly = chosen_usd(comparison, choice)
    yield "monthly_usd", _numbers(monthly)
    for name, figures in (("days", choice.days), ("hours", choice.hours), ("tco_usd", choice.tco_usd)):
        yield name, _numbers(np.where(choice.option == NOBODY, np.nan, figures[_rows(choice), choice.option]))
    yield "runner_up", _words(names, choice.runner_up)
    yield "difference_usd", _numbers(choice.difference_usd)
    yield "difference_days", _numbers(choice.difference_days)
    yield "saving_monthly_usd", _numbers(comparison.work.current_monthly_usd[:, 0] - monthly)
    status = np.stack([best.status for best in bests], axis=1)
    yield "ties", _counts(choice.tied)
    yield "infeasible", _counts(status == Status.INFEASIBLE)
    yield "unknown", _counts(status == Status.UNKNOWN)


def chosen_usd(comparison: Comparison, choice: Choice) -> Array:
    """What the first month of each row's choice costs; NaN where there is none. Shape (rows,). [USD/month]"""
    figures = picked([best.usd for best in comparison.options.values()], choice.option)
    return np.where(choice.option == NOBODY, np.nan, figures)


def picked(columns: Sequence[Any], option: Index) -> Any:
    """From a column for each option, the cell of each row's own. Shape (rows,)."""
    return np.stack(columns, axis=1)[np.arange(len(option)), option]


def long(carried: pa.Table, comparison: Comparison, choice: Choice, reasons: Mapping[str, Sequence[str]]) -> pa.Table:
    """One row for each workload and option, those of a workload together."""
    parts = [
        _beside(carried, dict(_option(comparison, choice, at, reasons[option])))
        for at, option in enumerate(comparison.options)
    ]
    rows, options = len(comparison.work), len(parts)
    order = np.arange(rows * options).reshape(options, rows).T.ravel()
    return pa.concat_tables(parts).take(pa.array(order))


def _option(comparison: Comparison, choice: Choice, at: int, reasons: Sequence[str]) -> Iterator[tuple[str, pa.Array]]:
    option = choice.names[at]
    best = comparison.options[option]
    yield "option", pa.array([option] * len(reasons), pa.string())
    yield "status", _words(STATUSES, best.status)
    for word, words in (("mode", best.mode), ("machine", best.preferred_machine), ("purchase", best.purchase)):
        yield word, _texts(words)
    for name, figures in (("tco_usd", choice.tco_usd), ("days", choice.days), ("hours", choice.hours)):
        if name == "tco_usd":
            yield "monthly_usd", _numbers(best.usd)
        yield name, _numbers(figures[:, at])
    yield "chosen", pa.array(choice.option == at)
    yield "tied", pa.array(choice.tied[:, at])
    yield "reasons", pa.array(reasons, pa.string())


def _rows(choice: Choice) -> Index:
    return np.arange(len(choice.option))


def _beside(carried: pa.Table, columns: Mapping[str, pa.Array]) -> pa.Table:
    return pa.table({**dict(zip(carried.column_names, carried.columns, strict=True)), **columns})


def _numbers(values: Array) -> pa.Array:
    """Numbers as they are; unknown is null."""
    return pa.array(values, pa.float64(), from_pandas=True)


def _counts(mask: Any) -> pa.Array:
    return pa.array(np.count_nonzero(mask, axis=1), pa.int64())


def _texts(values: Any) -> pa.Array:
    """Words; none is null."""
    return pa.array([value or None for value in values], pa.string())


def _words(names: Sequence[str], positions: Any) -> pa.Array:
    """Names by their positions; NOBODY is null."""
    words = np.array([*names, None], dtype=object)  # a position of -1 finds the last
    return pa.array(words[positions], pa.string())
