"""`advisor stacks`: the serving stacks side by side."""

from __future__ import annotations

from advisor.cli_arguments import AsJson, AsOf, book_of, print_json


def stacks(as_of: AsOf = None, json: AsJson = False) -> None:
    """Show the serving stacks side by side: what each adds, asks, costs, needs, and where it runs.

    Example: [bold]advisor stacks[/bold]
    """
    from advisor.stack_documents import stacks_document

    document = stacks_document(book_of(as_of))
    if json:
        print_json(document)
    else:
        from advisor.stack_terminal import show_stacks

        show_stacks(document)
