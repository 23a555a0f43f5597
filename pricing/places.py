"""Where and when: geographies with each vendor's region there, and weekly traffic shapes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from pricing.fact import FactError, nearest

PLACES = "common/places"
PROFILES = "common/profiles"
WEEK_HOURS = 168


class Place(NamedTuple):
    """A geography and the region each vendor has for it."""

    name: str
    label: str
    area: str
    regions: Mapping[str, str]  # vendor -> region


class Profile(NamedTuple):
    """A weekly traffic shape: 168 weights from Monday 00:00 local, mean 1."""

    name: str
    label: str
    weights: tuple[float, ...]


def places_of(document: Mapping[str, Any]) -> dict[str, Place]:
    """The geographies of the file of places."""
    return {name: _place(name, raw) for name, raw in document["geographies"].items()}


def area_of(document: Mapping[str, Any], vendor: str, region: str) -> str:
    """The area, such as EU, that a vendor's region lies in."""
    regions = document["regions"]
    if vendor not in regions:
        raise FactError(f"{PLACES}.yaml", vendor, f"there is no such vendor{nearest(vendor, regions)}")
    if region not in regions[vendor]:
        near = nearest(region, regions[vendor])
        raise FactError(f"{PLACES}.yaml", region, f"the book holds no facts about this region of {vendor}{near}")
    return str(regions[vendor][region])


def areas_around(document: Mapping[str, Any], area: str) -> tuple[str, ...]:
    """The area and those it lies within: PL, EU."""
    return (area, *document["areas"][area]["within"])


def profiles_of(document: Mapping[str, Any]) -> dict[str, Profile]:
    """The shapes of the file of profiles, a day of 24 weights repeated over the week, each scaled to mean 1."""
    return {name: Profile(name, str(raw["label"]), _week(raw["weights"])) for name, raw in document["profiles"].items()}


def _place(name: str, raw: Mapping[str, Any]) -> Place:
    regions = {key: str(value) for key, value in raw.items() if key not in ("label", "area")}
    return Place(name, str(raw["label"]), str(raw["area"]), regions)


def _week(weights: list[float]) -> tuple[float, ...]:
    mean = math.fsum(weights) / len(weights)
    return tuple(weight / mean for weight in weights) * (WEEK_HOURS // len(weights))
