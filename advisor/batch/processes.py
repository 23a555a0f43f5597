"""The engine of one machine: as many processes as cores, each with one piece at a time.

A process that dies takes no more with it than its own piece, which another gets. The pieces that wait are few, so
memory does not grow with the table.
"""

from __future__ import annotations

import signal
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from typing import Any

import pyarrow as pa

from advisor.batch.parts import Done, Job, evaluate_part
from advisor.batch.records import Piece

PATIENCE_S = 5.0  # for a process that is asked to end


@dataclass
class Worker:
    """A process and the piece it has."""

    process: Any
    line: Connection
    piece: Piece

    @classmethod
    def with_piece(cls, piece: Piece, job: Job) -> Worker:
        """A new process that has a piece to evaluate."""
        context = get_context("spawn")  # the same everywhere, and no file of the parent stays open in it
        ours, theirs = context.Pipe()
        process = context.Process(target=serve, args=(theirs, job), daemon=True)
        process.start()
        theirs.close()
        worker = cls(process, ours, piece)
        worker.give(piece)
        return worker

    def give(self, piece: Piece) -> None:
        """Hand it a piece; if it is dead, that is seen when its answer is awaited."""
        self.piece = piece
        with suppress(OSError):
            self.line.send(piece)

    def end(self) -> None:
        """Stop it now. What it was writing has no name yet."""
        self.line.close()
        self.process.terminate()
        self.process.join(PATIENCE_S)


def serve(line: Connection, job: Job) -> None:
    """What a process does until its parent hangs up."""
    pa.set_memory_pool(pa.system_memory_pool())  # of two heaps each keeps what the other could use
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to everybody; the parent decides
    while True:
        try:
            piece = line.recv()
        except (EOFError, OSError):
            return
        try:
            answer: Done | Exception = evaluate_part(job, piece)
        except Exception as error:
            answer = error
        try:
            line.send(answer)
        except OSError:
            return


def evaluate_locally(job: Job, pieces: Iterable[Piece], workers: int) -> Iterator[Done]:
    """Evaluate pieces in so many processes, in any order."""
    waiting = iter(pieces)
    crew = [Worker.with_piece(piece, job) for piece in islice(waiting, workers)]
    try:
        while crew:
            yield from _answers(crew, waiting, job)
    finally:
        for worker in crew:
            worker.end()


def _answers(crew: list[Worker], waiting: Iterator[Piece], job: Job) -> Iterator[Done]:
    """Wait for answers; give whoever answered the next piece, and the piece of the dead to somebody new."""
    for line in wait([worker.line for worker in crew]):
        at = next(at for at, worker in enumerate(crew) if worker.line is line)
        answer = _heard(crew[at])
        if answer is None:
            crew[at].end()
            crew[at] = Worker.with_piece(crew[at].piece, job)
        elif isinstance(answer, Exception):
            raise answer
        else:
            _go_on(crew, at, next(waiting, None))
            yield answer


def _heard(worker: Worker) -> Done | Exception | None:
    """What a process answers; None where it died before it could."""
    try:
        answer: Done | Exception = worker.line.recv()
    except (EOFError, OSError):
        return None
    return answer


def _go_on(crew: list[Worker], at: int, piece: Piece | None) -> None:
    if piece is None:
        crew.pop(at).end()
    else:
        crew[at].give(piece)
