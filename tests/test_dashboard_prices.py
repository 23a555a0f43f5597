"""The page of prices: what the book holds, where it can answer, and prices of one's own used on every page."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from advisor.answer import Answer, compare_one
from advisor.coverage import coverage
from advisor.figures import money
from advisor.pages.scenario import Scenario
from advisor.pages.session import YOUR_PRICES
from advisor.platforms import PLATFORMS
from advisor.price_documents import holdings_document, service_document
from advisor.price_words import price_words
from pricing import FactError, load
from pricing.book import load_under
from pricing.overlay import LARGEST, MOST_ENTRIES
from pricing.overlay_text import EXAMPLE, with_entry
from pricing.reader import parse_yaml
from reports.charts_of_prices import coverage_chart
from tests.dashboard import DAY, html, opened, table, turned
from tests.shown import charts, faults, pressed, said

HEAD = "name: Agreement\nsource: contract\n"
HOSTILE = "<img src=x onerror=alert(1)>**bold**"


def asked(app: AppTest) -> Scenario:
    found: Scenario = app.session_state["scenario"]
    return found


def answer_under(app: AppTest, overlay: bytes) -> Answer:
    scenario = asked(app)
    book = load_under(scenario.as_of, overlay, YOUR_PRICES) if overlay else load(scenario.as_of)
    return compare_one(scenario.workload, scenario.platforms, book)


def typed(app: AppTest, text: str) -> AppTest:
    app.text_area(key="overlay-text").set_value(text).run()
    return pressed(app, "Use these prices")


# what the book holds


def test_the_counts_are_those_of_the_book() -> None:
    app = opened("prices")
    document = holdings_document(load(asked(app).as_of))
    prices = sum(each["prices"] for each in document["services"])
    assert f"{prices:,} list prices" in said(app)
    assert document["fingerprint"] in said(app)
    _, *rows = table(app, "What the book holds")
    assert [row[0] for row in rows] == [f"{each['title']} ({each['service']})" for each in document["services"]]
    assert not faults(app)


def test_the_services_of_the_choice_stand_first_in_its_region() -> None:
    app = opened("prices")
    assert app.selectbox(key="service").value == "gcp/cloud_run"
    assert app.selectbox(key="region-gcp").value == load(DAY).place("us-central").regions["gcp"]


def test_every_price_of_a_service_with_who_says_so() -> None:
    app = opened("prices")
    app.selectbox(key="service").set_value("aws/lambda").run()
    app.selectbox(key="region-aws").set_value("every region").run()
    document = service_document(load(asked(app).as_of), "aws/lambda", None)
    _, *rows = table(app, "List prices")
    listed = [(meter, price) for meter in document["meters"] for price in meter["prices"]]
    assert [row[:3] for row in rows] == [[meter["label"], price_words(price), meter["unit"]] for meter, price in listed]
    assert [row[3] for row in rows] == [f"{price['source']}, {price['date']}" for _, price in listed]
    page = "".join(html(app))
    assert all(f'href="{price["url"]}"' in page for _, price in listed if price["url"].startswith("https://"))


def test_machines_of_one_region_once_they_are_unfolded() -> None:
    app = opened("prices")
    app.selectbox(key="service").set_value("gcp/compute_engine").run()
    assert not any("e2-standard-2" in markup for markup in html(app))
    app.session_state["unfold-Machines"] = True
    app.run()
    (title,) = (each.label for each in app.expander if each.label.startswith("Machines in us-central1"))
    machine, *_ = (row for row in table(app, title) if row[0] == "e2-standard-2")
    assert machine[1:3] == ["2", "8"]  # two vCPU with 4 GiB each


# where it can answer


def test_the_matrix_has_a_mark_for_every_option_in_every_geography() -> None:
    app = opened("prices")
    cells = coverage(PLATFORMS, load(asked(app).as_of))
    (figure,) = charts(app)
    drawn = {
        (option, place): trace["name"]
        for trace in figure["data"]
        for option, place in zip(trace.get("y", []), trace.get("x", []), strict=True)
    }
    assert drawn == {(cell.option, cell.geography): cell.state for cell in cells if cell.reference == "cpu"}
    app.button_group(key="reference").set_value("gpu").run()
    (figure,) = charts(app)
    assert sum(len(trace.get("y", [])) for trace in figure["data"]) == len(cells) / 2
    assert not faults(app)


def test_a_mark_says_why() -> None:
    cell = {"option": "gke", "geography": "poland", "reference": "cpu", "state": "unknown", "reasons": [HOSTILE]}
    chart = coverage_chart([cell], "cpu")
    (trace,) = (trace for trace in chart.figure["data"] if trace["x"])
    assert trace["text"] == ["?"]
    assert trace["customdata"] == [HOSTILE.replace("<", "&lt;").replace(">", "&gt;")]


# prices of one's own


def test_a_discount_is_used_on_every_page_and_dropped_again() -> None:
    app = opened("prices")
    app.selectbox(key="discount-vendor").set_value("gcp").run()
    app.number_input(key="discount-percent").set_value(50.0).run()
    pressed(app, "Use this discount")
    assert not faults(app)
    overlay = asked(app).overlay
    assert parse_yaml(overlay, "", "")["discounts"] == [{"percent": 50.0, "vendor": "gcp"}]
    listed, yours = answer_under(app, b""), answer_under(app, overlay)
    _, *rows = table(app, "What your prices change")
    bills = {row[0]: row[1:3] for row in rows}
    assert "gke" in bills
    assert "eks" not in bills
    for option, shown in bills.items():
        (before,) = (each for each in listed.options if each.option == option)
        (now,) = (each for each in yours.options if each.option == option)
        assert shown == [money(before.monthly_usd), money(now.monthly_usd)]
    assert "Your own prices are in use" in said(app)
    turned(app, "break-even").run()
    assert load_under(asked(app).as_of, overlay, YOUR_PRICES).fingerprint in said(app)
    turned(app, "prices").run()
    pressed(app, "Back to list prices")
    assert asked(app).overlay == b""
    assert "Your own prices are in use" not in said(app)
    assert not any("What your prices change" in markup for markup in html(app))


def test_a_second_discount_of_the_same_takes_the_place_of_the_first() -> None:
    app = opened("prices")
    for percent in (10.0, 20.0):
        app.number_input(key="discount-percent").set_value(percent).run()
        pressed(app, "Use this discount")
    assert parse_yaml(asked(app).overlay, "", "")["discounts"] == [{"percent": 20.0}]


def test_a_price_of_a_meter() -> None:
    app = opened("prices")
    app.selectbox(key="price-service").set_value("gcp/gke").run()
    meter = app.selectbox(key="price-meter").value
    app.number_input(key="price-usd").set_value(0.25).run()
    pressed(app, "Use this price")
    assert parse_yaml(asked(app).overlay, "", "")["prices"] == [{"service": "gcp/gke", "meter": meter, "usd": 0.25}]


def test_a_price_of_a_machine() -> None:
    app = opened("prices")
    app.selectbox(key="machine-market").set_value("gcp/compute_engine").run()
    app.selectbox(key="machine-name").set_value("e2-standard-2").run()
    app.selectbox(key="machine-region").set_value("us-central1").run()
    app.number_input(key="machine-usd").set_value(0.01).run()
    pressed(app, "Use this machine's price")
    overlay = asked(app).overlay
    assert not faults(app)
    (gke,) = (each for each in answer_under(app, overlay).options if each.option == "gke")
    rows = {row[0]: row[2] for row in table(app, "What your prices change")}
    assert rows["gke"] == money(gke.monthly_usd)


def test_a_price_without_a_number_is_refused_by_the_project_s_own_words() -> None:
    app = pressed(opened("prices"), "Use this price")
    assert "your prices: prices, entry 1: usd: None is not a finite number" in faults(app).replace("\\", "")
    assert asked(app).overlay == b""


def test_text_is_used_as_it_was_written_and_stays_to_be_edited() -> None:
    app = typed(opened("prices"), EXAMPLE.replace("facts: []", "# facts"))
    assert not faults(app)
    assert asked(app).overlay == EXAMPLE.replace("facts: []", "# facts").encode()
    turned(app, "break-even").run()
    turned(app, "prices").run()
    assert app.text_area(key="overlay-text").value == asked(app).overlay.decode()


def test_a_draft_outlives_the_visit_of_another_page() -> None:
    app = opened("prices")
    app.text_area(key="overlay-text").set_value(HEAD + "discounts: oops\n").run()
    turned(app, "break-even").run()
    turned(app, "prices").run()
    assert app.text_area(key="overlay-text").value == HEAD + "discounts: oops\n"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (HEAD + "discounts: oops\n", "your prices: discounts: must be a list of entries"),
        (HEAD + "discounts:\n  - {percent: 100}\n", "is out of bounds; allowed is a number below 100"),
        (HEAD + "discounts:\n  - {percent: 10, vendor: gpc}\n", "'gpc' is not known"),
        ("name: x\n", "source: is needed"),
        ("- a\n", "must be a mapping"),
        ("a: &a [1, 1]\nb: [*a, *a]\n", "anchors and aliases"),
        ("a: !!python/object/apply:os.system [ls]\n", "the tag"),
        (HEAD + f"discounts:\n  - {{vendor: '{HOSTILE}', percent: 1}}\n", "is not known"),
        (HEAD + "x" * LARGEST, "is larger than 1,048,576 bytes"),
        (HEAD + "discounts:\n" + "  - {percent: 1}\n" * (MOST_ENTRIES + 1), "has 5,001 entries; allowed are 5,000"),
    ],
)
def test_what_cannot_be_used_is_said_and_changes_nothing(text: str, why: str) -> None:
    app = typed(opened("prices"), HEAD + "discounts:\n  - {percent: 5}\n")
    before = asked(app)
    typed(app, text)
    assert why in faults(app).replace("\\", "")
    assert "<img" not in faults(app).replace(r"\<img", "")
    assert asked(app) == before
    typed(app, before.overlay.decode())
    assert not faults(app)


def test_hostile_names_of_an_overlay_are_inert() -> None:
    app = typed(opened("prices"), f"name: '{HOSTILE}'\nsource: '[x](javascript:alert(1))'\n")
    assert not faults(app)
    page = said(app)
    assert r"\<img src" in page
    assert "<img" not in page.replace(r"\<img", "")
    assert "](javascript" not in page
    assert not any("<img" in markup for markup in html(app))


def test_nothing_typed_is_the_list() -> None:
    app = typed(typed(opened("prices"), HEAD), "  \n")
    assert asked(app).overlay == b""
    assert not faults(app)


def test_a_file_is_used_once_somebody_says_so() -> None:
    app = opened("prices")
    raw = (HEAD + "discounts:\n  - {percent: 5}\n").encode()
    app.file_uploader(key="overlay-file").set_value(("mine.yaml", raw, "application/yaml")).run()
    assert asked(app).overlay == b""
    pressed(app, "Use the prices of this file")
    assert asked(app).overlay == raw


def test_a_file_that_is_no_text_is_refused() -> None:
    app = opened("prices")
    app.file_uploader(key="overlay-file").set_value(("mine.yaml", b"\xff\xfe\x00", "application/yaml")).run()
    pressed(app, "Use the prices of this file")
    assert "is not UTF-8 text" in faults(app).replace("\\", "")


def test_two_sessions_have_each_their_own_prices() -> None:
    one, other = opened("prices"), opened("prices")
    pressed(one, "Use this discount")
    other.run()
    assert asked(one).overlay
    assert asked(other).overlay == b""
    assert "Your own prices are in use" not in said(other)


# the text of an overlay


def added(text: str, **entry: Any) -> dict[Any, Any]:
    return parse_yaml(with_entry(text.encode(), "mine", "discounts", entry), "mine", "overlay")


def test_an_entry_is_added_and_one_of_the_same_replaced() -> None:
    text = HEAD + "discounts:\n  - {percent: 1, vendor: gcp}\n  - {percent: 2}\nfacts: []\n"
    assert added(text, percent=3.0) == {
        "name": "Agreement", "source": "contract", "facts": [],
        "discounts": [{"percent": 1, "vendor": "gcp"}, {"percent": 3.0}],
    }  # fmt: skip


def test_a_first_entry_makes_an_overlay_that_can_be_used() -> None:
    text = with_entry(b"", "mine", "discounts", {"percent": 10.0, "vendor": "aws"})
    assert load_under(DAY, text, "mine").overlay.factors == {("aws", "", ""): 0.9}


@pytest.mark.parametrize("name", ["1e6", "yes", "2026-01-01", "2026-99-99", "null", "# x", "a: b", "ż 'q' \"d\""])
def test_texts_stay_texts(name: str) -> None:
    text = with_entry(b"", "mine", "facts", {"service": name})
    assert parse_yaml(text, "mine", "overlay")["facts"] == [{"service": name}]


def test_to_what_is_no_overlay_nothing_is_added() -> None:
    with pytest.raises(FactError, match="mine: discounts: must be a list"):
        added(HEAD + "discounts: 3\n", percent=1.0)
    with pytest.raises(FactError, match="must be a mapping"):
        added("- a\n", percent=1.0)


def test_the_example_is_one() -> None:
    overlay = load_under(DAY, EXAMPLE.encode(), "example").overlay
    assert (len(overlay.factors), len(overlay.prices), len(overlay.machines)) == (2, 1, 1)
