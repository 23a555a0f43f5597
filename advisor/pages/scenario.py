"""All that an answer depends on: workload, options, the day of the prices, and what the user adds of their own."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from advisor.hours import OwnPace
from advisor.platforms import chosen
from advisor.platforms.platform import Platform
from advisor.template import PRESETS
from advisor.workload import Workload, read_workload

FIRST = "churn"  # the preset that a visitor sees first


@dataclass(frozen=True)
class Scenario:
    """One question to the advisor. Immutable, so that it can be kept, pinned and shared."""

    workload: Workload
    as_of: dt.date
    options: tuple[str, ...] = ()  # empty: all
    stacks: bool = False
    overlay: bytes = b""
    pace: OwnPace | None = None

    def with_(self, **fields: Any) -> Scenario:
        """The same with other parts."""
        return replace(self, **fields)

    @property
    def platforms(self) -> tuple[Platform, ...]:
        """The options that are compared."""
        return chosen(self.options or None, self.stacks)

    @cached_property
    def key(self) -> str:
        """A text that is equal for scenarios that have the same answer."""
        given = sorted(self.workload.model_fields_set)  # what is left blank is told as a default
        asked = (self.workload.model_dump_json(), given, self.as_of, self.options, self.stacks, self.overlay, self.pace)
        return repr(asked)


def preset(name: str) -> Workload:
    """The workload of an example."""
    return read_workload(PRESETS / f"{name}.yaml")


def first_scenario(today: dt.date) -> Scenario:
    """What a visitor sees first."""
    return Scenario(preset(FIRST), today)
