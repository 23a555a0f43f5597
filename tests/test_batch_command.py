"""What `advisor batch` says on the way and at the end, to people and to machines, and where it cannot write."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from advisor import batch_terminal
from advisor.batch.answers import CHOSEN, MADE_WITH, OF_OPTION, PER_OPTION
from advisor.batch.parts import Done
from advisor.cli import main
from advisor.cli_batch import _cores
from pricing import load
from tests.batches import AS_OF, HEADER, ROW

ROOT = Path(__file__).parents[1]
ADVISOR = (sys.executable, "-c", "from advisor.cli import main; main()")
FIXED = ("--options", "cloud-run,gke", "--workers", "1", "--as-of", str(AS_OF))
TODAY = [
    ("rag", "gke", "500"),
    ("slow", "eks", "0"),
    ("none", "", ""),
    *((f"service {each}", "gke", str(1000 + each)) for each in range(11)),
]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Fourteen services, thirteen of which say what they cost today; and one record that is cut short."""
    path = tmp_path / "in.csv"
    rows = [f"{ROW.replace('service', name)},{option},{usd}" for name, option, usd in TODAY]
    path.write_text("\n".join([f"{HEADER},current_option,current_monthly_usd", *rows, "cut"]) + "\n")
    return path


def said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: object) -> tuple[str, str]:
    monkeypatch.setattr(sys, "argv", ["advisor", "batch", *FIXED, *map(str, words)])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 4
    return capsys.readouterr()


def test_the_end_says_where_they_go_what_that_costs_and_whom_it_saves_most(
    table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    out, err = said(monkeypatch, capsys, table, "-o", tmp_path / "out.csv")
    lines = [line.rstrip() for line in out.splitlines()]
    assert "15 records read = 14 answered + 1 refused." in lines
    assert lines[lines.index("Where they go") + 1].split() == ["choice", "workloads"]
    assert lines[lines.index("Where they go") + 2].split() == ["cloud-run", "14"]
    # 500 + 0 + 11 · 1,000 + (0 + 1 + … + 10 = 55)
    assert "Of 13 workloads the cost of today is known: 11,555 USD a month" in out
    first = lines.index("Largest savings, USD a month") + 2
    assert [line.split()[1] for line in lines[first : first + 10]] == [str(each) for each in range(10, 0, -1)]
    assert lines[first + 10].startswith("List prices before tax")
    assert err == ""


def test_machines_hear_the_same_in_json(
    table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out, _ = said(monkeypatch, capsys, table, "-o", tmp_path / "out.csv", "--json")
    found = json.loads(out)
    assert (found["records"], found["answered"], found["rejected"]) == (15, 14, 1)
    assert found["prices"] == {"as_of": str(AS_OF), "fingerprint": load(AS_OF).fingerprint}
    assert (found["compared"], found["today_usd"], found["chosen"]) == (13, 11_555.0, {"cloud-run": 14})
    assert [each["today_usd"] for each in found["savings"]] == [float(1000 + each) for each in range(10, 0, -1)]
    assert (found["output"], found["rejects"]) == (str(tmp_path / "out.csv"), str(tmp_path / "out.rejects.csv"))


def test_nothing_is_said_where_quiet_is_asked_for(
    table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said(monkeypatch, capsys, table, "-o", tmp_path / "out.csv", "--quiet") == ("", "")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def told(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, quiet: bool) -> str:
    """What three parts, four seconds apart, show on a stream."""
    now = [0.0]
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(batch_terminal.time, "monotonic", lambda: now[0])
    with batch_terminal.progress(quiet) as tell:
        for number in range(3):
            now[0] += 4.0
            tell(Done(number, 100, 100, 0, {}, {}), (number + 1) / 4, True)
    return stream.getvalue()


def test_a_line_is_written_every_five_seconds_where_nobody_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    """After 4 s it is too early, after 8 s a line, after 12 s it is too early again."""
    assert told(monkeypatch, io.StringIO(), quiet=False).count("records, ") == 1


def test_a_terminal_has_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("TERM", "xterm")
    shown = told(monkeypatch, Terminal(), quiet=False)
    assert "75 %" in shown
    assert "300 records, " in shown
    assert " left" in shown


def test_a_quiet_run_shows_no_progress_either(monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(monkeypatch, Terminal(), quiet=True) == ""


def test_every_column_of_the_output_stands_in_the_pages() -> None:
    page = (ROOT / "docs/scale.md").read_text(encoding="utf-8")
    for name in (*CHOSEN, *OF_OPTION, *MADE_WITH, *(f"<option>_{each}" for each in PER_OPTION)):
        assert f"`{name}`" in page, name


def test_cores_are_counted_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 3)
    assert _cores() == 3


def test_a_folder_that_may_not_be_written_is_said(table: Path, tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir()
    folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
    # whoever runs everything as root may write everywhere, unless that is taken away
    bound = ["setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override"] if os.geteuid() == 0 else []
    words = [*bound, *ADVISOR, "batch", str(table), "-o", str(folder / "out.csv"), *FIXED]
    run = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert run.stderr == (f"advisor: the output cannot be written: Permission denied ({folder / 'out.csv.parts'})\n")
    assert not list(folder.iterdir())


def test_a_table_that_cannot_be_read_leaves_nothing_to_resume(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """So the command can be given again, as it was, when the table is mended."""
    table, output = tmp_path / "in.csv.gz", tmp_path / "out.csv"
    whole = gzip.compress(f"{HEADER}\n{ROW}\ncut\n".encode())
    table.write_bytes(whole[:-4])
    monkeypatch.setattr(sys, "argv", ["advisor", "batch", str(table), "-o", str(output), *FIXED])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 2
    assert "cannot be read" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv.gz"]
    table.write_bytes(whole)
    said(monkeypatch, capsys, table, "-o", output, "--quiet")


def test_stacks_have_columns_of_their_names(
    table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "out.csv"
    said(monkeypatch, capsys, table, "-o", output, "--options", "gke,gke+kserve", "--quiet")
    with output.open(newline="") as file:
        first = next(csv.DictReader(file))
    assert set(first) >= {f"{name}_{each}" for name in ("gke", "gke_kserve") for each in ("monthly_usd", "status")}
