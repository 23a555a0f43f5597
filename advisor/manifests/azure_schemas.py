"""Files of Azure Machine Learning's command line, read by its own library, which names what it does not know."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Mapping
from importlib import import_module  # by name: the library may be missing, and has no types
from typing import Any

import yaml

DEPLOYMENT = "managedOnlineDeployment"


def faults(document: Mapping[str, Any]) -> Iterator[str]:
    """What the library says against an endpoint or a deployment."""
    kind = "deployment" if DEPLOYMENT in str(document.get("$schema")) else "endpoint"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the library speaks of its own old habits
        load = getattr(import_module("azure.ai.ml"), f"load_online_{kind}")
        try:
            load(io.StringIO(yaml.safe_dump(dict(document))))
        except Exception as error:  # of several kinds, not all of them documented
            yield " ".join(str(error).split())
