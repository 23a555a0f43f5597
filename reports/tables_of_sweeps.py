"""The tables of break-evens: where the order of two flips, and which of all options is cheapest between."""

from __future__ import annotations

from advisor.breakeven import Sweep
from advisor.breakeven_words import shown, stretches
from reports.charts_of_sweeps import ALONG
from reports.content import Column, Table

MOST_SHOWN = 20  # crossings: packing makes cost a saw-tooth


def crossings_table(sweep: Sweep) -> Table:
    """Every place at which the cheaper of the two becomes the dearer."""
    rows = [(f"from {shown(crossing.at)} on", crossing.above, crossing.below) for crossing in sweep.crossings]
    columns = (_along(sweep), Column("cheaper"), Column("below it"))
    more = len(rows) - MOST_SHOWN
    note = f"And {more} more." if more > 0 else ""
    return Table(f"{' against '.join(sweep.pair)}", "Crossings", columns, rows[:MOST_SHOWN], note=note)


def cheapest_table(sweep: Sweep) -> Table:
    """The cheapest of all options, stretch by stretch."""
    rows = [(values, option or "none is priced") for values, option in stretches(sweep)]
    columns = (_along(sweep), Column("cheapest of all"))
    return Table("Which option is cheapest where", "Cheapest", columns, rows)


def _along(sweep: Sweep) -> Column:
    """What varies, with its unit where it has one."""
    words, kind = ALONG[sweep.field]
    return Column(words, unit="" if kind == "category" else sweep.unit)
