"""What `advisor report` is made of: workload files, a saved report, a table of workloads, or the result of a batch."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from advisor.cli_arguments import book_of, need_pyarrow, pace_of, platforms_of, workload_of
from advisor.errors import InputError, printable

if TYPE_CHECKING:
    from advisor.hours import OwnPace
    from advisor.platforms.platform import Platform
    from advisor.workload import Workload
    from pricing import PriceBook
    from reports.document import Chapter, Report
    from reports.tally import Answers

MOST_CHAPTERS = 10  # in a portfolio; a longer one is a table
MOST_FAULTS = 3  # of a table that are said
SAVED, TABLES = ".json", (".csv", ".csv.gz", ".parquet")


@dataclass(frozen=True)
class Asked:
    """What stands on the command line beside the files."""

    output: Path
    options: str | None
    as_of: str | None
    prices: Path | None
    team: Path | None
    manifests: bool

    @property
    def suffix(self) -> str:
        """The form that is asked for."""
        return self.output.suffix.lower()

    def command(self, paths: Sequence[Path], as_of: dt.date | None) -> str:
        """What to type for the same report again."""
        from reports.again import again

        return again(paths, self.output, as_of, self.options, self.prices, self.team, self.manifests)

    def refuse_choices(self, path: Path) -> None:
        """Refuse what would change nothing, since the answer is in the file."""
        given = {"--options": self.options, "--as-of": self.as_of, "--prices": self.prices, "--team": self.team}
        named = [name for name, value in given.items() if value is not None] + ["--manifests"] * self.manifests
        if named:
            words = ", ".join(named)
            raise InputError(f"{path} is worked out already, and {words} cannot change it; allowed: no {words}")


@dataclass(frozen=True)
class Having:
    """What answers are worked out with."""

    platforms: Sequence[Platform]
    book: PriceBook
    pace: OwnPace | None

    @classmethod
    def of(cls, asked: Asked) -> Having:
        """Read what was asked for."""
        return cls(platforms_of(asked.options), book_of(asked.as_of, asked.prices), pace_of(asked.team))


def report_from(paths: Sequence[Path], asked: Asked) -> Report:
    """The report of whatever the paths are. Raises `InputError` where they are nothing that can be reported on."""
    if any(path.name.endswith(TABLES) for path in paths):
        return _from_table(paths, asked)
    if [path.suffix.lower() for path in paths] == [SAVED]:
        from reports.machine import read_report

        asked.refuse_choices(paths[0])
        return read_report(paths[0])
    return _from_files(paths, asked)


def _from_files(paths: Sequence[Path], asked: Asked) -> Report:
    """A chapter for each workload, and a portfolio where there are several."""
    from advisor.version import program
    from reports.assemble import report_of
    from reports.portfolio import answers_of, without_allowance

    having = Having.of(asked)
    workloads = without_allowance([workload_of(path, having.book) for path in paths])
    chapters = [_chapter(each, having, asked) for each in workloads] if len(workloads) <= MOST_CHAPTERS else []
    command = asked.command(paths, having.book.as_of)
    if len(workloads) == 1:
        return report_of(having.book, program(), command, chapters)
    from advisor.comparison import compare
    from advisor.workload import Workloads
    from reports.tally import Tally

    tally = Tally()
    comparison = compare(Workloads.of(workloads), having.platforms, having.book, having.pace)
    tally.add(answers_of(comparison, lambda row: workloads[row].model_dump(mode="json")))
    return report_of(having.book, program(), command, chapters, tally)


def _chapter(workload: Workload, having: Having, asked: Asked) -> Chapter:
    from advisor.answer import compare_one
    from reports import DRAWN
    from reports.assemble import chapter_of, manifests_of

    answer = compare_one(workload, having.platforms, having.book, having.pace)
    manifests = manifests_of(answer) if asked.manifests else {}
    return chapter_of(answer, having.platforms, manifests, asked.suffix in DRAWN)


def _from_table(paths: Sequence[Path], asked: Asked) -> Report:
    """A portfolio from a table of workloads, or from what `advisor batch` made of one; no more in memory than is shown.

    Raises `InputError` for a table that is neither, and for what would cut a table short without saying so.
    """
    path = next(path for path in paths if path.name.endswith(TABLES))
    if len(paths) > 1:
        raise InputError(f"{path} is a table and stands alone; allowed: one table, or workload files")
    if asked.suffix in TABLES:
        raise InputError(f"{asked.output}: advisor batch writes whole tables; allowed: .html, .pdf, .md, .xlsx, .json")
    need_pyarrow("report of a table")
    from advisor.batch.records import columns_of
    from reports.results import layout_of, read_results

    columns = columns_of(str(path))
    if layout_of(columns):
        asked.refuse_choices(path)
        return _tallied(path, ((answers, []) for answers in read_results(str(path), columns)), asked, None)
    _check_columns(path, columns)
    from reports.workload_tables import compared_pieces

    if asked.manifests:
        raise InputError(f"{path}: --manifests goes with chapters, which a table has none of; allowed: workload files")
    having = Having.of(asked)
    pieces = compared_pieces(str(path), columns, having.platforms, having.book, having.pace)
    return _tallied(path, pieces, asked, having.book)


def _check_columns(path: Path, columns: Sequence[str]) -> None:
    """Refuse a table that is about something else; what a table of workloads lacks is said where it is read."""
    from advisor.declaration import FIELDS
    from reports.results import lacking

    required = [name for name, field in FIELDS.items() if field.is_required()]
    if set(required) & set(columns) <= {"name"}:
        raise InputError(
            f"{path} is neither a table of workloads, which has the columns {', '.join(required)}, nor the result of "
            f"advisor batch, of which it lacks {', '.join(lacking(columns))}; allowed: one of the two"
        )


def _tallied(
    path: Path, pieces: Iterable[tuple[Answers, Sequence[str]]], asked: Asked, book: PriceBook | None
) -> Report:
    """All pieces added up. Records that could not be used are counted and the first of them said."""
    from advisor.version import program
    from reports.assemble import report_of
    from reports.tables_of_many import MOST_ROWS
    from reports.tally import Tally

    tally, said = Tally(MOST_ROWS), list[str]()
    for answers, faults in pieces:
        tally.add(answers)
        tally.refused += len(faults)
        said += faults[: MOST_FAULTS - len(said)]
    if not tally.workloads:
        raise InputError.listing(str(path), said or ["it holds no workload; allowed: a record for each"])
    for line in _warned(path, tally.refused, said):
        typer.echo(f"advisor: {printable(line)}", err=True)
    command = asked.command([path], None if book is None else book.as_of)
    return report_of(book, program(), command, [], tally)


def _warned(path: Path, refused: int, said: Sequence[str]) -> Iterator[str]:
    yield from (f"{path}: {fault}" for fault in said)
    if refused > len(said):
        yield f"{path}: {refused - len(said)} more records cannot be used; advisor batch lists them all"
