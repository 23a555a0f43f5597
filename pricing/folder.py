"""The folder of facts: which files there are, each read when first asked for, all of them fingerprinted."""

from __future__ import annotations

import hashlib
from functools import cached_property
from pathlib import Path
from typing import Any

from pricing.fact import FactError, nearest
from pricing.reader import read_yaml

DATA = Path(__file__).parent / "data"
LARGEST = 2**23  # a slip of the refresh, not a price list, is larger
MACHINES = "machines.csv"
PRICES = "_prices.csv"
SOURCES = "sources"


class Folder:
    """One folder of facts: `<vendor>/<service>.yaml`, `<vendor>/machines.csv`, `<vendor>/<market>_prices.csv`."""

    def __init__(self, root: Path) -> None:
        if not root.is_dir():
            raise FactError(str(root), "", "there is no such folder of facts")
        self.root = root
        self._documents: dict[str, dict[Any, Any]] = {}
        self._texts: dict[str, str] = {}

    @cached_property
    def files(self) -> tuple[str, ...]:
        """The data files, relative to the folder, in a fixed order."""
        return tuple(
            sorted(
                path.relative_to(self.root).as_posix()
                for kind in ("yaml", "csv")
                for path in self.root.rglob(f"*.{kind}")
            )
        )

    @cached_property
    def vendors(self) -> tuple[str, ...]:
        """The folders inside."""
        return tuple(sorted({file.split("/")[0] for file in self.files if "/" in file}))

    @cached_property
    def services(self) -> tuple[str, ...]:
        """The names that have a YAML file of facts or prices, such as `gcp/cloud_run`."""
        names = (file.removesuffix(".yaml") for file in self.files if file.endswith(".yaml"))
        return tuple(name for name in names if not name.endswith(f"/{SOURCES}"))

    @cached_property
    def markets(self) -> tuple[str, ...]:
        """The names that have a table of machine prices, such as `gcp/compute_engine`."""
        return tuple(file.removesuffix(PRICES) for file in self.files if file.endswith(PRICES))

    @cached_property
    def digest(self) -> bytes:
        """SHA-256 over names and contents; the same on every machine, whatever its line ends."""
        digest = hashlib.sha256()
        for file in self.files:
            content = (self.root / file).read_bytes().replace(b"\r\n", b"\n")
            digest.update(f"{file}\0{len(content)}\0".encode())
            digest.update(content)
        return digest.digest()

    def document(self, name: str) -> dict[Any, Any]:
        """The YAML document of a service or of a vendor's sources."""
        if name not in self._documents:
            if f"{name}.yaml" not in self.files:
                raise FactError(f"{name}.yaml", "", f"there is no such file of facts{nearest(name, self.services)}")
            self._documents[name] = read_yaml(self.root / f"{name}.yaml", "file of facts", LARGEST)
        return self._documents[name]

    def text(self, file: str) -> str:
        """The text of a table."""
        if file not in self._texts:
            if file not in self.files:
                raise FactError(file, "", f"there is no such table{nearest(file, self.files)}")
            self._texts[file] = (self.root / file).read_text(encoding="utf-8")
        return self._texts[file]
