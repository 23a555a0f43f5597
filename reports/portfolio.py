"""Many workloads in one table: what is chosen for each, all worked out at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from advisor.bill import Status
from advisor.choice import NOBODY, Choice, choose
from advisor.comparison import Comparison
from advisor.tco import running_hours
from advisor.units import Array, Index
from advisor.workload import Workload
from reports.tally import Answers, Document

Fields = Mapping[str, Any]


def without_allowance(workloads: Sequence[Workload]) -> list[Workload]:
    """The same workloads; where there are several, none takes the account's free allowance unless it says so."""
    if len(workloads) == 1:
        return list(workloads)
    return [
        each if "free_tier" in each.model_fields_set else each.model_copy(update={"free_tier": False})
        for each in workloads
    ]


def answers_of(comparison: Comparison, fields: Callable[[int], Fields]) -> Answers:
    """What is chosen in a comparison; `fields` says what stands in the workload of a row, its name among it."""
    choice = choose(comparison)
    usd = np.stack([best.usd for best in comparison.options.values()], axis=1)
    status = np.stack([best.status for best in comparison.options.values()], axis=1)
    running = np.hstack([running_hours(people) for people in comparison.people.values()])
    figures = {"monthly_usd": usd, "tco_usd": choice.tco_usd, "setup_hours": choice.hours}
    figures |= {"running_hours_per_month": running, "days_to_production": choice.days}
    chosen = {name: _chosen(choice, figure) for name, figure in figures.items()}
    today_usd = comparison.work.current_monthly_usd[:, 0]

    def described(rows: Index) -> list[Document]:
        return [
            {
                "workload": fields(row),
                "choice": {"option": choice.name(int(choice.option[row]))},
                "runner_up": choice.name(int(choice.runner_up[row])),
                "status": Status(int(status[row].min())).name.lower(),
                "difference_usd": known(choice.difference_usd[row]),
                "current_monthly_usd": known(today_usd[row]),
                "options": list(_options(choice, usd[row], status[row])),
                **{name: known(figure[row]) for name, figure in chosen.items()},
            }
            for row in rows.tolist()
        ]

    return Answers(choice.names, choice.option, chosen, today_usd, described)


def _chosen(choice: Choice, figure: Array) -> Array:
    """A figure of the option that is chosen for each row. Shape (rows,)."""
    return np.where(choice.option == NOBODY, np.nan, figure[np.arange(len(figure)), choice.option])


def _options(choice: Choice, usd: Array, status: Any) -> Iterator[Document]:
    for name, monthly, state in zip(choice.names, usd.tolist(), status.tolist(), strict=True):
        yield {"option": name, "status": Status(state).name.lower(), "monthly_usd": known(monthly)}


def known(value: float) -> float | None:
    """A figure; None for NaN."""
    return None if np.isnan(value) else float(value)
