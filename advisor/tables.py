"""Tables for a terminal: no lines, a bold heading, figures to the right."""

from __future__ import annotations

from collections.abc import Collection

from rich.table import Table


def table(
    title: str, *columns: str, right: Collection[str] = (), whole: Collection[str] = (), tight: bool = False
) -> Table:
    """An empty table; columns in `whole` are never broken over lines, and stand closer where it is `tight`."""
    grid = Table(
        box=None,
        pad_edge=False,
        collapse_padding=tight,
        header_style="bold",
        title=f"\n{title}",
        title_justify="left",
        title_style="bold",
    )
    for column in columns:
        grid.add_column(
            column,
            justify="right" if column in right else "left",
            overflow="fold",
            no_wrap=column in whole,
        )
    return grid
