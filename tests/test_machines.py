"""Machines of a market: which compete, what they cost, how they may be bought."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from pricing import FactError, Machines, PriceBook, load
from pricing.rate import Rate
from pricing.scale import Array
from pricing.table import rows_of

PRICES = Path(__file__).parent / "fixtures" / "prices"
TODAY = date(2026, 6, 1)
MARKET = "gcp/compute_engine"
HERE = "us-central1"
ALL = ("on-demand", "1y-base", "1y-peak", "spot")


@pytest.fixture
def book() -> PriceBook:
    return load(TODAY, data=PRICES)


@pytest.fixture
def machines(book: PriceBook) -> Machines:
    return book.machines(MARKET, HERE)


def usd(rate: Rate, hours: float) -> Array:
    return rate.charge(np.array([[hours]]), np.ones((1, 1)))[0]


def test_competing_machines_of_the_arch_without_gpu(machines: Machines) -> None:
    assert machines.names == ("e2-standard-2", "e2-standard-4")  # not Arm, GPU, burstable, previous, or not sold here
    assert machines.vcpu.tolist() == [2.0, 4.0]
    assert machines.memory_gib.tolist() == [8.0, 16.0]
    assert machines.max_pods.tolist() == [110.0, 110.0]
    assert machines.usd_per_hour["on-demand"].tolist() == [0.07, 0.14]


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"arch": "arm64"}, ("c4a-standard-4",)),
        ({"arch": "any"}, ("c4a-standard-4", "e2-standard-2", "e2-standard-4")),
        ({"gpus": ("l4", "t4")}, ("g2-standard-4",)),
        ({"gpus": ("t4",)}, ()),
        ({"burstable": True}, ("e2-medium", "e2-standard-2", "e2-standard-4")),
        ({"names": ("n1-standard-4", "e2-medium")}, ("n1-standard-4", "e2-medium")),
    ],
)
def test_who_competes(book: PriceBook, asked: dict[str, object], names: tuple[str, ...]) -> None:
    machines = book.machines(MARKET, HERE, **asked)  # type: ignore[arg-type]
    assert machines.names == names
    assert len(machines) == len(names) == len(machines.usd_per_hour["spot"])


def test_columns_of_a_gpu_machine(book: PriceBook) -> None:
    machines = book.machines(MARKET, HERE, gpus=["l4"])
    assert (machines.gpu, machines.gpus.tolist(), machines.gpu_memory_gib.tolist()) == (("l4",), [1.0], [24.0])
    assert (machines.family, machines.arch, machines.generation) == (("g2",), ("amd64",), ("current",))
    assert machines.burstable.tolist() == [False]
    assert np.isnan(machines.max_pods).all()


def test_a_machine_the_region_does_not_list_is_not_sold_there(book: PriceBook) -> None:
    machines = book.machines(MARKET, HERE, names=["n2-standard-8", "e2-standard-2"])
    assert machines.sold["on-demand"].tolist() == [False, True]
    assert np.isnan(machines.usd_per_hour["on-demand"][0])


def test_a_price_is_unknown_or_not_sold_or_absent(machines: Machines) -> None:
    assert machines.usd_per_hour["1y"][0] == 0.05
    assert machines.sold["1y"].tolist() == [True, False]  # stated not sold
    assert machines.sold["spot"].tolist() == [True, True]  # stated unknown
    assert machines.sold["3y"].tolist() == [True, True]  # no row: unknown
    assert np.isnan(machines.usd_per_hour["3y"]).all()


def test_a_region_that_the_table_misses_has_unknown_prices(book: PriceBook) -> None:
    machines = book.machines(MARKET, "us-west1")
    assert machines.names == ("e2-standard-2", "e2-standard-4")  # n2-standard-8 is sold nowhere in this market
    assert np.isnan(machines.usd_per_hour["on-demand"]).all()
    assert machines.sold["on-demand"].all()


@pytest.mark.parametrize(("day", "price"), [("2024-12-31", math.nan), ("2025-01-01", 0.06), ("2026-05-15", 0.07)])
def test_a_machine_price_holds_until_the_next(day: str, price: float) -> None:
    machines = load(date.fromisoformat(day), data=PRICES).machines(MARKET, HERE, names=["e2-standard-2"])
    assert machines.usd_per_hour["on-demand"] == pytest.approx(price, nan_ok=True)
    assert machines.sold["on-demand"].all()


def test_an_unknown_machine_suggests_the_nearest(book: PriceBook) -> None:
    with pytest.raises(FactError, match="e2-standart-2: there is no such machine; did you mean e2-standard-2"):
        book.machines(MARKET, HERE, names=["e2-standart-2"])
    with pytest.raises(FactError, match="there is no such table"):
        book.machines("gcp/compute", HERE)


def test_a_quote_names_its_source(machines: Machines) -> None:
    recent, early = machines.quotes["on-demand"]
    assert (recent.source, recent.date, recent.stale) == ("Table of machines", "2026-05-15", False)
    assert (early.source, early.date, early.stale) == ("Early table", "2025-01-01", True)


def test_taking_keeps_every_column_in_step(book: PriceBook) -> None:
    machines = book.machines(MARKET, HERE, arch="any")
    taken = machines.take([2, 0])
    assert taken.names == ("e2-standard-4", "c4a-standard-4")
    assert taken.arch == ("amd64", "arm64")
    assert taken.vcpu.tolist() == [4.0, 4.0]
    assert taken.usd_per_hour["on-demand"].tolist() == [0.14, 0.15]
    assert taken.quotes["on-demand"][0] is machines.quotes["on-demand"][2]


def test_warm_calls_return_the_same_machines(book: PriceBook, machines: Machines) -> None:
    assert book.machines(MARKET, HERE) is machines


def test_only_rows_of_the_region_are_read() -> None:
    table = "machine,region,from\na,west,2\nb,we,1\nwest,we,3\nc,west,4\n"
    assert [row["machine"] for row in rows_of(table, "west")] == ["a", "c"]
    assert [row["machine"] for row in rows_of(table, "we")] == ["b", "west"]
    assert list(rows_of(table, "east")) == []
    assert [row["from"] for row in rows_of("machine,region,from\na,west,2", "west")] == ["2"]


# ways to buy


def test_on_demand_meters_and_the_discount_lines(book: PriceBook, machines: Machines) -> None:
    rates = book.price_lists([], HERE, machines)["on-demand"]
    assert usd(rates["base_machine_hours"], 730).tolist() == pytest.approx([51.1, 102.2])  # 730 x 0.07, 730 x 0.14
    assert usd(rates["above_base_machine_hours"], 100).tolist() == pytest.approx([7.0, 14.0])
    assert usd(rates["sustained_base_machine_hours"], 100).tolist() == pytest.approx([-7.0, -14.0])
    assert usd(rates["sustained_above_base_machine_hours"], 10).tolist() == pytest.approx([-0.7, -1.4])


def test_what_each_purchase_charges(book: PriceBook, machines: Machines) -> None:
    lists = book.price_lists([], HERE, machines, ALL)
    priced = {
        purchase: {meter: usd(rate, 100)[0] for meter, rate in rates.items()} for purchase, rates in lists.items()
    }
    assert priced["1y-base"] == pytest.approx(
        {
            "base_machine_hours": 5.0,
            "above_base_machine_hours": 7.0,
            "sustained_above_base_machine_hours": -7.0,
            "paying_1y_machine_hours": -5.0,
        }
    )
    assert priced["1y-peak"] == pytest.approx(
        {"base_machine_hours": 5.0, "above_base_machine_hours": 5.0, "unused_committed_machine_hours": 5.0}
    )
    # 100 x 0.02 x 1.05 for replacements of interrupted machines
    assert priced["spot"] == pytest.approx({"base_machine_hours": 2.1, "above_base_machine_hours": 2.1})


def test_purchases_share_the_rate_of_a_meter_at_the_same_price(book: PriceBook, machines: Machines) -> None:
    lists = book.price_lists([], HERE, machines, ALL)
    assert lists["1y-base"]["above_base_machine_hours"] is lists["on-demand"]["above_base_machine_hours"]
    assert lists["1y-base"]["base_machine_hours"] is lists["1y-peak"]["base_machine_hours"]
    assert (
        book.price_lists([], HERE, machines, ALL)["spot"]["base_machine_hours"] is lists["spot"]["base_machine_hours"]
    )


def test_a_purchase_without_a_price_is_unknown(book: PriceBook, machines: Machines) -> None:
    base, above = (
        book.price_lists([], HERE, machines, ["3y-base"])["3y-base"][meter]
        for meter in ("base_machine_hours", "above_base_machine_hours")
    )
    assert np.isnan(usd(base, 1)).all()
    assert not np.isnan(usd(above, 1)).any()


def test_a_machine_rate_is_as_old_as_the_oldest_of_its_prices(book: PriceBook, machines: Machines) -> None:
    about = book.price_lists([], HERE, machines)["on-demand"]["base_machine_hours"].about
    assert (about.source, about.date, about.stale) == ("Early table", "2025-01-01", True)
    alone = book.price_lists([], HERE, machines.take([0]))["on-demand"]["base_machine_hours"].about
    assert (alone.source, alone.date, alone.stale) == ("Table of machines", "2026-05-15", False)
    assert (alone.unit, alone.role, alone.region) == ("machine-hour", "principal", HERE)


def test_no_machines_have_no_prices(book: PriceBook) -> None:
    nothing = book.machines(MARKET, HERE, gpus=["t4"])
    rates = book.price_lists([], HERE, nothing, ALL)["spot"]
    assert rates["base_machine_hours"].charge(np.ones((3, 1)), np.ones((3, 1))).shape == (3, 0)
