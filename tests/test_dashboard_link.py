"""A comparison in a link: what goes in comes out, and what is damaged does no harm."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import zlib

import pytest

from advisor.errors import InputError
from advisor.pages.link import LONGEST, decoded, encoded
from advisor.pages.scenario import Scenario, preset
from advisor.template import preset_names
from pricing import FactError
from tests.dashboard import DAY, drawn, field, lead, opened


def code(raw: bytes) -> str:
    return base64.urlsafe_b64encode(zlib.compress(raw)).decode().rstrip("=")


def parts(**changes: object) -> str:
    """A link with other parts than it should have."""
    fields = {"name": "x", "requests_per_month": 1.0, "duration_s": 1.0, "vcpu": 1.0, "memory_gib": 1.0}
    return code(json.dumps({"w": fields, "d": "2026-11-24", "o": [], "s": False, **changes}).encode())


@pytest.mark.parametrize("name", preset_names())
def test_a_link_brings_back_what_it_was_made_from(name: str) -> None:
    asked = Scenario(preset(name), DAY, ("gke", "eks"), stacks=True)
    found = encoded(asked)
    assert found is not None
    assert len(found) < 1000
    assert decoded(found) == asked
    assert decoded(found).workload.model_fields_set == asked.workload.model_fields_set


def test_prices_and_a_pace_of_ones_own_stay_at_home() -> None:
    asked = Scenario(preset("churn"), DAY)
    assert encoded(asked.with_(overlay=b"name: secret")) == encoded(asked)


def test_what_would_be_too_long_to_be_passed_on_has_no_link() -> None:
    name = base64.b85encode(b"".join(hashlib.sha256(bytes([each])).digest() for each in range(240))).decode()
    assert len(name) == 9_600  # 240 x 32 bytes, 5 characters for 4 of them
    assert encoded(Scenario(preset("churn").model_copy(update={"name": name}), DAY)) is None


BOMB = code(b"[" + b" " * 50_000_000 + b"]")
BROKEN = {
    "nothing": "-",
    "no base64": "@@@@",
    "no text": "é" * 10,
    "cut": parts()[:-7],
    "no packing": base64.urlsafe_b64encode(b"hello").decode(),
    "no mapping": code(b"[1, 2]"),
    "no JSON": code(b"{"),
    "deep": code(b"[" * 60_000),
    "a bomb": BOMB,
    "too long": "A" * (LONGEST + 1),
    "no workload": parts(w=None),
    "a list for a workload": parts(w=[1]),
    "no day": parts(d="yesterday"),
    "no options": parts(o=3),
    "an unknown option": parts(o=["mars"]),
    "an unknown field": parts(w={"speed": 3}),
    "an unknown place": parts(
        w={**json.loads(zlib.decompress(base64.urlsafe_b64decode(parts() + "==")))["w"], "geography": "mars"}
    ),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN.keys())
def test_a_damaged_link_is_refused_in_a_sentence(broken: str) -> None:
    with pytest.raises((InputError, FactError)) as refused:
        decoded(broken)
    assert "Traceback" not in str(refused.value)
    assert len(str(refused.value)) < 1000


def test_a_colleague_opens_the_same_comparison() -> None:
    mine = opened()
    mine.number_input(key=field("requests_per_month")).set_value(788_400_000.0)
    mine.multiselect(key="options").set_value(["gke", "cloud-run"])
    drawn(mine)
    (shared,) = (block.value for block in mine.code)
    theirs = opened(query=shared.split("s=")[1])
    assert lead(theirs) == lead(mine)
    assert theirs.number_input(key=field("requests_per_month")).value == 788_400_000.0
    assert theirs.multiselect(key="options").value == ["cloud-run", "gke"] or theirs.multiselect(
        key="options"
    ).value == ["gke", "cloud-run"]


def test_a_damaged_link_gives_a_message_and_the_example() -> None:
    app = opened(query=parts(o=["mars"]))
    (notice,) = (each.value.replace("\\", "") for each in app.warning)
    assert notice.startswith("option 'mars' is not known; ")
    assert notice.endswith("Here is the example instead.")
    assert app.text_input(key=field("name")).value == "churn-model"
    assert app.session_state["scenario"].as_of == dt.date.today()
    app.number_input(key=field("requests_per_month")).set_value(9.0)
    assert not drawn(app).warning
