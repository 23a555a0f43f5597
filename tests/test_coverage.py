"""Where the book can answer: every state is met once, on facts that were changed for it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from advisor.coverage import BORROWED, IMPOSSIBLE, NOT_SOLD, PRICED, SMALL, STATES, UNKNOWN, Cell, cell, coverage
from advisor.market import Market
from advisor.platforms import PLATFORMS, chosen
from advisor.price_documents import coverage_document
from advisor.price_words import outside_words, shortfalls
from pricing import DATA, PriceBook, load

AS_OF = date(2026, 11, 24)
DAY = date(2026, 4, 30)
FEES = ["zonal_cluster_hours", "regional_cluster_hours"]


@pytest.fixture(scope="module")
def book() -> PriceBook:
    return load(AS_OF)


@pytest.fixture
def changed(tmp_path: Path) -> Callable[..., PriceBook]:
    """The book after some meters of one service are priced in other regions."""

    def change(service: str, meters: Sequence[str], regions: dict[str, Any]) -> PriceBook:
        data = shutil.copytree(DATA, tmp_path / "data")
        path = data / f"{service}.yaml"
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        for meter in meters:
            document["prices"][meter].update(regions=deepcopy(regions))
        path.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
        return load(AS_OF, data=data)

    return change


def asked(book: PriceBook, option: str, **fields: object) -> Cell:
    (platform,) = chosen([option])
    return cell("cpu", {**SMALL, **fields}, platform, "us-central", Market(book))


def test_every_option_in_every_geography_is_asked_about_twice(book: PriceBook) -> None:
    cells = coverage(PLATFORMS, book)
    assert len(cells) == 2 * len(PLATFORMS) * len(book.geographies())
    assert {each.state for each in cells} <= set(STATES)
    assert all(each.reasons for each in cells if each.state in (UNKNOWN, BORROWED, IMPOSSIBLE))


def test_priced(book: PriceBook) -> None:
    assert (asked(book, "cloud-run").state, asked(book, "cloud-run").reasons) == (PRICED, ())
    assert asked(book, "cloud-run").region == "us-central1"
    assert asked(book, "cloud-run").inside


def test_borrowed_names_what_is_borrowed(changed: Callable[..., PriceBook]) -> None:
    book = changed("gcp/registry", ["image_gib_months"], {"europe-west1": {DAY: 0.1}})
    found = asked(book, "cloud-run")
    assert (found.state, found.reasons) == (BORROWED, ("container images kept (image_gib_months)",))


def test_too_much_borrowed_is_unknown(changed: Callable[..., PriceBook]) -> None:
    book = changed("gcp/registry", ["image_gib_months"], {"europe-west1": {DAY: 1000.0}})
    found = asked(book, "cloud-run")
    assert (found.state, found.reasons) == (UNKNOWN, ("too much of the total is borrowed from other regions",))


def test_unknown_names_the_price_that_is_missing(changed: Callable[..., PriceBook]) -> None:
    found = asked(changed("gcp/gke", FEES, {"everywhere": {DAY: "unknown"}}), "gke")
    assert found.state == UNKNOWN
    assert [reason for reason in found.reasons if "cluster_hours" in reason]


def test_not_sold_is_not_unknown(changed: Callable[..., PriceBook]) -> None:
    found = asked(changed("gcp/gke", FEES, {"everywhere": {DAY: "not sold"}}), "gke")
    assert found.state == NOT_SOLD
    assert [reason for reason in found.reasons if "cluster_hours" in reason]


def test_a_machine_that_no_region_has_is_not_sold(book: PriceBook) -> None:
    assert asked(book, "gke", gpu="abacus").state == NOT_SOLD


def test_impossible_says_why(book: PriceBook) -> None:
    found = asked(book, "cloud-run", needs_daemon=True)
    assert (found.state, found.reasons) == (IMPOSSIBLE, ("cannot run an agent on every node",))


def test_shortfalls_are_said_once_for_all_the_places_where_they_hold() -> None:
    found = [
        Cell("cpu", "gke", "us-west", "us-west1", True, UNKNOWN, ("a fee", "a disk")),
        Cell("gpu", "gke", "us-west", "us-west1", True, UNKNOWN, ("a fee", "a disk")),
        Cell("gpu", "gke", "poland", "europe-central2", True, UNKNOWN, ("a fee", "a disk")),
        Cell("cpu", "lambda", "poland", "eu-central-1", False, PRICED, ()),
        Cell("cpu", "lambda", "us-east", "us-east-1", True, PRICED, ()),
        *(
            Cell("gpu", "lambda", place, "a", True, IMPOSSIBLE, ("no GPU",))
            for place in ("us-west", "poland", "us-east")
        ),
    ]
    cells = coverage_document(load(AS_OF), found)["cells"]
    assert list(shortfalls(cells)) == [
        "gke in us-west, poland, unknown: a fee; a disk",
        "lambda everywhere, impossible: no GPU",
    ]
    assert list(outside_words(cells)) == ["poland is served from outside, from eu-central-1, by lambda"]
