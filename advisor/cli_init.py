"""`advisor init`: a workload file to fill in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from advisor.cli_arguments import book_of
from advisor.errors import InputError, printable

Preset = Annotated[
    str | None, typer.Option(metavar="NAME", help="Take the values of an example, such as churn or llm.")
]
Output = Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write here, not to the screen.")]
Force = Annotated[bool, typer.Option("--force", help="Write over a file that exists.")]


def init(preset: Preset = None, output: Output = None, force: Force = False) -> None:
    """Write a workload file to fill in: every field with its meaning, unit, bounds and default.

    Example: [bold]advisor init --preset churn -o service.yaml[/bold]
    """
    from advisor.template import template

    text = template(preset, book_of(None))
    if output is None:
        typer.echo(text, nl=False)
        return
    _write(text, output, force)
    name = printable(str(output))
    typer.echo(f"Wrote {name}. Next: advisor compare {name}")


def _write(text: str, output: Path, force: bool) -> None:
    if output.exists() and not force:
        raise InputError(f"{output} exists; allowed: another name, or --force to write over it")
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(
            f"{output} cannot be written: {error.strerror}; allowed: a file in a folder that exists"
        ) from None
