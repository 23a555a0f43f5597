"""The machine form of a report: what its JSON holds, and what every other form is written from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from advisor.saved import Saved, SavedChoice, SavedLine, SavedOption, SavedPrices
from reports.document_of_many import Row, Totals

FORMAT, VERSION = "deploy-advisor report", 1


class Spread(Saved):
    """What a tenth, half and nine tenths of all cases stay below, and the mean."""

    p10: float
    p50: float
    p90: float
    mean: float


class Line(SavedLine):
    """A line of a bill and who vouches for its price. [USD/month]"""

    usd_low: float | None
    usd_high: float | None
    role: str
    borrowed: bool
    source: str
    url: str
    date: str
    grade: str
    stale: bool


class Level(Saved):
    """What stands while one level of traffic lasts."""

    multiple_of_mean: float
    hours_per_month: float
    requests_per_s: float
    duration_s: float
    replicas: float
    machines: float | None


class Limit(Saved):
    """A limit, asked and allowed."""

    name: str
    asked: float | None
    allowed: float | None
    unit: str
    holds: bool
    soft: bool
    source: str | None
    url: str | None
    margin: float | None = None  # what is left; below 0 where it is broken
    date: str | None = None
    grade: str | None = None


class Fact(Saved):
    """A figure of the world that was read on the way."""

    name: str
    label: str
    value: Any
    unit: str
    source: str
    url: str
    date: str
    grade: str


class Activity(Saved):
    """One row of the plan. Hours are person-hours, days business days from the start."""

    activity: str
    label: str
    kind: str
    hours: Spread
    days: Spread
    start_day: float
    finish_day: float
    critical_share: float
    mark: str


class Capability(Saved):
    """Something that may be done with an option: yes, no or unknown, and who says so."""

    capability: str
    label: str
    value: str
    note: str
    source: str
    url: str
    date: str
    grade: str


class Parts(Saved):
    """The parts of a total cost of ownership. [USD over the horizon]"""

    infrastructure_usd: float | None
    setup_usd: float
    running_usd: float
    delay_usd: float
    one_off_usd: float | None


class Option(SavedOption):
    """One option with everything behind its figure."""

    lines: tuple[Line, ...]
    why_not: tuple[str, ...]
    unknown: tuple[str, ...]
    monthly_usd_low: float | None
    monthly_usd_high: float | None
    would_cost_usd: float | None
    setup_hours: Spread
    days_to_production: Spread
    operations_hours_per_month: Spread
    release_hours: Spread
    tco_range_usd: Spread | None
    tco_parts: Parts
    levels: tuple[Level, ...]
    limits: tuple[Limit, ...]
    assumptions: tuple[str, ...]
    facts: tuple[Fact, ...]
    hour_usd: float
    learning_share: float
    critical_path: tuple[str, ...]
    activities: tuple[Activity, ...]
    control: tuple[Capability, ...] = ()

    @property
    def priced(self) -> bool:
        """Whether its cost is known."""
        return self.status == "priced"


class Choice(SavedChoice):
    """The option to take, the next, and who is on the frontier."""

    runner_up: str | None
    difference_usd: float | None
    difference_days: float | None
    frontier: tuple[str, ...]
    dominated: Mapping[str, str]


class Crossing(Saved):
    """Where the cheaper of two becomes the dearer."""

    at: float | str
    below: str
    above: str


class Point(Saved):
    """What every option costs in total at one value of a field; None unless priced."""

    value: float | str
    cheapest: str | None
    tco_usd: Mapping[str, float | None]


class Sweep(Saved):
    """One field of the workload varied, everything chosen anew at each value."""

    field: str
    unit: str
    option: str
    against: str
    status: Literal["reached", "not reached", "not computed"]
    crossings: tuple[Crossing, ...]
    points: tuple[Point, ...]


class Breakeven(Saved):
    """Where the order of the choice and the runner-up flips as one figure varies."""

    over: str
    status: Literal["reached", "not reached", "not computed"]
    reason: str | None
    sweeps: tuple[Sweep, ...]


class Paragraph(Saved):
    """Sentences under a heading, which may be empty."""

    heading: str
    sentences: tuple[str, ...]


class Chapter(Saved):
    """All about one workload."""

    workload: Mapping[str, Any]
    options: tuple[Option, ...]  # by total cost, then the unknown and the infeasible ones
    choice: Choice
    text: tuple[Paragraph, ...]
    defaults: tuple[str, ...]
    cumulative_usd: Mapping[str, tuple[float, ...]]  # from each one's go-live, when each month ends
    breakevens: tuple[Breakeven, ...]
    level_of_hour: tuple[int, ...]  # of the 168 hours from Monday 00:00
    manifests: Mapping[str, str]  # file -> text, of the choice

    @property
    def name(self) -> str:
        """What people call the workload."""
        return str(self.workload["name"])

    @property
    def months(self) -> int:
        """The horizon."""
        return int(self.workload["horizon_months"])

    @property
    def chosen(self) -> Option | None:
        """The option to take."""
        return self.named(self.choice.option)

    @property
    def runner_up(self) -> Option | None:
        """The next."""
        return self.named(self.choice.runner_up)

    @property
    def priced(self) -> Sequence[Option]:
        """The options whose cost is known, cheapest total first."""
        return [option for option in self.options if option.priced]

    def named(self, name: str | None) -> Option | None:
        """The option of that name."""
        return next((option for option in self.options if option.option == name), None)

    def sweep(self, over: str) -> Sweep | None:
        """The first sweep of a figure."""
        return next((each for found in self.breakevens if found.over == over for each in found.sweeps), None)


class Prices(SavedPrices):
    """The price book that was used, and the oldest price that was read in it."""

    oldest: str


class Report(Saved):
    """One content, many writers."""

    format: Literal["deploy-advisor report"]
    version: Literal[1]
    program: str
    command: str
    prices: Prices | None  # None for the result of a batch, which does not say
    caveats: tuple[str, ...]
    totals: Totals | None = None  # None for a single workload
    portfolio: tuple[Row, ...]  # empty for a single workload; of a table with very many, those with the largest bills
    chapters: tuple[Chapter, ...]
