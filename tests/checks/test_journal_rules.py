"""A journal or a case's row that was changed by hand is found, with the case and what to do."""

import pytest

from app.checks.journal_rules import CHAIN_IS_WHOLE, PATHWAY_IS_KNOWN, SEALS_ARE_WHOLE, STATE_FOLLOWS_JOURNAL
from tests.checks.ground import Ground

pytestmark = pytest.mark.database

COLUMNS = {
    "tier": "'complex'",
    "stage_group": "'deciding'",
    "resume_stage": "'funding'",
    "stage_since": "stage_since - interval '1 day'",
    "party_ids": "party_ids || (SELECT max(id) FROM organisations)",
    "assigned_to": "(SELECT max(id) FROM users)",
    "priority": "'critical'",
    "proposed_tier": "'complex'",
    "consent_to_share": "NOT consent_to_share",
    "pathway_version": "2",
    "first_contact_on": "first_contact_on - 1",
    "received_at": "received_at - interval '1 day'",
    "memory": "'{}'",
}


@pytest.mark.parametrize("column", COLUMNS)
async def test_a_column_that_does_not_follow_the_journal_is_named(breaking: Ground, column: str) -> None:
    await breaking.sql(f"UPDATE cases SET {column} = {COLUMNS[column]} WHERE id = :case", "received")
    await breaking.finds_only(STATE_FOLLOWS_JOURNAL, "received", f": {column}.", "adapt journal project")


async def test_a_case_without_a_journal_is_found(breaking: Ground) -> None:
    await breaking.sql("DELETE FROM case_events WHERE case_id = :case", "received")
    await breaking.finds_only(STATE_FOLLOWS_JOURNAL, "received", "no journal")
    await breaking.finds_only(CHAIN_IS_WHOLE, "received", "no journal")


async def test_a_journal_that_cannot_be_replayed_is_found_and_the_check_goes_on(breaking: Ground) -> None:
    await breaking.sql("UPDATE case_events SET effects = '{}' WHERE case_id = :case AND sequence = 1", "received")
    await breaking.sql("UPDATE cases SET stage_group = 'deciding' WHERE id = :case", "waiting")
    found = await breaking.found(STATE_FOLLOWS_JOURNAL)
    assert [reference for reference, _ in found] == [breaking["received"], breaking["waiting"]]
    assert "too damaged" in found[0][1]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ("""UPDATE case_events SET details = details || '{"x": 1}' WHERE case_id = :case AND sequence = 2""", "Event 2 is not"),
        ("UPDATE case_events SET recorded_at = now() WHERE case_id = :case AND sequence = 1", "Event 1 is not"),
        ("DELETE FROM case_events WHERE case_id = :case AND sequence = 2", "before event 3 is missing"),
        ("UPDATE cases SET head_hash = sha256('') WHERE id = :case", "another hash"),
    ],
)  # fmt: skip
async def test_a_change_of_the_journal_breaks_its_chain_where_it_was_made(
    breaking: Ground, change: str, fault: str
) -> None:
    await breaking.sql(change, "assessed")
    found = await breaking.found(CHAIN_IS_WHOLE)
    assert found[0][0] == breaking["assessed"]
    assert fault in found[0][1]
    assert "backup" in found[0][1]


async def test_a_changed_event_with_its_hash_worked_out_anew_still_breaks_the_next_link(breaking: Ground) -> None:
    await breaking.sql(
        """
        UPDATE case_events SET details = '{}' WHERE case_id = :case AND sequence = 1;
        """,
        "assessed",
    )
    await breaking.sql(
        "UPDATE case_events e SET hash = journal_hash(e.previous_hash, e) WHERE case_id = :case AND sequence = 1",
        "assessed",
    )
    await breaking.finds_only(CHAIN_IS_WHOLE, "assessed", "Event 2 does not carry the hash")


async def test_events_of_a_case_that_is_gone_are_found(breaking: Ground) -> None:
    await breaking.sql("DELETE FROM cases WHERE id = :case", "received")
    [(reference, message)] = await breaking.found(CHAIN_IS_WHOLE)
    assert reference is None
    assert "no longer there" in message


async def test_a_seal_that_covers_fewer_events_than_it_did_is_found(breaking: Ground) -> None:
    await breaking.sql(
        """
        INSERT INTO journal_seals (sealed_at, up_to_event_id, events, previous_hash, hash)
        SELECT now(), 1000, d.events, '', journal_seal_hash('', now(), 1000, d.events, d.digest)
          FROM journal_seal_digest(0, 1000) d
        """
    )
    assert await breaking.found(SEALS_ARE_WHOLE) == []
    await breaking.sql("DELETE FROM case_events WHERE case_id = :case", "received")
    await breaking.sql("DELETE FROM cases WHERE id = :case", "received")
    assert await breaking.found(CHAIN_IS_WHOLE) == []
    [(_, message)] = await breaking.found(SEALS_ARE_WHOLE)
    assert "of those are there now" in message


async def test_a_version_of_a_pathway_that_is_not_there_is_named_once(breaking: Ground) -> None:
    await breaking.sql("UPDATE cases SET pathway_version = 7")
    [(_, message)] = await breaking.found(PATHWAY_IS_KNOWN)
    assert "6 cases run on housing-solutions version 7" in message
