"""What a writer hands back: files by name, the values to fill in, and the steps that use them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from advisor.errors import printable
from advisor.manifests.commented import plain, yaml_text
from advisor.manifests.markdown import readme_text

README, VALUES = "README.md", "values.env"
REQUEST = "echo '{}' > request.json  # in its place, a request that the service understands"
LONGEST_LINE = 100  # of a command, before it is broken at its flags
_BARE = re.compile(r"[A-Za-z0-9_@%+=:,./-]+")
_FILLED_IN = re.compile(r"[A-Za-z0-9_@%+=:,./ ?&{}$-]+")


@dataclass(frozen=True)
class Value:
    """A placeholder that the user fills in: its name, a legal example, and what it is."""

    name: str
    example: str
    meaning: str

    @property
    def reference(self) -> str:
        """How a document names it: replaced by `envsubst` before the platform sees it."""
        return f"${{{self.name}}}"


@dataclass(frozen=True)
class File:
    """One file of YAML documents, and what it is for."""

    purpose: str
    documents: tuple[Any, ...]


@dataclass(frozen=True)
class Step:
    """Commands that belong together, and why they are run."""

    title: str
    commands: tuple[str, ...]
    why: str = ""


@dataclass(frozen=True)
class Steps:
    """The commands in order: what to run once, at every release, and at the end."""

    deploy: Sequence[Step]
    check: Sequence[Step]
    roll_back: Sequence[Step]
    tear_down: Sequence[Step]


@dataclass(frozen=True)
class Bundle:
    """Everything needed to deploy one workload on one option."""

    name: str
    title: str
    files: Mapping[str, File]
    values: tuple[Value, ...]
    steps: Steps
    values_file: str = VALUES  # where the values are: below the folder that a tool may not leave
    notes: tuple[str, ...] = ()
    warning: tuple[str, ...] = ()  # stands at the head of every file: the option cannot run the workload
    facts: Mapping[str, str] = field(default_factory=dict)  # what the plan says, for the head of the README

    @property
    def documents(self) -> Mapping[str, tuple[Any, ...]]:
        """The documents of each file, without comments."""
        return {name: tuple(plain(document) for document in file.documents) for name, file in self.files.items()}

    def texts(self) -> dict[str, str]:
        """The text of every file by its name, the README first."""
        head = tuple(f"INFEASIBLE: {reason}" for reason in self.warning)
        files = {
            name: yaml_text(file.documents, (*head, f"{name}: {file.purpose}")) for name, file in self.files.items()
        }
        return {README: readme_text(self), self.values_file: self._values(head), **files}

    def marked(self, warning: Sequence[str]) -> Bundle:
        """The same bundle with a warning in every file."""
        return replace(self, warning=tuple(warning))

    def _values(self, head: Sequence[str]) -> str:
        """The one file to fill in, read by the shell and by kustomize: a line NAME=value for each."""
        lines = [f"# {printable(line)}" for line in (*head, "Fill in every value, here and nowhere else.")]
        for value in self.values:
            lines += [f"# {value.meaning}", f"{value.name}={value.example}"]
        return "\n".join(lines) + "\n"


def command(*words: str) -> str:
    """A shell command, a flag to a line where it is long.

    Words with a `$NAME` are quoted so that it is filled in, all others so that nothing is.
    """
    line = " ".join(_quoted(word) for word in words)
    return line if len(line) <= LONGEST_LINE else line.replace(" --", " \\\n  --")


def filled_in(file: str, values: Sequence[Value]) -> str:
    """A command that prints a file with its values filled in; any other `$NAME` in it is left alone."""
    names = " ".join(f"${value.name}" for value in values)
    return f"envsubst '{names}' < {file}"


def _quoted(word: str) -> str:
    flag, equals, value = word.partition("=")
    if word.startswith("--") and equals and not _BARE.fullmatch(value):
        return f"{flag}={_quoted(value)}"
    if _BARE.fullmatch(word):
        return word
    if _FILLED_IN.fullmatch(word):
        return f'"{word}"'
    return "'" + word.replace("'", "'\\''") + "'"
