"""Turn a folder of collected facts into the files of `pricing/data`, repeatably.

    python -m pricing.refresh.tables FOLDER [--into pricing/data] [--by pricing/refresh]

What is selected, and under which name, is data: `rules/`. Facts that no table holds are in `kept/`.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pricing.refresh.collected import Collected
from pricing.refresh.conversion import ConversionError, Conversions
from pricing.refresh.documents import csv_text, read_yaml, yaml_text
from pricing.refresh.facts import fact
from pricing.refresh.machines import SHAPE_COLUMNS, Record, shapes
from pricing.refresh.market import PRICE_COLUMNS, market_prices
from pricing.refresh.meters import meter
from pricing.refresh.sources import Names, origins, with_keys

HERE = Path(__file__).parent
SECTIONS = ("prices", "limits", "behaviour")
PARTS = "parts"


@dataclass(frozen=True)
class Converter:
    """The collected tables with the rules that read them."""

    collected: Collected
    names: Names
    rules: Path
    kept: Path

    def files(self) -> Iterator[tuple[str, str]]:
        """Path under the data folder and text of every file."""
        for service in sorted(self._services()):
            yield f"{service}.yaml", yaml_text(self.service(service))
        for path in sorted(self.kept.glob("*.yaml")):
            yield f"common/{path.name}", yaml_text(flattened(read_yaml(path)))
        for path in sorted(self.rules.glob("*/machines.yaml")):
            yield from self.machines(path.parent.name, read_yaml(path))

    def _services(self) -> set[str]:
        paths = [*self.rules.glob("*/*.yaml"), *self.kept.glob("*/*.yaml")]
        names = {f"{path.parent.name}/{path.stem}" for path in paths}
        return {name for name in names if not name.startswith(f"{PARTS}/") and not name.endswith("/machines")}

    def service(self, service: str) -> dict[str, Any]:
        """The document of one service: what the tables say, then what is kept by hand."""
        rules, kept = self._with_parts(service, self.rules), self._with_parts(service, self.kept)
        converted = self._converted(service, rules)
        keys = self.names.keys(origins(converted))
        document = {"title": rules.get("title") or kept["title"], "sources": self.names.table(keys)}
        document |= with_keys(converted, keys)
        return _merged(service, document, kept)

    def _with_parts(self, service: str, folder: Path) -> dict[str, Any]:
        """The rules or kept facts of a service, after those of the parts that it shares with others."""
        own = _read(folder / f"{service}.yaml")
        merged = dict(own)
        for part in _read(self.rules / f"{service}.yaml").get(PARTS, []):
            shared = _read(folder / PARTS / f"{part}.yaml")
            for section in ("sources", *SECTIONS):
                merged[section] = shared.get(section, {}) | merged.get(section, {})
        return merged

    def _converted(self, service: str, rules: Mapping[str, Any]) -> dict[str, Any]:
        converted: dict[str, Any] = {}
        for section in SECTIONS:
            convert = meter if section == "prices" else fact
            for name, rule in rules.get(section, {}).items():
                entry = convert(f"{service} {name}", rule, self.collected)
                converted.setdefault(section, {})[name] = entry
        _mark_not_sold(converted.get("prices", {}), rules.get("prices", {}))
        return converted

    def machines(self, vendor: str, rules: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Shapes, prices per market, and the sources that both refer to."""
        tables: dict[str, tuple[tuple[str, ...], list[Record]]]
        tables = {"machines": (SHAPE_COLUMNS, shapes(rules, self.collected))}
        for market, rule in rules["markets"].items():
            prices = market_prices(rule, tables["machines"][1], self.collected)
            tables[f"{market}_prices"] = (PRICE_COLUMNS, prices)
        keys = self.names.keys(origins([record["source"] for _, records in tables.values() for record in records]))
        for name, (columns, records) in tables.items():
            yield f"{vendor}/{name}.csv", csv_text(columns, [with_keys(record, keys) for record in records])
        yield f"{vendor}/sources.yaml", yaml_text(self.names.table(keys))


def _mark_not_sold(prices: dict[str, Any], rules: Mapping[str, Any]) -> None:
    """Where a list is complete, a region that it covers for other meters and not for this one does not sell it."""
    covered = sorted({region for entry in prices.values() for region in entry["regions"]} - {"everywhere"})
    for name, entry in prices.items():
        if rules[name].get("absent") == "not sold":
            since = min(day for dated in entry["regions"].values() for day in dated)
            known = entry["regions"]
            entry["regions"] = {region: known.get(region, {since: "not sold"}) for region in covered}


def _merged(service: str, document: dict[str, Any], kept: Mapping[str, Any]) -> dict[str, Any]:
    """The document with the kept entries after its own; the same name in both is an error."""
    for section in ("sources", *SECTIONS):
        ours, theirs = document.get(section, {}), kept.get(section, {})
        twice = sorted(set(ours) & set(theirs))
        if twice:
            raise ConversionError(f"kept/{service}.yaml: {section} {', '.join(twice)} also come from the tables")
        if ours or theirs:
            document[section] = ours | theirs
    return {"title": document["title"]} | {key: document[key] for key in ("sources", *SECTIONS) if key in document}


def flattened(tree: Any) -> Any:
    """The document with lists of lists as one list, so that a week can be written as days."""
    if isinstance(tree, dict):
        return {key: flattened(branch) for key, branch in tree.items()}
    if isinstance(tree, list) and tree and all(isinstance(branch, list) for branch in tree):
        return [leaf for branch in tree for leaf in branch]
    return tree


def _read(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = read_yaml(path) if path.exists() else {}
    return document


def converter(folder: Path, by: Path = HERE) -> Converter:
    """A converter of a collected folder, by the rules and kept facts in a folder."""
    rules = by / "rules"
    collected = Collected(folder, _read(rules / "tables.yaml"), Conversions(_read(rules / "units.yaml")))
    return Converter(collected, Names(_read(rules / "sources.yaml")), rules, by / "kept")


def write(files: Mapping[str, str], into: Path) -> None:
    """Write the files under a folder."""
    for name, text in files.items():
        path = into / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def main(arguments: list[str] | None = None) -> int:
    """Convert a folder; say on the error stream how many rows stayed out and why."""
    parser = argparse.ArgumentParser(prog="python -m pricing.refresh.tables", description=__doc__)
    parser.add_argument("folder", type=Path, help="folder of collected tables")
    parser.add_argument("--into", type=Path, default=HERE.parent / "data", help="data folder (default: pricing/data)")
    parser.add_argument("--by", type=Path, default=HERE, help="folder of rules and kept facts (default: this package)")
    asked = parser.parse_args(arguments)
    convert = converter(asked.folder, asked.by)
    try:
        write(dict(convert.files()), asked.into)
    except ConversionError as error:
        print(f"not converted: {error}", file=sys.stderr)
        return 1
    for reason, count in sorted(Counter(refusal.reason for refusal in convert.collected.refused).items()):
        print(f"left out: {count} rows: {reason}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
