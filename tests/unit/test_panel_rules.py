"""What makes a panel's decision valid."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.calendars import Calendar
from app.panels.rules import (
    QuorumRule,
    Rhythm,
    Seat,
    Word,
    meeting_days,
    missing_assents,
    papers_due,
    quorate,
    standing,
)

SECTORS = ("health", "social_care", "housing", "third_sector", "other")

seats = st.builds(
    Seat,
    member_id=st.integers(min_value=1, max_value=6),
    organisation=st.sampled_from(["Clydeview", "Eastlaw", "Elsewhere"]),
    sector=st.sampled_from(SECTORS),
    present=st.booleans(),
    effect=st.sampled_from([None, "stays", "speaks_only", "leaves"]),
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
    came = replace(newcomer, member_id=7, present=True, effect=None)
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


words = st.lists(
    st.builds(
        Word,
        organisation=st.sampled_from(["Clydeview", "Eastlaw", "Elsewhere"]),
        assents=st.booleans(),
        given_by=st.integers(min_value=1, max_value=7),
        current=st.booleans(),
    ),
    max_size=3,
    unique_by=lambda word: word.organisation,
)
rules = st.builds(
    QuorumRule,
    number=numbers,
    sectors=st.frozensets(st.sampled_from(SECTORS), max_size=2),
    assent=st.sampled_from(["every_partner_agrees", "every_partner_answers"]),
    correspondence_number=st.none() | st.integers(min_value=1, max_value=6),
)
ways = st.sampled_from(["meeting", "correspondence"])


def seated(meeting: list[Seat]) -> list[Seat]:
    """Each sits for itself: who sits on a seat has the number of its member."""
    return [replace(one, user_id=one.member_id) for one in meeting]


@given(meeting=meetings, said=words, rule=rules, way=ways)
def test_who_left_never_counts(meeting: list[Seat], said: list[Word], rule: QuorumRule, way: str) -> None:
    there = seated(meeting)
    left = [replace(one, effect="leaves") for one in there]
    assert not standing(left, said, rule=rule, way=way).quorate
    without = [one for one in there if one.effect != "leaves"]
    assert standing(there, said, rule=rule, way="meeting").quorate == standing(without, said, rule=rule).quorate


@given(meeting=meetings, said=words, rule=rules, way=ways)
def test_what_somebody_who_stands_aside_said_is_as_if_never_said(
    meeting: list[Seat], said: list[Word], rule: QuorumRule, way: str
) -> None:
    there = seated(meeting)
    aside = {one.user_id for one in there if one.effect in ("speaks_only", "leaves")}
    unsaid = [word for word in said if word.given_by not in aside]
    assert standing(there, said, rule=rule, way=way) == standing(there, unsaid, rule=rule, way=way)


@given(meeting=meetings, said=words, rule=rules, way=ways)
def test_what_was_said_of_papers_that_have_changed_since_is_as_if_never_said(
    meeting: list[Seat], said: list[Word], rule: QuorumRule, way: str
) -> None:
    there = seated(meeting)
    current = [word for word in said if word.current]
    assert standing(there, said, rule=rule, way=way) == standing(there, current, rule=rule, way=way)


@given(data=st.data(), meeting=meetings, said=words, rule=rules, way=ways)
def test_neither_the_order_of_seats_nor_of_words_matters(
    data: st.DataObject, meeting: list[Seat], said: list[Word], rule: QuorumRule, way: str
) -> None:
    there = seated(meeting)
    shuffled = standing(data.draw(st.permutations(there)), data.draw(st.permutations(said)), rule=rule, way=way)
    assert shuffled == standing(there, said, rule=rule, way=way)


@given(meeting=meetings, newcomer=seats, said=words, rule=rules)
def test_an_absent_member_never_makes_an_item_quorate(
    meeting: list[Seat], newcomer: Seat, said: list[Word], rule: QuorumRule
) -> None:
    there = seated(meeting)
    absent = replace(newcomer, member_id=7, user_id=7, present=False)
    assert standing([*there, absent], said, rule=rule).quorate == standing(there, said, rule=rule).quorate


@given(meeting=meetings, said=words, rule=rules)
def test_correspondence_is_never_easier_than_a_meeting_of_all_who_answered(
    meeting: list[Seat], said: list[Word], rule: QuorumRule
) -> None:
    there = seated(meeting)
    by_letter = standing(there, said, rule=rule, way="correspondence")
    if not by_letter.quorate or by_letter.missing:
        return
    heard = {word.organisation for word in said}
    met = [replace(one, present=one.organisation in heard) for one in there]
    at_a_meeting = standing(met, said, rule=rule, way="meeting")
    assert at_a_meeting.quorate
    assert at_a_meeting.missing == ()
    assert by_letter.dissenting == ()


def test_by_correspondence_every_member_answers_unless_the_terms_name_a_number() -> None:
    panel = [
        Seat(member_id=n, user_id=n, organisation=name, sector="housing", present=False)
        for n, name in enumerate(["Clydeview", "Eastlaw", "Elsewhere"], start=1)
    ]
    two = [
        Word(organisation=name, assents=True, given_by=n) for n, name in enumerate(["Clydeview", "Eastlaw"], start=1)
    ]
    every = QuorumRule(number=1, sectors=frozenset({"housing"}))
    assert not standing(panel, two, rule=every, way="correspondence").quorate
    some = replace(every, correspondence_number=2)
    assert standing(panel, two, rule=some, way="correspondence").quorate
    assert standing(panel, two, rule=some, way="correspondence").missing == ("Elsewhere",)


def test_a_partner_all_of_whose_members_stand_aside_is_not_asked() -> None:
    panel = [
        Seat(member_id=1, user_id=1, organisation="Clydeview", sector="housing", present=True, effect="leaves"),
        Seat(member_id=2, user_id=2, organisation="Eastlaw", sector="health", present=True),
    ]
    rule = QuorumRule(number=1, sectors=frozenset())
    stands = standing(panel, [], rule=rule)
    assert (stands.missing, stands.stood_aside) == (("Eastlaw",), ("Clydeview",))


def test_dissent_stands_in_the_way_unless_the_terms_ask_for_answers_only() -> None:
    panel = [Seat(member_id=1, user_id=1, organisation="Clydeview", sector="housing", present=True)]
    against = [Word(organisation="Clydeview", assents=False, given_by=1)]
    rule = QuorumRule(number=1, sectors=frozenset())
    assert standing(panel, against, rule=rule).missing == ("Clydeview",)
    answered = standing(panel, against, rule=replace(rule, assent="every_partner_answers"))
    assert (answered.missing, answered.dissenting) == ((), ("Clydeview",))


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


@given(
    every=st.integers(1, 12),
    unit=st.sampled_from(["weeks", "months"]),
    on=st.integers(0, 6),
    which=st.integers(1, 5),
    first=st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    length=st.integers(0, 700),
)
def test_a_series_meets_on_working_days_of_its_time_and_none_twice(
    every: int, unit: str, on: int, which: int, first: date, length: int
) -> None:
    holidays = frozenset({date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1)})
    calendar = Calendar(key="here", title="Here", closed_days=holidays, source="a test")
    rhythm = Rhythm(
        every=every,
        unit=unit,
        weekday=on,
        week_of_month=which if unit == "months" else None,
        first_on=first,
        last_on=first + timedelta(days=length),
    )
    days = meeting_days(rhythm, calendar)
    assert days == sorted(set(days))
    assert all(first <= day <= rhythm.last_on and calendar.is_working_day(day) for day in days)
    if on < 5 and length >= (every * 7 + 10 if unit == "weeks" else every * 31 + 35):
        assert days
