"""A served dashboard and a browser that looks at it: Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE_S = 60.0
SERVE = "import sys; sys.argv = ['advisor', 'dashboard', '--port', sys.argv[1]]; from advisor.cli import main; main()"


def chromium() -> str:
    """Where the browser is. Without one the test fails under CI=1, and is left out aloud otherwise."""
    found = shutil.which("chromium")
    if found is None:
        reason = "chromium: not installed; apt-get install chromium"
        pytest.fail(reason) if os.environ.get("CI") == "1" else pytest.skip(reason)
    return str(found)


def free_port() -> int:
    """A port that nobody listens on."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served() -> Iterator[str]:
    """The address of a dashboard that runs until the end, whatever happens."""
    port = free_port()
    command = [sys.executable, "-c", SERVE, str(port)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _wait(server, f"http://127.0.0.1:{port}/_stcore/health")
            yield f"http://127.0.0.1:{port}/"
        finally:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()


def _wait(server: subprocess.Popen[bytes], health: str) -> None:
    """Until the server answers."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        assert server.poll() is None, "the dashboard ended before it began"
        try:
            with closing(urllib.request.urlopen(health, timeout=5)):  # noqa: S310 - an address of this machine
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(health)
