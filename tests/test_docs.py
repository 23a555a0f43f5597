"""The pages are current and complete, their links lead somewhere, and what they tell people to type works."""

from __future__ import annotations

import ast
import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from advisor.cli import main
from advisor.workload import FIELDS
from docs.generate import PART, WRITERS, book, pages, rewritten
from docs.shell import every_command, example_of
from pricing import DATA, PriceBook, load

ROOT = Path(__file__).parents[1]
SHELL = re.compile(r"^```sh\n(.*?)^```", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\((?!http)([^)#]+)")
PAGES = pages()


@pytest.fixture(scope="module")
def facts() -> PriceBook:
    return book()


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_generated_parts_are_current(page: Path, facts: PriceBook) -> None:
    assert text_of(page) == rewritten(text_of(page), facts), f"{page.name} is out of date: run `python -m docs`"


def test_every_generated_part_is_on_some_page() -> None:
    found = {part["name"] for page in PAGES for part in PART.finditer(text_of(page))}
    assert set(WRITERS) <= found


def test_what_stands_outside_the_markers_is_kept(facts: PriceBook) -> None:
    page = "by hand\n<!-- generated: places -->\nold\n<!-- end -->\nby hand too\n"
    assert rewritten(page, facts).startswith("by hand\n<!-- generated: places -->\n| geography |")
    assert rewritten(page, facts).endswith("|\n<!-- end -->\nby hand too\n")


def test_pages_do_not_depend_on_the_clock(facts: PriceBook) -> None:
    days = re.findall(r"read: (\d{4}-\d\d-\d\d)", "".join(map(text_of, DATA.rglob("*.yaml"))))
    assert str(facts.as_of) == max(days)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    assert [link for link in LINK.findall(text_of(page)) if not (page.parent / link).exists()] == []


def test_every_page_is_reached_from_the_readme() -> None:
    assert {page.name for page in PAGES[1:]} == set(re.findall(r"\(docs/([a-z-]+\.md)\)", text_of(PAGES[0])))


# commands

COMMANDS = dict(every_command())


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_has_help_an_example_and_a_place_in_the_pages(words: str) -> None:
    command = COMMANDS[words]
    assert len(command.help.split()) > 4
    assert example_of(command)
    assert all(example.startswith(words) for example in example_of(command))
    assert all(each.help for each in command.params if each.name != "help")
    assert any(words in text_of(page) for page in PAGES if page.name != "commands.md")


def shown(page: Path) -> Iterator[str]:
    """The commands of the program that a page tells people to type, but for the server, which would not end."""
    for block in SHELL.findall(text_of(page)):
        lines = [line for line in block.splitlines() if line.startswith("advisor ")]
        yield from (line for line in lines if not line.startswith("advisor dashboard"))


@pytest.mark.parametrize("page", [page for page in PAGES if any(shown(page))], ids=lambda page: page.name)
def test_what_a_page_shows_can_be_typed(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    for name in ("before.json", "after.json"):  # two runs that somebody kept
        monkeypatch.setattr(sys, "argv", ["advisor", "report", "examples/churn.yaml", "-o", name])
        with pytest.raises(SystemExit):
            main()
    for command in shown(page):
        monkeypatch.setattr(sys, "argv", shlex.split(command, comments=True))
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        assert ended.value.code in (None, 0), f"{command}: {printed.err}"
        assert printed.out or " -o " in command, command
        assert max(map(len, printed.out.splitlines()), default=0) <= 105, command


OVERLAYS = re.findall(r"^```yaml\n(.*?)^```", text_of(ROOT / "docs/prices.md"), re.DOTALL | re.MULTILINE)
PRICED = (("azure/operations", "westeurope", "log_gib"), ("gcp/cloud_run", "us-central1", "requests"))


@pytest.mark.parametrize(("overlay", "priced"), list(zip(OVERLAYS, PRICED, strict=True)), ids=["logs", "own"])
def test_an_overlay_that_is_shown_is_one(
    overlay: str, priced: tuple[str, str, str], tmp_path: Path, facts: PriceBook
) -> None:
    path, (service, region, meter) = tmp_path / "ours.yaml", priced
    path.write_text(overlay)
    ours = load(facts.as_of, path)
    assert ours.fingerprint != facts.fingerprint
    assert ours.price_lists([service], region)["on-demand"][meter].about.grade == "yours"


# completeness


def test_every_field_is_in_the_glossary() -> None:
    glossary = text_of(ROOT / "docs/glossary.md")
    assert [name for name in FIELDS if f"| `{name}` |" not in glossary] == []


def test_every_meter_is_in_the_glossary_with_its_unit() -> None:
    glossary = text_of(ROOT / "docs/glossary.md")
    documents = [yaml.safe_load(text_of(path)) for path in DATA.rglob("*.yaml")]
    meters = {meter: entry["unit"] for each in documents for meter, entry in (each.get("prices") or {}).items()}
    assert len(meters) > 20
    assert [meter for meter, unit in meters.items() if f"| `{meter}` | {unit} |" not in glossary] == []


def undocumented(path: Path) -> Iterator[str]:
    tree = ast.parse(text_of(path))
    if not ast.get_docstring(tree) and tree.body:
        yield path.name
    yield from (f"{path.name}: {name}" for name in _bare(tree, ""))


def _bare(parent: ast.Module | ast.ClassDef, prefix: str) -> Iterator[str]:
    """Public functions and classes without a docstring; what a protocol merely asks for needs none."""
    for node in parent.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            asked_for = ast.unparse(node.body[-1]) == "..."
            if not ast.get_docstring(node) and not asked_for:
                yield prefix + node.name
            if isinstance(node, ast.ClassDef):
                yield from _bare(node, f"{prefix}{node.name}.")


@pytest.mark.parametrize("package", ["advisor", "docs", "pricing", "reports"])
def test_every_public_thing_says_what_it_is(package: str) -> None:
    modules = [path for path in (ROOT / package).rglob("*.py") if "pages" not in path.parts]
    assert [name for path in modules for name in undocumented(path)] == []


def test_the_rule_about_docstrings_can_fail(tmp_path: Path) -> None:
    path = tmp_path / "bare.py"
    path.write_text("class Bare:\n    def bare(self) -> None:\n        return\n\n    def _private(self) -> int: ...\n")
    assert list(undocumented(path)) == ["bare.py", "bare.py: Bare", "bare.py: Bare.bare"]
