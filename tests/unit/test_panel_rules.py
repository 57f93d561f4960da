"""What makes a panel's decision valid."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.calendars import Calendar
from app.panels.rules import Seat, missing_assents, papers_due, quorate

SECTORS = ("health", "social_care", "housing", "third_sector", "other")

seats = st.builds(
    Seat,
    member_id=st.integers(min_value=1, max_value=6),
    organisation=st.sampled_from(["Clydeview", "Eastlaw", "Elsewhere"]),
    sector=st.sampled_from(SECTORS),
    present=st.booleans(),
)
meetings = st.lists(seats, max_size=6, unique_by=lambda seat: seat.member_id)
numbers = st.integers(min_value=1, max_value=5)
required = st.sets(st.sampled_from(SECTORS), max_size=3)


def seat(member_id: int, sector: str = "housing", *, present: bool = True) -> Seat:
    return Seat(member_id=member_id, organisation="Clydeview", sector=sector, present=present)


@given(meeting=meetings, newcomer=seats, number=numbers, sectors=required)
def test_an_absent_member_never_makes_a_meeting_quorate(
    meeting: list[Seat], newcomer: Seat, number: int, sectors: set[str]
) -> None:
    absent = replace(newcomer, member_id=7, present=False)
    assert quorate([*meeting, absent], number=number, sectors=sectors) == quorate(
        meeting, number=number, sectors=sectors
    )


@given(meeting=meetings, newcomer=seats, number=numbers, sectors=required)
def test_one_more_member_who_came_never_takes_the_quorum_away(
    meeting: list[Seat], newcomer: Seat, number: int, sectors: set[str]
) -> None:
    came = replace(newcomer, member_id=7, present=True)
    if quorate(meeting, number=number, sectors=sectors):
        assert quorate([*meeting, came], number=number, sectors=sectors)


@given(data=st.data(), meeting=meetings, number=numbers, sectors=required)
def test_the_order_in_which_members_are_listed_does_not_matter(
    data: st.DataObject, meeting: list[Seat], number: int, sectors: set[str]
) -> None:
    shuffled = data.draw(st.permutations(meeting))
    assert quorate(shuffled, number=number, sectors=sectors) == quorate(meeting, number=number, sectors=sectors)


@given(meeting=meetings, number=numbers, sectors=required)
def test_naming_a_member_twice_does_not_make_two_of_one(meeting: list[Seat], number: int, sectors: set[str]) -> None:
    assert quorate([*meeting, *meeting], number=number, sectors=sectors) == quorate(
        meeting, number=number, sectors=sectors
    )


def test_enough_members_without_a_required_sector_are_no_quorum() -> None:
    meeting = [seat(1), seat(2), seat(3, "health", present=False)]
    assert quorate(meeting, number=2, sectors=["housing"])
    assert not quorate(meeting, number=2, sectors=["housing", "health"])


def test_every_required_sector_without_enough_members_is_no_quorum() -> None:
    meeting = [seat(1), seat(2, "health")]
    assert quorate(meeting, number=2, sectors=["housing", "health"])
    assert not quorate(meeting, number=3, sectors=["housing", "health"])


def test_a_meeting_to_which_nobody_came_is_never_quorate() -> None:
    assert not quorate([], number=1, sectors=[])


def test_who_has_not_agreed_is_named_once_and_in_order() -> None:
    represented = ["Eastlaw", "Clydeview", "Eastlaw", "Elsewhere"]
    assert missing_assents(represented, ["Clydeview"]) == ("Eastlaw", "Elsewhere")
    assert missing_assents(represented, represented) == ()


def test_agreement_of_somebody_who_is_not_on_the_panel_counts_for_nobody() -> None:
    assert missing_assents(["Clydeview"], ["Elsewhere"]) == ("Clydeview",)


CHRISTMAS = Calendar(
    key="test", title="A test", closed_days=frozenset({date(2026, 12, 25), date(2026, 12, 28)}), source="made up"
)


@pytest.mark.parametrize(
    ("held_on", "working_days", "due"),
    [
        (date(2026, 12, 10), 0, date(2026, 12, 10)),
        (date(2026, 12, 10), 5, date(2026, 12, 3)),  # a Thursday, a week before
        (date(2026, 12, 14), 1, date(2026, 12, 11)),  # from Monday to Friday over a weekend
        (date(2026, 12, 29), 1, date(2026, 12, 24)),  # over Christmas
    ],
)
def test_papers_are_due_so_many_working_days_before(held_on: date, working_days: int, due: date) -> None:
    assert papers_due(CHRISTMAS, held_on, working_days) == due


@given(
    held_on=st.dates(min_value=date(2026, 1, 1), max_value=date(2027, 12, 31)).filter(CHRISTMAS.is_working_day),
    working_days=st.integers(min_value=0, max_value=60),
)
def test_the_day_papers_are_due_is_the_last_working_day_that_leaves_them_that_long(
    held_on: date, working_days: int
) -> None:
    due = papers_due(CHRISTMAS, held_on, working_days)
    assert CHRISTMAS.is_working_day(due)
    assert CHRISTMAS.working_days(due, held_on) == working_days
