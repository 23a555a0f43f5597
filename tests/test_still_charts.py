"""Still charts: where things stand on an axis, worked by hand."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from reports.axes import Axis
from reports.charts import axis, figure
from reports.formats import brief
from reports.palette import COLOURS, DASHES, SYMBOLS, looks
from reports.svg import svg
from reports.svg_marks import OUTLINES

LINEAR = Axis("linear", 0.0, 200.0, 100.0, 500.0)
LOG = Axis("log", 1.0, 1000.0, 0.0, 300.0)


def test_values_stand_in_proportion() -> None:
    assert LINEAR.at(50.0) == 200.0  # a quarter of 400 pixels beyond 100
    assert LOG.at(10.0) == pytest.approx(100.0)  # one of three powers of ten


def test_ticks_are_round() -> None:
    assert LINEAR.ticks(4) == [(0.0, "0"), (50.0, "50"), (100.0, "100"), (150.0, "150"), (200.0, "200")]
    assert [value for value, _ in LOG.ticks(20)] == [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]
    assert [label for _, label in Axis("log", 1e3, 1e9, 0.0, 1.0).ticks(20)] == [
        "1k", "10k", "100k", "1M", "10M", "100M", "1B",
    ]  # fmt: skip


def test_linear_axes_begin_at_zero_and_leave_room() -> None:
    found = Axis.of({"type": "linear"}, [10.0, 40.0], (), 0.0, 1.0)
    assert (found.low, found.high) == (0.0, 42.0)  # 5 % of 40 more
    below = Axis.of({"type": "linear"}, [-10.0, 30.0], (), 0.0, 1.0)
    assert (below.low, below.high) == (-12.0, 32.0)


def test_a_logarithmic_range_is_in_powers_of_ten() -> None:
    found = Axis.of({"type": "log", "range": [2, 4]}, [], (), 0.0, 1.0)
    assert (found.low, found.high) == (100.0, 10_000.0)


def test_categories_stand_in_the_middle_of_their_bands() -> None:
    found = Axis.of({"type": "category"}, [], ("a", "b"), 0.0, 100.0)
    assert (found.at_name("a"), found.at_name("b")) == (25.0, 75.0)


@pytest.mark.parametrize(("value", "words"), [(999.0, "999"), (2000.0, "2k"), (788_400_000.0, "788M"), (1e10, "10B")])
def test_large_numbers_are_brief(value: float, words: str) -> None:
    assert brief(value) == words


def test_axes_turn_logarithmic_where_figures_differ_much() -> None:
    assert axis("x", [1.0, 15.0])["type"] == "linear"
    assert axis("x", [1.0, 15.1])["type"] == "log"


def test_looks_stay_different_for_as_many_options_as_promised() -> None:
    found = set(looks([str(number) for number in range(280)]).values())
    assert len(found) == 280 == len(COLOURS) * len(SYMBOLS) * len(DASHES)


def test_every_symbol_can_be_drawn() -> None:
    assert set(SYMBOLS) - {"circle"} == OUTLINES.keys()


def drawn(trace: dict[str, object], **layout: object) -> ElementTree.Element:
    made = figure([trace], axis("x"), axis("y"), **layout)
    return ElementTree.fromstring(svg(made, "a <title>"))  # noqa: S314


def test_a_line_is_lifted_over_what_is_missing() -> None:
    line = {"type": "scatter", "mode": "lines", "name": "a", "x": [0, 1, 2, 3, 4], "y": [1, 2, None, 3, 4]}
    picture = drawn({**line, "line": {"color": "#000", "width": 2}})
    lines = [each for each in picture.iter() if each.tag.endswith("polyline")]
    assert [len(str(each.get("points")).split()) for each in lines] == [2, 2]


def test_words_that_look_like_marks_stay_words() -> None:
    picture = drawn({"type": "scatter", "mode": "lines", "name": "<b>&lt;i&gt;", "x": [0, 1], "y": [1, 2],
                     "line": {"color": "#000", "width": 2}})  # fmt: skip
    words = ["".join(each.itertext()) for each in picture.iter() if each.tag.endswith("text")]
    assert "<b><i>" in words
    assert picture.findtext("{http://www.w3.org/2000/svg}title") == "a <title>"
