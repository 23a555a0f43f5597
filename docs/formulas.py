"""The formulas, from the docstrings of the functions that are them."""

from __future__ import annotations

import ast
from pathlib import Path

from docs.markdown import escaped
from pricing import PriceBook

ROOT = Path(__file__).parents[1]
ARRAY = "Array"  # a module with a function from columns to a column is one of formulas


def formulas(book: PriceBook) -> str:
    """Every module of the kernel that has formulas, and each of them with its signature and docstring."""
    del book
    return "\n".join(filter(None, map(_module, sorted((ROOT / "advisor").rglob("*.py")))))


def _module(path: Path) -> str:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    public = [node for node in tree.body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")]
    if not any(map(_turns_columns_into_columns, public)):
        return ""
    name = path.relative_to(ROOT).as_posix()
    return f"## {name}\n\n{_prose(tree)}\n\n" + "\n".join(map(_function, public))


def _turns_columns_into_columns(node: ast.FunctionDef) -> bool:
    taken = (argument.annotation for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs))
    return _is_array(node.returns) and any(map(_is_array, taken))


def _is_array(annotation: ast.expr | None) -> bool:
    return isinstance(annotation, ast.Name) and annotation.id == ARRAY


def _function(node: ast.FunctionDef) -> str:
    signature = f"{node.name}({ast.unparse(node.args)})"
    returned = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return f"### {node.name}\n\n```python\n{signature}{returned}\n```\n\n{_prose(node)}\n"


def _prose(node: ast.Module | ast.FunctionDef) -> str:
    return escaped(ast.get_docstring(node) or "")
