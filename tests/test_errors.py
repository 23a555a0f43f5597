"""Whatever a user may write: one message that names file, field, value and what is allowed; never a traceback."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from advisor.cli import main
from advisor.errors import printable, shown

ROOT = Path(__file__).parents[1]
AS_OF = ("--as-of", "2026-11-24")
GOOD = {"name": "service", "requests_per_month": "1000", "duration_s": "0.2", "vcpu": "1", "memory_gib": "1"}
PATIENCE_S = 2.0  # of computing, so that a busy machine fails nothing
ADVISOR = (sys.executable, "-c", "from advisor.cli import main; main()")


@dataclass(frozen=True)
class Outcome:
    code: object
    out: str
    err: str


Advisor = Callable[..., Outcome]
Write = Callable[..., Path]


@pytest.fixture
def advisor(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Advisor:
    """The command line in this process."""

    def run(*words: object) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["advisor", *map(str, words)])
        start = time.process_time()
        with pytest.raises(SystemExit) as end:
            main()
        assert time.process_time() - start < PATIENCE_S
        return Outcome(end.value.code, *capsys.readouterr())

    return run


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """A workload file: good, but for the fields that are given as YAML; None leaves a field out."""

    def file(**changed: str | None) -> Path:
        path = tmp_path / "workload.yaml"
        fields = {**GOOD, **changed}
        path.write_text("".join(f"{name}: {value}\n" for name, value in fields.items() if value is not None), "utf-8")
        return path

    return file


def assert_refused(outcome: Outcome, *words: str) -> None:
    """One line on stderr that holds all the words, and nothing else happened."""
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("advisor: ")
    assert outcome.err.count("\n") == 1
    assert printable(outcome.err[:-1]) == outcome.err[:-1]
    for word in words:
        assert word in outcome.err


# files

LAUGHS = b"a: &a [x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a]\nc: [*b, *b, *b, *b, *b]\n"
FILES = {
    "empty": (b"", "is empty"),
    "remarks only": (b"# nothing\n", "is empty"),
    "binary": (b"\x7fELF\x02\x01\x01" + bytes(64), "control characters"),
    "not UTF-8": ("name: café\n".encode("latin-1"), "not UTF-8 text (byte 9)"),
    "UTF-16": ("name: x\n".encode("utf-16"), "not UTF-8 text"),
    "a billion laughs": (LAUGHS, "line 1: anchors and aliases"),
    "a list": (b"- name: x\n", "must be a mapping"),
    "a word": (b"churn\n", "must be a mapping"),
    "a key twice": (b"name: a\nvcpu: 1\nname: b\n", "line 3: the key 'name' stands twice"),
    "two documents": (b"name: a\n---\nname: b\n", "line 2: holds a second document"),
    "nested without end": (b"name: " + b"[" * 50_000, "line 1: "),
    "mapped without end": (b"name: " + b"{a: " * 15_000, "nested deeper than 32 levels"),
    "cut off": (b'name: "abc', "not valid YAML"),
    "a tab": (b"name:\n\t- a\n", "line 2: the workload is not valid YAML"),
    "a key of its own kind": (b"yes: 1\n", "a key must be a text"),
}


@pytest.mark.parametrize("case", FILES)
def test_a_file_that_is_no_workload(advisor: Advisor, tmp_path: Path, case: str) -> None:
    content, reason = FILES[case]
    path = tmp_path / "odd.yaml"
    path.write_bytes(content)
    assert_refused(advisor("compare", path), str(path), reason)


def test_a_file_that_is_not_there(advisor: Advisor, tmp_path: Path) -> None:
    assert_refused(advisor("compare", tmp_path / "none.yaml"), str(tmp_path / "none.yaml"), "there is no such workload")


def test_a_folder(advisor: Advisor, tmp_path: Path) -> None:
    assert_refused(advisor("explain", tmp_path, "gke"), str(tmp_path), "is not a file: name the workload itself")


def test_a_name_too_long_for_a_file(advisor: Advisor) -> None:
    assert_refused(advisor("compare", "x" * 5000), "the workload cannot be read: ")


def test_a_file_that_may_not_be_read(advisor: Advisor, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refused by the system as it refuses anyone but the administrator, who may run the tests."""
    path, read = write(), Path.open

    def refuse(self: Path, *how: object) -> object:
        if self == path:
            raise PermissionError(13, "Permission denied")
        return read(self, *how)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refuse)
    assert_refused(advisor("compare", path), str(path), "the workload cannot be read: Permission denied")


def test_a_file_of_100_mb_is_not_read(advisor: Advisor, tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    with path.open("wb") as file:
        file.truncate(100 * 2**20)
    assert_refused(advisor("compare", path), str(path), "larger than 65,536 bytes")


def test_a_tag_runs_no_code(advisor: Advisor, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    path = tmp_path / "tag.yaml"
    path.write_text(f"name: !!python/object/apply:os.mkdir ['{mark}']\n")
    assert_refused(advisor("compare", path), str(path), "line 1: the tag ", "os.mkdir", "plain values only")
    assert not mark.exists()


def test_a_page_of_nonsense_is_one_short_message(advisor: Advisor, tmp_path: Path) -> None:
    """8,000 keys that are no fields, and five that are missing: ten lines and how many more, at once."""
    path = tmp_path / "nonsense.yaml"
    path.write_text("".join(f"{'k' * 3}{number}: 1\n" for number in range(5000)))
    outcome = advisor("compare", path)
    assert outcome.code == 2
    assert outcome.err.startswith(f"advisor: {path}: duration_s is missing; it takes a number of at least 1e-06")
    assert outcome.err.endswith(f"{path}: and 4995 more like these\n")
    assert outcome.err.count("\n") == 11


# fields: as written in YAML, the field that the message names, the value it shows, what it says is allowed

TEXT = "allowed: text of 1 to 10,000 characters"
VCPU = "allowed: a number of at least 0.001, at most 1,024 [vCPU]"
GPUS = "allowed: a whole number of at least 1, at most 16 [GPU]"
SHARES = "allowed: relative durations of 0.01 to 100"
WEIGHTS = "allowed: 24 or 168 finite numbers of at least 0, one of them above 0"
DAY = "[" + "1, " * 22 + "1"  # to be closed after one more number
VALUES = [
    ("vcpu: two", "vcpu is 'two'", VCPU),
    ('vcpu: "2"', "vcpu is '2'", VCPU),
    ("vcpu: yes", "vcpu is yes", VCPU),
    ("vcpu: [1, 2]", "vcpu is [1, 2]", VCPU),
    ("vcpu: {a: 1}", "vcpu is {'a': 1}", VCPU),
    ("vcpu:", "vcpu is blank", VCPU),
    ("vcpu: 0", "vcpu is 0", VCPU),
    ("vcpu: 1e-300", "vcpu is 1e-300", VCPU),
    ("vcpu: 1024.5", "vcpu is 1024.5", VCPU),
    ("vcpu: .nan", "vcpu is nan", VCPU),
    ("vcpu: .inf", "vcpu is inf", VCPU),
    ("vcpu: -.inf", "vcpu is -inf", VCPU),
    ("vcpu: 1e400", "vcpu is '1e400'", VCPU),
    ("vcpu: 2026-11-24", "vcpu is 2026-11-24", VCPU),
    ("vcpu: '" + "9" * 500 + "'", "vcpu is '999", VCPU),
    ("requests_per_month: -1", "requests_per_month is -1", "at least 0, at most 1,000,000,000,000 [requests/month]"),
    ("requests_per_month: 1e13", "requests_per_month is 10000000000000.0", "at most 1,000,000,000,000"),
    ("burst:", "burst is blank", "allowed: a number of at least 1, at most 1,000 [ratio]"),
    ("growth_per_month: -0.6", "growth_per_month is -0.6", "allowed: a number of at least -0.5, at most 1 [1/month]"),
    ("gpus: 1.5", "gpus is 1.5", GPUS),
    ("gpus: true", "gpus is yes", GPUS),
    ("gpus: 17", "gpus is 17", GPUS),
    ("gpus: .nan", "gpus is nan", GPUS),
    ("gpus: " + "9" * 18, "gpus is 999999999999999999", GPUS),
    ("has_ci: 1", "has_ci is 1", "allowed: yes or no"),
    ('has_ci: "yes"', "has_ci is 'yes'", "allowed: yes or no"),
    ("has_ci:", "has_ci is blank", "allowed: yes or no"),
    ("name: 5", "name is 5", TEXT),
    ("name: no", "name is no", TEXT),
    ("name: [a]", "name is ['a']", TEXT),
    ("name: 2026-11-24", "name is 2026-11-24", TEXT),
    ('name: ""', "name is ''", "allowed: some text"),
    ('name: "  "', "name is '  '", "allowed: some text"),
    ("name: " + "x" * 10_001, "name is 'xxx", TEXT),
    ("kind: batch", "kind is 'batch'", "allowed: one of online, async"),
    ("kind: 1", "kind is 1", "allowed: one of online, async"),
    ("availability: 0.98", "availability is 0.98", "allowed: one of 0.99, 0.995, 0.999, 0.9995"),
    ("availability: .nan", "availability is nan", "allowed: one of 0.99, 0.995, 0.999, 0.9995"),
    ("commitment_years: 2", "commitment_years is 2", "allowed: one of 0, 1, 3"),
    ("duration_full_s: 0.1", "duration_full_s is 0.1", "it must be at least duration_s"),
    ("timeout_s: 0.1", "timeout_s is 0.1", "it must be at least duration_s"),
    ("gpu: 4", "gpu is 4", "allowed: none, a GPU type such as l4, or a map"),
    ("gpu: [l4]", "gpu is ['l4']", "allowed: none, a GPU type such as l4, or a map"),
    ("gpu: {}", "gpu is {}", "allowed: none, a GPU type such as l4, or a map"),
    ("gpu: {l4: fast}", "gpu is {'l4': 'fast'}", f"{SHARES}; l4 has 'fast'"),
    ('gpu: {l4: "1"}', "gpu is {'l4': '1'}", f"{SHARES}; l4 has '1'"),
    ("gpu: {l4: yes}", "gpu is {'l4': True}", f"{SHARES}; l4 has yes"),
    ("gpu: {l4: 0}", "gpu is {'l4': 0}", f"{SHARES}; l4 has 0"),
    ("gpu: {l4: .nan}", "gpu is {'l4': nan}", f"{SHARES}; l4 has nan"),
    ("gpu: {l4: 101}", "gpu is {'l4': 101}", f"{SHARES}; l4 has 101"),
    ("gpu: {none: 1}", "gpu is {'none': 1}", "'none' is no GPU type"),
    ("gpu: {4: 1}", "gpu is {4: 1}", "4 is no GPU type"),
    ('gpu: {"l4 t4": 1}', "gpu is {'l4 t4': 1}", "'l4 t4' is no GPU type"),
    ("gpu: l4 l4", "gpu is 'l4 l4'", "allowed: each GPU type once"),
    ("gpu: l4:x", "gpu is 'l4:x'", f"{SHARES}; l4 has 'x'"),
    ("weights: [1, 2]", "weights is [1, 2]", "allowed: 24 or 168 numbers; there are 2"),
    ("weights: 1", "weights is 1", WEIGHTS),
    ("weights: {a: 1}", "weights is {'a': 1}", WEIGHTS),
    (f"weights: {DAY}, -1]", "weights is [1, 1, ", "allowed: finite numbers of at least 0; number 24 is -1"),
    (f"weights: {DAY}, .nan]", "weights is [1, 1, ", "allowed: finite numbers of at least 0; number 24 is nan"),
    (f"weights: {DAY}, .inf]", "weights is [1, 1, ", "allowed: finite numbers of at least 0; number 24 is inf"),
    (f"weights: {DAY}, yes]", "weights is [1, 1, ", "allowed: finite numbers of at least 0; number 24 is yes"),
    (f'weights: {DAY}, "1"]', "weights is [1, 1, ", "allowed: finite numbers of at least 0; number 24 is '1'"),
    (f"weights: {DAY.replace('1', '0')}, 0]", "weights is [0, 0, ", "allowed: at least one number above 0"),
    (f"weights: {DAY}, 1]", "weights is (1.0, 1.0, ", "it must be given exactly when profile is custom"),
    ("profile: custom", "weights is blank", "it must be given exactly when profile is custom"),
    ("memroy_gib: 1", "'memroy_gib' is not a field", "did you mean memory_gib?"),
    ("zzz: 1", "'zzz' is not a field", ""),
    ("5: 1", "'5' is not a field", ""),
    ("2026-11-24: 1", "'2026-11-24' is not a field", ""),
    ('"\\e[31m": 1', "'\\x1b[31m' is not a field", ""),
]


@pytest.mark.parametrize(("line", "fault", "allowed"), VALUES, ids=[line[:40] for line, _, _ in VALUES])
def test_a_value_that_a_field_does_not_take(
    advisor: Advisor, write: Write, line: str, fault: str, allowed: str
) -> None:
    name, _, value = line.partition(":")
    path = write(**{name: value})
    assert_refused(advisor("compare", path), f"advisor: {path}: ", fault, allowed)


@pytest.mark.parametrize("name", GOOD)
def test_a_field_that_is_missing(advisor: Advisor, write: Write, name: str) -> None:
    path = write(**{name: None})
    assert_refused(advisor("compare", path), f"advisor: {path}: {name} is missing; it takes ")


def test_all_that_is_wrong_stands_in_one_message(advisor: Advisor, write: Write) -> None:
    path = write(vcpu="-1", memory_gib="none", profil="steady")
    outcome = advisor("compare", path)
    assert (outcome.code, outcome.err.count("advisor: "), outcome.err.count("\n")) == (2, 1, 3)
    for fault in (f"{path}: vcpu is -1; ", f"{path}: memory_gib is 'none'; ", "did you mean profile?"):
        assert fault in outcome.err


@pytest.mark.parametrize(
    "line", ["gpus: 1.0", "min_replicas: 1e1", f"weights: {DAY}, 1]\nprofile: custom", "hour_usd:", "log_kib: 0"]
)
def test_what_looks_odd_and_is_allowed(advisor: Advisor, write: Write, line: str) -> None:
    name, _, value = line.partition(":")
    assert advisor("compare", write(**{name: value}), *AS_OF).code == 0


# names

NAMES = [
    ("geography: us-centrl", "geography is 'us-centrl'", "did you mean 'us-central'"),
    ("geography: atlantis", "geography is 'atlantis'", "there is asia-northeast, eu-central"),
    ("profile: ofice-hours", "profile is 'ofice-hours'", "did you mean 'office-hours'?"),
    ("gcp_region: us-centrl1", "gcp_region is 'us-centrl1'", "region of gcp; did you mean 'us-central1'"),
    ("aws_region: us-est-1", "aws_region is 'us-est-1'", "region of aws; did you mean 'us-east-1'"),
    ("azure_region: estus", "azure_region is 'estus'", "region of azure; did you mean 'eastus'"),
    (
        "azure_region: narnia",
        "azure_region is 'narnia'",
        "region of azure; there is eastus, eastus2, germany",
    ),
    ("gpu: l5", "gpu is 'l5'", "nobody sells l5; there is"),
    ("gpu: {a100-40g: 1, l4: 1}", "gpu is 'a100-40g:1.0 l4:1.0'", "nobody sells a100-40g; did you mean 'a100-40gb'"),
    ("gpu: L4", "gpu is 'L4'", "did you mean 'l4'"),
    ("current_option: cloudrun", "current_option is 'cloudrun'", "did you mean cloud-run?"),
    ("geography: '[bold]x[/bold]'", "geography is '[bold]x[/bold]'", "there is"),
    ('geography: "a\\nb\\u202e"', "geography is 'a\\nb\\u202e'", "there is"),
]


@pytest.mark.parametrize(("line", "fault", "near"), NAMES, ids=[line for line, _, _ in NAMES])
def test_a_name_that_nobody_knows(advisor: Advisor, write: Write, line: str, fault: str, near: str) -> None:
    name, _, value = line.partition(":")
    path = write(**{name: value})
    assert_refused(advisor("compare", path), f"advisor: {path}: {fault}; ", near)


@pytest.mark.parametrize("gpu", ["rtx-pro-6000", "{h200: 1, rtx-pro-6000: 1}"])
@pytest.mark.parametrize("command", ["compare", "choose"])
def test_a_gpu_that_nobody_sells_in_the_region(advisor: Advisor, write: Write, command: str, gpu: str) -> None:
    """Neither Warsaw nor Frankfurt has them, and no server of one's own either."""
    path = write(gpu=gpu, geography="poland")
    outcome = advisor(command, path, *AS_OF)
    assert_refused(
        outcome, f"advisor: {path}: gpu is ", "; nobody sells it in the regions of poland; there is a10,", "l4"
    )
    assert "h200," not in outcome.err


@pytest.mark.parametrize("option", ["cloud-run", "gke+kserve", "lambda"])
def test_an_option_of_today_need_not_be_compared(advisor: Advisor, write: Write, option: str) -> None:
    assert advisor("compare", write(current_option=option), *AS_OF).code == 0


OPTIONS = [
    (("compare", "--options", "cloudrun"), "option 'cloudrun'", "did you mean 'cloud-run'?"),
    (("compare", "--options", "gke,"), "option ''", "there is "),
    (("compare", "--options", ""), "option ''", "there is "),
    (("explain", "gkee"), "option 'gkee'", "did you mean 'gke'?"),
    (("explain", "\x1b[31mgke"), "option '\\x1b[31mgke'", "there is "),
    (("explain", "gke", "--mode", "zonl"), "'zonl'", "did you mean 'zonal'?"),
    (("explain", "gke", "--mode", ""), "''", "there is regional, zonal"),
    (("explain", "cloud-run", "--mode", "gpu"), "'gpu'", "there is instance, request"),
    (("explain", "gke", "--machine", "e2-standrd-2"), "'e2-standrd-2'", "did you mean 'e2-standard-2'"),
    (("explain", "gke", "--machine", ""), "''", "more"),
    (("explain", "cloud-run", "--machine", "e2-standard-2"), "'e2-standard-2'", "there is "),
    (("explain", "gke", "--purchase", "1y-bse"), "'1y-bse'", "did you mean '1y-base'"),
    (("compare", "--as-of", "yesterday"), "--as-of is 'yesterday'", "a day such as 2026-10-31"),
    (("compare", "--as-of", "2026-02-30"), "--as-of is '2026-02-30'", "a day such as 2026-10-31"),
    (("compare", "--as-of", "20261124"), "--as-of is '20261124'", "a day such as 2026-10-31"),
    (("compare", "--as-of", "2026-W44-6"), "--as-of is '2026-W44-6'", "a day such as 2026-10-31"),
    (("compare", "--as-of", ""), "--as-of is ''", "a day such as 2026-10-31"),
]


@pytest.mark.parametrize(("words", "fault", "near"), OPTIONS, ids=[" ".join(words) for words, _, _ in OPTIONS])
def test_an_option_of_the_command_line(
    advisor: Advisor, write: Write, words: tuple[str, ...], fault: str, near: str
) -> None:
    command, *rest = words
    assert_refused(advisor(command, write(), *rest), fault, near)


@pytest.mark.parametrize(
    "words",
    [("compare",), ("bogus",), ("compare", "a", "b"), ("compare", "a", "--bogus"), ("compare", "a", "--\x1b[31m")],
)
def test_a_command_line_that_is_none(advisor: Advisor, words: tuple[str, ...]) -> None:
    outcome = advisor(*words)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.count("Usage:") == 1
    assert "Traceback" not in outcome.err
    assert "\x1b" not in outcome.err


def test_names_may_have_blanks_between_them(advisor: Advisor, write: Write) -> None:
    assert advisor("compare", write(), *AS_OF, "--options", "gke, cloud-run").code == 0


# answers that are no errors


def test_a_gpu_that_the_region_does_not_sell_is_an_answer(advisor: Advisor, write: Write) -> None:
    """The A10G is AWS's: known, and not to be had from Google Cloud."""
    outcome = advisor("compare", write(gpu="a10g"), *AS_OF, "--options", "cloud-run,gke")
    assert (outcome.code, outcome.err) == (3, "")
    for option in ("cloud-run", "gke"):
        assert f"{option} infeasible: cannot find a suitable machine sold in us-central1" in " ".join(
            outcome.out.split()
        )


def test_before_the_first_price_everything_is_unknown(advisor: Advisor, write: Write) -> None:
    outcome = advisor("compare", write(), "--as-of", "1999-01-01")
    assert (outcome.code, outcome.err) == (0, "")
    assert "cloud-run unknown: no price is known for " in outcome.out
    assert "No option can be priced for this workload." in outcome.out


def test_where_no_machine_has_a_price_none_is_called_the_cheapest(advisor: Advisor, write: Write) -> None:
    """Prices of Oregon are not in the book: an explanation is about some machine, a comparison prefers none."""
    path, options = write(geography="us-west"), ("--options", "gke")
    (compared,) = json.loads(advisor("compare", path, *AS_OF, *options, "--json").out)["options"]
    assert (compared["status"], compared["machine"]) == ("unknown", None)
    assert json.loads(advisor("explain", path, "gke", *AS_OF, "--json").out)["machine"]
    lines = [line.split() for line in advisor("compare", path, *AS_OF, *options).out.splitlines()]
    assert ["gke", "unknown"] in lines  # nothing in the column of the cheapest way


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_ends_of_the_calendar(advisor: Advisor, write: Write, day: str) -> None:
    outcome = advisor("compare", write(), "--as-of", day, "--json")
    assert (outcome.code, outcome.err) == (0, "")
    assert json.loads(outcome.out)["prices"]["as_of"] == day


# overlays

YOURS = "name: a contract\nsource: of today\n"
PRICE = YOURS + "prices: [{service: gcp/cloud_run, meter: requests, usd: 1}]\n"
OVERLAYS = {
    "empty": ("", "the overlay is empty"),
    "a list": ("- 1\n", "the overlay must be a mapping"),
    "nameless": ("source: of today\n", "name: is needed"),
    "no key": (YOURS + "price: []\n", "'price' is no key here; did you mean prices"),
    "no list": (YOURS + "prices: 5\n", "prices: must be a list"),
    "no service": (PRICE.replace("cloud_run", "cloudrun"), "'gcp/cloudrun' is not known; did you mean gcp/cloud_run"),
    "no meter": (PRICE.replace("requests", "reqests"), "'reqests' is not known; did you mean requests"),
    "no region": (PRICE.replace("usd", "region: mars, usd"), "region: 'mars' is not known"),
    "below zero": (PRICE.replace("1}", "-1}"), "usd: -1 is out of bounds; allowed is a number of at least 0"),
    "no number": (PRICE.replace("1}", ".nan}"), "usd: nan is not a finite number; allowed is a number of at least 0"),
    "all of it": (
        YOURS + "discounts: [{percent: 100}]\n",
        "percent: 100 is out of bounds; allowed is a number below 100",
    ),
    "no fact": (YOURS + "facts: [{service: gcp/cloud_run, fact: idle, value: 1}]\n", "fact: 'idle' is not known"),
    "a fact too late": (
        YOURS + "facts: [{service: gcp/cloud_run, fact: idle_shutdown_s, value: 3601}]\n",
        "value: 3601 is out of bounds; allowed is a number of at least 0 and at most 3600",
    ),
    "a fact too low": (
        YOURS + "facts: [{service: gcp/cloud_run, fact: target_utilisation, value: 0}]\n",
        "value: 0 is out of bounds; allowed is a number above 0 and at most 1",
    ),
    "a control character": ('name: "a\\e[31m"\nsource: b\n', "name: is needed, as one line of text"),
    "a control character in a key": (YOURS + '"p\\e[31m": 1\n', "'p\\x1b[31m' is no key here"),
}


@pytest.mark.parametrize("case", OVERLAYS)
def test_an_overlay_that_cannot_be_used(advisor: Advisor, write: Write, tmp_path: Path, case: str) -> None:
    text, reason = OVERLAYS[case]
    overlay = tmp_path / "overlay.yaml"
    overlay.write_text(text)
    assert_refused(advisor("compare", write(), "--prices", overlay), f"advisor: {overlay}: ", reason)


def test_an_overlay_that_is_no_file(advisor: Advisor, write: Write, tmp_path: Path) -> None:
    assert_refused(advisor("compare", write(), "--prices", tmp_path / "none.yaml"), "there is no such overlay")
    assert_refused(advisor("compare", write(), "--prices", tmp_path), "is not a file: name the overlay itself")


@pytest.mark.parametrize("name", ["[red]", "[/x] y", "a \\\\"])
def test_markup_in_an_overlay_is_text(advisor: Advisor, write: Write, tmp_path: Path, name: str) -> None:
    overlay = tmp_path / "overlay.yaml"
    overlay.write_text(PRICE.replace("a contract", f"'{name}'"))
    outcome = advisor(
        "explain", write(requests_per_month="1e9"), "cloud-run", "--mode", "request", *AS_OF, "--prices", overlay
    )
    assert (outcome.code, outcome.err) == (0, "")
    assert name in outcome.out


# names that would like to steer a terminal

NASTY = {
    "colour": "\x1b[31mred\x1b[0m",
    "colour by one byte": "\x9b31mred",
    "clears the screen": "\x1b[2J\x1b[H",
    "bell and backspace": "a\a\b\b",
    "lines": "a\nb\r\nc\u2028d",
    "hides what was": "\rservice",
    "right to left": "\u202egnp.exe\u202c",
    "isolates": "\u2066x\u2069\u200f",
    "a byte order mark": "\ufeffx",
    "markup": "[bold red]x[/bold red]",
    "closing markup": "[/] [/bold] [link=https://example.org]x",
    "a backslash at the end": "x\\",
    "wide": "日本語" * 30,
    "combining": "e" + "\u0301" * 200,
    "long": "x" * 10_000,
}


SHOWN = [
    *(("compare", "option ", case) for case in NASTY),
    ("choose", "Choose ", "lines"),
    ("choose", "Choose ", "markup"),
]


@pytest.mark.parametrize(("command", "after", "case"), SHOWN)
def test_a_name_is_inert(advisor: Advisor, write: Write, command: str, after: str, case: str) -> None:
    """What follows the line with the name is the same as with a plain name, and nothing in it steers a terminal."""
    plain = advisor(command, write(), *AS_OF)
    nasty = advisor(command, write(name=json.dumps(NASTY[case])), *AS_OF)
    assert (nasty.code, nasty.err) == (0, "")
    assert nasty.out[nasty.out.index(after) :] == plain.out[plain.out.index(after) :]
    assert all(each.isprintable() or each == "\n" for each in nasty.out)


@pytest.mark.parametrize("case", NASTY)
def test_a_name_is_inert_in_json_and_still_the_name(advisor: Advisor, write: Write, case: str) -> None:
    outcome = advisor("explain", write(name=json.dumps(NASTY[case])), "gke", *AS_OF, "--json")
    assert outcome.out.isascii()
    assert all(each.isprintable() or each == "\n" for each in outcome.out)
    assert json.loads(outcome.out)["workload"]["name"] == NASTY[case]


def test_markup_in_a_name_is_shown_as_written(advisor: Advisor, write: Write) -> None:
    assert (
        "[bold red]x[/bold red]: 1,000 requests"
        in advisor("compare", write(name="'[bold red]x[/bold red]'"), *AS_OF).out
    )


def test_a_path_is_inert(advisor: Advisor, tmp_path: Path, write: Write) -> None:
    path = tmp_path / "a\x1b[31m[bold]\nb.yaml"
    assert_refused(advisor("compare", path), "a\\x1b[31m[bold]\\nb.yaml: there is no such workload")
    write().rename(path)
    outcome = advisor("compare", path, *AS_OF)
    assert outcome.code == 0
    assert "a\\x1b[31m[bold]\\nb.yaml" in outcome.out.replace("\n", "")


def test_values_in_messages_are_short_and_harmless() -> None:
    assert shown(10**5000) == "a number beyond all bounds"
    assert shown("\u202e\x1b") == "'\\u202e\\x1b'"
    assert len(shown("x" * 1000)) == 80
    assert printable("é日\x1b\n\u202e") == "é日\\x1b\\n\\u202e"


# the process


def process(*words: object, **how: object) -> subprocess.CompletedProcess[str]:
    command = [*ADVISOR, *map(str, words)]
    return subprocess.run(command, cwd=ROOT, text=True, capture_output=True, timeout=60, check=False, **how)  # type: ignore[call-overload,no-any-return]


def test_the_process_ends_with_two_and_one_message(tmp_path: Path) -> None:
    run = process("compare", tmp_path / "none.yaml")
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr == f"advisor: {tmp_path / 'none.yaml'}: there is no such workload\n"


@pytest.mark.parametrize("words", [("compare",), ("compare", "--json"), ("explain", "gke")])
def test_a_reader_that_goes_away_sees_no_traceback(write: Write, words: tuple[str, ...]) -> None:
    command = [*ADVISOR, words[0], str(write()), *words[1:], *AS_OF]
    reading, writing = os.pipe()
    os.close(reading)
    run = subprocess.run(command, cwd=ROOT, stdout=writing, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    os.close(writing)
    assert (run.returncode, run.stderr) == (1, "")


def test_a_full_disk_is_one_message(write: Write, tmp_path: Path) -> None:
    """No file may grow beyond 16 bytes, as if the disk were full."""
    with (tmp_path / "answer").open("w") as answer:
        run = subprocess.run(
            [*ADVISOR, "compare", str(write()), *AS_OF],
            cwd=ROOT, stdout=answer, stderr=subprocess.PIPE, text=True, timeout=60, check=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (16, 16)),
        )  # fmt: skip
    assert (run.returncode, run.stderr) == (1, "advisor: the answer cannot be written: File too large\n")


@pytest.mark.parametrize("words", [("compare",), ("compare", "--json"), ("explain", "gke")])
def test_a_terminal_without_the_characters_gets_others(write: Write, words: tuple[str, ...]) -> None:
    run = process(words[0], write(name="café"), *words[1:], *AS_OF, env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.isascii()
