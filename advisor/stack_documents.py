"""The serving stacks as a plain document for machines: the JSON of `advisor stacks`. Nothing is rounded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pricing import PriceBook
from pricing.stacks import STACKS

Document = dict[str, Any]
FIGURES = ("autoscaler", "utilisation_target", "pod_release_s", "reaches_zero_pods", "licence")
WORDS = ("label", "cost_driver", "skill", "adds", "effort")
SOURCE = ("title", "url", "grade")


def stacks_document(book: PriceBook) -> Document:
    """What each stack adds to a cluster, asks of it and costs, where it runs, and who says so."""
    listed = book.folder.document(STACKS)
    return {
        "as_of": str(book.as_of),
        "fingerprint": book.fingerprint,
        "stacks": {name: _stack(stack, listed["sources"]) for name, stack in listed["stacks"].items()},
    }


def _stack(stack: Mapping[str, Any], sources: Mapping[str, Any]) -> Document:
    return {
        **{name: stack[name] for name in WORDS},
        **{name: _sourced(stack[name], sources) for name in FIGURES},
        "adds": {name: _sourced(said, sources) for name, said in stack["adds"].items()},
        "pod_overhead": _overhead(stack["pod_overhead"], sources),
        "cluster_overhead": _overhead(stack["cluster_overhead"], sources),
        "runs_on": {option: _sourced(answer, sources) for option, answer in stack["runs_on"].items()},
    }


def _overhead(overhead: Mapping[str, Any], sources: Mapping[str, Any]) -> Document:
    parts = [_sourced(part, sources) for part in overhead["parts"]]
    return {**overhead, "parts": parts, "left_out": _sourced(overhead["left_out"], sources)}


def _sourced(said: Mapping[str, Any], sources: Mapping[str, Any]) -> Document:
    """A figure or an answer with its source in full; a figure's own grade stands before its source's."""
    if not isinstance(said, Mapping):
        return said
    nested = {name: _sourced(each, sources) for name, each in said.items() if isinstance(each, Mapping)}
    source = sources[said["source"]] if "source" in said else None
    if source is None:
        return {**said, **nested}
    full = {**{name: source[name] for name in SOURCE}, "stated": str(source["stated"]), "read": str(source["read"])}
    return {**said, **nested, "source": full}
