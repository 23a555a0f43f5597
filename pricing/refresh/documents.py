"""Write documents and tables so that the same facts always give the same bytes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

WIDTH = 120
SHORT = 100  # a record of up to this many characters stands on one line


class _Loader(yaml.SafeLoader):
    """Reads decimals exactly, as they are written."""


class _Dumper(yaml.SafeDumper):
    """Writes decimals exactly, and small records on one line."""


def _decimal(loader: _Loader, node: yaml.ScalarNode) -> Decimal:
    return Decimal(str(loader.construct_scalar(node)))


def plain(value: Decimal) -> str:
    """A number without an exponent or trailing zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _number(dumper: _Dumper, value: Decimal) -> yaml.Node:
    text = plain(value)
    return dumper.represent_scalar("tag:yaml.org,2002:float" if "." in text else "tag:yaml.org,2002:int", text)


def _mapping(dumper: _Dumper, value: dict[Any, Any]) -> yaml.Node:
    node = dumper.represent_mapping("tag:yaml.org,2002:map", value.items())  # pairs keep their order
    node.flow_style = _depth(value) < 2 or (_is_record(value) and len(str(value)) < SHORT)
    return node


def _sequence(dumper: _Dumper, value: list[Any]) -> yaml.Node:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=True)


def _depth(value: Any) -> int:
    return 1 + max(map(_depth, value.values()), default=0) if isinstance(value, dict) else 0


def _is_record(value: Mapping[Any, Any]) -> bool:
    return "regions" not in value and any(not isinstance(each, dict) for each in value.values())


_Loader.add_constructor("tag:yaml.org,2002:float", _decimal)
_Dumper.add_representer(Decimal, _number)
_Dumper.add_representer(dict, _mapping)
_Dumper.add_representer(list, _sequence)
_Dumper.ignore_aliases = lambda *_: True  # type: ignore[method-assign]


def read_yaml(path: Path) -> Any:
    """A document with its decimals exact."""
    return yaml.load(path.read_text(), Loader=_Loader)  # noqa: S506  (a SafeLoader)


def yaml_text(document: Mapping[str, Any]) -> str:
    """A document as text: keys in their order, numbers as they were stated."""
    return yaml.dump(dict(document), Dumper=_Dumper, sort_keys=False, width=WIDTH, allow_unicode=True)


def csv_text(columns: Sequence[str], records: Iterable[Mapping[str, Any]]) -> str:
    """Records as CSV text."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    for record in records:
        writer.writerow([_cell(record[column]) for column in columns])
    return buffer.getvalue()


def _cell(value: Any) -> str:
    return plain(value) if isinstance(value, Decimal) else str(value)
