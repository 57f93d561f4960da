"""A ledger of holds that does not fit the cases is found."""

from datetime import timedelta

import pytest

from app.checks.hold_rules import HOLD_MATCHES_STAGE, HOLD_PAST_REVIEW, HOLDS_DO_NOT_OVERLAP
from app.kernel.clock import SystemClock
from tests.checks.ground import Ground

pytestmark = pytest.mark.database

_SECOND = """
    INSERT INTO holds (case_id, cause, waits_on, held_from, held_to, opened_by, closed_by)
    SELECT case_id, cause, waits_on, held_from - interval '1 day', held_from + CAST(:over AS interval), 90, 91 FROM holds
"""


async def test_holds_that_share_a_moment_overlap_and_holds_that_meet_do_not(breaking: Ground) -> None:
    await breaking.sql("ALTER TABLE holds DROP CONSTRAINT ex_holds_never_overlap")
    await breaking.sql(_SECOND, over="0")
    assert await breaking.found(HOLDS_DO_NOT_OVERLAP) == []
    await breaking.sql("UPDATE holds SET held_to = held_to + interval '1 microsecond' WHERE opened_by = 90")
    await breaking.finds_only(HOLDS_DO_NOT_OVERLAP, "held", "events", "90", "overlap")


async def test_a_case_on_hold_whose_hold_was_closed_by_hand_is_found(breaking: Ground) -> None:
    await breaking.sql("UPDATE holds SET held_to = now(), closed_by = 9")
    found = await breaking.found(HOLD_MATCHES_STAGE)
    assert {reference for reference, _ in found} == {breaking["held"]}
    assert "on hold with 0 open holds" in found[0][1]
    assert "not in the ledger as the journal has it" in found[1][1]


async def test_an_open_hold_of_a_case_that_goes_on_is_found(breaking: Ground) -> None:
    await breaking.sql(
        "INSERT INTO holds (case_id, cause, waits_on, held_from, opened_by) VALUES (:case, 'weather', 'weather', now(), 2)",
        "waiting",
    )
    found = await breaking.found(HOLD_MATCHES_STAGE)
    assert {reference for reference, _ in found} == {breaking["waiting"]}
    assert "not on hold but has 1 open hold" in found[0][1]


async def test_a_hold_is_past_its_review_from_the_day_after(breaking: Ground) -> None:
    now = SystemClock().now()
    assert await breaking.found(HOLD_PAST_REVIEW, now=now + timedelta(days=30)) == []
    words = ("waits on: landlord", "Clydeview")
    await breaking.finds_only(HOLD_PAST_REVIEW, "held", *words, now=now + timedelta(days=31))
