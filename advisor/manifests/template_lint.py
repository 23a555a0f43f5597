"""Templates of CloudFormation under the rules of cfn-lint."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib import import_module  # by name: the library may be missing, and has no types
from typing import Any


@lru_cache(maxsize=1)
def _rules() -> Any:
    """All rules, as the command line applies them; reading them takes longer than applying them."""
    return import_module("cfnlint.core").get_rules([], [], [])


def faults(template: Mapping[str, Any]) -> Iterator[str]:
    """What cfn-lint says against a template."""
    for match in import_module("cfnlint.api").lint(json.dumps(template), rules=_rules()):
        place = ".".join(str(each) for each in getattr(match, "path", None) or ())
        yield f"{place or 'template'}: {match.message} ({match.rule.id})"
