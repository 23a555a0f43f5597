"""Batches: every row as `compare` has it, whatever the pieces and interruptions; nothing lost or half done."""

from __future__ import annotations

import gzip
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

import fsspec
import numpy as np
import pyarrow.parquet
import pytest
from distributed import LocalCluster

from advisor.answer import compare_one
from advisor.batch.cluster import evaluate_on_cluster
from advisor.batch.evaluating import Layout
from advisor.batch.parts import MOST_ATTEMPTS, Done, note_name
from advisor.batch.processes import evaluate_locally
from advisor.batch.records import columns_of, pieces
from advisor.batch.run import Engine
from advisor.choice import choose
from advisor.comparison import compare
from advisor.errors import InputError
from advisor.platforms import PLATFORMS
from advisor.workload import Workload, Workloads
from pricing import load
from tests.batches import AS_OF, HEADER, OPTIONS, ROW, carried_out, rows_of, run_of, write_table
from tests.test_kernel import portfolio

ROOT = Path(__file__).parents[1]
ADVISOR = (sys.executable, "-c", "from advisor.cli import main; main()")
ROWS = 30
PATIENCE_S = 120.0


@pytest.fixture(scope="module")
def workloads() -> list[Workload]:
    """Of every kind; some grow, some belong to a team too small for its rota, some say what they cost today."""
    changes: list[dict[str, Any]] = [
        {"growth_per_month": 0.05},
        {"support": "24x7", "engineers": 1},
        {"current_option": "gke", "current_monthly_usd": 1500.0},
    ]
    return [
        Workload(**{**each.model_dump(exclude_unset=True), **(changes[row % 5] if row % 5 < 3 else {})})
        for row, each in enumerate(portfolio(ROWS))
    ]


@pytest.fixture(scope="module")
def table(workloads: list[Workload], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_table(tmp_path_factory.mktemp("tables") / "in.csv", workloads)


@pytest.fixture(scope="module")
def answer(table: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The answer in one piece, by this process."""
    output = tmp_path_factory.mktemp("answers") / "out.csv"
    assert carried_out(run_of(table, output)).answered == ROWS
    return output


# the same as compare


def test_every_row_is_what_compare_says_to_the_last_bit(workloads: list[Workload], answer: Path) -> None:
    book = load(AS_OF)
    for workload, row in zip(workloads, rows_of(answer), strict=True):
        comparison = compare(Workloads.of([workload.model_copy(update={"free_tier": False})]), PLATFORMS, book)
        choice = choose(comparison)
        for at, (option, best) in enumerate(comparison.options.items()):
            name = option.replace("-", "_")
            assert row[f"{name}_status"] == ("priced", "unknown", "infeasible")[best.status[0]]
            assert none_for_nan(best.usd[0]) == row[f"{name}_monthly_usd"]
            assert none_for_nan(choice.tco_usd[0, at]) == row[f"{name}_tco_usd"]
        at = int(choice.option[0])
        assert row["choice"] == choice.name(at)
        assert row["runner_up"] == choice.name(int(choice.runner_up[0]))
        assert row["ties"] == int(choice.tied[0].sum())
        if at >= 0:
            best = comparison.options[OPTIONS[at]]
            assert (row["mode"], row["purchase"]) == (best.mode[0], best.purchase[0])
            assert (row["days"], row["hours"]) == (choice.days[0, at], choice.hours[0, at])
            assert row["monthly_usd"] == best.usd[0]
        else:
            assert {row[word] for word in ("mode", "machine", "purchase", "monthly_usd")} == {None}


@pytest.mark.parametrize("layout", ["wide", "long"])
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_every_row_says_the_price_book_it_was_made_with(
    table: Path, tmp_path: Path, layout: Layout, suffix: str
) -> None:
    output = tmp_path / f"out{suffix}"
    carried_out(run_of(table, output, layout, rows=17, options=("cloud-run",)))
    found = pyarrow.parquet.read_table(output).to_pylist() if suffix == ".parquet" else rows_of(output)
    assert len(found) == ROWS
    for row in found:
        assert list(row)[-2:] == ["prices_as_of", "prices_fingerprint"]
        assert (row["prices_as_of"], row["prices_fingerprint"]) == (AS_OF, load(AS_OF).fingerprint)


def test_no_answer_is_a_file_with_a_header_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(f"{HEADER}\n")
    for suffix in (".csv", ".csv.gz", ".parquet"):
        run = run_of(tmp_path / "in.csv", tmp_path / f"out{suffix}", options=("cloud-run",))
        assert carried_out(run).records == 0
        assert columns_of(run.output) == run.job.columns


def none_for_nan(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def test_the_account_s_free_tier_is_no_row_s_own(tmp_path: Path) -> None:
    """Left out or blank it means no; a row may still say yes, and then costs less."""
    (tmp_path / "in.csv").write_text(f"{HEADER},free_tier\n{ROW},\n{ROW},no\n{ROW},yes\n")
    carried_out(run_of(tmp_path / "in.csv", tmp_path / "out.csv"))
    blank, no, yes = (row["cloud_run_monthly_usd"] for row in rows_of(tmp_path / "out.csv"))
    assert blank == no > yes


@pytest.mark.parametrize("rows", [1, 7, 29])
def test_pieces_of_any_size_give_the_same_bytes(table: Path, answer: Path, tmp_path: Path, rows: int) -> None:
    carried_out(run_of(table, tmp_path / "out.csv", rows=rows))
    assert (tmp_path / "out.csv").read_bytes() == answer.read_bytes()


def test_the_order_of_rows_moves_lines_and_changes_none(table: Path, answer: Path, tmp_path: Path) -> None:
    header, *lines = table.read_text().splitlines()
    order = np.random.default_rng(3).permutation(len(lines))
    (tmp_path / "in.csv").write_text("\n".join([header, *(lines[row] for row in order)]) + "\n")
    carried_out(run_of(tmp_path / "in.csv", tmp_path / "out.csv", rows=11))
    expected = answer.read_text().splitlines()[1:]
    assert (tmp_path / "out.csv").read_text().splitlines()[1:] == [expected[row] for row in order]


def test_processes_give_the_same_bytes(table: Path, answer: Path, tmp_path: Path) -> None:
    carried_out(run_of(table, tmp_path / "out.csv", rows=8), partial(evaluate_locally, workers=2))
    assert (tmp_path / "out.csv").read_bytes() == answer.read_bytes()


def test_packed_and_parquet_hold_the_same(table: Path, answer: Path, tmp_path: Path) -> None:
    for suffix in (".csv.gz", ".parquet"):
        carried_out(run_of(table, tmp_path / f"out{suffix}", rows=8))
    assert gzip.decompress((tmp_path / "out.csv.gz").read_bytes()) == answer.read_bytes()
    found = pyarrow.parquet.read_table(tmp_path / "out.parquet").to_pylist()
    for row, expected in zip(found, rows_of(answer), strict=True):
        today = row.pop("current_monthly_usd")  # carried through as the text it was
        assert (float(today) if today else None) == expected.pop("current_monthly_usd")
        assert {name: cell if cell != "" else None for name, cell in row.items()} == expected


def test_a_parquet_file_is_read_as_the_csv_file(table: Path, answer: Path, tmp_path: Path) -> None:
    pyarrow.parquet.write_table(pyarrow.csv.read_csv(table), tmp_path / "in.parquet")
    carried_out(run_of(tmp_path / "in.parquet", tmp_path / "out.csv", rows=9))
    for row, expected in zip(rows_of(tmp_path / "out.csv"), rows_of(answer), strict=True):
        assert row == expected


def test_a_folder_is_read_in_the_order_of_names(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("b.csv", "a.csv"):
        (folder / name).write_text(f"{HEADER}\n{ROW.replace('service', name)}\n")
    outcome = carried_out(run_of(folder, tmp_path / "out.csv"))
    assert [row["name"] for row in rows_of(tmp_path / "out.csv")] == ["a.csv", "b.csv"]
    assert outcome.records == 2


# long


def test_the_long_form_gives_the_reasons_that_explain_gives(
    workloads: list[Workload], table: Path, tmp_path: Path
) -> None:
    book = load(AS_OF)
    carried_out(run_of(table, tmp_path / "long.csv", layout="long", rows=13))
    rows = rows_of(tmp_path / "long.csv")
    assert len(rows) == ROWS * len(OPTIONS)
    told = 0
    for at, workload in enumerate(workloads):
        answered = compare_one(workload.model_copy(update={"free_tier": False}), PLATFORMS, book)
        for option, row in zip(answered.options, rows[at * len(OPTIONS) :], strict=False):
            assert (row["option"], row["status"]) == (option.option, option.status.name.lower())
            expected = {"infeasible": option.why_not, "unknown": option.unknown, "priced": ()}[row["status"]]
            assert (row["reasons"] or "") == "; ".join(dict.fromkeys(expected))
            machine = option.variant.machine if option.status.name != "UNKNOWN" else ""
            assert row["machine"] == (machine or None)
            told += bool(expected)
    assert told > ROWS


# summary


def test_the_summary_adds_what_the_rows_say(table: Path, answer: Path, tmp_path: Path) -> None:
    outcome = carried_out(run_of(table, tmp_path / "out.csv", rows=7))
    rows = rows_of(answer)
    known = [row for row in rows if row["current_monthly_usd"] is not None and row["choice"]]
    assert sum(outcome.summary.chosen.values()) == ROWS
    assert outcome.summary.compared == len(known) > 0
    assert outcome.summary.today_usd == 1500.0 * len(known)
    assert outcome.summary.followed_usd == pytest.approx(sum(row["monthly_usd"] for row in known), rel=1e-12)
    savings = sorted((row["saving_monthly_usd"] for row in known), reverse=True)
    assert [each.monthly_usd for each in outcome.summary.savings] == savings[:10]
    assert all(row["saving_monthly_usd"] == 1500.0 - row["monthly_usd"] for row in known)


# interruptions


class InterruptedHereError(Exception):
    pass


def test_a_resumed_run_does_what_is_missing_and_gives_the_same_bytes(table: Path, answer: Path, tmp_path: Path) -> None:
    run, output = run_of(table, tmp_path / "out.csv", rows=7), tmp_path / "out.csv"

    def interrupt(done: Done, *_: object) -> None:
        if done.number == 1:
            raise InterruptedHereError

    with pytest.raises(InterruptedHereError):
        carried_out(run, told=interrupt)
    assert not output.exists()
    fresh: list[bool] = []
    carried_out(run, resume=True, told=lambda _done, _share, new: fresh.append(new))
    assert fresh == [False, False, True, True, True]
    assert output.read_bytes() == answer.read_bytes()
    assert not Path(run.job.parts).exists()


def test_a_part_that_was_damaged_is_done_again(table: Path, answer: Path, tmp_path: Path) -> None:
    run = run_of(table, tmp_path / "out.csv", rows=7)
    stop_before_the_end(run)
    damaged = Path(run.job.parts) / "part-000002.csv"
    damaged.write_bytes(damaged.read_bytes()[:-10])
    carried_out(run, resume=True)
    assert (tmp_path / "out.csv").read_bytes() == answer.read_bytes()


def stop_before_the_end(run: Any) -> None:
    def interrupt(done: Done, *_: object) -> None:
        if done.number == 3:
            raise InterruptedHereError

    with pytest.raises(InterruptedHereError):
        carried_out(run, told=interrupt)


@pytest.mark.parametrize(
    ("change", "named"),
    [({"layout": "long"}, "layout"), ({"rows": 8}, "piece_rows"), ({"options": OPTIONS[:2]}, "options"), ({}, "input")],
)
def test_a_run_whose_making_changed_is_not_resumed(
    table: Path, tmp_path: Path, change: dict[str, Any], named: str
) -> None:
    copy = tmp_path / "in.csv"
    copy.write_bytes(table.read_bytes())
    stop_before_the_end(run_of(copy, tmp_path / "out.csv", rows=7))
    if named == "input":
        copy.write_bytes(table.read_bytes() + b"\n")
    with pytest.raises(InputError, match=f"{named} changed since the run began"):
        carried_out(run_of(copy, tmp_path / "out.csv", **{"rows": 7, **change}), resume=True)


def test_a_killed_process_costs_nothing_but_its_piece(table: Path, answer: Path, tmp_path: Path) -> None:
    killed: list[int] = []

    def kill_one(*_: object) -> None:
        if not killed:
            victim = multiprocessing.active_children()[0]
            killed.append(victim.pid or 0)
            os.kill(killed[0], signal.SIGKILL)

    carried_out(run_of(table, tmp_path / "out.csv", rows=3), partial(evaluate_locally, workers=2), told=kill_one)
    assert killed
    assert (tmp_path / "out.csv").read_bytes() == answer.read_bytes()


DEADLY = """
import os, signal
from advisor.batch import evaluating
real = evaluating.workloads_of
def deadly(piece, *rest):
    if piece.number == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(piece, *rest)
evaluating.workloads_of = deadly
"""


@pytest.mark.parametrize(
    "engine",
    [partial(evaluate_locally, workers=2), partial(evaluate_on_cluster, scheduler=None, workers=2)],
    ids=["local", "dask"],
)
def test_a_piece_that_kills_every_process_is_refused_and_the_rest_is_answered(
    engine: Engine, table: Path, answer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text(DEADLY)  # what every new process of Python reads first
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{ROOT}")
    outcome = carried_out(run_of(table, tmp_path / "out.csv", rows=10), engine)
    assert (outcome.records, outcome.answered, outcome.rejected) == (ROWS, ROWS - 10, 10)
    refused = rows_of(tmp_path / "out.rejects.csv")
    assert [row["record"] for row in refused] == list(range(11, 21))
    assert all(f"died {MOST_ATTEMPTS} times" in row["reason"] for row in refused)
    expected = answer.read_text().splitlines()
    assert (tmp_path / "out.csv").read_text().splitlines() == expected[:11] + expected[21:]


def test_a_row_that_nobody_can_evaluate_does_not_cost_the_others_their_answer(
    table: Path, answer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fragile(work: Workloads, *rest: Any) -> Any:
        if "service 5" in work.text("name")[:, 0]:
            raise ZeroDivisionError("by nothing")
        return compare(work, *rest)

    monkeypatch.setattr("advisor.batch.evaluating.compare", fragile)
    outcome = carried_out(run_of(table, tmp_path / "out.csv"))
    assert (outcome.answered, outcome.rejected) == (ROWS - 1, 1)
    (refused,) = rows_of(tmp_path / "out.rejects.csv")
    assert (refused["record"], refused["name"]) == (6, "service 5")
    assert "ZeroDivisionError in test_batch.py: by nothing" in refused["reason"]
    expected = answer.read_text().splitlines()
    assert (tmp_path / "out.csv").read_text().splitlines() == expected[:6] + expected[7:]


def command(table: Path, output: Path, *words: str) -> list[str]:
    fixed = ["--as-of", str(AS_OF), "--options", "cloud-run,vertex-ai"]
    return [*ADVISOR, "batch", str(table), "-o", str(output), *fixed, *words]


@pytest.fixture(scope="module")
def large(workloads: list[Workload], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three pieces of the size that the command uses."""
    path = write_table(tmp_path_factory.mktemp("large") / "in.csv", workloads[:3])
    header, *lines = path.read_text().splitlines()
    path.write_text("\n".join([header, *lines * 14_000]) + "\n")
    return path


def started(words: list[str], output: Path) -> subprocess.Popen[str]:
    """The command, once its first part is done."""
    process = subprocess.Popen(words, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    first = [Path(f"{output}.parts") / note_name(number) for number in range(3)]
    end = time.monotonic() + PATIENCE_S
    while not any(each.exists() for each in first):
        if process.poll() is not None or time.monotonic() > end:
            process.kill()  # its workers end with it
            raise AssertionError(f"no part is done after {PATIENCE_S} s: {process.communicate()[1]}")
        time.sleep(0.01)
    return process


def test_kill_the_parent_then_resume(large: Path, tmp_path: Path) -> None:
    output, whole = tmp_path / "out.csv", tmp_path / "whole.csv"
    process = started(command(large, output, "--workers", "1", "--quiet"), output)
    process.kill()
    process.communicate()
    assert not output.exists()
    resumed = subprocess.run(command(large, output, "--resume", "--quiet"), cwd=ROOT, check=False)
    assert resumed.returncode == 0
    subprocess.run(command(large, whole, "--quiet"), cwd=ROOT, check=True)
    assert output.read_bytes() == whole.read_bytes()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["out.csv", "whole.csv"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_cleanly_and_says_how_to_go_on(large: Path, tmp_path: Path, number: signal.Signals) -> None:
    output = tmp_path / "out.csv"
    process = started(command(large, output, "--workers", "1", "--quiet"), output)
    process.send_signal(number)
    _, said = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 128 + number
    assert said == (
        f"advisor: stopped by {number.name}; what is finished is kept: give the same command with --resume\n"
    )
    assert not output.exists()
    assert not list(Path(f"{output}.parts").glob("*.tmp"))


def test_a_full_disk_is_said_and_leaves_nothing_half_written(table: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.csv"
    limited = ["bash", "-c", 'ulimit -f 4; exec "$0" "$@"', *command(table, output, "--quiet")]
    run = subprocess.run(limited, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert run.stderr.startswith("advisor: the output cannot be written: File too large")
    assert "--resume" in run.stderr
    assert run.stderr.count("\n") == 1
    assert not output.exists()
    assert not list(tmp_path.rglob("*.tmp"))
    assert subprocess.run(command(table, output, "--quiet", "--resume"), cwd=ROOT, check=False).returncode == 0
    assert len(rows_of(output)) == ROWS


# elsewhere


def test_files_may_be_at_any_address_that_fsspec_knows(table: Path, answer: Path) -> None:
    far = fsspec.filesystem("memory")
    far.pipe_file("/in/one.csv", table.read_bytes())
    run = run_of("memory://in/*.csv", "memory://out/answers.csv", rows=7)
    stop_before_the_end(run)
    assert not far.exists("/out/answers.csv")
    carried_out(run, resume=True)
    assert far.cat_file("/out/answers.csv") == answer.read_bytes()
    assert far.find("/out") == ["/out/answers.csv"]


# a cluster


def test_a_cluster_gives_the_same_bytes_though_a_worker_dies(table: Path, answer: Path, tmp_path: Path) -> None:
    killed: list[int] = []
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0") as cluster:

        def kill_one(*_: object) -> None:
            if not killed:
                killed.append(cluster.workers[0].pid)
                os.kill(killed[0], signal.SIGKILL)

        on_dask = partial(evaluate_on_cluster, scheduler=cluster.scheduler_address, workers=1)
        carried_out(run_of(table, tmp_path / "out.csv", rows=2), on_dask, told=kill_one)
    assert killed
    assert (tmp_path / "out.csv").read_bytes() == answer.read_bytes()


def test_a_cluster_of_its_own_gives_the_same_bytes(table: Path, answer: Path, tmp_path: Path) -> None:
    carried_out(run_of(table, tmp_path / "out.csv", rows=10), partial(evaluate_on_cluster, scheduler=None, workers=1))
    assert (tmp_path / "out.csv").read_bytes() == answer.read_bytes()


def test_a_scheduler_that_is_not_there_is_said(table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("advisor.batch.cluster.REACH_S", 0.2)
    absent = partial(evaluate_on_cluster, scheduler="tcp://127.0.0.1:1", workers=1)
    with pytest.raises(InputError, match=r"scheduler tcp://127.0.0.1:1 does not answer"):
        carried_out(run_of(table, tmp_path / "out.csv"), absent)


def test_pieces_are_cut_alike_at_every_reading(table: Path, tmp_path: Path) -> None:
    run = run_of(table, tmp_path / "out.csv", rows=7)
    first, second = (list(pieces(run.files, run.job.header, 7)) for _ in range(2))
    assert [each.table for each in first] == [each.table for each in second]
    assert [each.records for each in first] == [list(range(at, min(at + 7, ROWS + 1))) for at in range(1, ROWS + 1, 7)]
