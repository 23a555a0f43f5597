"""Serving stacks that run on a cluster: what each is, and the facts and the licence that it lays over its cluster's.

A stack is read from `common/stacks.yaml` in the form of a service's file, so that dates, sources and the user's own
figures work as everywhere: `stacks/knative`, `stacks/kserve`, `stacks/seldon`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pricing.fact import UNKNOWN
from pricing.machines import YES
from pricing.service import EVERYWHERE, PRINCIPAL

STACKS = "common/stacks"
STACK = "stacks/"  # before the name of a stack that stands for a service
PLAIN = "plain"  # a Deployment, which lays nothing over its cluster
LICENCE = "licence_months"
MONTHS_PER_YEAR = 12
LONGEST_RELEASE_S = 1800  # with as much again for the node, what a step of traffic can hold
RUNS_ON, FREE = "runs_on_", "production_use_free"

Entry = Mapping[str, Any]


def stack_names(document: Entry) -> tuple[str, ...]:
    """The stacks that change anything about a cluster."""
    return tuple(name for name in document["stacks"] if name != PLAIN)


def stack_document(document: Entry, name: str) -> dict[str, Any]:
    """A stack in the form of a service's file."""
    stack, sources = document["stacks"][name], document["sources"]
    behaviour = {
        key: {**entry, "from": {sources[entry["source"]]["read"]: value}} for key, entry, value in _behaviour(stack)
    }
    return {"title": stack["label"], "sources": sources, "behaviour": behaviour, "prices": _licence(stack, sources)}


def _behaviour(stack: Entry) -> Iterator[tuple[str, dict[str, Any], Any]]:
    """Name, entry and value of every fact that a stack lays over its cluster's."""
    label = stack["label"]
    target, release, zero = stack["utilisation_target"], stack["pod_release_s"], stack["reaches_zero_pods"]
    said = _said(f"share of a pod's capacity at which {label} settles", target)
    yield "target_utilisation", {**said, "above": 0, "most": 1}, target["value"]
    said = _said(f"time {label} keeps a pod above need", release)
    yield "pod_release_s", {**said, "most": LONGEST_RELEASE_S}, release["value"]
    yield "reaches_zero_pods", _said(f"whether {label} takes away the last pod", zero, "yes-no"), zero["value"]
    if zero["value"] == YES:
        delay = stack["zero_delay_s"]
        yield "zero_delay_s", _said(f"longest {label} keeps a pod without a request", delay), delay["high"]
        yield "replicas_min", _said(f"replicas that {label} keeps", zero, "replica"), 0
    for what, of in (("pod", "a pod"), ("cluster", "the cluster")):
        for part, unit in (("millicores", "millicore"), ("mib", "MiB")):
            overhead = stack[f"{what}_overhead"]
            said = _said(f"{unit} that {label} asks of {of}", overhead["left_out"], unit)
            yield f"{what}_overhead_{part}", said, overhead[part]
    licence = stack["licence"]
    said = _said(f"whether production may use {label} without paying ({licence['name']})", licence, "yes-no")
    yield FREE, said, licence[FREE]
    for option, answer in stack["runs_on"].items():
        yield f"{RUNS_ON}{option}", _said(f"whether {label} runs on {option}", answer, "yes-no"), answer["value"]


def _said(label: str, figure: Entry, unit: str = "") -> dict[str, Any]:
    """A fact's entry: what it is and who says so."""
    own = {key: figure[key] for key in ("grade", "rule") if key in figure}
    return {"label": label, "unit": unit or figure["unit"], "source": figure["source"], **own}


def _licence(stack: Entry, sources: Entry) -> dict[str, Any]:
    """The meter of a licence that production must pay for; none where it is free."""
    licence = stack["licence"]
    if licence[FREE] == YES:
        return {}
    yearly = licence["usd_per_year"]
    monthly = yearly if yearly == UNKNOWN else yearly / MONTHS_PER_YEAR
    meter = {
        "label": f"licence of {stack['label']} for production ({licence['name']})",
        "unit": "licence-month",
        "role": PRINCIPAL,
        "source": licence["source"],
        "regions": {EVERYWHERE: {sources[licence["source"]]["read"]: monthly}},
    }
    return {LICENCE: meter}
