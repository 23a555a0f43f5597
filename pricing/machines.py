"""Machine types of one market in one region: what they are and what they cost."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import takewhile
from typing import NamedTuple, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from pricing.scale import Array, Mask

T = TypeVar("T")
Index: TypeAlias = NDArray[np.intp]

# Price lists for the same usage: as it comes, committed on what always runs or on the peak, or until it is taken away.
PURCHASES = ("on-demand", "1y-base", "1y-peak", "3y-base", "3y-peak", "spot")
TERMS = {"1y": 1, "3y": 3}  # how long a commitment binds, in years
YES, NO = "yes", "no"
CURRENT = "current"


class Quote(NamedTuple):
    """What one machine costs in one region by one purchase."""

    usd_per_hour: float  # NaN: unknown
    source: str
    url: str
    date: str
    grade: str
    rule: str = ""  # how a derived price follows
    day: datetime.date | None = None
    stale: bool = False
    sold: bool = True


@dataclass(frozen=True, eq=False)
class Machines:
    """Machine types of one market in one region, as columns (machines,)."""

    market: str
    region: str
    names: tuple[str, ...]
    family: tuple[str, ...]
    vcpu: Array
    memory_gib: Array
    gpu: tuple[str, ...]  # "" where there is none
    gpus: Array
    gpu_memory_gib: Array
    arch: tuple[str, ...]
    generation: tuple[str, ...]
    burstable: Mask
    max_pods: Array  # NaN where the vendor names none
    quotes: Mapping[str, tuple[Quote, ...]]  # purchase -> one per machine
    _known: dict[Hashable, Machines] = field(default_factory=dict, init=False, repr=False)

    @classmethod
    def of(
        cls, market: str, region: str, rows: Sequence[Mapping[str, str]], quotes: Mapping[str, tuple[Quote, ...]]
    ) -> Machines:
        """The columns of rows of a table of shapes. Blank: 0 of what a machine lacks, NaN for a limit nobody states."""
        return cls(
            market=market,
            region=region,
            names=_texts(rows, "machine"),
            family=_texts(rows, "family"),
            vcpu=_numbers(rows, "vcpu"),
            memory_gib=_numbers(rows, "memory_gib"),
            gpu=_texts(rows, "gpu"),
            gpus=_numbers(rows, "gpus"),
            gpu_memory_gib=_numbers(rows, "gpu_memory_gib"),
            arch=_texts(rows, "arch"),
            generation=_texts(rows, "generation"),
            burstable=np.array([row["burstable"] == YES for row in rows], dtype=np.bool_),
            max_pods=_numbers(rows, "max_pods", blank=math.nan),
            quotes=quotes,
        )

    @classmethod
    def accelerators(cls, gpus: Sequence[str]) -> Machines:
        """Columns for a platform that sells GPU types, not machine types: each is named by its GPU."""
        blank = {"family": "", "vcpu": "", "memory_gib": "", "gpus": "1", "gpu_memory_gib": ""}
        blank |= {"arch": "amd64", "generation": CURRENT, "burstable": NO, "max_pods": ""}
        return cls.of("", "", [{**blank, "machine": gpu, "gpu": gpu} for gpu in gpus], {})

    @classmethod
    def kinds(cls, arch_by_name: Mapping[str, str]) -> Machines:
        """Columns for a platform that sells kinds of replicas, not machine types: names with their architectures."""
        names = tuple(arch_by_name)
        return replace(cls.accelerators([""] * len(names)), names=names, arch=tuple(arch_by_name.values()))

    @classmethod
    def nameless(cls) -> Machines:
        """The single column of a platform that sells no machines by type."""
        return cls.accelerators([""])

    @cached_property
    def usd_per_hour(self) -> Mapping[str, Array]:
        """Purchase -> price of each machine, NaN where unknown or not sold."""
        return {key: np.array([quote.usd_per_hour for quote in each]) for key, each in self.quotes.items()}

    @cached_property
    def times_committed(self) -> Mapping[str, Array]:
        """Term -> how many committed hours an hour on demand costs; 0 where either price is unknown. (machines,)."""
        return {term: self._times(term) for term in TERMS}

    def _times(self, term: str) -> Array:
        on_demand, committed = (self.usd_per_hour.get(each, np.zeros(len(self))) for each in ("on-demand", term))
        known = np.isfinite(on_demand) & (committed > 0)
        return np.where(known, on_demand, 0.0) / np.where(known, committed, 1.0)

    @cached_property
    def sold(self) -> Mapping[str, Mask]:
        """Purchase -> whether each machine is sold that way, known price or not."""
        return {key: np.array([quote.sold for quote in each], dtype=np.bool_) for key, each in self.quotes.items()}

    def __len__(self) -> int:
        """How many."""
        return len(self.names)

    def once(self, key: Hashable, make: Callable[[], Machines]) -> Machines:
        """Some of these machines, chosen once for all who ask by that key; price lists stay known by what is chosen."""
        if key not in self._known:
            self._known[key] = make()
        return self._known[key]

    def take(self, indices: Sequence[int]) -> Machines:
        """The machines at these places, in this order."""
        index = np.asarray(indices, dtype=np.intp)
        return replace(
            self,
            names=_picked(self.names, index),
            family=_picked(self.family, index),
            vcpu=self.vcpu[index],
            memory_gib=self.memory_gib[index],
            gpu=_picked(self.gpu, index),
            gpus=self.gpus[index],
            gpu_memory_gib=self.gpu_memory_gib[index],
            arch=_picked(self.arch, index),
            generation=_picked(self.generation, index),
            burstable=self.burstable[index],
            max_pods=self.max_pods[index],
            quotes={purchase: _picked(quotes, index) for purchase, quotes in self.quotes.items()},
        )


def letters(family: str) -> str:
    """What the name of a family begins with, before its generation: g of g5, gr of gr6."""
    return "".join(takewhile(str.isalpha, family))


def _picked(column: tuple[T, ...], index: Index) -> tuple[T, ...]:
    return tuple(column[i] for i in index)


def _texts(rows: Sequence[Mapping[str, str]], key: str) -> tuple[str, ...]:
    return tuple(row[key] for row in rows)


def _numbers(rows: Sequence[Mapping[str, str]], key: str, blank: float = 0.0) -> Array:
    return np.array([float(row[key]) if row[key] else blank for row in rows], dtype=np.float64)
