"""The commands around the choice as people type them: what fits a terminal, what is refused, and how."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path

import pytest

from advisor.cli import main

AS_OF = dt.date(2026, 11, 24)
ROOT = Path(__file__).parents[1]


def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: str) -> tuple[int, str, str]:
    day = () if words[0] == "calibrate" else ("--as-of", str(AS_OF))
    monkeypatch.setattr(sys, "argv", ["advisor", *words, *day])
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(ROOT)
    with pytest.raises(SystemExit) as ended:
        main()
    printed = capsys.readouterr()
    return int(ended.value.code or 0), printed.out, printed.err


@pytest.mark.parametrize("name", ["churn", "recommender", "vision", "llm", "events", "internal_tool"])
@pytest.mark.parametrize("command", ["compare", "choose"])
def test_answers_fit_a_terminal(
    command: str, name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, out, _ = run(capsys, monkeypatch, command, f"examples/{name}.yaml")
    assert code == 0
    assert max(map(len, out.splitlines())) <= 80
    assert "Choose " in out
    assert "…" not in out  # nothing is cut off


def test_choose_for_machines(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    code, out, _ = run(capsys, monkeypatch, "choose", "examples/churn.yaml", "--json")
    document = json.loads(out)
    assert code == 0
    assert document["text"][0].startswith(f"Choose {document['choice']['option']}")
    for option in document["options"]:
        if option["status"] == "priced":
            assert document["cumulative_usd"][option["option"]][-1] == pytest.approx(option["tco_usd"])


def test_explain_adds_the_plan(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    code, out, _ = run(capsys, monkeypatch, "explain", "examples/churn.yaml", "gke")
    assert code == 0
    assert max(map(len, out.splitlines())) <= 80
    for words in ("Critical path: A01", "Waits in days: A11", "Learning takes", "judgement", "borrowed", "hands-on"):
        assert words in out
    _, out, _ = run(capsys, monkeypatch, "explain", "examples/churn.yaml", "gke", "--json")
    document = json.loads(out)
    assert document["critical_path"][0] == "A01"
    marks = {activity["mark"] for activity in document["activities"]}
    assert marks == {"judgement", "borrowed factor", "published"}
    assert 0 < document["learning_share"] < 1
    assert {cell["value"] for cell in document["control"]} == {"yes"}  # a cluster is open
    assert all(cell["source"] and cell["grade"] for cell in document["control"])


def test_a_team_of_ones_own_is_used_everywhere(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    team = str(tmp_path / "team.yaml")
    code, out, _ = run(capsys, monkeypatch, "calibrate", "examples/history.csv", "-o", team)
    assert code == 0
    assert "4 past deployments used, 0 rows ignored" in out
    _, generic, _ = run(capsys, monkeypatch, "choose", "examples/churn.yaml", "--json")
    for command in (("compare",), ("choose",), ("breakeven", "--over", "skill")):
        code, out, _ = run(
            capsys, monkeypatch, command[0], "examples/churn.yaml", *command[1:], "--json", "--team", team
        )
        assert code == 0
        found = json.loads(out)
        assert found["choice" if "choice" in found else "sweeps"]
    _, own, _ = run(capsys, monkeypatch, "choose", "examples/churn.yaml", "--json", "--team", team)
    before, after = (json.loads(text)["options"][0]["setup_hours"]["p50"] for text in (generic, own))
    assert after == pytest.approx(1.2 * before, rel=0.05)  # the history took 1.21 times the generic hours
    _, out, _ = run(capsys, monkeypatch, "explain", "examples/churn.yaml", "gke", "--json", "--team", team)
    assert "calibrated" in {activity["mark"] for activity in json.loads(out)["activities"]}


BAD_TEAMS = {
    "missing.yaml": (None, "there is no such calibration"),
    "empty.yaml": ("", "is empty"),
    "words.yaml": ("cases: many\n", "cases is 'many'; a whole number from 0"),
    "other.yaml": ("name: churn\n", "name is not known"),
}


@pytest.mark.parametrize("file", BAD_TEAMS)
def test_a_team_that_is_none(
    file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text, says = BAD_TEAMS[file]
    path = tmp_path / file
    if text is not None:
        path.write_text(text)
    code, out, err = run(capsys, monkeypatch, "compare", "examples/churn.yaml", "--team", str(path))
    assert (code, out) == (2, "")
    assert says in err
    assert file in err


HEADER = "platform,skill,scope,assets,actual_hours,actual_days"
GOOD = "gke,working,production,,240,95"


def history(tmp_path: Path, *lines: str, header: str = HEADER) -> str:
    path = tmp_path / "history.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return str(path)


def test_bad_rows_are_named_and_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = ("gke,working,production,,0,95", "gke,working,production,,-3,95", "gkee,working,production,,30,9",
           "gke,guru,production,,30,9")  # fmt: skip
    code, out, _ = run(capsys, monkeypatch, "calibrate", history(tmp_path, GOOD, *bad))
    assert code == 0
    assert "1 past deployment used, 4 rows ignored" in out
    for words in (
        "row 3: actual_hours is '0'",
        "row 4: actual_hours is '-3'",
        "row 5: platform 'gkee'",
        "row 6: skill 'guru'",
    ):
        assert words in out


@pytest.mark.parametrize(
    ("lines", "header", "says"),
    [
        ((GOOD,), "platform,skill", "has no column scope, assets, actual_hours, actual_days"),
        (("gke,working,production,,0,95",), HEADER, "holds no row that can be used"),
        ((), HEADER, "holds no row that can be used"),
    ],
)
def test_a_history_that_teaches_nothing(
    lines: tuple[str, ...], header: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    code, out, err = run(capsys, monkeypatch, "calibrate", history(tmp_path, *lines, header=header))
    assert (code, out) == (2, "")
    assert says in err
    assert "Traceback" not in err


def test_one_row_and_a_thousand(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for rows in (1, 1000):
        code, out, _ = run(capsys, monkeypatch, "calibrate", history(tmp_path, *[GOOD] * rows), "--json")
        assert code == 0
        found.append(json.loads(out))
    one, thousand = found
    assert (one["used"], thousand["used"]) == (1, 1000)
    assert one["weight"] < 0.8 < 0.999 < thousand["weight"]
    assert one["calibration"]["hours_sd"] > 10 * thousand["calibration"]["hours_sd"]  # few samples widen honestly


def test_a_team_is_not_written_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    team = tmp_path / "team.yaml"
    team.write_text("mine")
    code, _, err = run(capsys, monkeypatch, "calibrate", "examples/history.csv", "-o", str(team))
    assert (code, team.read_text()) == (2, "mine")
    assert "--force" in err
    code, _, _ = run(capsys, monkeypatch, "calibrate", "examples/history.csv", "-o", str(team), "--force")
    assert (code, team.read_text() == "mine") == (0, False)
