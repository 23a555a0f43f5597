"""What would flip a choice, by hand: wage, delay and horizon, each on its own."""

from __future__ import annotations

import pytest
from invented import Invented, compared, workload

from advisor.choice import choose
from advisor.choice_words import flip_words
from advisor.comparison import Comparison
from advisor.flips import DELAY, HORIZON, WAGE, Flip, flips
from advisor.outright import Life


def found_flips(comparison: Comparison) -> dict[str, list[Flip]]:
    by_field: dict[str, list[Flip]] = {}
    for flip in flips(comparison, choose(comparison)):
        by_field.setdefault(flip.over, []).append(flip)
    return by_field


def test_the_wage_that_flips_by_hand() -> None:
    # 12 months: light = 1,200 + (10 + 12) h x w, laborious = 120 + (50 + 60) h x w.
    # Equal at 1,080 = 88 w, w = 12.2727; at 100 USD the light one wins, below 12.27 the other.
    comparison = compared({"light": Invented(100, setup=10, running=1), "laborious": Invented(10, setup=50, running=5)})
    (flip,) = found_flips(comparison)[WAGE]
    assert (flip.status, flip.direction, flip.option, flip.now) == ("reached", "below", "laborious", 100)
    assert flip.at == pytest.approx(1080 / 88)
    assert flip_words(flip) == "It would be laborious if an hour of work cost less than 12.27 USD (now 100)."


def test_the_delay_that_flips_by_hand() -> None:
    # slow = 12 x 100 and 30 days, fast = 12 x 150 and 10 days: 600 = D x 20 / 5, D = 150 USD a week.
    comparison = compared({"slow": Invented(100, days=30), "fast": Invented(150, days=10)})
    (flip,) = found_flips(comparison)[DELAY]
    assert (flip.direction, flip.option, flip.unit) == ("above", "fast", "USD/week")
    assert flip.at == pytest.approx(150)
    back = compared(
        {"slow": Invented(100, days=30), "fast": Invented(150, days=10)}, workload(delay_usd_per_week=400.0)
    )
    (flip,) = found_flips(back)[DELAY]
    assert (flip.direction, flip.option, flip.at) == ("below", "slow", pytest.approx(150))


def test_the_horizon_that_flips_by_hand() -> None:
    # quick = 200 + 120 a month, lasting = 1,000 + 110 a month: equal after 80 months, so lasting wins from 81 on.
    quick, lasting = Invented(100, setup=2, running=0.2), Invented(10, setup=10, running=1)
    (flip,) = found_flips(compared({"quick": quick, "lasting": lasting}))[HORIZON]
    assert (flip.direction, flip.option, flip.at, flip.unit) == ("above", "lasting", 81, "months")
    assert flip_words(flip) == "It would be lasting for a horizon of at least 81 months (now 12)."
    (flip,) = found_flips(compared({"quick": quick, "lasting": lasting}, workload(horizon_months=100)))[HORIZON]
    assert (flip.direction, flip.option, flip.at) == ("below", "quick", 79)


def test_a_discount_moves_the_horizon() -> None:
    # As above, at 10 % a year: 800 = 10 A(T), A = 80. With q = 1.1^(-1/12) = 0.992089, A(T) = q (1 - q^T) / (1 - q):
    # 80 x 0.007911 / 0.992089 = 0.637926 = 1 - q^T, T = ln 0.362074 / ln 0.992089 = 127.9, beyond the 120 searched.
    quick, lasting = Invented(100, setup=2, running=0.2), Invented(10, setup=10, running=1)
    (flip,) = found_flips(compared({"quick": quick, "lasting": lasting}, workload(discount_per_year=0.1)))[HORIZON]
    assert (flip.status, flip.at, flip.option) == ("not reached", None, None)
    # At 5 %: q = 0.995942, 80 x 0.004058 / 0.995942 = 0.325963, T = ln 0.674037 / ln 0.995942 = 97.0: 98.
    (flip,) = found_flips(compared({"quick": quick, "lasting": lasting}, workload(discount_per_year=0.05)))[HORIZON]
    assert flip.at == 98


def test_a_horizon_is_searched_as_far_as_purchases_stay_the_same() -> None:
    options = {"a": Invented(100), "b": Invented(150)}
    for years, months, searched in (
        (0, 12, (1, 120)),
        (1, 12, (12, 120)),
        (1, 6, (1, 11)),
        (3, 20, (12, 35)),
        (3, 36, (36, 120)),
    ):
        given = workload(commitment_years=years, horizon_months=months)
        (flip,) = found_flips(compared(options, given))[HORIZON]
        assert (flip.lowest, flip.highest) == searched


def test_a_horizon_is_not_computed_with_growth_which_is_not_the_same_as_not_reached() -> None:
    options = {"a": Invented(100), "b": Invented(150)}
    growing = found_flips(compared(options, workload(growth_per_month=0.01)))
    assert [flip.status for flip in growing[HORIZON]] == ["not computed"]
    assert [flip.status for flip in growing[WAGE]] == ["not reached"]


def test_the_nearest_of_several_wins_the_flip() -> None:
    # Against a (10 h, 0 a month more): b = 30 h less set-up at +1,200 a year, c = 60 h less at +2,400.
    # At wage w: a = 100 w, b = 1,200 + 70 w, c = 2,400 + 30 w: b overtakes at 40, c at 34.29.
    comparison = compared(
        {"a": Invented(0, setup=100), "b": Invented(100, setup=70), "c": Invented(200, setup=30)},
        workload(hour_usd=20.0),
    )
    (flip,) = found_flips(comparison)[WAGE]
    assert (flip.option, flip.at) == ("c", pytest.approx(2400 / 70))


def test_a_horizon_that_flips_counts_what_was_bought() -> None:
    # rented = 110 a month; own wears by 100 a month over 120 months, so it is bought for 12,000. At 10 % a year the
    # wear of one month, paid up front, costs more than 110: 12,000 - 11,900 x 0.992089 = 194. In the end it is
    # 12,000 against 110 A(120) = 110 x 0.992089 x (1 - 1.1^-10) / (1 - 0.992089) = 8,476: rented wins throughout.
    rented, own = Invented(110), Invented(100, worn=100, life=Life(120, 0.0))
    (flip,) = found_flips(compared({"rented": rented, "own": own}, workload(discount_per_year=0.1)))[HORIZON]
    assert flip.status == "not reached"
    # Nothing discounted, own wins from the first month on, 12 x 10 ahead after a year.
    choice = choose(compared({"rented": rented, "own": own}))
    assert (choice.names[choice.option[0]], choice.difference_usd[0]) == ("own", pytest.approx(120))
    # With 300 USD to set it up, at 10 a month, it wins from month 31 on.
    dear = Invented(100, worn=100, life=Life(120, 0.0), setup=3)
    (flip,) = found_flips(compared({"rented": rented, "own": dear}))[HORIZON]
    assert (flip.direction, flip.option, flip.at) == ("above", "own", 31)
