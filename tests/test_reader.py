"""Hostile and careless YAML: one clear message each, never a traceback, never code."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pricing.fact import FactError
from pricing.reader import ReadError, parse_yaml, read_yaml

BILLION_LAUGHS = """
a: &a [lol, lol, lol, lol, lol, lol, lol, lol, lol]
b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]
c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]
"""


def parsed(text: str) -> dict[object, object]:
    return parse_yaml(text.encode(), "file.yaml", "workload")


def test_plain_values_mean_what_yaml_means() -> None:
    text = "{a: 1, b: -2.5, c: 1_000, d: 2026-04-30, e: yes, f: Off, g: null, h: 'yes', i: [x, .5]}"
    assert parsed(text) == {
        "a": 1,
        "b": -2.5,
        "c": 1000,
        "d": date(2026, 4, 30),
        "e": True,
        "f": False,
        "g": None,
        "h": "yes",
        "i": ["x", 0.5],
    }


def test_numbers_a_person_would_write_are_numbers() -> None:
    assert parsed("{a: 1e6, b: 2E-3, c: +4, d: 6.}") == {"a": 1e6, "b": 0.002, "c": 4, "d": 6.0}


def test_what_yaml_would_turn_into_other_numbers_stays_text() -> None:
    assert parsed("{octal: 010, minutes: 12:30, hex: 0x1F}") == {"octal": "010", "minutes": "12:30", "hex": "0x1F"}


def test_a_number_beyond_all_bounds_stays_as_it_was_written() -> None:
    assert parsed("{a: 1e999, b: -1e400}") == {"a": "1e999", "b": "-1e400"}
    assert parsed(f"a: {'9' * 5000}") == {"a": "9" * 5000}


def test_not_a_number_is_read_as_such_for_the_caller_to_refuse() -> None:
    values = parsed("{a: .nan, b: .inf, c: -.INF}")
    assert str(values) == "{'a': nan, 'b': inf, 'c': -inf}"


def test_tables_of_dates_and_numbers() -> None:
    assert parsed("from: {2026-01-01: {0: 60, 0.5: 10}}") == {"from": {date(2026, 1, 1): {0: 60, 0.5: 10}}}


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (BILLION_LAUGHS, "line 2", "anchors and aliases"),
        ("a: 1\nb: *a", "line 2", "anchors and aliases"),
        ("*a : 1", "line 1", "anchors and aliases"),
        (
            "a: !!python/object/apply:os.system ['true']",
            "line 1",
            "tag 'tag:yaml.org,2002:python/object/apply:os.system'",
        ),
        ("a: !Ref b", "line 1", "tag '!Ref'"),
        ("a: !!str 5", "line 1", "tag"),
        ("a: 1\nb:\n  c: 1\n  c: 2", "line 4", "'c' stands twice"),
        ("1: a\n1.0: b", "line 2", "stands twice"),
        ("from: 2026-02-30", "line 1", "'2026-02-30' is not a day of the calendar"),
        ("yes: 1", "line 1", "a key must be"),
        ("~: 1", "line 1", "a key must be"),
        ("? [a, b]\n: 1", "line 1", "a key must be"),
        ("a: " + "[" * 40 + "]" * 40, "line 1", "nested deeper than 32"),
        ("a: 1\n---\nb: 2", "line 2", "second document"),
        ("a: [1, 2\nb: 3", "line 2", "not valid YAML"),
        ("a: 'x", "line 1", "not valid YAML"),
        ("a: b: c", "line 1", "not valid YAML"),
        ("a:\n\t- 1", "line 2", "not valid YAML"),
        ("<<: &x {a: 1}", "line 1", "anchors"),
    ],
)
def test_refused_with_line_and_reason(text: str, line: str, reason: str) -> None:
    with pytest.raises(ReadError) as refused:
        parsed(text)
    assert str(refused.value).startswith(f"file.yaml: {line}: ")
    assert reason in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "is empty"),
        (b"# a remark only\n", "is empty"),
        (b"- 1\n- 2\n", "must be a mapping"),
        (b"just a text", "must be a mapping"),
        (b"a: caf\xe9", "is not UTF-8 text (byte 6)"),
        ("a: 1".encode("utf-16"), "is not UTF-8 text"),
        (b"a: \x00\x01", "control characters"),
        (b"\x7fELF\x02\x01\x01\x00\x00", "control characters"),
    ],
)
def test_refused_as_a_whole(raw: bytes, reason: str) -> None:
    with pytest.raises(ReadError) as refused:
        parse_yaml(raw, "file.yaml", "workload")
    assert reason in str(refused.value)
    assert "workload" in str(refused.value)


def test_a_byte_order_mark_is_no_content() -> None:
    assert parse_yaml(b"\xef\xbb\xbfa: 1", "file.yaml", "workload") == {"a": 1}


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="there is no such overlay"):
        read_yaml(tmp_path / "none.yaml", "overlay", 100)
    with pytest.raises(ReadError, match="is not a file: name the overlay itself"):
        read_yaml(tmp_path, "overlay", 100)


def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    with pytest.raises(ReadError, match="is not a file"):
        read_yaml(tmp_path / "pipe.yaml", "overlay", 100)


def test_a_name_that_no_file_can_have() -> None:
    with pytest.raises(ReadError):
        read_yaml(Path("a\0b"), "overlay", 100)
    with pytest.raises(ReadError, match="cannot be read"):
        read_yaml(Path("x" * 5000), "overlay", 100)


def test_a_large_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    large = tmp_path / "large.yaml"
    with large.open("wb") as file:
        file.truncate(100 * 2**20)  # 100 MiB of nothing: takes no room on the disk
    with pytest.raises(ReadError, match="larger than 1,048,576 bytes"):
        read_yaml(large, "workload", 2**20)


def test_a_file_of_exactly_the_most_is_read(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text("a: 1")
    assert read_yaml(tmp_path / "small.yaml", "workload", 4) == {"a": 1}
    with pytest.raises(ReadError, match="larger than 3 bytes"):
        read_yaml(tmp_path / "small.yaml", "workload", 3)


class NoAliases(yaml.SafeDumper):
    def ignore_aliases(self, _: object) -> bool:
        return True


NoAliases.add_representer(str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"'))


def outcome(raw: bytes) -> dict[object, object] | str:
    try:
        return parse_yaml(raw, "file.yaml", "workload")
    except FactError as refused:
        return str(refused)


plain = st.one_of(
    st.integers(-(10**9), 10**9),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.none(),
    st.dates(),
    st.text(max_size=20),
)
values = st.recursive(
    plain,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(max_size=8), values, max_size=4).filter(bool))
def test_reads_back_whatever_yaml_writes(document: dict[str, object]) -> None:
    assert parsed(yaml.dump(document, Dumper=NoAliases)) == document


@given(st.one_of(st.binary(max_size=200), st.text("{}[]:,-?&*!|>'\"%@`# \n\tab01.~<=", max_size=60).map(str.encode)))
def test_anything_is_a_mapping_or_one_line_of_message(raw: bytes) -> None:
    result = outcome(raw)
    assert isinstance(result, dict) or (result.startswith("file.yaml: ") and "\n" not in result)
