"""Golden cases: worked by hand in the comments of tests/cases/*.yaml, with a source, and run here one by one.

A case names a workload and a variant, and what is expected of it: usage by meter, money by meter, the month's total,
the status, replicas at the peak. Figures are given to the digits that the arithmetic in the comment gives.
"""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path
from typing import Any

import pytest
import yaml

from advisor.answer import explain_one
from advisor.documents import explanation_document
from advisor.evaluation import Wanted
from advisor.platforms import PLATFORMS, chosen
from advisor.workload import workload_from
from pricing import PriceBook, load
from pricing.purchases import LABELS

AS_OF = dt.date(2026, 11, 24)
CASES = Path(__file__).parent / "cases"
KNOWN = {"case", "source", "workload", "option", "mode", "machine", "purchase", "expect"}
EXPECTED = {"usage", "lines", "monthly_usd", "low_usd", "high_usd", "alone_usd", "marginal_usd", "status", "replicas",
            "machines", "why_not", "unknown", "duration_s"}  # fmt: skip
METERS = {meter for service in load(AS_OF).services() for meter in load(AS_OF).meters(service)} | set(LABELS)
TOLERANCE = 1e-6  # relative; the arithmetic in the comments is carried to at least seven digits


def all_cases() -> list[Any]:
    cases = []
    for path in sorted(CASES.glob("*.yaml")):
        for case in yaml.safe_load(path.read_text(encoding="utf-8")):
            assert set(case) <= KNOWN, f"{path.name}: {set(case) - KNOWN}"
            assert case["expect"], f"{path.name}: a case that expects nothing"
            assert set(case["expect"]) <= EXPECTED, f"{path.name}: {set(case['expect']) - EXPECTED}"
            cases.append(pytest.param(case, id=f"{path.stem}: {case['case']}"))
    return cases


@pytest.fixture(scope="module")
def book() -> PriceBook:
    return load(AS_OF)


@pytest.mark.parametrize("case", all_cases())
def test_case(case: dict[str, Any], book: PriceBook) -> None:
    workload = workload_from({"name": case["case"], **case["workload"]}, "case")
    (platform,) = chosen([case["option"]])
    wanted = Wanted(case.get("mode"), case.get("machine"), case.get("purchase", "on-demand"))
    document = explanation_document(explain_one(workload, platform, book, wanted))
    found = found_in(document)
    for key, expected in case["expect"].items():
        check(key, expected, found[key])


def found_in(document: dict[str, Any]) -> dict[str, Any]:
    peak = document["levels"][-1]
    return {
        "usage": {line["meter"]: line["quantity"] for line in document["lines"]},
        "lines": {line["meter"]: line["usd"] for line in document["lines"]},
        "monthly_usd": document["monthly_usd"],
        "low_usd": document["monthly_usd_low"],
        "high_usd": document["monthly_usd_high"],
        "alone_usd": document["monthly_usd_alone"],
        "marginal_usd": document["monthly_usd_marginal"],
        "status": document["status"],
        "replicas": peak["replicas"],
        "machines": peak["machines"],
        "duration_s": peak["duration_s"],
        "why_not": document["why_not"],
        "unknown": document["unknown"],
    }


def check(key: str, expected: Any, found: Any) -> None:
    if isinstance(expected, dict):
        for meter, value in expected.items():
            assert meter.removesuffix("_base") in METERS, f"{key}: there is no meter {meter}"
            check(f"{key}.{meter}", value, found.get(meter, 0.0))
    elif expected == []:
        assert found == [], key
    elif isinstance(expected, list):
        for words in expected:
            assert any(words in sentence for sentence in found), f"{key}: {words!r} not in {found}"
    elif isinstance(expected, str) or expected is None:
        assert found == expected, key
    else:
        assert found is not None, f"{key} is null"
        assert math.isclose(found, expected, rel_tol=TOLERANCE, abs_tol=1e-9), (
            f"{key}: expected {expected}, found {found}"
        )


@pytest.mark.parametrize("option", [platform.id for platform in PLATFORMS])
def test_every_option_has_cases_with_a_source(option: str) -> None:
    mine = [case for (case,) in (each.values for each in all_cases()) if case["option"] == option]
    assert len(mine) >= 3
    assert all(case["source"].strip() for case in mine)
