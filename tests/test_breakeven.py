"""Break-even: crossings found, counted and narrowed down; what is not reached told apart from what is not computed."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from invented import Invented, compared, workload

from advisor import breakeven as module
from advisor.answer import Answer, compare_one
from advisor.bill import Status
from advisor.breakeven import (
    FIRST,
    NEITHER,
    POINTS,
    SECOND,
    UNKNOWN,
    Costs,
    Sweep,
    breakeven_of,
    breakevens_of,
    pair_of,
    winners,
)
from advisor.cli import main
from advisor.errors import InputError
from advisor.flips import DELAY, WAGE, flips
from advisor.platforms import PLATFORMS, chosen
from advisor.workload import Workload
from pricing import PriceBook, load

AS_OF = dt.date(2026, 11, 24)
ROOT = Path(__file__).parents[1]
TWO = chosen(["cloud-run", "gke"])
BUSY = workload(
    requests_per_month=3000.0 * 2_628_000, duration_s=0.1, vcpu=1.8, memory_gib=3.0, concurrency=8, availability=0.995,
    commitment_years=1, has_cluster=True, has_ci=True, has_iac=True, has_observability=True, cluster_services=20,
    skill_managed="expert", skill_kubernetes="expert",
)  # fmt: skip


@pytest.fixture(scope="module")
def book() -> PriceBook:
    return load(AS_OF)


@pytest.fixture(scope="module")
def busy(book: PriceBook) -> Answer:
    return compare_one(BUSY, TWO, book)


def only(answer: Answer, over: str, against: str | None = None) -> Sweep:
    (sweep,) = breakeven_of(answer, TWO, against, over).sweeps
    return sweep


def at(workload_: Workload, field: str, value: object, book: PriceBook) -> dict[str, float | None]:
    """The totals of the two options at one value, each asked alone."""
    answer = compare_one(workload_.model_copy(update={field: value}), TWO, book)
    return {platform.id: answer.tco_usd(platform.id) for platform in TWO}


# Who wins a point ---------------------------------------------------------------------------------------------------


def test_winners_by_status() -> None:
    lost, unknown = Invented(None, status=Status.INFEASIBLE), Invented(None, status=Status.UNKNOWN)
    cases = [
        (Invented(1), Invented(2), FIRST),
        (Invented(3), Invented(2), SECOND),
        (Invented(2), Invented(2), FIRST),
        (lost, Invented(2), SECOND),
        (Invented(2), lost, FIRST),
        (lost, lost, NEITHER),
        (unknown, Invented(2), UNKNOWN),
        (Invented(2), unknown, UNKNOWN),
        (unknown, lost, UNKNOWN),
    ]
    for first, second, expected in cases:
        assert winners(Costs.of(compared({"a": first, "b": second})), ("a", "b")).tolist() == [expected]


# Crossings of made-up lines -----------------------------------------------------------------------------------------


def invent(monkeypatch: pytest.MonkeyPatch, flat: float, other: Callable[[float], float | None]) -> None:
    """Let every point cost `flat` on cloud-run and `other(value)` on gke, whatever the workload; None is unknown."""

    def made_up(answer: Answer, platforms: object, points: Sequence[tuple[str, float]]) -> Costs:
        del answer, platforms
        costs = [other(value) for _, value in points]
        status = Status.UNKNOWN if None in costs else Status.PRICED
        gke = Invented([np.nan if usd is None else usd for usd in costs], status=status)
        rows = [workload(horizon_months=1)] * len(points)
        return Costs.of(compared({"cloud-run": Invented(flat), "gke": gke}, *rows))

    monkeypatch.setattr(module, "_costs", made_up)


def test_one_crossing_is_narrowed_down(busy: Answer, monkeypatch: pytest.MonkeyPatch) -> None:
    invent(monkeypatch, 100, lambda requests: 3e8 / max(requests, 1))  # below 100 from 3,000,000 requests on
    sweep = only(busy, "requests", against="gke")
    (crossing,) = sweep.crossings
    assert sweep.status == "reached"
    assert (crossing.below, crossing.above) == ("cloud-run", "gke")
    assert crossing.at == pytest.approx(3e6, rel=1e-5)


def test_a_saw_tooth_crosses_more_than_once(busy: Answer, monkeypatch: pytest.MonkeyPatch) -> None:
    # 40 below 1e5, 160 up to 1e7, 90 up to 1e9, then 110: crossings at 1e5, 1e7 and 1e9.
    def tooth(requests: float) -> float:
        return 40.0 if requests < 1e5 else 160.0 if requests < 1e7 else 90.0 if requests < 1e9 else 110.0

    invent(monkeypatch, 100, tooth)
    sweep = only(busy, "requests", against="gke")
    assert [float(crossing.at) for crossing in sweep.crossings] == pytest.approx([1e5, 1e7, 1e9], rel=1e-5)
    assert [crossing.above for crossing in sweep.crossings] == ["cloud-run", "gke", "cloud-run"]
    assert {sweep.cheapest[0], sweep.cheapest[-1]} == {"gke", "cloud-run"}


def test_not_reached(busy: Answer, monkeypatch: pytest.MonkeyPatch) -> None:
    invent(monkeypatch, 100, lambda _: 101.0)
    found = breakeven_of(busy, TWO, "gke", "requests")
    assert (found.status, found.sweeps[0].crossings, found.reason) == ("not reached", (), "")


def test_crossings_between_zero_and_the_first_point(book: PriceBook, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = compare_one(BUSY.model_copy(update={"delay_usd_per_week": 0.0}), TWO, book)
    invent(monkeypatch, 100, lambda delay: 100.5 - delay)  # equal at 0.5, which lies below the least amount of the grid
    (crossing,) = only(answer, "delay", against="gke").crossings
    assert crossing.at == pytest.approx(0.5, rel=1e-5)


# Sweeps of real options ---------------------------------------------------------------------------------------------


def test_the_other_wins_from_the_crossing_on(busy: Answer, book: PriceBook) -> None:
    sweep = only(busy, "requests")
    assert sweep.pair == ("gke", "cloud-run")
    assert sweep.crossings
    for crossing in sweep.crossings:
        here = at(BUSY, "requests_per_month", crossing.at, book)
        just_below = at(BUSY, "requests_per_month", float(crossing.at) * (1 - 1e-5), book)
        assert min(here, key=lambda option: here[option] or 0) == crossing.above
        assert min(just_below, key=lambda option: just_below[option] or 0) == crossing.below


def test_the_grid_has_sixty_points_and_the_present_value(busy: Answer) -> None:
    values = np.array(only(busy, "requests").values, dtype=np.float64)
    assert len(values) == POINTS + 1
    assert BUSY.requests_per_month in values
    ratios = np.diff(np.log(values[values != BUSY.requests_per_month]))
    assert ratios == pytest.approx(np.full(POINTS - 1, ratios[0]))


def test_everything_is_chosen_anew_at_each_point(busy: Answer, book: PriceBook) -> None:
    sweep = only(busy, "requests")
    variants = set()
    for point in (0, 25, 50, 60):
        answer = compare_one(BUSY.model_copy(update={"requests_per_month": sweep.values[point]}), TWO, book)
        totals = [answer.tco_usd(option) for option in sweep.options]
        np.testing.assert_array_equal(sweep.tco_usd[point], totals)
        variants |= {each.variant for each in answer.options}
    assert len(variants) > 4


@pytest.mark.parametrize("over", [WAGE, DELAY])
def test_wage_and_delay_agree_with_the_algebra(over: str, busy: Answer) -> None:
    (flip,) = [flip for flip in flips(busy.comparison, busy.choice) if flip.over == over and flip.status == "reached"]
    sweep = only(busy, over)
    assert sweep.unit == flip.unit
    assert [float(crossing.at) for crossing in sweep.crossings] == pytest.approx([flip.at], rel=1e-5)


def test_a_horizon_is_swept_month_by_month(book: PriceBook) -> None:
    # A cluster of one's own pays back what it costs to set up; before a year is over, it may not be committed to.
    answer = compare_one(BUSY.model_copy(update={"requests_per_month": 1500.0 * 2_628_000}), TWO, book)
    sweep = only(answer, "horizon")
    assert sweep.values == tuple(range(1, 121))
    for crossing in sweep.crossings:
        here = at(answer.workload, "horizon_months", crossing.at, book)
        before = at(answer.workload, "horizon_months", int(crossing.at) - 1, book)
        assert min(here, key=lambda option: here[option] or 0) == crossing.above
        assert min(before, key=lambda option: before[option] or 0) == crossing.below
    assert sweep.crossings


def test_skill_is_varied_for_each_kind_of_platform(busy: Answer, book: PriceBook) -> None:
    found = breakeven_of(busy, TWO, None, "skill")
    assert [sweep.field for sweep in found.sweeps] == ["skill_kubernetes", "skill_managed"]
    for sweep in found.sweeps:
        assert sweep.values == ("none", "working", "expert")
        for value, costs in zip(sweep.values, sweep.tco_usd, strict=True):
            assert costs.tolist() == list(at(BUSY, sweep.field, value, book).values())
    assert found.sweeps[0].winners[-1] == "gke"


def test_figures_swept_together_are_as_each_alone(busy: Answer) -> None:
    together = breakevens_of(busy, TWO, None, ["requests", "skill", "horizon"])
    assert [found.over for found in together] == ["requests", "skill", "horizon"]
    for found in together:
        for sweep, alone in zip(found.sweeps, breakeven_of(busy, TWO, None, found.over).sweeps, strict=True):
            np.testing.assert_array_equal(sweep.tco_usd, alone.tco_usd)
            assert (sweep.values, sweep.crossings, sweep.winners) == (alone.values, alone.crossings, alone.winners)


def test_growth_is_kept_within_what_a_field_takes(book: PriceBook) -> None:
    growing = BUSY.model_copy(update={"requests_per_month": 1e6, "growth_per_month": 0.2, "horizon_months": 60})
    sweep = only(compare_one(growing, TWO, book), "requests")
    # 1.2^59 = 46,983: at most 1e12 / 46,983 = 21.3 million requests in the first month.
    assert max(map(float, sweep.values)) == pytest.approx(1e12 / 1.2**59)


def test_no_requests_at_all(book: PriceBook) -> None:
    sweep = only(compare_one(BUSY.model_copy(update={"requests_per_month": 0.0}), TWO, book), "requests")
    assert sweep.values[0] == 0


# Not computed -------------------------------------------------------------------------------------------------------


def test_a_missing_price_is_not_computed_which_is_not_the_same_as_not_reached(
    busy: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    invent(monkeypatch, 100, lambda _: None)
    found = breakeven_of(busy, TWO, "gke", "requests")
    assert (found.status, found.sweeps[0].unknown) == ("not computed", POINTS + 1)
    assert found.reason == "a price is missing at some of the values"
    assert set(found.sweeps[0].winners) == {None}


def test_what_is_infeasible_loses_everywhere(book: PriceBook) -> None:
    # An online service on an endpoint for queues is infeasible everywhere, which is known, and loses everywhere.
    platforms = chosen(["cloud-run", "sagemaker-async"])
    found = breakeven_of(compare_one(workload(), platforms, book), platforms, "sagemaker-async", "requests")
    assert found.status == "not reached"
    assert set(found.sweeps[0].winners) == {"cloud-run"}


def test_no_second_option(book: PriceBook) -> None:
    found = breakeven_of(compare_one(workload(), TWO[:1], book), TWO[:1], None, "requests")
    assert (found.status, found.sweeps, found.reason) == (
        "not computed",
        (),
        "cloud-run is the only option that is priced",
    )


def test_no_option_at_all(book: PriceBook) -> None:
    answer = compare_one(workload(support="24x7", engineers=1), TWO, book)
    assert breakeven_of(answer, TWO, "gke", "wage").reason == "no option can be priced for this workload"


# What is held against what ------------------------------------------------------------------------------------------


def test_the_choice_is_held_against_the_runner_up_or_whom_one_names(book: PriceBook) -> None:
    answer = compare_one(workload(), PLATFORMS, book)
    first, second = (answer.choice.name(each[0]) for each in (answer.choice.option, answer.choice.runner_up))
    assert pair_of(answer, None) == pair_of(answer, first) == ((first, second), "")
    assert pair_of(answer, "eks") == ((first, "eks"), "")


def test_an_unknown_figure_is_refused(busy: Answer) -> None:
    with pytest.raises(InputError, match="--over 'request' is not known; did you mean 'requests'"):
        breakeven_of(busy, TWO, None, "request")


def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: str) -> tuple[int, str, str]:
    monkeypatch.setattr(sys, "argv", ["advisor", "breakeven", "examples/churn.yaml", *words, "--as-of", str(AS_OF)])
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(ROOT)
    with pytest.raises(SystemExit) as ended:
        main()
    printed = capsys.readouterr()
    return int(ended.value.code or 0), printed.out, printed.err


@pytest.mark.parametrize("over", ["requests", "horizon", "wage", "skill", "delay"])
def test_the_command(over: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    code, out, _ = run(capsys, monkeypatch, "--against", "gke", "--over", over)
    assert code == 0
    assert max(map(len, out.splitlines())) <= 80
    assert "cloud-run against gke, over" in out
    assert "The order flips" in out or "Not reached in the searched range" in out
    code, out, _ = run(capsys, monkeypatch, "--against", "gke", "--over", over, "--json")
    document = json.loads(out)
    assert document["status"] in ("reached", "not reached")
    for sweep in document["sweeps"]:
        assert sweep["count"] == len(sweep["crossings"])
        assert (sweep["first"] is None) == (sweep["count"] == 0)
        assert sweep["searched"]["points"] == len(sweep["points"])


@pytest.mark.parametrize(("against", "status"), [("gke+kserve", "not reached"), ("gke+seldon", "not computed")])
def test_the_command_against_a_cluster_with_a_stack(
    against: str, status: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A licence whose price is not public makes it not computed, which is not the same as not reached."""
    code, out, _ = run(capsys, monkeypatch, "--against", against, "--over", "wage", "--json")
    document = json.loads(out)
    assert (code, document["status"]) == (0, status)
    assert {sweep["against"] for sweep in document["sweeps"]} <= {against}


@pytest.mark.parametrize("words", [("--over", "requets"), ("--against", "gkee"), ("--against", "gke,eks")])
def test_unknown_names_are_refused(
    words: tuple[str, str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, out, err = run(capsys, monkeypatch, *words)
    assert (code, out) == (2, "")
    assert "did you mean" in err
