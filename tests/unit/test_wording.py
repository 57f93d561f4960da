"""A case's journal in words: what a caseworker reads, in the order in which it was asked."""

from datetime import UTC, datetime
from typing import Any

import pytest

from app.cases.wording import Line, pounds, state_words, tell
from app.pathways.calendar_files import load_calendars
from app.pathways.loader import load_pathways
from app.settings import ROOT

PATHWAY = load_pathways(ROOT / "pathways", load_calendars(ROOT / "pathways" / "calendars")).latest("housing-solutions")


def _event(kind: str = "moved", action: str | None = None, **details: Any) -> dict[str, Any]:
    moment = datetime(2026, 3, 2, 14, 5, tzinfo=UTC)
    state = {"tier": "moderate", "stage": "assessment"}
    return {
        "sequence": 4, "kind": kind, "action": action, "from": state, "to": state, "occurred_at": moment,
        "recorded_at": moment, "actor": "Orla", "organisation": "Eastlaw", "details": details,
    }  # fmt: skip


def _lines(event: dict[str, Any]) -> list[tuple[str, tuple[str, ...]]]:
    return [(line.label, line.values) for line in tell(event, PATHWAY).lines]


def test_answers_stand_in_the_order_of_the_form_whatever_the_journal_keeps() -> None:
    event = _event(
        action="recommend",
        alternatives=[{"why_not": "No room for it.", "alternative": "equipment"}],
        adaptations=["level_access_shower"],
        goals=[{"goal": "To wash alone"}],
    )
    assert _lines(event) == [
        ("What does the person want to be able to do", ("To wash alone",)),
        ("Which adaptations do you recommend", ("Level-access shower",)),
        ("What else did you consider, and why would it not do", ("Equipment: No room for it.",)),
    ]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        # Money, shares, days and yes or no as people write them.
        ("amount", "4850.5", "£4,850.50"),
        ("level", 80, "80%"),
        ("source", "scheme_of_assistance", "Scheme of Assistance grant"),
    ],
)
def test_each_kind_of_answer_is_written_as_people_write_it(name: str, value: object, said: str) -> None:
    [(_, values)] = _lines(_event(action="approve_funding", **{name: value}))
    assert values == (said,)


def test_a_conversation_says_what_came_of_each_way_forward() -> None:
    event = _event(
        kind="conversation_recorded",
        options=[{"outcome": "Wishes to stay.", "option": "rehousing"}],
        what_matters="To stay near the neighbours.",
        with_whom=["the person", "a daughter"],
    )
    assert _lines(event) == [
        ("With", ("the person", "a daughter")),
        ("What matters", ("To stay near the neighbours.",)),
        ("Talked about", ("Moving to another home: Wishes to stay.",)),
    ]


def test_who_was_assigned_is_named_and_numbers_of_users_are_not_shown() -> None:
    event = {**_event(kind="assigned", assigned_to=17, before=None), "assignee": "Asha Assessor"}
    assert _lines(event) == [("To", ("Asha Assessor",))]


def test_an_action_of_an_older_version_is_told_by_its_name() -> None:
    told = tell(_event(action="no_longer_there", some_thing="some_value"), PATHWAY)
    assert told.title == "No longer there"
    assert told.lines == (Line("Some thing", ("Some value",)),)
    assert state_words(PATHWAY, "older_tier", "older_stage") == "Older stage (older tier)"


def test_what_was_written_down_a_day_later_says_so() -> None:
    event = _event(kind="note_added", note="Rang.")
    assert not tell(event, PATHWAY).recorded_later
    assert tell({**event, "recorded_at": datetime(2026, 3, 5, tzinfo=UTC)}, PATHWAY).recorded_later


def test_money_that_is_none_is_left_as_it_is() -> None:
    assert pounds("lots") == "lots"
