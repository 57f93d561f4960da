"""Times that do not add up, or look wrong, are found."""

from datetime import UTC, datetime, timedelta

import pytest

from app.checks.doubtful_times import DOUBTFUL_TIMES
from app.checks.time_rules import CUSTODY_ADDS_UP, DEADLINES_CURRENT, STAGE_TIME_ADDS_UP, partition_faults
from app.kernel.clock import SystemClock
from tests.checks.ground import Ground

pytestmark = pytest.mark.database

RETIME = (
    "UPDATE case_events SET occurred_at = occurred_at + CAST(:by AS interval) WHERE case_id = :case AND sequence = :n"
)


def day(n: int) -> datetime:
    """A moment on a day in March."""
    return datetime(2026, 3, n, 12, tzinfo=UTC)


def test_spans_that_follow_one_another_to_an_open_end_have_no_fault() -> None:
    assert list(partition_faults([(day(1), day(2)), (day(2), None)], day(1))) == []


@pytest.mark.parametrize(
    ("spans", "word"),
    [
        ([(day(2), None)], "first event"),
        ([(day(1), day(2)), (day(3), None)], "gap or an overlap at 03 March"),
        ([(day(1), day(3)), (day(2), None)], "gap or an overlap at 02 March"),
        ([(day(1), None), (day(2), None)], "gap or an overlap"),
        ([(day(1), day(2))], "no end"),
        ([], "first event"),
    ],
)
def test_a_gap_an_overlap_or_a_missing_end_is_told(spans: list[tuple[datetime, datetime | None]], word: str) -> None:
    assert word in " ".join(partition_faults(spans, day(1)))


async def test_a_stage_that_ends_before_it_began_is_found(breaking: Ground) -> None:
    await breaking.sql(RETIME, "assessed", n=2, by="3 days")
    await breaking.finds_only(STAGE_TIME_ADDS_UP, "assessed", "ends before it begins", "correct")


async def test_an_event_that_leaves_another_stage_than_the_one_before_it_entered_is_found(breaking: Ground) -> None:
    await breaking.sql(
        "UPDATE case_events SET from_stage = 'funding' WHERE case_id = :case AND sequence = 2", "waiting"
    )
    await breaking.finds_only(STAGE_TIME_ADDS_UP, "waiting", "Event 2 leaves a stage")


async def test_parts_that_make_another_sum_than_the_whole_are_found(breaking: Ground) -> None:
    # The first event of a journal is a note: no stage covers its first ten days.
    await breaking.sql(
        "UPDATE case_events SET kind = 'note_added', action = NULL, occurred_at = occurred_at - interval '10 days'"
        " WHERE case_id = :case AND sequence = 1",
        "waiting",
    )
    messages = [message for _, message in await breaking.found(STAGE_TIME_ADDS_UP)]
    assert any("does not begin with the first event" in message for message in messages)
    assert any("but its parts make" in message for message in messages)


async def test_custody_that_goes_back_in_time_is_found(breaking: Ground) -> None:
    await breaking.sql(
        "UPDATE case_events SET custody_id = custody_id + 1, occurred_at = occurred_at - interval '3 days'"
        " WHERE case_id = :case AND sequence = 2",
        "assessed",
    )
    messages = [message for _, message in await breaking.found(CUSTODY_ADDS_UP)]
    assert any("ends before it begins" in message for message in messages)


async def test_a_holder_that_the_journal_does_not_end_with_is_found(breaking: Ground) -> None:
    await breaking.sql(
        "UPDATE cases SET custody_id = custody_id + 1, party_ids = party_ids || (custody_id + 1) WHERE id = :case",
        "waiting",
    )
    await breaking.finds_only(CUSTODY_ADDS_UP, "waiting", "not the one that its journal ends with")


@pytest.mark.parametrize("column", ["due_on", "due_soon_on", "end_to_end_due_on"])
async def test_a_due_day_that_targets_and_calendar_do_not_give_is_found(breaking: Ground, column: str) -> None:
    await breaking.sql(f"UPDATE cases SET {column} = {column} + 1 WHERE id = :case", "waiting")
    await breaking.finds_only(DEADLINES_CURRENT, "waiting", "adapt deadlines")


async def test_an_event_before_the_referral_or_in_the_future_is_doubtful(breaking: Ground) -> None:
    await breaking.sql(RETIME, "waiting", n=2, by="-2 days")
    await breaking.sql(RETIME, "assessed", n=4, by="2 days")
    found = dict(await breaking.found(DOUBTFUL_TIMES))
    assert "Event 2 is dated before the referral" in found[breaking["waiting"]]
    assert "Event 4 is dated in the future" in found[breaking["assessed"]]


@pytest.mark.parametrize(("days", "words"), [(1, "is after the referral"), (-91, "91 days before the referral")])
async def test_a_first_contact_after_or_long_before_the_referral_is_doubtful(
    breaking: Ground, days: int, words: str
) -> None:
    await breaking.sql(
        "UPDATE cases SET first_contact_on = first_contact_on + :days WHERE id = :case", "held", days=days
    )
    assert words in dict(await breaking.found(DOUBTFUL_TIMES))[breaking["held"]]


async def test_a_first_contact_ninety_days_before_the_referral_is_not_doubtful(breaking: Ground) -> None:
    await breaking.sql("UPDATE cases SET first_contact_on = first_contact_on - 90 WHERE id = :case", "held")
    assert breaking["held"] not in dict(await breaking.found(DOUBTFUL_TIMES))


async def test_an_ending_in_the_minute_of_the_referral_is_doubtful_and_a_later_one_is_not(breaking: Ground) -> None:
    assert "within a minute" in dict(await breaking.found(DOUBTFUL_TIMES))[breaking["ended"]]
    await breaking.sql("UPDATE cases SET ended_at = received_at + interval '61 seconds' WHERE id = :case", "ended")
    assert await breaking.found(DOUBTFUL_TIMES) == []


async def test_an_imported_case_that_is_open_and_silent_for_a_year_is_doubtful(breaking: Ground) -> None:
    await breaking.sql("UPDATE case_events SET kind = 'milestone_imported' WHERE case_id = :case", "received")
    now = SystemClock().now()
    found = dict(await breaking.found(DOUBTFUL_TIMES, now=now + timedelta(days=364)))
    assert breaking["received"] not in found
    found = dict(await breaking.found(DOUBTFUL_TIMES, now=now + timedelta(days=366)))
    assert "imported as open" in found[breaking["received"]]


async def test_many_earlier_events_recorded_within_a_minute_are_doubtful(breaking: Ground) -> None:
    copies = """
        INSERT INTO case_events (case_id, sequence, kind, to_tier, to_stage, custody_id, occurred_at, recorded_at,
                                 actor_id, organisation_id, previous_hash, hash)
        SELECT case_id, 100 + n, 'note_added', to_tier, to_stage, custody_id, '2026-03-02T10:00Z', '2026-03-04T10:00Z',
               actor_id, organisation_id, '', '' FROM case_events, generate_series(1, :many) n
         WHERE case_id = :case AND sequence = 1
    """
    await breaking.sql(copies, "waiting", many=9)
    typed = [message for _, message in await breaking.found(DOUBTFUL_TIMES) if message.startswith("User ")]
    assert typed == []
    await breaking.sql(
        "UPDATE case_events SET sequence = sequence + 100 WHERE case_id = :case AND sequence > 100", "waiting"
    )
    await breaking.sql(copies, "waiting", many=1)
    [typed_in] = [message for _, message in await breaking.found(DOUBTFUL_TIMES) if message.startswith("User ")]
    assert "10 events of 1 cases within the minute 04 March 2026 10:00" in typed_in


async def test_many_earlier_events_recorded_at_a_weekend_are_doubtful(breaking: Ground) -> None:
    # Saturday 7 March, one event a minute, each of the day before.
    await breaking.sql(
        """
        INSERT INTO case_events (case_id, sequence, kind, to_tier, to_stage, custody_id, occurred_at, recorded_at,
                                 actor_id, organisation_id, previous_hash, hash)
        SELECT case_id, 100 + n, 'note_added', to_tier, to_stage, custody_id, '2026-03-06T10:00Z',
               timestamptz '2026-03-07T09:00Z' + n * interval '1 minute', actor_id, organisation_id, '', ''
          FROM case_events, generate_series(1, 20) n WHERE case_id = :case AND sequence = 1
        """,
        "waiting",
    )
    [typed_in] = [message for _, message in await breaking.found(DOUBTFUL_TIMES) if message.startswith("User ")]
    assert "20 events of 1 cases at the weekend, on 07 March 2026" in typed_in
