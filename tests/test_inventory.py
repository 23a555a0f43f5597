"""What the book says it holds, counted by hand on the small folder of made-up facts."""

from __future__ import annotations

import math
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from advisor.price_documents import holdings_document, service_document
from advisor.price_words import allowance_words, discount_words, figure, price_words, value_words, vouched_words
from pricing import PriceBook, load
from pricing.folder import Folder
from pricing.inventory import aged, holdings, newest_day, other_files, services
from pricing.sheet import all_machines, machine_regions, meters

PRICES = Path(__file__).parent / "fixtures" / "prices"
TODAY = date(2026, 6, 1)
MARKET = "gcp/compute_engine"


@pytest.fixture
def book() -> PriceBook:
    return load(TODAY, data=PRICES)


def held(book: PriceBook, service: str) -> tuple[int, int, int, int]:
    (each,) = [each for each in holdings(book) if each.service == service]
    return len(each.prices), each.unknown, len(each.facts), each.stale


def test_figures_are_counted_once_per_region(book: PriceBook) -> None:
    # requests 2, vCPU 2 and one unknown, GiB 1 at an old source, L4 1 and one not sold; 7 facts, one at the old source
    assert held(book, "gcp/cloud_run") == (6, 1, 7, 2)


def test_machine_prices_are_counted_once_per_purchase_as_in_force(book: PriceBook) -> None:
    # 12 rows: one superseded, one not sold, one unknown; e2-standard-4 rests on a table of 2025
    assert held(book, MARKET) == (9, 1, 1, 1)


def test_days_and_grades(book: PriceBook) -> None:
    (run,) = [each for each in holdings(book) if each.service == "gcp/cloud_run"]
    assert (run.oldest, run.newest) == (date(2024, 1, 1), date(2026, 6, 1))
    assert run.grades == {"primary": 10, "secondary": 2, "judgement": 1}
    assert list(run.grades) == ["primary", "secondary", "judgement"]


def test_a_service_without_figures_has_no_days(tmp_path: Path) -> None:
    data = shutil.copytree(PRICES, tmp_path / "prices")
    (data / "gcp" / "empty.yaml").write_text("title: Empty\nlimits:\nprices: {}\n")
    (empty,) = [each for each in holdings(load(TODAY, data=data)) if each.service == "gcp/empty"]
    assert (empty.figures, empty.oldest, empty.newest, empty.grades) == ((), None, None, {})


def test_half_a_year_is_fresh_and_a_day_more_is_not() -> None:
    assert not aged(TODAY, TODAY + timedelta(days=180))
    assert aged(TODAY, TODAY + timedelta(days=181))
    assert not aged(None, TODAY)  # the user's own


def test_the_newest_day_is_that_of_the_last_reading() -> None:
    assert newest_day(Folder(PRICES)) == date(2026, 6, 1)


def test_other_files_hold_no_figures_of_a_service(book: PriceBook) -> None:
    assert other_files(book) == ("common/places.yaml", "common/profiles.yaml")
    assert services(book) == ("aws/eks", "gcp/cloud_run", MARKET, "gcp/network")


def test_regions_with_the_same_price_stand_together(book: PriceBook) -> None:
    sheets = {sheet.meter: sheet for sheet in meters(book, "gcp/network")}
    listed = sheets["internet_egress_gib"].prices
    assert [price.regions for price in listed] == [("us-central1",), ("europe-central2",), ("us-east1",), ("us-west1",)]
    assert [(price.scale.known, price.sold) for price in listed[2:]] == [(False, False), (False, True)]


def test_everywhere_stands_for_a_region_that_has_no_price_of_its_own(book: PriceBook) -> None:
    asked = {region: meters(book, "gcp/cloud_run", region)[0].prices for region in ("us-east1", "asia-northeast1")}
    assert [price.regions for price in asked["us-east1"]] == [("everywhere",)]
    assert asked["asia-northeast1"][0].scale.slopes == (0.0000005,)
    assert meters(book, "gcp/network", "asia-northeast1")[0].prices == ()


def test_machines_of_a_region_are_those_that_some_row_lists(book: PriceBook) -> None:
    assert machine_regions(book, MARKET) == ("europe-central2", "us-central1")
    assert machine_regions(book, "gcp/network") == ()
    assert all_machines(book, MARKET, "europe-central2").names == ("e2-standard-2",)
    assert "n2-standard-8" not in all_machines(book, MARKET, "us-central1").names


def test_the_document_of_a_service_names_sources_and_ages(book: PriceBook) -> None:
    document = service_document(book, "gcp/cloud_run", None)
    requests = document["meters"][0]
    assert requests["meter"] == "requests"
    assert requests["allowance"]["quantity"] == 2_000_000
    assert requests["prices"][0] == {
        "regions": ["everywhere"],
        "status": "known",
        "tiers": [{"from": 0.0, "usd_per_unit": 0.0000004}],
        "source": "Catalog",
        "url": "https://example.org/catalog",
        "date": "2026-04-30",
        "grade": "primary",
        "rule": "",
        "age_days": 32,  # one day of April, 31 of May
        "stale": False,
    }
    idle = next(fact for fact in document["facts"] if fact["fact"] == "idle_shutdown_s")
    assert (idle["value"], idle["age_days"], idle["stale"]) == (900.0, 882, True)  # 366 + 365 + 151 days
    assert document["machines"] == document["markets"] == []


def test_the_document_of_a_region_lists_its_machines(book: PriceBook) -> None:
    everywhere = service_document(book, MARKET, None)
    assert everywhere["machines"] == []
    assert [(each["region"], each["machines"]) for each in everywhere["markets"]] == [
        ("europe-central2", 1),
        ("us-central1", 6),
    ]
    document = service_document(book, MARKET, "us-central1")
    machine = next(each for each in document["machines"] if each["machine"] == "e2-standard-4")
    prices = {purchase: (quote["usd_per_hour"], quote["status"]) for purchase, quote in machine["prices"].items()}
    assert prices == {"on-demand": (0.14, "known"), "1y": (None, "not sold"), "spot": (None, "unknown")}


def test_holdings_add_up(book: PriceBook) -> None:
    document = holdings_document(book)
    figures = sum(each["prices"] + each["facts"] for each in document["services"])
    assert sum(document["grades"].values()) == figures == 1 + 13 + 10 + 3


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0000004, "0.0000004"),
        (2e-05, "0.00002"),
        (10_240.0, "10,240"),
        (0.0, "0"),
        (1.5, "1.5"),
        (1e15, "1,000,000,000,000,000"),
    ],
)
def test_figures_are_written_in_full(number: float, text: str) -> None:
    assert figure(number) == text


def test_words_of_prices() -> None:
    tiers = [{"from": 0.0, "usd_per_unit": 0.12}, {"from": 1024.0, "usd_per_unit": None}]
    assert price_words({"status": "unknown", "tiers": tiers}) == "0.12; unknown from 1,024"
    assert price_words({"status": "not sold", "tiers": []}) == "not sold"


@pytest.mark.parametrize(
    ("allowance", "text"),
    [
        ({"quantity": 50, "scope": "project"}, "free each month per project: the first 50"),
        ({"usd": 74.4, "scope": "billing account"}, "free each month per billing account: 74.40 USD"),
        (
            {"quantity": 180000, "valued_in": "us-central1", "scope": "account"},
            "free each month per account: the first 180,000, as money at the prices of us-central1",
        ),
        (
            {"quantity": 10, "months": 2, "scope": "account"},
            "free each month per account: the first 10, in the first 2 months only: never applied",
        ),
    ],
)
def test_words_of_allowances(allowance: dict[str, object], text: str) -> None:
    assert list(allowance_words(allowance)) == [text]


def test_words_of_values_and_sources() -> None:
    assert value_words({1.0: (0.5, 4.0), "n1": "yes"}) == "{1: [0.5, 4], n1: yes}"
    entry = {"source": "Catalog", "date": "2026-04-30", "grade": "primary", "rule": "", "age_days": 1208, "stale": True}
    assert vouched_words(entry) == "Catalog, 2026-04-30, primary, 1,208 days old, stale"
    own = {**entry, "source": "", "grade": "judgement", "rule": "a guess", "age_days": None, "stale": False}
    assert vouched_words(own) == "our own, 2026-04-30, judgement: a guess"
    later = {**entry, "age_days": -1, "stale": False}
    assert vouched_words(later) == "Catalog, 2026-04-30, primary, vouched for only later"


def test_allowances_and_discounts_say_who_grants_them(book: PriceBook) -> None:
    vcpu = service_document(book, "gcp/cloud_run", None)["meters"][1]
    assert list(allowance_words(vcpu["allowance"])) == [
        "free each month per billing account: the first 180,000, as money at the prices of us-central1",
        "Free tier, read 2026-06-01, quoted, 0 days old",
    ]
    assert list(discount_words(vcpu["discounts"])) == [
        "1y-base: 17% off, as request_vcpu_seconds_base",
        "Old page, 2024-01-01, secondary, 882 days old, stale",
    ]


def test_unknown_prices_are_not_numbers(book: PriceBook) -> None:
    quotes = all_machines(book, MARKET, "us-central1").quotes["spot"]
    assert any(math.isnan(quote.usd_per_hour) for quote in quotes)
