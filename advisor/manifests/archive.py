"""A bundle as one zip file, the same bytes for the same texts."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip file can hold: it says nothing about when
MODE = 0o644 << 16  # of a file, where zip keeps it


def zipped(texts: Mapping[str, str], folder: str) -> bytes:
    """Files by name, in a folder of their own."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in texts.items():
            entry = zipfile.ZipInfo(f"{folder}/{name}", FIRST_DAY)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, MODE
            archive.writestr(entry, text.encode())
    return written.getvalue()
