"""`advisor dashboard`: the pages in a browser, served from this machine."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from advisor.errors import InputError

APP = Path(__file__).parents[1] / "app.py"
MOST_UPLOAD_MIB = 64
NEEDED = ("streamlit", "plotly", "pyarrow")

Port = Annotated[int, typer.Option(min=1, max=65_535, metavar="N", help="The port to listen on.")]
Address = Annotated[
    str,
    typer.Option(metavar="A", help="The address to listen on; 0.0.0.0 lets others in, and asks nobody who they are."),
]


def dashboard(port: Port = 8501, address: Address = "127.0.0.1") -> None:
    """Open the pages for a planning meeting in a browser: change a number and see what it does.

    Example: [bold]advisor dashboard --port 8600[/bold]
    """
    if missing := [name for name in NEEDED if find_spec(name) is None]:
        raise InputError(
            f"advisor dashboard needs {', '.join(missing)}; install with: pip install 'deploy-advisor[dashboard]'"
        )
    if not APP.exists():
        raise InputError(
            f"advisor dashboard starts app.py, which is not in {APP.parent}; run it in a copy of the repository, "
            "installed with: pip install -e '.[dashboard]'"
        )
    from streamlit.web import cli

    cli.main(["run", str(APP), *flags(port, address)], prog_name="advisor dashboard")


def flags(port: int, address: str) -> list[str]:
    """How the server is run: nothing is sent to anybody, nothing is watched, a visitor sees no traceback."""
    options = {
        "server.port": port,
        "server.address": address,
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "server.maxUploadSize": MOST_UPLOAD_MIB,
        "runner.postScriptGC": "false",  # a full collection after every run takes as long as the run
        "browser.gatherUsageStats": "false",
        "client.toolbarMode": "minimal",
        "client.showErrorDetails": "none",
        "theme.light.primaryColor": "#0b5cad",
        "theme.dark.primaryColor": "#2f80c8",
    }
    return [f"--{name}={value}" for name, value in options.items()]
