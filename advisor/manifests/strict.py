"""The base of strict models: no field but those that are named, written as Kubernetes writes them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel


class Strict(BaseModel):
    """No field but those that are named; `min_replicas` stands for minReplicas."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel)


def faults_of(model: type[Strict], value: Any, place: str) -> Iterator[str]:
    """What a model says against a value, each with the place where it stands."""
    try:
        model.model_validate(value)
    except ValidationError as error:
        for each in error.errors(include_url=False, include_input=False):
            where = ".".join(str(part) for part in (place, *each["loc"]) if part != "")
            yield f"{where or 'document'}: {each['msg']}"
