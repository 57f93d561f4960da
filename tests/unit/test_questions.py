"""What a browser sends, put into the JSON that an API client would have sent; and back."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.edge.forms import Filled, parse
from app.edge.questions import Option, Question, field_id, filled_with, read_answers

NOW = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)
GOAL = Question(name="goal", kind="text", label="Goal")
RESULT = Question(name="result", kind="choice", label="Result", options=(Option(value="met", label="Met"),))
ASKED = (
    Question(name="person.name", kind="text", label="Name"),
    Question(name="person.born", kind="date", label="Born"),
    Question(name="needed", kind="yes_no", label="Needed?"),
    Question(name="state", kind="choice", label="State", shown_under=("needed", "true")),
    Question(name="price", kind="money", label="Price"),
    Question(name="aim", kind="number", label="Aim"),
    Question(name="share", kind="integer", label="Share"),
    Question(name="flags", kind="many", label="Flags"),
    Question(name="with", kind="words", label="With"),
    Question(name="goals", kind="rows", label="Goals", columns=(GOAL, RESULT)),
    Question(name="occurred_at", kind="moment", label="When?"),
)


def _read(body: str) -> dict[str, Any]:
    return read_answers(ASKED, parse(body), now=NOW)


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        # What is empty is left out, so that the form says that it is missing.
        ("person-name=+&price=&goals-0-goal=", {}),
        # Two digits of a year are this century's, and a month may be written.
        ("person-born-day=7&person-born-month=3&person-born-year=41", {"person": {"born": "2041-03-07"}}),
        ("person-born-day=7&person-born-month=Mar&person-born-year=1941", {"person": {"born": "1941-03-07"}}),
        # A day that is none is passed on as it was typed: the form refuses it in its own words.
        ("person-born-day=31&person-born-month=2&person-born-year=1941", {"person": {"born": "1941-02-31"}}),
        ("person-born-day=soon", {"person": {"born": "--soon"}}),
        # What is asked under an answer counts only with that answer.
        ("needed=true&state=granted", {"needed": True, "state": "granted"}),
        ("needed=false&state=granted", {"needed": False}),
        ("needed=maybe", {"needed": "maybe"}),
        # Pounds as people type them.
        ("price=%C2%A31%2C250.50", {"price": "1250.50"}),
        ("price=lots", {"price": "lots"}),
        # A number as people type it; a comma that stands for a decimal point is not taken for thousands.
        ("aim=1%2C250.5", {"aim": "1250.5"}),
        ("aim=+60+", {"aim": "60"}),
        ("aim=1%2C234%2C567", {"aim": "1234567"}),
        ("aim=12%2C5", {"aim": "12,5"}),
        ("aim=%C2%A312", {"aim": "£12"}),
        ("aim=a+lot", {"aim": "a lot"}),
        ("share=80", {"share": 80}),
        ("share=eighty", {"share": "eighty"}),
        ("flags=a&flags=b&flags=", {"flags": ["a", "b"]}),
        ("with=the+person%3B+a+daughter+%3B", {"with": ["the person", "a daughter"]}),
        # Rows in which nothing stands do not count, wherever they are.
        (
            "goals-0-goal=&goals-1-goal=To+wash&goals-1-result=met&goals-7-goal=To+cook",
            {"goals": [{"goal": "To wash", "result": "met"}, {"goal": "To cook"}]},
        ),
        # Today without a time is now; an earlier day is its midday here, in summer time.
        ("occurred_at-day=1&occurred_at-month=7&occurred_at-year=2026", {}),
        (
            "occurred_at-day=30&occurred_at-month=6&occurred_at-year=2026",
            {"occurred_at": "2026-06-30T12:00:00+01:00"},
        ),
        (
            "occurred_at-day=1&occurred_at-month=7&occurred_at-year=2026&occurred_at-time=8.15",
            {"occurred_at": "2026-07-01T08:15:00+01:00"},
        ),
        ("occurred_at-time=noon", {"occurred_at": "noon"}),
        ("occurred_at-day=1&occurred_at-month=7&occurred_at-year=2026&occurred_at-time=25:00",
         {"occurred_at": "2026-07-01 25:00"}),
    ],
)  # fmt: skip
def test_a_form_reads_as_the_api_would_have_it(sent: str, read: dict[str, Any]) -> None:
    assert _read(sent) == read


_TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=20).filter(
    lambda text: text == text.strip() and ";" not in text and text != ""
)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "person": st.fixed_dictionaries(
                {"name": _TEXT}, optional={"born": st.dates(date(1900, 1, 1)).map(date.isoformat)}
            ),
            "needed": st.booleans(),
            "share": st.integers(0, 10**8),
            "flags": st.lists(_TEXT, min_size=1, max_size=4),
            "with": st.lists(_TEXT, min_size=1, max_size=4),
            "goals": st.lists(st.fixed_dictionaries({"goal": _TEXT}), min_size=1, max_size=4),
        },
    )
)
def test_what_is_filled_in_comes_back_as_it_was(answers: dict[str, Any]) -> None:
    assert read_answers(ASKED, parse(filled_with(ASKED, answers).encoded()), now=NOW) == answers


@given(st.dictionaries(st.text(max_size=30), st.lists(st.text(max_size=30), max_size=3).map(tuple), max_size=12))
def test_nothing_that_a_browser_can_send_breaks_a_form(fields: dict[str, tuple[str, ...]]) -> None:
    read_answers(ASKED, Filled(fields), now=NOW)


@pytest.mark.parametrize(
    ("pointer", "id_"),
    [
        ("/person/name", "person-name"),
        ("/person/born", "person-born-day"),
        ("/goals", "goals-0-goal"),
        ("/goals/2/result", "goals-2-result"),
        ("/goals/2/nothing", "goals-2-goal"),
        ("/flags/1", "flags"),
        ("/occurred_at", "occurred_at-day"),
        ("/elsewhere", None),
        ("", None),
    ],
)
def test_a_pointer_finds_its_input(pointer: str, id_: str | None) -> None:
    assert field_id(ASKED, pointer) == id_
