"""Bytes that are no text in UTF-8: marked on the way in, so that they reach no answer, and shown as escapes.

Arrow gives up a whole file where a record has the wrong number of cells and is no UTF-8. So such bytes become escapes
behind a NUL, which no text holds either: a cell with a NUL in it is refused, whatever it was.
"""

from __future__ import annotations

import codecs
import re
from typing import Any

NUL = "\0"
ALIEN = re.compile("[\udc80-\udcff]")  # how Python holds a byte that it cannot decode
OFFSET = 0xDC00


class Marked:
    """A stream of bytes as UTF-8 throughout; what was none is marked."""

    def __init__(self, source: Any) -> None:
        self._source = source
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self._ready = b""

    def read(self, size: int = -1) -> bytes:
        """The next bytes, at most so many."""
        last = False
        while not self._ready and not last:
            block = self._source.read(size)
            last = not block
            begun, _ = self._decoder.getstate()  # the first bytes of a character, the last of which are to come
            plain = block.isascii() and not begun  # most tables are, and need no copy
            self._ready = block if plain else _marked(self._decoder.decode(block, last))
        given, self._ready = self._ready[:size], self._ready[size:]
        return given


def _marked(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        return ALIEN.sub(lambda found: f"{NUL}\\x{ord(found[0]) - OFFSET:02x}", text).encode()


def shown_text(text: str) -> str:
    """A text with what was marked, and every NUL, written as escapes."""
    return text.replace(f"{NUL}\\x", "\\x").replace(NUL, "\\x00")


def legible(cell: bytes) -> tuple[str, bool]:
    """A cell as text, with what is none written as escapes; and whether it was text."""
    try:
        text = cell.decode()
    except UnicodeDecodeError:
        return cell.decode(errors="backslashreplace").replace(NUL, "\\x00"), False
    return shown_text(text), NUL not in text
