"""Answers become the machine form of a report. Nothing is rounded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from advisor.answer import Answer
from advisor.bill import Status
from advisor.breakeven import Breakeven, breakevens_of, pair_of
from advisor.breakeven import Sweep as Swept
from advisor.choice_documents import choice_document
from advisor.choice_words import paragraphs
from advisor.decision_documents import sweep_document
from advisor.documents import detailed_document, option_document
from advisor.errors import InputError
from advisor.explanation import Explanation, single
from advisor.people_documents import control_document, number
from advisor.platforms.platform import Platform
from advisor.traffic import mean_one, weekly_shape
from advisor.workload import CUSTOM
from pricing import PriceBook
from reports.document import FORMAT, VERSION, Chapter, Prices, Report, Sweep
from reports.tally import Tally

Document = dict[str, Any]

CAVEATS = (
    "List prices before tax, in USD; a month has 730 hours.",
    "Hours and days are a judgement until they are calibrated with a history of one's own: advisor calibrate.",
)
BEHIND = ("lines", "levels", "limits", "facts", "assumptions", "activities", "critical_path")
SWEPT = ("requests", "skill")  # wage, delay and horizon are algebra, which the choice brings along


def report_of(
    book: PriceBook | None, program: str, command: str, chapters: Sequence[Chapter], tally: Tally | None = None
) -> Report:
    """A report of chapters, and of a portfolio where there are several workloads."""
    prices = book and {"as_of": str(book.as_of), "fingerprint": book.fingerprint, "oldest": str(book.oldest)}
    return Report(
        format=FORMAT,
        version=VERSION,
        program=program,
        command=command,
        prices=None if prices is None else Prices.model_validate(prices),
        caveats=CAVEATS,
        totals=tally and tally.totals,
        portfolio=tally.rows if tally else (),
        chapters=tuple(chapters),
    )


def chapter_of(
    answer: Answer,
    platforms: Sequence[Platform],
    manifests: Mapping[str, str],
    drawn: bool = True,
    overs: Sequence[str] = SWEPT,
) -> Chapter:
    """All about one workload; where nothing is drawn, break-evens are worked out for the two they speak of alone.

    They take ten times as long as the rest: `overs` says of what.
    """
    pair, _ = pair_of(answer, None)
    swept = platforms if drawn else [platform for platform in platforms if platform.id in (pair or ())]
    breakevens = [_breakeven(found) for found in breakevens_of(answer, swept, None, overs)] if overs else []
    return _chapter(answer, [_option(answer, each) for each in answer.ranking], breakevens, manifests)


def outline_of(answer: Answer) -> Chapter:
    """What each option comes to, without what stands behind it: no lines, levels, limits, facts and activities."""
    return _chapter(answer, [_briefly(answer, each) for each in answer.ranking], [], {})


def _chapter(
    answer: Answer, options: Sequence[Document], breakevens: Sequence[Document], manifests: Mapping[str, str]
) -> Chapter:
    document = {
        "workload": answer.workload.model_dump(mode="json"),
        "options": options,
        "choice": choice_document(answer),
        "text": [{"heading": heading, "sentences": said} for heading, said in paragraphs(answer)],
        "defaults": answer.options[0].defaults,
        "cumulative_usd": {
            each.option: answer.cumulative_usd(each).tolist() for each in answer.options if each.status == Status.PRICED
        },
        "breakevens": breakevens,
        "level_of_hour": level_of_hour(answer),
        "manifests": manifests,
    }
    return Chapter.model_validate(document)


def manifests_of(answer: Answer) -> dict[str, str]:
    """The files that deploy the choice; where nothing is written for it, why not; none where there is no choice."""
    from advisor.manifests import build

    name = answer.choice.name(int(answer.choice.option[0]))
    for explanation in answer.options:
        if explanation.option == name:
            try:
                return build(answer.workload, explanation).texts()
            except InputError as error:
                return {explanation.option: str(error)}
    return {}


def _briefly(answer: Answer, explanation: Explanation) -> Document:
    """An option without what stands behind its figures."""
    return {
        **option_document(answer, explanation),
        "would_cost_usd": number(explanation.would_cost_usd),
        "control": control_document(answer, explanation.option),
        "hour_usd": single(answer.comparison.people[explanation.option].hour_usd),
        "learning_share": answer.plan(explanation.option).learning_share,
        **dict.fromkeys(BEHIND, ()),
    }


def _option(answer: Answer, explanation: Explanation) -> Document:
    """An option with its own assumptions; the defaults, which all share, stand with the chapter."""
    return {**detailed_document(answer, explanation), "assumptions": explanation.assumptions}


def _breakeven(found: Breakeven) -> Document:
    return {
        "over": found.over,
        "status": found.status,
        "reason": found.reason or None,
        "sweeps": [sweep_document(sweep) for sweep in found.sweeps],
    }


def level_of_hour(answer: Answer) -> list[int]:
    """Which level of traffic, counted from the lowest, each hour of the week from Monday 00:00 is at."""
    workload = answer.workload
    weights = workload.weights if workload.profile == CUSTOM else answer.book.profiles()[workload.profile]
    return level_positions(weights or ())


def level_positions(weights: Sequence[float]) -> list[int]:
    """The rank of each hour's weight among the distinct ones. 24 or 168 weights -> 168 ranks."""
    shape = np.array(mean_one(weekly_shape(weights)))
    return [int(position) for position in np.unique(shape, return_inverse=True)[1]]


def sweep_of(sweep: Swept) -> Sweep:
    """A sweep in the form that charts and tables are drawn from."""
    return Sweep.model_validate(sweep_document(sweep))
