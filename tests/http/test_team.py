"""A manager's numbers: what they count is what the lists behind them hold, for whoever may look."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from tests.support.answers import pointers
from tests.support.cast import STRANGER, train
from tests.support.databases import TestServer
from tests.support.panels import working_day
from tests.support.queries import counted
from tests.support.referrals import referral
from tests.support.service import Service, running_service
from tests.support.walks import log, walked

pytestmark = pytest.mark.database
OFFICER, THERAPIST, MANAGER, SERVICE = "housing_officer", "occupational_therapist", "team_manager", "service_manager"


@pytest.fixture(scope="module")
async def team(database_server: TestServer, worker_name: str) -> AsyncIterator[Service]:
    """A partnership with work in several stages, holds and a handover; the tests here only read it."""
    with database_server.fresh(f"{worker_name}_team") as url:
        async with running_service(url) as service:
            assigned = {"assigned_to": service.cast[THERAPIST].email}
            for number in range(7):
                walk = await walked(service, *(["screen"] if number % 2 else []), tier="moderate")
                if number < 5:
                    await walk.record(OFFICER, "assignment", assigned)
            complex_one = await walked(service, "screen", "start_assessment", tier="complex")
            offered = await log(service, tier="moderate")
            await offered.record(OFFICER, "handover", {"organisation": "eastlaw", "reason": "Needs an OT."})
            held = [await walked(service, "screen", "hold", tier="moderate") for _ in range(2)]
            await service.post(STRANGER, "/referrals", referral(home={"landlord": "Elsewhere Council"}))
            async with service.owner.transaction() as session:
                late = text("UPDATE cases SET due_on = current_date - 3 WHERE reference = ANY (:references)")
                await session.execute(late, {"references": [complex_one.reference, held[0].reference]})
                today = working_day(service, 0)
                # The newest record counts: what ran out and was renewed is not told.
                await train(session, service.cast["assessor"].id, 4, expires_on=today - timedelta(days=1))
                await train(session, service.cast["assessor"].id, 5, expires_on=today + timedelta(days=60))
                await train(session, service.cast["assessor"].id, 6, expires_on=today + timedelta(days=61))
                await train(session, service.cast["assessor"].id, 7, expires_on=today - timedelta(days=400))
                await train(session, service.cast["assessor"].id, 7, expires_on=today + timedelta(days=400))
                await train(session, service.cast[STRANGER].id, 4, expires_on=today)
            yield service


async def count(service: Service, who: str, **wanted: Any) -> int:
    """How many cases a list holds."""
    response = await service.get(who, "/cases", limit=200, **{k: v for k, v in wanted.items() if v is not None})
    assert response.status_code == 200, response.text
    return len(response.json()["items"])


@pytest.mark.parametrize(
    ("who", "organisation"),
    [(MANAGER, None), (MANAGER, "clydeview"), (SERVICE, None), (SERVICE, "clydeview"), (SERVICE, "elsewhere"),
     (SERVICE, "eastlaw")],
)  # fmt: skip
async def test_every_number_is_that_of_the_list_behind_it(team: Service, who: str, organisation: str | None) -> None:
    response = await team.get(who, "/team", **({"organisation": organisation} if organisation else {}))
    assert response.status_code == 200, response.text
    seen = response.json()
    scope = {"list": seen["list"], "organisation": organisation}
    assert sum(stage["open"] for stage in seen["stages"]) == await count(team, who, **scope)
    for stage in seen["stages"]:
        assert stage["open"] == await count(team, who, **scope, stage=stage["stage"])
        assert stage["overdue"] == await count(team, who, **scope, stage=stage["stage"], due="overdue")
    for person in seen["people"]:
        own = {"list": "open", "assigned_to": person["id"]}
        assert person["open"] == await count(team, who, **own) == sum(person["by_tier"].values())
        assert person["overdue"] == await count(team, who, **own, due="overdue")
        assert person["due_soon"] == await count(team, who, **own, due="due_soon")
        for tier, number in person["by_tier"].items():
            assert number == await count(team, who, **own, tier=tier)
    assert seen["unassigned"] == await count(team, who, **scope, assigned_to="nobody")
    assert seen["reviews_overdue"] == await count(team, who, **scope, on_hold=True, due="overdue")
    assert seen["handovers"] == await count(team, who, list="handovers", organisation=organisation)


async def test_a_manager_sees_the_work_of_her_organisation(team: Service) -> None:
    seen = (await team.get(MANAGER, "/team")).json()
    therapist = next(one for one in seen["people"] if one["id"] == team.cast[THERAPIST].id)
    # Five that were assigned, and the complex one, which had to be before its assessment could start.
    assert (therapist["open"], therapist["overdue"]) == (6, 1)
    assert therapist["by_tier"] == {"complex": 1, "moderate": 5}
    assert therapist["waiting_since"] == "2026-01-12"
    assert (seen["reviews_overdue"], seen["handovers"]) == (1, 1)
    assert team.cast[STRANGER].id not in {one["id"] for one in seen["people"]}
    assert team.cast["auditor"].id not in {one["id"] for one in seen["people"]}
    assert team.cast[STRANGER].id in {one["id"] for one in (await team.get(SERVICE, "/team")).json()["people"]}


async def test_training_is_told_that_has_run_out_or_soon_will(team: Service) -> None:
    seen = (await team.get(MANAGER, "/team")).json()
    told = [(one["id"], one["module"], one["expired"]) for one in seen["training"]]
    assert told == [(team.cast["assessor"].id, 4, True), (team.cast["assessor"].id, 5, False)]
    whole = (await team.get(SERVICE, "/team")).json()
    assert (team.cast[STRANGER].id, 4, False) in [(o["id"], o["module"], o["expired"]) for o in whole["training"]]


async def test_an_organisation_that_is_not_hers_is_refused_by_name(team: Service) -> None:
    for who, organisation in ((MANAGER, "elsewhere"), (MANAGER, "nowhere"), (SERVICE, "nowhere")):
        response = await team.get(who, "/team", organisation=organisation)
        assert (response.status_code, pointers(response.json())) == (422, ["/organisation"])


async def test_it_is_for_managers(team: Service) -> None:
    for who in (OFFICER, THERAPIST, "auditor", "administrator", "panel_member", STRANGER):
        assert (await team.get(who, "/team")).status_code == 403


async def test_it_costs_a_handful_of_statements(team: Service) -> None:
    with counted(team) as statements:
        await team.get(MANAGER, "/team")
    assert statements.count <= 9, str(statements)
