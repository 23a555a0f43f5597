"""A portfolio added up piece by piece: totals, where the workloads go, the largest savings, and the rows to show.

However many workloads pass through it, it holds no more than the rows it was told to keep.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from advisor.choice import NOBODY
from advisor.units import Array, Index
from reports.document_of_many import Row, Saving, Share, Totals

LARGEST = 10  # savings that are told
SUMS = ("monthly_usd", "tco_usd", "setup_hours", "running_hours_per_month")

Document = dict[str, Any]


@dataclass(frozen=True)
class Answers:
    """What is chosen for some workloads, as columns of shape (rows,)."""

    options: tuple[str, ...]
    choice: Index  # a position in `options`, or NOBODY
    figures: Mapping[str, Array]  # those in SUMS of the choice; NaN where there is none or it is not known
    today_usd: Array  # NaN where it is not known
    described: Callable[[Index], Sequence[Document]]  # the rows at some positions, as `Row` reads them

    def __len__(self) -> int:
        return len(self.choice)


class Tally:
    """The sum of all answers that were added. Keeps `most` rows, those with the largest bills; all where it is None."""

    def __init__(self, most: int | None = None) -> None:
        self.most = most
        self.workloads = self.priced = self.compared = self.refused = 0
        self.sums: dict[str, list[float]] = defaultdict(list)  # a sum of each piece
        self.shares: dict[str, list[Share]] = defaultdict(list)
        self.savings: list[Saving] = []
        self.kept: list[Document] = []
        self.bills = np.zeros(0)  # of the rows that are kept

    def add(self, answers: Answers) -> None:
        """Count some more workloads."""
        priced = answers.choice != NOBODY
        self.workloads, self.priced = self.workloads + len(answers), self.priced + int(priced.sum())
        for name in SUMS:
            figure = answers.figures.get(name)
            if figure is not None:
                self.sums[name].append(math.fsum(figure[priced].tolist()))
        self._share(answers)
        self._save(answers)
        self._keep(answers)

    def _share(self, answers: Answers) -> None:
        """What goes to each option."""
        for at in np.unique(answers.choice[answers.choice != NOBODY]).tolist():
            chosen, option = answers.choice == at, answers.options[at]
            usd, tco_usd = (math.fsum(answers.figures[name][chosen].tolist()) for name in SUMS[:2])
            found = Share(option=option, workloads=int(chosen.sum()), monthly_usd=usd, tco_usd=tco_usd)
            self.shares[option].append(found)

    def _save(self, answers: Answers) -> None:
        """What following every choice saves, and whom the most."""
        followed, today = answers.figures["monthly_usd"], answers.today_usd
        known = np.flatnonzero(~np.isnan(today) & ~np.isnan(followed))
        self.compared += len(known)
        self.sums["today_usd"].append(math.fsum(today[known].tolist()))
        self.sums["followed_usd"].append(math.fsum(followed[known].tolist()))
        largest = known[np.argsort(followed[known] - today[known], kind="stable")][:LARGEST]
        found = [_saving(each) for each in answers.described(largest)]
        self.savings = sorted([*self.savings, *found], key=lambda saving: -saving.monthly_usd)[:LARGEST]

    def _keep(self, answers: Answers) -> None:
        """The rows with the largest bills, in the order in which they came."""
        usd = answers.figures["monthly_usd"]
        bills = np.append(self.bills, np.where(np.isnan(usd), -np.inf, usd))
        before = len(self.kept)
        kept = np.sort(np.argsort(-bills, kind="stable")[: self.most])
        old, new = kept[kept < before], kept[kept >= before] - before
        self.kept = [self.kept[at] for at in old.tolist()] + list(answers.described(new))
        self.bills = bills[kept]

    @property
    def totals(self) -> Totals:
        """All of it together."""
        sums = {name: math.fsum(parts) for name, parts in self.sums.items()}
        shares = [_together(shares) for shares in self.shares.values()]
        return Totals(
            workloads=self.workloads,
            priced=self.priced,
            refused=self.refused,
            compared=self.compared,
            running_hours_per_month=sums.pop("running_hours_per_month", None),
            by_choice=tuple(sorted(shares, key=lambda share: -share.monthly_usd)),
            savings=tuple(saving for saving in self.savings if saving.monthly_usd > 0),
            **sums,
        )

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows that were kept: as they came, or by their bills where some had to go."""
        some = len(self.kept) < self.workloads
        order = np.argsort(-self.bills, kind="stable").tolist() if some else range(len(self.kept))
        return tuple(Row.model_validate(self.kept[at]) for at in order)


def totals_of(rows: Sequence[Row]) -> Totals:
    """The totals of rows that are all there is."""
    options = tuple(dict.fromkeys(row.choice.option for row in rows if row.choice.option is not None))
    choice = [NOBODY if row.choice.option is None else options.index(row.choice.option) for row in rows]
    documents = [row.model_dump() for row in rows]
    figures = {name: _column(documents, name) for name in SUMS}
    tally = Tally(most=0)
    tally.add(
        Answers(
            options,
            np.array(choice, dtype=np.intp),
            figures,
            _column(documents, "current_monthly_usd"),
            lambda at: [documents[row] for row in at.tolist()],
        )
    )
    return tally.totals


def _column(rows: Sequence[Document], name: str) -> Array:
    return np.array([row[name] for row in rows], dtype=np.float64)  # None is NaN


def _saving(row: Document) -> Saving:
    return Saving(
        workload=row["workload"]["name"],
        current_option=row["workload"].get("current_option"),
        option=row["choice"]["option"],
        today_usd=row["current_monthly_usd"],
        followed_usd=row["monthly_usd"],
    )


def _together(shares: Sequence[Share]) -> Share:
    """The parts of one option as one."""
    return Share(
        option=shares[0].option,
        workloads=sum(share.workloads for share in shares),
        monthly_usd=math.fsum(share.monthly_usd for share in shares),
        tco_usd=math.fsum(share.tco_usd for share in shares),
    )
