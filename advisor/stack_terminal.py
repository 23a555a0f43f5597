"""The serving stacks on a terminal of 80 columns, side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from advisor.stack_documents import Document

Stack = Mapping[str, Any]
SAID = {"yes": "yes", "no": "no", "unknown": "not known"}


def _zero(stack: Stack) -> str:
    return SAID[stack["reaches_zero_pods"]["value"]]


def _adds(stack: Stack) -> str:
    return ", ".join(name.replace("_", " ") for name in stack["adds"]) or "nothing"


def _target(stack: Stack) -> str:
    judged = " (judgement)" if stack["utilisation_target"].get("grade") == "judgement" else ""
    return f"{stack['utilisation_target']['value']:g}{judged}"


def _asks(overhead: str) -> Callable[[Stack], str]:
    def words(stack: Stack) -> str:
        asked = stack[overhead]
        return f"{asked['millicores']:g} m, {asked['mib']:,.0f} MiB" if asked["parts"] else "nothing"

    return words


def _licence(stack: Stack) -> str:
    licence = stack["licence"]
    if licence["production_use_free"] == "yes":
        return f"{licence['name']}, free"
    price = licence["usd_per_year"]
    usd = "price not public: unknown" if price == "unknown" else f"{price:,.0f} USD a year"
    return f"{licence['name']}: production use is paid, {usd}"


def _runs(answer: str) -> Callable[[Stack], str]:
    return lambda stack: ", ".join(name for name, said in stack["runs_on"].items() if said["value"] == answer) or "–"


def _effort(stack: Stack) -> str:
    known = {family: None for family in stack["effort"].values() if family != "unknown"}
    return ", ".join(known) or "–"


ROWS: Mapping[str, Callable[[Stack], str]] = {
    "what it is": lambda stack: str(stack["label"]),
    "autoscaler": lambda stack: str(stack["autoscaler"]["value"]),
    "target": _target,
    "last pod may go": _zero,
    "adds": _adds,
    "asks of every pod": _asks("pod_overhead"),
    "asks of the cluster": _asks("cluster_overhead"),
    "cost driver": lambda stack: str(stack["cost_driver"]),
    "skill": lambda stack: str(stack["skill"]),
    "licence": _licence,
    "runs on": _runs("yes"),
    "runs on, not known": _runs("unknown"),
    "hours of work": _effort,
}


def show_stacks(document: Document) -> None:
    """Print one column for each stack."""
    console = Console(highlight=False)
    table = Table(box=None, pad_edge=False, header_style="bold", show_lines=False)
    table.add_column("")
    for name in document["stacks"]:
        table.add_column(name, overflow="fold")
    for label, words in ROWS.items():
        table.add_row(f"[bold]{label}[/bold]", *(escape(words(stack)) for stack in document["stacks"].values()))
        table.add_row()
    console.print(table)
    console.print(f"As of {document['as_of']}, fingerprint {document['fingerprint']}. Who says what: --json")
    console.print("\nNext: [bold]advisor compare examples/churn.yaml --stacks[/bold]  every cluster with every stack")
