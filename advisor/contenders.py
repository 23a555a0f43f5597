"""The machines worth asking about: one that its like undercuts in every price list is never chosen."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np

from advisor.machine_hours import least_share
from advisor.platforms.platform import Offer
from advisor.ranking import UNKNOWN_USD
from advisor.units import Array, Index
from pricing.machines import Machines
from pricing.purchases import drawn_on


def contenders(offer: Offer, alike: Sequence[Hashable] | None, purchases: Sequence[str]) -> Machines:
    """The machines that may be chosen by one of the purchases, in their order.

    `alike` tells machines of one size apart beside their prices; None where every machine is a case of its own.
    """
    machines = offer.machines
    if alike is None or not machines.market:
        return machines
    return machines.take(undominated(kinds(machines, alike), *prices(offer, purchases)).tolist())


def kinds(machines: Machines, alike: Sequence[Hashable]) -> list[tuple[Any, ...]]:
    """What every formula knows of each machine but its price. (machines,)."""
    pods = np.nan_to_num(machines.max_pods, nan=np.inf).tolist()
    sizes = machines.vcpu.tolist(), machines.memory_gib.tolist(), machines.gpus.tolist(), pods
    flags = machines.gpu, machines.arch, machines.burstable.tolist()
    return list(zip(*sizes, *flags, alike, strict=True))


def prices(offer: Offer, purchases: Sequence[str]) -> tuple[Array, Array]:
    """The most and the least that an hour of each machine may come to, by price list. Two of (lists, machines). [USD]

    The first list is that on demand. What is not sold is dearer than what has no known price. The two differ by
    discounts that depend on how long a machine runs.
    """
    machines, share = offer.machines, least_share(offer)
    terms = dict.fromkeys(term for purchase in ("on-demand", *purchases) for term in drawn_on(purchase))
    known = {term: np.nan_to_num(machines.usd_per_hour[term], nan=UNKNOWN_USD) for term in terms}
    most = np.array([np.where(machines.sold[term], usd, np.inf) for term, usd in known.items()])
    return most, np.where(most < UNKNOWN_USD, most * share, most)


def undominated(kinds: Sequence[Any], most: Array, least: Array) -> Index:
    """Positions of the machines of which no other of their kind costs at most as much in every price list.

    Of several at the same price the first stays. Kinds come in their own order, the smallest first, and in each the
    cheapest of the first list is the first: it stays whatever the other lists are, so that a draw ends the same way in
    any company. `most` and `least` have shape (lists, machines).
    """
    rank = {kind: at for at, kind in enumerate(sorted(set(kinds)))}
    kind = np.array([rank[each] for each in kinds])
    position = np.arange(len(kind))
    no_dearer = kind[:, np.newaxis] == kind
    for dear, cheap in zip(most, least, strict=True):
        no_dearer &= dear[:, np.newaxis] <= cheap
    beats = no_dearer & (~no_dearer.T | (position[:, np.newaxis] < position))
    order = np.lexsort((position, most[0], kind))
    kept: Index = order[~beats.any(axis=0)[order]]
    return kept
