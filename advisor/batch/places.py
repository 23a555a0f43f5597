"""Where files are: this machine's folders, or any address that fsspec knows (s3://…, gs://…, memory://…)."""

from __future__ import annotations

import glob
import hashlib
from pathlib import Path
from typing import Any

from advisor.errors import InputError, printable

BLOCK_BYTES = 2**20
PATTERN = "*?["


def is_address(place: str) -> bool:
    """Whether a place is on another machine."""
    return "://" in place


def file_system(place: str) -> tuple[Any, str]:
    """The file system of an address and the path in it."""
    try:
        from fsspec.core import url_to_fs

        system, path = url_to_fs(place)
    except ImportError as error:
        raise InputError(f"{place} needs another package: {error}; allowed: a path on this machine") from None
    except ValueError as error:
        raise InputError(f"{printable(place)} cannot be reached: {printable(str(error))}") from None
    return system, path


def expanded(place: str) -> list[str]:
    """The files that a path, a folder or a pattern names, in order of their names."""
    if is_address(place):
        return _expanded_far(place)
    path = Path(place)
    if path.is_dir():
        return sorted(str(each) for each in path.iterdir() if each.is_file())
    return [place] if path.exists() or not any(mark in place for mark in PATTERN) else sorted(glob.glob(place))


def _expanded_far(place: str) -> list[str]:
    system, path = file_system(place)
    if any(mark in path for mark in PATTERN):
        names = system.glob(path)
    else:
        names = system.find(path, maxdepth=1) if system.isdir(path) else [path]
    return sorted(system.unstrip_protocol(name) for name in names)


def opened(path: str) -> Any:
    """A file to read bytes from."""
    try:
        if is_address(path):
            system, name = file_system(path)
            return system.open(name, "rb")
        return Path(path).open("rb")
    except OSError as error:
        raise InputError(
            f"{printable(path)} cannot be read: {error.strerror or error}; allowed: a file that exists"
        ) from None


def exists(path: str) -> bool:
    """Whether there is such a file."""
    if is_address(path):
        system, name = file_system(path)
        return bool(system.exists(name))
    return Path(path).exists()


def size_of(path: str) -> int:
    """A file's bytes."""
    if is_address(path):
        system, name = file_system(path)
        return int(system.size(name))
    return Path(path).stat().st_size if Path(path).exists() else 0


def checksum(path: str) -> str:
    """SHA-256 of a file's bytes."""
    digest = hashlib.sha256()
    with opened(path) as raw:
        while block := raw.read(BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()
