"""The user's own prices: which entry wins, and everything that is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from pricing import OverlayError, PriceBook, load
from pricing.rate import Rate

PRICES = Path(__file__).parent / "fixtures" / "prices"
TODAY = date(2026, 6, 1)
MARKET = "gcp/compute_engine"
HEAD = "name: agreement\nsource: contract of 2026-03-01\n"


def overlaid(tmp_path: Path, text: str) -> PriceBook:
    path = tmp_path / "overlay.yaml"
    path.write_text(HEAD + text)
    return load(TODAY, path, PRICES)


def rate(book: PriceBook, service: str, meter: str, region: str) -> Rate:
    return book.price_lists([service], region)["on-demand"][meter]


def usd(rate: Rate, quantity: float, free: float = 0.0) -> float:
    return float(rate.charge(np.array([[quantity]]), np.array([[free]]))[0, 0])


DISCOUNTS = """
discounts:
  - {percent: 1}
  - {percent: 10, vendor: gcp}
  - {percent: 15, vendor: gcp, region: us-central1}
  - {percent: 20, service: gcp/network}
  - {percent: 25, service: gcp/network, region: us-central1}
  - {percent: 30, service: gcp/network, meter: internet_egress_gib}
  - {percent: -50, service: gcp/network, meter: zonal_cluster_hours, region: us-central1}
"""


@pytest.mark.parametrize(
    ("service", "meter", "region", "quantity", "expected"),
    [
        ("aws/eks", "eks_cluster_hours", "us-east-1", 10, 10 * 0.2 * 0.99),
        ("gcp/cloud_run", "requests", "us-west1", 1e6, 0.4 * 0.9),
        ("gcp/cloud_run", "requests", "us-central1", 1e6, 0.4 * 0.85),
        ("gcp/network", "zonal_cluster_hours", "us-west1", 10, 1.0 * 0.8),
        ("gcp/network", "internet_egress_gib", "us-central1", 100, 12.0 * 0.7),  # a meter before a region
        ("gcp/network", "zonal_cluster_hours", "us-central1", 10, 1.0 * 1.5),  # a mark-up
    ],
)
def test_the_most_specific_discount_wins(
    tmp_path: Path, service: str, meter: str, region: str, quantity: float, expected: float
) -> None:
    book = overlaid(tmp_path, DISCOUNTS)
    assert usd(rate(book, service, meter, region), quantity) == pytest.approx(expected)


def test_discounts_reach_machines_and_borrowed_prices(tmp_path: Path) -> None:
    book = overlaid(tmp_path, DISCOUNTS)
    machines = book.machines(MARKET, "us-central1")
    assert machines.usd_per_hour["on-demand"] == pytest.approx([0.07 * 0.85, 0.14 * 0.85])
    assert np.isnan(machines.usd_per_hour["3y"]).all()
    egress = rate(book, "gcp/network", "internet_egress_gib", "us-west1")
    assert egress.about.borrowed
    assert usd(egress, 1024) == pytest.approx(122.88 * 0.7)


def test_a_credit_is_valued_at_what_the_account_pays(tmp_path: Path) -> None:
    book = overlaid(tmp_path, "discounts: [{percent: 50, service: gcp/cloud_run}]")
    # all prices halved, the credit with them: half of 49.44
    assert usd(rate(book, "gcp/cloud_run", "request_vcpu_seconds", "europe-central2"), 1.6e6, 1.0) == pytest.approx(
        24.72
    )
    own = "prices: [{service: gcp/cloud_run, meter: request_vcpu_seconds, region: us-central1, usd: 0.00001}]"
    # 1.6 M x 0.0000336 - 180,000 x 0.00001 = 53.76 - 1.80
    warsaw = rate(overlaid(tmp_path, own), "gcp/cloud_run", "request_vcpu_seconds", "europe-central2")
    assert usd(warsaw, 1.6e6, 1.0) == pytest.approx(51.96)


PRICED = """
discounts: [{percent: 50}]
prices:
  - {service: gcp/network, meter: internet_egress_gib, usd: 0.05}
  - {service: gcp/network, meter: internet_egress_gib, region: us-east1, usd: 0.03}
  - {service: gcp/cloud_run, meter: request_vcpu_seconds, region: us-east1, usd: 0.00002}
  - {market: gcp/compute_engine, machine: e2-standard-2, region: us-central1, purchase: on-demand, usd_per_hour: 0.11}
  - {market: gcp/compute_engine, machine: n2-standard-8, region: us-central1, purchase: on-demand, usd_per_hour: 0}
  - {market: gcp/compute_engine, machine: e2-standard-2, purchase: 3y, usd_per_hour: 0.04}
"""


def test_an_own_price_stands_for_the_list_and_takes_no_discount(tmp_path: Path) -> None:
    book = overlaid(tmp_path, PRICED)
    assert usd(rate(book, "gcp/network", "internet_egress_gib", "us-central1"), 2000) == pytest.approx(100.0)
    assert usd(rate(book, "gcp/network", "internet_egress_gib", "us-east1"), 2000) == pytest.approx(60.0)
    about = rate(book, "gcp/cloud_run", "request_vcpu_seconds", "us-east1").about
    assert (about.source, about.date, about.grade, about.stale) == (
        "agreement",
        "contract of 2026-03-01",
        "yours",
        False,
    )


def test_an_own_price_keeps_the_allowance(tmp_path: Path) -> None:
    book = overlaid(tmp_path, "prices: [{service: gcp/cloud_run, meter: requests, usd: 0.000001}]")
    assert usd(rate(book, "gcp/cloud_run", "requests", "us-central1"), 3e6, 1.0) == pytest.approx(1.0)


def test_an_own_price_of_a_machine_makes_it_sold(tmp_path: Path) -> None:
    machines = overlaid(tmp_path, PRICED).machines(MARKET, "us-central1")
    assert machines.names == ("e2-standard-2", "e2-standard-4", "n2-standard-8")
    assert machines.usd_per_hour["on-demand"] == pytest.approx([0.11, 0.07, 0.0])
    assert machines.usd_per_hour["3y"][0] == 0.04
    quote = machines.quotes["on-demand"][0]
    assert (quote.source, quote.grade, quote.sold) == ("agreement", "yours", True)
    assert machines.quotes["on-demand"][1].grade == "yours"  # discounted


def test_a_discounted_price_keeps_its_day(tmp_path: Path) -> None:
    about = rate(overlaid(tmp_path, DISCOUNTS), "gcp/cloud_run", "requests", "us-west1").about
    assert (about.source, about.grade, about.date) == ("agreement", "yours", "2026-04-30")


def test_own_facts(tmp_path: Path) -> None:
    text = """
facts:
  - {service: gcp/cloud_run, fact: idle_shutdown_s, value: 600}
  - {service: gcp/cloud_run, fact: uploads, value: "yes"}
"""
    facts = overlaid(tmp_path, text).facts("gcp/cloud_run")
    assert (facts["idle_shutdown_s"], facts["uploads"], facts["memory_gib_max"]) == (600.0, "yes", 32.0)
    fact = facts.fact("idle_shutdown_s")
    assert (fact.source, fact.date, fact.grade, fact.unit) == ("agreement", "contract of 2026-03-01", "yours", "s")


def test_the_overlay_changes_the_fingerprint(tmp_path: Path) -> None:
    listed = load(TODAY, data=PRICES).fingerprint
    one = overlaid(tmp_path, "discounts: [{percent: 5}]").fingerprint
    assert overlaid(tmp_path, "discounts: [{percent: 5}]").fingerprint == one
    assert len({listed, one, overlaid(tmp_path, "discounts: [{percent: 6}]").fingerprint}) == 3


PRICE = "prices: [{{service: gcp/cloud_run, meter: requests, region: us-central1, usd: {}}}]"
MACHINE = "prices: [{{market: gcp/compute_engine, machine: {}, purchase: {}, usd_per_hour: 1}}]"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("discounts: [{percent: 12, vendor: gpc}]", "discounts, entry 1: vendor: 'gpc' is not known; did you mean gcp"),
        (
            "discounts: [{percent: 1, service: gcp/cloudrun}]",
            "service: 'gcp/cloudrun' is not known; did you mean gcp/cloud_run",
        ),
        (
            "discounts: [{percent: 1, vendor: gcp, region: us-centra1}]",
            "region: 'us-centra1' is not known; did you mean us-central1",
        ),
        ("discounts: [{percent: 1, vendor: aws, region: us-central1}]", "region: 'us-central1' is not known"),
        ("discounts: [{percent: 1, service: gcp/network, meter: egress_gib}]", "did you mean internet_egress_gib"),
        ("discounts: [{percent: 1, vendor: aws, service: gcp/network}]", "vendor: aws does not sell gcp/network"),
        ("discounts: [{percent: 1, meter: requests}]", "meter: needs the service it belongs to"),
        ("discounts: [{percent: 100}]", "percent: 100 is out of bounds; allowed is a number below 100"),
        ("discounts: [{percent: .inf}]", "percent: inf is not a finite number"),
        ("discounts: [{percent: -.inf}]", "percent: -inf is not a finite number"),
        ("discounts: [{percent: '12'}]", "percent: '12' is not a finite number"),
        ("discounts: [{percent: 12 %}]", "percent: '12 %' is not a finite number"),
        ("discounts: [{vendor: gcp}]", "percent: None is not a finite number"),
        ("discounts: [{percent: 1}, {percent: 2}]", "discounts, entry 2: says again what an earlier entry says"),
        ("discounts: [{percent: 1, vendr: gcp}]", "discounts, entry 1: 'vendr' is no key here; did you mean vendor"),
        ("discounts: {percent: 1}", "discounts: must be a list of entries"),
        ("discounts: [12]", "discounts, entry 1: must be a mapping"),
        ("discounts: [{percent: 1, 5: x}]", "5 is no key here"),
        (PRICE.format(-1), "prices, entry 1: usd: -1 is out of bounds; allowed is a number of at least 0"),
        (PRICE.format(".nan"), "usd: nan is not a finite number"),
        (PRICE.format("yes"), "usd: True is not a finite number"),
        (PRICE.format("cheap"), "usd: 'cheap' is not a finite number"),
        ("prices: [{service: gcp/cloud_run, meter: request, usd: 1}]", "'request' is not known; did you mean requests"),
        ("prices: [{service: common/places, meter: requests, usd: 1}]", "meter: 'requests' is not known"),
        ("prices: [{meter: requests, usd: 1}]", "service: is needed"),
        (MACHINE.format("e2-standard-3", "1y"), "machine: 'e2-standard-3' is not known; did you mean e2-standard-"),
        (MACHINE.format("e2-standard-2", "2y"), "purchase: '2y' is not known; did you mean 1y or 3y"),
        ("prices: [{market: gcp/vms, machine: a, purchase: 1y, usd_per_hour: 1}]", "market: 'gcp/vms' is not known"),
        ("prices: [{market: gcp/compute_engine, machine: e2-standard-2, usd_per_hour: 1}]", "purchase: is needed"),
        ("facts: [{service: gcp/cloud_run, fact: idle_shutdown, value: 1}]", "did you mean idle_shutdown_s"),
        (
            "facts: [{service: gcp/cloud_run, fact: idle_shutdown_s, value: soon}]",
            "value: 'soon' is not a finite number",
        ),
        ("facts: [{service: gcp/cloud_run, fact: idle_shutdown_s, value: -1}]", "value: -1 is out of bounds"),
        ("facts: [{service: gcp/cloud_run, fact: vcpu_sizes, value: 1}]", "fact: is a table or a list"),
        ("facts: [{service: gcp/cloud_run, fact: uploads, value: yes}]", "value: True is not a finite number"),
        ("rebates: []", "'rebates' is no key here"),
        ("discounts: [{percent: 1, percent: 2}]", "line 3: the key 'percent' stands twice"),
        ("a: &a [1]\nb: *a", "anchors and aliases"),
        ("a: !!python/name:os.system", "the tag"),
    ],
)
def test_refused(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(OverlayError) as refused:
        overlaid(tmp_path, text)
    assert str(refused.value).startswith(f"{tmp_path / 'overlay.yaml'}: ")
    assert reason in str(refused.value)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("source: contract", "name: is needed"),
        ("name: a\nsource: 5", "source: is needed, as one line of text"),
        ('name: "a\\eb"\nsource: contract', "name: is needed"),
        (f"name: {'a' * 201}\nsource: contract", "at most 200 characters"),
    ],
)
def test_an_overlay_says_what_it_is(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "overlay.yaml"
    path.write_text(text)
    with pytest.raises(OverlayError) as refused:
        load(TODAY, path, PRICES)
    assert reason in str(refused.value)


def test_an_overlay_that_is_not_there_or_too_large(tmp_path: Path) -> None:
    with pytest.raises(OverlayError, match="there is no such overlay"):
        load(TODAY, tmp_path / "none.yaml", PRICES)
    large = tmp_path / "large.yaml"
    large.write_text("# " + "x" * 2**20)
    with pytest.raises(OverlayError, match="larger than 1,048,576 bytes"):
        load(TODAY, large, PRICES)


def test_a_text_fact_takes_a_text(tmp_path: Path) -> None:
    copy = tmp_path / "prices"
    (copy / "gcp").mkdir(parents=True)
    (copy / "common").mkdir()
    (copy / "common" / "places.yaml").write_text((PRICES / "common" / "places.yaml").read_text())
    (copy / "gcp" / "disk.yaml").write_text(
        "title: Disk\nbehaviour:\n"
        "  kind: {label: kind of disk, unit: name, grade: judgement, rule: test, from: {2026-01-01: balanced}}\n"
        '  raid: {label: has RAID, unit: yes-no, grade: judgement, rule: test, from: {2026-01-01: "no"}}\n'
    )
    path = tmp_path / "overlay.yaml"
    path.write_text(HEAD + "facts: [{service: gcp/disk, fact: kind, value: fast}]")
    assert load(TODAY, path, copy).facts("gcp/disk")["kind"] == "fast"
    for value, reason in (
        ("kind, value: 5", "value: is needed, as one line"),
        ("raid, value: 1", 'allowed are "yes", "no"'),
    ):
        path.write_text(HEAD + f"facts: [{{service: gcp/disk, fact: {value}}}]")
        with pytest.raises(OverlayError, match=reason):
            load(TODAY, path, copy)
