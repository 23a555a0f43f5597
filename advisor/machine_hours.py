"""Machine-hours of a month, split the way they are bought: those that always run, those above, those only committed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from advisor.capacity import LevelPlan
from advisor.platforms.platform import Offer
from advisor.units import HOURS_PER_MONTH, Array
from pricing import MarginalScale


@dataclass(frozen=True)
class MachineHours:
    """Machine-hours by meter, and those that really run. Shape (rows, machines)."""

    total: Array
    meters: Mapping[str, Array]


def machine_hours(levels: Sequence[LevelPlan], offer: Offer) -> MachineHours:
    """Count the hours of the machines of every level.

    A commitment on the base pays the machines of the lowest level around the clock; one on the peak pays all of them,
    whether they run or not. Sustained use is a discount on hours, by each machine's share of the month.
    """
    base, above, peak = _base_above_peak(levels)
    always = HOURS_PER_MONTH * base
    meters = {
        "base_machine_hours": always,
        "above_base_machine_hours": above,
        "unused_committed_machine_hours": np.maximum(HOURS_PER_MONTH * (peak - base) - above, 0.0),
    }
    return MachineHours(always + above, meters | _sustained(levels, offer))


def _base_above_peak(levels: Sequence[LevelPlan]) -> tuple[Array, Array, Array]:
    machines = [level.machines for level in levels if level.machines is not None]
    base = machines[0]
    above = np.zeros_like(base)
    for level, count in zip(levels[1:], machines[1:], strict=True):
        above = above + level.hours * (count - base)
    return base, above, machines[-1]


def _sustained(levels: Sequence[LevelPlan], offer: Offer) -> Mapping[str, Array]:
    """Machine-hours that the sustained-use discount takes off, where the vendor grants one to any of the machines.

    Machines that are added at a level run while it or a higher one lasts; the discount is a marginal scale of that share.
    """
    scales = offer.facts.get("sustained_use", {})
    if not any(family in scales for family in offer.machines.family):
        return {}
    share = 1.0
    below = levels[0].machines
    above = np.zeros((1, 1))
    for level, lower in zip(levels[1:], levels, strict=False):
        share = share - lower.hours / HOURS_PER_MONTH
        assert level.machines is not None
        above = above + HOURS_PER_MONTH * _discount(offer.machines.family, scales, share) * (level.machines - below)
        below = level.machines
    return {
        "sustained_base_machine_hours": HOURS_PER_MONTH * _discount(offer.machines.family, scales, 1.0) * levels[0].machines,
        "sustained_above_base_machine_hours": above,
    }


def _discount(families: Sequence[str], scales: Mapping[str, Mapping[float, float]], share: float) -> Array:
    """What each family takes off for a share of the month, as a share of the month. Shape (machines,)."""
    used = np.array([share])
    off = {family: share - MarginalScale.of(scale)(used)[0] for family, scale in scales.items()}
    return np.array([off.get(family, 0.0) for family in families])
