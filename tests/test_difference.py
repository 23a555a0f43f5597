"""Two saved runs: what changed, and whether the price, the workload or the version brought it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from advisor.errors import InputError
from advisor.saved import SavedRun, read_saved
from reports.difference import Change, LineChange, RunChange, difference
from reports.machine import to_json
from tests.report_files import report_on


def line(meter: str, quantity: float, price: float) -> dict[str, Any]:
    usd = quantity * price
    tier = {"quantity": quantity, "usd_per_unit": price, "usd": usd, "note": ""}
    return {"meter": meter, "label": meter, "quantity": quantity, "unit": "h", "usd": usd, "tiers": [tier]}


def run(
    *lines: dict[str, Any], fingerprint: str = "f", version: str = "1", machine: str = "m", **fields: Any
) -> SavedRun:
    usd = sum(each["usd"] for each in lines)
    option = {"option": "gke", "status": "priced", "monthly_usd": usd, "machine": machine, "lines": list(lines)}
    return SavedRun.model_validate(
        {
            "workload": {"name": "a", **fields},
            "prices": {"as_of": "2026-11-24", "fingerprint": fingerprint},
            "options": [option],
            "choice": {"option": "gke"},
            "program": version,
        }
    )


def compared(before: SavedRun, after: SavedRun) -> RunChange:
    (change,) = difference([before], [after]).runs
    return change


def test_the_same_run_has_not_changed() -> None:
    assert difference([run(line("h", 10, 2))], [run(line("h", 10, 2))]).empty


def test_a_dearer_price_is_the_price() -> None:
    # 10 h at 2 USD, then at 3: 20 becomes 30, all of it the price's.
    change = compared(run(line("h", 10, 2)), run(line("h", 10, 3), fingerprint="g"))
    assert change.lines == (LineChange("gke", "h", 20.0, 30.0, 10.0, 0.0, "price"),)
    assert change.causes == ("price book",)
    assert change.bills == (Change("gke", 20.0, 30.0),)


def test_more_work_is_the_workload() -> None:
    # 10 h, then 15, at 2 USD: 20 becomes 30, none of it the price's.
    change = compared(run(line("h", 10, 2), vcpu=1), run(line("h", 15, 2), vcpu=2))
    assert change.lines == (LineChange("gke", "h", 20.0, 30.0, 0.0, 10.0, "workload"),)
    assert change.fields == (Change("vcpu", 1, 2),)


def test_both_are_told_apart() -> None:
    # 10 h at 2 USD, then 15 h at 3: 20 becomes 45. The price brings 10 x (3 - 2) = 10, the quantity the other 15.
    change = compared(run(line("h", 10, 2), vcpu=1), run(line("h", 15, 3), fingerprint="g", vcpu=2))
    assert change.lines == (LineChange("gke", "h", 20.0, 45.0, 10.0, 15.0, "price, and workload"),)


@pytest.mark.parametrize(
    ("changed", "cause"),
    [({"version": "2"}, "version"), ({"fingerprint": "g"}, "facts of the price book"), ({}, "nothing that was saved")],
)
def test_a_quantity_that_changes_alone_has_another_cause(changed: dict[str, Any], cause: str) -> None:
    assert compared(run(line("h", 10, 2)), run(line("h", 15, 2), **changed)).lines[0].cause == cause


def test_on_the_same_price_book_no_price_has_changed() -> None:
    # Another region has another price; the workload asked for it.
    change = compared(run(line("h", 10, 2), geography="x"), run(line("h", 10, 3), geography="y"))
    assert change.lines == (LineChange("gke", "h", 20.0, 30.0, 0.0, 10.0, "workload"),)


@pytest.mark.parametrize(
    ("changed", "by_price", "by_quantity", "cause"),
    [
        ({"vcpu": 2}, 0.0, 5.0, "workload"),
        ({"version": "2"}, 0.0, 5.0, "version"),
        ({"fingerprint": "g"}, 5.0, 0.0, "price book"),
        ({"fingerprint": "g", "vcpu": 2}, None, None, "workload or price book"),
        ({"fingerprint": "g", "version": "2"}, None, None, "price book or version"),
    ],
)
def test_another_machine_is_brought_by_the_only_cause(
    changed: dict[str, Any], by_price: float | None, by_quantity: float | None, cause: str
) -> None:
    # 10 h at 2 USD are 20, then 5 h of another machine at 5 are 25. The two prices have nothing to do with each other.
    change = compared(run(line("h", 10, 2), vcpu=1), run(line("h", 5, 5), **{"machine": "n", "vcpu": 1, **changed}))
    assert change.lines == (LineChange("gke", "h", 20.0, 25.0, by_price, by_quantity, f"{cause}, by another variant"),)
    assert change.variants == (Change("gke", "m, ", "n, "),)
    assert len(change.untold) == (2 if by_price is None else 0)


def test_lines_beside_the_machine_are_told_apart_even_so() -> None:
    # 10 GB of logs at 2 USD, then 15 at 3: the price brings 10 x (3 - 2) = 10, the quantity the other 15. Disks keep
    # their price of 1: 5 GB more are 5 USD. The machine itself, 1 h at 4 and then at 9, is not told.
    logs = [{**line("logs", amount, price), "role": "ancillary"} for amount, price in ((10, 2), (15, 3))]
    before = run(logs[0], line("disk", 5, 1), line("h", 1, 4), vcpu=1)
    after = run(logs[1], line("disk", 10, 1), line("h", 1, 9), vcpu=2, fingerprint="g", machine="n")
    change = compared(before, after)
    assert [(each.meter, each.by_price_usd, each.by_quantity_usd) for each in change.lines] == [
        ("logs", 10.0, 15.0),
        ("disk", 0.0, 5.0),
        ("h", None, None),
    ]
    move, advice = change.untold
    assert "it was m and is n" in move
    assert "--as-of 2026-11-24" in advice


def test_workload_and_version_both_move_quantities() -> None:
    change = compared(run(line("h", 10, 2), vcpu=1), run(line("h", 15, 2), vcpu=2, version="2"))
    assert (change.lines[0].by_quantity_usd, change.lines[0].cause) == (10.0, "workload or version")
    assert [words.partition(":")[0] for words in change.untold] == ["What is the workload's and what the version's"]


def test_what_was_not_saved_is_said() -> None:
    bare = run(line("h", 10, 2)).model_copy(update={"program": None})
    option = bare.options[0].model_copy(update={"lines": (), "monthly_usd": 30.0})
    change = compared(bare, bare.model_copy(update={"options": (option,)}))
    assert [words.partition(":")[0] for words in change.untold] == ["Whether the version changed", "The lines of gke"]


def test_lines_appear_and_go() -> None:
    change = compared(run(line("a", 1, 2), vcpu=1), run(line("b", 1, 3), vcpu=2))
    assert [(each.meter, each.by_quantity_usd, each.cause) for each in change.lines] == [
        ("a", -2.0, "gone (workload)"),
        ("b", 3.0, "new (workload)"),
    ]


def test_workloads_of_a_portfolio_are_matched_by_name() -> None:
    before = [run(line("h", 1, 1), name=name) for name in ("a", "b")]
    after = [run(line("h", 1, 1), name=name) for name in ("b", "c")]
    found = difference(before, after)
    assert ([each.workload for each in found.runs], found.gone, found.new) == (["b"], ("a",), ("c",))


def test_both_kinds_of_saved_runs_are_read(tmp_path: Path) -> None:
    report = report_on("churn")
    path = tmp_path / "r.json"
    path.write_text(to_json(report), encoding="utf-8")
    (whole,) = read_saved(path)
    assert report.prices is not None
    plain = {
        **json.loads(path.read_text())["chapters"][0],
        "prices": {"as_of": "2026-11-24", "fingerprint": report.prices.fingerprint},
    }
    path.write_text(json.dumps({**plain, "options": [{**each, "lines": []} for each in plain["options"]]}))
    (short,) = read_saved(path)
    assert whole.program == "1.2.3"
    assert short.program is None
    assert [each.monthly_usd for each in whole.options] == [each.monthly_usd for each in short.options]
    assert difference([whole], [short]).runs[0].lines == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is not JSON"),
        ("{", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("[]", "holds no JSON object"),
        ("{}", "is not a saved run: workload: Field required"),
        ('{"chapters": [3], "prices": {}}', "is not a saved run"),
        ('{"chapters": 3, "prices": {}}', "is not a saved run"),
        ('{"portfolio": [{}], "prices": null}', "does not say with the prices of which day it was made"),
        ('{"workload": {}, "prices": {"as_of": "x"}}', "is not a saved run: prices.fingerprint"),
        ('{"workload": {"a": NaN}}', "is not JSON"),
    ],
)
def test_other_files_are_refused_in_one_line(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(InputError, match=words) as caught:
        read_saved(path)
    assert "\n" not in str(caught.value)
    assert "allowed: a file from" in str(caught.value)
