"""A scenario in the query string of an address, so that a colleague opens the same comparison.

Prices and a pace of one's own are nobody else's business: they stay out of it.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
import zlib
from collections.abc import Mapping
from typing import Any

from advisor.errors import InputError
from advisor.names import check_names
from advisor.pages.scenario import Scenario
from advisor.platforms import chosen
from advisor.workload import MOST_BYTES, workload_from
from pricing import load

PARAMETER = "s"
LONGEST = 8_000  # characters; servers and chat programs cut what is much longer
BROKEN = "the link is damaged or incomplete; ask for it again"


def encoded(asked: Scenario) -> str | None:
    """What stands in the link; None where it would be too long to be passed on."""
    parts = {
        "w": asked.workload.model_dump(mode="json", include=asked.workload.model_fields_set),
        "d": str(asked.as_of),
        "o": list(asked.options),
        "s": asked.stacks,
    }
    packed = zlib.compress(json.dumps(parts, separators=(",", ":")).encode(), level=9)
    code = base64.urlsafe_b64encode(packed).decode().rstrip("=")
    return code if len(code) <= LONGEST else None


def decoded(code: str) -> Scenario:
    """The scenario of a link. Raises `InputError` or `FactError` where there is none in it."""
    parts = _parts(code)
    try:
        as_of, options, stacks = dt.date.fromisoformat(parts["d"]), tuple(map(str, parts["o"])), bool(parts["s"])
        fields: Mapping[str, Any] = parts["w"]
        asked = workload_from(fields, "the link")
    except (KeyError, TypeError, ValueError, AttributeError):
        raise InputError(BROKEN) from None
    chosen(options or None, stacks)
    check_names(asked, load(as_of), "the link")
    return Scenario(asked, as_of, options, stacks)


def _parts(code: str) -> dict[str, Any]:
    """What a link holds, however it was damaged, and never more than a workload file may."""
    if len(code) > LONGEST:
        raise InputError(BROKEN)
    try:
        raw = base64.b64decode(code + "=" * (-len(code) % 4), altchars=b"-_", validate=True)
        unpacked = zlib.decompressobj()
        text = unpacked.decompress(raw, MOST_BYTES)
        parts = json.loads(text) if unpacked.eof else None
    except (binascii.Error, zlib.error, ValueError, RecursionError):
        raise InputError(BROKEN) from None
    if not isinstance(parts, dict):
        raise InputError(BROKEN)
    return parts
