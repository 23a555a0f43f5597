"""A gate for pipelines: whether what is chosen stays within a budget, and whether all its prices are known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from advisor.answer import Answer
from advisor.bill import Status
from advisor.choice_words import listed
from advisor.errors import InputError, printable
from advisor.explanation import Explanation
from advisor.figures import money
from advisor.saved import SavedRun
from advisor.units import PERCENT


@dataclass(frozen=True)
class Gate:
    """What a pipeline lets pass; None asks nothing."""

    max_monthly_usd: float | None = None
    max_increase_pct: float | None = None
    baseline_usd: float | None = None  # what the chosen option cost a month then


@dataclass(frozen=True)
class Finding:
    """Why a run is held back."""

    kind: Literal["over budget", "unknown price"]
    words: str


def findings(answer: Answer, gate: Gate) -> list[Finding]:
    """Everything that holds a run back; nothing if all is well."""
    name = answer.choice.name(int(answer.choice.option[0]))
    chosen = next((each for each in answer.options if each.option == name), None)
    over = [*_over_budget(chosen, gate), *_over_baseline(chosen, gate)] if chosen else []
    return [*over, *_unknown(answer.options)]


def _over_budget(chosen: Explanation, gate: Gate) -> Iterator[Finding]:
    usd, most = chosen.would_cost_usd, gate.max_monthly_usd
    if most is not None and usd > most:
        words = f"{chosen.option} costs {money(usd)} USD a month; allowed: {money(most)}"
        yield Finding("over budget", words)


def _over_baseline(chosen: Explanation, gate: Gate) -> Iterator[Finding]:
    usd, before, most = chosen.would_cost_usd, gate.baseline_usd, gate.max_increase_pct
    if before is None or most is None or usd <= before + abs(before) * most * PERCENT:
        return
    by = f"{(usd - before) / before / PERCENT:.1f} % more" if before > 0 else "more"
    words = f"{chosen.option} costs {money(usd)} USD a month, {by} than the {money(before)} of the baseline"
    yield Finding("over budget", f"{words}; allowed: {most:g} %")


def _unknown(options: Sequence[Explanation]) -> Iterator[Finding]:
    names = [each.option for each in options if each.status == Status.UNKNOWN]
    if names:
        missing = [printable(why) for each in options if each.status == Status.UNKNOWN for why in each.unknown]
        yield Finding("unknown price", f"the cost of {listed(names)} is unknown: {'; '.join(dict.fromkeys(missing))}")


def baseline_usd(runs: Sequence[SavedRun], name: str, where: str) -> float:
    """What the choice for a workload of that name cost a month in a saved run. Raises `InputError`."""
    named = [run for run in runs if run.name == name] or (list(runs) if len(runs) == 1 else [])
    if not named:
        raise InputError(f"{where} holds no workload of this name; allowed: a baseline of the same workload")
    chosen = named[0].chosen
    if chosen is None or chosen.monthly_usd is None:
        raise InputError(f"{where} has no option that was priced; allowed: a baseline with a choice")
    return chosen.monthly_usd
