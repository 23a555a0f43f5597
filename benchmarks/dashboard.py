"""The speed promises of the dashboard: its first page, a redraw after a change, and ten sessions at once.

The first two are measured in a browser, above what a page of Streamlit with one field costs in the same run. Sessions
at once speak to the server as a browser does, without one, for ten browsers would be measured instead; their visitors
pause between two changes, as people do, and no number is asked twice.
"""

from __future__ import annotations

import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from advisor.cli_dashboard import APP, flags  # noqa: E402 - the copy beside this file, installed or not
from tests.browser import FLAGS, chromium, free_port  # noqa: E402

EMPTY = """import streamlit as st
with st.container(key="lead-empty"):
    st.markdown(st.number_input("Requests per month", value=1.0))
"""
CHART = ".js-plotly-plot .main-svg"
VISITS, CHANGES = 5, 15
SESSIONS, SECONDS, PAUSE_S = 10, 40.0, 5.0
LEAD = "[class*=st-key-lead-]"
SAID = f"document.querySelector('{LEAD}').innerText"
WARMED_UP = 3  # changes that are not counted


@contextmanager
def served(app: Path) -> Iterator[int]:
    """The port of a server that runs an app with the flags of `advisor dashboard`."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(app), *flags(port, "127.0.0.1")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            while not answers(f"http://127.0.0.1:{port}/_stcore/health"):
                time.sleep(0.1)
            yield port
        finally:
            server.terminate()


def answers(address: str) -> bool:
    try:
        with closing(urllib.request.urlopen(address, timeout=5)):  # noqa: S310 - an address of this machine
            return True
    except OSError:
        return False


def first_page_s(browser: Browser, port: int, seen: str = LEAD) -> float:
    """From asking for the address to seeing something, by somebody whose browser keeps nothing. Median."""
    taken = []
    for _ in range(VISITS):
        with closing(browser.new_context(viewport={"width": 1280, "height": 1000})) as context:
            page = context.new_page()
            start = time.perf_counter()
            page.goto(f"http://127.0.0.1:{port}/")
            page.wait_for_selector(seen)
            taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def redraw_s(browser: Browser, port: int) -> float:
    """From pressing Enter in a field to another answer. Median."""
    with closing(browser.new_context(viewport={"width": 1280, "height": 1000})) as context:
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{port}/")
        page.wait_for_selector(LEAD)
        page.wait_for_timeout(3000)
        return statistics.median([changed_s(page, 1_000_000 * (2 + each)) for each in range(CHANGES)][WARMED_UP:])


def changed_s(page: Page, requests: int) -> float:
    before = page.evaluate(SAID)
    page.get_by_role("spinbutton", name="Requests per month", exact=True).fill(str(requests))
    start = time.perf_counter()
    page.keyboard.press("Enter")
    page.wait_for_function(f"before => {SAID} !== before", arg=before)
    taken = time.perf_counter() - start
    page.wait_for_timeout(700)  # the chart is drawn
    return taken


class Session:
    """A visitor without a browser."""

    def __init__(self, port: int) -> None:
        address = f"ws://127.0.0.1:{port}/_stcore/stream"
        self.line: ClientConnection = connect(
            address, subprotocols=[Subprotocol("streamlit")], max_size=None, legacy=True
        )
        self.field = ""
        self.run()

    def run(self, requests: float | None = None) -> float:
        """Ask for the page, with a number in its field; the time until all of it has come. [s]"""
        message = BackMsg()
        message.rerun_script.query_string = ""
        if requests is not None:
            state = message.rerun_script.widget_states.widgets.add()
            state.id, state.double_value = self.field, requests
        start = time.perf_counter()
        self.line.send(message.SerializeToString())
        while True:
            came = ForwardMsg.FromString(bytes(self.line.recv()))
            element = came.delta.new_element
            if element.number_input.label == "Requests per month":
                self.field = element.number_input.id
            if came.WhichOneof("type") == "script_finished":
                return time.perf_counter() - start


def sessions_at_once(port: int, sessions: int, seconds: float, pause_s: float = PAUSE_S) -> list[float]:
    """What every change takes while some visitors each change a number, pause, and change it again. [s]"""
    taken: list[float] = []
    end = time.perf_counter() + seconds

    def visitor(number: int) -> None:
        chance, session = random.Random(number), Session(port)  # noqa: S311 - no secret
        with closing(session.line):
            while time.perf_counter() < end:
                time.sleep(chance.uniform(0.5, 1.5) * pause_s)
                taken.append(session.run(chance.uniform(1e3, 1e8)))

    threads = [threading.Thread(target=visitor, args=(number,)) for number in range(sessions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return taken


def p95(taken: list[float]) -> float:
    return statistics.quantiles(taken, n=20)[-1]


def told(what: str, measured: str, promise: str) -> None:
    print(f"{what:<58}{measured:>14}{promise:>12}")


def main() -> None:
    told("what", "measured", "promise")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        empty = Path(folder) / "empty.py"
        empty.write_text(EMPTY)
        browser = driver.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        with served(empty) as bare, served(APP) as port:
            first_page_s(browser, bare), first_page_s(browser, port)  # both servers have their modules
            base_s, page_s = first_page_s(browser, bare), first_page_s(browser, port)
            told("first page of the dashboard, and of an empty one", f"{page_s:.2f}, {base_s:.2f} s", "")
            told("first page above an empty one", f"{page_s - base_s:.2f} s", "1 s")
            told("the same until its chart is drawn", f"{first_page_s(browser, port, CHART) - base_s:.2f} s", "")
            base_s, page_s = redraw_s(browser, bare), redraw_s(browser, port)
            told("redraw after a change, and of an empty page", f"{1000 * page_s:.0f}, {1000 * base_s:.0f} ms", "")
            told("redraw above an empty page", f"{1000 * (page_s - base_s):.0f} ms", "250 ms")
        browser.close()
    with served(APP) as port:
        sessions_at_once(port, 1, 5.0, 1.0)
        alone, many = sessions_at_once(port, 1, SECONDS, 1.0), sessions_at_once(port, SESSIONS, SECONDS)
    told("all of a redraw on the server, one session, median", f"{1000 * statistics.median(alone):.0f} ms", "")
    told("the same with ten sessions, P95", f"{1000 * p95(many):.0f} ms", "")
    told("P95 of ten sessions over that of one", f"{p95(many) / p95(alone):.2f} x", "2 x")


if __name__ == "__main__":
    main()
