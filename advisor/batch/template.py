"""A table to fill in: the header with every field, and one example row."""

from __future__ import annotations

import csv
import io

from advisor.declaration import FIELDS
from advisor.fields import NO_GPU

EXAMPLE = {
    "name": "churn-model",
    "requests_per_month": "50000",
    "duration_s": "0.3",
    "vcpu": "1",
    "memory_gib": "2",
    "profile": "office-hours",
    "gpu": NO_GPU,
}


def template_csv() -> str:
    """The required fields first; a cell that is left blank means the default."""
    names = sorted(FIELDS, key=lambda name: (not FIELDS[name].is_required(), list(FIELDS).index(name)))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([names, [EXAMPLE.get(name, "") for name in names]])
    return text.getvalue()
