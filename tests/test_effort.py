"""The tables of hours are whole, sourced, and consistent with one another; their conversion repeats and refuses."""

from __future__ import annotations

import csv
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from advisor.team import ASSETS, SCOPES, SKILLS
from pricing.effort import load_effort, load_pay
from pricing.refresh.effort import RELEASE_ORIGIN, RefusedError, convert, write

DATA = Path(__file__).parents[1] / "pricing" / "data"
TABLES = load_effort(DATA)


def rows(table: str) -> list[dict[str, str]]:
    with (DATA / "effort" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def document(name: str) -> dict[str, Any]:
    return dict(yaml.safe_load((DATA / "effort" / f"{name}.yaml").read_text(encoding="utf-8")))


HOURS = ("activities", "operations", "releases")
IDS = {"activities": "activity", "operations": "operation", "releases": "part"}


@pytest.mark.parametrize("table", HOURS)
def test_every_hour_has_a_unit_a_source_and_rising_points(table: str) -> None:
    sources, seen = document("sources"), set()
    for row in rows(table):
        assert row["unit"] in {"person-hours", "business days", "wall-clock hours", "person-hours/month", "minutes"}
        assert row["source"] in sources
        assert 0 <= float(row["low"]) <= float(row["mode"]) <= float(row["high"])
        seen.add((row["family"], row[IDS[table]], row["skill"], row.get("ci")))
    assert len(seen) == len(rows(table))  # nothing twice


def test_all_families_have_all_skills() -> None:
    wanted = {(family, skill) for family in TABLES.families for skill in SKILLS}
    assert set(TABLES.activities) == set(TABLES.operations) == wanted
    assert set(TABLES.releases) == {(*key, ci) for key in wanted for ci in (True, False)}
    for family in TABLES.families:
        assert len({frozenset(TABLES.activities[family, skill]) for skill in SKILLS}) == 1


def test_the_network_is_in_order_and_complete() -> None:
    before: set[str] = set()
    for activity in TABLES.network:
        assert set(activity.after) <= before
        assert activity.scopes <= set(SCOPES)
        before.add(activity.id)
    assert before == {f"A{number:02}" for number in range(1, 20)}
    assert {step for points in TABLES.activities.values() for step in points} <= before
    waited_for = {earlier for activity in TABLES.network for earlier in activity.after}
    assert before - waited_for == {"A19"}  # everything else leads to the last one
    demo = [activity.id for activity in TABLES.network if "demo" in activity.scopes]
    assert demo == ["A09", "A10", "A11"]
    left_out = [activity.id for activity in TABLES.network if "minimal" not in activity.scopes]
    assert left_out == ["A12", "A13", "A14", "A15", "A16", "A17", "A19"]


def test_every_operation_is_known() -> None:
    known = {operation.id for operation in TABLES.upkeep}
    assert known == {step for points in TABLES.operations.values() for step in points}


def test_assets_are_those_of_a_team() -> None:
    steps = {activity.id for activity in TABLES.network}
    assert {row["asset"] for row in rows("assets")} == set(ASSETS)
    assert all(row["activity"] in steps and 0 <= float(row["multiplier"]) < 1 for row in rows("assets"))
    assert all(row["families"] in {"all", "kubernetes", "cloud"} for row in rows("assets"))
    assert all(row["source"] in document("sources") for row in rows("assets"))


def test_skills_differ_by_the_published_factors() -> None:
    # COCOMO II.2000: 1.22 x 1.19 x 1.20 = 1.742 without experience (1.25 more on the high value), 0.81 x 0.85 x 0.84
    # = 0.578 for experts; the table is rounded to two decimals.
    for family in TABLES.families:
        working = TABLES.activities[family, "working"]
        for step, point in TABLES.activities[family, "none"].items():
            if point.mark == "borrowed factor" and step != "A11":
                assert point.mode == pytest.approx(1.74 * working[step].mode, abs=0.006)
                assert point.high == pytest.approx(1.74 * 1.25 * working[step].high, abs=0.006)
                assert TABLES.activities[family, "expert"][step].mode == pytest.approx(
                    0.58 * working[step].mode, abs=0.006
                )


def test_the_judgements_give_their_reasons() -> None:
    for name in ("team", "pay"):
        found = document(name)
        for fact, entry in found["behaviour"].items():
            assert all(entry[part] for part in ("label", "unit", "from")), fact
            source = found["sources"][entry["source"]]
            assert source["grade"] not in {"judgement", "derived"} or entry.get("rule") or source["url"] != "none", fact


def test_pay_and_practice_are_those_of_the_day(tmp_path: Path) -> None:
    folder = tmp_path / "effort"
    shutil.copytree(DATA / "effort", folder)
    pay = document("pay")
    place = next(name for name in pay["behaviour"] if name.startswith("hour_usd_"))
    pay["behaviour"][place]["from"] = {date(2026, 3, 1): 50.0, date(2026, 9, 1): 60.0}
    (folder / "pay.yaml").write_text(yaml.safe_dump(pay), encoding="utf-8")
    team = document("team")
    team["behaviour"]["focus_h_per_day"]["from"] = {date(2026, 3, 1): 3.0, date(2026, 9, 1): 5.0}
    (folder / "team.yaml").write_text(yaml.safe_dump(team), encoding="utf-8")
    days = {date(2026, 8, 31): (50.0, 3.0), date(2026, 9, 1): (60.0, 5.0), date(2020, 1, 1): (50.0, 3.0)}
    for day, expected in days.items():
        hour = load_pay(tmp_path, day)[place.removeprefix("hour_usd_")]
        assert (hour, load_effort(tmp_path, day).practice.focus_h_per_day) == expected


def test_priors_agree_with_one_another() -> None:
    practice = TABLES.practice
    assert practice.student_prior_cases == pytest.approx((0.30 / 0.50) ** 2)
    assert practice.student_prior_scale / (practice.student_prior_shape - 1) == pytest.approx(
        practice.hours_noise_sd**2
    )


def test_pay_is_derived_from_the_facts_beside_it() -> None:
    pay = load_pay(DATA)
    # 160,000 x 1.30 / 1,800 = 115.56; 66,432 x 1.21 / 1,600 x 1.1515 = 57.85
    # (16,400 + 21,500) / 2 x 12 x 1.205 / 1,750 / 3.7998 = 41.21; 150,000 / 1,700 = 88.24; 110,000 / 1,700 = 64.71
    assert pay == {"US": 115.56, "DE": 57.85, "PL": 41.21, "WEU": 88.24, "CEE": 64.71}
    fact = {name: entry["from"][max(entry["from"])] for name, entry in document("pay")["behaviour"].items()}
    us = fact["salary_usd_per_year_US"]["p50"] * fact["load_US"] / fact["hours_per_year_US"]
    de = fact["salary_eur_per_year_DE"]["p50"] * fact["load_DE"] / fact["hours_per_year_DE"] * fact["usd_per_eur"]
    month_pln = (fact["offer_pln_per_month_PL"] + fact["salary_pln_per_month_PL"]) / 2
    pl = month_pln * 12 * fact["load_PL"] / fact["hours_per_year_PL"] / fact["pln_per_usd"]
    ends = {place: fact[f"cost_usd_per_year_{place}"] for place in ("WEU", "CEE")}
    elsewhere = {place: (end["low"] + end["high"]) / 2 / fact[f"hours_per_year_{place}"] for place, end in ends.items()}
    assert pay == pytest.approx({"US": us, "DE": de, "PL": pl} | elsewhere, abs=0.005)


# The conversion -----------------------------------------------------------------------------------------------------

ACTIVITY = "CR,Cloud Run,A01,Scope,work,,{skill},{unit},{low},4.0,10.0,{status}"
COCOMO = "judgement base x published COCOMO II experience multiplier"


def collected(folder: Path, **changes: str) -> Path:
    """A folder as the collection leaves it, one row in each table."""
    cells = {"skill": "working", "unit": "person-hours", "low": "2.0", "status": COCOMO} | changes
    (folder / "activities.csv").write_text(
        "family,family_name,activity,label,kind,depends_on,skill,unit,low_p10,mode_p50,high_p90,status\n"
        + ACTIVITY.format(**cells)
    )
    (folder / "ops.csv").write_text(
        "family,activity,label,scope,skill,unit,low_p10,mode_p50,high_p90,status\n"
        f"CR,O4,Patching,service,none,person-hours/month,0.87,2.61,8.7,{COCOMO}\n"
    )
    (folder / "release.csv").write_text(
        "family,skill,cicd,hands_on_low_p10,hands_on_mode_p50,hands_on_high_p90,"
        "machine_wait_min_low,machine_wait_min_mode,machine_wait_min_high,status\n"
        f'CR,none,yes,0.52,1.74,6.52,1,3,10,"{RELEASE_ORIGIN}"\n'
    )
    return folder


def test_conversion_keeps_figures_and_says_where_they_come_from(tmp_path: Path) -> None:
    tables = convert(collected(tmp_path))
    point = {"low": "2", "mode": "4", "high": "10"}
    # The factor of a working engineer is one, so the hour is plain judgement.
    kept = {"family": "CR", "activity": "A01", "skill": "working", "unit": "person-hours", **point}
    assert tables["activities.csv"] == [kept | {"source": "judgement"}]
    assert tables["operations.csv"][0]["source"] == "experience_factor"
    hands_on, wait = tables["releases.csv"]
    assert (hands_on["part"], hands_on["mode"], hands_on["unit"]) == ("hands-on", "1.74", "person-hours")
    assert (wait["part"], wait["mode"], wait["unit"], wait["source"]) == ("wait", "3", "minutes", "release_wait")


def test_conversion_repeats(tmp_path: Path) -> None:
    source, first, second = (tmp_path / name for name in ("source", "first", "second"))
    for folder in (source, first, second):
        folder.mkdir()
    for target in (first, second):
        write(convert(collected(source)), target)
    for name in ("activities.csv", "operations.csv", "releases.csv"):
        assert (first / name).read_bytes() == (second / name).read_bytes()
    header = (first / "activities.csv").read_text().splitlines()[0]
    assert header == "family,activity,skill,unit,low,mode,high,source"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"unit": ""}, "unit '' is not one of"),
        ({"status": "heard it somewhere"}, "status 'heard it somewhere' is not a known origin"),
        ({"low": "5.0"}, "does not rise from low to mode to high"),
        ({"low": "-1"}, "does not rise"),
        ({"low": "nan"}, "does not rise"),
        ({"low": "two"}, "could not convert"),
    ],
)
def test_conversion_refuses_what_is_no_fact(tmp_path: Path, changes: dict[str, str], reason: str) -> None:
    with pytest.raises(RefusedError, match=r"activities\.csv, line 2: ") as refused:
        convert(collected(tmp_path, **changes))
    assert reason in str(refused.value)


def test_conversion_refuses_an_unknown_origin_of_a_release(tmp_path: Path) -> None:
    path = collected(tmp_path) / "release.csv"
    path.write_text(path.read_text().replace("vendor docs", "hearsay"))
    with pytest.raises(RefusedError, match=r"release\.csv, line 2: .*hearsay"):
        convert(tmp_path)
