"""The price book: everything the world says, as of one date, under one overlay."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias
from weakref import WeakKeyDictionary

from pricing.capabilities import CAPABILITIES, capabilities_of, control_of
from pricing.fact import FactError, Facts, Source, nearest
from pricing.folder import DATA, MACHINES, PRICES, SOURCES, Folder
from pricing.hardware import HARDWARE, server_lists
from pricing.hardware import tables as hardware_tables
from pricing.machines import Machines
from pricing.market import Market
from pricing.overlay import NO_OVERLAY, Overlay, overlay_bytes, parse_overlay
from pricing.places import PLACES, PROFILES, Place, Profile, area_of, areas_around, places_of, profiles_of
from pricing.purchases import (
    CONTROL_PLANE,
    NODE_FEE,
    NODE_FEE_FAMILIES,
    check_purchases,
    control_plane_rates,
    machine_lists,
    node_fee_rate,
)
from pricing.rate import Rate
from pricing.service import Service
from pricing.stacks import STACK, STACKS, stack_document, stack_names

SPOT_ALLOWANCE = "spot_interruption_allowance"
CONTROL_PLANE_MACHINE = "control_plane_machine"
Lists: TypeAlias = dict[str, dict[str, Rate]]
ListKey: TypeAlias = tuple[tuple[str, ...], str, tuple[str, ...]]
SHORT = 16  # hexadecimal digits: enough to tell price books apart, short enough to print


def load(as_of: date, overlay: Path | None = None, data: Path = DATA) -> PriceBook:
    """The price book as of a date, with the user's own prices laid over it. Files are read when first asked for."""
    if overlay is None:
        return PriceBook(as_of, Folder(data), NO_OVERLAY)
    return load_under(as_of, overlay_bytes(overlay), str(overlay), data)


def load_under(as_of: date, overlay: bytes, name: str, data: Path = DATA) -> PriceBook:
    """The price book under prices that are no file: the text of an overlay, called `name` in messages."""
    folder = Folder(data)
    return PriceBook(as_of, folder, parse_overlay(overlay, name, PriceBook(as_of, folder, NO_OVERLAY)), overlay)


class PriceBook:
    """Facts, machines and rates as of one date."""

    def __init__(self, as_of: date, folder: Folder, overlay: Overlay, overlaid: bytes = b"") -> None:
        self.as_of, self.folder, self.overlay, self._overlaid = as_of, folder, overlay, overlaid
        self._services: dict[str, Service] = {}
        self._facts: dict[str, Facts] = {}
        self._capabilities: dict[tuple[str, str | None], Facts] = {}
        self._markets: dict[str, Market] = {}
        self._rates: dict[tuple[str, str], dict[str, Rate]] = {}
        self._by_purchase: dict[tuple[str, str, str], dict[str, Rate]] = {}
        self._discounts: dict[tuple[str, str], dict[str, dict[str, Rate]]] = {}
        self._machines: dict[tuple[object, ...], Machines] = {}
        self._machine_lists: WeakKeyDictionary[Machines, dict[tuple[str, ...], dict[str, dict[str, Rate]]]]
        self._machine_lists = WeakKeyDictionary()
        self._price_lists: WeakKeyDictionary[Machines, dict[ListKey, Lists]] = WeakKeyDictionary()
        self._lists_without_machines: dict[ListKey, Lists] = {}
        self._merged: dict[tuple[str, ...], Facts] = {}
        self._regions: dict[str, frozenset[str]] = {}
        self._days: set[date] = set()

    @cached_property
    def fingerprint(self) -> str:
        """A short hash over every file of facts and the overlay: the same facts, the same fingerprint."""
        overlaid = self._overlaid.replace(b"\r\n", b"\n")
        return hashlib.sha256(self.folder.digest + overlaid).hexdigest()[:SHORT]

    @property
    def oldest(self) -> date:
        """The oldest day up to which a price read so far is vouched for."""
        return min(self._days, default=self.as_of)

    # the world

    def geographies(self) -> tuple[str, ...]:
        """The names of the geographies."""
        return tuple(self._places)

    def place(self, geography: str) -> Place:
        """A geography and each vendor's region there."""
        if geography not in self._places:
            raise FactError(
                f"{PLACES}.yaml", geography, f"there is no such geography{nearest(geography, self._places)}"
            )
        return self._places[geography]

    def area(self, vendor: str, region: str) -> str:
        """The area, such as EU, that a vendor's region lies in."""
        return area_of(self.folder.document(PLACES), vendor, region)

    def inside(self, vendor: str, region: str, area: str) -> bool:
        """Whether a vendor's region lies in an area: Warsaw lies in PL, and in EU."""
        return area in areas_around(self.folder.document(PLACES), self.area(vendor, region))

    def capabilities(self, option: str, stack: str | None = None) -> Facts:
        """What an option can do, with a stack on it or without: yes, no or unknown."""
        if (option, stack) not in self._capabilities:
            listed = self.folder.document(CAPABILITIES)
            adds = self.folder.document(STACKS)["stacks"][stack]["adds"] if stack else {}
            sources = self.service(f"{STACK}{stack}").sources if stack else {}
            self._capabilities[option, stack] = capabilities_of(listed, option, adds, sources)
        return self._capabilities[option, stack]

    @property
    def control(self) -> tuple[str, ...]:
        """The capabilities that make up how open an option is, in the order they are shown."""
        return control_of(self.folder.document(CAPABILITIES))

    def profiles(self) -> Mapping[str, tuple[float, ...]]:
        """The weekly traffic shapes: 168 weights from Monday 00:00 local, mean 1."""
        return {name: profile.weights for name, profile in self._profiles.items()}

    @cached_property
    def _places(self) -> dict[str, Place]:
        return places_of(self.folder.document(PLACES))

    @cached_property
    def _profiles(self) -> dict[str, Profile]:
        return profiles_of(self.folder.document(PROFILES))

    # facts and machines

    def facts(self, service: str) -> Facts:
        """The limits and behaviour of a service, such as `gcp/cloud_run`."""
        if service not in self._facts:
            self._facts[service] = self.service(service).facts()
        return self._facts[service]

    def merged_facts(self, services: Sequence[str]) -> Facts:
        """The facts of several services as one; of the same name the later service's."""
        key = tuple(services)
        if key not in self._merged:
            facts = self.facts(key[0])
            for service in key[1:]:
                facts = facts | self.facts(service)
            self._merged[key] = facts
        return self._merged[key]

    def machines(
        self,
        market: str,
        region: str,
        *,
        arch: str = "amd64",
        gpus: Collection[str] = (),
        names: Collection[str] | None = None,
        burstable: bool = False,
        among: Collection[str] | None = None,
    ) -> Machines:
        """The machines that compete in a region: of that arch, without GPU or with one of `gpus`; or exactly `names`.

        `among` lists the types that compete, whatever their generation, where a platform takes no others.
        A machine that the region's table does not mention is not sold there; where there is no table for the region,
        every machine is listed at an unknown price.
        """
        chosen = None if names is None else tuple(names)
        listed = None if among is None else frozenset(among)
        key = (market, region, arch, frozenset(gpus), chosen, burstable, listed)
        if key not in self._machines:
            machines = self.market(market).machines(region, arch, gpus, chosen, burstable, listed)
            self._days.update(quote.day for each in machines.quotes.values() for quote in each if quote.day)
            self._machines[key] = machines
        return self._machines[key]

    # prices

    def price_lists(
        self,
        services: Sequence[str],
        region: str,
        machines: Machines | None = None,
        purchases: Sequence[str] = ("on-demand",),
    ) -> dict[str, dict[str, Rate]]:
        """Purchase -> meter -> rate. A meter that does not depend on the purchase has the same rate in every list."""
        known = self._lists_without_machines if machines is None else self._price_lists.setdefault(machines, {})
        key = (tuple(services), region, tuple(purchases))
        if key not in known:
            known[key] = self._listed(services, region, machines, purchases)
        return known[key]

    def _listed(
        self, services: Sequence[str], region: str, machines: Machines | None, purchases: Sequence[str]
    ) -> dict[str, dict[str, Rate]]:
        check_purchases(purchases)
        lists: dict[str, dict[str, Rate]] = {purchase: {} for purchase in purchases}
        for service in services:
            for purchase, rates in lists.items():
                discounts = self._service_discounts(service, region).get(purchase, {})
                _add(rates, self._charged(service, region, purchase), service)
                _add(rates, discounts, service)
        if machines is not None:
            for purchase, rates in self._lists_of(machines, tuple(purchases)).items():
                _add(lists[purchase], rates, machines.market)
            for purchase, rate in self._control_plane(services, machines, purchases).items():
                _add(lists[purchase], {CONTROL_PLANE: rate}, machines.market)
            for fee in self._node_fees(services, machines):
                for rates in lists.values():
                    _add(rates, {NODE_FEE: fee}, machines.market)
        return lists

    def _service_rates(self, service: str, region: str) -> dict[str, Rate]:
        key = (service, region)
        if key not in self._rates:
            rates = self.service(service).rates(region)
            self._days.update(rate.about.day for rate in rates.values() if rate.about.day)
            self._rates[key] = rates
        return self._rates[key]

    def _charged(self, service: str, region: str, purchase: str) -> dict[str, Rate]:
        key = (service, region, purchase)
        if key not in self._by_purchase:
            self._by_purchase[key] = self.service(service).charged(self._service_rates(service, region), purchase)
        return self._by_purchase[key]

    def _service_discounts(self, service: str, region: str) -> dict[str, dict[str, Rate]]:
        key = (service, region)
        if key not in self._discounts:
            self._discounts[key] = self.service(service).discounts(self._service_rates(service, region), region)
        return self._discounts[key]

    def _lists_of(self, machines: Machines, purchases: tuple[str, ...]) -> dict[str, dict[str, Rate]]:
        known = self._machine_lists.setdefault(machines, {})
        if purchases not in known:
            facts = self.facts(machines.market)
            if machines.market == HARDWARE:
                known[purchases] = server_lists(machines, purchases, facts)
            else:
                known[purchases] = machine_lists(machines, purchases, lambda: facts.get(SPOT_ALLOWANCE, math.nan))
        return known[purchases]

    def _control_plane(
        self, services: Sequence[str], machines: Machines, purchases: Sequence[str]
    ) -> Mapping[str, Rate]:
        """Purchase -> rate of a control plane's machines, where one of the services names their type."""
        names = [facts[CONTROL_PLANE_MACHINE] for facts in map(self.facts, services) if CONTROL_PLANE_MACHINE in facts]
        if not names:
            return {}
        return control_plane_rates(self.machines(machines.market, machines.region, names=names[-1:]), purchases)

    def _node_fees(self, services: Sequence[str], machines: Machines) -> Iterator[Rate]:
        """The rate of a vendor's fee on running machines, where one of the services names the fees of families."""
        for facts in map(self.facts, services):
            if NODE_FEE_FAMILIES in facts:
                yield node_fee_rate(machines, facts)

    # files

    def service(self, name: str) -> Service:
        """A service file as of the date."""
        if name not in self._services:
            self._services[name] = Service(name, self.document(name), self.as_of, self.overlay)
        return self._services[name]

    def document(self, name: str) -> Mapping[Any, Any]:
        """The file of a service; a stack's is a part of the file of stacks."""
        if name.startswith(STACK) and name in self._stacks:
            return stack_document(self.folder.document(STACKS), name.removeprefix(STACK))
        return self.folder.document(name)

    @cached_property
    def _stacks(self) -> tuple[str, ...]:
        listed = stack_names(self.folder.document(STACKS)) if STACKS in self.folder.services else ()
        return tuple(f"{STACK}{stack}" for stack in listed)

    def market(self, name: str) -> Market:
        """A market's tables as of the date."""
        if name not in self._markets:
            self._markets[name] = Market(name, *self._tables(name), self.as_of, self.overlay)
        return self._markets[name]

    def _tables(self, market: str) -> tuple[str, str, Mapping[str, Source]]:
        """Shapes, prices and their sources; those of servers of one's own follow from facts."""
        vendor = market.split("/")[0]
        if market == HARDWARE:
            return hardware_tables(self.facts(HARDWARE), self.folder.document(PLACES)["regions"][vendor], self.as_of)
        sources = {key: Source.of(raw) for key, raw in self.folder.document(f"{vendor}/{SOURCES}").items()}
        return self.folder.text(f"{vendor}/{MACHINES}"), self.folder.text(f"{market}{PRICES}"), sources

    # the names an overlay may speak of

    def vendors(self) -> Collection[str]:
        """The vendors there are facts about."""
        return self.folder.vendors

    def services(self) -> Collection[str]:
        """The services there are facts or prices of, stacks among them."""
        return (*self.folder.services, *self._stacks)

    def markets(self) -> Collection[str]:
        """The markets there are machine prices of, servers of one's own among them."""
        return (*self.folder.markets, *((HARDWARE,) if HARDWARE in self.folder.services else ()))

    def regions(self, vendor: str) -> Collection[str]:
        """Every region of a vendor that some file names."""
        if vendor not in self._regions:
            self._regions[vendor] = frozenset(self._named_regions(vendor))
        return self._regions[vendor]

    def _named_regions(self, vendor: str) -> set[str]:
        mine = f"{vendor}/"
        found = set(self.folder.document(PLACES)["regions"].get(vendor, {}))
        for service in self.folder.services:
            found |= self.service(service).regions if service.startswith(mine) else set()
        for market in self.folder.markets:
            found |= self.market(market).regions if market.startswith(mine) else set()
        return found

    def meters(self, service: str) -> Collection[str]:
        """The meters of a service."""
        return self.service(service).meters if service in self.services() else ()

    def machine_names(self, market: str) -> Collection[str]:
        """The machines of a market's vendor."""
        return self.market(market).shapes


def _add(rates: dict[str, Rate], more: Mapping[str, Rate], service: str) -> None:
    """Add rates to a list, in which a meter has one price."""
    twice = rates.keys() & more.keys()
    if twice:
        raise FactError(f"{service}.yaml", min(twice), "is priced by another service of the same list too")
    rates.update(more)
