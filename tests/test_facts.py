"""Integrity of every fact, and a check that refuses what it promises to refuse."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
import yaml

from pricing import DATA, check, load

PRICES = Path(__file__).parent / "fixtures" / "prices"
FOLDERS = [PRICES, *([DATA] if DATA.is_dir() else [])]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_fact_is_whole(folder: Path) -> None:
    assert check(folder) == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_service_and_market_can_be_read(folder: Path) -> None:
    book = load(date(2026, 12, 1), data=folder)
    for service in book.services():
        assert all(fact.unit for fact in map(book.facts(service).fact, book.facts(service)))
        for region in book.service(service).regions or {"nowhere"}:
            assert book.price_lists([service], region).keys() == {"on-demand"}
    for market in book.markets():
        for region in book.market(market).regions:
            machines = book.machines(market, region, arch="any")
            assert len(machines) == len(machines.usd_per_hour["on-demand"])


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return shutil.copytree(PRICES, tmp_path / "prices")


CASES = yaml.safe_load((PRICES.parent / "refused_facts.yaml").read_text())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["says"])
def test_refused(copy: Path, case: dict[str, str]) -> None:
    path = copy / case["file"]
    text = path.read_text()
    assert case["change"] in text
    path.write_text(text.replace(case["change"], case["to"], 1))
    found = check(copy)
    assert any(case["says"] in problem for problem in found), found


def test_sources_of_other_documents_are_checked(copy: Path) -> None:
    (copy / "common" / "options.yaml").write_text("title: Options\nsources: {a: {title: A}}\noptions: {}\n")
    assert "common/options.yaml: a.url: Field required" in check(copy)


def test_a_book_knows_what_is_read_after_its_day() -> None:
    problem = "gcp/cloud_run.yaml: sources.catalog: is read on 2026-06-01, which is in the future"
    assert problem in check(load(date(2026, 5, 31), data=PRICES))
    assert check(load(date(2026, 6, 1), data=PRICES)) == []
