"""What each vendor offers a group of workloads: their region, its machines, price lists and traffic levels."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any, TypeAlias
from weakref import WeakKeyDictionary

import numpy as np

from advisor.contenders import contenders
from advisor.errors import unknown_name
from advisor.evaluation import Wanted
from advisor.platforms.platform import Offer, Platform
from advisor.traffic import Level, levels
from advisor.units import Index
from advisor.workload import CUSTOM, FIELDS, Workloads, gpu_durations
from pricing import Facts, Machines, PriceBook
from pricing.rate import Rate

Weights = tuple[float, ...]
ANY = Wanted()

# What platforms offer, by the platform's id in memory and what decides the offer. The platform stands beside its offer,
# so that its id stays its own.
Offers: TypeAlias = dict[tuple[Hashable, ...], tuple[Platform, Offer]]
# Of each book, what it offers to groups whose profile it knows, whoever asks: there are only so many of them.
OFFERS: WeakKeyDictionary[PriceBook, Offers] = WeakKeyDictionary()


@lru_cache(maxsize=1024)
def levels_of(weights: Weights) -> tuple[Level, ...]:
    """The load-duration curve of a weekly shape."""
    return levels(weights)


@dataclass(frozen=True, eq=False)
class Group:
    """Rows that see the same offer. `rows` are their positions, in rising order."""

    region: str
    geography: str
    profile: str
    gpu: str
    arch: str
    weights: Weights | None
    burstable: bool
    rows: Index

    @cached_property
    def sight(self) -> tuple[Hashable, ...]:
        """What decides its offers."""
        return self.region, self.geography, self.profile, self.gpu, self.arch, self.weights, self.burstable


class Market:
    """The price book seen through platforms and groups of workloads; whatever is asked twice is looked up once."""

    def __init__(self, book: PriceBook, wanted: Wanted = ANY) -> None:
        self.book = book
        self.wanted = wanted  # a machine that is wanted by name competes alone, whatever its flags
        self._groups: dict[tuple[int, str], tuple[Workloads, Sequence[Group]]] = {}
        self._own: Offers = {}
        self._shared: Offers = OFFERS.setdefault(book, {}) if wanted == ANY else self._own
        self._lists: dict[tuple[object, ...], dict[str, dict[str, Rate]]] = {}

    def groups(self, platform: Platform, work: Workloads) -> Sequence[Group]:
        """Rows grouped by what decides their offer, so that strings and levels are scalars inside a group."""
        known = self._groups.get((id(work), platform.vendor))
        if known is None or known[0] is not work:
            known = self._groups[id(work), platform.vendor] = work, self._grouped(platform.vendor, work)
        return known[1]

    def _grouped(self, vendor: str, work: Workloads) -> Sequence[Group]:
        members: dict[tuple[Any, ...], list[int]] = {}
        own = work.text(f"{vendor}_region") if f"{vendor}_region" in FIELDS else np.full((len(work), 1), None)
        columns = [own[:, 0], *(work.text(name)[:, 0] for name in ("geography", "profile", "gpu", "arch"))]
        burstable = (work.burstable_allowed[:, 0] > 0).tolist()
        for row, key in enumerate(zip(*columns, work.weights, burstable, strict=True)):
            members.setdefault(key, []).append(row)
        return [
            Group(
                region or self.region(vendor, place),
                place,
                profile,
                gpu,
                arch,
                weights,
                burst,
                np.array(rows, dtype=np.intp),
            )
            for (region, place, profile, gpu, arch, weights, burst), rows in members.items()
        ]

    def region(self, vendor: str, geography: str) -> str:
        """The vendor's region that serves a geography. Raises `InputError` with the nearest names."""
        places = self.book.geographies()
        if geography not in places:
            raise unknown_name("geography", geography, places)
        return self.book.place(geography).regions[vendor]

    def offer(self, platform: Platform, group: Group) -> Offer:
        """What the platform offers a group."""
        known = self._known(group)
        key = id(platform), *group.sight
        if key not in known:
            known[key] = platform, self._offer(platform, group)
        return known[key][1]

    def _known(self, group: Group) -> Offers:
        return self._shared if group.weights is None else self._own

    def contenders(self, platform: Platform, group: Group, purchases: tuple[str, ...]) -> Offer:
        """The offer without the machines that cannot be chosen by any of the purchases."""
        known = self._known(group)
        key = id(platform), *group.sight, purchases
        if key not in known:
            offer, sold = self.offer(platform, group), self.offer(platform, group).machines
            kept = sold.once((platform.id, purchases), lambda: contenders(offer, platform.alike(offer), purchases))
            known[key] = platform, replace(offer, machines=kept)
        return known[key][1]

    def _offer(self, platform: Platform, group: Group) -> Offer:
        durations = gpu_durations(group.gpu)
        weights = self.weights(group)
        facts = self.book.merged_facts(platform.services)
        sold = self.machines(platform, group, tuple(durations), facts)
        machines = platform.machines(sold, facts, group.region, durations)
        if self.wanted.machine is not None and not platform.market_for(gpu=bool(durations)):
            named = [index for index, name in enumerate(machines.names) if name == self.wanted.machine]
            machines = machines.take(named)
        return Offer(
            region=group.region,
            arch=group.arch,
            facts=facts,
            capabilities=self.capabilities(platform),
            machines=machines if len(machines) else Machines.nameless(),
            levels=levels_of(weights),
            weights=weights,
            relative_durations=durations,
            sold=len(machines) > 0,
            inside=self.book.inside(platform.vendor, group.region, self.book.place(group.geography).area),
        )

    def capabilities(self, platform: Platform) -> Facts:
        """What an option can do."""
        return self.book.capabilities(platform.capabilities or platform.id, platform.stack)

    def machines(self, platform: Platform, group: Group, gpus: Sequence[str], facts: Facts) -> Machines:
        """The types that compete in the group's region; a type that is wanted by name competes alone."""
        market = platform.market_for(gpu=bool(gpus))
        if market is None:
            return Machines.nameless()
        return self.book.machines(
            market,
            group.region,
            arch=group.arch,
            gpus=gpus,
            names=(self.wanted.machine,) if self.wanted.machine else None,
            burstable=group.burstable,
            among=facts[platform.types] if platform.types else None,
        )

    def weights(self, group: Group) -> Weights:
        """The weekly shape of a group: 168 weights."""
        if group.profile == CUSTOM and group.weights is not None:
            return group.weights
        profiles = self.book.profiles()
        if group.profile not in profiles:
            raise unknown_name("profile", group.profile, (*profiles, CUSTOM))
        return profiles[group.profile]

    def lists(
        self, platform: Platform, region: str, machines: Machines, purchases: Sequence[str]
    ) -> Mapping[str, Mapping[str, Rate]]:
        """Purchase → meter → rate."""
        key = platform.services, region, platform.market, machines.names, tuple(purchases)
        if key not in self._lists:
            sold = machines if machines.market else None
            self._lists[key] = self.book.price_lists(platform.services, region, sold, purchases)
        return self._lists[key]
