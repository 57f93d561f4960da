"""An open case that is nobody's is found, and the finding says whom to ask."""

from datetime import timedelta

import pytest

from app.checks.outcome_rules import ENDED_WITHOUT_OUTCOME, PANEL_ITEM_MATCHES_STAGE
from app.checks.ownership_rules import OPEN_CASE_HAS_ASSIGNEE, OPEN_CASE_HAS_OWNER, TRAINING_EXPIRED
from app.checks.paper_rules import PAPERS_AS_CIRCULATED
from app.kernel.clock import SystemClock
from tests.checks.ground import Ground

pytestmark = pytest.mark.database


async def test_an_inactive_organisation_that_holds_cases_is_named_with_who_could_take_over(breaking: Ground) -> None:
    await breaking.sql("UPDATE organisations SET active = false WHERE key = 'clydeview'")
    found = await breaking.found(OPEN_CASE_HAS_OWNER)
    holders = {reference for reference, message in found if "is no longer active" in message}
    assert holders == {breaking[name] for name in breaking.cases if name != "ended"}
    assert all("Clydeview Housing Association holds the case" in m for _, m in found if "no longer active" in m)


async def test_a_stage_that_nobody_party_to_the_case_looks_after_is_found(breaking: Ground) -> None:
    await breaking.sql("UPDATE role_holdings SET held_to = current_date WHERE role = 'housing_officer'")
    await breaking.finds_only(OPEN_CASE_HAS_OWNER, "received", "housing officer", "“Received”", "Clydeview")


async def test_a_role_held_only_by_somebody_inactive_counts_as_held_by_nobody(breaking: Ground) -> None:
    await breaking.sql("UPDATE users SET active = false WHERE email LIKE '%team_manager@%'")
    await breaking.finds_only(OPEN_CASE_HAS_OWNER, "held", "team manager", "“On hold”")


async def test_a_role_that_sees_the_whole_partnership_reaches_every_case_from_anywhere(breaking: Ground) -> None:
    await breaking.sql(
        "UPDATE role_holdings SET organisation_id = (SELECT id FROM organisations WHERE key = 'elsewhere')"
        " WHERE role = 'panel_coordinator'"
    )
    assert await breaking.found(OPEN_CASE_HAS_OWNER) == []
    await breaking.sql("DELETE FROM role_holdings WHERE role = 'panel_coordinator'")
    await breaking.finds_only(OPEN_CASE_HAS_OWNER, "referred", "panel coordinator")


async def test_a_case_in_assessment_without_an_assignee_is_found_and_one_that_waits_is_not(breaking: Ground) -> None:
    await breaking.sql("UPDATE cases SET assigned_to = NULL")
    found = dict(await breaking.found(OPEN_CASE_HAS_ASSIGNEE))
    assert set(found) == {breaking["assessed"], breaking["referred"]}
    assert "Nobody is assigned" in found[breaking["assessed"]]
    assert "team manager" in found[breaking["assessed"]]


async def test_an_assignee_who_has_left_is_found(breaking: Ground) -> None:
    await breaking.sql(
        "UPDATE users SET active = false WHERE id = (SELECT assigned_to FROM cases WHERE id = :case)", "assessed"
    )
    found = dict(await breaking.found(OPEN_CASE_HAS_ASSIGNEE))
    assert "no longer active" in found[breaking["assessed"]]


async def test_training_that_has_expired_during_an_assessment_is_found_the_day_after(breaking: Ground) -> None:
    now = SystemClock().now()
    today = breaking.casework.timekeeper.day(now)
    await breaking.sql(
        "UPDATE training_records SET expires_on = :today, completed_on = CAST(:today AS date) - 365", today=today
    )
    assert await breaking.found(TRAINING_EXPIRED, now=now) == []
    words = ("module 2", f"expired on {today.isoformat()}", "team manager")
    await breaking.finds_only(TRAINING_EXPIRED, "assessed", *words, now=now + timedelta(days=1))


async def test_an_assessor_without_a_record_of_training_is_found(breaking: Ground) -> None:
    await breaking.sql("DELETE FROM training_records")
    await breaking.finds_only(TRAINING_EXPIRED, "assessed", "is not recorded")


async def test_an_ended_case_that_does_not_say_how_is_found(breaking: Ground) -> None:
    await breaking.sql("UPDATE cases SET outcome = NULL WHERE id = :case", "ended")
    await breaking.finds_only(ENDED_WITHOUT_OUTCOME, "ended", "nothing says how", "Clydeview")


_ITEM = """
    WITH panel AS (INSERT INTO panels (key, name) VALUES ('p', 'P') RETURNING id),
         meeting AS (INSERT INTO panel_meetings (panel_id, held_on, papers_due_on, capacity)
                     SELECT id, current_date, current_date, 5 FROM panel RETURNING id)
    INSERT INTO panel_items (meeting_id, case_id, reference, position, scheduled_by)
    SELECT m.id, c.id, c.reference, 1, 1 FROM meeting m, cases c WHERE c.id = :case
"""


async def test_a_case_on_an_agenda_that_does_not_wait_for_the_panel_is_found(breaking: Ground) -> None:
    await breaking.sql(_ITEM, "referred")
    await breaking.finds_only(PANEL_ITEM_MATCHES_STAGE, "referred", "does not wait for the panel")


async def test_a_case_that_waits_for_the_panel_and_is_on_no_agenda_is_found(breaking: Ground) -> None:
    await breaking.sql("UPDATE cases SET stage = 'panel_scheduled' WHERE id = :case", "referred")
    await breaking.finds_only(PANEL_ITEM_MATCHES_STAGE, "referred", "on no agenda")


async def test_papers_that_are_not_what_was_circulated_are_found(breaking: Ground) -> None:
    await breaking.sql(_ITEM, "referred")
    await breaking.sql(
        "INSERT INTO panel_packs (item_id, version, content, sha256, circulated_by)"
        " SELECT id, 1, '{\"parts\": []}', sha256('{\"parts\":[]}'), 1 FROM panel_items WHERE case_id = :case",
        "referred",
    )
    assert await breaking.found(PAPERS_AS_CIRCULATED) == []
    await breaking.sql("UPDATE panel_packs SET content = '{\"parts\": [1]}'")
    await breaking.finds_only(PAPERS_AS_CIRCULATED, "referred", "is not what was circulated")


async def test_a_case_held_while_it_is_on_an_agenda_is_in_order(breaking: Ground) -> None:
    await breaking.sql("UPDATE cases SET resume_stage = 'panel_scheduled' WHERE id = :case", "held")
    await breaking.sql(_ITEM, "held")
    assert await breaking.found(PANEL_ITEM_MATCHES_STAGE) == []


async def test_an_extract_that_left_a_case_before_a_panel_is_in_order(breaking: Ground) -> None:
    await breaking.sql("UPDATE cases SET stage = 'panel_scheduled' WHERE id = :case", "referred")
    await breaking.sql(
        "UPDATE case_events SET kind = 'milestone_imported', to_stage = 'panel_scheduled'"
        " WHERE case_id = :case AND action = 'refer_to_panel'",
        "referred",
    )
    assert await breaking.found(PANEL_ITEM_MATCHES_STAGE) == []
