"""Machine types of a market: what they are, and what they cost in a region on a date."""

from __future__ import annotations

import csv
import datetime
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from pricing.fact import NO_SOURCE, NOT_SOLD, UNKNOWN, FactError, Source, nearest
from pricing.overlay import PURCHASED, YOURS, Overlay
from pricing.scale import Array, Mask

T = TypeVar("T")
Index: TypeAlias = NDArray[np.intp]

YES = "yes"
CURRENT = "current"
ANY = "any"


@dataclass(frozen=True)
class Quote:
    """What one machine costs in one region by one purchase."""

    usd_per_hour: float  # NaN: unknown
    source: str
    url: str
    date: str
    grade: str
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
        blank |= {"arch": "amd64", "generation": CURRENT, "burstable": "no", "max_pods": ""}
        return cls.of("", "", [{**blank, "machine": gpu, "gpu": gpu} for gpu in gpus], {})

    @classmethod
    def nameless(cls) -> Machines:
        """The single column of a platform that sells no machines by type."""
        return cls.accelerators([""])

    @cached_property
    def usd_per_hour(self) -> Mapping[str, Array]:
        """Purchase -> price of each machine, NaN where unknown or not sold."""
        return {key: np.array([quote.usd_per_hour for quote in each]) for key, each in self.quotes.items()}

    @cached_property
    def sold(self) -> Mapping[str, Mask]:
        """Purchase -> whether each machine is sold that way, known price or not."""
        return {key: np.array([quote.sold for quote in each], dtype=np.bool_) for key, each in self.quotes.items()}

    def __len__(self) -> int:
        """How many."""
        return len(self.names)

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


def _picked(column: tuple[T, ...], index: Index) -> tuple[T, ...]:
    return tuple(column[i] for i in index)


def _texts(rows: Sequence[Mapping[str, str]], key: str) -> tuple[str, ...]:
    return tuple(row[key] for row in rows)


def _numbers(rows: Sequence[Mapping[str, str]], key: str, blank: float = 0.0) -> Array:
    return np.array([float(row[key]) if row[key] else blank for row in rows], dtype=np.float64)


class Market:
    """A vendor's table of shapes with one table of prices, as of a date and under an overlay."""

    def __init__(
        self, name: str, shapes: str, prices: str, sources: Mapping[str, Source], as_of: datetime.date, overlay: Overlay
    ) -> None:
        self.name = name
        self.shapes = {row["machine"]: row for row in rows(shapes.splitlines())}
        self._prices, self._sources, self._as_of, self._overlay = prices, sources, as_of, overlay
        self._regions: dict[str, dict[tuple[str, str], Quote]] = {}

    @property
    def regions(self) -> set[str]:
        """The regions that the table covers."""
        return {row["region"] for row in rows(self._prices.splitlines())}

    def machines(
        self, region: str, arch: str, gpus: Collection[str], names: Collection[str] | None, burstable: bool
    ) -> Machines:
        """The named machines whatever their flags, or those that compete and are sold in the region."""
        quotes = self._quotes(region)
        if names is not None:
            chosen = [self._shape(name) for name in names]
        else:
            sold = {name for name, _ in quotes} or self.shapes.keys()  # a region not covered: all, at unknown prices
            chosen = [
                row for row in self.shapes.values() if row["machine"] in sold and _competes(row, arch, gpus, burstable)
            ]
        return self._columns(region, chosen, quotes)

    def _shape(self, name: str) -> Mapping[str, str]:
        if name not in self.shapes:
            raise FactError(self.name, name, f"there is no such machine{nearest(name, self.shapes)}")
        return self.shapes[name]

    def _quotes(self, region: str) -> dict[tuple[str, str], Quote]:
        """(machine, purchase) -> price in force in the region."""
        if region not in self._regions:
            self._regions[region] = self._read(region)
        return self._regions[region]

    def _read(self, region: str) -> dict[tuple[str, str], Quote]:
        today = self._as_of.isoformat()  # days written as 2026-04-30 sort as texts
        latest: dict[tuple[str, str], Mapping[str, str]] = {}
        for row in rows_of(self._prices, region):
            key = (row["machine"], row["purchase"])
            if row["from"] <= today and (key not in latest or latest[key]["from"] <= row["from"]):
                latest[key] = row
            elif key not in latest:
                latest[key] = {**row, "usd_per_hour": UNKNOWN, "from": ""}
        return {key: self._quote(row) for key, row in latest.items()}

    def _quote(self, row: Mapping[str, str]) -> Quote:
        source = self._sources.get(row["source"])
        if source is None:
            raise FactError(
                self.name, row["machine"], f"its source {row['source']!r} is not among the vendor's sources"
            )
        value = row["usd_per_hour"]
        usd = math.nan if value in (UNKNOWN, NOT_SOLD) else float(value)
        return _quoted(usd, source, self._as_of, sold=value != NOT_SOLD)

    def _columns(
        self, region: str, chosen: Sequence[Mapping[str, str]], quotes: Mapping[tuple[str, str], Quote]
    ) -> Machines:
        names = tuple(row["machine"] for row in chosen)
        covered = {name for name, _ in quotes}
        by_purchase = {
            purchase: tuple(self._final(name, purchase, region, quotes, covered) for name in names)
            for purchase in PURCHASED
        }
        return Machines.of(self.name, region, chosen, by_purchase)

    def _final(
        self, name: str, purchase: str, region: str, quotes: Mapping[tuple[str, str], Quote], covered: Collection[str]
    ) -> Quote:
        """The listed price under the user's own prices and discounts."""
        own = self._overlay.machine_price(self.name, purchase, name, region)
        if own is not None:
            return Quote(own, self._overlay.name, "", self._overlay.source, YOURS)
        listed = quotes.get((name, purchase))
        if listed is None:
            return _quoted(math.nan, NO_SOURCE, self._as_of, sold=not covered or name in covered)
        factor = self._overlay.factor(self.name, region)
        if factor == 1.0:
            return listed
        return replace(listed, usd_per_hour=listed.usd_per_hour * factor, source=self._overlay.name, grade=YOURS)


def rows(lines: Sequence[str]) -> Iterator[dict[str, str]]:
    """The rows of a table, by the names in its first line."""
    return csv.DictReader(lines)


def rows_of(table: str, region: str) -> Iterator[dict[str, str]]:
    """The rows of one region: the parser sees only the lines between its first and last mention."""
    mention = f",{region},"
    first, last = table.find(mention), table.rfind(mention)
    if first < 0:
        return iter(())
    header = table[: table.index("\n")]
    start, end = table.rindex("\n", 0, first) + 1, table.find("\n", last)
    lines = table[start : end if end > 0 else None].splitlines()
    return (row for row in rows([header, *(line for line in lines if mention in line)]) if row["region"] == region)


def _competes(row: Mapping[str, str], arch: str, gpus: Collection[str], burstable: bool) -> bool:
    if arch != ANY and row["arch"] != arch:
        return False
    if row["gpu"] not in gpus if gpus else row["gpu"]:
        return False
    return row["competes"] == YES or (burstable and row["burstable"] == YES and row["generation"] == CURRENT)


def _quoted(usd: float, source: Source, as_of: datetime.date, sold: bool) -> Quote:
    stale = source.stale(as_of)
    return Quote(usd, source.title, source.url, source.dated, source.grade, source.day, stale, sold)
