"""Servers of one's own: their price by their life, ranges, and the figures a user may put in their place."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from advisor.answer import explain_one
from advisor.evaluation import Wanted
from advisor.explanation import Explanation
from advisor.platforms import chosen
from advisor.platforms.on_prem import server_kw
from advisor.workload import workload_from
from pricing import FactError, OverlayError, PriceBook, load
from pricing.hardware import HARDWARE, purchase_usd, usd_per_hour
from pricing.span import Span, span

AS_OF = date(2026, 11, 24)
ROOT = Path(__file__).parents[1]
HEAD = "name: our servers\nsource: invoice of 2026-09-01\n"
ENERGY, PUE = "on_prem/energy", "power_usage_effectiveness"
SMALL = {"name": "small", "requests_per_month": 26280000, "duration_s": 0.1, "vcpu": 0.9, "memory_gib": 2}


@pytest.fixture(scope="module")
def listed() -> PriceBook:
    return load(AS_OF)


def overlaid(folder: Path, *facts: str, more: str = "") -> PriceBook:
    path = folder / "ours.yaml"
    lines = "".join(f"  - {{service: {service}, {rest}}}\n" for service, rest in (each.split(" ", 1) for each in facts))
    path.write_text(HEAD + ("facts:\n" + lines if lines else "") + more, encoding="utf-8")
    return load(AS_OF, path)


def explained(book: PriceBook, machine: str = "cpu-server") -> Explanation:
    (platform,) = chosen(["on-prem"])
    answer = explain_one(workload_from(SMALL, "test"), platform, book, Wanted("single", machine, "on-demand"))
    return answer.options[0]


def test_a_server_is_its_parts_with_network_and_spares(listed: PriceBook) -> None:
    """(19,200 + 5,600) x (1 + 8/57) x 1.01 = 24,800 x 65/57 x 1.01; an A100 adds 8,000 to 15,000."""
    assert purchase_usd(listed.facts(HARDWARE), "cpu-server") == pytest.approx((28563.5087719298,) * 3)
    # 32,800, 36,300 and 39,800 x 65/57 x 1.01
    ends = (37777.5438596491, 41808.6842105263, 45839.8245614035)
    assert purchase_usd(listed.facts(HARDWARE), "a100-server-1") == pytest.approx(ends)


def test_an_hour_is_its_part_of_a_life(listed: PriceBook) -> None:
    """28,563.5087719298 over 7 x 8760 = 61,320 h, 5.5 x 8760 = 48,180 h, 5 x 8760 = 43,800 h."""
    ends = (0.4658106453, 0.5928499122, 0.6521349035)
    assert usd_per_hour(listed.facts(HARDWARE), "cpu-server") == pytest.approx(ends)


def test_power_is_that_of_the_server_and_of_its_cards(listed: PriceBook) -> None:
    """1.6 kW (0.8 to 2.4) and six L4 of 0.072 kW; a server with eight H100 is stated whole."""
    facts = listed.facts(HARDWARE)
    assert server_kw("l4-server-6", facts) == pytest.approx((1.232, 2.032, 2.832))
    assert server_kw("h100-server-8", facts) == (6.0, 8.1, 10.2)
    assert server_kw("", facts) == (0.0, 0.0, 0.0)


def test_every_server_has_a_price_and_a_power(listed: PriceBook) -> None:
    facts = listed.facts(HARDWARE)
    for server in facts["servers"]:
        low, expected, high = usd_per_hour(facts, server)
        assert 0 < low <= expected <= high, server
        assert server_kw(server, facts).low > 0, server


def test_a_price_before_its_day_is_vouched_for_by_its_oldest_fact(listed: PriceBook) -> None:
    quotes = listed.machines(HARDWARE, "us").quotes["on-demand"]
    assert {(quote.grade, quote.day, quote.stale) for quote in quotes} == {("derived", date(2010, 9, 22), True)}


def test_a_life_of_ones_own_stands_alone(tmp_path: Path) -> None:
    """28,563.5087719298 / 72 months = 396.715399610; the range of lives is gone, that of power stays."""
    found = explained(overlaid(tmp_path, f"{HARDWARE} fact: server_life_years, value: 6"))
    line = next(line for line in found.lines if line.meter == "base_machine_hours")
    assert (line.usd_low, line.usd, line.usd_high) == pytest.approx((396.7153996101,) * 3)
    assert found.low_usd < found.high_usd


def test_what_is_left_at_the_end_is_not_paid(tmp_path: Path) -> None:
    """A tenth left: 0.9 x 432.780435938331."""
    found = explained(overlaid(tmp_path, f"{HARDWARE} fact: residual_share, value: 0.1"))
    assert next(line.usd for line in found.lines) == pytest.approx(389.502392344498)


def test_power_of_ones_own(tmp_path: Path) -> None:
    """0.5 kW x 730 x 1.2 = 438 kWh x 0.10 = 43.80, without a range."""
    meter = "prices: [{service: on_prem/energy, meter: energy_kwh, region: us, usd: 0.10}]\n"
    energy = f"{ENERGY} fact: {PUE}, value: 1.2"
    found = explained(overlaid(tmp_path, f"{HARDWARE} fact: cpu_server_kw, value: 0.5", energy, more=meter))
    line = next(line for line in found.lines if line.meter == "energy_kwh")
    assert (line.quantity, line.usd_low, line.usd, line.usd_high) == pytest.approx((438, 43.8, 43.8, 43.8))


def test_a_larger_server_holds_more(tmp_path: Path) -> None:
    book = overlaid(tmp_path, f"{HARDWARE} fact: cpu_server_vcpu, value: 256")
    assert book.machines(HARDWARE, "us", names=["cpu-server"]).vcpu.tolist() == [256.0]


def test_an_hourly_price_of_ones_own_has_no_range(tmp_path: Path) -> None:
    """A rented server: 730 x 0.70 = 511."""
    own = "{market: on_prem/hardware, machine: cpu-server, purchase: on-demand, usd_per_hour: 0.7}"
    line = explained(overlaid(tmp_path, more=f"prices: [{own}]\n")).lines[0]
    assert (line.usd_low, line.usd, line.usd_high) == pytest.approx((511, 511, 511))


IMPOSSIBLE = {
    f"{HARDWARE} fact: server_life_years, value: 0": "0 is out of bounds; allowed is a number above 0",
    f"{HARDWARE} fact: server_life_years, value: -1": "-1 is out of bounds; allowed is a number above 0",
    f"{HARDWARE} fact: server_life_years": "None is not a finite number; allowed is a number above 0",
    f"{HARDWARE} fact: residual_share, value: 2": "2 is out of bounds; allowed is a number of at least 0 and at most 1",
    f"{HARDWARE} fact: cpu_server_usd, value: .nan": "nan is not a finite number; allowed is a number of at least 0",
    f"{HARDWARE} fact: cpu_server_vcpu, value: 0": "0 is out of bounds; allowed is a number above 0",
    f"{ENERGY} fact: {PUE}, value: 0.9": "0.9 is out of bounds; allowed is a number of at least 1",
}


@pytest.mark.parametrize("fact", IMPOSSIBLE)
def test_an_impossible_figure_is_refused(tmp_path: Path, fact: str) -> None:
    with pytest.raises(OverlayError) as raised:
        overlaid(tmp_path, fact)
    assert str(raised.value) == f"{tmp_path / 'ours.yaml'}: facts, entry 1: value: {IMPOSSIBLE[fact]}"


def test_an_end_beyond_the_figure_is_refused(tmp_path: Path) -> None:
    book = overlaid(tmp_path, f"{HARDWARE} fact: server_life_years_min, value: 6")
    with pytest.raises(FactError, match=r"server_life_years: is 5.5, which does not lie from 6 to 7"):
        explained(book)


def test_a_figure_without_ends_is_its_own(listed: PriceBook) -> None:
    assert span(listed.facts(HARDWARE), "l4_card_usd") == Span(2500.0, 2500.0, 2500.0)


def test_the_overlay_that_the_page_shows_is_one(tmp_path: Path) -> None:
    page = (ROOT / "docs/platforms.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"^```yaml\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    path = tmp_path / "ours.yaml"
    path.write_text(shown, encoding="utf-8")
    ours = load(AS_OF, path)
    assert ours.facts(HARDWARE).fact("server_life_years").grade == "yours"
    assert explained(ours).monthly_usd != explained(load(AS_OF)).monthly_usd
