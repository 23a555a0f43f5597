"""`advisor prices` as people type it: what it prints, what it refuses, and how it ends."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from advisor.cli import main
from pricing import DATA

PRICES = Path(__file__).parent / "fixtures" / "prices"
AS_OF = "2026-11-24"
Typed = Callable[..., tuple[int, str, str]]


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typed:
    """Type a command; get its exit code, what it prints and what it says on the error stream."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("FORCE_COLOR", raising=False)

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["advisor", "prices", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return run


def test_list_names_every_service_within_80_columns(typed: Typed) -> None:
    code, out, _ = typed("list", "--as-of", AS_OF)
    assert code == 0
    assert max(map(len, out.splitlines())) <= 80
    assert "gcp/" in out
    assert "cloud_run " in out
    assert "P primary" in out


def test_list_for_machines(typed: Typed) -> None:
    code, out, _ = typed("list", "--as-of", AS_OF, "--json")
    document = json.loads(out)
    assert (code, document["as_of"]) == (0, AS_OF)
    run = next(each for each in document["services"] if each["service"] == "gcp/cloud_run")
    assert run["prices"] > 0
    assert run["oldest"] <= run["newest"] <= AS_OF


def test_show_prints_price_source_age_and_allowance(typed: Typed) -> None:
    code, out, _ = typed("show", "gcp/cloud_run", "--as-of", AS_OF)
    assert code == 0
    assert max(map(len, out.splitlines())) <= 80
    words = " ".join(out.split())
    assert "requests per request, principal" in words
    assert "Cloud Billing Catalog: Cloud Run, 2026-04-30, primary, 208 days old, stale" in words
    assert "free each month per billing account: the first 2,000,000" in words
    assert "1y-base: 17% off, as request_vcpu_seconds_base" in words


def test_show_prints_tiers(typed: Typed) -> None:
    _, out, _ = typed("show", "gcp/network", "--region", "europe-central2", "--as-of", AS_OF)
    assert "0.12; 0.11 from 1,024; 0.08 from 10,240" in " ".join(out.split())


def test_show_of_a_region_lists_machines(typed: Typed) -> None:
    _, everywhere, _ = typed("show", "gcp/compute_engine", "--as-of", AS_OF)
    _, one, _ = typed("show", "gcp/compute_engine", "--region", "us-central1", "--as-of", AS_OF)
    assert "--region R lists them" in everywhere
    assert "e2-standard-2" not in everywhere
    assert "e2-standard-2" in one


def test_show_says_what_has_no_price_in_a_region(typed: Typed) -> None:
    _, out, _ = typed("show", "gcp/network", "--region", "us-west1", "--as-of", AS_OF)
    assert "no price there: borrowed from the dearest region" in out


def test_show_for_machines(typed: Typed) -> None:
    _, out, _ = typed("show", "gcp/compute_engine", "--region", "us-central1", "--as-of", AS_OF, "--json")
    document = json.loads(out)
    assert document["region"] == "us-central1"
    assert next(each for each in document["machines"] if each["machine"] == "e2-standard-2")["vcpu"] == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["show", "gcp/cloudrun"], "service 'gcp/cloudrun' is not known; did you mean 'gcp/cloud_run'?"),
        (["show", "gcp/gke", "--region", "us-central"], "region 'us-central' is not known; did you mean 'us-central1'"),
        (["list", "--as-of", "yesterday"], "--as-of is 'yesterday'; allowed: a day such as 2026-10-31"),
        (["check", "nowhere"], "there is no such folder of facts"),
    ],
)
def test_what_is_wrong_is_one_sentence(typed: Typed, arguments: list[str], said: str) -> None:
    code, out, err = typed(*arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert len(err.splitlines()) == 1


def test_coverage_prints_a_sign_for_every_option_and_place(typed: Typed) -> None:
    code, out, _ = typed("coverage", "--as-of", AS_OF)
    assert code == 0
    assert max(map(len, out.splitlines())) <= 80
    (first, *_) = [line for line in out.splitlines() if line.startswith("cloud-run ")]
    assert first.split()[1] == "●"
    assert "× impossible: cannot run such a service" in out


def test_coverage_for_machines_under_prices_of_ones_own(typed: Typed, tmp_path: Path) -> None:
    overlay = tmp_path / "ours.yaml"
    overlay.write_text(
        "name: ours\nsource: a test\nprices:\n"
        "  - {service: gcp/cloud_run, meter: request_vcpu_seconds, usd: 1}\n"
        "  - {service: gcp/cloud_run, meter: request_gib_seconds, usd: 1}\n"
    )
    _, listed, _ = typed("coverage", "--as-of", AS_OF, "--json")
    _, ours, _ = typed("coverage", "--as-of", AS_OF, "--json", "--prices", str(overlay))
    assert json.loads(listed)["fingerprint"] != json.loads(ours)["fingerprint"]
    assert json.loads(listed)["cells"][0] == {
        "reference": "cpu",
        "option": "cloud-run",
        "geography": "us-central",
        "region": "us-central1",
        "inside": True,
        "state": "priced",
        "reasons": [],
    }


def test_check_finds_nothing_in_the_book(typed: Typed) -> None:
    assert typed("check") == (0, "No findings in the price book\n", "")


def test_check_says_what_is_wrong_and_ends_with_1(typed: Typed, tmp_path: Path) -> None:
    data = shutil.copytree(PRICES, tmp_path / "prices")
    path = data / "gcp" / "network.yaml"
    path.write_text(path.read_text().replace("unit: GiB\n", "unit: furlong\n"))
    code, out, _ = typed("check", str(data))
    assert code == 1
    assert "gcp/network.yaml: prices.internet_egress_gib.unit: 'furlong' is not one of the known" in out
    assert out.splitlines()[-1] == f"Findings: 1, in {data}"
    code, out, _ = typed("check", str(data), "--json")
    assert (code, len(json.loads(out)["findings"])) == (1, 1)


LACKING = {  # of the logs of Google Cloud: what stands there, and what is left of it
    "a unit": ("logs taken in, kept 30 days\n    unit: GiB\n", "logs taken in, kept 30 days\n"),
    "a source": ("    source: catalog_logging\n    allow", "    allow"),
    "the day it was read": (", read: 2026-11-23}", "}"),
    "a day from which it counts": ("us-central1: {2026-04-30: 0.5}", "us-central1: 0.5"),
}


@pytest.mark.parametrize("lack", LACKING)
def test_check_finds_what_lacks(lack: str, typed: Typed, tmp_path: Path) -> None:
    path = shutil.copytree(DATA, tmp_path / "data") / "gcp" / "operations.yaml"
    whole, (there, left) = path.read_text(), LACKING[lack]
    assert there in whole
    path.write_text(whole.replace(there, left))
    code, out, err = typed("check", str(tmp_path / "data"))
    assert (code, err) == (1, "")
    assert "gcp/operations.yaml: " in out
