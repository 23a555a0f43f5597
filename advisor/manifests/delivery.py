"""Writes a bundle into a folder: all of it, or nothing."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from advisor.errors import InputError, printable


def deliver(texts: Mapping[str, str], folder: Path, force: bool) -> None:
    """Write files by name into a folder that is new or empty; with `force` also beside and over what is there.

    The whole is written next to the folder and then takes its place, so that no half of it is ever seen. Raises
    `InputError` where the folder cannot be used, and OSError where it cannot be written; then nothing has changed.
    """
    _refuse(folder, force)
    folder.absolute().parent.mkdir(parents=True, exist_ok=True)
    staged = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.absolute().parent))
    try:
        new = staged / "new"
        if folder.is_dir():
            shutil.copytree(folder, new, symlinks=True)
        for name, text in texts.items():
            _unlink_on_the_way(new, name)
            _write(new / name, text)
        _exchange(folder, new, staged / "old")
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def _refuse(folder: Path, force: bool) -> None:
    shown = printable(str(folder))
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise InputError(f"{shown} is not a folder; name one with -o")
    if folder.is_dir() and any(folder.iterdir()) and not force:
        raise InputError(f"{shown} is not empty; allowed: another folder (-o), or --force to write over files there")


def _unlink_on_the_way(folder: Path, name: str) -> None:
    """Remove links of a folder that was there, so that none of them leads a text elsewhere."""
    path = folder
    for part in Path(name).parts:
        path = path / part
        if path.is_symlink():
            path.unlink()


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _exchange(folder: Path, new: Path, old: Path) -> None:
    """Put the new folder in place of the one that is there, which comes back if that fails."""
    if not folder.exists():
        os.replace(new, folder)
        return
    shutil.copymode(folder, new)
    os.replace(folder, old)
    try:
        os.replace(new, folder)
    except OSError:
        os.replace(old, folder)
        raise
