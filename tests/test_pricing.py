"""Prices and price lists on a small folder of made-up facts: dates, regions, allowances, borrowing."""

from __future__ import annotations

import math
import shutil
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from pricing import FactError, PriceBook, load
from pricing.rate import BorrowedRate, CreditRate, Rate

PRICES = Path(__file__).parent / "fixtures" / "prices"
TODAY = date(2026, 6, 1)
YES, NO = np.ones((1, 1)), np.zeros((1, 1))
SERVICES = ("gcp/cloud_run", "gcp/network")
MARKET = "gcp/compute_engine"


@pytest.fixture
def book() -> PriceBook:
    return load(TODAY, data=PRICES)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return shutil.copytree(PRICES, tmp_path / "prices")


def usd(rate: Rate, quantity: float, free: np.ndarray = NO) -> float:
    return float(rate.charge(np.array([[quantity]]), free)[0, 0])


def rate(book: PriceBook, meter: str, region: str, service: str = "gcp/cloud_run") -> Rate:
    return book.price_lists([service], region)["on-demand"][meter]


# prices in time and place


@pytest.mark.parametrize(
    ("day", "price"), [(date(2024, 5, 1), 0.00002), (date(2026, 4, 29), 0.00002), (date(2026, 4, 30), 0.000024)]
)
def test_a_price_holds_until_the_next(day: date, price: float) -> None:
    assert usd(rate(load(day, data=PRICES), "request_vcpu_seconds", "us-central1"), 1e6) == pytest.approx(1e6 * price)


def test_a_price_before_its_first_day_is_unknown() -> None:
    early = rate(load(date(2024, 4, 30), data=PRICES), "request_vcpu_seconds", "us-central1")
    assert math.isnan(usd(early, 1.0))
    assert usd(early, 0.0) == 0.0


def test_everywhere_holds_where_no_region_says_otherwise(book: PriceBook) -> None:
    assert usd(rate(book, "requests", "us-west1"), 1e6) == pytest.approx(0.4)
    assert usd(rate(book, "requests", "asia-northeast1"), 1e6) == pytest.approx(0.5)


def test_an_allowance_of_units(book: PriceBook) -> None:
    assert usd(rate(book, "requests", "us-west1"), 3e6, YES) == pytest.approx(0.4)  # 1 M beyond 2 M free


def test_the_credit_is_valued_at_the_prices_of_another_region(book: PriceBook) -> None:
    warsaw = rate(book, "request_vcpu_seconds", "europe-central2")
    assert usd(warsaw, 1.6e6, YES) == pytest.approx(49.44)  # 1.6 M x 0.0000336 - 180,000 x 0.000024
    assert isinstance(warsaw, CreditRate)


def test_a_credit_in_money(book: PriceBook) -> None:
    fee = rate(book, "zonal_cluster_hours", "us-central1", "gcp/network")
    assert usd(fee, 730, YES) == 0.0  # 73.00 of 74.40
    assert usd(fee, 1460, YES) == pytest.approx(71.6)  # 146 - 74.4


def test_an_introductory_allowance_is_never_applied(book: PriceBook) -> None:
    assert usd(rate(book, "instance_gib_seconds", "us-central1"), 1000, YES) == pytest.approx(0.002)


def test_a_missing_principal_price_is_unknown(book: PriceBook) -> None:
    for region in ("us-east1", "us-west1"):  # stated to be unknown; absent
        unknown = rate(book, "request_vcpu_seconds", region)
        assert math.isnan(usd(unknown, 1.0, YES))
        assert unknown.about.sold
        assert not unknown.about.borrowed


def test_what_is_not_sold_is_told_from_what_is_unknown(book: PriceBook) -> None:
    gpu = rate(book, "l4_gpu_seconds", "europe-central2")
    assert math.isnan(usd(gpu, 1.0))
    assert not gpu.about.sold


def test_a_missing_ancillary_price_is_borrowed_as_a_range(book: PriceBook) -> None:
    egress = rate(book, "internet_egress_gib", "us-west1", "gcp/network")
    assert (egress.about.borrowed, egress.about.grade, egress.about.region) == (True, "borrowed", "us-central1")
    quantity = np.array([[2048.0]])
    # us-central1: 1024 x 0.12 + 1024 x 0.11 = 235.52; europe-central2: 2048 x 0.10 = 204.80
    assert egress.charge(quantity, NO) == pytest.approx(235.52)
    assert egress.charge_low(quantity, NO) == pytest.approx(204.8)
    assert math.fsum(tier.usd for tier in egress.tiers(2048, 0)) == pytest.approx(235.52)


def test_an_ancillary_price_is_not_borrowed_where_it_is_known_or_not_sold(book: PriceBook) -> None:
    assert not rate(book, "internet_egress_gib", "europe-central2", "gcp/network").about.borrowed
    not_sold = rate(book, "internet_egress_gib", "us-east1", "gcp/network").about
    assert (not_sold.borrowed, not_sold.sold) == (False, False)


def test_an_ancillary_price_known_nowhere_is_unknown(book: PriceBook) -> None:
    balancer = rate(book, "load_balancer_hours", "europe-central2", "gcp/network")
    assert not isinstance(balancer, BorrowedRate)
    assert math.isnan(usd(balancer, 1.0))


def test_a_price_known_in_part_is_not_borrowed(copy: Path) -> None:
    network = copy / "gcp" / "network.yaml"
    text = network.read_text()
    network.write_text(text.replace("us-west1: {2026-04-30: unknown}", "us-west1: {2026-04-30: {0: 1, 5: unknown}}"))
    egress = rate(load(TODAY, data=copy), "internet_egress_gib", "us-west1", "gcp/network")
    assert usd(egress, 5.0) == 5.0
    assert math.isnan(usd(egress, 6.0))
    assert not egress.about.borrowed


def test_a_source_that_is_missing_is_named(copy: Path) -> None:
    run, sources = copy / "gcp" / "cloud_run.yaml", copy / "gcp" / "sources.yaml"
    run.write_text(run.read_text().replace("  old_page:", "  new_page:"))
    sources.write_text(sources.read_text().replace("early:", "late:"))
    book = load(TODAY, data=copy)
    with pytest.raises(FactError, match=r"gcp/cloud_run\.yaml: idle_shutdown_s: its source 'old_page' is not among"):
        book.facts("gcp/cloud_run")
    with pytest.raises(FactError, match="gcp/compute_engine: e2-standard-4: its source 'early' is not among"):
        book.machines(MARKET, "us-central1")


def test_a_rate_says_who_says_so(book: PriceBook) -> None:
    about = rate(book, "requests", "us-central1").about
    assert (about.label, about.unit, about.role) == ("requests answered", "request", "principal")
    assert (about.source, about.url, about.date, about.grade) == (
        "Catalog",
        "https://example.org/catalog",
        "2026-04-30",
        "primary",
    )


def test_a_price_is_stale_after_half_a_year() -> None:
    # 2026-04-30 + 180 days = 2026-10-27
    assert not rate(load(date(2026, 10, 27), data=PRICES), "requests", "us-central1").about.stale
    assert rate(load(date(2026, 10, 28), data=PRICES), "requests", "us-central1").about.stale


def test_the_oldest_price_read_so_far(book: PriceBook) -> None:
    assert book.oldest == TODAY
    book.price_lists(["gcp/network"], "us-central1")
    assert book.oldest == date(2026, 4, 30)
    book.machines(MARKET, "us-central1")
    assert book.oldest == date(2025, 1, 1)


# price lists


def test_a_meter_that_no_purchase_changes_has_one_rate(book: PriceBook) -> None:
    lists = book.price_lists(SERVICES, "us-central1", purchases=("on-demand", "1y-base", "spot"))
    assert list(lists) == ["on-demand", "1y-base", "spot"]
    assert lists["on-demand"]["requests"] is lists["1y-base"]["requests"] is lists["spot"]["requests"]
    assert book.price_lists(SERVICES, "us-central1")["on-demand"]["requests"] is lists["spot"]["requests"]


def test_a_commitment_adds_its_discount_line(book: PriceBook) -> None:
    lists = book.price_lists(["gcp/cloud_run"], "us-central1", purchases=("on-demand", "1y-base"))
    assert "request_vcpu_seconds_base" not in lists["on-demand"]
    line = lists["1y-base"]["request_vcpu_seconds_base"]
    # 0.17 x (1,000,000 - 180,000) x 0.000024 = 3.3456
    assert usd(line, 1e6, YES) == pytest.approx(-3.3456)
    assert (line.about.source, line.about.unit) == ("Old page", "vCPU-second")


def test_a_meter_priced_twice_is_refused(book: PriceBook) -> None:
    with pytest.raises(FactError, match="is priced by another service of the same list too"):
        book.price_lists(["gcp/network", "gcp/network"], "us-central1")


def test_an_unknown_purchase_is_refused(book: PriceBook) -> None:
    with pytest.raises(FactError, match="there is no such purchase; did you mean 3y-base or 1y-base"):
        book.price_lists(SERVICES, "us-central1", purchases=("2y-base",))
