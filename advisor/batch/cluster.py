"""The engine of many machines: pieces as tasks of a Dask cluster, a running one or one of its own.

Every worker writes its part into the folder of parts, so that must be a disk they share or an address of fsspec. Dask
gives the piece of a worker that died to another; after three such deaths the piece itself is refused (`parts`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from importlib import import_module
from itertools import islice
from typing import Any

from advisor.batch.parts import Done, Job, evaluate_part
from advisor.batch.records import Piece
from advisor.errors import InputError

PIECES_A_THREAD = 2  # one that is evaluated and one that is on its way
REACH_S = 10.0  # to find a scheduler
SILENT = 50  # a level of logging above all others
ANY_PORT = "127.0.0.1:0"  # for the pages of Dask about itself; by default it takes one port, which may be taken


def evaluate_on_cluster(job: Job, pieces: Iterable[Piece], scheduler: str | None, workers: int) -> Iterator[Done]:
    """Evaluate pieces on a cluster, in any order; without an address on a cluster of so many processes here."""
    dask = _distributed()
    with ExitStack() as stack:
        if scheduler is None:
            own = dask.LocalCluster(
                n_workers=workers, threads_per_worker=1, dashboard_address=ANY_PORT, silence_logs=SILENT
            )
            client = stack.enter_context(dask.Client(stack.enter_context(own)))
        else:
            client = stack.enter_context(_reached(dask, scheduler))
        yield from _evaluated(dask, client, job, pieces)


def _distributed() -> Any:
    try:
        return import_module("distributed")
    except ImportError:
        raise InputError("--engine dask needs Dask; install it with: pip install 'deploy-advisor[cluster]'") from None


def _reached(dask: Any, scheduler: str) -> Any:
    try:
        return dask.Client(scheduler, timeout=REACH_S)
    except (OSError, ValueError) as error:
        raise InputError(
            f"the scheduler {scheduler} does not answer: {error}; allowed: an address such as tcp://10.0.0.1:8786"
        ) from None


def _evaluated(dask: Any, client: Any, job: Job, pieces: Iterable[Piece]) -> Iterator[Done]:
    """Keep as many pieces under way as the cluster can work on, and no more: memory does not grow with the table."""
    waiting = iter(pieces)
    given: dict[str, Piece] = {}
    under_way = dask.as_completed()

    def give(piece: Piece) -> None:
        future = client.submit(evaluate_part, job, piece, pure=False)
        given[future.key] = piece
        under_way.add(future)

    for piece in islice(waiting, max(sum(client.nthreads().values()), 1) * PIECES_A_THREAD):
        give(piece)
    for future in under_way:
        piece = given.pop(future.key)
        try:
            done: Done = future.result()
        except (
            dask.KilledWorker
        ):  # the scheduler gives up; the next attempt refuses the piece, or finds a healthier worker
            give(piece)
            continue
        if (following := next(waiting, None)) is not None:
            give(following)
        yield done
