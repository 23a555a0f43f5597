"""A team's own pace, learnt from its past deployments: how far its hours and its days lie from the generic ones."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import yaml

from advisor.deploy import plan
from advisor.draws import NORMAL_P90, UPPER, Spread
from advisor.history import HistoryError, HistoryRow
from pricing.effort import EffortTables, Practice
from pricing.reader import read_yaml

MOST_BYTES = 2**16  # ten figures; anything larger is another file

# By the last word of a figure's name. Logs of ratios: what lies outside is a slip of the pen.
BOUNDS = {"mean": (-20.0, 20.0), "sd": (1e-6, 20.0), "scale": (1e-6, 20.0), "freedom": (1.0, 1e6), "cases": (0.0, 1e6)}


@dataclass(frozen=True)
class Calibration:
    """The team's level b = ln(own hours / generic hours), and c = ln(own task hours a day / usual ones).

    hours_mean, hours_sd and noise_sd are m_n, t_n and s of effort model 8.1; student_* the law of 8.2.
    """

    cases: int
    hours_mean: float
    hours_sd: float
    noise_sd: float
    student_mean: float
    student_scale: float
    student_freedom: float
    timed_cases: int
    focus_mean: float
    focus_sd: float

    @property
    def hours_factor(self) -> float:
        """By what the team's median differs from the generic one."""
        return math.exp(self.hours_mean)

    @property
    def focus_factor(self) -> float:
        """By what the team's task hours a day differ from the usual ones."""
        return math.exp(self.focus_mean)

    @property
    def weight(self) -> float:
        """Share of the history in the level, the rest being the prior's: n / (n + s^2/t0^2) = n t_n^2 / s^2."""
        return self.cases * (self.hours_sd / self.noise_sd) ** 2

    def next_deployment(self, model_p50_h: float) -> Spread:
        """Hours of the next deployment, from its generic P50. [h]

        ln A ~ N(ln M + m_n, t_n^2 + s^2). Source: effort model 8.1.
        """
        sd = math.hypot(self.hours_sd, self.noise_sd)
        p50 = model_p50_h * self.hours_factor
        half_width = math.exp(NORMAL_P90 * sd)
        return Spread(p50 / half_width, p50, p50 * half_width, p50 * math.exp(sd**2 / 2))

    def next_deployment_noise_unknown(self, model_p50_h: float) -> tuple[float, float, float]:
        """P10, P50 and P90 where the noise too is learnt from these few cases: Student t, which has no mean here. [h]

        Source: effort model 8.2.
        """
        from scipy.special import stdtrit  # not needed to compare: loaded when somebody calibrates

        p50 = model_p50_h * math.exp(self.student_mean)
        half_width = math.exp(self.student_scale * float(stdtrit(self.student_freedom, UPPER)))
        return p50 / half_width, p50, p50 * half_width

    def to_yaml(self) -> str:
        """The text that from_yaml reads."""
        return yaml.safe_dump(asdict(self), sort_keys=False)

    @classmethod
    def from_yaml(cls, text: str) -> Calibration:
        """What to_yaml wrote, or HistoryError naming the first figure that is missing, unknown or out of bounds."""
        return cls.of(_mapping(text))

    @classmethod
    def of(cls, found: Mapping[Any, object]) -> Calibration:
        """From figures by name, or HistoryError as from_yaml."""
        kinds: dict[object, type] = {field.name: int if field.type == "int" else float for field in fields(cls)}
        for name in found:
            if name not in kinds:
                raise HistoryError(f"calibration: {name} is not known; the names are {', '.join(map(str, kinds))}")
        figures: dict[str, Any] = {str(name): _figure(str(name), kind, found.get(name)) for name, kind in kinds.items()}
        return cls(**figures)


def read_calibration(path: Path) -> Calibration:
    """The calibration that a file holds. What is wrong with it is said with its name."""
    found = read_yaml(path, "calibration", MOST_BYTES)
    try:
        return Calibration.of(found)
    except HistoryError as error:
        raise HistoryError(f"{path}: {error}") from None


def calibrate(rows: Sequence[HistoryRow], tables: EffortTables) -> Calibration:
    """Learn the level from past deployments of any families; at least one is needed."""
    if not rows:
        raise HistoryError("no past deployment to learn from: at least one usable row is needed")
    plans = [plan(row.family, row.team, tables) for row in rows]
    hours = [math.log(row.hours / own.setup_hours.p50) for row, own in zip(rows, plans, strict=True)]
    focus = [
        math.log(row.hours / row.days) - math.log(own.setup_hours.p50 / own.days_to_production.p50)
        for row, own in zip(rows, plans, strict=True)
        if row.days is not None
    ]
    return from_log_ratios(hours, focus, tables.practice)


def from_log_ratios(hours: Sequence[float], focus: Sequence[float], practice: Practice) -> Calibration:
    """Calibration from y = ln(actual / model P50) of hours, and of task hours a day, one of each per deployment.

    A day's hours are compared with the model's own hours over days, waits included, so that waits are not taken for
    slow work; with no waits this is the rule of effort model 8.6.
    """
    mean, sd = known_noise(hours, practice.hours_prior_sd, practice.hours_noise_sd)
    focus_mean, focus_sd = known_noise(focus, practice.focus_prior_sd, practice.focus_noise_sd)
    student_mean, student_scale, student_freedom = unknown_noise(hours, practice)
    return Calibration(
        cases=len(hours),
        hours_mean=mean,
        hours_sd=sd,
        noise_sd=practice.hours_noise_sd,
        student_mean=student_mean,
        student_scale=student_scale,
        student_freedom=student_freedom,
        timed_cases=len(focus),
        focus_mean=focus_mean,
        focus_sd=focus_sd,
    )


def known_noise(ratios: Sequence[float], prior_sd: float, noise_sd: float) -> tuple[float, float]:
    """Mean and sd of the level: y_j ~ N(b, s^2), b ~ N(0, t0^2). Source: effort model 8.1."""
    precision = 1 / prior_sd**2 + len(ratios) / noise_sd**2
    return math.fsum(ratios) / noise_sd**2 / precision, math.sqrt(1 / precision)


def unknown_noise(ratios: Sequence[float], practice: Practice) -> tuple[float, float, float]:
    """Location, scale and degrees of freedom of the next ln(actual / model). Source: effort model 8.2, m0 = 0."""
    cases, mean = len(ratios), math.fsum(ratios) / len(ratios)
    weight = practice.student_prior_cases + cases
    shape = practice.student_prior_shape + cases / 2
    within = math.fsum((ratio - mean) ** 2 for ratio in ratios)
    from_prior = practice.student_prior_cases * cases * mean**2 / weight
    scale = practice.student_prior_scale + (within + from_prior) / 2
    return cases * mean / weight, math.sqrt(scale * (weight + 1) / (shape * weight)), 2 * shape


def _mapping(text: str) -> dict[object, object]:
    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise HistoryError(f"the calibration is not YAML: {error}") from error
    if not isinstance(found, dict):
        raise HistoryError("the calibration is not a mapping of names to numbers")
    return found


def _figure(name: str, kind: type, value: object) -> float:
    least, most = BOUNDS[name.split("_")[-1]]
    if isinstance(value, int | float) and type(value) in (int, kind) and least <= value <= most:
        return value
    number = "a whole number" if kind is int else "a number"
    raise HistoryError(f"calibration: {name} is {value!r}; {number} from {least:g} to {most:g} is needed")
