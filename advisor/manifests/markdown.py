"""The README of a bundle: what it is, what to fill in, and the exact commands in order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from advisor.errors import printable

if TYPE_CHECKING:
    from advisor.manifests.bundle import Bundle, Step


TOOLS = ("aws", "az", "curl", "eksctl", "envsubst", "gcloud", "git", "grpcurl", "helm", "kubectl", "ssh", "yq")


def readme_text(bundle: Bundle) -> str:
    """The text of README.md."""
    return "\n".join(_lines(bundle)) + "\n"


def _lines(bundle: Bundle) -> Iterator[str]:
    yield f"# {_prose(bundle.title)}"
    yield ""
    for reason in bundle.warning:
        yield f"> **INFEASIBLE: {_prose(reason)}**"
        yield ""
    for name, fact in bundle.facts.items():
        yield f"- {name}: {_prose(fact)}"
    yield from ("", "## Files", "")
    yield f"- `{bundle.values_file}`: the values to fill in, here and nowhere else."
    for name, file in bundle.files.items():
        yield f"- `{name}`: {_prose(file.purpose)}"
    yield from _values(bundle)
    yield from ("", "## Before you deploy", "")
    yield f"- the commands take {', '.join(f'`{tool}`' for tool in _tools(bundle))}"
    yield from (f"- {_prose(note)}" for note in bundle.notes)
    for title, steps in _chapters(bundle):
        yield from ("", f"## {title}")
        for number, step in enumerate(steps, 1):
            yield from _step(number, step)


def _values(bundle: Bundle) -> Iterator[str]:
    yield from ("", "## Fill in", "", "| value | what it is | example |", "|---|---|---|")
    for value in bundle.values:
        yield f"| `{value.name}` | {_prose(value.meaning)} | `{value.example}` |"
    yield from ("", "Then let the shell know them:", "", *_shell([f"set -a; . ./{bundle.values_file}; set +a"]))


def _chapters(bundle: Bundle) -> Iterable[tuple[str, Sequence[Step]]]:
    steps = bundle.steps
    return (
        ("Deploy", steps.deploy),
        ("Check", steps.check),
        ("Roll back", steps.roll_back),
        ("Tear down", steps.tear_down),
    )


def _tools(bundle: Bundle) -> Iterator[str]:
    """What has to be installed where the commands are run: the first words of commands that no system brings."""
    lines = "\n".join(line for _, steps in _chapters(bundle) for step in steps for line in step.commands)
    used = set(re.findall(r"(?:^|[|;&(]\s*)([a-z0-9]+) ", lines, re.MULTILINE))
    yield from (tool for tool in TOOLS if tool in used)


def _step(number: int, step: Step) -> Iterator[str]:
    yield from ("", f"{number}. {_prose(step.title)}" + (f" {_prose(step.why)}" if step.why else ""), "")
    yield from _shell(step.commands)


def _shell(commands: Iterable[str]) -> Iterator[str]:
    yield from ("```sh", *commands, "```")


def _prose(text: str) -> str:
    """Text on one line that Markdown shows as it is written."""
    return "".join(f"\\{each}" if each in "\\`*_<>[]|" else each for each in printable(text))
