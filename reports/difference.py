"""What changed between two saved runs, line by line: prices, the workload, or the advisor itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from advisor.saved import SavedLine, SavedOption, SavedRun

WORKLOAD, PRICES, VERSION = "workload", "price book", "version"
ANOTHER = "nothing that was saved"
MOVED = ", by another variant"
ANCILLARY = "ancillary"  # the role of a line beside what serves
SAME = 1e-9  # relative: what two processors may differ by


@dataclass(frozen=True)
class Change:
    """One thing that was one way and is another; None where it was not, or is no more."""

    what: str
    before: Any
    after: Any


@dataclass(frozen=True)
class LineChange:
    """A line of a bill, before and after; the difference is split into what each cause alone brings. [USD/month]

    The parts are None where the two runs do not hold what it takes to split; `RunChange.untold` says what is missing.
    """

    option: str
    meter: str
    before_usd: float | None
    after_usd: float | None
    by_price_usd: float | None
    by_quantity_usd: float | None
    cause: str


@dataclass(frozen=True)
class Moved:
    """Whether an option is had in another way or in another place than before."""

    variant: bool
    region: bool

    @classmethod
    def of(cls, before: SavedOption, after: SavedOption) -> Moved:
        """What moved between two runs."""
        return cls(before.variant != after.variant, before.region != after.region)

    def touches(self, one: SavedLine | None, other: SavedLine | None) -> bool:
        """Whether the price of a line may be another one because of it: a region touches all, a machine what it does.

        Ancillary lines, such as logs, cost the same whatever serves; so does what has the same price before and after.
        """
        if one is None or other is None:
            return self.variant or self.region
        ancillary = {(each.model_extra or {}).get("role") for each in (one, other)} == {ANCILLARY}
        return _repriced(one, other) and (self.region or (self.variant and not ancillary))


@dataclass(frozen=True)
class RunChange:
    """What changed for one workload."""

    workload: str
    fields: tuple[Change, ...]
    prices: tuple[Change, ...]
    program: tuple[Change, ...]
    choice: tuple[Change, ...]
    variants: tuple[Change, ...]  # by option
    bills: tuple[Change, ...]  # by option, USD a month or a status
    totals: tuple[Change, ...]  # by option, USD over the horizon
    lines: tuple[LineChange, ...]
    untold: tuple[str, ...]  # in words, what the two runs cannot tell

    @property
    def causes(self) -> tuple[str, ...]:
        """What differs between the two runs that can move a figure."""
        causes = {WORKLOAD: self.fields, PRICES: self.prices, VERSION: self.program}
        return tuple(name for name, changes in causes.items() if changes)

    @property
    def empty(self) -> bool:
        """Whether the two runs are the same."""
        figures = (self.choice, self.variants, self.bills, self.totals, self.lines)
        return not self.causes and not any(figures)


@dataclass(frozen=True)
class Difference:
    """Two files compared, workload by workload."""

    runs: tuple[RunChange, ...]
    gone: tuple[str, ...]
    new: tuple[str, ...]

    @property
    def empty(self) -> bool:
        """Whether nothing changed."""
        return not (self.gone or self.new) and all(run.empty for run in self.runs)


def difference(before: Sequence[SavedRun], after: Sequence[SavedRun]) -> Difference:
    """Compare workloads of the same name; two files of one workload each are compared whatever it is called."""
    old, new = _named(before), _named(after)
    if len(old) == len(new) == 1:
        new = dict(zip(old, new.values(), strict=True))
    gone = tuple(run.name for key, run in old.items() if key not in new)
    fresh = tuple(run.name for key, run in new.items() if key not in old)
    return Difference(tuple(_run(run, new[key]) for key, run in old.items() if key in new), gone, fresh)


def _named(runs: Sequence[SavedRun]) -> dict[tuple[str, int], SavedRun]:
    """Runs by name; those of the same name in their order."""
    seen: Counter[str] = Counter()
    found = {}
    for run in runs:
        found[run.name, seen[run.name]] = run
        seen[run.name] += 1
    return found


def _run(before: SavedRun, after: SavedRun) -> RunChange:
    fields, prices, program = (tuple(_changes(what(before), what(after))) for what in (_fields, _prices, _program))
    found = {WORKLOAD: fields, PRICES: prices, VERSION: program}
    causes = [name for name, changes in found.items() if changes]
    lines = tuple(line for option in before.options for line in _option(option, after.of(option.option), causes))
    return RunChange(
        after.name,
        fields,
        prices,
        program,
        tuple(_changes(_choice(before), _choice(after))),
        tuple(_changes(_variants(before), _variants(after))),
        tuple(_changes(_bills(before), _bills(after))),
        tuple(_changes(_totals(before), _totals(after))),
        lines,
        tuple(untold(before, after, causes, lines)),
    )


def _fields(run: SavedRun) -> Mapping[str, Any]:
    return run.workload


def _prices(run: SavedRun) -> Mapping[str, Any]:
    return {"as of": run.prices.as_of, "fingerprint": run.prices.fingerprint}


def _program(run: SavedRun) -> Mapping[str, Any]:
    """The version, where the file says it."""
    return {} if run.program is None else {"version": run.program}


def _choice(run: SavedRun) -> Mapping[str, Any]:
    return {"choice": run.choice.option}


def _variants(run: SavedRun) -> Mapping[str, Any]:
    return {each.option: f"{each.variant}, {each.region}" for each in run.options if each.variant}


def _bills(run: SavedRun) -> Mapping[str, Any]:
    return {each.option: each.status if each.monthly_usd is None else each.monthly_usd for each in run.options}


def _totals(run: SavedRun) -> Mapping[str, Any]:
    return {each.option: each.tco_usd for each in run.options if each.tco_usd is not None}


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    """What both know and say differently; what only one of them knows is a change of a workload's fields alone."""
    for what in dict.fromkeys([*before, *after]):
        one, other = before.get(what), after.get(what)
        if not _same(one, other):
            yield Change(what, one, other)


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return abs(one - other) <= SAME * max(abs(one), abs(other))
    return bool(one == other)


def _option(before: SavedOption, after: SavedOption | None, causes: Sequence[str]) -> Iterator[LineChange]:
    """Every line of an option that changed, where both runs saved their lines."""
    if after is None or not (before.lines and after.lines):
        return
    old, new = ({line.meter: line for line in each.lines} for each in (before, after))
    moved = Moved.of(before, after)
    for meter in dict.fromkeys([*old, *new]):
        one, other = old.get(meter), new.get(meter)
        if _differ(one, other):
            by_price, by_quantity, cause = _split(one, other, moved, causes)
            yield LineChange(before.option, meter, _usd(one), _usd(other), by_price, by_quantity, cause)


def _usd(line: SavedLine | None) -> float | None:
    """What a line costs; a line that is not there costs nothing."""
    return 0.0 if line is None else line.usd


def _differ(one: SavedLine | None, other: SavedLine | None) -> bool:
    return one is None or other is None or not _same(one.usd, other.usd) or _repriced(one, other)


def _split(
    one: SavedLine | None, other: SavedLine | None, moved: Moved, causes: Sequence[str]
) -> tuple[float | None, float | None, str]:
    """What the price brings, what the quantity brings, and why.

    The price brings the old quantity at the new price less that at the old; the quantity brings the rest. At the same
    unit prices, tier by tier, or on the same price book, all of it is the quantity's. Where both changed, the mean
    price of the line stands for its price. Two machines, purchases or regions have no price in common: there a single
    cause brings all of it, and several are told apart only on lines whose prices do not depend on what moved.
    """
    why = _moves_quantity(causes)
    before, after = _usd(one), _usd(other)
    if before is None or after is None:
        return None, None, "a price is unknown"
    if moved.touches(one, other):
        return _split_of_a_move(after - before, causes)
    if one is None or other is None:
        return 0.0, after - before, f"{'new' if one is None else 'gone'} ({why})"
    if PRICES not in causes or not _repriced(one, other):
        return 0.0, after - before, why
    if _same(one.quantity, other.quantity):
        return after - before, 0.0, "price"
    by_price = one.quantity * (after / other.quantity - before / one.quantity)
    return by_price, after - before - by_price, f"price, and {why}"


def _split_of_a_move(usd: float, causes: Sequence[str]) -> tuple[float | None, float | None, str]:
    """The parts of a line whose option is had in another way now: all of it is the cause's, where there is but one."""
    why = f"{' or '.join(causes) or ANOTHER}{MOVED}"
    if list(causes) == [PRICES]:
        return usd, 0.0, why
    return (0.0, usd, why) if causes and PRICES not in causes else (None, None, why)


def _repriced(one: SavedLine, other: SavedLine) -> bool:
    """Whether any tier that both reach has another unit price."""
    pairs = zip(one.tiers, other.tiers, strict=False)
    return any(not _same(old.usd_per_unit, new.usd_per_unit) and old.note == new.note for old, new in pairs)


def _moves_quantity(causes: Sequence[str]) -> str:
    """What makes a quantity differ: the workload, how the advisor counts, or facts such as idle times."""
    words = {WORKLOAD: WORKLOAD, VERSION: VERSION, PRICES: "facts of the price book"}
    return " or ".join(words[name] for name in (WORKLOAD, VERSION) if name in causes) or (
        words[PRICES] if PRICES in causes else ANOTHER
    )


def untold(before: SavedRun, after: SavedRun, causes: Sequence[str], lines: Sequence[LineChange]) -> Iterator[str]:
    """In words, what the two runs do not hold."""
    if before.program is None or after.program is None:
        yield "Whether the version changed: only `advisor report -o FILE.json` saves it, not `advisor compare --json`."
    bare = [each.option for each in before.options if _has_no_lines(each, after.of(each.option))]
    if bare:
        yield f"The lines of {', '.join(bare)}: only `advisor report -o FILE.json` saves lines."
    if WORKLOAD in causes and VERSION in causes:
        yield "What is the workload's and what the version's: both move quantities. Run the earlier workload again now."
    if PRICES in causes and len(causes) > 1:
        moved = dict.fromkeys(line.option for line in lines if line.cause.endswith(MOVED))
        yield from (_move(before.of(option), after.of(option)) for option in moved)
        if moved:
            yield f"That would be told by the later workload on the earlier day: --as-of {before.prices.as_of}."


def _move(before: SavedOption | None, after: SavedOption | None) -> str:
    """An option that is had in another way, so that its prices cannot be compared."""
    if before is None or after is None:
        raise AssertionError("a line that changed is about an option of both runs")
    return (
        f"What prices bring to {before.option}: it was {before.variant} and is {after.variant}, and neither run holds "
        "the price of one on the day of the other."
    )


def _has_no_lines(before: SavedOption, after: SavedOption | None) -> bool:
    """Whether a bill changed of which one run saved no lines."""
    if after is None or before.monthly_usd is None or after.monthly_usd is None:
        return False
    return not _same(before.monthly_usd, after.monthly_usd) and not (before.lines and after.lines)
