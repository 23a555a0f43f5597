"""The pages of the dashboard, in display order: the one list.

A page is a module with `TITLE` (its name in the navigation), `ICON`, `PATH` (its address) and `page()`, which draws it.
Pages do no arithmetic: they ask `session` for the answer and the writers of reports for tables and charts.
"""

from __future__ import annotations

from types import ModuleType

from advisor.pages import break_even, compare, manifests, portfolio, prices, report, time_to_deploy, why

PAGES: tuple[ModuleType, ...] = (
    compare,
    why,
    time_to_deploy,
    break_even,
    manifests,
    portfolio,
    prices,
    report,
)
