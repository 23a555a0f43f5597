"""The gate of `advisor compare`: options for pipelines, and the exit codes they look at."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from advisor.cli_arguments import ANSWERED, NO_OPTION
from advisor.errors import InputError

if TYPE_CHECKING:
    from advisor.answer import Answer
    from advisor.gate import Gate

OVER_BUDGET, UNKNOWN_PRICE = 5, 6

MaxMonthly = Annotated[
    float | None, typer.Option(metavar="USD", help="Fail with 5 if the choice's bill of a month is above this.")
]
MaxIncrease = Annotated[
    float | None, typer.Option(metavar="P", help="Fail with 5 if it rose by more than P % over --baseline.")
]
Baseline = Annotated[
    Path | None, typer.Option(metavar="A.json", help="A saved run to hold it against; see --max-increase-pct.")
]


def gate_of(max_monthly: float | None, max_increase_pct: float | None, baseline: Path | None, name: str) -> Gate | None:
    """The gate that is asked for; None where none is. Raises `InputError` for one that cannot hold anything back."""
    if max_monthly is None and max_increase_pct is None and baseline is None:
        return None
    for option, value in (("--max-monthly", max_monthly), ("--max-increase-pct", max_increase_pct)):
        if value is not None and not 0 <= value < float("inf"):
            raise InputError(f"{option} is {value:g}; allowed: a number from 0 on")
    if (max_increase_pct is None) != (baseline is None):
        given, other = ("--baseline", "--max-increase-pct")[:: 1 if baseline else -1]
        raise InputError(f"{given} needs {other} beside it; allowed: both or neither")
    from advisor.gate import Gate, baseline_usd
    from advisor.saved import read_saved

    before = None if baseline is None else baseline_usd(read_saved(baseline), name, str(baseline))
    return Gate(max_monthly, max_increase_pct, before)


def held_back(answer: Answer, gate: Gate) -> int:
    """Say on the standard error what holds the run back, nothing if all is well; the exit code."""
    from advisor.gate import findings

    found = findings(answer, gate)
    for finding in found:
        typer.echo(f"advisor: {finding.kind}: {finding.words}", err=True)
    kinds = {finding.kind for finding in found}
    if not answer.feasible:
        typer.echo("advisor: no option can run the workload", err=True)
        return NO_OPTION
    return OVER_BUDGET if "over budget" in kinds else UNKNOWN_PRICE if kinds else ANSWERED
