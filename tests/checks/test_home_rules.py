"""A home whose history does not say what was put into it is found, with the case and what to do."""

import pytest

from app.checks.home_rules import HOME_FOLLOWS_JOURNAL
from tests.checks.ground import Ground

pytestmark = pytest.mark.database


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("DELETE FROM home_adaptations WHERE case_id = :case", "not written down: grab_rails."),
        ("UPDATE home_adaptations SET retracted_at = now() WHERE case_id = :case", "not written down: grab_rails."),
        ("UPDATE home_adaptations SET installed_on = installed_on - 1 WHERE case_id = :case", "since another day: grab_rails."),
        (
            """
            INSERT INTO home_adaptations (case_id, adaptation, address_key, installed_on, organisation_id, reusable)
            SELECT case_id, 'stairlift', address_key, installed_on, organisation_id, true
              FROM home_adaptations WHERE case_id = :case
            """,
            "not in the journal: stairlift.",
        ),
    ],
)  # fmt: skip
async def test_a_home_that_does_not_follow_the_journal_is_found(breaking: Ground, change: str, told: str) -> None:
    await breaking.sql(change, "ended")
    await breaking.finds_only(HOME_FOLLOWS_JOURNAL, "ended", told, "adapt journal project")


async def test_an_item_of_a_case_that_has_put_nothing_in_is_found(breaking: Ground) -> None:
    await breaking.sql(
        """
        INSERT INTO home_adaptations (case_id, adaptation, address_key, installed_on, organisation_id, reusable)
        SELECT id, 'stairlift', 'somewhere', current_date, custody_id, true FROM cases WHERE id = :case
        """,
        "received",
    )
    await breaking.finds_only(HOME_FOLLOWS_JOURNAL, "received", "not in the journal: stairlift.")


async def test_a_journal_that_cannot_be_read_is_left_to_the_rule_that_says_so(breaking: Ground) -> None:
    await breaking.sql("UPDATE case_events SET details = '[]' WHERE case_id = :case", "ended")
    assert await breaking.found(HOME_FOLLOWS_JOURNAL) == []
