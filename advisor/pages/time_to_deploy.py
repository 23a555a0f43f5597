"""Page 3: how long an option takes until it serves production, and what people do for it then."""

from __future__ import annotations

import streamlit as st

from advisor.figures import rough
from advisor.pages import own_pace, session
from advisor.pages.blocks import draw
from advisor.pages.options import chosen_option
from advisor.pages.scenario import Scenario
from advisor.pages.words import inert
from advisor.what_if import Case, what_if
from pricing.effort import effort_sources
from reports.charts_of_time import gantt, names_above
from reports.document import Option
from reports.tables import activities_table
from reports.tables_of_time import hours_sources_table, running_table, what_if_table

TITLE, ICON, PATH = "Time to deploy", ":material/schedule:", "time"
MIDDLE = "Half of all cases stay below the large figure; eight in ten lie between the small ones."
MOST_CASES = 64  # kept for all sessions together


def page() -> None:
    """Draw the page."""
    st.title("How long until it serves production?")
    own_pace.sign("top")
    option = chosen_option("Option", "time-option")
    if option is None:
        return
    _figures(option)
    if chart := gantt(option):
        draw(names_above(chart))
    with st.expander("Every activity: hours, days, how often it sets the end"):
        draw(activities_table(option))
    _sources(option)
    st.subheader("What would change it?")
    draw(what_if_table(cases_for(session.scenario(), option.option), session.chapter().months))
    st.subheader("What do releases and operations take?")
    draw(running_table(session.answer().plan(option.option), session.workload().releases_per_month))
    own_pace.section()


def _figures(option: Option) -> None:
    """The answer first: the middle case large, the range in words."""
    days, hours, running = option.days_to_production, option.setup_hours, option.operations_hours_per_month
    for column, label, spread in zip(
        st.columns(3),
        ("Business days to production", "Set-up, hands-on hours", "Running, hours a month"),
        (days, hours, running),
        strict=True,
    ):
        between = f"eight in ten: {rough(spread.p10)} to {rough(spread.p90)}"
        column.metric(label, rough(spread.p50), between, delta_color="off", delta_arrow="off", border=True, help=MIDDLE)
    if option.learning_share:
        st.markdown(inert(f"Learning takes {option.learning_share:.0%} of the hours."))
    for reason in option.why_not:
        st.warning(inert(f"{option.option} cannot be: {reason}"))


def _sources(option: Option) -> None:
    question = session.answer().plan(option.option).question
    draw(hours_sources_table(effort_sources(session.book().folder.root, question.family, question.team.skill)))


def cases_for(asked: Scenario, option: str) -> tuple[Case, ...]:
    """What would change an option of a scenario, kept for whoever asks the same again."""
    return _cases(asked.key, option, asked)


@st.cache_resource(max_entries=MOST_CASES, show_spinner=False)
def _cases(key: str, option: str, _asked: Scenario) -> tuple[Case, ...]:  # noqa: ARG001 - the cache looks at it
    answer = session.answer_of(_asked)
    (platform,) = (each for each in _asked.platforms if each.id == option)
    with session.ONE_AT_A_TIME:
        return what_if(answer, platform)
