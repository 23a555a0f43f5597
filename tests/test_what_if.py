"""What another skill, an asset or a person more changes: the figures of the workload that has it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from advisor.answer import Answer, compare_one
from advisor.platforms import PLATFORMS, chosen
from advisor.what_if import what_if
from advisor.workload import Workload, read_workload
from pricing import load

BOOK = load(dt.date(2026, 11, 24))
CHURN = read_workload(Path(__file__).parents[1] / "examples" / "churn.yaml")


def answer_to(workload: Workload) -> Answer:
    return compare_one(workload, PLATFORMS, BOOK)


@pytest.mark.parametrize("option", ["cloud-run", "gke", "on-prem"])
def test_every_case_is_the_answer_to_the_workload_that_has_it(option: str) -> None:
    now, *cases = what_if(answer_to(CHURN), chosen([option])[0])
    assert (now.field, now.tco_usd) == ("", answer_to(CHURN).tco_usd(option))
    assert len(cases) >= 5
    for case in cases:
        other = answer_to(CHURN.model_copy(update={case.field: case.value}))
        assert case.plan == other.plan(option)
        assert case.tco_usd == other.tco_usd(option)


def test_only_the_skill_that_counts_is_varied() -> None:
    fields = {
        option: {case.field for case in what_if(answer_to(CHURN), chosen([option])[0])}
        for option in ("cloud-run", "gke")
    }
    assert "skill_managed" in fields["cloud-run"]
    assert "skill_kubernetes" not in fields["cloud-run"]
    assert "skill_kubernetes" in fields["gke"]
    assert "skill_managed" not in fields["gke"]


def test_what_is_owned_or_cannot_grow_is_not_offered() -> None:
    rich = CHURN.model_copy(update={"has_ci": True, "engineers": 100})
    fields = {case.field for case in what_if(answer_to(rich), chosen(["gke"])[0])}
    assert "has_iac" in fields
    assert not fields & {"has_ci", "engineers"}


def test_what_changes_nothing_is_left_out() -> None:
    # No GPU, no quota to wait for; and a cluster of one's own does not help a service without one.
    fields = {case.field for case in what_if(answer_to(CHURN), chosen(["cloud-run"])[0])}
    assert not fields & {"has_gpu_quota", "has_cluster"}


def test_another_person_works_as_many_hours_in_fewer_days() -> None:
    now, *cases = what_if(answer_to(CHURN), chosen(["gke"])[0])
    (two,) = (case for case in cases if case.field == "engineers")
    assert two.value == 2
    assert two.plan.setup_hours == now.plan.setup_hours
    assert two.plan.days_to_production.p50 < now.plan.days_to_production.p50


def test_an_option_that_cannot_be_has_people_and_no_total() -> None:
    now, *_ = what_if(answer_to(CHURN), chosen(["sagemaker-async"])[0])
    assert now.tco_usd is None
    assert now.plan.setup_hours.p50 > 0
