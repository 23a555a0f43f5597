"""The command that writes a report again."""

from __future__ import annotations

import datetime as dt
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path


def again(
    workloads: Sequence[Path],
    output: Path,
    as_of: dt.date | None,
    options: str | None = None,
    prices: Path | None = None,
    team: Path | None = None,
    manifests: bool = False,
) -> str:
    """What to type; the day of the prices is named, so that it stays the same, unless the answers name it."""
    given: Mapping[str, object] = {"--options": options, "--as-of": as_of, "--prices": prices, "--team": team}
    words = [word for name, value in given.items() if value is not None for word in (name, str(value))]
    return shlex.join(
        ["advisor", "report", *map(str, workloads), "-o", str(output), *words, *["--manifests"] * manifests]
    )
