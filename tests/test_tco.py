"""Total cost of ownership: worked by hand, by year, by team, and the same for one row and many."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence

import numpy as np
import pytest
from columns import column
from invented import Invented, people, workload

from advisor import hours
from advisor.answer import compare_one, explain_one
from advisor.bill import Bill, Status
from advisor.comparison import compare
from advisor.deploy import plan
from advisor.draws import Spread, spread
from advisor.errors import InputError
from advisor.evaluation import Best, Evaluation, InYear, Wanted
from advisor.horizon import Year, discounted_months, worth_by_length, years
from advisor.names import unknown_names
from advisor.outright import Life, cash_usd
from advisor.people import Labour, Teams, hourly_usd
from advisor.platforms import PLATFORMS, chosen
from advisor.tco import Outlay, Ownership, crossed, cumulative_usd, ownership
from advisor.team import Team, task_hours_per_day
from advisor.workload import Workload, Workloads, workload_from
from pricing import DATA, PriceBook, load
from pricing.effort import load_effort

AS_OF = dt.date(2026, 11, 24)
TABLES = load_effort(DATA)


@pytest.fixture(scope="module")
def book() -> PriceBook:
    return load(AS_OF)


def small(**fields: object) -> Workload:
    usual = {"requests_per_month": 1e6, "duration_s": 0.2, "vcpu": 1.0, "memory_gib": 2.0, "concurrency": 8}
    return Workload.model_validate({"name": "small", **usual, **fields})


def rented(usd: float) -> Outlay:
    return Outlay(column(usd), column(0), None)


# The formula --------------------------------------------------------------------------------------------------------


def test_the_total_by_hand() -> None:
    # 12 months, nothing discounted, 50 USD an hour, a week of delay costs 1,000 USD.
    # bills 12 x 100 = 1,200; set-up 60 h x 50 = 3,000; running 12 x (8 + 2) h x 50 = 6,000;
    # delay 20 days / 5 x 1,000 = 4,000; in all 14,200.
    option = Invented(usd=100, setup=60, days=20, running=8, standby=2)
    work = Workloads.of([workload(hour_usd=50.0, delay_usd_per_week=1000.0, horizon_months=12)])
    parts = ownership(work, rented(100), people(option, work))
    found = [float(part[0, 0]) for part in vars(parts).values()]
    assert found == pytest.approx([1200, 3000, 6000, 4000, 0])
    assert parts.total_usd[0, 0] == pytest.approx(14_200)


def test_the_total_discounted_by_hand() -> None:
    # Money doubles its worth in a year (discount 1): months count 2^(-1/12) = 0.943874, 2^(-2/12) = 0.890899 and
    # 2^(-3/12) = 0.840896, together 2.675669. Bills 300 and 3 h x 100 a month: 600 x 2.675669 = 1,605.40.
    work = Workloads.of([workload(horizon_months=3, discount_per_year=1.0)])
    parts = ownership(work, rented(300), people(Invented(running=3), work))
    assert parts.total_usd[0, 0] == pytest.approx(1605.40, abs=0.01)


def test_a_quantile_takes_hours_and_days_at_that_quantile() -> None:
    # P90: 90 h + 12 x 9 h = 198 h at 100 USD, 25 days / 5 x 1,000: 19,800 + 5,000 = 24,800, and bills of 12 x 10.
    option = Invented(setup=Spread(40, 60, 90, 65), days=Spread(10, 15, 25, 17), running=Spread(4, 6, 9, 6.5))
    work = Workloads.of([workload(delay_usd_per_week=1000.0)])
    assert ownership(work, rented(10), people(option, work), "p90").total_usd[0, 0] == pytest.approx(24_920)


def test_what_is_not_priced_has_no_total_but_has_people() -> None:
    work = Workloads.of([workload()])
    parts = ownership(work, rented(math.nan), people(Invented(setup=60), work))
    assert math.isnan(parts.total_usd[0, 0])
    assert parts.setup_usd[0, 0] == pytest.approx(6000)


@pytest.mark.parametrize(("family", "skill"), [("CR", "none"), ("MK", "working"), ("ONP", "expert")])
@pytest.mark.parametrize(("wage", "delay", "months"), [(100, 0, 12), (100, 5000, 12), (40, 1000, 36)])
def test_the_range_is_a_little_too_wide_and_never_too_narrow(
    family: str, skill: str, wage: float, delay: float, months: int
) -> None:
    team = Team(skill)
    lengths = hours.setup(family, team, TABLES, None)
    total = hours.hands_on(lengths, TABLES)
    later, _ = hours.release(hours.later_release(family, team, TABLES), TABLES)
    running = hours.upkeep(family, team, TABLES) + team.releases_per_month * later
    # Days follow hours almost alone; what the waits add is within the tolerance below.
    days = total / task_hours_per_day(team, TABLES.practice)
    drawn = spread(wage * total + delay * days / 5 + months * wage * running)
    own = plan(family, team, TABLES)
    of_days = spread(days)
    for level, least, most in (("p10", 0.85, 1.0), ("p50", 0.93, 1.03), ("p90", 1.0, 1.07), ("mean", 0.99, 1.01)):
        summed = (
            wage * getattr(own.setup_hours, level)
            + delay * getattr(of_days, level) / 5
            + months * wage * getattr(own.operations_hours_per_month, level)
        )
        assert least <= summed / getattr(drawn, level) <= most, level


# What is bought outright --------------------------------------------------------------------------------------------

FIVE_YEARS = Life(60, 0.1)


def bought(months: float, discount: float) -> float:
    """Cash for what wears by 100 USD a month: its price is 100 x 60 / 0.9 = 6,666.67 USD."""
    return float(cash_usd(column(100), FIVE_YEARS, column(months), column(discount))[0, 0])


def test_cash_less_what_is_left_is_wear_where_nothing_is_discounted() -> None:
    assert bought(12, 0) == pytest.approx(1200)
    assert bought(72, 0) == pytest.approx(7200)  # sold for a tenth after 60 months, and bought again for another 12
    assert bought(0, 0) == 0


def test_cash_discounted_by_hand() -> None:
    # 21 % a year. After 12 months 6,666.67 - 1,200 = 5,466.67 are left, worth 5,466.67 / 1.21 = 4,517.91 today:
    # 6,666.67 - 4,517.91 = 2,148.76. Cash up front is dearer than the wear it is spread into.
    assert bought(12, 0.21) == pytest.approx(2148.76, abs=0.01)
    # Over 72 months: 6,666.67 - 666.67 / 1.21^5 + 6,666.67 / 1.21^5 - 5,466.67 / 1.21^6, 1.21^5 = 2.593742,
    # 1.21^6 = 3.138428: 6,666.67 - 257.03 + 2,570.29 - 1,741.85 = 7,238.08.
    assert bought(72, 0.21) == pytest.approx(7238.08, abs=0.01)


def test_what_never_loses_worth_costs_nothing_but_interest() -> None:
    assert cash_usd(column(0), Life(60, 1.0), column(12), column(0.1))[0, 0] == 0


def test_servers_of_ones_own_are_bought_and_the_rest_is_billed(book: PriceBook) -> None:
    (on_prem,) = chosen(["on-prem"])
    answer = compare_one(small(), [on_prem], book)
    machines = sum(line.usd for line in answer.options[0].lines if line.unit == "machine-hour")
    parts, monthly = answer.ownership("on-prem"), answer.options[0].monthly_usd
    assert parts.one_off_usd[0, 0] == pytest.approx(12 * machines)  # 0 < machines < the bill
    assert parts.infrastructure_usd[0, 0] == pytest.approx(12 * (monthly - machines))
    assert 0 < machines < monthly
    later = compare_one(small(discount_per_year=0.1), [on_prem], book).ownership("on-prem")
    assert later.one_off_usd[0, 0] > parts.one_off_usd[0, 0]
    assert later.infrastructure_usd[0, 0] < parts.infrastructure_usd[0, 0]
    rented = compare_one(small(), chosen(["gke"]), book).ownership("gke")
    assert rented.one_off_usd[0, 0] == 0


def test_a_line_ends_where_a_shorter_horizon_would(book: PriceBook) -> None:
    (on_prem,) = chosen(["on-prem"])
    answer = compare_one(small(discount_per_year=0.1, horizon_months=90), [on_prem], book)
    line = answer.cumulative_usd(answer.options[0])
    for months in (1, 30, 66, 70, 90):  # a server serves 5.5 years
        shorter = compare_one(small(discount_per_year=0.1, horizon_months=months), [on_prem], book)
        assert line[months] == pytest.approx(shorter.tco_usd("on-prem"))


# Months and years ---------------------------------------------------------------------------------------------------


def test_discounted_months() -> None:
    found = discounted_months(column(12, 3, 120), column(0.0, 1.0, 0.0))
    assert found[:, 0] == pytest.approx([12, 2.675669, 120], abs=1e-6)
    assert found[0, 0] == 12  # exactly: what is not discounted is not rounded


def test_a_horizon_among_longer_ones_is_the_same_to_the_last_bit() -> None:
    alone, among = discounted_months(column(7), column(0.08)), discounted_months(column(7, 120), column(0.08, 0.03))
    assert alone[0, 0] == among[0, 0] == worth_by_length(column(0.08), 60)[0, 6]


def test_years_of_growing_traffic_by_hand() -> None:
    # 10 % a month over 14 months. 1.1^12 = 3.138428: the first year brings (3.138428 - 1) / 0.1 / 12 = 1.782023 of
    # the first month; months 13 and 14 bring 3.138428 and 3.452271, on average 3.295350. Shares 12/14 and 2/14.
    work = Workloads.of([workload(), workload(growth_per_month=0.1, horizon_months=14)])
    first, second = years(work)
    assert (first.first_month, second.first_month) == (1, 13)
    assert first.rows.tolist() == second.rows.tolist() == [1]
    assert first.requests_per_month[0, 0] == pytest.approx(1.782023e6, rel=1e-6)
    assert second.requests_per_month[0, 0] == pytest.approx(3.295350e6, rel=1e-6)
    assert (first.share[0, 0], second.share[0, 0]) == pytest.approx((12 / 14, 2 / 14))


def test_growth_beyond_what_a_field_takes_is_refused() -> None:
    # 1e9 x 2^(months - 1): 5.12e11 in month 10, beyond the 1e12 that the field takes in month 11.
    fields = {
        "name": "x",
        "requests_per_month": 1e9,
        "duration_s": 0.1,
        "vcpu": 1.0,
        "memory_gib": 1.0,
        "growth_per_month": 1.0,
    }
    assert workload_from({**fields, "horizon_months": 10}, "here")
    with pytest.raises(InputError, match="it must be so low that the horizon's last month brings"):
        workload_from({**fields, "horizon_months": 11}, "here")


def test_no_years_without_growth() -> None:
    assert years(Workloads.of([workload(horizon_months=120)])) == ()


def test_a_year_holds_only_those_that_still_run() -> None:
    work = Workloads.of([workload(growth_per_month=0.02, horizon_months=months) for months in (6, 30)])
    assert [year.rows.tolist() for year in years(work)] == [[0, 1], [1], [1]]


def test_growth_is_paid_year_by_year(book: PriceBook) -> None:
    # The same mode and purchase priced at each year's mean traffic, 12 months each: growth adds nothing of its own.
    growing = small(growth_per_month=0.03, horizon_months=24, free_tier=False)
    means = [float(year.requests_per_month[0, 0]) for year in years(Workloads.of([growing]))]
    (cloud_run,), by_request = chosen(["cloud-run"]), Wanted("request", None, "on-demand")
    found = explain_one(growing, cloud_run, book, by_request).ownership("cloud-run")
    plain = [small(requests_per_month=mean, free_tier=False) for mean in means]
    bills = [explain_one(each, cloud_run, book, by_request).options[0].would_cost_usd for each in plain]
    assert bills[1] > 1.3 * bills[0]
    assert found.infrastructure_usd[0, 0] == pytest.approx(12 * bills[0] + 12 * bills[1], rel=1e-12)


def test_the_variant_is_chosen_by_the_whole_horizon(book: PriceBook) -> None:
    # 5 % a month for ten years: by request is cheapest today, by instance over the horizon.
    (cloud_run,) = chosen(["cloud-run"])
    growing = small(growth_per_month=0.05, horizon_months=120)
    today = compare_one(small(horizon_months=120), [cloud_run], book).options[0]
    answer = compare_one(growing, [cloud_run], book)
    assert (today.variant.mode, answer.options[0].variant.mode) == ("request", "instance")
    each = {
        mode: float(explain_one(growing, cloud_run, book, Wanted(mode)).comparison.options["cloud-run"].mean_usd[0])
        for mode in ("request", "instance")
    }
    assert each["instance"] < each["request"]
    assert answer.comparison.options["cloud-run"].mean_usd[0] == each["instance"]
    assert answer.options[0].monthly_usd > today.monthly_usd  # what the first month costs, not the mean one


def evaluated(*usd: float) -> Evaluation:
    """One row, a machine for each bill; only the bills matter."""
    bill = Bill(np.array([usd], dtype=np.float64), np.zeros((1, 1)), {}, {}, np.zeros((1, 1)))
    everyone = np.ones((1, len(usd)), dtype=np.bool_)
    plan = explain_one(small(), chosen(["cloud-run"])[0], load(AS_OF), Wanted("request")).options[0].plan
    return Evaluation("mode", ("a", "b"), plan, {}, {"on-demand": bill}, (), {"on-demand": everyone})


def best_over(years: Sequence[InYear], *usd: float) -> Best:
    """The better of two machines of one row that grows."""
    best = Best.none(1)
    best.put(np.array([0]), evaluated(*usd).cheapest(years))
    return best


def test_a_variant_that_becomes_unknown_gives_way() -> None:
    # a costs 10 now and in the first year, but what it costs in the second is not known; b costs 12, then 14: the
    # mean month is 12 x 0.5 + 14 x 0.5 = 13.
    later = [
        InYear(Year(first, np.array([0]), column(1), column(0.5)), evaluation)
        for first, evaluation in ((1, evaluated(10, 12)), (13, evaluated(np.nan, 14)))
    ]
    best = best_over(later, 10, 12)
    assert (best.machine[0], best.usd[0], best.mean_usd[0], best.status[0]) == ("b", 12, 13, Status.PRICED)
    alone = best_over([each._replace(evaluation=evaluated(np.nan, np.nan)) for each in later], 10, np.nan)
    assert (alone.status[0], np.isnan(alone.usd[0])) == (Status.UNKNOWN, True)


def test_a_limit_that_breaks_in_a_later_year_says_when(book: PriceBook) -> None:
    (serverless,) = chosen(["sagemaker-serverless"])
    growing = {
        "requests_per_month": 1e3,
        "duration_s": 1.0,
        "memory_gib": 1.0,
        "concurrency": 1,
        "growth_per_month": 1.0,
    }
    within = compare_one(small(**growing, horizon_months=12), [serverless], book)
    beyond = compare_one(small(**growing, horizon_months=30), [serverless], book)
    assert within.options[0].feasible
    assert not beyond.feasible
    assert [why for why in beyond.options[0].why_not if why.startswith("from month 13 on: requests at once")]
    assert beyond.tco("sagemaker-serverless") is None


def test_a_commitment_longer_than_the_horizon_cannot_be_bought(book: PriceBook) -> None:
    (gke,), a_year = chosen(["gke"]), Wanted(purchase="1y-base")
    signed = {"commitment_years": 1}
    assert explain_one(small(**signed, horizon_months=12), gke, book, a_year).feasible
    assert not explain_one(small(**signed, horizon_months=11), gke, book, a_year).feasible


def test_without_releases_and_growth_the_plain_formula_remains(book: PriceBook) -> None:
    plain = small(releases_per_month=0.0, hour_usd=80.0, delay_usd_per_week=500.0, horizon_months=18)
    answer, team = compare_one(plain, PLATFORMS, book), Team("working", releases_per_month=0.0)
    for each in answer.options:
        if each.monthly_usd is not None:
            own = answer.plan(each.option)
            monthly = each.monthly_usd + 80 * own.operations_hours_per_month.mean
            upfront = 80 * own.setup_hours.mean + 500 * own.days_to_production.mean / 5
            assert answer.tco_usd(each.option) == pytest.approx(upfront + 18 * monthly, rel=1e-12)
            upkeep = hours.upkeep(each.platform.effort, team, TABLES)
            assert own.operations_hours_per_month.mean == pytest.approx(float(np.mean(upkeep)))


# Month by month -----------------------------------------------------------------------------------------------------


def test_cumulative_by_hand() -> None:
    # 100 before go-live, then 10 and 20; at a discount of 3 a year months count 4^(-1/12) = 0.890899 and 0.793701:
    # 100, 108.90899, 124.78300.
    assert cumulative_usd(column(100), np.array([[10.0, 20.0]]), column(0))[0].tolist() == [100, 110, 130]
    discounted = cumulative_usd(column(100), np.array([[10.0, 20.0]]), column(3))[0]
    assert discounted == pytest.approx([100, 108.90899, 124.78300], abs=1e-5)


def test_months_in_which_lines_cross() -> None:
    # 0, 10, 20, 30 against 15, 17, 19, 21: below, below, above: they change order in month 2.
    assert crossed(np.array([0.0, 10, 20, 30]), np.array([15.0, 17, 19, 21])) == (2,)
    # 0, 5, 5, 10 against 5, 5, 6, 6: they touch in month 1 and cross in month 3.
    assert crossed(np.array([0.0, 5, 5, 10]), np.array([5.0, 5, 6, 6])) == (3,)
    assert crossed(np.array([1.0, 2, 3]), np.array([1.0, 2, 3])) == ()
    assert crossed(np.array([0.0, 2, 2, 4]), np.array([1.0, 1, 3, 3])) == (1, 2, 3)


@pytest.mark.parametrize("fields", [{}, {"growth_per_month": 0.04, "horizon_months": 30, "discount_per_year": 0.08}])
def test_the_line_of_an_option_ends_at_its_total(fields: dict[str, float], book: PriceBook) -> None:
    answer = compare_one(small(delay_usd_per_week=300.0, **fields), PLATFORMS, book)
    for each in answer.options:
        if each.monthly_usd is not None:
            line = answer.cumulative_usd(each)
            assert len(line) == answer.workload.horizon_months + 1
            assert line[-1] == pytest.approx(answer.tco_usd(each.option), rel=1e-12)


# People -------------------------------------------------------------------------------------------------------------


def test_pay_by_place_however_it_is_written() -> None:
    work = Workloads.of([workload(hour_usd=None, pay_place=place) for place in ("us", "US", "Pl")])
    assert hourly_usd(work, {"US": 115.0, "PL": 41.0})[:, 0].tolist() == [115, 115, 41]


def test_a_given_hour_comes_before_the_table() -> None:
    assert hourly_usd(Workloads.of([workload(hour_usd=0.0)]), {"US": 115.0})[0, 0] == 0


def test_an_unknown_place_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match="pay_place 'uss' is not known; did you mean 'us'"):
        hourly_usd(Workloads.of([workload(hour_usd=None, pay_place="uss")]), {"US": 115.0, "PL": 41.0})


def test_an_unknown_place_is_named_with_its_row(book: PriceBook) -> None:
    work = Workloads.of([workload(pay_place=place) for place in ("PL", "poland", "weu")])
    (reject,) = unknown_names(work, book)
    assert (reject.row, reject.column, reject.value) == (1, "pay_place", "poland")


def test_distinct_teams_are_found_once() -> None:
    rows = [
        workload(engineers=2),
        workload(),
        workload(engineers=2, skill_kubernetes="none"),
        workload(requests_per_month=5.0),  # not a matter of people
        workload(focus_h_per_day=5.2),
        workload(gpu="l4", has_ci=True, scope="demo", support="24x7", releases_per_month=0.5, share_of_time=0.5),
    ]
    teams = Teams.of(Workloads.of(rows))
    assert teams.row.tolist() == [0, 1, 2, 1, 3, 4]
    assert teams.managed[2] == Team("working", engineers=2)
    assert teams.kubernetes[2] == Team("none", engineers=2)
    assert teams.managed[3].focus_h_per_day == 5.2
    assert teams.managed[4] == Team(
        "working", "demo", gpu=True, has_ci=True, support="24x7", releases_per_month=0.5, share_of_time=0.5
    )


def test_each_family_asks_for_its_own_skill(book: PriceBook) -> None:
    labour = Labour.of(book)
    work = Workloads.of([workload(skill_managed="expert", skill_kubernetes="none")])
    assert labour.people("CR", work).of(0) == plan("CR", Team("expert"), labour.tables)
    assert labour.people("MK", work).of(0) == plan("MK", Team("none"), labour.tables)


def test_a_team_too_small_for_its_rota_is_infeasible_and_says_so(book: PriceBook) -> None:
    two = compare_one(small(support="24x7", engineers=2), PLATFORMS, book)
    three = compare_one(small(support="24x7", engineers=3), PLATFORMS, book)
    rota = "support round the clock needs at least 3 people on the rota; the team has 2"
    assert not two.feasible
    assert all(rota in each.why_not and each.monthly_usd is None for each in two.options)
    assert all(two.tco(each.option) is None for each in two.options)
    assert three.feasible


def test_standby_is_paid_beside_operations(book: PriceBook) -> None:
    # (730 - 160) h x 1 person x 0.33 of the pay / 1 service = 188.1 hours of full pay a month.
    answer = compare_one(small(support="24x7", engineers=8, hour_usd=100.0), PLATFORMS, book)
    own = answer.plan("cloud-run")
    assert own.standby_hours_per_month == pytest.approx(188.1)
    running = answer.ownership("cloud-run").running_usd[0, 0]
    assert running == pytest.approx(12 * 100 * (own.operations_hours_per_month.mean + 188.1))


# One row and many ---------------------------------------------------------------------------------------------------


def portfolio(rows: int) -> list[Workload]:
    random = np.random.default_rng(11)
    skills = ("none", "working", "expert")
    return [
        Workload(
            name=f"service {row}",
            requests_per_month=float(random.lognormal(14, 2)),
            duration_s=float(random.lognormal(-2, 1)),
            vcpu=float(random.choice([0.5, 1, 2])),
            memory_gib=float(random.choice([1, 4])),
            concurrency=int(random.choice([1, 8])),
            growth_per_month=float(random.choice([0.0, 0.0, 0.03, -0.1])),
            horizon_months=int(random.choice([6, 12, 30])),
            discount_per_year=float(random.choice([0.0, 0.08])),
            delay_usd_per_week=float(random.choice([0, 2500])),
            commitment_years=int(random.choice([0, 1])),
            has_cluster=bool(random.integers(0, 2)),
            cluster_services=int(random.choice([1, 20])),
            engineers=int(random.choice([1, 2, 4])),
            support=str(random.choice(["office", "24x7"])),
            skill_managed=str(random.choice(skills)),
            skill_kubernetes=str(random.choice(skills)),
            pay_place=str(random.choice(["us", "PL"])),
            releases_per_month=float(random.choice([0.5, 8])),
        )
        for row in range(rows)
    ]


def columns_of(parts: Ownership) -> list[np.ndarray]:
    return list(vars(parts).values())


def test_one_row_is_its_row_in_a_batch(book: PriceBook) -> None:
    rows = portfolio(40)
    together = compare(Workloads.of(rows), PLATFORMS, book)
    assert {int(state) for best in together.options.values() for state in best.status} >= {0, 2}
    for row, each in enumerate(rows):
        alone = compare(Workloads.of([each]), PLATFORMS, book)
        for option, parts in alone.ownership.items():
            for one, many in zip(columns_of(parts), columns_of(together.ownership[option]), strict=True):
                np.testing.assert_array_equal(one[0], many[row], err_msg=f"{option}, row {row}")
            assert alone.options[option].variant(0) == together.options[option].variant(row)
            assert alone.options[option].status[0] == together.options[option].status[row]


def test_the_answer_about_one_workload_is_the_row_of_the_table(book: PriceBook) -> None:
    rows = portfolio(6)
    together = compare(Workloads.of(rows), PLATFORMS, book)
    for row, each in enumerate(rows):
        answer = compare_one(each, PLATFORMS, book)
        for option, parts in answer.comparison.ownership.items():
            np.testing.assert_array_equal(parts.total_usd[0], together.ownership[option].total_usd[row])
            found = next(explained for explained in answer.options if explained.option == option)
            np.testing.assert_array_equal(
                math.nan if found.monthly_usd is None else found.monthly_usd, together.options[option].usd[row]
            )


def test_nobody_at_all(book: PriceBook) -> None:
    empty = compare(Workloads.of([]), PLATFORMS, book)
    assert all(parts.total_usd.shape == (0, 1) for parts in empty.ownership.values())
