"""Options made up for tests: bills, hours and days as given, nothing read from the price book."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from advisor.bill import Status
from advisor.comparison import Comparison, outlay
from advisor.deploy import plan
from advisor.draws import Spread
from advisor.evaluation import Best
from advisor.outright import Life
from advisor.people import People
from advisor.tco import ownership
from advisor.team import Team
from advisor.workload import Workload, Workloads
from pricing import DATA, Fact, Facts
from pricing.effort import load_effort

CONTROL = ("edit_manifest", "daemon")
TIE_SHARE = 0.3


def certain(value: float) -> Spread:
    """A figure without a range."""
    return Spread(value, value, value, value)


@dataclass(frozen=True)
class Invented:
    """One option. `usd` is its monthly bill, or one for each row; None is not priced, for the reason in `status`."""

    usd: float | Sequence[float] | None = 0.0
    setup: float | Spread = 0.0
    days: float | Spread = 0.0
    running: float | Spread = 0.0
    standby: float = 0.0
    opens: Mapping[str, str] = field(default_factory=dict)  # no where not named
    status: Status = Status.PRICED
    worn: float = 0.0  # the part of the bill that is the wear of what is bought outright, for this life
    life: Life | None = None


def workload(**fields: object) -> Workload:
    """A workload whose size does not matter, with people at 100 USD an hour."""
    usual = {"requests_per_month": 1e6, "duration_s": 0.1, "vcpu": 1.0, "memory_gib": 1.0, "hour_usd": 100.0}
    return Workload.model_validate({"name": "invented", **usual, **fields})


def people(option: Invented, work: Workloads) -> People:
    """One team, whose plan is as given."""
    usual = plan("CR", Team("working"), load_effort(DATA))
    invented = replace(
        usual,
        setup_hours=_spread(option.setup),
        days_to_production=_spread(option.days),
        operations_hours_per_month=_spread(option.running),
        standby_hours_per_month=option.standby,
    )
    return People((invented,), np.zeros(len(work), dtype=np.intp), work.hour_usd)


def compared(options: Mapping[str, Invented], *workloads: Workload) -> Comparison:
    """A comparison of made-up options for some workloads."""
    work = Workloads.of(workloads or [workload()])
    bests = {name: _best(option, len(work)) for name, option in options.items()}
    teams = {name: people(option, work) for name, option in options.items()}
    outlays = {name: outlay(best, options[name].life) for name, best in bests.items()}
    costs = {name: ownership(work, outlays[name], teams[name]) for name in options}
    abilities = {name: _capabilities(option) for name, option in options.items()}
    return Comparison(work, bests, teams, outlays, costs, abilities, CONTROL, TIE_SHARE)


def _spread(figure: float | Spread) -> Spread:
    return figure if isinstance(figure, Spread) else certain(figure)


def _best(option: Invented, rows: int) -> Best:
    usd = np.broadcast_to(np.array(np.nan if option.usd is None else option.usd, dtype=np.float64), rows).copy()
    words = np.full(rows, "", dtype=object)
    status = np.full(rows, option.status, dtype=np.int8)
    rank = status.astype(np.int32)
    return Best(rank, usd, usd, usd, np.full(rows, option.worn), status, words, words, words)


def _capabilities(option: Invented) -> Facts:
    cells = {name: option.opens.get(name, "no") for name in CONTROL}
    facts = {name: Fact(name, name, cell, "yes/no", "", "", "", "") for name, cell in cells.items()}
    return Facts(facts, "invented")
