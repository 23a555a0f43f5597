"""`python -m docs`: rewrite what is generated in README.md and docs/, and say which pages changed."""

from __future__ import annotations

import sys

from docs.generate import book, pages, rewritten


def main() -> None:
    """Rewrite every page whose generated parts are out of date."""
    facts = book()
    for page in pages():
        before = page.read_text(encoding="utf-8")
        after = rewritten(before, facts)
        if after != before:
            page.write_text(after, encoding="utf-8")
            sys.stdout.write(f"rewritten: {page}\n")


if __name__ == "__main__":
    main()
