"""The price book on a small folder of made-up facts: facts, places, profiles, fingerprint."""

from __future__ import annotations

import math
import pickle
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from pricing import FactError, PriceBook, load
from pricing.fact import MissingFactError

PRICES = Path(__file__).parent / "fixtures" / "prices"
TODAY = date(2026, 6, 1)
MARKET = "gcp/compute_engine"


@pytest.fixture
def book() -> PriceBook:
    return load(TODAY, data=PRICES)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return shutil.copytree(PRICES, tmp_path / "prices")


# facts


def test_a_fact_is_a_number_a_table_a_list_or_a_text(book: PriceBook) -> None:
    facts = book.facts("gcp/cloud_run")
    assert facts["memory_gib_max"] == 32.0
    assert facts["vcpu_sizes"] == (1.0, 2.0, 4.0)
    assert facts["memory_gib_by_vcpu"] == {1.0: (0.5, 4.0), 2.0: (0.5, 8.0)}
    assert facts["uploads"] == "unknown"


def test_a_fact_names_its_source(book: PriceBook) -> None:
    fact = book.facts("gcp/cloud_run").fact("target_utilisation")
    assert (fact.value, fact.unit, fact.source, fact.date) == (0.6, "share", "Our assumption", "read 2026-06-01")
    assert (fact.grade, fact.rule) == ("judgement", "chosen for tests")


def test_a_value_may_have_a_source_of_its_own(book: PriceBook) -> None:
    fact = book.facts("gcp/cloud_run").fact("idle_shutdown_s")
    assert (fact.value, fact.source, fact.grade, fact.date) == (900.0, "Old page", "secondary", "2024-01-01")


@pytest.mark.parametrize(
    ("day", "value"), [(date(2023, 1, 1), 16.0), (date(2025, 12, 31), 16.0), (date(2026, 1, 1), 32.0)]
)
def test_a_fact_is_as_of_the_date_or_the_earliest_known(day: date, value: float) -> None:
    assert load(day, data=PRICES).facts("gcp/cloud_run")["memory_gib_max"] == value


def test_facts_of_two_services_merge_and_are_watched_together(book: PriceBook) -> None:
    facts = (book.facts("gcp/cloud_run") | book.facts(MARKET)).watched()
    assert facts["spot_interruption_allowance"] == 0.05
    assert facts["memory_gib_max"] == facts["memory_gib_max"] == 32.0
    assert [fact.name for fact in facts.read] == ["spot_interruption_allowance", "memory_gib_max"]
    assert book.facts("gcp/cloud_run").read == ()
    assert [fact.name for fact in (facts | book.facts("gcp/network")).read] == [
        "spot_interruption_allowance",
        "memory_gib_max",
    ]


def test_facts_are_a_mapping(book: PriceBook) -> None:
    facts = book.facts("gcp/cloud_run").watched()
    assert len(facts) == len(list(facts)) == 7
    assert "vcpu_sizes" in facts
    assert "nothing" not in facts
    assert facts.get("nothing") is None
    assert facts.read == ()


def test_numbers_and_scales_of_facts(book: PriceBook) -> None:
    facts = book.facts("gcp/cloud_run")
    assert facts.number("memory_gib_max") == 32.0
    assert math.isnan(facts.number("uploads"))
    with pytest.raises(FactError, match=r"gcp/cloud_run.yaml: vcpu_sizes: is \(1.0, 2.0, 4.0\), not a number"):
        facts.number("vcpu_sizes")
    assert facts.scale("cpu_reserve_millicores")(np.array([[4.0]])) == 80.0  # 60 + 10 + 2 x 5


def test_a_missing_fact_suggests_the_nearest(book: PriceBook) -> None:
    with pytest.raises(
        MissingFactError, match=r"^gcp/cloud_run.yaml: memory_max: no such fact; did you mean memory_gib_max"
    ):
        book.facts("gcp/cloud_run")["memory_max"]
    with pytest.raises(
        FactError, match=r"gcp/cloud_rum.yaml: there is no such file of facts; did you mean gcp/cloud_run"
    ):
        book.facts("gcp/cloud_rum")
    with pytest.raises(FactError, match="no such folder"):
        load(TODAY, data=PRICES / "nowhere")


def test_a_fact_without_a_source_is_our_judgement(copy: Path) -> None:
    run = copy / "gcp" / "cloud_run.yaml"
    run.write_text(run.read_text().replace("unit: share, source: ours", "unit: share, grade: judgement, rule: a guess"))
    fact = load(TODAY, data=copy).facts("gcp/cloud_run").fact("target_utilisation")
    assert (fact.source, fact.grade, fact.rule, fact.date) == ("judgement", "judgement", "a guess", "2026-01-01")


def test_an_error_travels_between_processes(book: PriceBook) -> None:
    with pytest.raises(MissingFactError) as missing:
        book.facts("gcp/cloud_run")["memory_max"]
    again = pickle.loads(pickle.dumps(missing.value))  # noqa: S301
    assert (type(again), str(again)) == (MissingFactError, str(missing.value))


# places and profiles


def test_a_place_has_a_region_per_vendor(book: PriceBook) -> None:
    assert book.geographies() == ("us-central", "poland")
    place = book.place("poland")
    assert (place.area, place.regions["gcp"], place.regions["aws"]) == ("PL", "europe-central2", "eu-central-1")
    with pytest.raises(FactError, match="there is no such geography; did you mean poland"):
        book.place("polan")


def test_a_region_lies_in_its_area_and_in_those_around(book: PriceBook) -> None:
    assert book.area("gcp", "europe-central2") == "PL"
    assert book.inside("gcp", "europe-central2", "PL")
    assert book.inside("gcp", "europe-central2", "EU")
    assert not book.inside("aws", "eu-central-1", "PL")
    with pytest.raises(FactError, match="holds no facts about this region of gcp; did you mean us-central1"):
        book.area("gcp", "us-central")
    with pytest.raises(FactError, match="there is no such vendor; did you mean gcp"):
        book.area("gpc", "us-central1")


def test_a_profile_is_a_week_with_mean_one(book: PriceBook) -> None:
    profiles = book.profiles()
    assert profiles["steady"] == (1.0,) * 168
    assert profiles["half"] == ((0.0,) * 12 + (2.0,) * 12) * 7


# fingerprint and speed


def test_the_fingerprint_is_of_the_facts_alone(book: PriceBook, copy: Path) -> None:
    same = load(date(2020, 1, 1), data=copy).fingerprint
    assert same == book.fingerprint
    assert len(same) == 16
    network = copy / "gcp" / "network.yaml"
    network.write_bytes(network.read_bytes().replace(b"\n", b"\r\n"))
    assert load(TODAY, data=copy).fingerprint == same
    network.write_text(network.read_text().replace("0.12", "0.13"))
    assert load(TODAY, data=copy).fingerprint != same


def test_a_renamed_file_changes_the_fingerprint(book: PriceBook, copy: Path) -> None:
    (copy / "gcp" / "network.yaml").rename(copy / "gcp" / "networks.yaml")
    assert load(TODAY, data=copy).fingerprint != book.fingerprint


def test_loading_needs_no_models() -> None:
    code = "import sys, pricing; sys.exit('pydantic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
