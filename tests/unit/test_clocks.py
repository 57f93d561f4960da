"""Time told from a journal: parts add up to the whole, and each clock starts and stops where pathway.md says."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.cases.clocks import CaseTimes, Days, case_times
from app.cases.rules import Event
from app.kernel.calendars import Calendar
from app.kernel.clock import LONDON, local_date
from app.pathways.facts import State

CHRISTMAS = Calendar(
    key="test",
    title="A test",
    closed_days=frozenset({date(2024, 12, 25), date(2024, 12, 26), date(2025, 1, 1), date(2025, 1, 2)}),
    source="made up",
)
CLYDEVIEW, EASTLAW = 1, 2
NOW = datetime(2025, 6, 2, 9, tzinfo=UTC)


def at(text: str, hour: int = 12) -> datetime:
    return datetime.combine(date.fromisoformat(text), datetime.min.time(), tzinfo=UTC) + timedelta(hours=hour)


def journal(*steps: dict[str, Any], first_contact: str = "2025-01-06") -> list[Event]:
    """A journal of steps: each may give `action`, `at`, `to`, `by`, `kind`, `details` and effects."""
    events: list[Event] = []
    for number, step in enumerate(steps, 1):
        rest = dict(step)
        before = events[-1] if events else None
        to = rest.pop("to", before.to.stage if before else "received")
        moment = rest.pop("at")
        kind = rest.pop("kind", "moved")
        events.append(
            Event(
                sequence=number,
                kind=kind,
                action=rest.pop("action", "step") if kind in ("moved", "milestone_imported") else None,
                from_=before.to if before else None,
                to=State(rest.pop("tier", before.to.tier if before else "moderate"), to),
                custody_id=rest.pop("by", before.custody_id if before else CLYDEVIEW),
                occurred_at=at(moment) if isinstance(moment, str) else moment,
                actor_id=1,
                organisation_id=CLYDEVIEW,
                details=rest.pop("details", {}),
                effects=rest | ({} if before else {"sets": {"first_contact_on": first_contact}}),
            )
        )
    return events


def told(events: Sequence[Event], now: datetime = NOW) -> CaseTimes:
    return case_times(events, calendar=CHRISTMAS, now=now)


def test_days_at_christmas_are_counted_as_the_pathway_counts_them() -> None:
    times = told(journal({"at": "2024-12-23"}, {"at": "2025-01-06", "clock": "stops"}, first_contact="2024-12-23"))
    [clock] = times.end_to_end
    assert clock.gross == Days(calendar=14, working=6)


def test_the_clock_starts_at_first_contact_and_stops_when_the_solution_is_in_place() -> None:
    times = told(
        journal(
            {"at": "2025-01-08"},
            {"at": "2025-01-20", "to": "installed", "clock": "stops"},
            {"at": "2025-02-20", "to": "completed", "ends": True},
        )
    )
    [clock] = times.end_to_end
    assert (clock.started_on, clock.stopped_on) == (date(2025, 1, 6), date(2025, 1, 20))
    assert clock.gross == clock.net == Days(14, 10)
    assert not clock.running
    assert times.before_referral == Days(2, 2)


def test_a_clock_without_a_solution_runs_until_today() -> None:
    [clock] = told(journal({"at": "2025-01-06"})).end_to_end
    assert clock.running
    assert (clock.stopped_on, clock.counted_to) == (None, date(2025, 6, 2))


def test_a_case_that_ended_without_a_solution_is_counted_to_its_end_and_never_stopped() -> None:
    times = told(journal({"at": "2025-01-06"}, {"at": "2025-01-10", "to": "not_proceeding", "ends": True}))
    [clock] = times.end_to_end
    assert not clock.running
    assert (clock.stopped_on, clock.counted_to) == (None, date(2025, 1, 10))
    assert [visit.days for visit in times.visits] == [Days(4, 4), Days()]


def test_a_fault_in_the_works_lets_the_clock_run_on_until_they_are_completed_again() -> None:
    steps = [
        {"at": "2025-01-06"},
        {"at": "2025-01-20", "to": "installed", "clock": "stops"},
        {"at": "2025-01-27", "to": "works", "clock": "restarts"},
    ]
    assert told(journal(*steps)).end_to_end[0].running
    [clock] = told(journal(*steps, {"at": "2025-02-03", "to": "installed", "clock": "stops"})).end_to_end
    assert (clock.stopped_on, clock.gross) == (date(2025, 2, 3), Days(28, 20))


def test_a_reopened_case_is_counted_anew_from_the_day_it_was_reopened() -> None:
    times = told(
        journal(
            {"at": "2025-01-06"},
            {"at": "2025-01-20", "to": "installed", "clock": "stops"},
            {"at": "2025-01-27", "to": "completed", "ends": True},
            {"at": "2025-03-03", "to": "received", "clock": "new_episode"},
            {"at": "2025-03-10", "to": "installed", "clock": "stops"},
        )
    )
    first, second = times.end_to_end
    assert (first.episode, first.stopped_on) == (1, date(2025, 1, 20))
    assert (second.episode, second.started_on, second.gross) == (2, date(2025, 3, 3), Days(7, 5))


def test_an_appeal_does_not_stop_the_clock() -> None:
    [clock] = told(
        journal(
            {"at": "2025-01-06"},
            {"at": "2025-01-13", "to": "refused", "ends": True},
            {"at": "2025-01-20", "to": "appeal"},
        )
    ).end_to_end
    assert clock.running
    assert clock.counted_to == date(2025, 6, 2)


def test_only_holds_that_wait_on_the_person_are_left_out_of_the_net_figure() -> None:
    times = told(
        journal(
            {"at": "2025-01-06"},
            {
                "at": "2025-01-07",
                "to": "on_hold",
                "hold": "opens",
                "hold_details": {"waits_on": "person", "cause": "ill"},
            },
            {"at": "2025-01-14", "to": "received", "hold": "closes"},
            {"at": "2025-01-15", "to": "on_hold", "hold": "opens", "hold_details": {"waits_on": "budget"}},
            {"at": "2025-01-17", "to": "received", "hold": "closes"},
            {"at": "2025-01-20", "to": "installed", "clock": "stops"},
        )
    )
    assert [(hold.waits_on, hold.cause, hold.days) for hold in times.holds] == [
        ("person", "ill", Days(7, 5)),
        ("budget", "other", Days(2, 2)),
    ]
    [clock] = times.end_to_end
    assert (clock.gross, clock.net) == (Days(14, 10), Days(7, 5))


def test_an_open_hold_counts_to_today_and_no_further_than_the_case() -> None:
    hold = {"hold": "opens", "hold_details": {"waits_on": "person", "cause": "ill"}}
    times = told(journal({"at": "2025-01-06"}, {"at": "2025-01-07", "to": "on_hold", **hold}))
    assert times.holds[0].held_to is None
    assert times.end_to_end[0].net == Days(1, 1)


def test_the_newest_correction_of_the_first_contact_counts() -> None:
    corrections = [
        {"at": "2025-01-10", "kind": "corrected", "details": {"sequence": 1, "field": "first_contact_on", "now": day}}
        for day in ("2024-12-02", "2024-12-27")
    ]
    assert told(journal({"at": "2025-01-06"}, *corrections)).first_contact_on == date(2024, 12, 27)


def test_a_first_contact_after_the_referral_counts_from_the_referral() -> None:
    times = told(journal({"at": "2025-01-06"}, first_contact="2025-02-01"))
    assert times.first_contact_on == date(2025, 1, 6)
    assert times.before_referral == Days()


def test_a_step_that_nobody_wrote_down_is_told_of_the_stage_it_left() -> None:
    imported = {"kind": "milestone_imported", "details": {"journey": "unknown"}}
    times = told(journal({"at": "2025-01-06"}, {"at": "2025-01-20", "to": "installed", **imported}))
    assert [visit.journey_unknown for visit in times.visits] == [True, False]


def test_an_imported_milestone_that_changes_no_stage_does_not_cut_the_stay_in_two() -> None:
    stays = {"kind": "milestone_imported"}
    times = told(journal({"at": "2025-01-06", **stays}, {"at": "2025-01-08", **stays}), now=at("2025-01-10"))
    assert [visit.days for visit in times.visits] == [Days(4, 4)]


def test_a_day_is_a_day_in_scotland_in_summer_too() -> None:
    late = datetime(2025, 6, 2, 23, 30, tzinfo=UTC)
    [clock] = told(
        journal({"at": "2025-06-02"}, {"at": late, "clock": "stops"}, first_contact="2025-06-02"), now=late
    ).end_to_end
    assert clock.stopped_on == date(2025, 6, 3)


def test_custody_is_told_for_each_organisation_in_turn() -> None:
    times = told(
        journal(
            {"at": "2025-01-06"},
            {"at": "2025-01-08", "kind": "handed_over", "by": EASTLAW},
            {"at": "2025-01-15", "to": "completed", "ends": True},
        )
    )
    assert [(spell.organisation_id, spell.days) for spell in times.custody] == [
        (CLYDEVIEW, Days(2, 2)),
        (EASTLAW, Days(7, 5)),
    ]


STAGES = ["received", "assessment", "funding", "approved", "works"]


@st.composite
def journeys(draw: st.DrawFn) -> list[Event]:
    """Walks through stages, organisations, holds, faults, endings and reopenings, with hours that cross midnights."""
    moment = datetime(2024, 12, 20, 8, tzinfo=UTC) + timedelta(hours=draw(st.integers(0, 200)))
    first = local_date(moment, LONDON) - timedelta(days=draw(st.integers(0, 40)))
    events = journal({"at": moment}, first_contact=first.isoformat())
    for sequence in range(2, draw(st.integers(2, 14))):
        moment += timedelta(hours=draw(st.integers(0, 400)))
        before = events[-1]
        effects, stage = draw(_next(before))
        events.append(
            replace(
                before,
                sequence=sequence,
                kind=draw(st.sampled_from(["moved", "note_added"])) if not effects else "moved",
                from_=before.to,
                to=State(before.to.tier, stage) if effects else before.to,
                custody_id=draw(st.sampled_from([before.custody_id, CLYDEVIEW, EASTLAW])),
                occurred_at=moment,
                details={},
                effects=MappingProxyType(effects),
            )
        )
    return events


@st.composite
def _next(draw: st.DrawFn, before: Event) -> tuple[dict[str, Any], str]:
    match before.to.stage:
        case "completed":
            return {"clock": "new_episode"}, "received"
        case "on_hold":
            return {"hold": "closes"}, "works"
        case "installed":
            ends = draw(st.booleans())
            return ({"ends": True}, "completed") if ends else ({"clock": "restarts"}, "works")
        case _:
            return draw(
                st.sampled_from(
                    [
                        ({"stage_group": "delivering"}, "works"),
                        ({"clock": "stops"}, "installed"),
                        ({"ends": True}, "completed"),
                        ({"hold": "opens", "hold_details": {"waits_on": "person", "cause": "ill"}}, "on_hold"),
                        ({"hold": "opens", "hold_details": {"waits_on": "weather", "cause": "snow"}}, "on_hold"),
                        ({}, before.to.stage),
                    ]
                )
            )


@given(events=journeys(), later=st.integers(0, 500))
def test_stages_and_custody_add_up_to_the_same_days(events: list[Event], later: int) -> None:
    times = told(events, now=events[-1].occurred_at + timedelta(hours=later))
    in_stages = sum((visit.days for visit in times.visits), Days())
    with_organisations = sum((spell.days for spell in times.custody), Days())
    assert in_stages == with_organisations


@given(events=journeys(), later=st.integers(0, 500))
def test_stage_days_within_a_clock_add_up_to_the_clock(events: list[Event], later: int) -> None:
    times = told(events, now=events[-1].occurred_at + timedelta(hours=later))
    for clock in times.end_to_end:
        parts = times.before_referral if clock.episode == 1 else Days()
        for visit in times.visits:
            entered, left = (local_date(moment, LONDON) for moment in (visit.entered_at, visit.left_at or times.as_of))
            begins, ends = max(entered, clock.started_on), min(left, clock.counted_to)
            if (begins, ends) == (entered, left):
                parts += visit.days
            elif ends > begins:
                parts += Days((ends - begins).days, CHRISTMAS.working_days(begins, ends))
        assert parts == clock.gross


@given(events=journeys())
def test_the_net_figure_is_never_more_than_the_gross_and_never_negative(events: list[Event]) -> None:
    for clock in told(events, now=events[-1].occurred_at).end_to_end:
        assert 0 <= clock.net.working <= clock.gross.working
        assert 0 <= clock.net.calendar <= clock.gross.calendar


@given(events=journeys(), later=st.integers(0, 500))
def test_exactly_the_last_episode_may_run_and_none_runs_once_a_case_has_ended(events: list[Event], later: int) -> None:
    times = told(events, now=events[-1].occurred_at + timedelta(hours=later))
    *earlier, last = times.end_to_end
    assert not any(clock.running for clock in earlier)
    assert last.running == (events[-1].to.stage not in ("installed", "completed"))
