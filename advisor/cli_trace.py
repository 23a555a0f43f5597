"""`advisor trace`: a log of requests as the traffic of a workload."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from advisor.cli_arguments import AsJson, Force, need_pyarrow, print_json, write_text
from advisor.errors import printable

Log = Annotated[
    str, typer.Argument(metavar="TRACE.csv", help="A request a row, or a time and a count.", show_default=False)
]
Time = Annotated[str | None, typer.Option("--time", metavar="COLUMN", help="The column of times; default by its name.")]
Count = Annotated[
    str | None, typer.Option("--count", metavar="COLUMN", help="The column of counts; default by its name, else none.")
]
Output = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="WORKLOAD.yaml", help="Write a workload file to complete.")
]


def trace(
    log: Log,
    time: Time = None,
    count: Count = None,
    output: Output = None,
    force: Force = False,
    json: AsJson = False,
) -> None:
    """Turn a log of requests into a weekly shape, its burst, its peak and its load-duration curve.

    Hours are those that the log writes; what it does not cover is assumed, and said.

    Example: [bold]advisor trace examples/requests.csv -o traffic.yaml[/bold]
    """
    need_pyarrow("trace")
    from advisor.trace import traced
    from advisor.trace_log import read_log
    from advisor.trace_words import show_trace, trace_document, workload_yaml

    read = read_log(log, time, count)
    found = traced(read.counted)
    if output is not None:
        write_text(workload_yaml(Path(log).name.split(".")[0] or "service", found, read), output, force)
    if json:
        print_json(trace_document(found, read))
        return
    show_trace(found, read)
    if output is not None:
        typer.echo(f"Wrote {printable(str(output))}. Fill in what the log does not tell, then compare it.")
