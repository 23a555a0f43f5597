"""Page 6: a table is uploaded, answered as by `advisor batch`, stopped, filtered and taken away; nothing stays."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from advisor.batch import in_memory
from advisor.batch.answers import wide_columns
from advisor.batch.evaluating import Evaluated
from advisor.batch.filtering import rows_with
from advisor.batch.in_memory import Sitting
from advisor.batch.pace import Pace
from advisor.batch.template import template_csv
from advisor.errors import InputError
from advisor.pages.portfolio import CANCELLED, EXAMPLE, SAID, UPLOAD, VISIT, Visit
from advisor.pages.words import message
from advisor.platforms import PLATFORMS
from reports.spreadsheet import harmless, spreadsheet
from tests.batches import HEADER, OPTIONS, ROW, carried_out, run_of
from tests.dashboard import drawn, html, lead, opened, table, turned

HOSTILE = "<script>alert(1)</script> **b** $x$ :smile: [a](https://evil.example)"
ALIVE = re.compile(r"(?<!\\)(<script|\*\*b|\[a\]|\$x)")  # where no backslash stands before it
ROWS = f"{HEADER}\n" + f"{ROW}\n" * 3


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The only folder in which a careless program would leave something; it must be empty in the end."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    assert list(tmp_path.iterdir()) == []


def uploaded(app: AppTest, text: str | bytes, name: str = "table.csv") -> AppTest:
    data = text.encode() if isinstance(text, str) else text
    app.file_uploader(key=UPLOAD).set_value((name, data, "text/csv"))
    return drawn(app)


def clicked(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click()
    return drawn(app)


def visit(app: AppTest) -> Visit:
    found: Visit = app.session_state[VISIT]
    return found


def captions(app: AppTest) -> str:
    return " ".join(each.value for each in app.caption)


def by_command(text: bytes, folder: Path) -> tuple[bytes, bytes]:
    """What `advisor batch` writes: answers and rejects."""
    path, output = folder / "table.csv", folder / "out.csv"
    path.write_bytes(text)
    carried_out(run_of(path, output))
    rejects = folder / "out.rejects.csv"
    return output.read_bytes(), rejects.read_bytes().replace(str(path).encode(), b"table.csv")


def test_the_example_is_answered_byte_by_byte_as_by_the_command(tmp_path: Path) -> None:
    app = clicked(opened("portfolio"), "portfolio-example")
    result = visit(app).result
    (tmp_path / "p.csv").write_bytes(EXAMPLE.read_bytes())
    carried_out(run_of(tmp_path / "p.csv", tmp_path / "out.csv"))
    assert spreadsheet(result.answers) == (tmp_path / "out.csv").read_bytes()
    assert lead(app).startswith("All choices together cost ")
    assert "5 records read = 5 answered + 0 refused." in captions(app)


def test_pieces_do_not_change_what_comes_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_memory, "PIECE_ROWS", 2)
    mixed = f'{ROWS}short,1\n{ROW.replace("1000", "-1")}\nlast,7,0.2,1,1\n"open,7'
    app = uploaded(opened("portfolio"), mixed)
    assert len(visit(app).sitting.pieces) == 3
    answers, rejects = by_command(mixed.encode(), tmp_path)
    assert spreadsheet(visit(app).result.answers) == answers
    assert spreadsheet(visit(app).result.refused) == rejects


def test_refused_records_are_shown_with_their_reasons() -> None:
    app = uploaded(opened("portfolio"), f"{ROWS}short,1\n{ROW.replace('1000', '-1')}\n")
    assert "5 records read = 3 answered + 2 refused." in captions(app)
    shown = app.dataframe[1].value
    assert list(shown["record"]) == ["4", "5"]
    assert shown["reason"][0] == "the record has 2 cells; allowed: 5, as the header has"
    assert shown["reason"][1].startswith("requests_per_month: allowed: a number of at least 0")


def test_where_the_workloads_go_adds_up() -> None:
    app = uploaded(opened("portfolio"), ROWS)
    result = visit(app).result
    bills = result.answers["monthly_usd"].to_pylist()
    assert result.summary.chosen == {"cloud-run": 3}
    (share,) = visit(app).totals.by_choice
    assert (share.option, share.monthly_usd) == ("cloud-run", sum(bills))  # three equal bills: any order is exact
    assert table(app, "Where the workloads go")[1][:2] == ["cloud-run", "3"]
    assert table(app, "Where the workloads go")[1][2] in lead(app)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"name;requests_per_month\na;1\n",
        HEADER.encode("utf-16"),
        b"name,name\na,b\n",
        b"nam,requests_per_month,duration_s,vcpu,memory_gib\n",
        b"choice," + HEADER.encode() + b"\n",
        b"\x89PNG\r\n\x1a\n\x00\x00\xff\xfe",
        HEADER.encode() + b'\n"' + b"x" * 18_000_000,
    ],
    ids=["empty", "blank", "semicolons", "utf-16", "doubled", "misspelt", "taken", "picture", "endless"],
)
def test_a_file_that_is_no_table_gets_the_message_of_the_command(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(data)
    with pytest.raises(InputError) as refused:
        list(run_of(path, tmp_path / "out.csv").pieces())
    app = uploaded(opened("portfolio"), data)
    assert [error.value for error in app.error] == [message(str(refused.value).replace(str(path), "table.csv"))]
    assert VISIT not in app.session_state


@pytest.mark.parametrize(
    ("limit", "most", "said"),
    [
        ("MOST_BYTES", 50, r"table\.csv has 114 bytes; allowed here\: 50; for larger ones there is"),
        ("MOST_COLUMNS", 4, r"table\.csv has 5 columns; allowed here\: 4; for larger ones there is"),
        ("MOST_RECORDS", 2, r"table\.csv has more than 2 records; allowed here\: so many; for larger ones there is"),
    ],
)
def test_a_table_beyond_the_limits_is_refused_with_what_is_allowed(
    limit: str, most: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(in_memory, limit, most)
    assert len(ROWS) == 114
    (error,) = uploaded(opened("portfolio"), ROWS).error
    assert error.value.startswith(message(said.replace("\\", "")))


def test_other_files_are_refused() -> None:
    with pytest.raises(InputError, match=r"table\.xlsx is no \.csv file; allowed: a table saved as CSV in UTF-8"):
        Sitting.of("table.xlsx", b"PK", None)  # type: ignore[arg-type]


def stopped_after(pieces: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let scripts stop after some pieces, as they do when a user clicks."""
    real, done = Sitting.step, []

    def step(sitting: Sitting) -> Evaluated:
        if len(done) == pieces:
            st.stop()
        done.append(real(sitting))
        return done[-1]

    monkeypatch.setattr(in_memory, "PIECE_ROWS", 1)
    monkeypatch.setattr(Sitting, "step", step)


def test_a_run_can_be_cancelled_and_nothing_of_it_is_kept(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as slow:
        stopped_after(1, slow)
        app = uploaded(opened("portfolio"), ROWS)
        assert visit(app).sitting.records == 3
        assert len(visit(app).sitting.parts) == 1
        assert "1 records, " in app.get("progress")[0].proto.text
        clicked(app, "portfolio-cancel")
    assert VISIT not in app.session_state
    assert [info.value for info in app.info] == [CANCELLED]
    assert not app.dataframe
    assert not drawn(app).info
    assert SAID not in app.session_state
    assert list(nowhere.iterdir()) == []


def test_a_page_that_was_left_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as slow:
        stopped_after(2, slow)
        app = uploaded(opened("portfolio"), ROWS)
        first = visit(app).sitting.parts[0]
    drawn(turned(app, "report"))
    drawn(turned(app, "portfolio"))
    assert visit(app).sitting.parts[0] is first
    assert "3 records read = 3 answered + 0 refused." in captions(app)


def test_nothing_is_left_behind(nowhere: Path) -> None:
    app = uploaded(opened("portfolio"), ROWS + "short,1\n")
    assert spreadsheet(visit(app).result.answers)
    assert spreadsheet(visit(app).result.refused)
    app.file_uploader(key=UPLOAD).set_value(None)
    drawn(app)
    assert VISIT not in app.session_state
    assert nowhere.exists()


def test_sessions_do_not_see_each_other() -> None:
    one, other = uploaded(opened("portfolio"), ROWS, "mine.csv"), opened("portfolio")
    assert VISIT not in other.session_state
    assert not other.dataframe
    uploaded(other, ROWS.replace("service", "theirs"), "theirs.csv")
    drawn(one)
    assert list(one.dataframe[0].value["name"]) == ["service"] * 3
    assert one.subheader[0].value == message("mine.csv")


def test_filters_choose_rows() -> None:
    app = uploaded(opened("portfolio"), ROWS + "other,5,0.2,1,1\n")
    app.text_input(key="portfolio-words").set_value("OTH")
    assert list(drawn(app).dataframe[0].value["name"]) == ["other"]
    assert captions(app).count("1 of 4 shown.") == 1
    app.text_input(key="portfolio-words").set_value("")
    app.multiselect(key="portfolio-choices").set_value(["cloud-run"])
    assert len(drawn(app).dataframe[0].value) == 4


def test_rows_without_a_choice_can_be_asked_for() -> None:
    answers = pa.table({"name": ["a", "b", "ab"], "choice": ["gke", None, "eks"], "monthly_usd": [1.0, None, 3.0]})
    assert rows_with(answers, ["none"], "", ["name"])["name"].to_pylist() == ["b"]
    assert rows_with(answers, ["none", "eks"], "A", ["name"])["name"].to_pylist() == ["ab"]
    assert rows_with(answers, [], "", ["name"]).num_rows == 3
    assert rows_with(answers, [], "(", ["name"]).num_rows == 0  # words are words, not a pattern


def test_new_prices_or_options_are_told_and_can_be_applied() -> None:
    app = uploaded(opened("portfolio"), ROWS)
    assert not app.warning
    app.session_state["scenario"] = app.session_state["scenario"].with_(options=("gke", "eks"))
    assert len(drawn(app).warning) == 1
    clicked(app, "portfolio-again")
    assert not app.warning
    assert set(visit(app).result.summary.chosen) <= {"gke", "eks"}
    assert visit(app).sitting.form.columns == ("name", *wide_columns(("gke", "eks")))


def test_hostile_names_are_inert() -> None:
    app = uploaded(
        opened("portfolio"), f'{HEADER},"{HOSTILE}"\n"{HOSTILE}",1000,0.2,1,1,"{HOSTILE}"\n', f"{HOSTILE}.csv"
    )
    assert not any("<script" in markup for markup in html(app))
    texts = [*app.markdown, *app.subheader, *app.caption, *app.info]
    assert not any(ALIVE.search(each.value) for each in texts)
    assert app.dataframe[0].value["name"][0] == HOSTILE  # a cell of a table is drawn as it is, on a canvas


def test_no_cell_and_no_heading_is_a_formula() -> None:
    given = ["=1+1", "-5", "+1e3", "-5+cmd|x", "@x", "\tq", "\rz", None, "ok", "'x", "1.5", "-"]
    safe = ["'=1+1", "-5", "+1e3", "'-5+cmd|x", "'@x", "'\tq", "'\rz", None, "ok", "'x", "1.5", "'-"]
    raw = pa.table({"=a": given, "usd": [-1.5] * len(given)})
    assert harmless(raw).to_pydict() == {"'=a": safe, "usd": [-1.5] * len(given)}
    assert spreadsheet(raw.slice(0, 2)) == b'"\'=a","usd"\n"\'=1+1",-1.5\n"-5",-1.5\n'
    assert spreadsheet(raw.slice(0, 0)) == b'"\'=a","usd"\n'


def test_formulas_of_an_uploaded_table_are_inert_in_what_is_taken_away() -> None:
    app = uploaded(opened("portfolio"), f"{HEADER},=owner\n{ROW},=cmd()\n{ROW.replace('1000', '=1')},@x\n")
    answers, refused = spreadsheet(visit(app).result.answers), spreadsheet(visit(app).result.refused)
    assert b'"\'=owner"' in answers
    assert b'"\'=cmd()"' in answers
    assert b'"\'=1"' in refused
    assert b'"\'@x"' in refused
    assert "'=cmd()" in app.dataframe[0].value.to_csv()


def test_the_template_can_be_uploaded_as_it_is() -> None:
    app = uploaded(opened("portfolio"), template_csv())
    assert "1 records read = 1 answered + 0 refused." in captions(app)


def test_a_table_without_records_is_answered_with_nothing() -> None:
    app = uploaded(opened("portfolio"), f"{HEADER}\n")
    assert "0 records read = 0 answered + 0 refused." in captions(app)
    assert not app.dataframe
    assert visit(app).result.answers.column_names == ["name", *wide_columns(OPTIONS)]


def test_options_are_those_of_the_session() -> None:
    assert visit(uploaded(opened("portfolio"), ROWS)).sitting.having.platforms == PLATFORMS


def test_the_bar_says_how_fast_and_how_long() -> None:
    now = [0.0]
    pace = Pace(lambda: now[0])
    pace.count(_Records(100), 0.25, fresh=False)
    now[0] = 2.0
    pace.count(_Records(100), 0.5, fresh=True)
    # 100 fresh records in 2 s; a quarter of the table took them, half is ahead: 4 s
    assert pace.sentence == "200 records, 50 a second, 0:04 left"


class _Records:
    def __init__(self, records: int) -> None:
        self.records = records
