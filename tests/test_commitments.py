"""Commitments without a price are said, whatever the option."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from advisor.answer import explain_one
from advisor.evaluation import Wanted
from advisor.explanation import Explanation
from advisor.platforms.cloud_run import CLOUD_RUN
from advisor.platforms.gke import GKE
from advisor.platforms.on_prem import ON_PREM
from advisor.platforms.platform import Platform
from advisor.platforms.vertex_ai import VERTEX_AI
from advisor.workload import workload_from
from pricing import PriceBook, load

BOOK = load(dt.date(2026, 11, 24))


def explained(platform: Platform, book: PriceBook = BOOK, **fields: object) -> Explanation:
    basis = {"name": "service", "requests_per_month": 1e6, "duration_s": 0.1, "vcpu": 1, "memory_gib": 2}
    (explanation,) = explain_one(workload_from({**basis, **fields}, "test"), platform, book, Wanted()).options
    return explanation


def missing(explanation: Explanation) -> list[str]:
    return [sentence for sentence in explanation.assumptions if "price is known" in sentence]


def test_a_commitment_without_a_price_is_said() -> None:
    committed = explained(VERTEX_AI, commitment_years=3, horizon_months=36)
    assert missing(committed) == [
        "no 1-year price is known for Vertex AI endpoint: it is compared without that commitment",
        "no 3-year price is known for Vertex AI endpoint: it is compared without that commitment",
    ]
    assert committed.variant.purchase == "on-demand"


def test_only_commitments_that_would_be_signed_are_spoken_of() -> None:
    assert missing(explained(VERTEX_AI)) == []
    assert missing(explained(VERTEX_AI, commitment_years=1, horizon_months=6)) == []  # longer than the service runs
    assert len(missing(explained(VERTEX_AI, commitment_years=3, horizon_months=12))) == 1


@pytest.mark.parametrize("platform", [GKE, CLOUD_RUN], ids=lambda platform: platform.id)
def test_a_commitment_with_a_price_needs_no_word(platform: Platform) -> None:
    assert missing(explained(platform, commitment_years=3, horizon_months=36)) == []


def test_nobody_commits_to_servers_of_ones_own() -> None:
    assert missing(explained(ON_PREM, commitment_years=3, horizon_months=36)) == []


def test_a_discount_on_meters_that_the_option_does_not_use_is_no_price_of_it() -> None:
    # The gateway is a Cloud Run service, whose list has discounts; on endpoints they take off nothing.
    assert len(missing(explained(VERTEX_AI, exposure="public", commitment_years=1))) == 1


def test_a_price_of_the_users_own_is_a_price(tmp_path: Path) -> None:
    # 730 h at 0.05 instead of 0.0770564.
    overlay = tmp_path / "ours.yaml"
    price = "market: gcp/vertex_ai, machine: e2-standard-2, region: us-central1, purchase: 1y, usd_per_hour: 0.05"
    overlay.write_text(f"name: ours\nsource: contract\nprices: [{{{price}}}]\n", encoding="utf-8")
    ours = explained(VERTEX_AI, load(dt.date(2026, 11, 24), overlay), commitment_years=1)
    assert missing(ours) == []
    assert (ours.variant.machine, ours.variant.purchase[:3]) == ("e2-standard-2", "1y-")
    assert ours.monthly_usd == pytest.approx(730 * 0.05 + 0.05)
