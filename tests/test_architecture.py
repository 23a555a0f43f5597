"""The rules of the house that a machine can check."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
KERNEL = sorted([*(ROOT / "advisor/platforms").glob("*.py"), *(ROOT / "advisor" / name for name in (
    "capacity.py", "usage.py", "limits.py", "evaluation.py", "horizon.py", "people.py", "tco.py", "choice.py",
    "flips.py"))])  # fmt: skip
ALLOWED = {-1, 0, 1, 2}


def numbers(tree: ast.AST) -> Iterator[tuple[int, float]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
            yield node.lineno, node.value


@pytest.mark.parametrize("path", KERNEL, ids=lambda path: path.name)
def test_no_number_of_the_world_in_code(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    stray = [(line, value) for line, value in numbers(tree) if value not in ALLOWED]
    assert not stray, f"{path.name}: figures belong into pricing/data, conversions into units.py: {stray}"


def test_the_number_rule_can_fail() -> None:
    assert list(numbers(ast.parse("price = 0.0000024"))) == [(1, 0.0000024)]


def test_compare_starts_without_heavy_libraries() -> None:
    code = (
        "import sys; from advisor.cli import main; sys.argv = ['advisor', 'compare', 'examples/churn.yaml', '--json']\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "heavy = {'pandas', 'scipy', 'plotly', 'streamlit', 'pyarrow'} & set(sys.modules)\n"
        "print(sorted(heavy), file=sys.stderr)"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stderr.strip() == "[]"
