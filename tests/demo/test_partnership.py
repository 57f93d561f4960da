"""The demo as it stands in the database after it was made: complete, consistent, and about nobody."""

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Row, text

from app.access.roles import SIGHT, Role
from app.cases import queries
from app.cases.available import available_actions
from app.checks.run import run_checks
from app.demo import cast
from app.demo.partnership import ensure_demo
from app.demo.words import HOLDS
from app.edge.doors import enter_as
from app.kernel.database import Database, owner_engine
from app.kernel.identifiers import nhs_number
from app.people.passwords import verify_password
from app.settings import Settings
from tests.demo.conftest import CASES, Demo
from tests.demo.support import AFTERNOON, FixedClock

pytestmark = pytest.mark.database


async def rows(database: Database, statement: str, **values: Any) -> Sequence[Row[Any]]:
    """What a statement gives, as the owner of the database connection."""
    async with database.transaction() as session:
        return (await session.execute(text(statement), values)).all()


async def column(database: Database, statement: str, **values: Any) -> list[Any]:
    """The first column of what a statement gives."""
    return [row[0] for row in await rows(database, statement, **values)]


async def test_every_open_stage_of_every_tier_has_a_case(demo: Demo) -> None:
    there = {(row.tier, row.stage) for row in await rows(demo.owner, "SELECT DISTINCT tier, stage FROM cases")}
    wanted = {(state.tier, state.stage) for state in demo.pathway.states if demo.pathway.is_open(state.stage)}
    assert wanted - there == set()


async def test_every_end_and_every_outcome_is_there(demo: Demo) -> None:
    ends = {stage for stage in demo.pathway.definition.stages if not demo.pathway.is_open(stage)}
    assert set(await column(demo.owner, "SELECT stage FROM cases WHERE stage_group = 'ended'")) == ends
    outcomes = set(await column(demo.owner, "SELECT DISTINCT outcome FROM cases WHERE outcome IS NOT NULL"))
    assert outcomes == set(demo.pathway.definition.outcomes)


async def test_every_action_has_been_taken(demo: Demo) -> None:
    taken = set(await column(demo.owner, "SELECT DISTINCT action FROM case_events WHERE action IS NOT NULL"))
    assert taken == set(demo.pathway.actions)


async def test_every_kind_of_thing_beside_the_moves_was_recorded(demo: Demo) -> None:
    kinds = set(await column(demo.owner, "SELECT DISTINCT kind FROM case_events"))
    assert kinds >= {
        "conversation_recorded", "assigned", "note_added", "contact_made", "handover_offered", "handed_over",
        "handover_declined", "corrected", "consent_recorded", "repeat_linked", "repeat_separated", "quote_received",
        "survey_answered",
    }  # fmt: skip


async def test_larger_works_were_quoted_for_and_the_order_took_a_quote(demo: Demo) -> None:
    quoted = await column(
        demo.owner,
        """
        SELECT e.details ->> 'contractor' = (SELECT o.details ->> 'contractor' FROM case_events o
                                              WHERE o.case_id = e.case_id AND o.action = 'place_order' LIMIT 1)
          FROM case_events e WHERE e.kind = 'quote_received'
        """,
    )
    assert quoted.count(True) >= 10
    assert quoted.count(False) >= quoted.count(True)


async def test_items_wait_to_be_used_again_and_some_have_been(demo: Demo) -> None:
    marks = await column(demo.owner, "SELECT mark FROM home_adaptations_now")
    assert marks.count("for_recycling") >= 3
    assert {"still_in_use", "recycled"} <= set(marks)
    early = await column(
        demo.owner,
        """
        SELECT m.id FROM home_adaptation_marks m JOIN home_adaptations a ON a.id = m.home_adaptation_id
         WHERE m.marked_on < a.installed_on OR m.marked_on > :today
        """,
        today=AFTERNOON.date(),
    )
    assert early == []


async def test_cases_are_held_for_every_reason_and_some_holds_are_past_their_review(demo: Demo) -> None:
    open_holds = await rows(demo.owner, "SELECT cause, review_on FROM holds WHERE held_to IS NULL")
    assert {hold.cause for hold in open_holds} == {wait.reason for wait in HOLDS}
    assert sum(hold.review_on < AFTERNOON.date() for hold in open_holds) >= 2


async def test_a_repeat_waits_to_be_decided_and_others_were(demo: Demo) -> None:
    decisions = await column(demo.owner, "SELECT decision FROM case_repeats")
    assert sorted(decisions, key=str) == [None, "linked", "separate"]


async def test_the_panel_has_decided_deferred_and_has_cases_ahead(demo: Demo) -> None:
    decisions = await column(demo.owner, "SELECT decision FROM panel_items")
    assert set(decisions) == {"agreed", "agreed_with_conditions", "deferred", "refused", "rehouse", None}
    ahead = await column(
        demo.owner,
        "SELECT i.id FROM panel_items i JOIN panel_meetings m ON m.id = i.meeting_id"
        " WHERE i.closed_at IS NULL AND m.held_on > :today",
        today=AFTERNOON.date(),
    )
    assert ahead
    assert await column(demo.owner, "SELECT reasons FROM panel_assents WHERE NOT assents")


async def test_the_panel_meets_on_a_working_day_of_every_month_for_a_year_to_come(demo: Demo) -> None:
    calendar = demo.casework.timekeeper.calendars["scotland"]
    days = await column(demo.owner, "SELECT held_on FROM panel_meetings ORDER BY held_on")
    assert all(calendar.is_working_day(day) for day in days)
    assert date(2023, 4, 1) < days[0] < date(2023, 5, 31)
    assert len({(day.year, day.month) for day in days if day > AFTERNOON.date()}) == 12


async def test_what_a_panel_wrote_down_is_dated_on_its_day(demo: Demo) -> None:
    late = await column(
        demo.owner,
        "SELECT a.given_at FROM panel_assents a JOIN panel_items i ON i.id = a.item_id WHERE a.given_at > :now",
        now=AFTERNOON,
    )
    assert late == []


async def test_no_event_is_recorded_after_the_demo_was_made(demo: Demo) -> None:
    [recorded] = await rows(demo.owner, "SELECT min(recorded_at) AS first, max(recorded_at) AS last FROM case_events")
    assert date(2023, 4, 1) <= recorded.first.date() < date(2023, 9, 1)
    assert AFTERNOON - timedelta(days=14) < recorded.last < AFTERNOON


async def test_the_integrity_rules_find_no_error(demo: Demo) -> None:
    report = await run_checks(demo.owner, casework=demo.casework, clock=FixedClock(AFTERNOON))
    assert report.cases == CASES
    faults = {o.rule.key: o.findings for o in report.outcomes if o.count and o.rule.severity == "error"}
    assert faults == {}


async def test_references_follow_the_order_in_which_referrals_came(demo: Demo) -> None:
    received = await column(demo.owner, "SELECT received_at FROM cases ORDER BY id")
    assert received == sorted(received)


async def test_everybody_in_it_is_invented(demo: Demo) -> None:
    people = await rows(
        demo.owner,
        "SELECT p.*, h.postcode FROM people p JOIN cases c ON c.person_id = p.id JOIN homes h ON h.id = c.home_id",
    )
    assert len(people) == CASES
    for person in people:
        assert person.chi_number is None
        assert person.nhs_number.startswith("999")
        assert nhs_number(person.nhs_number, allow_test_numbers=True) == person.nhs_number
        assert person.phone.startswith("01632 960")
        assert person.postcode.startswith("ZZ")
    emails = await column(demo.owner, "SELECT email FROM users")
    assert all(email.endswith("@demo.example") for email in emails)


async def test_each_role_has_its_user_and_those_who_see_by_organisation_hold_it_everywhere(demo: Demo) -> None:
    for role in Role:
        held = await column(
            demo.owner,
            "SELECT h.organisation_id FROM role_holdings h JOIN users u ON u.id = h.user_id"
            " WHERE u.email = :email AND h.role = :role",
            email=f"{role.value}@demo.example",
            role=role.value,
        )
        assert len(held) == (4 if SIGHT[role] == "organisation" else 1), role


async def test_everybody_signs_in_with_the_password_that_was_told(demo: Demo) -> None:
    kept = set(await column(demo.owner, "SELECT password_hash FROM users"))
    assert len(kept) == 1
    assert verify_password("a pass phrase", kept.pop())
    assert "Password: a pass phrase" in demo.said
    told = "\n".join(demo.said)
    assert all(f"{role.value}@demo.example" in told for role in Role)


async def test_a_user_of_a_role_sees_every_case_and_a_colleague_only_some(demo: Demo) -> None:
    seen = {}
    for login in ("housing_officer", "housing_officer.clydeview", "panel_member", "administrator"):
        async with demo.app.transaction() as session:
            await enter_as(session, await _known(demo, login))
            seen[login] = await session.scalar(text("SELECT count(*) FROM cases"))
    assert seen["housing_officer"] == CASES
    assert 0 < seen["housing_officer.clydeview"] < CASES
    assert 0 < seen["panel_member"] < 10
    assert seen["administrator"] == 0


async def _known(demo: Demo, login: str | None) -> int:
    [found] = await column(demo.owner, "SELECT id FROM users WHERE email = :email", email=f"{login}@demo.example")
    assert isinstance(found, int)
    return found


async def test_whoever_owns_a_stage_can_do_something_with_each_open_case_in_it(demo: Demo) -> None:
    cases = await rows(
        demo.owner,
        "SELECT min(reference) AS reference, tier, stage FROM cases WHERE ended_at IS NULL GROUP BY tier, stage",
    )
    idle = []
    for case in cases:
        owner = await _known(demo, demo.pathway.stage(case.stage).owner)
        async with demo.app.transaction() as session:
            actor = await enter_as(session, owner)
            found = await queries.find(session, case.reference)
            actions = await available_actions(session, actor, found, casework=demo.casework, now=AFTERNOON)
            if not any(action["allowed"] for action in actions):
                idle.append((case.tier, case.stage))
    assert idle == []


async def test_training_shows_one_module_that_has_expired_and_one_that_soon_will(demo: Demo) -> None:
    expires = await column(demo.owner, "SELECT expires_on FROM training_records WHERE module = 3")
    today = AFTERNOON.date()
    assert sum(day < today for day in expires) == 1
    assert sum(today <= day <= today + timedelta(days=30) for day in expires) == 1


async def test_a_second_start_makes_nothing_and_sets_the_password_of_that_start(demo: Demo) -> None:
    counting = (
        "SELECT (SELECT count(*) FROM case_events), (SELECT count(*) FROM users), (SELECT count(*) FROM panel_meetings)"
    )
    before = await rows(demo.owner, counting)
    said: list[str] = []
    clock = FixedClock(AFTERNOON + timedelta(days=1))
    for password, fixed in (("another", True), ("a pass phrase", False)):
        await ensure_demo(demo.owner, Settings(demo=True), password=password, fixed=fixed, say=said.append, clock=clock)
        [kept] = set(await column(demo.owner, "SELECT password_hash FROM users"))
        assert verify_password(password, kept)
    assert await rows(demo.owner, counting) == before
    assert "another" not in "\n".join(said)


async def test_two_processes_that_start_together_make_one_demo(fresh_database_url: str) -> None:
    said: list[str] = []
    databases = [Database(owner_engine(fresh_database_url)) for _ in range(2)]
    try:
        await asyncio.gather(
            *(
                ensure_demo(db, Settings(demo=True), password="one", fixed=False, say=said.append, cases=3)
                for db in databases
            )
        )
        assert said.count("Making the demo partnership …") == 1
        assert await column(databases[0], "SELECT count(*) FROM cases") == [3]
        assert await column(databases[0], "SELECT count(*) FROM partnership") == [1]
    finally:
        for db in databases:
            await db.close()


@pytest.mark.parametrize(
    "already",
    [
        "INSERT INTO partnership (name, pathway_key, calendar_key) VALUES ('Realshire', 'housing-solutions', 'scotland')",
        """
        WITH o AS (INSERT INTO organisations (key, name, kind) VALUES ('a', 'A', 'council') RETURNING id)
        INSERT INTO users (email, name, home_organisation_id) SELECT 'x@y.example', 'X', id FROM o
        """,
    ],
    ids=["a partnership", "users without a partnership"],
)
async def test_what_is_no_demo_is_left_alone(fresh_database_url: str, already: str) -> None:
    owner = Database(owner_engine(fresh_database_url))
    said: list[str] = []
    try:
        async with owner.transaction() as session:
            await session.execute(text(already))
        users = await column(owner, "SELECT count(*) FROM users")
        await ensure_demo(owner, Settings(demo=True), password="one", fixed=False, say=said.append)
        assert await column(owner, "SELECT count(*) FROM users") == users
        assert await column(owner, "SELECT count(*) FROM cases") == [0]
        assert await column(owner, "SELECT password_hash FROM users WHERE password_hash IS NOT NULL") == []
        assert said == ["This database is in use by a partnership that is not a demo: nothing was changed."]
    finally:
        await owner.close()


def test_every_organisation_of_the_cast_has_a_voice_on_the_panel() -> None:
    assert set(cast.panel_voices()) == {organisation.key for organisation in cast.ORGANISATIONS}
