"""Marginal scales and rates: every figure worked by hand, and what must hold for any price."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricing.rate import About, BorrowedRate, CreditRate, MachineRate, RangedMachineRate, Rate, ShareRate, TieredRate
from pricing.scale import Array, MarginalScale

ABOUT = About("requests", "requests answered", "request", "principal", "Catalog", "", "2026-04-30", "primary")
NAN = math.nan
YES, NO = np.ones((1, 1)), np.zeros((1, 1))

EGRESS = MarginalScale((0.0, 1024.0, 10240.0), (0.12, 0.11, 0.08))
NODE = MarginalScale((0.0, 1.0, 2.0, 4.0), (60.0, 10.0, 5.0, 2.5))


def column(*values: float) -> Array:
    return np.array(values)[:, np.newaxis]


def charged(rate: Rate, quantity: float, free: Array = NO) -> float:
    return float(rate.charge(column(quantity), free)[0, 0])


# scales


def test_a_scale_adds_tier_by_tier() -> None:
    # 1 x 60 = 60; + 1 x 10 = 70; + 2 x 5 = 80; + 4 x 2.5 = 90; half a unit is 30
    expected = [0.0, 30.0, 60.0, 70.0, 80.0, 90.0]
    assert NODE(column(0, 0.5, 1, 2, 4, 8)).ravel().tolist() == expected


def test_a_scale_keeps_the_shape() -> None:
    assert EGRESS(np.ones((3, 5))).shape == (3, 5)


def test_an_unknown_tier_that_is_not_reached_costs_nothing() -> None:
    scale = MarginalScale((0.0, 10.0), (2.0, NAN))
    below, at, above = scale(column(4, 10, 10.5)).ravel()
    assert (below, at) == (8.0, 20.0)
    assert math.isnan(above)


def test_an_unknown_quantity_is_unknown_money() -> None:
    assert np.isnan(EGRESS(column(NAN))).all()


def test_a_table_becomes_a_scale_in_rising_order() -> None:
    assert MarginalScale.of({1: 10, 0: 60}) == MarginalScale((0.0, 1.0), (60.0, 10.0))


def test_a_scale_knows_whether_it_is_known() -> None:
    assert EGRESS.known
    assert not MarginalScale((0.0, 1.0), (1.0, NAN)).known


# allowances and credits


def test_an_allowance_takes_the_first_tiers() -> None:
    rate = TieredRate(ABOUT, EGRESS, allowance=1000.0)
    # 1500: (1024 - 1000) x 0.12 + (1500 - 1024) x 0.11 = 2.88 + 52.36
    assert charged(rate, 1500, YES) == pytest.approx(55.24)
    # without the allowance 1024 x 0.12 + 476 x 0.11 = 122.88 + 52.36
    assert charged(rate, 1500, NO) == pytest.approx(175.24)
    assert charged(rate, 1000, YES) == 0.0


def test_the_credit_of_cloud_run_in_warsaw() -> None:
    # 1.6 M vCPU-s x 0.0000336 = 53.76, less 180,000 x 0.000024 = 4.32: 49.44, not (1.6 M - 180,000) x 0.0000336 = 47.71
    rate = CreditRate(ABOUT, MarginalScale.flat(0.0000336), credit_usd=180_000 * 0.000024)
    assert charged(rate, 1.6e6, YES) == pytest.approx(49.44)
    assert charged(rate, 1.6e6, NO) == pytest.approx(53.76)
    assert charged(rate, 1000, YES) == 0.0


def test_each_row_has_its_own_allowance() -> None:
    rate = TieredRate(ABOUT, MarginalScale.flat(2.0), allowance=10.0)
    assert rate.charge(column(15, 15, 5), column(1, 0, 1)).ravel().tolist() == [10.0, 30.0, 0.0]


def test_an_unknown_credit_touches_only_accounts_that_have_it() -> None:
    rate = CreditRate(ABOUT, MarginalScale.flat(1.0), credit_usd=NAN)
    assert charged(rate, 5, NO) == 5.0
    assert math.isnan(charged(rate, 5, YES))


# unknown prices


@pytest.mark.parametrize(
    "rate",
    [
        TieredRate(ABOUT, MarginalScale.flat(NAN)),
        TieredRate(ABOUT, MarginalScale.flat(NAN), allowance=3.0),
        CreditRate(ABOUT, MarginalScale.flat(NAN), credit_usd=2.0),
        MachineRate(ABOUT, np.array([NAN])),
        ShareRate(ABOUT, 0.2, TieredRate(ABOUT, MarginalScale.flat(NAN))),
    ],
)
def test_nothing_costs_nothing_and_something_is_unknown(rate: Rate) -> None:
    assert charged(rate, 0, YES) == 0.0
    assert math.isnan(charged(rate, 7, YES))


# borrowed, discounts, machines


def test_a_borrowed_rate_is_the_range_over_regions() -> None:
    # which region is dearest depends on the quantity: at 10, 10 x 1 against 10 x 2; at 100, 100 against 40 x 2 = 80
    straight = TieredRate(ABOUT, MarginalScale.flat(1.0))
    falling = TieredRate(ABOUT, MarginalScale((0.0, 40.0), (2.0, 0.0)))
    rate = BorrowedRate(ABOUT, (straight, falling))
    assert rate.charge(column(10, 100), NO).ravel().tolist() == [20.0, 100.0]
    assert rate.charge_low(column(10, 100), NO).ravel().tolist() == [10.0, 80.0]
    assert [tier.usd for tier in rate.tiers(10, 0)] == [20.0]
    assert [tier.usd for tier in rate.tiers(100, 0)] == [100.0]


def test_a_known_rate_has_no_range() -> None:
    rate = TieredRate(ABOUT, EGRESS)
    assert rate.charge_low(column(2000), NO) == rate.charge(column(2000), NO)


def test_a_rate_says_whether_it_is_a_range() -> None:
    one, other = TieredRate(ABOUT, MarginalScale.flat(1.0)), TieredRate(ABOUT, MarginalScale.flat(2.0))
    ranged = RangedMachineRate(ABOUT, np.array([2.0]), np.array([1.0]), np.array([3.0]))
    borrowed = BorrowedRate(ABOUT, (one, other))
    assert [rate.exact for rate in (one, MachineRate(ABOUT, np.array([2.0])), ShareRate(ABOUT, 0.1, one))] == [True] * 3
    assert [rate.exact for rate in (ranged, borrowed, ShareRate(ABOUT, 0.1, borrowed))] == [False] * 3


def test_a_discount_line_is_a_share_of_the_charge_after_the_allowance() -> None:
    rate = ShareRate(ABOUT, 0.17, TieredRate(ABOUT, MarginalScale.flat(2.0), allowance=50.0))
    assert charged(rate, 150, YES) == pytest.approx(-34.0)  # 0.17 x (150 - 50) x 2
    assert charged(rate, 150, NO) == pytest.approx(-51.0)
    borrowed = BorrowedRate(
        ABOUT, (TieredRate(ABOUT, MarginalScale.flat(1.0)), TieredRate(ABOUT, MarginalScale.flat(2.0)))
    )
    assert ShareRate(ABOUT, 0.5, borrowed).charge_low(column(10), NO) == -5.0


def test_machine_hours_cost_each_machine_its_price() -> None:
    rate = MachineRate(ABOUT, np.array([0.1, NAN, 0.3]))
    usd = rate.charge(np.array([[730.0, 0.0, 0.0], [0.0, 1.0, 10.0]]), np.ones((2, 1)))
    assert usd[0].tolist() == pytest.approx([73.0, 0.0, 0.0])
    assert usd[1, [0, 2]].tolist() == pytest.approx([0.0, 3.0])
    assert math.isnan(usd[1, 1])
    assert rate.charge(np.ones((4, 1)), np.ones((4, 1))).shape == (4, 3)


# lines of a bill


def test_lines_show_tiers_and_the_allowance_below_zero() -> None:
    lines = TieredRate(ABOUT, EGRESS, allowance=1100.0).tiers(1500, 1.0)
    assert [(line.from_quantity, line.quantity, line.usd_per_unit) for line in lines[:2]] == [
        (0.0, 1024.0, 0.12),
        (1024.0, 476.0, 0.11),
    ]
    # the allowance covers 1024 x 0.12 + 76 x 0.11 = 131.24
    assert lines[2].note == "free allowance"
    assert lines[2].quantity == -1100.0
    assert lines[2].usd == pytest.approx(-131.24)


def test_a_credit_is_shown_as_far_as_it_is_used() -> None:
    rate = CreditRate(ABOUT, MarginalScale.flat(0.1), credit_usd=74.4)
    assert [line.usd for line in rate.tiers(730, 1.0)] == pytest.approx([73.0, -73.0])
    assert [line.usd for line in rate.tiers(1460, 1.0)] == pytest.approx([146.0, -74.4])
    assert [line.usd for line in rate.tiers(1460, 0.0)] == pytest.approx([146.0])


def test_a_machine_line_names_the_price_of_the_one_machine() -> None:
    (line,) = MachineRate(ABOUT, np.array([0.1])).tiers(730, 1.0)
    assert (line.quantity, line.usd_per_unit, line.usd) == (730.0, 0.1, pytest.approx(73.0))
    with pytest.raises(ValueError, match="size 1"):
        MachineRate(ABOUT, np.array([0.1, 0.2])).tiers(730, 1.0)


def test_a_discount_is_one_line() -> None:
    (line,) = ShareRate(ABOUT, 0.17, TieredRate(ABOUT, MarginalScale.flat(2.0), allowance=50.0)).tiers(150, 1.0)
    # -0.17 x (150 - 50) x 2 = -34 for 150 units
    assert (line.quantity, line.usd, line.usd_per_unit) == (150, pytest.approx(-34.0), pytest.approx(-34.0 / 150))


def test_no_quantity_has_no_lines() -> None:
    tiered = TieredRate(ABOUT, EGRESS, allowance=5.0)
    rates = [tiered, CreditRate(ABOUT, EGRESS, 5.0), ShareRate(ABOUT, 0.1, tiered), MachineRate(ABOUT, np.array([1.0]))]
    assert [rate.tiers(0.0, 1.0) for rate in rates] == [[], [], [], []]


def test_two_rates_are_told_apart_by_identity() -> None:
    rate = TieredRate(ABOUT, EGRESS)
    assert rate == rate
    assert rate != replace(rate)


# what holds for every rate

prices = st.floats(min_value=0, max_value=10)
widths = st.floats(min_value=0.5, max_value=1e4)
scales = st.lists(st.tuples(widths, prices), min_size=1, max_size=5).map(
    lambda tiers: MarginalScale(
        (0.0, *np.cumsum([width for width, _ in tiers[:-1]]).tolist()), tuple(price for _, price in tiers)
    )
)
allowed = st.floats(min_value=0, max_value=1e4)
rates = st.one_of(
    st.builds(TieredRate, st.just(ABOUT), scales, allowed),
    st.builds(CreditRate, st.just(ABOUT), scales, allowed),
    st.builds(
        lambda one, other: BorrowedRate(ABOUT, (TieredRate(ABOUT, one, 10.0), TieredRate(ABOUT, other, 10.0))),
        scales,
        scales,
    ),
)
quantities = st.floats(min_value=0, max_value=1e6)
free = st.sampled_from([0.0, 1.0])


@given(rates, quantities, quantities, free)
def test_more_never_costs_less_and_nothing_costs_nothing(rate: Rate, one: float, other: float, has: float) -> None:
    low, high = sorted((one, other))
    zero, less, more = rate.charge(column(0, low, high), np.full((3, 1), has)).ravel()
    assert zero == 0.0
    assert 0.0 <= less <= more
    assert (rate.charge_low(column(low), column(has)) <= less).all()


@given(rates, st.integers(0, 4), free)
def test_the_charge_does_not_jump_at_a_tier(rate: Rate, tier: int, has: float) -> None:
    scale = rate.scale if isinstance(rate, TieredRate | CreditRate) else rate.rates[0].scale  # type: ignore[attr-defined]
    start = scale.starts[min(tier, len(scale.starts) - 1)]
    before, at, after = rate.charge(column(max(start - 1e-6, 0.0), start, start + 1e-6), np.full((3, 1), has)).ravel()
    steepest = 10.0  # the dearest price above
    assert at - before <= steepest * 1e-6 + 1e-9 * max(at, 1.0)
    assert after - at <= steepest * 1e-6 + 1e-9 * max(at, 1.0)


@given(rates, quantities, free)
def test_the_lines_add_up_to_the_charge(rate: Rate, quantity: float, has: float) -> None:
    lines = math.fsum(line.usd for line in rate.tiers(quantity, has))
    assert lines == pytest.approx(charged(rate, quantity, np.full((1, 1), has)), rel=1e-9, abs=1e-6)


@given(rates, st.lists(quantities, min_size=1, max_size=20), free)
def test_a_row_alone_costs_the_same_bits_as_among_others(rate: Rate, many: list[float], has: float) -> None:
    together = rate.charge(column(*many), np.full((len(many), 1), has)).ravel()
    alone = [charged(rate, each, np.full((1, 1), has)) for each in many]
    assert together.tolist() == alone
