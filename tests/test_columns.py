"""Columns of a table: the same rows are accepted, with the same values, as by the reader of one workload."""

from __future__ import annotations

import math
import pickle
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.declaration import FIELDS, NUMBERS, TEXTS
from advisor.errors import InputError
from advisor.fields import bounds_of, choices_of, kind_of, may_be_blank
from advisor.workload import Workload, Workloads, workload_from
from pricing.fact import FactError
from pricing.reader import parse_yaml

GOOD: dict[str, Any] = {
    "name": "service",
    "requests_per_month": 1000.0,
    "duration_s": 0.2,
    "vcpu": 1.0,
    "memory_gib": 2.0,
}


def good_rows(rows: int, **columns: Any) -> dict[str, Any]:
    return {name: [value] * rows for name, value in GOOD.items()} | columns


DAY = [1.0] * 23 + [2.0]

# what a cell of a table may hold, good and bad; a text stands for what it would mean unquoted in YAML
FIGURES = ["1", " 2 ", "1e3", "-1", "0", "1.5", "1_000", ".nan", ".inf", "1e400", "010", "0x1F", "1,5", "9" * 50, "１"]
WORDS = ["yes", "no", "TRUE", "on", "two", "12:30", "2026-04-30", "2026-02-30", "", "  ", "null", "~"]
ODD = [math.nan, math.inf, -math.inf, True, False, None, 10**400, -(10**19), [1.0], {"a": 1}, b"1", 1j]


def edges(name: str) -> list[float]:
    """The bounds of a field and the floats beside them."""
    bounds = [bound for _, bound in bounds_of(FIELDS[name])]
    return [float(each) for bound in bounds for each in (bound, *np.nextafter(bound, [-math.inf, math.inf]))]


def cells(name: str) -> st.SearchStrategy[Any]:
    """Cells for a field: some that it takes, some at its bounds and beside them, some that nothing takes."""
    field = FIELDS[name]
    plain = st.sampled_from([*edges(name), *choices_of(field), 1, 2, 2.0, 2.5, *FIGURES, *WORDS, *ODD])
    special = {
        "weights": st.sampled_from(
            [None, DAY, DAY * 7, [0] * 24, [1] * 23, [True] * 24, [*DAY[:-1], math.nan], "1", " ".join("1" * 24)]
        ),
        "gpu": st.sampled_from(
            ["none", "l4", "l4:1 t4:2.5", "l4 l4", "l4:x", "none l4", {"l4": 1}, {"l4": True}, {"none": 1}, {}, "", 4]
        ),
        "text": st.sampled_from(["us-central", "custom", "  ", "", "x" * 200, "x" * 201, "x" * 10_001, "null", *ODD]),
    }
    return special.get(kind_of(field), plain)


@st.composite
def tables(draw: st.DrawFn) -> dict[str, list[Any]]:
    """Tables of a few rows, mostly good: the required columns and some others."""
    names = [*GOOD, *draw(st.lists(st.sampled_from([*FIELDS]), max_size=6))]
    rows = draw(st.integers(0, 6))
    return {name: [draw(cell_or_good(name)) for _ in range(rows)] for name in names}


def cell_or_good(name: str) -> st.SearchStrategy[Any]:
    good = GOOD.get(name, FIELDS[name].default)
    return st.one_of(st.just(good), st.just(good), cells(name))


def one_by_one(table: Mapping[str, list[Any]]) -> dict[int, Workload]:
    """The rows that the reader of one workload accepts; a blank cell is a field that is not given."""
    accepted = {}
    for row in range(len(table["name"])):
        try:
            fields = {name: meaning(name, column[row]) for name, column in table.items()}
            accepted[row] = workload_from({name: value for name, value in fields.items() if value is not BLANK}, "row")
        except (InputError, FactError):
            continue
    return accepted


BLANK = object()


def meaning(name: str, cell: Any) -> Any:
    """What a cell would be in a YAML file of one workload."""
    if cell is None or (isinstance(cell, float) and math.isnan(cell)) or (isinstance(cell, str) and not cell.strip()):
        return BLANK
    if not isinstance(cell, str) or name in TEXTS:
        return cell
    if name == "weights":
        return [float(part) for part in cell.split()]
    value = parse_yaml(f"cell: {cell}".encode(), "row", "cell")["cell"]
    return BLANK if value is None else value


@given(tables())
@settings(max_examples=400, deadline=None, derandomize=True)
def test_both_readers_accept_the_same_rows_with_the_same_values(table: dict[str, list[Any]]) -> None:
    accepted = one_by_one(table)
    found, rejects = Workloads.from_columns(table)
    refused = {reject.row for reject in rejects}
    assert sorted(accepted) == sorted(set(range(len(table["name"]))) - refused)
    assert_same(found, Workloads.of(accepted.values()))


def assert_same(found: Workloads, expected: Workloads) -> None:
    for name in NUMBERS:
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name), err_msg=name)
        assert getattr(found, name).dtype == np.float64
    for name in TEXTS:
        np.testing.assert_array_equal(found.text(name), expected.text(name), err_msg=name)
    assert found.weights == expected.weights


@pytest.mark.parametrize("name", NUMBERS)
def test_a_column_of_numbers_is_bounded_like_a_field(name: str) -> None:
    """At each bound, beside it on either side, NaN for blank, and infinity; as float64 and as objects."""
    field = FIELDS[name]
    values = np.array([*edges(name), math.nan, math.inf, 1.0, 0.5])
    column: Any = values > 1 if kind_of(field) == "flag" else values
    table = good_rows(len(column), **{name: column})
    expected = one_by_one({**table, name: column.tolist()})
    found, rejects = Workloads.from_columns(table)
    assert len(found) + len({reject.row for reject in rejects}) == len(column)
    assert_same(found, Workloads.of(expected.values()))


def test_a_reject_names_row_column_value_and_what_is_allowed() -> None:
    table = good_rows(3, vcpu=[1, -2, "two"], kind=["async", "batch", None])
    found, rejects = Workloads.from_columns(table)
    assert len(found) == 1
    assert [(each.row, each.column, each.value) for each in rejects] == [
        (1, "vcpu", -2),
        (1, "kind", "batch"),
        (2, "vcpu", "two"),
    ]
    assert str(rejects[0]) == "vcpu is -2; allowed: a number of at least 0.001, at most 1,024 [vCPU]"
    assert str(rejects[1]) == "kind is 'batch'; allowed: one of online, async"


def test_a_blank_that_is_required_is_refused_by_name() -> None:
    _, (reject,) = Workloads.from_columns(good_rows(1, vcpu=np.array([math.nan])))
    assert (reject.row, reject.column) == (0, "vcpu")
    assert reject.reason == "allowed: a number of at least 0.001, at most 1,024 [vCPU]"


def test_rules_between_fields_keep_the_row_of_the_table() -> None:
    """Row 0 falls to its vCPU, so the rule that row 2 breaks is found in what is left, and still reported as row 2."""
    table = good_rows(4, vcpu=[0, 1, 1, 1], timeout_s=[1, None, 0.1, 0.2])
    found, rejects = Workloads.from_columns(table)
    assert [(each.row, each.column, each.value) for each in rejects] == [(0, "vcpu", 0), (2, "timeout_s", 0.1)]
    assert rejects[1].reason == "it must be at least duration_s"
    assert len(found) == 2


def test_blanks_are_filled_by_the_rules_of_the_fields() -> None:
    """What leaves to the internet is all of a public service's answers, else none; no goal is no bound."""
    found, rejects = Workloads.from_columns(good_rows(2, exposure=["public", ""]))
    assert not rejects
    assert found.internet_share.tolist() == [[1.0], [0.0]]
    assert found.duration_full_s.tolist() == [[0.2], [0.2]]
    assert found.timeout_s.tolist() == [[0.2], [0.2]]
    assert found.latency_p95_s.tolist() == [[math.inf], [math.inf]]
    assert np.isnan(found.hour_usd).all()


def test_one_bad_text_does_not_spoil_its_column() -> None:
    found, rejects = Workloads.from_columns(good_rows(4, vcpu=["1", "x", " 2.5 ", "4e0"]))
    assert found.vcpu.tolist() == [[1.0], [2.5], [4.0]]
    assert [each.row for each in rejects] == [1]


def test_a_column_of_whole_numbers_stays_whole_when_blanks_made_it_floats() -> None:
    found, rejects = Workloads.from_columns(good_rows(3, concurrency=np.array([8.0, math.nan, 8.5])))
    assert found.concurrency.tolist() == [[8.0], [1.0]]
    assert [(each.row, each.value) for each in rejects] == [(2, 8.5)]


@pytest.mark.parametrize(
    "column", [np.array(["2026-04-30"], dtype="datetime64[D]"), np.array([1j]), np.array([b"1"]), np.array([True])]
)
def test_arrays_of_other_kinds_are_no_numbers(column: Any) -> None:
    _, (reject,) = Workloads.from_columns(good_rows(1, vcpu=column))
    assert reject.column == "vcpu"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"vpcu": [1]}, "column 'vpcu' is not known; did you mean 'vcpu'"),
        ({"vcpu": [1, 2]}, "column vcpu has the shape (2,); allowed: (1,), as name has"),
        ({"vcpu": np.ones((1, 1))}, "column vcpu has the shape (1, 1)"),
    ],
)
def test_what_is_wrong_with_the_whole_table(change: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as refused:
        Workloads.from_columns(good_rows(1, **change))
    assert str(refused.value).startswith(message)


def test_a_required_column_that_is_missing() -> None:
    table = good_rows(1)
    del table["memory_gib"]
    with pytest.raises(InputError, match=r"column memory_gib is missing; it takes a number of at least 0.001"):
        Workloads.from_columns(table)


def test_a_table_without_rows_is_a_table() -> None:
    found, rejects = Workloads.from_columns(good_rows(0))
    assert (len(found), rejects) == (0, [])


def test_columns_travel_between_processes() -> None:
    work = Workloads.of([workload_from(GOOD, "row")])
    assert_same(pickle.loads(pickle.dumps(work)), work)  # noqa: S301 - written one line above


def test_a_field_that_may_be_blank_has_no_other_default() -> None:
    """Else a blank cell and a field that is not given would differ."""
    assert {name for name, field in FIELDS.items() if may_be_blank(field)} == {
        name for name, field in FIELDS.items() if field.default is None
    }
