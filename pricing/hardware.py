"""Servers of one's own: what they are and what they cost, as facts say and the user may say otherwise.

They are sold by nobody by the hour. Their price is what was paid for them, spread over the hours of their life, so that
they can be compared with machines that are rented.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from pricing.fact import Facts, Source
from pricing.machines import CURRENT, NO, YES, Machines
from pricing.overlay import YOURS
from pricing.purchases import ABOVE, BASE, machine_lists
from pricing.rate import MachineRate, RangedMachineRate, Rate
from pricing.span import NOTHING, Span, span
from pricing.table_checks import PRICE_COLUMNS, SHAPE_COLUMNS

HARDWARE = "on_prem/hardware"
SERVERS = "servers"
HOURS_PER_YEAR = 12 * 730.0  # a month has 730 hours everywhere
ON_DEMAND = "on-demand"
RULE = "purchase with network and spares, less what is left, over the hours of its life"
LABEL = "servers of one's own, over their life"


def purchase_usd(facts: Facts, server: str) -> Span:
    """What a server costs to buy, with its part of switches, cables and spare machines. [USD]"""
    total = NOTHING
    for part, count in _parts(facts, facts[SERVERS][server]):
        total = total.plus(span(facts, part).times(count, count, count))
    network, spares = span(facts, "network_share"), span(facts, "spares_share")
    for share in (network, spares):
        total = total.times(1.0 + share.low, 1.0 + share.expected, 1.0 + share.high)
    return total


def usd_per_hour(facts: Facts, server: str) -> Span:
    """What a server costs in every hour of its life: price x (1 - what is left) / life. [USD/h]"""
    bought, left, years = purchase_usd(facts, server), span(facts, "residual_share"), span(facts, "server_life_years")
    return bought.times(
        (1.0 - left.high) / (years.high * HOURS_PER_YEAR),
        (1.0 - left.expected) / (years.expected * HOURS_PER_YEAR),
        (1.0 - left.low) / (years.low * HOURS_PER_YEAR),
    )


def _parts(facts: Facts, server: Mapping[str, Any]) -> Iterable[tuple[str, float]]:
    """The facts that say what a server's parts cost, and how many of each there are."""
    body = server["body"]
    yield f"{body}_usd", 1.0
    if f"{body}_memory_usd" in facts:
        yield f"{body}_memory_usd", 1.0
    if "card" in server:
        yield f"{server['card']}_usd", server["gpus"]


def tables(facts: Facts, regions: Collection[str], as_of: date) -> tuple[str, str, dict[str, Source]]:
    """Servers as a market's tables: shapes, prices in force on the day, and where they come from."""
    watched, rows = facts.watched(), []
    for region in sorted(regions):
        for server in sorted(facts[SERVERS]):
            usd = usd_per_hour(watched, server).expected
            rows.append((server, region, ON_DEMAND, f"{usd!r}", str(as_of), HARDWARE))
    oldest = min((fact.day for fact in watched.read if fact.day), default=None)
    source = Source("Servers over their life", "", "derived", stated=oldest, read=as_of, rule=RULE)
    shapes = [_shape(facts, server, entry) for server, entry in facts[SERVERS].items()]
    return _csv(SHAPE_COLUMNS, shapes), _csv(PRICE_COLUMNS, rows), {HARDWARE: source}


def _shape(facts: Facts, name: str, server: Mapping[str, Any]) -> tuple[object, ...]:
    """A row of the table of shapes, in the order of its columns."""
    vcpu, memory_gib = facts[f"{server['body']}_vcpu"], facts[f"{server['body']}_memory_gib"]
    gpu, gpus = server.get("gpu", ""), server.get("gpus", "")
    return name, "server", vcpu, memory_gib, gpu, gpus, "", "amd64", CURRENT, NO, "", YES, "", HARDWARE


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    return "\n".join(",".join(map(str, row)) for row in (header, *rows)) + "\n"


def server_lists(machines: Machines, purchases: Sequence[str], facts: Facts) -> dict[str, dict[str, Rate]]:
    """Purchase -> meter -> rate of servers, with the range that their prices and lives leave open."""
    lists = machine_lists(machines, purchases, lambda: 0.0)
    for meter in (BASE, ABOVE):
        rate = lists.get(ON_DEMAND, {}).get(meter)
        if isinstance(rate, MachineRate):
            lists[ON_DEMAND][meter] = _ranged(rate, machines, facts)
    return lists


def _ranged(rate: MachineRate, machines: Machines, facts: Facts) -> Rate:
    """The same rate with its ends; a price of the user's own has none."""
    spans = [usd_per_hour(facts, name) for name in machines.names]
    own = [quote.grade == YOURS for quote in machines.quotes[ON_DEMAND]]
    low = np.array([1.0 if mine else each.low / each.expected for mine, each in zip(own, spans, strict=True)])
    high = np.array([1.0 if mine else each.high / each.expected for mine, each in zip(own, spans, strict=True)])
    usd, about = rate.usd_per_hour, rate.about._replace(label=LABEL)
    return RangedMachineRate(about, usd, low_usd_per_hour=usd * low, high_usd_per_hour=usd * high)
