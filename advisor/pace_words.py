"""A team's own pace in words: what was learnt from its past deployments, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.calibration import Calibration


def pace_sentences(pace: Calibration) -> Iterator[str]:
    """What was learnt, a sentence at a time."""
    following, wary = pace.next_deployment(1.0), pace.next_deployment_noise_unknown(1.0)
    yield f"Hours: {pace.hours_factor:.2f} times the generic ones; {pace.weight:.0%} of that is your history."
    yield (
        f"The next deployment: {following.p10:.2f} to {following.p90:.2f} times, eight times in ten; "
        f"{wary[0]:.2f} to {wary[2]:.2f} if how much deployments differ is learnt from these rows too."
    )
    if pace.timed_cases:
        yield f"Task hours a day: {pace.focus_factor:.2f} times the usual, from {counted(pace.timed_cases, 'row')}."


def rows_sentence(pace: Calibration, ignored: int) -> str:
    """How many rows of a history were used."""
    return f"{counted(pace.cases, 'past deployment')} used, {counted(ignored, 'row')} ignored"


def counted(number: int, what: str) -> str:
    """A number of things."""
    return f"{number} {what}" + "s" * (number != 1)
