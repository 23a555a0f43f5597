"""What can go wrong that a user can mend.

Two kinds, both saying what, where and what is allowed: `InputError` for what a user wrote, and `pricing.FactError` for
what the price layer holds. Everything else is a bug.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class InputError(Exception):
    """Something a user wrote cannot be used; the text names the place, the value and what is allowed."""


def unknown_name(what: str, name: str, known: Iterable[str]) -> InputError:
    """Say that a name is not known, with the nearest ones first."""
    return InputError(f"{what} {name!r} is not known{suggestion(name, known)}")


def suggestion(name: str, known: Iterable[str]) -> str:
    """`; did you mean 'x'?` where something is near, else the list of what there is."""
    names = sorted(known)
    near = get_close_matches(name.lower(), names, n=3, cutoff=0.6)
    if near:
        return "; did you mean " + " or ".join(repr(each) for each in near) + "?"
    return "; there is " + ", ".join(names) if names else "; there is none"
