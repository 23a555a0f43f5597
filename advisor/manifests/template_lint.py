"""Templates of CloudFormation under the rules of cfn-lint."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from importlib import import_module  # by name: the library may be missing, and has no types
from typing import Any


def faults(template: Mapping[str, Any]) -> Iterator[str]:
    """What cfn-lint says against a template."""
    for match in import_module("cfnlint.api").lint(json.dumps(template)):
        place = ".".join(str(each) for each in getattr(match, "path", None) or ())
        yield f"{place or 'template'}: {match.message} ({match.rule.id})"
