"""Logs of requests: the weekly shape they make, their burst, what is assumed, and what is refused."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest
import yaml
from scipy.stats import poisson

from advisor.cli import main
from advisor.errors import InputError
from advisor.trace import Counted, Trace, at_least, bursts, completed, hourly, traced, usual_largest
from advisor.trace_log import read_log
from advisor.workload import workload_from

HOUR = 3600
MONDAY = 4 * 24 * HOUR  # 1970-01-05 00:00, the first Monday

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def file(text: str) -> Path:
        path = tmp_path / "log.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return file


def log_of(text: str, tmp_path: Path, **columns: Any) -> Trace:
    path = tmp_path / "log.csv"
    path.write_text(text, encoding="utf-8")
    return traced(read_log(str(path), columns.get("time"), columns.get("count")).counted)


def hours(requests: list[float], begin: int = MONDAY) -> Counted:
    """A count for every hour."""
    return Counted(begin + HOUR * np.arange(len(requests)), np.array(requests, dtype=np.float64), HOUR)


# the weekly shape


def test_a_full_week_of_counts_is_its_own_shape() -> None:
    """167 hours of 10 and one of 178: 1848 in 168 h, 11 an hour, 11 · 730 = 8030 a month; the peak is 178 / 11."""
    found = traced(hours([178.0] + [10.0] * 167))
    assert found.weights == (178.0,) + (10.0,) * 167
    assert found.requests_per_month == pytest.approx(8030)
    assert found.peak == pytest.approx(178 / 11)
    assert (found.requests, found.hours) == (1848, 168)
    assert found.assumptions == ("the log has no minutes: burst 1, as if requests came by chance within each hour",)


def test_several_weeks_are_averaged_hour_by_hour() -> None:
    """Monday 00:00 has 4 and 8: 6. The other hours have 1 in both weeks."""
    assert traced(hours([4.0] + [1.0] * 167 + [8.0] + [1.0] * 167)).weights == (6.0,) + (1.0,) * 167


def test_the_week_begins_on_monday_whenever_the_log_begins() -> None:
    """From Wednesday 05:00, hour 2 · 24 + 5 = 53 of the week."""
    found = traced(hours([7.0] + [1.0] * 167, MONDAY + 53 * HOUR))
    assert found.weights.index(7.0) == 53


def test_a_part_of_an_hour_counts_as_that_part() -> None:
    """30 requests from Monday 00:30 to 01:00 are 60 an hour; 60 from 01:00 to 02:00 are 60 an hour."""
    minutes = np.arange(90)
    rates, seen = hourly(Counted(MONDAY + 1800 + 60 * minutes, np.ones(90), 60))
    assert rates[:3].tolist() == [60, 60, 0]
    assert seen[:3].tolist() == [0.5, 1, 0]


def test_days_that_are_not_in_the_log_are_like_those_that_are() -> None:
    """Monday has 2 at 05:00 and Tuesday 4: Wednesday to Sunday get 3 there. The other hours have 1."""
    day = [1.0] * 24
    monday, tuesday = [*day[:5], 2.0, *day[6:]], [*day[:5], 4.0, *day[6:]]
    found = traced(hours(monday + tuesday))
    assert [found.weights[24 * at + 5] for at in range(7)] == [2, 4, 3, 3, 3, 3, 3]
    assert found.assumptions[0] == "120 of 168 hours of the week are not in the log: like that hour on the days seen"


def test_hours_of_the_day_that_no_day_has_are_like_the_mean() -> None:
    """Six hours with 1, 2, 3, 4, 5, 9: mean 4 in the other 18 of every day."""
    found = traced(hours([1.0, 2.0, 3.0, 4.0, 5.0, 9.0]))
    assert found.weights[:7] == (1, 2, 3, 4, 5, 9, 4)
    assert found.weights[24:31] == (1, 2, 3, 4, 5, 9, 4)
    assert found.assumptions[1] == "18 hours of the day are in no day of the log: like the mean hour"


def test_what_was_seen_is_never_changed() -> None:
    rates, seen = np.arange(168.0), np.ones(168)
    assert completed(rates, seen) == (tuple(range(168)), ())


def test_the_load_duration_curve() -> None:
    """84 hours of 3 and 84 of 1: mean 2; at least 1.5 for half of the time, at least 0.5 always."""
    curve = traced(hours([3.0] * 84 + [1.0] * 84)).levels
    assert [(level.multiple, level.share) for level in curve] == [(0.5, 0.5), (1.5, 0.5)]
    assert [at_least(curve, share) for share in (0.01, 0.5, 0.51, 1.0)] == [1.5, 1.5, 0.5, 0.5]


# bursts


@pytest.mark.parametrize(("mean", "times"), [(0.01, 60), (1.0, 60), (105.0, 60), (7.5, 4), (20_000.0, 60)])
def test_the_usual_largest_of_poisson_counts(mean: float, times: int) -> None:
    """P(all of n at most k) = P(X ≤ k)^n, so the median of the largest is the quantile at (1/2)^(1/n)."""
    assert usual_largest(mean, times) == max(1, poisson.ppf(0.5 ** (1 / times), mean))


def minutes(requests: list[float]) -> Counted:
    return Counted(MONDAY + 60 * np.arange(len(requests)), np.array(requests), 60)


def test_burst_is_the_busiest_minute_over_what_chance_explains() -> None:
    """59 minutes of 100 and one of 400: mean 105; the largest of 60 Poisson minutes is usually near 128."""
    burst, peak_per_s, doubt = bursts(minutes([100.0] * 59 + [400.0]))
    assert burst == pytest.approx(400 / poisson.ppf(0.5 ** (1 / 60), 105))
    assert burst == pytest.approx(400 / 128, rel=0.03)
    assert peak_per_s == pytest.approx(400 / 60)
    assert doubt == ()


def test_a_poisson_stream_has_no_burst() -> None:
    random = np.random.default_rng(11)
    for mean in (0.5, 10.0, 1000.0):
        burst, _, _ = bursts(minutes([float(each) for each in random.poisson(mean, 24 * 60)]))
        assert 1.0 <= burst < 1.3  # half of all streams stay below their median


def test_an_even_stream_has_a_burst_of_one() -> None:
    assert bursts(minutes([50.0] * 120))[0] == 1.0


def test_counts_every_quarter_of_an_hour_say_what_they_can() -> None:
    """Mean of the hour (100 + 100 + 100 + 300) / 4 = 150 a quarter."""
    burst, peak_per_s, (doubt,) = bursts(Counted(MONDAY + 900 * np.arange(4), np.array([100.0, 100, 100, 300]), 900))
    assert burst == pytest.approx(300 / poisson.ppf(0.5 ** (1 / 4), 150))
    assert peak_per_s == pytest.approx(300 / 900)
    assert doubt == "the log has no minutes: burst is that of its 900 s"


# reading


def test_requests_one_by_one_and_as_counts_are_the_same(tmp_path: Path) -> None:
    times = [f"2026-11-02T{hour:02}:{minute:02}:00" for hour in range(3) for minute in range(0, 60, 20)]
    one_by_one = log_of("time\n" + "".join(f"{time}\n" * 2 for time in times), tmp_path)
    counts = log_of("time,count\n" + "".join(f"{time},2\n" for time in times), tmp_path)
    assert one_by_one.requests == counts.requests == 18
    assert counts.weights[:3] == (6, 6, 6)  # of 20 minutes each; one by one the log ends with its last request
    assert one_by_one.weights[:2] == (6, 6)


@pytest.mark.parametrize(
    "times",
    [
        ["2026-11-02T00:00:00", "2026-11-02T05:59:59"],
        ["2026-11-02 00:00:00.25", "2026-11-02 05:59:59.75"],
        ["2026-11-02T00:00:00+01:00", "2026-11-02T05:59:59+01:00"],
        ["2026-11-02T00:00:00Z", "2026-11-02T05:59:59Z"],
        ["2026-11-02T05:59:59", "2026-11-02T00:00:00"],
        ["1793577600", "1793599199"],
        ["1793577600123", "1793599199456"],
        ["1793577600.5", "2026-11-02T05:59:59+0100"],
    ],
    ids=["iso", "fractions", "offset", "utc", "backwards", "seconds", "milliseconds", "mixed"],
)
def test_ways_to_write_a_time(times: list[str], tmp_path: Path) -> None:
    """2026-11-02 is a Monday, and 20,759 days after 1970-01-01: 1,793,577,600 s. All logs cover its first six hours."""
    found = log_of("time\n" + "\n".join(times) + "\n", tmp_path)
    assert found.hours == pytest.approx(6)
    assert (found.weights[0], found.weights[5]) == (1, 1)
    assert found.weights[1:5] == (0, 0, 0, 0)


def test_columns_by_name_or_by_their_usual_names(tmp_path: Path) -> None:
    rows = "2026-11-02T00:00:00,x,3\n2026-11-02T01:00:00,x,5\n"
    for header, columns in (("Timestamp,a,Hits", {}), ("when,a,n", {"time": "when", "count": "n"})):
        assert log_of(f"{header}\n{rows}", tmp_path, **columns).requests == 8


def test_a_parquet_log(tmp_path: Path) -> None:
    times = pa.array([0, 7_199_000_000], pa.timestamp("us"))
    pyarrow.parquet.write_table(pa.table({"ts": times}), tmp_path / "log.parquet")
    assert traced(read_log(str(tmp_path / "log.parquet"), None, None).counted).hours == pytest.approx(2)


def test_records_that_cannot_be_read_are_counted_and_the_first_is_named(write: Write) -> None:
    path = write(
        "time,count\n2026-11-02T00:00,1\nsoon,1\n2026-11-02T01:00,many\n2026-11-02T02:00,-1\nx\n2026-11-02T01:00,4\n"
    )
    log = read_log(str(path), None, None)
    assert (log.records, log.unread) == (6, 4)
    assert log.first_unread == "record 2: time is 'soon'"
    assert traced(log.counted).requests == 5


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\n1,2\n", r"no column is named time, timestamp, datetime or alike; there is a, b \(give it with --time\)"),
        ("time\nsoon\n", r"no record can be read by 'time'; record 1: time is 'soon'; allowed: a time such as"),
        ("time\n2026-11-02T00:00:00\n", r"the log covers 1 s; allowed: at least an hour"),
        (
            "time,count\n2026-11-02,1\n2026-11-03,1\n",
            r"requests every 86,400 s; allowed: at least every hour",
        ),
        ("time,count\n2026-11-02T00:00,0\n2026-11-02T01:00,0\n", r"the log holds no request"),
        ("time\n", r"no record can be read"),
    ],
    ids=["no column", "no time", "short", "daily", "idle", "no record"],
)
def test_logs_that_say_too_little(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=said):
        log_of(text, tmp_path)


def test_a_column_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="column 'wen' is not there; did you mean 'when'"):
        log_of("when\n1\n", tmp_path, time="wen")


# the command


def run(monkeypatch: pytest.MonkeyPatch, *words: object) -> object:
    monkeypatch.setattr(sys, "argv", ["advisor", "trace", *map(str, words)])
    with pytest.raises(SystemExit) as end:
        main()
    return end.value.code


def test_the_workload_file_needs_only_what_no_log_tells(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write("time,count\n" + "".join(f"2026-11-02T{hour:02}:00,{hour + 1}\n" for hour in range(24)))
    output = tmp_path / "service.yaml"
    assert run(monkeypatch, path, "-o", output) == 0
    fields = yaml.safe_load(output.read_text())
    assert [*fields] == ["name", "requests_per_month", "profile", "burst", "weights"]
    workload = workload_from({**fields, "duration_s": 1, "vcpu": 1, "memory_gib": 1}, "here")
    assert workload.weights == [float(hour + 1) for hour in range(24)] * 7
    assert workload.requests_per_month == 12.5 * 730  # mean of 1 … 24
    assert "# Assumed: 144 of 168 hours" in output.read_text()


def test_the_command_for_machines(
    write: Write, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write("time,count\n" + "".join(f"2026-11-02T{hour:02}:00,{hour + 1}\n" for hour in range(24)))
    assert run(monkeypatch, path, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["requests"] == 300
    assert math.isclose(sum(each["share"] * each["multiple"] for each in found["load_duration"]), 1)


def test_the_screen_shows_the_curve_and_what_is_assumed(
    write: Write, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write("time,count\n" + "".join(f"2026-11-02T{hour:02}:00,{hour + 1}\n" for hour in range(24)) + "late,1\n")
    assert run(monkeypatch, path) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "busiest hour of the week: 1.92 times the mean" in printed  # 24 / 12.5
    assert "1 of 25 records could not be read and are left out; record 25: time is 'late'" in printed
