"""The commands, from their own help, and what one of them prints."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from advisor.cli import COMMANDS, command
from docs.markdown import code, escaped, table
from pricing import PriceBook

RUN = "from advisor.cli import main; main()"
EXAMPLE = re.compile(r"Example: \[bold\](?P<command>.*?)\[/bold\]")


def output(command: str, folder: Path) -> str:
    """A command and what it prints on 80 columns, as a console shows it."""
    arguments = shlex.split(command)[1:]
    plain = {key: value for key, value in os.environ.items() if key not in ("FORCE_COLOR", "CLICOLOR_FORCE")}
    ran = subprocess.run(  # noqa: S603 - our own command line
        [sys.executable, "-c", RUN, *arguments],
        cwd=folder,
        env={**plain, "COLUMNS": "80", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    lines = "\n".join(line.rstrip() for line in ran.stdout.rstrip().splitlines())
    return f"```console\n$ {command}\n{lines}\n```"


def every_command() -> Iterator[tuple[str, Any]]:
    """The words that call each command, and the command."""
    for name in COMMANDS:
        yield from _below(f"advisor {name}", command(name))


def _below(words: str, found: Any) -> Iterator[tuple[str, Any]]:
    members = getattr(found, "commands", {})
    if not members:
        yield words, found
    for name, member in members.items():
        yield from _below(f"{words} {name}", member)


def commands(book: PriceBook) -> str:
    """Every command: what it does, an example, what it takes."""
    del book
    return "\n".join(_command(words, command) for words, command in every_command())


def _command(words: str, command: Any) -> str:
    sentence = escaped(" ".join(EXAMPLE.sub("", command.help).split()))
    examples = "\n".join(example_of(command))
    return f"## {words}\n\n{sentence}\n\n```sh\n{examples}\n```\n\n{table(('takes', 'meaning'), _parameters(command))}"


def example_of(command: Any) -> list[str]:
    """The examples in a command's help."""
    return [found["command"] for found in EXAMPLE.finditer(command.help or "")]


def _parameters(command: Any) -> Iterator[tuple[str, str]]:
    for each in command.params:
        if each.name != "help":
            words = ", ".join(each.opts) if each.param_type_name == "option" else each.metavar
            value = f" {each.metavar}" if each.param_type_name == "option" and each.metavar else ""
            yield code(f"{words}{value}"), escaped(each.help or "")
