"""What can go wrong that a user can mend.

Two kinds, both saying what, where and what is allowed: `InputError` for what a user wrote, and `pricing.FactError` for
what the price layer holds. Everything else is a bug.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from difflib import get_close_matches

LONGEST = 80  # characters of a value in a message: enough to recognise it
MOST_NAMES = 20  # in a list of what there is


class InputError(Exception):
    """Something a user wrote cannot be used; the text names the place, the value and what is allowed."""

    @classmethod
    def listing(cls, where: str, faults: Iterable[object]) -> InputError:
        """One message for all that is wrong in one place, a line for each fault."""
        return cls("\n".join(f"{printable(where)}: {each}" for each in faults))


def unknown_name(what: str, name: str, known: Iterable[str]) -> InputError:
    """Say that a name is not known, with the nearest ones first."""
    return InputError(f"{what} {shown(name)} is not known; {suggestion(name, known)}")


def suggestion(name: str, known: Iterable[str]) -> str:
    """`did you mean 'x'?` where something is near, else the list of what there is."""
    names = sorted(known)
    near = get_close_matches(name.lower(), names, n=3, cutoff=0.6)
    if near:
        return "did you mean " + " or ".join(repr(each) for each in near) + "?"
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return "there is " + (", ".join(names[:MOST_NAMES]) or "none") + more


def shown(value: object) -> str:
    """A value as its writer may have written it: short, on one line, and harmless on a terminal."""
    if value is None:
        return "blank"
    if isinstance(value, bool):
        return "yes" if value else "no"
    try:
        text = str(value) if isinstance(value, date) else repr(value)
    except ValueError:  # a whole number with more digits than Python cares to write
        return "a number beyond all bounds"
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."


def printable(text: str) -> str:
    """The text on one line, with whatever would steer a terminal or turn its direction written as an escape."""
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)
