"""The base of strict models: no field but those that are named, written as Kubernetes writes them."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Strict(BaseModel):
    """No field but those that are named; `min_replicas` stands for minReplicas."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel)
