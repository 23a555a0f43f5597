"""Libraries that only some checks need: missing, they are an error where everything is checked, else a skip."""

from __future__ import annotations

import os
from importlib.util import find_spec

import pytest


def need(*modules: str) -> None:
    """Stop a test whose libraries are not installed: loudly under CI=1, aloud otherwise."""
    missing = [module for module in modules if not _found(module)]
    if missing and os.environ.get("CI") == "1":
        pytest.fail(f"{', '.join(missing)}: not installed; pip install 'deploy-advisor[check]'")
    if missing:
        pytest.skip(f"{', '.join(missing)}: not installed; pip install 'deploy-advisor[check]'")


def _found(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False
