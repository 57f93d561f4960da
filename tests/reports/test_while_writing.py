"""Reports while others write: each answer is of one moment, and the kept units say what the journal says."""

import asyncio
from datetime import date

import pytest

from app.kernel.calendars import Calendar
from app.reports.calendar_sync import sync_calendars
from app.reports.measuring.running import Question, figures, run
from app.reports.summary import refresh, summary_of
from tests.reports.test_measures_by_hand import AROUND, CATALOGUE
from tests.support.journals import Step, noon, write_case
from tests.support.service import Service

pytestmark = pytest.mark.database

MEASURE = CATALOGUE.measures.versions["end-to-end", 1]
WHOLE = summary_of(MEASURE)
assert WHOLE is not None
TENURES = ("rsl_tenant", "council_tenant", "other")
ROUNDS = 25


async def test_every_answer_is_of_one_moment(fresh_service: Service, calendars: dict[str, Calendar]) -> None:
    known = AROUND.values()
    custody = fresh_service.cast.organisations["clydeview"]
    async with fresh_service.owner.transaction() as session:
        await sync_calendars(session, calendars)
    done = asyncio.Event()
    written = 0

    async def write() -> None:
        nonlocal written
        while not done.is_set():
            async with fresh_service.owner.transaction() as session:
                works = Step(at=noon("2025-02-03"), action="complete_works", to="installed",
                             effects={"clock": "stops", "solution": "adapted"})  # fmt: skip
                steps = [Step(at=noon("2025-01-06"), action="log_referral"), *([works] if written % 2 else [])]
                await write_case(
                    session, steps, custody_id=custody, first_contact_on=date(2025, 1, 6),
                    tenure=TENURES[written % len(TENURES)],
                )  # fmt: skip
            written += 1

    async def read() -> list[int]:
        seen = []
        for number in range(ROUNDS):
            if number % 5 == 2:
                await refresh(fresh_service.owner, WHOLE, known)
            async with fresh_service.owner.snapshot() as session:
                quick = await run(session, MEASURE, Question("tenure"), "measure.figures", known)
                # What is written between these two is in neither.
                slow = await run(session, MEASURE, Question("tenure"), "measure.figures", known, afresh=True)
                [whole] = await figures(session, MEASURE, Question(), known)
            assert quick == slow
            for name in ("completed", "still_open", "left_before"):
                assert sum(row[name] for row in quick) == whole[name]
            seen.append(whole["completed"] + whole["still_open"])
        done.set()
        return seen

    _, seen = await asyncio.gather(write(), read())
    assert seen == sorted(seen)
    assert seen[-1] > seen[0]
