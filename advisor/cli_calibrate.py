"""`advisor calibrate`: a team's own pace, learnt from its past deployments."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from advisor.cli_arguments import AsJson, Force, print_json, write_text
from advisor.errors import InputError

MOST_SHOWN = 20  # rows that are explained on a screen

History = Annotated[
    Path, typer.Argument(metavar="HISTORY.csv", help="Past deployments, one a row.", show_default=False)
]
Output = Annotated[Path | None, typer.Option("--output", "-o", metavar="TEAM.yaml", help="Write the pace here.")]


def calibrate(history: History, output: Output = None, force: Force = False, json: AsJson = False) -> None:
    """Learn the team's own pace from past deployments, and how sure that is.

    Columns: platform, skill, scope, assets (semicolons between), actual_hours, actual_days (may be blank), and
    engineers where more than one worked.

    Example: [bold]advisor calibrate examples/history.csv -o team.yaml[/bold]
    """
    from advisor.calibration import calibrate as calibrated
    from advisor.history import read_history
    from advisor.platforms import PLATFORMS
    from pricing import DATA
    from pricing.effort import load_effort

    tables = load_effort(DATA)
    rows, ignored = read_history(history, tables, {platform.id: platform.effort for platform in PLATFORMS})
    if not rows:
        raise InputError("\n".join([*ignored[:MOST_SHOWN], f"{history} holds no row that can be used"]))
    pace = calibrated(rows, tables)
    if output is not None:
        write_text(pace.to_yaml(), output, force)
    if json:
        from advisor.decision_documents import calibration_document

        print_json(calibration_document(pace, ignored))
    else:
        from advisor.decision_terminal import show_calibration

        show_calibration(pace, ignored, output)
