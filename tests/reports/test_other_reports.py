"""Time in stages, what waits now, how cases ended, and which times are doubtful: hand-made journals, known answers."""

import math
import secrets
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.pathways.calendar_files import load_calendars
from app.pathways.loader import load_pathways
from app.reports.catalogue import DOUBTFUL_TIMES, OUTCOMES, STAGE_TIMES, WAITING_NOW, Report
from app.reports.filters import DoubtfulTimes, Filters, Outcomes, StageTimes, StageTimesBehind, WaitingNow
from app.reports.runner import Surroundings, cases, figures
from app.settings import ROOT
from tests.reports.walks import Walk, walks
from tests.support.journals import Step, noon, write_case
from tests.support.service import Service

pytestmark = pytest.mark.database

TODAY = date(2025, 6, 2)
CATALOGUE = load_pathways(ROOT / "pathways", load_calendars(ROOT / "pathways" / "calendars"))
AROUND = Surroundings.told(CATALOGUE.all(), TODAY)
UNKNOWN = {"journey": "unknown"}


async def told(
    service: Service, report: Report, filters: Filters, *journals: Sequence[Step], actor_kind: str = "system"
) -> list[dict[str, Any]]:
    """What a report tells of cases with these journals alone; nothing stays in the database."""
    source = secrets.token_hex(8)
    async with service.owner.engine.connect() as session:
        for steps in journals:
            await write_case(
                session,
                steps,
                custody_id=service.cast.organisations["clydeview"],
                first_contact_on="2025-01-06",
                source=source,
                actor_kind=actor_kind,
            )
        rows = await figures(session, report, filters.model_copy(update={"source": source}), AROUND)
        await session.rollback()
    return rows


async def test_time_in_stages_counts_each_stay_that_was_left(counting: Service) -> None:
    rows = await told(
        counting,
        STAGE_TIMES,
        StageTimes(),
        [
            Step(at=noon("2025-01-06")),
            Step(at=noon("2025-01-08"), to="assessment"),
            Step(at=noon("2025-01-10"), kind="note_added"),
            Step(at=noon("2025-01-15"), to="recommended"),
            Step(at=noon("2025-01-17"), to="assessment"),
            Step(at=noon("2025-01-20"), to="recommended"),
        ],
    )
    assessment = next(row for row in rows if row["stage"] == "assessment")
    assert (assessment["tier"], assessment["stays"], assessment["longest_working_days"]) == ("moderate", 2, 5)
    assert (assessment["median_working_days"], assessment["median_calendar_days"]) == (3.0, 5.0)
    assert [(row["stage"], row["stays"]) for row in rows] == [("assessment", 2), ("received", 1), ("recommended", 1)]


@given(lengths=st.lists(st.integers(0, 40), min_size=1, max_size=30))
@settings(max_examples=25, deadline=None)
async def test_lengths_that_are_counted_together_are_told_as_if_one_by_one(
    counting: Service, lengths: list[int]
) -> None:
    source = secrets.token_hex(8)
    began = date(2025, 1, 6)
    async with counting.owner.engine.connect() as session:
        for days in lengths:
            steps = [Step(at=noon(began)), Step(at=noon(began + timedelta(days=days)), to="works")]
            held_by = counting.cast.organisations["clydeview"]
            await write_case(session, steps, custody_id=held_by, first_contact_on=began, source=source)
        [row] = await figures(session, STAGE_TIMES, StageTimes(source=source), AROUND)
        page, _ = await cases(session, STAGE_TIMES, StageTimesBehind(source=source, limit=100), AROUND)
        await session.rollback()
    working = sorted(one["working_days"] for one in page.items)
    assert sorted(one["calendar_days"] for one in page.items) == sorted(lengths)
    assert (row["stays"], row["longest_working_days"]) == (len(lengths), working[-1])
    assert row["mean_working_days"] == pytest.approx(sum(working) / len(working), abs=0.0001)
    assert row["median_calendar_days"] == share(sorted(lengths), 0.5)
    assert (row["median_working_days"], row["p90_working_days"]) == (share(working, 0.5), share(working, 0.9))


def share(lengths: Sequence[int], part: float) -> float:
    """The length below which this part of them is, as PostgreSQL's `percentile_cont` tells it."""
    at = part * (len(lengths) - 1)
    low, high = lengths[math.floor(at)], lengths[math.ceil(at)]
    return low + (at - math.floor(at)) * (high - low)


async def test_a_stay_left_by_unknown_steps_is_counted_but_not_measured(counting: Service) -> None:
    [row] = await told(
        counting,
        STAGE_TIMES,
        StageTimes(),
        [Step(at=noon("2025-01-06")), Step(at=noon("2025-03-08"), to="works", details=UNKNOWN)],
    )
    assert (row["stays"], row["journey_unknown"], row["median_working_days"]) == (0, 1, None)


async def test_time_in_stages_of_a_period_counts_stays_left_in_it(counting: Service) -> None:
    rows = await told(
        counting,
        STAGE_TIMES,
        StageTimes(left_from=date(2025, 1, 10), left_to=date(2025, 1, 20), tier="moderate"),
        [
            Step(at=noon("2025-01-06")),
            Step(at=noon("2025-01-09"), to="assessment"),
            Step(at=noon("2025-01-20"), to="recommended"),
            Step(at=noon("2025-01-21"), to="funding"),
        ],
    )
    assert [row["stage"] for row in rows] == ["assessment"]


async def test_what_waits_now_is_told_by_stage_and_age(counting: Service) -> None:
    ages = (2, 14, 40, 100)
    rows = await told(
        counting,
        WAITING_NOW,
        WaitingNow(),
        *([Step(at=noon(TODAY - timedelta(days=age)), to="funding")] for age in ages),
        [Step(at=noon("2025-05-01")), Step(at=noon("2025-05-02"), to="refused", effects={"ends": True})],
    )
    [row] = rows
    assert (row["stage"], row["open_cases"], row["overdue"], row["longest_working_days"]) == ("funding", 4, 0, 68)
    bands = [row[name] for name in WAITING_NOW.columns if name.endswith("_working_days")][2:]
    assert bands == [1, 1, 1, 1]


@given(written=st.lists(walks(), min_size=1, max_size=4))
@settings(max_examples=15, deadline=None)
async def test_what_waits_now_follows_the_journal(counting: Service, written: list[Walk]) -> None:
    journals = [walk.steps for walk in written]
    now = await told(counting, WAITING_NOW, WaitingNow(), *journals)
    from_journal = await told(counting, WAITING_NOW, WaitingNow(as_known_on=TODAY), *journals)
    assert [row | {"overdue": None} for row in now] == from_journal


async def test_who_waited_on_an_earlier_day_is_told_as_it_was_known_then(counting: Service) -> None:
    journal = [
        Step(at=noon("2025-01-06")),
        Step(at=noon("2025-01-08"), to="funding"),
        Step(at=noon("2025-01-09"), to="works", recorded_at=noon("2025-01-20")),
    ]
    [row] = await told(counting, WAITING_NOW, WaitingNow(as_known_on=date(2025, 1, 15)), journal)
    assert (row["stage"], row["overdue"], row["longest_working_days"]) == ("funding", None, 5)


async def test_cases_are_counted_by_how_they_ended(counting: Service) -> None:
    died = [Step(at=noon("2025-01-06")), Step(at=noon("2025-01-13"), to="not_proceeding", effects=ended("died"))]
    reopened = [*died, Step(at=noon("2025-02-03"), to="received", effects={"clock": "new_episode"})]
    adapted = [*reopened, Step(at=noon("2025-02-10"), to="completed", effects=ended("adapted"))]
    rows = await told(counting, OUTCOMES, Outcomes(), died, reopened, adapted)
    assert [(r["outcome"], r["ended"], r["percent"], r["median_working_days"]) for r in rows] == [
        ("died", 3, 75.0, 5.0),
        ("adapted", 1, 25.0, 5.0),
    ]


async def test_a_refusal_that_was_appealed_counts_when_the_appeal_has_ended_it(counting: Service) -> None:
    refused = [Step(at=noon("2025-01-06")), Step(at=noon("2025-01-13"), to="refused", effects=ended("refused"))]
    appealed = [*refused, Step(at=noon("2025-01-14"), to="appeal")]
    dismissed = [*appealed, Step(at=noon("2025-01-20"), to="refused", effects=ended("refused"))]
    assert await told(counting, OUTCOMES, Outcomes(), appealed) == []
    [row] = await told(counting, OUTCOMES, Outcomes(), dismissed)
    assert (row["ended"], row["median_calendar_days"]) == (1, 14.0)


async def test_doubtful_times_are_told_by_kind(counting: Service) -> None:
    journal = [
        Step(at=noon("2025-01-03"), tier="complex"),
        Step(at=noon("2025-01-06"), to="works", recorded_at=noon("2025-02-01"), details=UNKNOWN),
        Step(at=noon("2025-02-01"), kind="corrected", details=correction(1, "2025-01-02")),
    ]
    solved = [
        Step(at=noon("2025-01-06")),
        Step(at=noon("2025-01-06", minutes=9), to="installed", effects={"clock": "stops", "solution": "adapted"}),
    ]
    rows = await told(counting, DOUBTFUL_TIMES, DoubtfulTimes(), journal, solved, actor_kind="system")
    assert {row["doubt"]: row["times"] for row in rows} == {
        "recorded_late": 0,
        "corrected": 1,
        "journey_unknown": 1,
        "contact_long_before_referral": 0,
        "contact_after_referral": 1,
        "solved_on_the_first_day": 1,
    }
    assert all(row["what_to_do"] for row in rows)


async def test_a_record_that_a_person_made_late_is_doubtful(counting: Service) -> None:
    late = [Step(at=noon("2025-01-06"), recorded_at=noon("2025-01-27")), Step(at=noon("2025-01-27"))]
    rows = await told(counting, DOUBTFUL_TIMES, DoubtfulTimes(), late, actor_kind="user")
    assert next(row["times"] for row in rows if row["doubt"] == "recorded_late") == 1


def ended(outcome: str) -> dict[str, Any]:
    return {"ends": True, "outcome": outcome}


def correction(sequence: int, day: str) -> dict[str, Any]:
    return {"sequence": sequence, "field": "occurred_at", "now": noon(day).isoformat(), "why": "made up"}
