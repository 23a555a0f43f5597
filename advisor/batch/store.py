"""A folder of parts, on this machine or far away: whatever appears in it under its name is whole."""

from __future__ import annotations

import contextlib
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from advisor.batch.places import exists, file_system, is_address


@dataclass(frozen=True)
class Store:
    """A folder. Workers of a cluster must all see it under the same name."""

    root: str

    def write(self, name: str, data: bytes) -> None:
        """Put a file there, whole or not at all."""
        with self.writing(name) as file:
            file.write(data)

    @contextmanager
    def writing(self, name: str) -> Iterator[IO[bytes]]:
        """A file to write that gets its name when it is complete, and is gone when it fails."""
        with whole(self.path(name)) as file:
            yield file

    def read(self, name: str) -> bytes | None:
        """What a file holds; None where there is none."""
        try:
            with self.opened(name) as file:
                data: bytes = file.read()
                return data
        except FileNotFoundError:
            return None

    def opened(self, name: str) -> Any:
        """A file to read."""
        path = self.path(name)
        if is_address(path):
            system, far = file_system(path)
            return system.open(far, "rb")
        return Path(path).open("rb")

    def has(self, name: str) -> bool:
        """Whether there is such a file."""
        return exists(self.path(name))

    def path(self, name: str) -> str:
        """Where a file stands."""
        return f"{self.root}/{name}"

    def drop(self, name: str) -> None:
        """Take a file away, if it is there."""
        path = self.path(name)
        if is_address(path):
            system, far = file_system(path)
            if system.exists(far):
                system.rm(far)
        else:
            Path(path).unlink(missing_ok=True)

    def remove(self) -> None:
        """Take the folder away with all that is in it."""
        if is_address(self.root):
            system, far = file_system(self.root)
            if system.exists(far):
                system.rm(far, recursive=True)
        else:
            shutil.rmtree(self.root, ignore_errors=True)

    def sweep(self) -> None:
        """Take away what stopped runs left half-written, and their counts of attempts."""
        if not is_address(self.root) and Path(self.root).is_dir():
            for path in Path(self.root).iterdir():
                if path.suffix in (TEMPORARY, ATTEMPT):
                    path.unlink(missing_ok=True)


TEMPORARY, ATTEMPT = ".tmp", ".attempt"


@contextmanager
def whole(path: str) -> Iterator[IO[bytes]]:
    """A file to write: under another name until it is complete and on the disk, then renamed at one stroke."""
    if is_address(path):
        with _far(path) as far:
            yield far
        return
    final = Path(path)
    final.parent.mkdir(parents=True, exist_ok=True)
    passing = final.with_name(f".{final.name}.{uuid.uuid4().hex}{TEMPORARY}")
    try:
        with passing.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        passing.replace(final)
    except BaseException:
        with contextlib.suppress(OSError):
            passing.unlink(missing_ok=True)
        raise


@contextmanager
def _far(path: str) -> Iterator[Any]:
    """The same on a store of objects, which shows an object when its writing is over."""
    system, far = file_system(path)
    passing = f"{far}.{uuid.uuid4().hex}{TEMPORARY}"
    try:
        with system.open(passing, "wb") as file:
            yield file
        system.mv(passing, far)
    except BaseException:
        with contextlib.suppress(OSError):
            system.rm(passing)
        raise
