"""The dashboard as a visitor has it: in a browser, by mouse and by keyboard, wide and narrow, light and dark."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser import FLAGS, PATIENCE_S, ROOT, chromium, served

TALL = 2400  # the page scrolls inside, so a picture of it needs a window as high as the page
CHART = "document.querySelector('.js-plotly-plot').data.map(trace => trace.name)"
LEAD = "[class*=st-key-lead-] strong"
FOCUSED = "document.activeElement.getAttribute('aria-label')"
LIGHT_INK = "parseInt(getComputedStyle(document.querySelector('.wide td')).color.split('(')[1]) > 200"
MOST_TABS = 12  # from the name to the requests a month
OVERFLOW = "document.documentElement.scrollWidth - window.innerWidth"


@dataclass
class Visit:
    """A visitor's page, what its console said and whom it asked."""

    page: Page
    errors: list[str] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)

    @property
    def lead(self) -> str:
        """What the page answers first."""
        return self.page.locator(LEAD).inner_text()


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    chromium()
    with served() as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = chromium()
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=path, args=list(FLAGS))
        yield started
        started.close()


@pytest.fixture(scope="module")
def visitor(browser: Browser, address: str) -> Iterator[Visit]:
    with visit(browser, address) as found:
        yield found


@contextmanager
def visit(
    browser: Browser, address: str, width: int = 1280, scheme: Literal["light", "dark"] = "light"
) -> Iterator[Visit]:
    """Somebody who has never been here opens an address, and waits for the answer."""
    expect.set_options(timeout=1000 * PATIENCE_S)
    context = browser.new_context(viewport={"width": width, "height": TALL}, color_scheme=scheme, accept_downloads=True)
    context.set_default_timeout(1000 * PATIENCE_S)
    found = Visit(context.new_page())
    found.page.on("console", lambda said: found.errors.append(said.text) if said.type == "error" else None)
    found.page.on("pageerror", lambda error: found.errors.append(str(error)))
    found.page.on("request", lambda request: found.asked.add(request.url))
    found.page.goto(address)
    found.page.wait_for_selector(LEAD)
    found.page.wait_for_selector(".js-plotly-plot .main-svg")
    yield found
    context.close()


def type_in(found: Visit, name: str, text: str) -> None:
    """Type something into a field, and wait until the page answers otherwise than before."""
    before = found.lead
    found.page.get_by_role("textbox", name=name, exact=True).or_(
        found.page.get_by_role("spinbutton", name=name, exact=True)
    ).fill(text)
    found.page.keyboard.press("Enter")
    expect(found.page.locator(LEAD)).not_to_have_text(before)


def test_a_visitor_sees_the_choice_and_the_chart(visitor: Visit) -> None:
    assert visitor.lead.startswith("Choose cloud-run: ")
    assert "cloud-run" in visitor.page.evaluate(CHART)
    assert visitor.page.evaluate(OVERFLOW) <= 0


def test_a_number_is_changed_and_the_choice_changes(visitor: Visit) -> None:
    type_in(visitor, "Requests per month", "90000000000")
    assert not visitor.lead.startswith("Choose cloud-run: ")
    assert "90,000,000,000 requests a month" in visitor.page.locator(".stMainBlockContainer").inner_text()


def test_the_keyboard_is_enough(visitor: Visit) -> None:
    before = visitor.lead
    visitor.page.get_by_role("textbox", name="Name", exact=True).focus()
    visitor.page.keyboard.press("Tab")  # its help, or the next field
    for _ in range(MOST_TABS):
        if visitor.page.evaluate(FOCUSED) == "Requests per month":
            break
        visitor.page.keyboard.press("Tab")
    visitor.page.keyboard.press("Control+A")
    visitor.page.keyboard.type("7000000")
    visitor.page.keyboard.press("Tab")  # leaving a field is enough
    expect(visitor.page.locator(LEAD)).not_to_have_text(before)
    assert visitor.page.evaluate(FOCUSED) != "Requests per month"


def test_a_mistake_is_named_beside_its_field(visitor: Visit) -> None:
    before = visitor.lead
    gpu = visitor.page.get_by_role("combobox", name="GPU", exact=True)
    gpu.click()
    gpu.fill("l5")
    gpu.press("Enter")
    expect(visitor.page.get_by_test_id("stSidebar")).to_contain_text("gpu is 'l5'; nobody sells l5; there is a10")
    assert visitor.lead == before
    gpu.click()
    gpu.fill("none")
    gpu.press("Enter")
    expect(visitor.page.get_by_test_id("stSidebar")).not_to_contain_text("nobody sells l5")


def test_a_link_opens_the_same_comparison_in_another_session(browser: Browser, visitor: Visit) -> None:
    type_in(visitor, "Requests per month", "40000000")
    visitor.page.get_by_text("Share this comparison").click()
    link = visitor.page.get_by_test_id("stSidebar").locator("code").filter(has_text="?s=").inner_text()
    with visit(browser, link, width=390, scheme="dark") as other:
        assert other.lead == visitor.lead
        assert other.page.evaluate(OVERFLOW) <= 0
        assert other.page.evaluate(LIGHT_INK)
        assert other.errors == []


def turn_to(found: Visit, title: str) -> None:
    """Choose a page in the navigation."""
    found.page.get_by_role("link", name=title, exact=True).click()


def test_a_table_is_uploaded_and_answered(visitor: Visit) -> None:
    turn_to(visitor, "Portfolio")
    visitor.page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(ROOT / "examples" / "portfolio.csv")
    expect(visitor.page.locator(LEAD)).to_contain_text("All choices together cost ")


def test_the_manifests_are_taken_home(visitor: Visit, tmp_path: Path) -> None:
    turn_to(visitor, "Manifests")
    with visitor.page.expect_download() as taken:
        visitor.page.get_by_role("button", name="All files as a zip").click()
    taken.value.save_as(tmp_path / "manifests.zip")
    with zipfile.ZipFile(tmp_path / "manifests.zip") as files:
        assert any(name.endswith("README.md") for name in files.namelist())


def test_a_report_is_taken_home(visitor: Visit, tmp_path: Path) -> None:
    turn_to(visitor, "Report")
    with visitor.page.expect_download() as taken:
        visitor.page.get_by_role("button", name="Download", exact=True).click()
    taken.value.save_as(tmp_path / "report.html")
    assert "Where to run it: churn-model" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_nothing_is_lost_on_the_way_back(visitor: Visit) -> None:
    turn_to(visitor, "Compare")
    expect(visitor.page.get_by_role("spinbutton", name="Requests per month", exact=True)).to_have_value("40000000")
    expect(visitor.page.locator(LEAD)).to_contain_text("Choose ")


def test_nothing_went_wrong_and_nobody_else_was_asked_for_anything(visitor: Visit, address: str) -> None:
    assert visitor.errors == []
    assert {url for url in visitor.asked if not url.startswith((address, "data:", "blob:"))} == set()
