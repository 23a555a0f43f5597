"""`advisor init`: a workload file to fill in."""

from __future__ import annotations

from typing import Annotated

import typer

from advisor.cli_arguments import Force, Output, book_of, write_text
from advisor.errors import printable

Preset = Annotated[
    str | None, typer.Option(metavar="NAME", help="Take the values of an example, such as churn or llm.")
]


def init(preset: Preset = None, output: Output = None, force: Force = False) -> None:
    """Write a workload file to fill in: every field with its meaning, unit, bounds and default.

    Example: [bold]advisor init --preset churn -o service.yaml[/bold]
    """
    from advisor.template import template

    text = template(preset, book_of(None))
    if output is None:
        typer.echo(text, nl=False)
        return
    write_text(text, output, force)
    name = printable(str(output))
    typer.echo(f"Wrote {name}. Next: advisor compare {name}")
