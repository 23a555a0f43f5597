"""Some rows of the answers of a batch: those of certain choices, those in which certain words stand."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import reduce

import pyarrow as pa
import pyarrow.compute as pc

from advisor.batch.summary import NO_CHOICE


def rows_with(answers: pa.Table, choices: Collection[str], words: str, columns: Sequence[str]) -> pa.Table:
    """The rows whose choice is one of `choices` (none given: any) and that hold `words` in one of the text columns."""
    if choices:
        choice = pc.fill_null(answers["choice"], NO_CHOICE)
        answers = answers.filter(pc.is_in(choice, pa.array(sorted(choices), pa.string())))
    texts = [answers[name] for name in columns if pa.types.is_string(answers[name].type)]
    if words and texts:
        held = [pc.fill_null(pc.match_substring(column, words, ignore_case=True), False) for column in texts]
        answers = answers.filter(reduce(pc.or_, held))
    return answers
