"""Reminders come once, deadlines follow the calendar, and what has served its purpose goes."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from app.cases.actions.project_anew import project_anew
from app.cases.actions.renew_deadlines import renew_deadlines
from app.cases.casework import Casework
from app.kernel.clock import SystemClock
from app.kernel.problems import Conflict, NotFound
from app.notifications.jobs import Work
from app.notifications.prune import prune
from app.notifications.reminders import remind_of_holds
from tests.support.service import Service
from tests.support.walks import walked

pytestmark = pytest.mark.database


class _Later:
    """A clock that is so many days ahead."""

    def __init__(self, days: int) -> None:
        self._ahead = timedelta(days=days)

    def now(self):
        return SystemClock().now() + self._ahead


def _work(service: Service, *, days: int = 0) -> Work:
    return Work(db=service.owner, casework=service.app.state.casework, clock=_Later(days))


async def _held(service: Service, *, days: int):
    case = await walked(service, "screen", tier="moderate")
    review = _work(service).today + timedelta(days=days)
    await case.take("hold", reason="landlord_consent", waits_on="landlord", review_on=review.isoformat())
    return case


async def test_a_hold_is_reminded_of_on_the_day_of_its_review_and_once(fresh_service: Service) -> None:
    case = await _held(fresh_service, days=7)
    await _held(fresh_service, days=30)
    assert (await remind_of_holds(_work(fresh_service, days=6)))["reminded"] == 0
    assert (await remind_of_holds(_work(fresh_service, days=7)))["reminded"] == 1
    assert (await remind_of_holds(_work(fresh_service, days=8)))["reminded"] == 0
    async with fresh_service.owner.transaction() as session:
        row = (
            await session.execute(text("SELECT r.*, c.reference FROM reminders r JOIN cases c ON c.id = r.case_id"))
        ).one()
        reminded_on = await session.scalar(text("SELECT reminded_on FROM holds WHERE id = :id"), {"id": row.hold_id})
    assert row.reference == case.reference
    assert (row.role, row.organisation_id) == ("team_manager", fresh_service.cast.organisations["clydeview"])
    assert "landlord" in row.message
    assert reminded_on == _work(fresh_service, days=7).today
    assert row.due_on == reminded_on


async def test_a_reminder_is_for_whom_the_case_is_assigned_to(fresh_service: Service) -> None:
    case = await _held(fresh_service, days=1)
    await case.record("housing_officer", "assignment", {"assigned_to": fresh_service.cast["assessor"].email})
    await remind_of_holds(_work(fresh_service, days=1))
    async with fresh_service.owner.transaction() as session:
        assert await session.scalar(text("SELECT user_id FROM reminders")) == fresh_service.cast["assessor"].id


async def test_a_reminder_is_put_away_when_the_case_goes_on(fresh_service: Service) -> None:
    case = await _held(fresh_service, days=1)
    await remind_of_holds(_work(fresh_service, days=1))
    await case.take("resume")
    assert (await remind_of_holds(_work(fresh_service, days=2)))["put_away"] == 1
    assert (await remind_of_holds(_work(fresh_service, days=3)))["put_away"] == 0


async def test_reminders_are_seen_by_those_who_may_see_the_case_only(fresh_service: Service) -> None:
    await _held(fresh_service, days=1)
    await remind_of_holds(_work(fresh_service, days=1))
    for who, seen in (("housing_officer", 1), ("stranger", 0)):
        async with fresh_service.app.state.db.transaction() as session:
            await session.execute(text("SELECT door.enter_as(:id)"), {"id": fresh_service.cast[who].id})
            assert await session.scalar(text("SELECT count(*) FROM reminders")) == seen


def _with_local_day(casework: Casework, day: date) -> Casework:
    timekeeper = casework.timekeeper
    calendars = {key: calendar.with_local([day], []) for key, calendar in timekeeper.calendars.items()}
    return replace(casework, timekeeper=replace(timekeeper, calendars=calendars))


async def test_deadlines_follow_a_local_holiday_that_was_added(fresh_service: Service) -> None:
    case = await walked(fresh_service, "screen", tier="moderate")
    ended = await walked(fresh_service, "signpost", tier="moderate")
    casework: Casework = fresh_service.app.state.casework
    before = await case.case()
    due = date.fromisoformat(before["due_on"])
    assert (await renew_deadlines(fresh_service.owner, timekeeper=casework.timekeeper)).changed == 0
    closed = _with_local_day(casework, due)
    dry = await renew_deadlines(fresh_service.owner, timekeeper=closed.timekeeper, dry_run=True)
    assert (dry.looked_at, dry.changed) == (1, 1)
    assert await case.case() == before
    assert (await renew_deadlines(fresh_service.owner, timekeeper=closed.timekeeper)).changed == 1
    after = await case.case()
    assert date.fromisoformat(after["due_on"]) == closed.timekeeper.calendars["scotland"].add_working_days(due, 1)
    assert after["sequence"] == before["sequence"]
    assert (await ended.case())["due_on"] is None


async def test_a_row_changed_by_hand_is_projected_anew_from_its_journal(fresh_service: Service) -> None:
    case = await walked(fresh_service, "screen", tier="moderate")
    before = await case.case()
    async with fresh_service.owner.transaction() as session:
        await session.execute(text("ALTER TABLE cases DISABLE TRIGGER ALL"))
        await session.execute(
            text("UPDATE cases SET stage = 'funding', stage_group = 'deciding', head_hash = '', memory = '{}'")
        )
        await session.execute(text("ALTER TABLE cases ENABLE TRIGGER ALL"))
    timekeeper = fresh_service.app.state.casework.timekeeper
    async with fresh_service.owner.transaction() as session:
        projected = await project_anew(session, case.reference, timekeeper=timekeeper)
    assert projected.columns == ("stage", "stage_group", "memory", "head_hash")
    assert await case.case() == before
    async with fresh_service.owner.transaction() as session:
        assert (await project_anew(session, case.reference, timekeeper=timekeeper)).columns == ()


async def test_nothing_is_projected_for_a_case_without_a_journal_or_that_does_not_exist(fresh_service: Service) -> None:
    case = await walked(fresh_service, tier="moderate")
    async with fresh_service.owner.transaction() as session:
        await session.execute(text("ALTER TABLE case_events DISABLE TRIGGER ALL"))
        await session.execute(text("DELETE FROM case_events"))
    timekeeper = fresh_service.app.state.casework.timekeeper
    for reference, problem in ((case.reference, Conflict), ("nonsense", NotFound)):
        async with fresh_service.owner.transaction() as session:
            with pytest.raises(problem):
                await project_anew(session, reference, timekeeper=timekeeper)


async def test_old_answers_dead_tokens_and_old_runs_go_and_the_others_stay(fresh_service: Service) -> None:
    officer = fresh_service.cast["housing_officer"].id
    async with fresh_service.owner.transaction() as session:
        for key, age in (("old", "49 hours"), ("new", "47 hours")):
            await session.execute(
                text(
                    "INSERT INTO idempotency_keys (user_id, key, request_hash, status, content_type, body, created_at)"
                    " VALUES (:u, :key, '', 201, 'application/json', '', now() - CAST(:age AS interval))"
                ),
                {"u": officer, "key": key, "age": age},
            )
        for name, created, expires, revoked in (
            ("expired long ago", 200, 91, None), ("expired lately", 200, 89, None), ("revoked long ago", 200, -9, 91),
        ):  # fmt: skip
            await session.execute(
                text(
                    "INSERT INTO api_tokens (user_id, name, token_hash, scopes, created_at, expires_at, revoked_at)"
                    " VALUES (:u, :name, sha256(convert_to(:name, 'UTF8')), '{read}', now() - make_interval(days => :created),"
                    " now() - make_interval(days => :expires), now() - make_interval(days => CAST(:revoked AS integer)))"
                ),
                {"u": officer, "name": name, "created": created, "expires": expires, "revoked": revoked},
            )
        for age in (91, 89):
            await session.execute(
                text(
                    "INSERT INTO check_runs (started_at, finished_at, cases, errors, warnings)"
                    " SELECT t, t, 0, 0, 0 FROM (VALUES (now() - make_interval(days => :age))) v (t)"
                ),
                {"age": age},
            )
        for age in (31, 29):
            await session.execute(
                text(
                    "INSERT INTO drafts (user_id, path, fields, saved_at)"
                    " VALUES (:u, '/page/' || CAST(:age AS text), '{}', now() - make_interval(days => :age))"
                ),
                {"u": officer, "age": age},
            )
        for hours in (25, 23):
            await session.execute(
                text(
                    "INSERT INTO searches (user_id, typed, created_at)"
                    " VALUES (:u, 'Dummie', now() - make_interval(hours => :hours))"
                ),
                {"u": officer, "hours": hours},
            )
        for age in (31, 29):
            await session.execute(
                text(
                    "INSERT INTO bulk_assignments (user_id, assigned_to, results, created_at)"
                    " VALUES (:u, :u, '[]', now() - make_interval(days => :age))"
                ),
                {"u": officer, "age": age},
            )
        await session.execute(text("INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('default', 'x')"))
        await session.execute(text("UPDATE procrastinate_jobs SET status = 'succeeded'"))
    removed = await prune(_work(fresh_service))
    assert removed == {
        "idempotency_keys": 1, "api_tokens": 2, "check_runs": 1, "drafts": 1, "searches": 1, "bulk_assignments": 1,
        "procrastinate_jobs": 0,
    }  # fmt: skip
    async with fresh_service.owner.transaction() as session:
        assert (await session.scalars(text("SELECT key FROM idempotency_keys"))).all() == ["new"]
        names = (await session.scalars(text("SELECT name FROM api_tokens WHERE user_id = :u"), {"u": officer})).all()
    assert set(names) == {"tests", "expired lately"}
    removed = await prune(_work(fresh_service, days=31))
    assert removed["procrastinate_jobs"] == 1
