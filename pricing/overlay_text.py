"""Writes overlays: one more entry in the text of the user's own prices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from pricing.overlay import OverlayError
from pricing.reader import parse_yaml, scalar

STARTER: Mapping[str, Any] = {"name": "Our prices", "source": "entered by hand"}
EXAMPLE = """\
name: Our agreement
source: contract of 2026-03-01
discounts:                    # percent off the list; below zero it is a mark-up
  - {percent: 10, vendor: gcp}
  - {percent: 20, service: gcp/network, region: us-central1}
prices:                       # a price instead of the list's
  - {service: gcp/cloud_run, meter: requests, usd: 0.0000003}
  - {market: aws/ec2, machine: m6i.large, purchase: on-demand, region: us-east-1, usd_per_hour: 0.08}
facts: []                     # a limit or a behaviour: {service: …, fact: …, value: …}
"""
SAID = ("percent", "usd", "usd_per_hour", "value")  # what an entry says; its other keys are what it speaks of


def with_entry(text: bytes, name: str, section: str, entry: Mapping[str, Any]) -> bytes:
    """The text with an entry added, in place of one that speaks of the same. Comments are lost.

    Raises `FactError` where the text, called `name` in the message, is no overlay to add to.
    """
    document = parse_yaml(text, name, "overlay") if text.strip() else dict(STARTER)
    listed = document.get(section) or []
    if not isinstance(listed, list):
        raise OverlayError(name, section, "must be a list of entries")
    others = [each for each in listed if not isinstance(each, dict) or _about(each) != _about(entry)]
    return _written({**document, section: [*others, dict(entry)]})


def _about(entry: Mapping[Any, Any]) -> dict[Any, Any]:
    return {key: value for key, value in entry.items() if key not in SAID}


def _written(document: Mapping[Any, Any]) -> bytes:
    text: str = yaml.dump(dict(document), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)
    return text.encode()


class _Dumper(yaml.SafeDumper):
    """Quotes every text that the project's own reader would take for something else."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if _plain(text) else "'")


def _plain(text: str) -> bool:
    try:
        return isinstance(scalar(text), str)
    except ValueError:  # what looks like a day and is none
        return False


_Dumper.add_representer(str, _text)
