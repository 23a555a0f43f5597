"""The documents of `advisor choose`, `advisor breakeven` and `advisor calibrate`. Nothing is rounded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from advisor.answer import Answer
from advisor.bill import Status
from advisor.breakeven import Breakeven, Sweep
from advisor.calibration import Calibration
from advisor.choice_documents import choice_document
from advisor.choice_words import sentences
from advisor.documents import heading, option_document
from advisor.people_documents import Document, number


def choose_document(answer: Answer) -> Document:
    """The recommendation: its sentences, every option, and what each has cost month by month from its go-live."""
    return {
        **heading(answer),
        "choice": choice_document(answer),
        "text": list(sentences(answer)),
        "options": [option_document(answer, each) for each in answer.options],
        "cumulative_usd": {
            each.option: answer.cumulative_usd(each).tolist() for each in answer.options if each.status == Status.PRICED
        },
    }


def breakeven_document(answer: Answer, found: Breakeven) -> Document:
    """Where the order of two options flips. `reason` says what kept that from being computed."""
    return {
        **heading(answer),
        "over": found.over,
        "status": found.status,
        "reason": found.reason or None,
        "sweeps": [sweep_document(sweep) for sweep in found.sweeps],
    }


def sweep_document(sweep: Sweep) -> Document:
    """One field varied: first and last crossing, their number, and every point."""
    crossings = [asdict(crossing) for crossing in sweep.crossings]
    return {
        "field": sweep.field,
        "unit": sweep.unit,
        "option": sweep.pair[0],
        "against": sweep.pair[1],
        "status": sweep.status,
        "searched": {"from": sweep.values[0], "to": sweep.values[-1], "points": len(sweep.values)},
        "unknown_points": sweep.unknown,
        "crossings": crossings,
        "count": len(crossings),
        "first": crossings[0] if crossings else None,
        "last": crossings[-1] if crossings else None,
        "points": [
            {
                "value": value,
                "winner": winner,
                "cheapest": cheapest,
                "tco_usd": dict(zip(sweep.options, map(number, usd.tolist()), strict=True)),
            }
            for value, winner, cheapest, usd in zip(
                sweep.values, sweep.winners, sweep.cheapest, sweep.tco_usd, strict=True
            )
        ],
    }


def calibration_document(pace: Calibration, ignored: Sequence[str]) -> Document:
    """The pace that was learnt, and the rows that could not be used."""
    return {
        "used": pace.cases,
        "ignored": list(ignored),
        "calibration": asdict(pace),
        "hours_factor": pace.hours_factor,
        "focus_factor": pace.focus_factor,
        "weight": pace.weight,
        "next_deployment_factor": pace.next_deployment(1.0)._asdict(),
    }
