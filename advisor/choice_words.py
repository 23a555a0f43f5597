"""The choice in words: what to take, by how much, what cannot be told apart, what would change it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from advisor.answer import Answer
from advisor.bill import Status
from advisor.choice import NOBODY, alike
from advisor.draws import Spread
from advisor.explanation import Explanation, single
from advisor.figures import amount, money, rough
from advisor.flips import DELAY, HORIZON, WAGE, Flip, flips
from advisor.tco import crossed
from advisor.units import Mask

TOTAL, DAYS, HOURS = "tco_usd", "days_to_production", "setup_hours"
# what varies -> direction -> when another option would win
FLIPPED = {
    WAGE: {
        "below": "if an hour of work cost less than {at} USD",
        "above": "if an hour of work cost more than {at} USD",
    },
    DELAY: {
        "below": "if a week of delay cost less than {at} USD",
        "above": "if a week of delay cost more than {at} USD",
    },
    HORIZON: {"below": "for a horizon of at most {at} months", "above": "for a horizon of at least {at} months"},
}
UNMOVED = {
    WAGE: "no wage from {lowest} to {highest} USD an hour",
    DELAY: "no cost of delay from {lowest} to {highest} USD a week",
    HORIZON: "no horizon from {lowest} to {highest} months",
}


class Tie(NamedTuple):
    """An option that cannot be told apart from the choice by one figure."""

    option: str
    over: str
    words: str


def ties(answer: Answer) -> tuple[Tie, ...]:
    """Every tie with the choice among priced options: by total cost, by days and by hours."""
    choice = answer.choice
    if choice.option[0] == NOBODY:
        return ()
    share = answer.comparison.tie_share
    near, priced = f"differ by less than {share:.0%}", np.isfinite(choice.tco_usd)
    return (
        *_ties(answer, choice.tied, TOTAL, "each range of total cost, P10 to P90, holds the other's mean"),
        *_ties(answer, alike(choice.days, choice.option, share) & priced, DAYS, f"the days to production {near}"),
        *_ties(answer, alike(choice.hours, choice.option, share) & priced, HOURS, f"the hands-on hours {near}"),
    )


def _ties(answer: Answer, tied: Mask, over: str, why: str) -> Iterator[Tie]:
    first = answer.choice.name(answer.choice.option[0])
    for position in np.flatnonzero(tied[0]):
        option = answer.choice.names[position]
        yield Tie(option, over, f"{first} and {option} are a tie: {why}")


def verdict(answer: Answer) -> Iterator[str]:
    """The choice and the runner-up, with the difference in money and days."""
    choice = answer.choice
    first, second = choice.name(choice.option[0]), choice.name(choice.runner_up[0])
    if first is None:
        yield "No option can be priced for this workload."
        return
    months = answer.workload.horizon_months
    yield f"Choose {first}: {money(answer.tco_usd(first))} USD in {_months(months)}, people included."
    if second is None:
        yield "No other option is priced."
        return
    dearer, later = float(choice.difference_usd[0]), float(choice.difference_days[0])
    yield f"Next is {second}: {money(dearer)} USD more, and in production {_later(later)} on average."


def _later(days: float) -> str:
    """How much later or earlier."""
    if rough(abs(days)) == rough(0.0):
        return "as soon"
    return f"{rough(abs(days))} business days {'later' if days > 0 else 'earlier'}"


def tie_sentences(answer: Answer) -> Iterator[str]:
    """The ties of each figure in one sentence."""
    found = ties(answer)
    for over, what in ((TOTAL, "By total cost"), (DAYS, "By days"), (HOURS, "By hours")):
        options = [tie.option for tie in found if tie.over == over]
        if options:
            yield f"{what} it is a tie with {listed(options)}."


def flip_sentences(answer: Answer) -> Iterator[str]:
    """What would make another option win, one field at a time; and how far each may go without changing anything."""
    found = answer_flips(answer)
    yield from (flip_words(flip) for flip in found if flip.status == "reached")
    unmoved = [
        UNMOVED[flip.over].format(lowest=amount(flip.lowest), highest=amount(flip.highest))
        for flip in found
        if flip.status == "not reached"
    ]
    if unmoved:
        words = listed(unmoved)
        yield f"{words[0].upper()}{words[1:]} changes it."
    if any(flip.status == "not computed" for flip in found):
        yield "With growing traffic every horizon has another bill: see advisor breakeven --over horizon."


def answer_flips(answer: Answer) -> tuple[Flip, ...]:
    """The algebraic flips of one workload's choice."""
    return flips(answer.comparison, answer.choice)


def flip_words(flip: Flip) -> str:
    """One flip that is reached, as a sentence."""
    shown = amount if flip.over == HORIZON else money
    when = FLIPPED[flip.over][str(flip.direction)].format(at=shown(flip.at))
    return f"It would be {flip.option} {when} (now {shown(flip.now)})."


def sentences(answer: Answer) -> Iterator[str]:
    """The recommendation, all of it, a sentence at a time."""
    for _, paragraph in paragraphs(answer):
        yield from paragraph


def paragraphs(answer: Answer) -> Iterator[tuple[str, list[str]]]:
    """The recommendation as a short text: headings, the first of them empty, with their sentences."""
    yield "", list(verdict(answer))
    for heading, found in (
        ("What it takes", [*takes(answer), *range_sentence(answer)]),
        ("What cannot be told apart", list(tie_sentences(answer))),
        ("What would change it", [*flip_sentences(answer), *overtakes(answer)]),
        ("The others", list(others(answer))),
    ):
        if found:
            yield heading, found


def takes(answer: Answer) -> Iterator[str]:
    """What the choice takes: money, time, work. Nothing where there is no choice."""
    first = answer.choice.name(answer.choice.option[0])
    if first is None:
        return
    plan, parts, total = answer.plan(first), answer.ownership(first), answer.tco(first)
    bills = single(parts.infrastructure_usd) + single(parts.one_off_usd)
    yield f"Money: {money(bills)} USD of bills and {money(total.mean - bills if total else None)} of people and delay."
    days, setup, running = plan.days_to_production, plan.setup_hours, plan.operations_hours_per_month
    yield f"Time: {_likely(days)} business days to production."
    yield f"Work: {_likely(setup)} hours to set it up, then {_likely(running)} a month to run it."
    if plan.standby_hours_per_month:
        yield f"Stand-by round the clock: the pay of {rough(plan.standby_hours_per_month)} hours a month."
    if plan.on_call_reason:
        yield plan.on_call_reason


def _likely(figures: Spread) -> str:
    return f"{rough(figures.p50)} ({rough(figures.p10)} to {rough(figures.p90)})"


def range_sentence(answer: Answer) -> Iterator[str]:
    """How far the total of the choice may lie from its mean."""
    first = answer.choice.name(answer.choice.option[0])
    total = answer.tco(first) if first else None
    if total:
        yield f"Eight times in ten it costs {money(total.p10)} to {money(total.p90)} USD in all."


def overtakes(answer: Answer) -> Iterator[str]:
    """The month from which the choice has cost less than another, where it begins dearer."""
    lines = {each.option: answer.cumulative_usd(each) for each in answer.options if each.status == Status.PRICED}
    first = answer.choice.name(answer.choice.option[0])
    for option, line in lines.items():
        if first is not None and (months := crossed(lines[first], line)):
            yield f"Counted from each one's go-live, it has cost less than {option} from month {months[-1]} on."


def others(answer: Answer) -> Iterator[str]:
    """Every other option: how much dearer and later, and who is nowhere worse; then those that are not in the race."""
    choice, first = answer.choice, int(answer.choice.option[0])
    for each in answer.ranking:
        position = choice.names.index(each.option)
        if each.status == Status.PRICED and position != first:
            dearer = float(choice.tco_usd[0, position] - choice.tco_usd[0, first])
            later = float(choice.days[0, position] - choice.days[0, first])
            by = choice.name(int(choice.dominator[0, position]))
            beaten = f"; {by} is nowhere worse" if by else ""
            yield f"{each.option}: {money(dearer)} USD more, {_later(later)}{beaten}."
    yield from _left_out(answer)


def dominated(answer: Answer) -> dict[str, str]:
    """Option -> the cheapest option that costs no more, is no later and opens no less."""
    choice = answer.choice
    pairs = zip(choice.names, choice.dominator[0].tolist(), strict=True)
    return {name: choice.names[by] for name, by in pairs if by != NOBODY}


def frontier(answer: Answer) -> list[str]:
    """The priced options that no other dominates, cheapest first."""
    beaten = dominated(answer)
    return [each.option for each in answer.ranking if each.status == Status.PRICED and each.option not in beaten]


def frontier_sentence(answer: Answer) -> Iterator[str]:
    """Which options are worth a look: all others are beaten by one of them in everything."""
    worth = frontier(answer)
    if len(worth) > 1:
        yield f"By cost, days and what may be done with it, no other option is better than {listed(worth)}."


def _left_out(answer: Answer) -> Iterator[str]:
    """Options that are not priced, those with the same reasons together."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for each in answer.ranking:
        if each.status != Status.PRICED:
            alike.setdefault((each.status.name.lower(), *reasons(each)), []).append(each.option)
    for (status, *why), options in alike.items():
        yield f"{listed(options)} {'is' if len(options) == 1 else 'are'} {status}: {'; '.join(why)}."


def reasons(explanation: Explanation) -> Sequence[str]:
    """Why an option cannot be, or cannot be priced."""
    return explanation.why_not if explanation.status == Status.INFEASIBLE else explanation.unknown


def _months(months: int) -> str:
    return f"{months} month" + "s" * (months != 1)


def listed(words: Sequence[str]) -> str:
    """One, two and three."""
    *head, last = words
    return f"{', '.join(head)} and {last}" if head else last
