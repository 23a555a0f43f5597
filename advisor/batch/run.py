"""A run: what it is made of, what of it is done, and how the parts become one file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from advisor.batch.formats import join, suffix_of
from advisor.batch.parts import Done, Job, part_names
from advisor.batch.places import checksum, is_address
from advisor.batch.records import PIECE_ROWS, Piece, files_of, header_of, pieces
from advisor.batch.store import Store, whole
from advisor.batch.summary import Summary
from advisor.errors import InputError, printable

MANIFEST = "run.json"
RESUME = "finish it with --resume, or begin anew with --force"
Engine = Callable[[Job, Iterable[Piece]], Iterator[Done]]
Told = Callable[[Done, float, bool], None]  # a part, the share of the input read with it, whether it was done just now


@dataclass(frozen=True)
class Run:
    """One table to evaluate, and where its answer goes."""

    job: Job
    files: tuple[str, ...]
    output: str
    rejects: str
    piece_rows: int = PIECE_ROWS

    @property
    def store(self) -> Store:
        """The folder of its parts."""
        return Store(self.job.parts)

    def pieces(self) -> Iterator[Piece]:
        """What it has to evaluate."""
        return pieces(self.files, self.job.header, self.piece_rows)


@dataclass(frozen=True)
class Outcome:
    """What a run came to."""

    records: int
    answered: int
    rejected: int
    parts: int
    summary: Summary

    def document(self, run: Run, fingerprint: str) -> dict[str, Any]:
        """What a run came to, for machines."""
        files = {"output": run.output, "rejects": run.rejects if self.rejected else None}
        counts = {"records": self.records, "answered": self.answered, "rejected": self.rejected}
        prices = {"as_of": run.job.as_of.isoformat(), "fingerprint": fingerprint}
        return {**files, **counts, "prices": prices, **self.summary.document}


def parts_of(output: str) -> str:
    """The folder beside an output in which its parts are kept until it is complete."""
    return f"{output}.parts"


def manifest_of(run: Run, fingerprint: str) -> dict[str, Any]:
    """What decides every byte of the output, so that a resumed run can tell whether anything changed."""
    job = run.job
    return {
        "version": package_version(),
        "prices": fingerprint,
        "as_of": job.as_of.isoformat(),
        "options": list(job.options),
        "layout": job.layout,
        "output": [job.suffix, job.rejects_suffix],
        "piece_rows": run.piece_rows,
        "team": checksum(job.team) if job.team else None,
        "input": {path: checksum(path) for path in run.files},
    }


def package_version() -> str:
    """The version of this program."""
    try:
        return version("deploy-advisor")
    except PackageNotFoundError:
        return "not installed"


def begin(run: Run, manifest: dict[str, Any], resume: bool, force: bool) -> None:
    """Make the folder of parts, or take up the one that is there. Raises `InputError` where that is not safe."""
    store = run.store
    if force and not resume:
        store.remove()
    found = store.read(MANIFEST)
    if found is None:
        if resume:
            raise InputError(f"there is no unfinished run of {printable(run.output)}; allowed: no --resume")
        store.write(MANIFEST, json.dumps(manifest, indent=1).encode())
    elif not resume:
        raise InputError(f"an unfinished run of {printable(run.output)} is there; {RESUME}")
    elif changed := changes(json.loads(found), manifest):
        raise InputError.listing(
            run.output, [*changed, "the unfinished run cannot be resumed; begin anew with --force"]
        )
    store.sweep()


def changes(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """What differs between two manifests, in words."""
    return [
        f"{name} changed since the run began: {before.get(name)} then, {now.get(name)} now"
        for name in now
        if before.get(name) != now.get(name)
    ]


def carry_out(run: Run, engine: Engine, told: Told) -> Outcome:
    """Evaluate what is not done yet and write the output. `told` hears of every part that is done."""
    done: dict[int, Done] = {}
    shares: dict[int, float] = {}

    def left() -> Iterator[Piece]:
        for piece in run.pieces():
            if found := Done.read(run.store, piece.number):
                done[piece.number] = found
                told(found, piece.share, False)
            else:
                shares[piece.number] = piece.share
                yield piece

    try:
        for each in engine(run.job, left()):
            done[each.number] = each
            told(each, shares.pop(each.number), True)
    except InputError:
        if not done:  # there is nothing to resume, so the mended command need not be told apart from an unfinished one
            run.store.remove()
        raise
    ordered = [done[number] for number in sorted(done)]
    outcome = outcome_of(ordered)
    finish(run, ordered)
    return outcome


def outcome_of(parts: Sequence[Done]) -> Outcome:
    """All parts together. No record may be lost or doubled."""
    records, answered, rejected = (
        sum(getattr(part, name) for part in parts) for name in ("records", "answered", "rejected")
    )
    if [part.number for part in parts] != list(range(len(parts))) or records != answered + rejected:
        raise AssertionError(f"{records} records in, {answered} answered and {rejected} rejected in {len(parts)} parts")
    return Outcome(
        records, answered, rejected, len(parts), Summary.joined(Summary.read(part.summary) for part in parts)
    )


def finish(run: Run, parts: Sequence[Done]) -> None:
    """Write the rejects and then the output under their names, each whole or not at all, and clear the parts away."""
    names = [part_names(run.job, part.number) for part in parts]
    made = [name for part in parts for name in part.checksums]
    rejects = [each for _, each in names if each in made]
    if rejects:
        _join(run, rejects, run.rejects, run.job.reject_columns, run.job.rejects_suffix)
    elif not is_address(run.rejects):
        Path(run.rejects).unlink(missing_ok=True)
    _join(run, [each for each, _ in names if each in made], run.output, run.job.columns, run.job.suffix)
    run.store.remove()


def _join(run: Run, names: Sequence[str], path: str, columns: Sequence[str], suffix: str) -> None:
    with whole(path) as target:
        join((run.store.opened(name) for name in names), columns, target, suffix)


def header_and_files(place: str, taken: Sequence[str]) -> tuple[Any, tuple[str, ...]]:
    """The tables that are to be read and the header they share."""
    files = files_of(place)
    return header_of(files, taken), tuple(files)


def rejects_of(output: str) -> str:
    """Where rejects go by default: beside the output, in its format."""
    suffix = suffix_of(output)
    return f"{output.removesuffix(suffix)}.rejects{suffix}"


def day_of(output: str) -> str | None:
    """The day whose prices an unfinished run uses; None where there is no such run."""
    found = Store(parts_of(output)).read(MANIFEST)
    return None if found is None else str(json.loads(found)["as_of"])


def is_unfinished(run: Run) -> bool:
    """Whether there is something to resume."""
    return run.store.has(MANIFEST)
