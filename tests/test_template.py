"""A workload file to fill in reads back as what it was made of."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.cli_init import init
from advisor.errors import InputError
from advisor.template import PRESETS, preset_names, scalar, template
from advisor.workload import FIELDS, Workload, read_workload, workload_from
from pricing import PriceBook, load
from pricing.reader import parse_yaml

ROOT = Path(__file__).parents[1]
EXAMPLES = sorted(path.stem for path in (ROOT / "examples").glob("*.yaml"))


@pytest.fixture(scope="module")
def book() -> PriceBook:
    return load(date(2026, 11, 24))


def read(text: str) -> Workload:
    return workload_from(parse_yaml(text.encode(), "written", "workload"), "written")


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_preset_reads_back_as_the_example(name: str, book: PriceBook) -> None:
    example = read_workload(ROOT / "examples" / f"{name}.yaml")
    written = read(template(name, book))
    assert written == example
    assert written.model_fields_set == example.model_fields_set


def test_without_a_preset_only_what_has_no_default_is_set(book: PriceBook) -> None:
    assert read(template(None, book)).model_fields_set == {
        "name",
        "requests_per_month",
        "duration_s",
        "vcpu",
        "memory_gib",
    }


def test_every_comment_with_a_default_may_be_uncommented(book: PriceBook) -> None:
    text = re.sub(rf"^# ({'|'.join(FIELDS)}):", r"\1:", template(None, book), flags=re.MULTILINE)
    written = read(text)
    assert written == read(template(None, book))
    assert written.model_fields_set == set(FIELDS)


def test_every_field_has_its_sentence_and_what_it_takes(book: PriceBook) -> None:
    words = " ".join(line.removeprefix("# ") for line in template(None, book).splitlines())
    for field in FIELDS.values():
        assert str(field.description) in words
    assert "A number of at least 1, at most 1,000 [ratio]. Default: 1." in words
    assert "One of us-central, us-east," in words
    assert "steady" in words


def test_lines_fit_a_page(book: PriceBook) -> None:
    assert max(map(len, template(None, book).splitlines())) <= 105


def test_a_preset_brings_its_lesson(book: PriceBook) -> None:
    assert template("vision", book).startswith("# An image model on one L4, busy in office hours. What it teaches:")


def test_a_preset_that_is_not_there_is_said_with_the_nearest(book: PriceBook) -> None:
    with pytest.raises(InputError, match=r"preset 'visoin' is not known.*'vision'"):
        template("visoin", book)


texts = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]) | st.just(" "), max_size=30)
numbers = st.integers(-(10**17), 10**17) | st.floats(allow_nan=False, allow_infinity=False)
keys = st.from_regex(r"[a-z][a-z0-9-]{5,9}", fullmatch=True)
plain = st.booleans() | numbers | texts
values = st.none() | plain | st.lists(plain, max_size=3) | st.dictionaries(keys, plain, max_size=3)


@given(value=values)
def test_any_value_reads_back(value: object) -> None:
    assert parse_yaml(f"key: {scalar(value)}\n".encode(), "written", "workload") == {"key": value}


def test_a_file_that_exists_is_not_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "mine.yaml"
    init(None, target)
    assert capsys.readouterr().out == f"Wrote {target}. Next: advisor compare {target}\n"
    target.write_text("name: mine\n")
    with pytest.raises(InputError, match="exists; allowed: another name, or --force"):
        init(None, target)
    assert target.read_text() == "name: mine\n"
    init("llm", target, force=True)
    assert read_workload(target).name == "support-chat-llm"


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written: No such file or directory; allowed"):
        init(None, tmp_path / "nowhere" / "mine.yaml")


def test_the_presets_are_the_examples() -> None:
    assert list(preset_names()) == EXAMPLES
    assert len(EXAMPLES) > 1


def test_the_package_carries_the_presets(tmp_path: Path) -> None:
    for name in ("advisor", "examples", "MANIFEST.in", "pyproject.toml", "README.md", "LICENSE"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name, **({"symlinks": True} if copy is shutil.copytree else {}))
    build = "from setuptools.build_meta import build_wheel; build_wheel('wheel')"
    subprocess.run([sys.executable, "-W", "ignore", "-c", build], cwd=tmp_path, check=True, capture_output=True)
    (wheel,) = (tmp_path / "wheel").glob("*.whl")
    carried = {Path(name).stem for name in zipfile.ZipFile(wheel).namelist() if "/presets/" in name}
    assert carried == {path.stem for path in PRESETS.glob("*.yaml")} == set(EXAMPLES)
