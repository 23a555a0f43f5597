"""Documents whose values may carry a comment, and their text in YAML.

A document is a tree of dicts, lists and plain values; `Noted` wraps a value together with what a reader should know
about it. The text is what PyYAML writes, with each comment set where its parser says that the value stands.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from advisor.errors import printable

NO_FOLDING = 2**20  # columns: a value stays on one line, so that its comment can stand behind it
# What every reader of YAML, of version 1.1 or 1.2, takes for text when it stands unquoted.
_PLAIN_TEXT = re.compile(
    r"(?!(?i:y|n|yes|no|on|off|true|false|null|nan|inf)\Z)[A-Za-z/][A-Za-z0-9_./-]*(?::+[A-Za-z0-9_./-]+)*"
    r"|[0-9]+(?:m|Mi|Gi)"  # quantities of Kubernetes
)


@dataclass(frozen=True)
class Noted:
    """A value with a comment."""

    value: Any
    comment: str


def planned(value: Any, why: str) -> Noted:
    """A value that came from the capacity plan."""
    return Noted(value, f"capacity plan: {why}")


def plain(document: Any) -> Any:
    """The same tree without comments."""
    if isinstance(document, Noted):
        return plain(document.value)
    if isinstance(document, Mapping):
        return {key: plain(value) for key, value in document.items()}
    if isinstance(document, Sequence) and not isinstance(document, str):
        return [plain(value) for value in document]
    return document


def yaml_text(documents: Sequence[Any], head: Iterable[str] = ()) -> str:
    """The documents as YAML, one after the other, below a head of comment lines."""
    lines = [f"# {printable(line)}".rstrip() for line in head]
    return "\n".join([*lines, "---\n".join(_one(document) for document in documents)])


def json_text(document: Any) -> str:
    """The document as JSON, which has no comments."""
    return json.dumps(plain(document), indent=2) + "\n"


class _Text(yaml.CSafeDumper):
    """Writes block style in the order given, and quotes whatever some reader might take for something else."""

    def ignore_aliases(self, data: Any) -> bool:
        del data
        return True


def _string(dumper: _Text, text: str) -> yaml.ScalarNode:
    if "\n" in text:
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|")
    style = None if _PLAIN_TEXT.fullmatch(text) else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Text.add_representer(str, _string)


def _one(document: Any) -> str:
    text = yaml.dump(
        plain(document), Dumper=_Text, sort_keys=False, default_flow_style=False, allow_unicode=False, width=NO_FOLDING
    )
    lines: list[str] = text.split("\n")
    above: dict[int, str] = {}
    for node, comment in _notes(document, yaml.compose(text, Loader=yaml.CSafeLoader)):
        if isinstance(node, yaml.ScalarNode):
            lines[node.end_mark.line] += f"  # {printable(comment)}"
        else:
            above[node.start_mark.line] = printable(comment)
    return "\n".join(_with_lines_above(lines, above))


def _with_lines_above(lines: Sequence[str], above: Mapping[int, str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        if number in above:
            yield " " * (len(line) - len(line.lstrip())) + f"# {above[number]}"
        yield line


def _notes(document: Any, node: Any) -> Iterator[tuple[yaml.Node, str]]:
    """Every comment of a tree with the node of the text that it belongs to."""
    if isinstance(document, Noted):
        yield node, document.comment
        yield from _notes(document.value, node)
    elif isinstance(document, Mapping):
        for (_, below), value in zip(node.value, document.values(), strict=True):
            yield from _notes(value, below)
    elif isinstance(document, Sequence) and not isinstance(document, str):
        for below, value in zip(node.value, document, strict=True):
            yield from _notes(value, below)
