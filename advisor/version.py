"""Which version of the advisor this is."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version


def program() -> str:
    """The version of the advisor; in a copy that was never installed it is not known."""
    try:
        return version("deploy-advisor")
    except PackageNotFoundError:
        return "not installed"
