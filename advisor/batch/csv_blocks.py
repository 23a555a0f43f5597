"""Whole records of a CSV file, half a MiB of them at a time.

Arrow's reader of streams would cut them itself, but on a thread that reads up to 32 blocks ahead: memory that grows
with the table, and a thread that may still ask for bytes when the program ends, which aborts it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

BLOCK_BYTES = 2**19  # read at once, if a record ends there
MOST_BYTES = 2**21  # of a record
BOM = b"\xef\xbb\xbf"
NEWLINE = re.compile(rb"[\r\n]")
# As Arrow reads them: a quote counts at the start of a cell only, so that 5" is text. What has matched is never tried
# again (the plus signs), so that time and memory do not depend on what a table holds.
QUOTED = rb'"[^"]*+(?:""[^"]*+)*+"'
CELL = rb'(?:%b|(?!"))[^,\r\n]*+' % QUOTED
RECORD = rb"(?:%b,)*+%b[\r\n]++" % (CELL, CELL)
CLOSED, CELLS = re.compile(QUOTED), re.compile(rb"(?:%b,)*+" % CELL)
FIRST, ALL = re.compile(RECORD), re.compile(rb"(?:%b)*+" % RECORD)
OPEN = b',"'
Read = Callable[[int], bytes]  # the next bytes, at most so many; none at the end


@dataclass(frozen=True)
class Block:
    """Whole records; or the beginning of one that is too long to be held, whose rest is passed over."""

    data: bytes
    is_too_long: bool = False
    is_open: bool = False  # the last cell of the file begins a quote that never ends


class EndlessError(ValueError):
    """A record is too long and has ends of lines in its quotes: rather than a cell it is a quote that was left open."""


def blocks(read: Read) -> Iterator[Block]:
    """All records of a file in their order. Raises `EndlessError` where it cannot be told what is a record."""
    held = _filled(b"", read, len(BOM)).removeprefix(BOM)
    while held := _filled(held, read, BLOCK_BYTES):
        if not _end_of(FIRST, held):
            held = _filled(held, read, MOST_BYTES)
        if whole := _end_of(ALL, held):
            yield Block(held[:whole])
            held = held[whole:]
        elif len(held) < MOST_BYTES:  # the file ends without an end of line
            yield Block(held, is_open=_state(held) == OPEN)
            held = b""
        else:
            start, held = held, _after(read, held)
            yield Block(start, is_too_long=True)


def _after(read: Read, held: bytes) -> bytes:
    """What follows a record that `held` begins; of it no more is kept than the state in which it leaves a reader."""
    while not NEWLINE.search(held):
        state = _state(held)
        held = _filled(state, read, BLOCK_BYTES)
        if held == state:  # the end of a file ends its last record
            held += b"\n"
    whole = _end_of(FIRST, held)
    if not whole or NEWLINE.search(held[:whole].rstrip(b"\r\n")):
        raise EndlessError
    return held[whole:]


def _state(held: bytes) -> bytes:
    """The shortest beginning of a record after which a reader is where it is after this one."""
    cell = held[_end_of(CELLS, held) :]
    if not cell.startswith(b'"'):
        return b"," + cell[:1]
    closed = _end_of(CLOSED, cell)
    if not closed:
        return OPEN
    return b',""' if closed == len(cell) else b",x"  # the next byte may be the second of two quotes, or may not


def _end_of(pattern: re.Pattern[bytes], held: bytes) -> int:
    found = pattern.match(held)
    return found.end() if found else 0


def _filled(held: bytes, read: Read, size: int) -> bytes:
    """What is held and what follows it, so many bytes together; fewer only at the end."""
    parts, left = [held], size - len(held)
    while left > 0 and (part := read(left)):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)
