"""`advisor prices …`: what the price book holds, where it can answer, and whether it is whole."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from advisor.cli_arguments import ANSWERED, FINDINGS, AsJson, AsOf, Overlay, book_of, print_json

prices = typer.Typer(
    name="prices",
    help="What the price book holds: prices and facts, with source and age.",
    no_args_is_help=True,
    add_completion=False,
)

ServiceName = Annotated[
    str, typer.Argument(metavar="SERVICE", help="A service such as gcp/cloud_run.", show_default=False)
]
Region = Annotated[str | None, typer.Option(metavar="R", help="One region, with its machines; default all regions.")]
Folder = Annotated[
    Path | None, typer.Argument(metavar="FOLDER", help="A folder of facts; default the one that is in use.")
]


@prices.command("list")
def list_services(as_of: AsOf = None, json: AsJson = False) -> None:
    """List the services: how many prices and facts, how old, of which grade.

    Example: [bold]advisor prices list[/bold]
    """
    from advisor.price_documents import holdings_document

    document = holdings_document(book_of(as_of))
    if json:
        print_json(document)
    else:
        from advisor.price_terminal import show_holdings

        show_holdings(document)


@prices.command()
def show(service: ServiceName, region: Region = None, as_of: AsOf = None, json: AsJson = False) -> None:
    """Show every price and fact of a service: unit, tiers, allowance, source, date, grade and age.

    Example: [bold]advisor prices show gcp/cloud_run --region us-central1[/bold]
    """
    from advisor.errors import unknown_name
    from advisor.price_documents import service_document
    from pricing.inventory import services

    book = book_of(as_of)
    if service not in services(book):
        raise unknown_name("service", service, services(book))
    if region is not None and region not in book.regions(service.split("/")[0]):
        raise unknown_name("region", region, book.regions(service.split("/")[0]))
    document = service_document(book, service, region)
    if json:
        print_json(document)
    else:
        from advisor.price_terminal import show_service

        show_service(document)


@prices.command()
def coverage(as_of: AsOf = None, prices: Overlay = None, json: AsJson = False) -> None:
    """Show where each option can be priced, where a price is missing and which, and where it is not sold.

    Example: [bold]advisor prices coverage[/bold]
    """
    from advisor.coverage import coverage as cells_of
    from advisor.platforms import PLATFORMS
    from advisor.price_documents import coverage_document

    book = book_of(as_of, prices)
    document = coverage_document(book, cells_of(PLATFORMS, book))
    if json:
        print_json(document)
    else:
        from advisor.price_terminal import show_coverage

        show_coverage(document)


@prices.command()
def check(folder: Folder = None, json: AsJson = False) -> None:
    """Look for everything that is wrong with a folder of facts; exit code 1 if anything is.

    Example: [bold]advisor prices check[/bold]
    """
    from pricing import DATA
    from pricing import check as problems_of

    problems = problems_of(folder or DATA)
    if json:
        print_json({"findings": problems})
    else:
        from advisor.price_terminal import show_problems

        show_problems("the price book" if folder is None else str(folder), problems)
    raise typer.Exit(FINDINGS if problems else ANSWERED)
