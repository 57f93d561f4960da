"""What is known from elsewhere: published figures, rules and calendars that ours must give again."""

import secrets
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from app.kernel.clock import LONDON
from app.pathways.calendar_files import load_calendars
from app.pathways.loader import load_pathways
from app.pathways.measures import Measure
from app.reports.measuring.running import Question, figures
from app.reports.runner import Surroundings
from app.settings import ROOT
from tests.support.journals import Step, noon, write_case
from tests.support.service import Service

pytestmark = pytest.mark.database

CATALOGUE = load_pathways(ROOT / "pathways", load_calendars(ROOT / "pathways" / "calendars"))
AROUND = Surroundings.told(CATALOGUE.all(), date(2026, 10, 1)).values()
WORKS = {"clock": "stops", "solution": "adapted"}


def measure(key: str, start: str | None = None) -> Measure:
    """A shipped measure, on whatever pathway the hand-made cases are; `start` confirms where it begins."""
    one = CATALOGUE.measures.versions[key, 1]
    point = one.start if start is None or one.definition.confirm is None else one.definition.confirm.choices[start]
    free = one.definition.model_copy(update={"cases": type(one.definition.cases)()})
    return Measure(free, point, None, published=True)


def works(first_contact: date, days: int, *, tier: str = "moderate", approved: date | None = None) -> list[Step]:
    """A case logged on first contact whose works are done so many days later."""
    done = first_contact + timedelta(days=days)
    steps = [Step(at=noon(first_contact), action="log_referral", tier=tier)]
    if approved is not None:
        steps.append(Step(at=noon(approved), action="approve_funding", to="approved"))
    return [*steps, Step(at=noon(done, minutes=1), action="complete_works", to="installed", effects=WORKS)]


async def told(
    service: Service,
    key: str,
    cases: Sequence[tuple[Sequence[Step], str]],
    *,
    by: str = "none",
    start: str | None = None,
    custodies: Sequence[str] = (),
    **asked: Any,
) -> dict[str, dict[str, Any]]:
    """What the measure says of these cases (steps and tenure) alone; nothing stays in the database."""
    source = secrets.token_hex(8)
    organisations = service.cast.organisations
    async with service.owner.engine.connect() as session:
        for place, (steps, tenure) in enumerate(cases):
            holder = custodies[place] if custodies else "clydeview"
            await write_case(
                session, steps, custody_id=organisations[holder], tenure=tenure, source=source,
                first_contact_on=steps[0].at.date(),
            )  # fmt: skip
        values = {"source": source, **asked}
        rows = await figures(session, measure(key, start), Question(by, values=values), AROUND)
        await session.rollback()
    return {row["group"]: row for row in rows}


async def test_vale_of_glamorgan_children_and_adults_make_the_whole(counting: Service) -> None:
    # 2012/13: children 454 days, adults 337, all 346: a child's share of 7.7 per cent.
    day = date(2011, 1, 3)
    cases = [(works(day, 454), "other")] * 1 + [(works(day, 337), "owner_occupier")] * 12
    rows = await told(counting, "wales-psr-002", cases, by="tenure")
    assert (rows["other"]["mean_calendar_days"], rows["owner_occupier"]["mean_calendar_days"]) == (454, 337)
    [whole] = (await told(counting, "wales-psr-002", cases)).values()
    assert round(whole["mean_calendar_days"]) == 346
    # The next year: 62 days fewer, 18 per cent.
    assert round(100 * (284 - 346) / 346) == -18


async def test_west_dunbartonshire_what_was_carried_over_changes_the_figure(counting: Service) -> None:
    year = date(2017, 4, 1)
    carried = [(works(year - timedelta(days=210), 210 + place), "council_tenant") for place in range(20)]
    fresh = [(works(year + timedelta(days=place), 21), "council_tenant") for place in range(120)]
    asked: dict[str, Any] = {"completed_from": year, "completed_to": date(2018, 3, 31)}
    [all_] = (await told(counting, "charter-average-days", [*carried, *fresh], start="received", **asked)).values()
    source = {**asked}
    began = await _begun(counting, [*carried, *fresh], **source)
    assert all_["completed"] == 140
    assert began["completed"] == 120
    # The same works: an average of all that were completed, and of those that also began in the year.
    assert all_["mean_working_days"] > 2 * began["mean_working_days"]
    assert began["mean_working_days"] == pytest.approx(15, abs=0.6)


async def _begun(service: Service, cases: Any, **asked: Any) -> dict[str, Any]:
    source = secrets.token_hex(8)
    async with service.owner.engine.connect() as session:
        for steps, tenure in cases:
            await write_case(
                session, steps, custody_id=service.cast.organisations["clydeview"], tenure=tenure, source=source,
                first_contact_on=steps[0].at.date(),
            )  # fmt: skip
        question = Question("none", cohort=True, values={"source": source, **asked})
        [row] = await figures(session, measure("charter-average-days", "received"), question, AROUND)
        await session.rollback()
    return row


async def test_a_partnerships_average_is_of_cases_never_of_averages(counting: Service) -> None:
    day = date(2024, 5, 6)
    # One landlord with nine quick works, one with a single slow one.
    cases = [(works(day, 7), "rsl_tenant")] * 9 + [(works(day, 350), "rsl_tenant")]
    holders = ["clydeview"] * 9 + ["eastlaw"]
    [whole] = (await told(counting, "charter-average-days", cases, start="received", custodies=holders)).values()
    by = await told(counting, "charter-average-days", cases, start="received", custodies=holders, by="organisation")
    means = [row["mean_working_days"] for row in by.values()]
    assert len(means) == 2
    counts = [row["completed"] for row in by.values()]
    assert whole["mean_working_days"] == pytest.approx(
        sum(m * n for m, n in zip(means, counts, strict=True)) / sum(counts), abs=1e-3
    )
    assert whole["mean_working_days"] < sum(means) / 2 - 50


@pytest.mark.parametrize(
    ("first", "last", "working", "calendar"),
    [
        ("2024-12-23", "2025-01-06", 6, 14),  # Christmas and New Year in Scotland
        ("2026-06-12", "2026-06-16", 1, 4),  # 15 June 2026 is closed in Scotland
        ("2024-02-28", "2024-03-01", 2, 2),  # a leap day
        ("2023-02-28", "2023-03-01", 1, 1),
    ],
)
async def test_working_days_are_those_of_the_calendar(
    counting: Service, first: str, last: str, working: int, calendar: int
) -> None:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    [row] = (await told(counting, "end-to-end", [(works(start, (end - start).days), "other")])).values()
    assert (row["median_working_days"], row["median_calendar_days"]) == (working, calendar)


@pytest.mark.parametrize(
    ("from_", "to", "days"),
    [
        # Half past midnight on the day after the clocks went forward, and on the day after they went back.
        ("2026-03-28T12:00", "2026-03-30T00:30", 2),
        ("2026-10-24T12:00", "2026-10-26T00:30", 2),
        ("2026-03-28T23:30", "2026-03-29T23:45", 1),
    ],
)
async def test_days_are_those_of_people_here_whatever_the_clocks_do(
    counting: Service, from_: str, to: str, days: int
) -> None:
    one, other = (datetime.fromisoformat(moment).replace(tzinfo=LONDON) for moment in (from_, to))
    steps = [
        Step(at=one, action="log_referral"),
        Step(at=other, action="complete_works", to="installed", effects=WORKS),
    ]
    [row] = (await told(counting, "end-to-end", [(steps, "other")])).values()
    assert row["median_calendar_days"] == days


@pytest.mark.parametrize(
    ("applied", "decided", "over"),
    [
        ("2025-08-31", "2026-02-28", 0),  # six months from 31 August end on the last day of February
        ("2025-08-31", "2026-03-01", 1),
        ("2023-08-31", "2024-02-29", 0),  # and in a leap year a day later
        ("2025-01-15", "2025-07-15", 0),
        ("2025-01-15", "2025-07-16", 1),
    ],
)
async def test_englands_six_months_run_to_the_same_day_of_the_month(
    counting: Service, applied: str, decided: str, over: int
) -> None:
    steps = [
        Step(at=noon(applied), action="log_referral"),
        Step(at=noon(applied, minutes=1), action="apply", to="application"),
        Step(at=noon(decided), action="approve_grant", to="approved"),
    ]
    [row] = (await told(counting, "dfg-decision", [(steps, "other")])).values()
    assert (row["completed"], row["over_limit"]) == (1, over)


async def test_an_application_that_nobody_decides_is_over_the_limit_too(counting: Service) -> None:
    steps = [
        Step(at=noon("2026-01-15"), action="log_referral"),
        Step(at=noon("2026-01-15", minutes=1), action="apply", to="application"),
    ]
    [row] = (await told(counting, "dfg-decision", [(steps, "other")])).values()
    assert (row["completed"], row["still_open"], row["over_limit"]) == (0, 1, 1)


async def test_works_within_twelve_months_are_counted_from_approval_not_from_application(counting: Service) -> None:
    steps = [
        Step(at=noon("2024-06-01"), action="log_referral"),
        Step(at=noon("2024-06-01", minutes=1), action="apply", to="application"),
        Step(at=noon("2024-11-01"), action="approve_grant", to="approved"),
        Step(at=noon("2025-10-31"), action="complete_works", to="installed", effects=WORKS),
    ]
    [row] = (await told(counting, "dfg-works-in-twelve-months", [(steps, "other")])).values()
    assert row["over_limit"] == 0


async def test_an_event_recorded_late_is_counted_when_it_happened_and_known_when_it_was_told(
    counting: Service,
) -> None:
    steps = [
        Step(at=noon("2026-03-02"), action="log_referral"),
        Step(
            at=noon("2026-03-27"),
            action="complete_works",
            to="installed",
            effects=WORKS,
            recorded_at=noon("2026-04-20"),
        ),
    ]
    cases = [(steps, "council_tenant")]
    known: dict[str, Any] = {"as_known_on": date(2026, 3, 31)}
    [then] = (await told(counting, "charter-households-waiting", cases, start="received", **known)).values()
    [now] = (await told(counting, "charter-households-waiting", cases, start="received")).values()
    assert (then["households"], now["households"]) == (1, 0)
    [year] = (await told(counting, "end-to-end", cases, completed_to=date(2026, 3, 31))).values()
    assert (year["completed"], year["doubtful"]) == (1, 0)


def test_shares_are_rounded_never_cut_off() -> None:
    # Two published figures are cut off (91 and 38 per cent); ours would say what they are.
    assert (round(100 * 425 / 463, 1), round(100 * 12_000 / 31_000, 1)) == (91.8, 38.7)
    assert round(100 * (593 - 325) / 593) == 45
    assert [sum(parts) for parts in ((2359, 2980, 200), (2716, 2865, 221), (3099, 3027, 94))] == [5539, 5802, 6220]


@pytest.mark.parametrize("kind", ["note_added", "contact_made", "conversation_recorded"])
async def test_what_is_written_down_of_an_ended_case_does_not_open_it(counting: Service, kind: str) -> None:
    steps = [
        Step(at=noon("2025-01-06"), action="log_referral"),
        Step(
            at=noon("2025-01-10"), action="close_not_proceeding", to="not_proceeding",
            effects={"ends": True, "outcome": "withdrawn"},
        ),
        Step(at=noon("2025-01-13"), kind=kind),
    ]  # fmt: skip
    [row] = (await told(counting, "end-to-end", [(steps, "other")])).values()
    assert (row["completed"], row["left_before"], row["still_open"]) == (0, 1, 0)
    assert await told(counting, "waiting", [(steps, "other")], by="tenure") == {}
