"""Why an option cannot be priced or had, for many workloads at once: the sentences of `explain`, by column."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from advisor.bill import MOST_BORROWED_SHARE, Bill, Status, Till
from advisor.columns import Workloads
from advisor.comparison import Comparison, evaluate, in_years, may_buy
from advisor.evaluation import Best, Evaluation, Variant
from advisor.explanation import one_machine
from advisor.market import Market
from advisor.platforms.platform import Offer, Platform
from advisor.units import Array, Index, Mask
from pricing import PriceBook

PRICE = "price of "  # how a sentence about a missing price is marked: what cannot be had needs none
Sentence = tuple[int, str, str]  # row, what it is about, why; of what is said again later, the first time counts


def reasons_of(platform: Platform, comparison: Comparison, book: PriceBook) -> list[str]:
    """For each row what `explain` says against its variant; empty where the option is priced."""
    best, market, work = comparison.options[platform.id], Market(book), comparison.work
    told: list[dict[str, str]] = [{} for _ in range(len(work))]
    for group in market.groups(platform, work):
        offer = market.offer(platform, group)
        for rows in _by_variant(best, group.rows):
            unknown, variant = best.status[rows[0]] == Status.UNKNOWN, best.variant(int(rows[0]))
            for row, about, why in _sentences(platform, work.take(rows), offer, variant, market):
                if unknown == about.startswith(PRICE):
                    told[rows[row]].setdefault(about, why)
    people = comparison.people[platform.id]
    for row in np.flatnonzero(people.too_few).tolist():
        told[row]["on call"] = people.of(row).too_few
    return ["; ".join(each.values()) for each in told]


def _by_variant(best: Best, rows: Index) -> Iterator[Index]:
    """The rows that are not priced, those of one variant and status together."""
    alike: dict[tuple[int, Variant], list[int]] = {}
    for row in rows[best.status[rows] != Status.PRICED].tolist():
        alike.setdefault((int(best.status[row]), best.variant(row)), []).append(row)
    yield from (np.array(each, dtype=np.intp) for each in alike.values())


def _sentences(
    platform: Platform, work: Workloads, offer: Offer, variant: Variant, market: Market
) -> Iterator[Sentence]:
    """What stands against one variant for rows that share it: now, and as their traffic grows."""
    offer = one_machine(offer, variant, market)
    lists = market.lists(platform, offer.region, offer.machines, (variant.purchase,))
    now = evaluate(platform, variant.mode, work, offer, lists, Till(work))
    yield from _not_for_sale(work, now, variant)
    yield from _against(now, variant)
    for year, then, till in in_years(work):
        later = evaluate(platform, variant.mode, then, offer, lists, till)
        for row, about, why in _against(later, variant):
            yield int(year.rows[row]), about, f"from month {year.first_month} on: {why}"


def _not_for_sale(work: Workloads, now: Evaluation, variant: Variant) -> Iterator[Sentence]:
    allowed = may_buy(work, variant.purchase)
    for row in _where(~allowed, now):
        yield row, "buy", f"buy {variant.purchase}: the workload allows no such commitment, horizon or interruption"
    for row in _where(allowed & ~now.admitted[variant.purchase], now):
        yield row, "buy", f"buy {variant.machine} {variant.purchase}: it is not sold so in this region"


def _against(evaluation: Evaluation, variant: Variant) -> Iterator[Sentence]:
    """Hard limits that are broken, and prices that are missing."""
    for limit in evaluation.limits:
        if not limit.soft and limit.broken.any():
            asked, allowed = (np.broadcast_to(each, evaluation.shape)[:, 0] for each in (limit.asked, limit.allowed))
            for row in _where(limit.broken, evaluation):
                yield row, limit.name, limit.reason(float(asked[row]), float(allowed[row]))
    yield from _missing(evaluation.bills[variant.purchase], evaluation)


def _missing(bill: Bill, evaluation: Evaluation) -> Iterator[Sentence]:
    for meter, quantity in bill.usage.items():
        if meter in bill.rates:
            about, usd = bill.rates[meter].about, bill.rates[meter].charge(quantity.expected, bill.free)
            for row in _where(np.isnan(usd) & (quantity.expected > 0), evaluation):
                yield row, PRICE + meter, f"no price is known for {about.label} ({meter}) in {about.region}"
    borrowed, total = (_column(each, evaluation) for each in (bill.borrowed_usd, bill.usd))
    for row in np.flatnonzero(borrowed > MOST_BORROWED_SHARE * np.abs(total)).tolist():
        share = f"{borrowed[row]:.2f} of {total[row]:.2f} USD a month"
        yield row, PRICE + "borrowed", f"{share} rest on prices borrowed from other regions"


def _where(mask: Mask, evaluation: Evaluation) -> list[int]:
    rows: list[int] = np.flatnonzero(np.broadcast_to(mask, evaluation.shape)[:, 0]).tolist()
    return rows


def _column(values: Array, evaluation: Evaluation) -> Array:
    return np.broadcast_to(values, evaluation.shape)[:, 0]
