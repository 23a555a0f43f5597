"""The engine of one machine: as many processes as cores, each with one piece at a time.

A process that dies takes no more with it than its own piece, which another gets. The pieces that wait are few, so
memory does not grow with the table.
"""

from __future__ import annotations

import signal
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from typing import Any

from advisor.batch.parts import Done, Job, evaluate_part
from advisor.batch.records import Piece

PATIENCE_S = 5.0  # for a process that is asked to end


@dataclass
class Worker:
    """A process and the piece it has."""

    process: Any
    line: Connection
    piece: Piece | None = None

    @classmethod
    def started(cls, job: Job) -> Worker:
        """A new process that waits for a piece."""
        context = get_context("spawn")  # the same everywhere, and no file of the parent stays open in it
        ours, theirs = context.Pipe()
        process = context.Process(target=serve, args=(theirs, job), daemon=True)
        process.start()
        theirs.close()
        return cls(process, ours)

    def give(self, piece: Piece) -> None:
        """Hand it a piece; if it is dead, that is seen when its answer is awaited."""
        self.piece = piece
        try:
            self.line.send(piece)
        except OSError:
            pass

    def end(self) -> None:
        """Stop it now. What it was writing has no name yet."""
        self.line.close()
        self.process.terminate()
        self.process.join(PATIENCE_S)


def serve(line: Connection, job: Job) -> None:
    """What a process does until its parent hangs up."""
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
    crew: list[Worker] = []
    try:
        while True:
            while len(crew) < workers and (piece := next(waiting, None)) is not None:
                crew.append(Worker.started(job))
                crew[-1].give(piece)
            if not crew:
                return
            yield from _answers(crew, waiting, job)
    finally:
        for worker in crew:
            worker.end()


def _answers(crew: list[Worker], waiting: Iterator[Piece], job: Job) -> Iterator[Done]:
    """Wait for answers; give whoever answered the next piece, and the piece of the dead to somebody new."""
    for line in wait([worker.line for worker in crew]):
        worker = next(each for each in crew if each.line is line)
        try:
            answer = worker.line.recv()
        except (EOFError, OSError):
            answer = None
        crew.remove(worker)
        if answer is None:
            worker.end()
            crew.append(Worker.started(job))
            crew[-1].give(_of(worker))
            continue
        if isinstance(answer, Exception):
            worker.end()
            raise answer
        if (piece := next(waiting, None)) is None:
            worker.end()
        else:
            worker.give(piece)
            crew.append(worker)
        yield answer


def _of(worker: Worker) -> Piece:
    assert worker.piece is not None
    return worker.piece
