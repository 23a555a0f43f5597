"""The choice as a document for machines. Nothing is rounded."""

from __future__ import annotations

from advisor.answer import Answer
from advisor.choice_words import answer_flips, dominated, frontier, ties
from advisor.flips import Flip
from advisor.people_documents import Document, number


def choice_document(answer: Answer) -> Document:
    """The choice, the runner-up, ties, what would flip it, and who dominates whom. Null where there is none."""
    choice = answer.choice
    return {
        "option": choice.name(choice.option[0]),
        "runner_up": choice.name(choice.runner_up[0]),
        "difference_usd": number(float(choice.difference_usd[0])),
        "difference_days": number(float(choice.difference_days[0])),
        "ties": [tie._asdict() for tie in ties(answer)],
        "flips": [flip_document(flip) for flip in answer_flips(answer)],
        "frontier": frontier(answer),
        "dominated": dominated(answer),
    }


def flip_document(flip: Flip) -> Document:
    """Where a field of the workload makes another option win."""
    return {**flip._asdict(), "unit": flip.unit}
