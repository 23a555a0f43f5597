"""Many workloads in one table: what is chosen for each, all worked out at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from advisor.bill import Status
from advisor.choice import NOBODY, Choice, choose
from advisor.comparison import Comparison
from advisor.tco import running_hours
from advisor.units import Array
from advisor.workload import Workload
from reports.document import Row


def without_allowance(workloads: Sequence[Workload]) -> list[Workload]:
    """The same workloads; where there are several, none takes the account's free allowance unless it says so."""
    if len(workloads) == 1:
        return list(workloads)
    return [
        each if "free_tier" in each.model_fields_set else each.model_copy(update={"free_tier": False})
        for each in workloads
    ]


def portfolio_of(workloads: Sequence[Workload], comparison: Comparison) -> list[Row]:
    """A row for each workload, in the order given."""
    choice = choose(comparison)
    usd = np.stack([best.usd for best in comparison.options.values()], axis=1)
    status = np.stack([best.status for best in comparison.options.values()], axis=1)
    running = np.hstack([running_hours(people) for people in comparison.people.values()])
    figures = {"monthly_usd": usd, "tco_usd": choice.tco_usd, "days_to_production": choice.days}
    figures |= {"setup_hours": choice.hours, "running_hours_per_month": running}
    return [
        Row.model_validate(
            {
                "workload": workload.model_dump(mode="json"),
                "choice": {"option": choice.name(int(choice.option[row]))},
                "runner_up": choice.name(int(choice.runner_up[row])),
                "status": Status(int(status[row].min())).name.lower(),
                "difference_usd": _known(float(choice.difference_usd[row])),
                "current_monthly_usd": workload.current_monthly_usd,
                "options": list(_options(choice, usd[row], status[row])),
                **{name: _chosen(choice, figure, row) for name, figure in figures.items()},
            }
        )
        for row, workload in enumerate(workloads)
    ]


def _chosen(choice: Choice, figure: Array, row: int) -> float | None:
    """A figure of the option that is chosen."""
    at = int(choice.option[row])
    return None if at == NOBODY else _known(float(figure[row, at]))


def _options(choice: Choice, usd: Array, status: Any) -> Iterator[dict[str, Any]]:
    for name, monthly, state in zip(choice.names, usd.tolist(), status.tolist(), strict=True):
        yield {"option": name, "status": Status(state).name.lower(), "monthly_usd": _known(monthly)}


def _known(value: float) -> float | None:
    return None if np.isnan(value) else value
