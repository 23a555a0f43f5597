"""The conversion of collected tables: what carries over, what is refused, and that it is repeatable.

The expected figures are worked by hand from the small tables in fixtures/collected.
"""

from __future__ import annotations

import csv
import datetime
import io
import os
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from pricing.refresh.collected import Collected, Origin, origin, why_refused
from pricing.refresh.conversion import ConversionError, Conversions
from pricing.refresh.documents import plain, read_yaml, yaml_text
from pricing.refresh.facts import fact
from pricing.refresh.machines import shapes
from pricing.refresh.market import market_prices
from pricing.refresh.meters import meter
from pricing.refresh.sources import Names
from pricing.refresh.tables import converter, main

FIXTURES = Path(__file__).parent / "fixtures"
COLLECTED, RULES = FIXTURES / "collected", FIXTURES / "refresh"
PACKAGE = Path(__file__).parent.parent / "pricing"
APRIL, READ = datetime.date(2026, 4, 30), datetime.date(2026, 11, 23)


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    """Every file that the fixtures give."""
    return dict(converter(COLLECTED, RULES).files())


@pytest.fixture(scope="module")
def run(files: dict[str, str]) -> dict[str, Any]:
    """The document of the fixtures' service, as a reader sees it."""
    document: dict[str, Any] = yaml.safe_load(files["acme/run.yaml"])
    return document


@pytest.fixture
def collected() -> Collected:
    """The fixtures' tables."""
    rules = RULES / "rules"
    return Collected(COLLECTED, read_yaml(rules / "tables.yaml"), Conversions(read_yaml(rules / "units.yaml")))


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def prices(text: str) -> dict[tuple[str, str, str], str]:
    return {(row["machine"], row["region"], row["purchase"]): row["usd_per_hour"] for row in rows(text)}


# prices


def test_price_of_a_million_becomes_the_price_of_one(run: dict[str, Any]) -> None:
    # 0.40 USD per million: 0.40 / 1,000,000; the first 2 million are free: an allowance of 2 x 1,000,000
    requests = run["prices"]["requests"]
    assert requests["regions"] == {"everywhere": {APRIL: 0.0000004}}
    assert requests["allowance"] == {"quantity": 2_000_000, "scope": "account", "pool": "run", "source": "skus"}


def test_region_from_another_source_says_so(run: dict[str, Any]) -> None:
    # "2026-08" counts from the first day of the month
    assert run["prices"]["vcpu_seconds"]["source"] == "skus"
    assert run["prices"]["vcpu_seconds"]["regions"] == {
        "north": {APRIL: 0.000024},
        "south": {APRIL: 0.0000336},
        "east": {datetime.date(2026, 8, 1): {"value": 0.00003, "source": "note"}},
    }


def test_allowance_in_units_or_in_money(run: dict[str, Any]) -> None:
    seconds = {"quantity": 180_000, "valued_in": "north", "scope": "account", "pool": "run", "source": "prices"}
    assert run["prices"]["vcpu_seconds"]["allowance"] == seconds
    assert run["prices"]["cluster_hours"]["allowance"]["usd"] == 74.4


def test_discount_is_what_the_commitment_takes_off(run: dict[str, Any]) -> None:
    # one year: a dollar of spend costs 0.83, so 1 - 0.83; three years: 1 - 0.0000204 / 0.000024
    discounts = run["prices"]["vcpu_seconds"]["discounts"]
    assert discounts["1y-base"] == {"meter": "vcpu_seconds_base", "share": 0.17, "source": "skus"}
    assert discounts["3y-base"]["share"] == 0.15


def test_tiers_start_at_zero_and_end_where_the_table_ends(run: dict[str, Any]) -> None:
    # paid from 1 GiB on; the last row of the table ends at 153,600, beyond which nothing is known
    tiers = {0: 0, 1: 0.105, 10_240: 0.08, 153_600: "unknown"}
    assert run["prices"]["egress_gib"]["regions"] == {"north": {APRIL: tiers}}


def test_tiers_that_count_something_else_are_left_out(run: dict[str, Any]) -> None:
    assert run["prices"]["rule_hours"]["regions"] == {"everywhere": {APRIL: 0.025}}


def test_complete_list_says_where_a_thing_is_not_sold(run: dict[str, Any]) -> None:
    regions = run["prices"]["gpu_seconds"]["regions"]
    assert regions == {"north": {APRIL: 0.0002}, "south": {APRIL: "not sold"}, "east": {APRIL: "not sold"}}


def test_role_is_principal_unless_the_rule_says_otherwise(run: dict[str, Any]) -> None:
    roles = {name: entry["role"] for name, entry in run["prices"].items()}
    assert [name for name, role in roles.items() if role == "ancillary"] == ["egress_gib"]


def test_earlier_selection_wins_and_can_stand_for_several_regions(collected: Collected) -> None:
    first = {"table": "prices", "service": "run", "sku": "cpu", "regions": ["south"], "as": ["south", "north", "west"]}
    second = {"table": "prices", "service": "run", "sku": "cpu"}
    entry = meter("m", {"label": "l", "unit": "vCPU-second", "from": [first, second]}, collected)
    found = {region: next(iter(dated.values())) for region, dated in entry["regions"].items()}
    assert {region: found[region] for region in ("south", "north", "west")} == dict.fromkeys(
        ("south", "north", "west"), Decimal("0.0000336")
    )
    assert found["east"]["value"] == Decimal("0.00003")


def test_derived_price_carries_its_rule(collected: Collected) -> None:
    selection = {"table": "prices", "service": "run", "sku": "cpu", "regions": ["north"], "rule": "a third of another"}
    entry = meter("m", {"label": "l", "unit": "vCPU-second", "from": selection}, collected)
    assert (entry["source"].grade, entry["source"].rule) == ("derived", "a third of another")


# refusals

SOUND = {
    "sku": "cpu",
    "description": "vCPU time",
    "unit": "vCPU-second",
    "price_usd": "0.000024",
    "source_url": "https://acme.example",
    "source_date": "2026-04-30",
    "quality": "primary",
}


def test_sound_row_is_not_refused() -> None:
    assert why_refused(SOUND) is None


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("unit", " ", "no unit"),
        ("source_url", "", "no source"),
        ("source_date", "", "no date"),
        ("description", "SUSPECT: twice the family", "marked SUSPECT"),
        ("sku", "check.cpu", "a check of another row"),
        ("quality", "hypothesis", "a hypothesis is no price"),
        ("quality", "rumour", "unknown quality 'rumour'"),
        ("price_usd", "-1", "a negative or infinite price"),
        ("price_usd", "Infinity", "a negative or infinite price"),
        ("price_usd", "cheap", "price 'cheap' is no number"),
    ],
)
def test_unsound_row_is_refused_with_the_reason(column: str, value: str, reason: str) -> None:
    assert why_refused({**SOUND, column: value}) == reason


def test_refused_rows_are_counted_and_no_rule_can_select_them(collected: Collected) -> None:
    collected.prices("prices")
    assert sorted(refusal.what for refusal in collected.refused) == [
        "run check.cpu north",
        "run guess north",
        "run odd north",
        "run unitless north",
    ]
    selection = {"table": "prices", "service": "run", "sku": "guess"}
    with pytest.raises(ConversionError, match="no row of prices is run guess on-demand"):
        meter("acme guess", {"label": "l", "unit": "GiB", "from": selection}, collected)


@pytest.mark.parametrize("name", ["sourceless", "unitless", "dateless"])
def test_fact_without_source_unit_or_date_is_refused(name: str, collected: Collected) -> None:
    missing = {"sourceless": "source", "unitless": "unit", "dateless": "date"}[name]
    with pytest.raises(ConversionError, match=f"limits: run.{name} has no {missing}"):
        fact("f", {"label": "l", "unit": "s", "from": f"limits.run.{name}"}, collected)


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ({"sku": "twice"}, "two prices from 0 GiB in north: twice"),
        ({"sku": "cpu"}, "rules/units.yaml does not say how many GiB are in one vCPU-second"),
    ],
)
def test_rule_that_does_not_fit_says_why(rule: dict[str, str], message: str, collected: Collected) -> None:
    selection = {"table": "prices", "service": "run", **rule}
    with pytest.raises(ConversionError, match=message):
        meter("m", {"label": "l", "unit": "GiB", "from": selection}, collected)


def test_free_tier_without_an_end_is_no_allowance(collected: Collected) -> None:
    free = {"table": "prices", "service": "run", "sku": "endless", "commitment": "free"}
    rule = {"label": "l", "unit": "GiB", "from": {**free, "sku": "egress", "commitment": "on-demand"}}
    with pytest.raises(ConversionError, match="the free tier endless needs one end"):
        meter("m", {**rule, "allowance": {"from": free}}, collected)


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ({"from": "limits.run.speed"}, "there is no fact 'speed' under 'run'"),
        ({"from": "limits.walk.speed"}, "there is no option 'walk'"),
        ({"from": "prizes.run.speed"}, "names no table 'prizes'"),
        ({"from": "limits.run.least", "pick": "gpu"}, "has no member 'gpu'"),
        ({"from": "limits.run.wait", "find": "[0-9]+ years"}, "finds nothing in"),
        ({"from": {"table": "prices", "service": "run", "sku": "cpu"}}, "3 rows of prices fit; one is allowed"),
    ],
)
def test_fact_rule_that_does_not_fit_says_why(rule: dict[str, Any], message: str, collected: Collected) -> None:
    with pytest.raises(ConversionError, match=message):
        fact("f", {"label": "l", "unit": "s", **rule}, collected)


def test_address_without_a_name_is_refused() -> None:
    nameless = Origin("https://nobody.example", "primary", APRIL, READ)
    with pytest.raises(ConversionError, match=r"rules/sources.yaml has no name for 'https://nobody.example'"):
        Names({}).keys([nameless])


# facts


@pytest.mark.parametrize(
    ("section", "name", "value"),
    [
        ("limits", "timeout_s_max", 3600),
        ("limits", "memory_gib_min", 0.5),  # 512 MiB / 1024
        ("limits", "availability_promise", 0.9995),  # 99.95 / 100
        ("limits", "vcpu_sizes", [1, 2, 4]),
        ("limits", "memory_gib_by_vcpu", {0.25: [0.5, 1], 1: [2, 4, 6, 8]}),  # "2..8 step 2"
        ("limits", "vcpu_min", 4),
        ("limits", "gpu_types", ["a100-80gb", "t4"]),
        ("limits", "gpu_regions", {"a100-80gb": ["north", "south"], "t4": ["north"]}),
        ("limits", "grpc", "yes"),
        ("behaviour", "wait_s_min", 10),
        ("behaviour", "idle_s", "unknown"),
        ("behaviour", "life_years", 5.5),
    ],
)
def test_fact_carries_over_in_its_unit(section: str, name: str, value: Any, run: dict[str, Any]) -> None:
    assert list(run[section][name]["from"].values()) == [value]


def test_kept_facts_and_shared_parts_are_merged_in(run: dict[str, Any], files: dict[str, str]) -> None:
    assert run["behaviour"]["billing_step_s"]["from"] == {datetime.date(2026, 6, 10): 0.1}
    other = yaml.safe_load(files["acme/vm.yaml"])
    for name in ("shared_timeout_s", "target_utilisation"):
        assert run["behaviour"][name]["from"] == other["behaviour"][name]["from"]


def test_same_fact_from_a_table_and_by_hand_is_refused(tmp_path: Path) -> None:
    shutil.copytree(RULES, tmp_path, dirs_exist_ok=True)
    kept = tmp_path / "kept" / "acme" / "run.yaml"
    kept.write_text(kept.read_text().replace("billing_step_s", "idle_s"))
    with pytest.raises(ConversionError, match=r"kept/acme/run.yaml: behaviour idle_s also come from the tables"):
        dict(converter(COLLECTED, tmp_path).files())


def test_week_may_be_written_as_days(files: dict[str, str]) -> None:
    week = yaml.safe_load(files["common/profiles.yaml"])["profiles"]["week"]
    assert week["weights"] == [1, 2, 1, 2, 3, 3]


# origins


@pytest.mark.parametrize(
    ("text", "stated", "read"),
    [
        ("2026-04-30", datetime.date(2026, 4, 30), READ),
        ("2026-08", datetime.date(2026, 8, 1), READ),
        ("2025", datetime.date(2025, 1, 1), READ),
        ("2025-04 to 2026-10", datetime.date(2025, 4, 1), READ),
        ("date unknown (about 2025)", datetime.date(2025, 1, 1), READ),
        ("2026-08-22 commit", datetime.date(2026, 8, 22), READ),
        ("2026-10-01 (day the note read the page)", None, datetime.date(2026, 10, 1)),
        ("date unknown (2025-26)", None, READ),
        ("docs master, 2026 copy", None, READ),
        ("date unknown", None, READ),
    ],
)
def test_vague_date_never_makes_a_figure_look_younger(
    text: str, stated: datetime.date | None, read: datetime.date
) -> None:
    said = origin("a", text, "primary_quoted", READ)
    assert (said.stated, said.read, said.grade) == (stated, read, "quoted")


def test_day_that_the_calendar_lacks_is_refused() -> None:
    with pytest.raises(ConversionError, match="2026-02-30 is no day of the calendar"):
        origin("a", "2026-02-30", "primary", READ)


def test_keys_are_as_long_as_it_takes_to_tell_origins_apart() -> None:
    alone = Origin("a", "primary", APRIL, READ)
    old, new = Origin("b", "primary", APRIL, READ), Origin("b", "primary", READ, READ)
    graded = Origin("b", "secondary", READ, READ)
    ruled = [Origin("c", "derived", APRIL, READ, rule) for rule in ("one rule", "two rules")]
    names = Names({"x": {"title": "X", "address": "a"}, "y": {"title": "Y", "address": "b"}, "z": {"address": "c"}})
    assert list(names.keys([alone, old, new, graded, *ruled]).values()) == [
        "x",
        "y_2026_04_30",
        "y_2026_11_23_primary",
        "y_2026_11_23_secondary",
        "z_2026_04_30_derived_1",
        "z_2026_04_30_derived_2",
    ]


def test_source_is_written_with_title_link_grade_and_days(run: dict[str, Any]) -> None:
    assert run["sources"]["prices"] == {
        "title": "Acme price page",
        "url": "https://acme.example/prices",
        "grade": "primary",
        "stated": datetime.date(2026, 9, 8),
        "read": READ,
    }
    assert run["sources"]["note"]["url"] == "unknown"


# machines


def test_machines_of_known_families_with_their_flags(files: dict[str, str]) -> None:
    # x9 belongs to no family, c1-4.metal is excepted, c1-128 is larger than 96 vCPU, b1 has shared cores
    flags = {row["machine"]: (row["competes"], row["burstable"]) for row in rows(files["acme/machines.csv"])}
    assert flags == {
        "b1-2": ("no", "yes"),
        "c1-128": ("no", "no"),
        "c1-2": ("yes", "no"),
        "c1-4": ("yes", "no"),
        "g1-8": ("yes", "no"),
    }


def test_gpu_has_its_canonical_name_by_memory(files: dict[str, str]) -> None:
    gpu = next(row for row in rows(files["acme/machines.csv"]) if row["machine"] == "g1-8")
    assert (gpu["gpu"], gpu["gpus"], gpu["gpu_memory_gib"]) == ("a100-80gb", "0.5", "80")


def test_pods_stand_where_the_rules_know_them(files: dict[str, str]) -> None:
    pods = {row["machine"]: row["max_pods"] for row in rows(files["acme/machines.csv"])}
    assert (pods["c1-2"], pods["c1-4"]) == ("29", "")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"gpus": {}}, "g1-8: the rules name no GPU 'Acme A100'"),
        ({"shapes": {"table": "shapes", "family": "[0-9]+"}}, "the pattern of families '\\[0-9\\]\\+' does not match"),
    ],
)
def test_shape_rule_that_does_not_fit_says_why(change: dict[str, Any], message: str, collected: Collected) -> None:
    rules = read_yaml(RULES / "rules" / "acme" / "machines.yaml")
    with pytest.raises(ConversionError, match=message):
        shapes({**rules, **change}, collected)


def test_committed_price_is_the_family_share_of_on_demand(files: dict[str, str]) -> None:
    # 0.192 x 0.6615 = 0.127008; g1 has no share
    found = prices(files["acme/vm_prices.csv"])
    assert found["c1-4", "north", "1y"] == "0.127008"
    assert ("g1-8", "north", "1y") not in found
    row = next(row for row in rows(files["acme/vm_prices.csv"]) if row["purchase"] == "1y")
    source = yaml.safe_load(files["acme/sources.yaml"])[row["source"]]
    # as old as the older of the two (2025-04), in force since the on-demand price is
    assert (row["from"], source["stated"], source["grade"]) == ("2026-07-20", datetime.date(2025, 4, 1), "derived")


def test_price_that_has_changed_since_is_left_out(files: dict[str, str]) -> None:
    assert prices(files["acme/vm_prices.csv"])["c1-4", "north", "spot"] == "0.06"


def test_machine_that_an_open_list_lacks_is_unknown(files: dict[str, str]) -> None:
    assert prices(files["acme/vm_prices.csv"])["g1-8", "south", "on-demand"] == "unknown"


def test_price_table_is_sorted(files: dict[str, str]) -> None:
    order = [(row["region"], row["machine"], row["purchase"]) for row in rows(files["acme/vm_prices.csv"])]
    assert order == sorted(order)


def test_market_without_any_price_is_refused(collected: Collected) -> None:
    rule = {"from": [{"table": "prices", "service": "none", "sku": "MACHINE", "unit": "h", "purchases": {}}]}
    with pytest.raises(ConversionError, match="no row of the tables is"):
        market_prices(rule, [{"machine": "c1-2", "family": "c1"}], collected)


# bytes


@pytest.mark.parametrize(
    ("number", "text"), [("0.000000500", "0.0000005"), ("4E-7", "0.0000004"), ("1E+3", "1000"), ("10240", "10240")]
)
def test_number_is_written_plain(number: str, text: str) -> None:
    assert plain(Decimal(number)) == text


def test_document_reads_back_as_it_was(tmp_path: Path) -> None:
    document = {"b": Decimal("0.0000336"), "a": {"list": [Decimal("0.1"), 2], "yes": "yes"}, 0.5: datetime.date.max}
    path = tmp_path / "document.yaml"
    path.write_text(yaml_text(document))
    assert read_yaml(path) == {**document, Decimal("0.5"): datetime.date.max}
    assert list(read_yaml(path))[:2] == ["b", "a"]


def convert_into(folder: Path, hash_seed: str) -> dict[str, bytes]:
    """What another process writes."""
    command = [sys.executable, "-m", "pricing.refresh.tables", COLLECTED, "--into", folder, "--by", RULES]
    subprocess.run(
        list(map(str, command)),
        check=True,
        cwd=PACKAGE.parent,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
    )
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.*")}


def test_running_again_gives_the_same_bytes(tmp_path: Path, files: dict[str, str]) -> None:
    first, second = convert_into(tmp_path / "a", "1"), convert_into(tmp_path / "b", "2")
    assert first == second
    assert first == {name: text.encode() for name, text in files.items()}


def test_order_of_the_collected_rows_does_not_matter(tmp_path: Path, files: dict[str, str]) -> None:
    shutil.copytree(COLLECTED, tmp_path, dirs_exist_ok=True)
    for table in ("prices", "shapes"):
        path = tmp_path / "prices" / f"{table}.csv"
        head, *lines = path.read_text().splitlines()
        path.write_text("\n".join([head, *reversed(lines)]) + "\n")
    assert dict(converter(tmp_path, RULES).files()) == files


def test_command_says_what_it_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(COLLECTED), "--into", str(tmp_path), "--by", str(RULES)]) == 0
    assert capsys.readouterr().err.splitlines() == [
        "left out: 1 rows: a check of another row",
        "left out: 1 rows: a hypothesis is no price",
        "left out: 1 rows: marked SUSPECT",
        "left out: 1 rows: no unit",
    ]


def test_command_writes_nothing_where_the_tables_do_not_fit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path), "--into", str(tmp_path / "data"), "--by", str(RULES)]) == 1
    assert "prices.csv is missing: the collected folder has no table 'prices'" in capsys.readouterr().err
    assert not (tmp_path / "data").exists()


# the rules and kept facts of this project


def documents(folder: str) -> list[tuple[str, dict[str, Any]]]:
    """Name and content of every YAML file under a folder of the package."""
    root = PACKAGE / folder
    return [(str(path.relative_to(root)), yaml.safe_load(path.read_text())) for path in sorted(root.rglob("*.yaml"))]


@pytest.mark.parametrize(("name", "document"), documents("data"), ids=[name for name, _ in documents("data")])
def test_every_figure_names_a_source_with_grade_and_day(name: str, document: dict[str, Any]) -> None:
    sources = document if name.endswith("sources.yaml") else document.get("sources", {})
    for key, source in sources.items():
        assert {"title", "url", "grade", "stated", "read"} <= set(source), key
        assert source["grade"] in {"primary", "quoted", "secondary", "derived", "judgement"}, key
        assert isinstance(source["read"], datetime.date), key
        assert source["grade"] not in {"derived", "judgement"} or source.get("rule"), f"{key} needs a rule"
    for section in ("prices", "limits", "behaviour"):
        for entry, figure in document.get(section, {}).items():
            assert figure["source"] in sources, entry
            assert figure["label"], entry
            assert figure["unit"], entry


def test_every_address_has_one_name() -> None:
    known = read_yaml(PACKAGE / "refresh" / "rules" / "sources.yaml")
    addresses = [entry["address"] for entry in known.values()]
    assert len(addresses) == len(set(addresses))
    assert all(set(entry) <= {"title", "address", "url"} for entry in known.values())


def test_traffic_shapes_are_short_and_whole() -> None:
    profiles = yaml.safe_load((PACKAGE / "data" / "common" / "profiles.yaml").read_text())["profiles"]
    assert {"steady", "office-hours", "evening-peak", "spiky-event"} <= set(profiles)
    for name, profile in profiles.items():
        assert len(profile["weights"]) in (24, 168), name
        assert len(set(profile["weights"])) <= 12, name
        assert min(profile["weights"]) >= 0 < max(profile["weights"]), name


def test_every_geography_maps_to_regions_that_have_an_area() -> None:
    places = yaml.safe_load((PACKAGE / "data" / "common" / "places.yaml").read_text())
    for name, place in places["geographies"].items():
        for vendor, regions in places["regions"].items():
            assert place[vendor] in regions, f"{name} {vendor}"
        assert place["area"] in places["areas"], name
    for regions in places["regions"].values():
        assert set(regions.values()) <= set(places["areas"])


@pytest.mark.parametrize("vendor", ["gcp", "aws", "azure"])
def test_at_most_about_150_machines_compete_in_a_region(vendor: str) -> None:
    shapes = {row["machine"]: row for row in rows((PACKAGE / "data" / vendor / "machines.csv").read_text())}
    for table in sorted((PACKAGE / "data" / vendor).glob("*_prices.csv")):
        competing: dict[tuple[str, str, bool], int] = {}
        for row in rows(table.read_text()):
            shape = shapes[row["machine"]]
            if row["purchase"] == "on-demand" and shape["competes"] == "yes":
                group = row["region"], shape["arch"], bool(shape["gpu"])
                competing[group] = competing.get(group, 0) + 1
        assert competing
        assert max(competing.values()) <= 160, table.name


@pytest.mark.parametrize("vendor", ["gcp", "aws", "azure"])
def test_machine_that_competes_is_not_burstable(vendor: str) -> None:
    for row in rows((PACKAGE / "data" / vendor / "machines.csv").read_text()):
        assert row["competes"] == "no" or row["burstable"] == "no", row["machine"]
        assert (row["gpu"] == "") == (row["gpus"] == ""), row["machine"]
