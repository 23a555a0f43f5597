"""A machine that its like undercuts is never chosen, so that it need not be asked about."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest

from advisor import comparison
from advisor.contenders import undominated
from advisor.market import Market
from advisor.platforms import PLATFORMS
from advisor.platforms.platform import Offer
from advisor.workload import Workloads
from pricing import load
from tests.test_kernel import portfolio

AS_OF = dt.date(2026, 11, 24)
NOT_SOLD = np.inf


def kept(kinds: str, most: list[list[float]], least: list[list[float]] | None = None) -> list[int]:
    return undominated(list(kinds), np.array(most), np.array(most if least is None else least)).tolist()


def test_the_cheapest_of_each_kind_stays() -> None:
    assert kept("aabb", [[2, 1, 3, 3]]) == [1, 2]  # of b both cost 3: the first stays


def test_what_is_cheaper_in_one_list_stays() -> None:
    assert kept("aaa", [[1, 2, 3], [9, 5, 6]]) == [0, 1]  # the third is dearer than the second in both


def test_a_discount_that_may_be_had_keeps_what_costs_more_on_paper() -> None:
    assert kept("aa", [[10, 9]], [[7, 9]]) == [1, 0]  # 10 less 30 % may be 7, which is less than 9
    assert kept("aa", [[10, 6]], [[7, 6]]) == [1]  # and never less than 6


def test_what_is_not_sold_goes_only_where_it_is_no_better_elsewhere() -> None:
    assert kept("aa", [[1, 1], [NOT_SOLD, 4]]) == [1]
    assert kept("aa", [[1, 2], [NOT_SOLD, 4]]) == [0, 1]


def test_the_smaller_kind_is_first_whatever_stays_of_it() -> None:
    assert kept("bab", [[3, 1, 2]]) == [1, 2]
    assert kept("bab", [[3, 1, 2], [1, 1, 2]]) == [1, 2, 0]  # of b the cheaper on demand is before the other


@pytest.mark.parametrize("seed", [1, 2])
def test_nobody_would_choose_what_is_left_out(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    work, book = Workloads.of(portfolio(80, seed)), load(AS_OF)
    chosen = comparison.compare(work, PLATFORMS, book).options
    asked: list[int] = []

    def everything(market: Market, *key: Any) -> Offer:
        asked.append(len(market.offer(*key[:2]).machines))
        return market.offer(*key[:2])

    monkeypatch.setattr(Market, "contenders", everything)
    for option, best in comparison.compare(work, PLATFORMS, book).options.items():
        np.testing.assert_array_equal(chosen[option].usd, best.usd, err_msg=option)
        np.testing.assert_array_equal(chosen[option].status, best.status, err_msg=option)
    assert max(asked) > 100  # of many machines most were left out
