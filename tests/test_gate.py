"""The gate for pipelines, and the commands that write and compare reports: exit codes, messages, files."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from advisor import cli_report
from advisor.cli import main
from advisor.errors import InputError
from advisor.gate import Gate, baseline_usd, findings
from tests.report_files import ROOT, answer_of
from tests.test_difference import line, run

AS_OF = ("--as-of", "2026-11-24")
CHURN = str(ROOT / "examples/churn.yaml")


@dataclass(frozen=True)
class Outcome:
    code: object
    out: str
    err: str


Advisor = Callable[..., Outcome]


@pytest.fixture
def advisor(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Advisor:
    def call(*words: object) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["advisor", *map(str, words)])
        with pytest.raises(SystemExit) as end:
            main()
        return Outcome(end.value.code, *capsys.readouterr())

    return call


def kinds(gate: Gate) -> list[str]:
    return [finding.kind for finding in findings(answer_of("churn"), gate)]


def test_a_budget_holds_back_what_costs_more() -> None:
    name = answer_of("churn").choice.name(int(answer_of("churn").choice.option[0]))
    (usd,) = (each.would_cost_usd for each in answer_of("churn").options if each.option == name)
    assert kinds(Gate(max_monthly_usd=usd)) == []
    assert kinds(Gate(max_monthly_usd=usd * 0.999)) == ["over budget"]
    # A baseline of half as much is an increase of 100 %.
    assert kinds(Gate(max_increase_pct=100.01, baseline_usd=usd / 2)) == []
    assert kinds(Gate(max_increase_pct=99.9, baseline_usd=usd / 2)) == ["over budget"]
    assert kinds(Gate(max_increase_pct=50.0, baseline_usd=0.0)) == ["over budget"]  # from nothing to something


def test_a_baseline_is_the_choice_of_the_same_name() -> None:
    runs = [run(line("h", 10, 2), name="a"), run(line("h", 1, 2), name="b")]
    assert baseline_usd(runs, "a", "x.json") == 20.0
    assert baseline_usd(runs[:1], "renamed", "x.json") == 20.0
    with pytest.raises(InputError, match="holds no workload of this name"):
        baseline_usd(runs, "c", "x.json")


def test_the_gate_is_quiet_when_all_is_well(advisor: Advisor) -> None:
    found = advisor("compare", CHURN, "--options", "cloud-run", "--max-monthly", 10, *AS_OF)
    assert found == Outcome(0, "", "")


def test_the_gate_fails_with_five_over_budget(advisor: Advisor) -> None:
    found = advisor("compare", CHURN, "--options", "gke", "--max-monthly", 10, *AS_OF)
    assert (found.code, found.out, found.err.count("\n")) == (5, "", 1)
    assert found.err.startswith("advisor: over budget: gke costs ")
    assert found.err.endswith("allowed: 10.00\n")


def test_the_gate_fails_with_six_for_an_unknown_price(advisor: Advisor) -> None:
    words = ("compare", ROOT / "examples/recommender.yaml", "--options", "cloud-run,sagemaker-serverless")
    found = advisor(*words, "--max-monthly", 1e6, *AS_OF)
    assert (found.code, found.out) == (6, "")
    assert "the cost of sagemaker-serverless is unknown: no price is known for" in found.err


def test_json_of_compare_is_a_baseline(advisor: Advisor, tmp_path: Path) -> None:
    words = ("compare", CHURN, "--options", "gke", *AS_OF)
    before = tmp_path / "before.json"
    before.write_text(advisor(*words, "--json").out)
    assert advisor(*words, "--baseline", before, "--max-increase-pct", 0) == Outcome(0, "", "")
    saved = json.loads(before.read_text())
    saved["options"][0]["monthly_usd"] /= 2
    before.write_text(json.dumps(saved))
    found = advisor(*words, "--baseline", before, "--max-increase-pct", 50)
    assert found.code == 5
    assert "100.0 % more" in found.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--max-monthly", "-1"), "--max-monthly is -1"),
        (("--max-monthly", "nan"), "--max-monthly is nan"),
        (("--max-increase-pct", "5"), "--max-increase-pct needs --baseline"),
        (("--baseline", "missing.json"), "--baseline needs --max-increase-pct"),
        (("--baseline", "missing.json", "--max-increase-pct", "5"), "missing.json cannot be read"),
    ],
)
def test_a_gate_that_cannot_hold_is_refused(advisor: Advisor, words: tuple[str, ...], message: str) -> None:
    found = advisor("compare", CHURN, *words, *AS_OF)
    assert (found.code, found.out, found.err.count("\n")) == (2, "", 1)
    assert message in found.err


@pytest.mark.parametrize("suffix", [".html", ".pdf", ".md", ".xlsx", ".json", ".csv"])
def test_every_suffix_is_written(advisor: Advisor, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"r{suffix}"
    found = advisor("report", CHURN, "--options", "cloud-run,gke", "-o", path, *AS_OF)
    assert found == Outcome(0, f"Wrote {path}\n", "")
    assert path.stat().st_size > 1000
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_manifests_are_appended_on_request(advisor: Advisor, tmp_path: Path) -> None:
    words = ("report", CHURN, "--options", "cloud-run", *AS_OF)
    advisor(*words, "-o", tmp_path / "with.md", "--manifests")
    advisor(*words, "-o", tmp_path / "without.md")
    text = (tmp_path / "with.md").read_text()
    assert "Appendix: manifests" in text
    assert "run.googleapis.com" in text
    assert "--manifests" in text.splitlines()[-2]
    assert "Appendix" not in (tmp_path / "without.md").read_text()


def test_a_saved_report_is_written_in_another_form(advisor: Advisor, tmp_path: Path) -> None:
    advisor("report", CHURN, "--options", "cloud-run", "-o", tmp_path / "r.json", *AS_OF)
    assert advisor("report", tmp_path / "r.json", "-o", tmp_path / "r.md").code == 0
    assert "Choose cloud-run" in (tmp_path / "r.md").read_text()


def test_several_workloads_have_a_portfolio(advisor: Advisor, tmp_path: Path) -> None:
    workloads = (CHURN, ROOT / "examples/recommender.yaml")
    advisor("report", *workloads, "--options", "cloud-run", "-o", tmp_path / "r.json", *AS_OF)
    saved = json.loads((tmp_path / "r.json").read_text())
    monthly = [chapter["options"][0]["monthly_usd"] for chapter in saved["chapters"]]
    assert [row["monthly_usd"] for row in saved["portfolio"]] == monthly
    assert [row["workload"]["free_tier"] for row in saved["portfolio"]] == [False, False]


def test_a_workload_that_nothing_can_run_has_a_report_and_exit_code_three(advisor: Advisor, tmp_path: Path) -> None:
    path = tmp_path / "w.yaml"
    path.write_text("{name: huge, requests_per_month: 1000, duration_s: 1, vcpu: 1, memory_gib: 2000}")
    for suffix in (".html", ".md", ".xlsx", ".pdf", ".csv", ".json"):
        out = tmp_path / f"r{suffix}"
        assert advisor("report", path, "--options", "cloud-run,lambda", "-o", out, *AS_OF).code == 3
    text = (tmp_path / "r.md").read_text()
    assert "No option can be priced for this workload." in text
    assert "Infeasible or unknown" in text
    assert advisor("compare", path, "--options", "cloud-run", "--max-monthly", 1, *AS_OF).code == 3


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("r.docx", "its suffix is not known; allowed: .html"),
        ("r", "its suffix is not known"),
        ("missing/r.md", "cannot be written: No such file"),
        ("folder.md", "is a folder"),
        ("there.md", "exists; allowed: another name, or --force"),
    ],
)
def test_a_path_that_cannot_be_written_fails_before_the_work(
    advisor: Advisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, message: str
) -> None:
    (tmp_path / "folder.md").mkdir()
    (tmp_path / "there.md").write_text("kept")
    monkeypatch.setattr(cli_report, "report_from", lambda *_: pytest.fail("work was started"))
    found = advisor("report", CHURN, "-o", tmp_path / name, *AS_OF)
    assert (found.code, found.out, found.err.count("\n")) == (2, "", 1)
    assert message in found.err
    assert (tmp_path / "there.md").read_text() == "kept"


@pytest.mark.parametrize("suffix", [".html", ".pdf", ".xlsx", ".md"])
def test_a_library_that_is_not_installed_is_named_before_the_work(
    advisor: Advisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    monkeypatch.setattr(cli_report, "find_spec", lambda _: None)
    found = advisor("report", CHURN, "--options", "cloud-run", "-o", tmp_path / f"r{suffix}", *AS_OF)
    assert found.code == (0 if suffix == ".md" else 2)
    assert suffix == ".md" or f"advisor: {suffix} needs" in found.err
    assert suffix == ".md" or "pip install 'deploy-advisor[report]'" in found.err


def test_a_run_that_is_killed_leaves_no_half_file(tmp_path: Path) -> None:
    path = tmp_path / "r.html"
    path.write_text("before")
    code = (
        "import os, reports.writers as writers\n"
        "writers.WRITERS = {**writers.WRITERS, '.html': lambda *_: os.kill(os.getpid(), 9)}\n"
        "from advisor.cli import main; main()"
    )
    words = ["report", CHURN, "--options", "cloud-run", "-o", str(path), "--force", *AS_OF]
    ended = subprocess.run([sys.executable, "-c", code, *words], cwd=ROOT, check=False)
    assert ended.returncode == -9
    assert [each.name for each in tmp_path.iterdir()] == ["r.html"]
    assert path.read_text() == "before"


def test_a_full_disk_is_one_message_and_leaves_nothing(tmp_path: Path) -> None:
    """No file may grow beyond 16 bytes, as if the disk were full."""
    words = ["report", CHURN, "--options", "cloud-run", "-o", str(tmp_path / "r.md"), *AS_OF]
    code = "from advisor.cli import main; main()"
    ended = subprocess.run(
        [sys.executable, "-c", code, *words], cwd=ROOT, capture_output=True, text=True, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (16, 16)),
    )  # fmt: skip
    assert (ended.returncode, ended.stderr.count("\n")) == (2, 1)
    assert "r.md cannot be written: File too large" in ended.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_written_file_has_the_rights_of_any_other(advisor: Advisor, tmp_path: Path) -> None:
    old = os.umask(0o027)
    try:
        advisor("report", CHURN, "--options", "cloud-run", "-o", tmp_path / "r.csv", *AS_OF)
    finally:
        os.umask(old)
    assert (tmp_path / "r.csv").stat().st_mode & 0o777 == 0o640


def test_diff_tells_the_workload_apart(advisor: Advisor, tmp_path: Path) -> None:
    for name, words in (("a", ()), ("b", ("--as-of", "2026-11-24"))):
        advisor("report", CHURN, "--options", "cloud-run,gke", "-o", tmp_path / f"{name}.json", *(words or AS_OF))
    assert advisor("diff", tmp_path / "a.json", tmp_path / "b.json").out == "Nothing changed.\n"
    text = Path(CHURN).read_text().replace("50_000", "60_000")
    (tmp_path / "more.yaml").write_text(text)
    words = ("report", tmp_path / "more.yaml", "--options", "cloud-run,gke", "-o", tmp_path / "c.json", *AS_OF)
    advisor(*words)
    found = advisor("diff", tmp_path / "a.json", tmp_path / "c.json")
    assert found.code == 0
    assert "changed by workload" in found.out
    document = json.loads(advisor("diff", tmp_path / "a.json", tmp_path / "c.json", "--json").out)
    assert document["runs"][0]["fields"] == [{"what": "requests_per_month", "before": 50000.0, "after": 60000.0}]
