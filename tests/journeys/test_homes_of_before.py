"""What was put into homes before there was a history of them: the migration finds it in the journals, imports too."""

import importlib
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from app.cases.queries import find
from app.checks.home_rules import HOME_FOLLOWS_JOURNAL
from app.checks.run import run_checks
from app.kernel.clock import SystemClock
from app.provision.homes import keep_home
from tests.support.extracts import MANAGER, a_row, sheet
from tests.support.service import API, Service
from tests.support.walks import Walk, walked

pytestmark = pytest.mark.database
BACKFILL = importlib.import_module("migrations.versions.0020_home_adaptations").BACKFILL
ALL = text(
    """
    SELECT c.reference, a.adaptation, a.uprn, a.address_key, a.installed_on, o.key, a.reusable
      FROM home_adaptations a JOIN cases c ON c.id = a.case_id JOIN organisations o ON o.id = a.organisation_id
     WHERE a.retracted_at IS NULL ORDER BY c.id, a.adaptation
    """
)
EMPTY = text("DELETE FROM home_adaptations")


async def everything(service: Service) -> list[Any]:
    async with service.owner.transaction() as session:
        return [tuple(row) for row in await session.execute(ALL)]


async def bring_in(service: Service, *rows: dict[str, str]) -> None:
    response = await service.http.post(
        f"{API}/imports",
        files={"file": ("sheet.csv", sheet(*rows), "text/csv")},
        data={"source": "before"},
        headers=service.cast[MANAGER].headers,
    )
    assert (response.status_code, response.json()["accepted"]) == (201, len(rows)), response.text


async def delivered(service: Service) -> None:
    """Cases of every sort: once and twice finished, ordered anew, recommended, never finished, corrected."""
    logged = {"first_contact_on": SystemClock().now().date().isoformat()}
    once = await walked(service, "screen", "place_order", "complete_works", tier="direct_access", **logged)
    assert isinstance(once, Walk)
    twice = await walked(service, "screen", tier="direct_access", **logged)
    await twice.take("place_order", items=["key_safe", "grab_rails"])
    for action in (
        "complete_works",
        "raise_snag",
        "complete_works",
        "pass_check",
        "record_outcome",
        "reopen",
        "screen",
    ):
        await twice.take(action)
    await twice.take("place_order", items=["lever_taps", "grab_rails"])
    await twice.take("complete_works")
    await walked(service, "screen", "place_order", tier="direct_access", **logged)
    assessed = await walked(service, "screen", "start_assessment", tier="non_complex", **logged)
    await assessed.take("recommend", adaptations=["half_step", "over_bath_shower"])
    for action in ("approve_recommendation", "approve_funding", "place_order", "complete_works"):
        await assessed.take(action)
    await walked(
        service, "screen", "identify_works", "apply", "approve_grant", "start_works",
        "complete_works", pathway="disabled-facilities-grant", tier="complex", **logged,
    )  # fmt: skip
    await bring_in(
        service,
        a_row(
            source_reference="B-1", adaptations="stairlift; grab rails", uprn="906700011111", address="1 Sample Street"
        ),
        a_row(source_reference="B-2", works_completed=""),
    )


async def test_the_migration_writes_what_the_service_would_have_written(fresh_service: Service) -> None:
    await delivered(fresh_service)
    written = await everything(fresh_service)
    assert {row[1] for row in written} >= {
        "grab_rails",
        "key_safe",
        "lever_taps",
        "half_step",
        "stairlift",
        "through_floor_lift",
    }
    async with fresh_service.owner.transaction() as session:
        await session.execute(EMPTY)
        await session.exec_driver_sql(BACKFILL)
    assert await everything(fresh_service) == written
    async with fresh_service.owner.transaction() as session:  # once more changes nothing
        await session.exec_driver_sql(BACKFILL)
    assert await everything(fresh_service) == written


async def test_what_was_written_is_what_the_journals_say(fresh_service: Service) -> None:
    await delivered(fresh_service)
    casework = fresh_service.app.state.casework
    report = await run_checks(fresh_service.owner, casework=casework, clock=SystemClock(), rules=[HOME_FOLLOWS_JOURNAL])
    assert [outcome.count for outcome in report.outcomes] == [0]
    written = await everything(fresh_service)
    async with fresh_service.owner.transaction() as session:
        await session.execute(EMPTY)
        for reference in sorted({row[0] for row in written}):
            await keep_home(session, await find(session, reference), timekeeper=casework.timekeeper)
    assert await everything(fresh_service) == written


async def test_an_imported_case_puts_what_it_asked_for_into_its_home_on_the_day_of_the_works(
    fresh_service: Service,
) -> None:
    await bring_in(
        fresh_service,
        a_row(
            source_reference="B-1", adaptations="stairlift; grab rails", uprn="906700011111", address="1 Sample Street"
        ),
        a_row(source_reference="B-2", works_completed=""),
    )
    assert [row[1:5] + row[6:] for row in await everything(fresh_service)] == [
        ("grab_rails", "906700011111", "1 sample street", date(2025, 6, 9), False),
        ("stairlift", "906700011111", "1 sample street", date(2025, 6, 9), True),
    ]
