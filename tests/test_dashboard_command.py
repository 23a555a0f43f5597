"""`advisor dashboard`: how the server is started, and what is said where it cannot be; the prices of one session."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from advisor import cli_dashboard
from advisor.cli import app
from advisor.errors import InputError
from advisor.pages import session
from advisor.pages.scenario import preset
from advisor.template import preset_names, written
from advisor.workload import field_faults, workload_from
from pricing import FactError, load
from pricing.book import load_under
from pricing.reader import parse_yaml
from tests.dashboard import DAY, drawn, opened

OWN = b"name: ours\nsource: our contract\ndiscounts:\n  - {vendor: gcp, percent: 20}\n"


def started(monkeypatch: pytest.MonkeyPatch, *words: str) -> list[str]:
    """What the server would be run with."""
    from streamlit.web import cli

    seen: list[list[str]] = []
    monkeypatch.setattr(cli, "main", lambda arguments, **_: seen.append(arguments))
    result = CliRunner().invoke(app, ["dashboard", *words])
    assert result.exit_code == 0
    (arguments,) = seen
    return arguments


def test_it_listens_on_this_machine_only_and_tells_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    command, door, *flags = started(monkeypatch)
    assert command == "run"
    assert Path(door).name == "app.py"
    assert "--server.address=127.0.0.1" in flags
    assert "--server.port=8501" in flags
    assert "--browser.gatherUsageStats=false" in flags
    assert "--client.showErrorDetails=none" in flags


def test_port_and_address_can_be_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    flags = started(monkeypatch, "--port", "8600", "--address", "0.0.0.0")  # noqa: S104 - it is what is tested
    assert {"--server.port=8600", "--server.address=0.0.0.0"} <= set(flags)


def test_what_is_missing_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli_dashboard, "find_spec", lambda name: None if name == "streamlit" else name)
    with pytest.raises(InputError, match=r"needs streamlit; install with: pip install 'deploy-advisor\[dashboard\]'"):
        cli_dashboard.dashboard()


def test_without_its_door_it_says_where_it_is_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(cli_dashboard, "APP", tmp_path / "app.py")
    with pytest.raises(InputError, match=r"starts app\.py, which is not in .*; run it in a copy of the repository"):
        cli_dashboard.dashboard()


@pytest.mark.parametrize("name", preset_names())
def test_a_workload_written_to_a_file_is_read_back(name: str) -> None:
    asked = preset(name)
    found = workload_from(parse_yaml(written(asked, load(DAY)).encode(), "it", "workload"), "it")
    assert found == asked
    assert found.model_fields_set == asked.model_fields_set


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({}, {}),
        ({"vcpu": 0}, {"vcpu": "vcpu is 0; allowed: a number of at least 0.001, at most 1,024 [vCPU]"}),
        ({"timeout_s": 0.1}, {"timeout_s": "timeout_s is 0.1; it must be at least duration_s"}),
        ({"name": " "}, {"name": "name is ' '; allowed: some text"}),
    ],
)
def test_each_fault_is_told_by_its_field(changes: dict[str, Any], faults: dict[str, str]) -> None:
    good = {"name": "x", "requests_per_month": 1.0, "duration_s": 0.3, "vcpu": 1.0, "memory_gib": 1.0}
    assert field_faults({**good, **changes}) == faults


def test_prices_given_as_a_text_are_those_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_bytes(OWN)
    assert load_under(DAY, OWN, "it").fingerprint == load(DAY, path).fingerprint != load(DAY).fingerprint
    assert load_under(DAY, OWN, "it").overlay == load(DAY, path).overlay


def test_own_prices_are_one_sessions_own() -> None:
    mine, yours = opened(), opened()
    mine.session_state["scenario"] = mine.session_state["scenario"].with_(overlay=OWN)
    for each in (mine, yours):
        drawn(each)
    said = [
        [caption.value for caption in each.sidebar.caption if "Price book" in caption.value] for each in (mine, yours)
    ]
    assert said[0][0].endswith("with your own prices")
    assert said[1] == [f"Price book {load(DAY).fingerprint}"]


def test_prices_that_cannot_be_used_are_refused_by_their_name() -> None:
    with pytest.raises(FactError, match="your prices: name: is needed"):
        load_under(DAY, b"discounts: []", session.YOUR_PRICES)
