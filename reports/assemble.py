"""Answers become the machine form of a report. Nothing is rounded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from advisor.answer import Answer
from advisor.bill import Status
from advisor.breakeven import Breakeven, breakevens_of, pair_of
from advisor.choice_documents import choice_document
from advisor.choice_words import paragraphs
from advisor.decision_documents import sweep_document
from advisor.documents import detailed_document
from advisor.platforms.platform import Platform
from advisor.traffic import mean_one, weekly_shape
from advisor.workload import CUSTOM
from pricing import PriceBook
from reports.document import FORMAT, VERSION, Chapter, Prices, Report
from reports.tally import Tally

Document = dict[str, Any]

CAVEATS = (
    "List prices before tax, in USD; a month has 730 hours.",
    "Hours and days are a judgement until they are calibrated with a history of one's own: advisor calibrate.",
)
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
    answer: Answer, platforms: Sequence[Platform], manifests: Mapping[str, str], drawn: bool = True
) -> Chapter:
    """All about one workload; where nothing is drawn, break-evens are worked out for the two they speak of alone."""
    pair, _ = pair_of(answer, None)
    swept = platforms if drawn else [platform for platform in platforms if platform.id in (pair or ())]
    document = {
        "workload": answer.workload.model_dump(mode="json"),
        "options": [_option(answer, each.option) for each in answer.ranking],
        "choice": choice_document(answer),
        "text": [{"heading": heading, "sentences": said} for heading, said in paragraphs(answer)],
        "defaults": answer.options[0].defaults,
        "cumulative_usd": {
            each.option: answer.cumulative_usd(each).tolist() for each in answer.options if each.status == Status.PRICED
        },
        "breakevens": [_breakeven(found) for found in breakevens_of(answer, swept, None, SWEPT)],
        "level_of_hour": level_of_hour(answer),
        "manifests": manifests,
    }
    return Chapter.model_validate(document)


def _option(answer: Answer, name: str) -> Document:
    """An option with its own assumptions; the defaults, which all share, stand with the chapter."""
    (explanation,) = (each for each in answer.options if each.option == name)
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
