"""Page 2: where a figure comes from, and two options beside each other; the tables of the dashboard by hand."""

from __future__ import annotations

import json

import pytest

from advisor.answer import Answer, compare_one
from advisor.pages.scenario import preset
from advisor.platforms import PLATFORMS
from pricing import load
from reports.assemble import chapter_of, outline_of
from reports.charts_of_time import replicas_beside_traffic
from reports.document import Chapter, Line, Option
from reports.evidence import margins_table, sourced_bill
from reports.overview import headline, lines_beside, options_table, scenarios_beside
from tests.dashboard import DAY, drawn, field, html, lead, opened, table, turned


@pytest.fixture(scope="module")
def answer() -> Answer:
    return compare_one(preset("churn"), PLATFORMS, load(DAY))


@pytest.fixture(scope="module")
def chapter(answer: Answer) -> Chapter:
    return chapter_of(answer, PLATFORMS, {}, overs=())


def bill(option: Option, **usd: float | None) -> Option:
    """The option with other lines, called by their labels."""
    lines = [option.lines[0].model_copy(update={"label": label, "usd": each}) for label, each in usd.items()]
    months = [each for each in usd.values() if each is not None]
    known = len(months) == len(usd)
    return option.model_copy(update={"lines": tuple(lines), "would_cost_usd": sum(months) if known else None})


def test_the_choice_is_explained_first_with_every_line_of_its_bill(chapter: Chapter) -> None:
    app = opened("why")
    assert lead(app).startswith("cloud-run costs 0.07 USD a month at today's traffic; 26,116 USD in 12 months")
    rows = table(app, "Line by line")
    lines = [row[0] for row in rows[1:] if not row[0].startswith("·")]
    assert lines == [*(line.label for line in chapter.options[0].lines), "the month"]


def test_prices_lead_to_their_source() -> None:
    markup = next(each for each in html(opened("why")) if "Line by line" in each)
    assert '<a href="https://' in markup
    assert "primary" in markup


def test_a_second_option_stands_beside_the_first_with_the_difference_by_line() -> None:
    app = opened("why")
    app.selectbox(key="why-other").set_value("gke")
    drawn(app)
    rows = table(app, "Two bills line by line")
    assert rows[0][1:] == ["cloud-run USD/month", "gke USD/month", "difference USD/month"]
    assert rows[-1] == ["the month", "0.07", "81.91", "81.84"]  # 81.91 - 0.07
    names = [trace["name"] for trace in json.loads(app.get("plotly_chart")[-1].proto.spec)["data"]]
    assert names == ["traffic", "cloud-run", "gke"]


def test_an_option_out_of_the_race_says_why() -> None:
    app = opened("why")
    app.selectbox(key="why-option").set_value("sagemaker-async")
    drawn(app)
    assert lead(app).startswith("sagemaker-async is infeasible: cannot answer while the caller waits.")
    assert table(app, "Line by line: what it would have cost")


def test_the_options_that_were_picked_outlive_another_page_and_another_number() -> None:
    app = opened("why")
    app.selectbox(key="why-option").set_value("gke")
    drawn(app)
    drawn(turned(app, "compare"))
    app.number_input(key=field("requests_per_month")).set_value(9e6)
    drawn(app)
    drawn(turned(app, "why"))
    assert app.selectbox(key="why-option").value == "gke"
    assert lead(app).startswith("gke costs ")


def test_an_option_that_is_no_longer_compared_gives_way_to_the_choice() -> None:
    app = opened("why")
    app.selectbox(key="why-option").set_value("gke")
    drawn(app)
    app.multiselect(key="options").set_value(["lambda", "eks"])
    drawn(app)
    assert app.selectbox(key="why-option").value == "lambda"


def test_every_option_is_explained() -> None:
    app = opened("why", name="llm")
    for platform in PLATFORMS:
        app.selectbox(key="why-option").set_value(platform.id)
        assert platform.id in lead(drawn(app))


def test_the_difference_of_two_bills_is_that_of_their_lines(chapter: Chapter) -> None:
    one = bill(chapter.options[0], requests=2.0, logs=0.5)
    other = bill(chapter.options[1], logs=0.75, disks=3.0)
    rows = lines_beside(one, other).rows
    assert rows == [
        ("requests", 2.0, None, -2.0),  # 0 - 2
        ("logs", 0.5, 0.75, 0.25),
        ("disks", None, 3.0, 3.0),
        ("the month", 2.5, 3.75, 1.25),
    ]


def test_a_missing_price_leaves_no_difference(chapter: Chapter) -> None:
    one, other = bill(chapter.options[0], requests=2.0), bill(chapter.options[1], requests=None)
    assert lines_beside(one, other).rows == [("requests", 2.0, None, None), ("the month", 2.0, None, None)]


def test_control_counts_what_is_known_to_be_open(chapter: Chapter) -> None:
    rows = {row[0]: row for row in options_table(chapter).rows}
    known = [each.value for each in chapter.options[0].control]
    assert rows["cloud-run"][8] == f"{known.count('yes')} of 10"
    assert rows["gke"][8] == "10 of 10"


def test_an_option_that_is_not_priced_has_a_reason_for_a_headline(chapter: Chapter) -> None:
    (option,) = (each for each in chapter.options if not each.priced)
    assert headline(option, chapter)[0] == "sagemaker-async is infeasible: cannot answer while the caller waits."
    unknown = option.model_copy(update={"status": "unknown", "unknown": ("no price is known for disks",)})
    assert headline(unknown, chapter)[0] == "sagemaker-async is unknown: no price is known for disks."


def test_margins_are_what_is_left(chapter: Chapter) -> None:
    rows = {row[0]: row for row in margins_table(chapter.options[0]).rows}
    asked, allowed, left = rows["memory of an instance"][1:4]
    assert (asked, allowed, left) == (2.0, 32.0, 30.0)  # the workload declares 2 GiB; Cloud Run takes 32


def test_a_line_in_tiers_shows_each_and_names_its_source_once(chapter: Chapter) -> None:
    rows = sourced_bill(chapter.options[0]).rows
    first: Line = chapter.options[0].lines[0]
    assert rows[0][0] == first.label
    assert rows[0][-1] == (first.source, first.url)
    assert [row[-1] for row in rows[1:3]] == [("", "")] * 2
    assert sum(row[1] for row in rows[1:3]) == pytest.approx(first.usd)


def test_traffic_and_replicas_cover_the_week(chapter: Chapter) -> None:
    chart = replicas_beside_traffic(chapter, chapter.options[:2])
    assert chart is not None
    traffic, one, other = chart.figure["data"]
    assert len(traffic["y"]) == len(one["y"]) == len(other["y"]) == 169  # hours 0 to 168
    # The mean over the week's hours is the month's requests over its seconds: 50,000 / (730 x 3,600)
    assert sum(traffic["y"][:168]) / 168 == pytest.approx(50_000 / (730 * 3600))
    assert replicas_beside_traffic(chapter, []) is None


def test_an_outline_comes_to_the_same_as_the_chapter(answer: Answer, chapter: Chapter) -> None:
    outline = outline_of(answer)
    assert options_table(outline) == options_table(chapter)
    assert outline.text == chapter.text
    assert not any(option.lines or option.facts for option in outline.options)


def test_scenarios_beside_each_other_tell_only_what_differs(chapter: Chapter) -> None:
    other = chapter.model_copy(update={"workload": {**chapter.workload, "vcpu": 2.0}})
    found = scenarios_beside({"A": chapter, "now": other}, {"options": ["all", "all"], "prices of": ["d1", "d2"]})
    assert found.rows[0] == ("choice", "cloud-run", "cloud-run")
    assert [row for row in found.rows if row[0] in ("options", "prices of", "vcpu", "memory_gib")] == [
        ("prices of", "d1", "d2"),
        ("vcpu", "1", "2"),
    ]


def test_where_nothing_is_chosen_side_by_side_shows_dashes(chapter: Chapter) -> None:
    choice = chapter.choice.model_copy(update={"option": None, "runner_up": None})
    nothing = chapter.model_copy(update={"choice": choice})
    assert {row[1] for row in scenarios_beside({"A": nothing}, {}).rows} == {"–"}
