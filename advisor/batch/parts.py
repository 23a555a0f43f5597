"""One piece of a table evaluated and written as a part: what every worker does, whatever the engine."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from advisor.batch.evaluating import Context, Evaluated, Form, all_refused, evaluated
from advisor.batch.formats import write_part
from advisor.batch.records import Piece
from advisor.batch.store import ATTEMPT, Store
from advisor.calibration import read_calibration
from advisor.platforms import chosen
from pricing import load

MOST_ATTEMPTS = 3  # that a piece may cost its worker


@dataclass(frozen=True)
class Job(Form):
    """What all pieces of a run have in common; with a piece it decides every byte of a part."""

    as_of: dt.date
    overlay: str | None
    team: str | None
    suffix: str
    rejects_suffix: str
    parts: str


@dataclass(frozen=True)
class Done:
    """A part that is written. Its note is written last, so a part with a note is whole."""

    number: int
    records: int
    answered: int
    rejected: int
    checksums: dict[str, str]  # file of the part -> SHA-256
    summary: dict[str, Any]

    @classmethod
    def read(cls, store: Store, number: int) -> Done | None:
        """The note of a part, where it is there and its files are as it says."""
        note = store.read(note_name(number))
        if note is None:
            return None
        done = cls(**json.loads(note))
        found = {name: _checksum(store.read(name) or b"") for name in done.checksums}
        return done if found == done.checksums else None


def note_name(number: int) -> str:
    """The file that says that a part is done."""
    return f"part-{number:06}.json"


def part_names(job: Job, number: int) -> tuple[str, str]:
    """The files of a part: its answers and its rejects."""
    return f"part-{number:06}{job.suffix}", f"part-{number:06}.rejects{job.rejects_suffix}"


def evaluate_part(job: Job, piece: Piece) -> Done:
    """Evaluate a piece and write its part. Doing it twice writes the same bytes.

    A piece that has cost several workers their lives is not tried again: all its rows are rejected.
    """
    store = Store(job.parts)
    attempt = next((each for each in range(MOST_ATTEMPTS) if not store.has(_attempt(piece, each))), None)
    if attempt is None:
        why = f"the process that evaluated this record and its neighbours died {MOST_ATTEMPTS} times"
        return _written(job, piece, all_refused(job, piece, why))
    store.write(_attempt(piece, attempt), b"")
    return _written(job, piece, evaluated(job, context(job), piece))


def _attempt(piece: Piece, attempt: int) -> str:
    return f"part-{piece.number:06}.{attempt}{ATTEMPT}"


@lru_cache(maxsize=2)
def context(job: Job) -> Context:
    """What a job asks for, read once in each process."""
    book = load(job.as_of, Path(job.overlay) if job.overlay else None)
    pace = None if job.team is None else read_calibration(Path(job.team))
    return Context(book, chosen(job.options), pace)


def _written(job: Job, piece: Piece, found: Evaluated) -> Done:
    """Write the part: its answers, its rejects if there are any, and at last its note."""
    store, names = Store(job.parts), part_names(job, piece.number)
    tables = zip(names, (found.answers, found.refused), (job.suffix, job.rejects_suffix), strict=True)
    checksums = {name: _put(store, name, table, suffix) for name, table, suffix in tables if table}
    refused = found.refused.num_rows
    done = Done(piece.number, len(piece), len(piece) - refused, refused, checksums, found.summary.document)
    store.write(note_name(piece.number), json.dumps(asdict(done)).encode())
    for attempt in range(MOST_ATTEMPTS):
        store.drop(_attempt(piece, attempt))
    return done


class Hashed(io.RawIOBase):
    """A file to write, of whose bytes a checksum is taken on the way."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, data: Any) -> int:
        """Write some bytes."""
        self.digest.update(data)
        return self._file.write(data)


def _put(store: Store, name: str, table: pa.Table, suffix: str) -> str:
    """Write a file of a part as it is laid out, so that it is never held as a whole. Its checksum."""
    with store.writing(name) as file:
        hashed = Hashed(file)
        write_part(table, hashed, suffix)
    return hashed.digest.hexdigest()


def _checksum(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
