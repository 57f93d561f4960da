"""The demo's stories before they are walked: whose they are, when they happen. No database."""

import re
from datetime import date, timedelta
from itertools import pairwise
from random import Random

import pytest

from app.demo.outlines import programme
from app.demo.panel import meetings_of
from app.demo.people import nhs_number_of, resident
from app.demo.stories import stories
from app.demo.timetable import Timed, Timetable, start_of
from app.kernel.identifiers import nhs_number
from app.pathways.pathway import CompiledPathway
from app.settings import Settings
from tests.demo.support import casework

DAYS = [date(2026, 4, 1), date(2026, 3, 31), date(2027, 1, 1), date(2028, 2, 29), date(2028, 12, 26), date(2026, 8, 15)]
WORK = casework(Settings(demo=True))
PATHWAY: CompiledPathway = WORK.pathways.default
CALENDAR = WORK.timekeeper.calendars[PATHWAY.calendar_key]


def timetable(today: date, cases: int = 200) -> list[Timed]:
    """Every step of the demo made on this day, in order of time."""
    start = start_of(today)
    table = Timetable.of(CALENDAR, start, today, meetings_of(CALENDAR, start, today), Random(1))
    return table.place(stories(PATHWAY, cases, today=today))


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_every_story_lies_within_two_financial_years_and_yesterday(today: date) -> None:
    steps = timetable(today)
    assert steps[0].at.date() >= start_of(today)
    assert steps[-1].at.date() < today
    assert len({step.story.number for step in steps}) == 200


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_no_step_happens_before_the_one_before_it_or_after_it_is_written_down(today: date) -> None:
    journals: dict[int, list[Timed]] = {}
    for step in timetable(today):
        journals.setdefault(step.story.number, []).append(step)
        assert step.happened_at <= step.at
    for steps in journals.values():
        assert [step.place for step in steps] == list(range(len(steps)))
        assert all(one.happened_at <= other.happened_at for one, other in pairwise(steps))


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_no_meeting_has_more_cases_than_it_can_hear(today: date) -> None:
    scheduled = [step.meeting for step in timetable(today) if "meeting" in step.answers]
    assert scheduled
    assert max(scheduled.count(meeting) for meeting in scheduled) <= 6


def test_some_things_are_written_down_days_after_they_happened() -> None:
    late = [step for step in timetable(DAYS[0]) if step.at - step.happened_at >= timedelta(days=1)]
    assert len(late) > 50


def test_the_same_day_gives_the_same_demo() -> None:
    assert timetable(DAYS[0]) == timetable(DAYS[0])


def test_another_day_gives_another_demo() -> None:
    assert stories(PATHWAY, 80, today=DAYS[0]) != stories(PATHWAY, 80, today=DAYS[1])


def test_what_must_not_be_missing_comes_first_and_the_rest_fills_up() -> None:
    outlines = programme(PATHWAY, 200, Random(1))
    open_states = {(s.tier, s.stage) for s in PATHWAY.states if PATHWAY.is_open(s.stage)}
    assert {(o.tier, o.stage) for o in outlines[: len(open_states)]} == open_states
    assert len(outlines) == 200


def test_two_residents_share_nothing_that_would_make_them_a_repeat() -> None:
    people = [resident(number, tenure="owner_occupier", landlord=None) for number in range(300)]
    for distinct in (
        {someone.person.nhs_number for someone in people},
        {someone.person.date_of_birth for someone in people},
        {someone.home.address_key for someone in people},
        {someone.person.phone for someone in people},
    ):
        assert len(distinct) == 300


def test_numbers_and_addresses_belong_to_nobody() -> None:
    for number in range(300):
        someone = resident(number, tenure="council_tenant", landlord="Northburn Council Housing")
        kept = someone.person.nhs_number
        assert kept is not None
        assert kept.startswith("999")
        assert nhs_number(kept, allow_test_numbers=True) == kept
        assert re.fullmatch(r"01632 960\d{3}", someone.person.phone or "")
        assert (someone.home.postcode or "").startswith("ZZ")


def test_a_number_that_would_need_a_check_digit_of_ten_is_left_out() -> None:
    bodies = [int(nhs_number_of(number)[:9]) for number in range(40)]
    assert any(other - one > 1 for one, other in pairwise(bodies))


def test_there_are_only_so_many_residents() -> None:
    with pytest.raises(ValueError, match="numbers from 0 to 999"):
        resident(1000, tenure="other", landlord=None)
