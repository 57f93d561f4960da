"""Whatever is sent, the answer is a verdict for each row or one refusal: never a crash, never a row lost."""

import csv
import io
from datetime import date, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.imports.cells import Number, is_blank
from app.imports.columns import Column, match_columns
from app.imports.imported import Milestone
from app.imports.limits import SheetRefused
from app.imports.rows import Accepted, judge_row
from app.imports.sheets import Row
from tests.unit.imports.building import RULES, a_row, judge_text

ON_DISK = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
HEADER = ",".join(Column).encode()
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30)
LIKELY = st.sampled_from(
    ["", "03/02/2025", "2025-02-04", "5 Feb 2025", "31/02/2025", "HA tenant", "lever taps; key safe", "adapted", "9609139094",
     "KY52 4JR", "£5", "Tier 1", "x", "45700", "'=1+1", "GLEN-1"]
)  # fmt: skip
COLUMNS = match_columns(tuple(Column))
ORDINARY_CELLS = tuple(a_row().get(column, "") for column in Column)


def outcome(folder, content):
    try:
        return judge_text(folder, content)
    except SheetRefused:
        return None


@ON_DISK
@given(content=st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_a_sheet_or_are_refused(tmp_path, content):
    outcome(tmp_path, content)


@ON_DISK
@given(content=st.binary(max_size=300))
def test_any_bytes_below_a_good_header_are_rows_or_are_refused(tmp_path, content):
    verdicts = outcome(tmp_path, HEADER + b"\n" + content) or []
    lines = [verdict.line for verdict in verdicts]
    assert lines == sorted(set(lines))


@ON_DISK
@given(rows=st.lists(st.lists(LIKELY | TEXT, min_size=1, max_size=len(Column) + 2), max_size=8))
def test_every_row_ends_in_exactly_one_verdict(tmp_path, rows):
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([[*Column], *rows])
    verdicts = judge_text(tmp_path, text.getvalue())
    filled = [line for line, row in enumerate(rows, start=2) if not all(is_blank(cell) for cell in row)]
    assert [verdict.line for verdict in verdicts] == filled
    assert all(isinstance(verdict, Accepted) or verdict.errors for verdict in verdicts)


CELL = LIKELY | TEXT | st.floats(allow_nan=False, allow_infinity=False).map(Number) | st.dates() | st.datetimes()


@given(changes=st.dictionaries(st.integers(0, len(Column) - 1), CELL, max_size=12))
def test_an_accepted_row_keeps_every_promise_and_a_rejected_one_says_why(changes):
    cells = tuple(changes.get(place, cell) for place, cell in enumerate(ORDINARY_CELLS))
    verdict = judge_row(Row(7, cells), COLUMNS, RULES, claimed=())
    if not isinstance(verdict, Accepted):
        assert verdict.cells == cells
        assert all(error.message for error in verdict.errors)
        return
    case = verdict.case
    days = [day for _, day in case.milestones]
    assert [milestone for milestone, _ in case.milestones[:2]] == [Milestone.FIRST_CONTACT, Milestone.RECEIVED]
    assert days == sorted(days)
    assert all(type(day) is date and day <= RULES.today for day in days)
    assert case.source_reference
    assert case.organisation
    assert case.person.name
    assert case.home.tenure
    assert case.adaptations
    assert len(case.content_hash) == 64
    assert all("\x00" not in text for text in case.raw.values())


@given(cell=st.datetimes(datetime(2025, 2, 3), datetime(2026, 11, 17, 23, 59)))
def test_the_time_of_day_in_a_cell_does_not_count(cell):
    place = list(Column).index(Column.CLOSED)
    verdict = judge_row(Row(2, (*ORDINARY_CELLS[:place], cell)), COLUMNS, RULES, claimed=())
    assert isinstance(verdict, Accepted)
    assert verdict.case.day_of(Milestone.CLOSED) == cell.date()
