"""What is priced before what is unknown, that before what cannot be had; then the cheapest. All expected by hand."""

from __future__ import annotations

import numpy as np

from advisor.ranking import UNKNOWN_USD, Way, best_place, outranks, picked

NAN = np.nan


def place(mean: list[list[float]], faults: list[list[int]], usd: list[list[float]] | None = None) -> list[list[float]]:
    money, wrong = np.array(mean), np.array(faults, dtype=np.int32)
    found = best_place([Way(money, money if usd is None else np.array(usd), wrong)])
    assert not found.way.any()
    return [column.tolist() for column in (found.rank, found.usd, found.machine)]


def test_the_cheapest_that_is_priced_and_the_first_of_a_draw() -> None:
    assert place([[3, 2, 2]], [[0, 0, 0]]) == [[0], [2], [1]]


def test_a_price_that_is_missing_hides_none_that_is_known() -> None:
    assert place([[NAN, 5, 4]], [[0, 0, 0]]) == [[0], [4], [2]]
    assert place([[NAN, NAN]], [[0, 0]]) == [[1], [UNKNOWN_USD], [0]]


def test_what_cannot_be_had_comes_last_however_cheap() -> None:
    assert place([[1, 9]], [[1, 0]]) == [[0], [9], [1]]
    assert place([[1, NAN]], [[1, 0]]) == [[1], [UNKNOWN_USD], [1]]  # unknown is still better


def test_of_what_cannot_be_had_what_lacks_least_by_its_first_month() -> None:
    assert place([[1, 2, 3]], [[2, 1, 1]], [[1, 8, 7]]) == [[2], [7], [2]]  # rank 1 + 1 fault; 7 before 8


def test_money_beyond_all_bounds_is_money_still() -> None:
    assert place([[1e300, NAN]], [[0, 0]]) == [[0], [1e300], [0]]


def test_every_row_for_itself() -> None:
    assert place([[1, 2], [NAN, 2], [1, 2]], [[0, 0], [0, 0], [1, 1]]) == [[0, 0, 2], [1, 2, 1], [0, 1, 0]]


def way(usd: list[list[float]], faults: list[list[int]]) -> Way:
    return Way(np.array(usd), np.array(usd), np.array(faults, dtype=np.int32))


def test_of_purchases_the_cheapest_and_the_first_of_a_draw() -> None:
    found = best_place([way([[5, 6], [1, 6]], [[0, 0], [0, 0]]), way([[7, 4], [7, 1]], [[0, 0], [0, 0]])])
    assert [column.tolist() for column in found] == [[0, 0], [4, 1], [1, 0], [1, 0]]


def test_a_purchase_without_a_price_hides_none_that_is_known() -> None:
    found = best_place([way([[NAN, NAN]], [[0, 0]]), way([[9, 8]], [[1, 0]])])
    assert [column.tolist() for column in found] == [[0], [8], [1], [1]]
    found = best_place([way([[1, 2]], [[2, 3]]), way([[9, 9]], [[1, 2]])])  # one fault is better than two
    assert [column.tolist() for column in found] == [[2], [9], [1], [0]]


def test_better_is_the_lower_rank_and_then_what_costs_less() -> None:
    rank, usd = np.array([0, 0, 2]), np.array([1.0, 1.0, 0.0])
    assert outranks(rank, usd, np.array([0, 1, 0]), np.array([1.0, 0.0, 9.0])).tolist() == [False, True, False]


def test_cells_of_what_is_the_same_for_all_rows_or_machines() -> None:
    rows, machines = np.array([1, 0]), np.array([2, 1])
    assert picked(np.array([[1, 2, 3], [4, 5, 6]]), rows, machines).tolist() == [6, 2]
    assert picked(np.array([[7], [8]]), rows, machines).tolist() == [8, 7]
    assert picked(np.array([[1, 2, 3]]), rows, machines).tolist() == [3, 2]
