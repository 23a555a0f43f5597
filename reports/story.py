"""What a report says, once: a machine form becomes headings, sentences, tables and charts, for any writer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from advisor.figures import amount, money
from reports import charts, charts_of_bills, charts_of_sweeps, charts_of_time
from reports.content import Block, Bullets, Chart, Listing, Paragraph, Section, Story
from reports.document import Chapter, Option, Prices, Report
from reports.document_of_many import Totals
from reports.evidence import assumptions, facts_table, limits_table, prices_table, ruled_out
from reports.formats import short
from reports.tables import (
    activities_table,
    bill_table,
    costs_table,
    flips_table,
    parts_table,
    people_table,
)
from reports.tables_of_many import by_choice_table, savings_table, workloads_table
from reports.tally import totals_of
from reports.topics import Topic

TITLE = "Where to run it"
MOST_REASONS = 3  # of an option that is ruled out, in the summary


def story_of(report: Report, topics: Collection[Topic] = tuple(Topic)) -> Story:
    """The report, of each workload what is asked for."""
    single = report.chapters[0] if len(report.chapters) == 1 and not report.portfolio else None
    sections = [] if single else list(_portfolio(report))
    for chapter in report.chapters:
        sections += _chapter(chapter, topics, alone=single is not None)
    return Story(
        title=f"{TITLE}: {short(single.name) if single else _counted(_totals_of(report).workloads)}",
        about=asked(single) if single else "What each of them would run on, and what that costs together.",
        sections=tuple(sections),
        colophon=(*report.caveats, f"{_dated(report.prices)}; deploy-advisor {report.program}."),
        command=report.command,
    )


def _counted(workloads: int) -> str:
    return "1 workload" if workloads == 1 else f"{amount(workloads)} workloads"


def _dated(prices: Prices | None) -> str:
    """Which prices they are."""
    if prices is None:
        return "The table was worked out by advisor batch and does not say with the prices of which day"
    return f"Prices as of {prices.as_of}, the oldest of {prices.oldest}, fingerprint {prices.fingerprint}"


def asked(chapter: Chapter) -> str:
    """What was asked, in one sentence."""
    workload = chapter.workload
    replica = f"replicas of {amount(workload['vcpu'])} vCPU and {amount(workload['memory_gib'])} GiB"
    return (
        f"{amount(workload['requests_per_month'])} requests a month in {workload['geography']} "
        f"({workload['profile']}), {amount(workload['duration_s'])} s each, {replica}; "
        f"a horizon of {chapter.months} months."
    )


def _chapter(chapter: Chapter, topics: Collection[Topic], alone: bool) -> Iterator[Section]:
    """About one workload: the answer first, then what it rests on."""
    if not alone:
        yield Section(short(chapter.name), (Paragraph(asked(chapter)),), level=1)
    for topic, sections in TELLERS.items():
        if topic in topics:
            yield from (section for section in sections(chapter) if section.blocks)


def _pair(chapter: Chapter) -> list[Option]:
    return [option for option in (chapter.chosen, chapter.runner_up) if option]


def _drawn(*found: Chart | None) -> Iterator[Chart]:
    yield from (chart for chart in found if chart)


def _summary(chapter: Chapter) -> Iterator[Section]:
    yield Section(Topic.SUMMARY, tuple(_said(chapter)))


def _said(chapter: Chapter) -> Iterator[Block]:
    """What a manager reads in a minute."""
    lead, *others = chapter.text
    yield Paragraph(" ".join(lead.sentences), lead=True)
    for paragraph in others:
        if paragraph.heading != "The others":
            yield Bullets(paragraph.sentences, title=paragraph.heading)


def _comparison(chapter: Chapter) -> Iterator[Section]:
    yield Section(Topic.COMPARISON, (costs_table(chapter), people_table(chapter), parts_table(chapter)))


def _charts(chapter: Chapter) -> Iterator[Section]:
    yield Section(Topic.CHARTS, tuple(_drawn(charts.cost_against_days(chapter), charts.cumulative(chapter))))


def _bills(chapter: Chapter) -> Iterator[Section]:
    yield from (Section(f"The bill of {each.option}", tuple(_bill(each, chapter))) for each in _pair(chapter))


def _bill(option: Option, chapter: Chapter) -> Iterator[Block]:
    yield Paragraph(
        f"{option.variant} in {option.region}: {money(option.monthly_usd)} USD a month at today's traffic, "
        f"{money(option.tco_usd)} USD over {chapter.months} months with its people."
    )
    yield from _drawn(charts_of_bills.waterfall(option))
    yield bill_table(option)


def _plans(chapter: Chapter) -> Iterator[Section]:
    yield from (Section(f"Time to deploy on {each.option}", tuple(_plan(each))) for each in _pair(chapter)[:1])


def _plan(option: Option) -> Iterator[Block]:
    learning = f"Learning takes {option.learning_share:.0%} of the hours." if option.learning_share else ""
    yield Paragraph(f"Critical path: {' → '.join(option.critical_path)}. {learning}".strip())
    yield from _drawn(charts_of_time.gantt(option))
    yield activities_table(option)


def _changes(chapter: Chapter) -> Iterator[Section]:
    before = _drawn(charts_of_sweeps.cost_against_requests(chapter))
    after = _drawn(charts_of_time.replicas_over_the_week(chapter))
    yield Section(Topic.CHANGES, (*before, flips_table(chapter), *after))


def _ruled_out(chapter: Chapter) -> Iterator[Section]:
    if out := ruled_out(chapter):
        yield Section(Topic.RULED_OUT, (out,))


def _assumptions(chapter: Chapter) -> Iterator[Section]:
    yield Section(Topic.ASSUMPTIONS, tuple(assumptions(chapter, _pair(chapter))))


def _sources(chapter: Chapter) -> Iterator[Section]:
    if pair := _pair(chapter):
        yield Section(Topic.SOURCES, (prices_table(pair), limits_table(pair), facts_table(pair)))


def _manifests(chapter: Chapter) -> Iterator[Section]:
    yield Section("Appendix: manifests", tuple(Listing(name, text) for name, text in chapter.manifests.items()))


TELLERS: Mapping[Topic, Callable[[Chapter], Iterator[Section]]] = {
    Topic.SUMMARY: _summary,
    Topic.COMPARISON: _comparison,
    Topic.CHARTS: _charts,
    Topic.BILLS: _bills,
    Topic.PLAN: _plans,
    Topic.CHANGES: _changes,
    Topic.RULED_OUT: _ruled_out,
    Topic.ASSUMPTIONS: _assumptions,
    Topic.SOURCES: _sources,
    Topic.MANIFESTS: _manifests,
}


def _portfolio(report: Report) -> Iterator[Section]:
    """All workloads on one page."""
    totals = _totals_of(report)
    blocks: list[Block] = [Paragraph(_totals(totals), lead=True), *_drawn(charts_of_bills.by_choice(totals.by_choice))]
    blocks.append(by_choice_table(totals))
    if totals.savings:
        blocks.append(savings_table(totals))
    blocks.append(workloads_table(report.portfolio, totals.workloads))
    if len(report.chapters) < totals.workloads:
        told = f"the first {len(report.chapters)}" if report.chapters else "none"
        blocks.append(Paragraph(f"Of {_counted(totals.workloads)} {told} are told in a chapter of their own."))
    blocks.append(Paragraph("No workload takes a free allowance unless it says so: that belongs to the account."))
    yield Section("Portfolio", tuple(blocks), level=1)


def _totals_of(report: Report) -> Totals:
    """The totals, which a report of long ago left to its readers."""
    return report.totals or totals_of(report.portfolio)


def _totals(totals: Totals) -> str:
    running = totals.running_hours_per_month
    people = "" if running is None else f" and {amount(round(running))} hours of people a month"
    said = (
        f"{money(totals.monthly_usd)} USD a month in bills{people}; "
        f"{money(totals.tco_usd)} USD over all horizons, people included."
    )
    if totals.compared:
        saved = totals.today_usd - totals.followed_usd
        known = amount(totals.compared)
        said += f" For the {known} whose bill of today is known, that is {money(saved)} USD a month less."
    missing = totals.workloads - totals.priced
    if missing:
        said += f" {amount(missing)} of {amount(totals.workloads)} have no option that can be priced."
    if totals.refused:
        said += f" {amount(totals.refused)} more records of the table could not be used: advisor batch says why."
    return said
