"""The choice: golden scenarios, the cheapest in total, ties, the frontier; what is shown and said."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence

import numpy as np
import pytest
from invented import Invented, compared, workload

from advisor.answer import Answer, compare_one
from advisor.bill import Status
from advisor.choice import NOBODY, Choice, alike, choose
from advisor.choice_words import others, sentences, ties, verdict
from advisor.comparison import compare
from advisor.documents import comparison_document
from advisor.draws import Spread
from advisor.flips import DELAY, HORIZON, WAGE, flips
from advisor.platforms import PLATFORMS, chosen
from advisor.tco import crossed
from advisor.workload import Workloads
from pricing import PriceBook, load

AS_OF = dt.date(2026, 11, 24)


@pytest.fixture(scope="module")
def book() -> PriceBook:
    return load(AS_OF)


def names(choice: Choice, row: int = 0) -> tuple[str | None, str | None]:
    return choice.name(choice.option[row]), choice.name(choice.runner_up[row])


# Golden scenarios, their inputs as they were set before anything was computed ----------------------------------------

ALL_ASSETS = dict.fromkeys(
    ("has_cluster", "has_ci", "has_iac", "has_observability", "has_on_call", "has_security_pattern", "has_gpu_quota",
     "container_fits"), True
)  # fmt: skip
EXPERTS = {"skill_managed": "expert", "skill_kubernetes": "expert", "cluster_services": 20, **ALL_ASSETS}
PER_SECOND = 2_628_000  # requests a month that make one a second
FAST = {"duration_s": 0.1, "vcpu": 1.8, "memory_gib": 3.0, "concurrency": 8, "availability": 0.995}


def test_rare_requests_stay_serverless_even_for_experts_with_a_cluster(book: PriceBook) -> None:
    rare = workload(
        requests_per_month=50_000.0,
        duration_s=0.3,
        vcpu=1.0,
        memory_gib=2.0,
        horizon_months=12,
        hour_usd=None,
        **EXPERTS,
    )
    answer = compare_one(rare, PLATFORMS, book)
    (winner,) = chosen([str(names(answer.choice)[0])])
    assert winner.management == "serverless"


def test_three_thousand_requests_a_second_belong_on_the_own_cluster(book: PriceBook) -> None:
    steady = workload(
        requests_per_month=3000.0 * PER_SECOND, hour_usd=100.0, horizon_months=12, commitment_years=1, **FAST, **EXPERTS
    )
    answer = compare_one(steady, PLATFORMS, book)
    (winner,) = chosen([str(names(answer.choice)[0])])
    assert winner.management == "self-managed"


def test_beginners_without_anything_are_better_off_managed(book: PriceBook) -> None:
    beginners = workload(
        requests_per_month=30.0 * PER_SECOND,
        skill_managed="none",
        skill_kubernetes="none",
        engineers=1,
        hour_usd=100.0,
        horizon_months=12,
        **FAST,
    )
    answer = compare_one(beginners, PLATFORMS, book)
    (winner,) = chosen([str(names(answer.choice)[0])])
    assert winner.management in ("managed", "serverless")


# Order --------------------------------------------------------------------------------------------------------------


def test_the_cheapest_in_total_wins_not_the_cheapest_bill() -> None:
    # 12 months at 100 USD an hour: a = 12 x 10 + 50 x 100 = 5,120; b = 12 x 300 + 5 x 100 = 4,100; c is not priced.
    comparison = compared(
        {
            "a": Invented(10, setup=50, days=20),
            "b": Invented(300, setup=5, days=4),
            "c": Invented(None, days=1, status=Status.UNKNOWN),
        }
    )
    choice = choose(comparison)
    assert names(choice) == ("b", "a")
    assert choice.difference_usd[0] == pytest.approx(1020)
    assert choice.difference_days[0] == pytest.approx(16)
    assert choice.tco_usd[0] == pytest.approx([5120, 4100, np.nan], nan_ok=True)


def test_the_earlier_in_display_order_wins_a_draw() -> None:
    assert names(choose(compared({"a": Invented(7), "b": Invented(7)}))) == ("a", "b")


def test_one_or_no_priced_option() -> None:
    lost = Invented(None, status=Status.INFEASIBLE)
    one = choose(compared({"a": lost, "b": Invented(1)}))
    none = choose(compared({"a": lost, "b": Invented(None, status=Status.UNKNOWN)}))
    assert (names(one), names(none)) == (("b", None), (None, None))
    assert np.isnan([*one.difference_usd, *none.difference_usd, *none.difference_days]).all()
    assert not none.tied.any()
    assert (none.dominator == NOBODY).all()
    assert flips(compared({"a": lost}), choose(compared({"a": lost}))) == ()


def test_rows_are_chosen_each_on_its_own() -> None:
    choice = choose(compared({"a": Invented([1, 5, 9]), "b": Invented([4, 4, 4])}, *[workload()] * 3))
    assert [names(choice, row)[0] for row in range(3)] == ["a", "b", "b"]
    assert choice.difference_usd == pytest.approx([36, 12, 60])  # 12 months


def test_no_rows_no_choice(book: PriceBook) -> None:
    assert choose(compare(Workloads.of([]), PLATFORMS, book)).option.shape == (0,)


# Ties ---------------------------------------------------------------------------------------------------------------


def ranged(p10: float, p90: float, mean: float) -> Invented:
    """An option whose total is hours of set-up at 100 USD."""
    return Invented(setup=Spread(p10, mean, p90, mean))


@pytest.mark.parametrize(
    ("other", "tied"),
    [
        (ranged(9, 20, 13), True),  # 10 lies within 9 to 20, 13 within 5 to 15
        (ranged(11, 20, 13), False),  # 10 does not
        (ranged(9, 40, 16), False),  # 16 lies beyond 15
        (ranged(10, 15, 15), True),  # the ends belong to a range
    ],
)
def test_a_tie_needs_each_range_to_hold_the_others_mean(other: Invented, tied: bool) -> None:
    choice = choose(compared({"choice": ranged(5, 15, 10), "other": other}))
    assert choice.tied[0].tolist() == [False, tied]


def test_hours_and_days_tie_below_three_tenths() -> None:
    # 10 against 12.9: less than 13, a tie; 13 is not; nor is the choice tied with itself. From above: 10 x 1.3 = 13.
    figures = np.array([[10.0, 12.9, 13.0, 7.7, 7.6]])
    assert alike(figures, np.array([0]), 0.3)[0].tolist() == [False, True, False, True, False]


def test_ties_are_said_in_words(book: PriceBook) -> None:
    answer = compare_one(workload(requests_per_month=50_000.0), chosen(["gke", "eks", "cloud-run"]), book)
    found = {(tie.option, tie.over) for tie in ties(answer)}
    assert names(answer.choice)[0] == "cloud-run"
    assert not {tie for tie in found if tie[0] in ("gke", "eks")}
    clusters = compare_one(workload(requests_per_month=50_000.0), chosen(["gke", "eks"]), book)
    over = {tie.over: tie.words for tie in ties(clusters)}  # the same hours and days, and nearly the same cost
    assert set(over) == {"tco_usd", "days_to_production", "setup_hours"}
    assert "less than 30%" in over["setup_hours"]
    assert any("By days it is a tie with eks" in sentence for sentence in sentences(clusters))


# Frontier -----------------------------------------------------------------------------------------------------------

OPEN = {"edit_manifest": "yes", "daemon": "yes"}


def dominators(**options: Invented) -> dict[str, str | None]:
    choice = choose(compared(options))
    return {name: choice.name(by) for name, by in zip(options, choice.dominator[0], strict=True)}


def test_dominated_where_nothing_is_better() -> None:
    assert dominators(a=Invented(1, days=1), b=Invented(2, days=2)) == {"a": None, "b": "a"}
    assert dominators(a=Invented(1, days=1), b=Invented(1, days=2)) == {"a": None, "b": "a"}
    assert dominators(a=Invented(1, days=1, opens=OPEN), b=Invented(1, days=1)) == {"a": None, "b": "a"}


def test_not_dominated_where_anything_is_better() -> None:
    assert dominators(a=Invented(1, days=2), b=Invented(2, days=1)) == {"a": None, "b": None}
    assert dominators(a=Invented(1, days=1), b=Invented(2, days=2, opens=OPEN)) == {"a": None, "b": None}
    half, other = {"edit_manifest": "yes"}, {"daemon": "yes"}
    assert dominators(a=Invented(1, opens=half), b=Invented(2, opens=other)) == {"a": None, "b": None}


def test_twins_do_not_dominate_each_other() -> None:
    assert dominators(a=Invented(1, days=1), b=Invented(1, days=1)) == {"a": None, "b": None}


def test_what_may_be_open_is_not_taken_for_closed() -> None:
    maybe = {"daemon": "unknown"}
    assert dominators(a=Invented(1), b=Invented(2, opens=maybe)) == {"a": None, "b": None}
    assert dominators(a=Invented(1, opens=maybe), b=Invented(2, opens=maybe)) == {"a": None, "b": "a"}
    assert dominators(a=Invented(1, opens=maybe), b=Invented(2, opens={"daemon": "yes"})) == {"a": None, "b": None}


def test_the_cheapest_of_several_dominators_is_named() -> None:
    found = dominators(a=Invented(3), b=Invented(1), c=Invented(2), unpriced=Invented(None, status=Status.UNKNOWN))
    assert found == {"a": "b", "b": None, "c": "b", "unpriced": None}


# Properties over real options -----------------------------------------------------------------------------------------


def sweep(book: PriceBook, field: str, values: Sequence[float], **fields: object) -> Choice:
    work = Workloads.of([workload(**{**fields, field: value}) for value in values])
    return choose(compare(work, PLATFORMS, book))


def of_choice(figures: np.ndarray, choice: Choice) -> np.ndarray:
    return figures[np.arange(len(figures)), choice.option]


BUSY: dict[str, object] = {"requests_per_month": 3000.0 * PER_SECOND, "commitment_years": 1, **FAST, **EXPERTS}


def test_a_higher_wage_never_helps_the_more_laborious_option(book: PriceBook) -> None:
    wages = np.geomspace(1, 10_000, 40).tolist()
    comparison = compare(Workloads.of([workload(**{**BUSY, "hour_usd": wage}) for wage in wages]), PLATFORMS, book)
    choice = choose(comparison)
    labour = (
        np.hstack([(parts.setup_usd + parts.running_usd) for parts in comparison.ownership.values()])
        / np.array(wages)[:, np.newaxis]
    )
    hours = of_choice(labour, choice)
    assert len(set(choice.option.tolist())) > 1  # it does move
    assert (np.diff(hours) <= 1e-9).all()


def test_rising_delay_moves_the_choice_to_faster_options_only(book: PriceBook) -> None:
    choice = sweep(book, "delay_usd_per_week", [0, *np.geomspace(10, 1e7, 40)], **BUSY)
    days = of_choice(choice.days, choice)
    assert len(set(choice.option.tolist())) > 1
    assert (np.diff(days) <= 1e-9).all()


@pytest.mark.parametrize("field", ["skill_managed", "skill_kubernetes"])
def test_more_skill_never_costs_more(field: str, book: PriceBook) -> None:
    work = Workloads.of([workload(**{field: skill}) for skill in ("none", "working", "expert")])
    comparison = compare(work, PLATFORMS, book)
    for parts in comparison.ownership.values():
        total = parts.setup_usd + parts.running_usd
        assert (np.diff(total[:, 0]) <= 0).all()


@pytest.mark.parametrize("asset", sorted(ALL_ASSETS))
def test_an_added_asset_never_makes_people_dearer(asset: str, book: PriceBook) -> None:
    work = Workloads.of([workload(gpu="l4", **{asset: owned}) for owned in (False, True)])
    for parts in compare(work, PLATFORMS, book).ownership.values():
        assert parts.setup_usd[1, 0] <= parts.setup_usd[0, 0]


# What is shown ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def answer(book: PriceBook) -> Answer:
    return compare_one(workload(requests_per_month=788_400_000.0, needs_daemon=True), PLATFORMS, book)


def test_the_document_has_effort_for_every_option_whatever_its_status(answer: Answer) -> None:
    document = comparison_document(answer)
    json.dumps(document, allow_nan=False)
    assert {option["status"] for option in document["options"]} >= {"priced", "infeasible"}
    for option in document["options"]:
        for figure in ("setup_hours", "days_to_production", "operations_hours_per_month", "release_hours"):
            assert list(option[figure]) == ["p10", "p50", "p90", "mean"]
            assert 0 < option[figure]["p10"] < option[figure]["p50"] < option[figure]["p90"]
        priced = option["status"] == "priced"
        assert (option["tco_usd"] is not None) == (option["tco_range_usd"] is not None) == priced
        parts = option["tco_parts"]
        assert list(parts) == ["infrastructure_usd", "setup_usd", "running_usd", "delay_usd", "one_off_usd"]
        assert (parts["infrastructure_usd"] is not None) == priced
        assert set(option["capabilities"].values()) <= {"yes", "no", "unknown"}
        if priced:
            assert option["tco_usd"] == pytest.approx(sum(parts.values()))


def test_the_document_names_the_choice(answer: Answer) -> None:
    choice = comparison_document(answer)["choice"]
    assert list(choice)[:6] == ["option", "runner_up", "difference_usd", "difference_days", "ties", "flips"]
    by_option = {option["option"]: option for option in comparison_document(answer)["options"]}
    first, second = by_option[choice["option"]], by_option[choice["runner_up"]]
    assert choice["difference_usd"] == pytest.approx(second["tco_usd"] - first["tco_usd"])
    mean = [each["days_to_production"]["mean"] for each in (first, second)]
    assert choice["difference_days"] == pytest.approx(mean[1] - mean[0])
    assert first["tco_usd"] == min(each["tco_usd"] for each in by_option.values() if each["tco_usd"] is not None)
    assert {flip["over"] for flip in choice["flips"]} == {WAGE, DELAY, HORIZON}
    priced = {name for name, option in by_option.items() if option["status"] == "priced"}
    assert set(choice["frontier"]) | set(choice["dominated"]) == priced
    assert choice["option"] in choice["frontier"]


def test_a_need_that_a_platform_lacks_rules_it_out(answer: Answer) -> None:
    (cloud_run,) = [each for each in answer.options if each.option == "cloud-run"]
    assert not cloud_run.feasible
    assert any("run an agent on every node" in why for why in cloud_run.why_not)
    assert any(sentence.startswith("cloud-run") and "infeasible" in sentence for sentence in others(answer))


def test_who_is_overtaken_when_is_said(book: PriceBook) -> None:
    # The cluster costs more to set up and less a month: the month in which the lines of two options cross is named.
    answer = compare_one(workload(**{**BUSY, "hour_usd": 100.0}), chosen(["cloud-run", "gke"]), book)
    lines = {each.option: answer.cumulative_usd(each) for each in answer.options}
    (month,) = crossed(lines["gke"], lines["cloud-run"])
    assert lines["gke"][month - 1] > lines["cloud-run"][month - 1]
    assert lines["gke"][month] < lines["cloud-run"][month]
    assert f"Counted from each one's go-live, it has cost less than cloud-run from month {month} on." in sentences(
        answer
    )


def test_the_choice_in_words(book: PriceBook) -> None:
    answer = compare_one(workload(), chosen(["cloud-run"]), book)
    first, second = verdict(answer)
    total = answer.tco_usd("cloud-run")
    assert first == f"Choose cloud-run: {total:,.0f} USD in 12 months, people included."
    assert second == "No other option is priced."
