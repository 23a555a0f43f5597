"""Meters that only some purchases charge, and the fee that a vendor takes on running machines."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from pricing import DATA, load
from pricing.checks import problems

AS_OF = dt.date(2026, 11, 24)
SPOT, PODS = "autopilot_general_purpose_spot_vcpu_hours", "autopilot_general_purpose_vcpu_hours"


def test_a_purchase_charges_what_its_meters_say() -> None:
    lists = load(AS_OF).price_lists(["gcp/gke"], "us-central1", purchases=["on-demand", "1y-base", "spot"])
    assert {purchase: SPOT in rates for purchase, rates in lists.items()} == {
        "on-demand": False,
        "1y-base": False,
        "spot": True,
    }
    assert {purchase: PODS in rates for purchase, rates in lists.items()} == {
        "on-demand": True,
        "1y-base": True,
        "spot": False,
    }
    assert all("autopilot_cluster_hours" in rates for rates in lists.values())


def test_a_meter_has_one_rate_whoever_charges_it() -> None:
    lists = load(AS_OF).price_lists(["gcp/gke"], "us-central1", purchases=["on-demand", "1y-base"])
    assert lists["on-demand"][PODS] is lists["1y-base"][PODS]


@pytest.mark.parametrize(
    ("purchases", "said"),
    [([], "at least 1 item"), (["spots"], "'spots' is not one of the known; did you mean spot?"), ("spot", "list")],
)
def test_purchases_that_nobody_offers_are_refused(tmp_path: Path, purchases: Any, said: str) -> None:
    data = shutil.copytree(DATA, tmp_path / "data")
    path = data / "gcp/gke.yaml"
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    document["prices"][SPOT]["purchases"] = purchases
    path.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    found = problems(load(AS_OF, data=data))
    assert len(found) == 1
    assert found[0].startswith(f"gcp/gke.yaml: prices.{SPOT}.purchases")
    assert said in found[0]


def fee(machine: str, region: str, purchase: str = "on-demand") -> float:
    book = load(AS_OF)
    machines = book.machines("aws/ec2", region, names=[machine])
    rate = book.price_lists(["aws/eks_auto"], region, machines, [purchase])[purchase]["managed_machine_hours"]
    return float(rate.charge(np.ones((1, 1)), np.zeros((1, 1)))[0, 0])


@pytest.mark.parametrize(
    ("machine", "region", "usd_per_hour"),
    [
        ("t4g.medium", "us-east-1", 0.00403),
        ("m7g.large", "us-east-1", 0.00979),
        ("m7i.large", "us-east-1", 0.0121),
        ("m7i.xlarge", "ap-northeast-1", 0.03125),
        ("g6.xlarge", "ap-northeast-1", 0.09104),
    ],
)
def test_fee_of_auto_mode_by_the_price_list(machine: str, region: str, usd_per_hour: float) -> None:
    assert fee(machine, region) == pytest.approx(usd_per_hour, rel=2e-3)  # the list has three or four digits


def test_fee_of_the_largest_gpus_is_sixty_percent_less() -> None:
    book = load(AS_OF)
    price = book.machines("aws/ec2", "us-east-1", names=["p5.48xlarge"]).usd_per_hour["on-demand"][0]
    assert fee("p5.48xlarge", "us-east-1") == pytest.approx(price * 0.12 * (1 - 0.60), rel=1e-12)


def test_the_fee_does_not_depend_on_how_a_machine_is_bought() -> None:
    assert fee("m6a.large", "us-east-1") == fee("m6a.large", "us-east-1", "spot") == pytest.approx(0.0864 * 0.12)


def test_who_says_so() -> None:
    book = load(AS_OF)
    machines = book.machines("aws/ec2", "us-east-1", names=["p5.48xlarge"])
    about = book.price_lists(["aws/eks_auto"], "us-east-1", machines)["on-demand"]["managed_machine_hours"].about
    assert about.grade == "derived"
    assert "0.048 computed" in about.rule
    assert about.unit == "machine-hour"


def test_a_cluster_that_runs_its_own_nodes_pays_no_fee() -> None:
    book = load(AS_OF)
    machines = book.machines("aws/ec2", "us-east-1", names=["m5.large"])
    assert "managed_machine_hours" not in book.price_lists(["aws/eks"], "us-east-1", machines)["on-demand"]
