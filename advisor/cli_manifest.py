"""The command line of manifests: `advisor manifest` writes them, checks them, and says what is portable."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from advisor.cli_arguments import ANSWERED, FINDINGS, NO_OPTION, AsOf, Overlay, book_of, workload_of
from advisor.errors import InputError, printable

if TYPE_CHECKING:
    from advisor.explanation import Explanation
    from advisor.manifests import Bundle

Asked = Annotated[
    Path, typer.Argument(metavar="WORKLOAD.yaml|DIR", help="The workload file; with --check alone, a folder.")
]


def manifest(
    path: Asked,
    option: Annotated[str | None, typer.Argument(metavar="OPTION", help="One option, such as cloud-run.")] = None,
    out: Annotated[Path | None, typer.Option("-o", metavar="DIR", help="Write here; default ./NAME-OPTION.")] = None,
    stdout: Annotated[bool, typer.Option("--stdout", help="Print the files instead.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Write over files, and what is not possible.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Check the files; exit 1 with findings.")] = False,
    portable: Annotated[bool, typer.Option("--portable", help="Say what Cloud Run and Knative share.")] = False,
    as_of: AsOf = None,
    prices: Overlay = None,
) -> None:
    """Write everything needed to deploy a workload on an option, or check a folder of manifests.

    Example: [bold]advisor manifest examples/churn.yaml gke -o churn[/bold]
    Example: [bold]advisor manifest --check churn[/bold]
    """
    if portable:
        _show_portability(path, as_of, prices)
    elif option is None and check:
        _check_folder(path)
    elif option is None:
        raise InputError("an option is missing: advisor manifest WORKLOAD.yaml OPTION; `advisor compare` lists them")
    else:
        _write(path, option, out, stdout, force, check, as_of, prices)


def _write(
    path: Path,
    option: str,
    out: Path | None,
    stdout: bool,
    force: bool,
    check: bool,
    as_of: str | None,
    prices: Path | None,
) -> None:
    from advisor.manifests import build
    from advisor.manifests.checked import manifests_in

    explanation = _explained(path, option, as_of, prices)
    if not explanation.feasible and not force:
        for reason in explanation.why_not:
            typer.echo(printable(f"advisor: {option} {reason}"), err=True)
        typer.echo("advisor: nothing is written; --force writes it all the same, marked in every file", err=True)
        raise typer.Exit(NO_OPTION)
    bundle = build(explanation.workload, explanation)
    if check and _has_findings(manifests_in(bundle.texts())):
        raise typer.Exit(FINDINGS)
    if stdout:
        _print(bundle)
    else:
        _deliver(bundle, out or Path(f"{bundle.name}-{option}"), force)


def _explained(path: Path, option: str, as_of: str | None, prices: Path | None) -> Explanation:
    from advisor.explanation import explain
    from advisor.market import Market
    from advisor.platforms import chosen
    from advisor.workload import Workloads

    (platform,) = chosen([option])
    book = book_of(as_of, prices)
    asked = workload_of(path, book)
    return explain(asked, Workloads.of([asked]), platform, Market(book))


def _deliver(bundle: Bundle, folder: Path, force: bool) -> None:
    from advisor.manifests.delivery import deliver

    texts = bundle.texts()
    deliver(texts, folder, force)
    for note in bundle.notes:
        typer.echo(printable(note))
    where = printable(str(folder))
    typer.echo(
        f"{len(texts)} files in {where}. Next: fill in {where}/{bundle.values_file}, then follow {where}/README.md"
    )


def _print(bundle: Bundle) -> None:
    for name, text in bundle.texts().items():
        typer.echo(f"##### {name}\n{text}")


def _check_folder(folder: Path) -> None:
    from advisor.manifests.objects_of import texts_of

    raise typer.Exit(FINDINGS if _has_findings(texts_of(folder)) else ANSWERED)


def _has_findings(texts: Mapping[str, bytes | None]) -> bool:
    """Print what rules and schemas say against files, and against which schemas they could not be held."""
    from advisor.manifests.checked import checked

    outcome = checked(texts)
    for line in outcome.lines():
        typer.echo(line)
    return bool(outcome.findings)


def _show_portability(path: Path, as_of: str | None, prices: Path | None) -> None:
    from advisor.manifests import build
    from advisor.manifests.portability import portability

    explanation = _explained(path, "cloud-run", as_of, prices)
    for line in portability(build(explanation.workload, explanation)).lines():
        typer.echo(printable(line))
    raise typer.Exit(ANSWERED)
