"""Colleagues over HTTP: who they are, what they hold and have learnt, how much they carry."""

from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import text

from app.people.schemas import TrainingIn
from tests.support.answers import blocker, pointers
from tests.support.cast import STRANGER
from tests.support.panels import working_day
from tests.support.service import Service
from tests.support.walks import walked

pytestmark = pytest.mark.database

ADMIN = "administrator"
EASTLAW = "Eastlaw HSCP Occupational Therapy"
_numbers = count(1)


async def a_user(service: Service, *roles: str, organisation: str = "clydeview") -> dict[str, Any]:
    """A new colleague."""
    n = next(_numbers)
    body = {
        "email": f"morag.mockett-{n}@test.example",
        "name": f"Morag Mockett {n}",
        "organisation": organisation,
        "roles": list(roles),
    }
    response = await service.post(ADMIN, "/staff", body)
    assert response.status_code == 201, response.text
    user: dict[str, Any] = response.json()
    return user


async def staff(service: Service, who: str = "team_manager", **wanted: Any) -> list[dict[str, Any]]:
    """Every page of the staff list."""
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        response = await service.get(who, "/staff", limit=5, **wanted, **cursor)
        assert response.status_code == 200, response.text
        page = response.json()
        found += page["items"]
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}


class TestStaff:
    async def test_a_user_is_added_with_roles_and_found_by_organisation_and_role(self, service: Service) -> None:
        user = await a_user(service, "funding_officer", "technical_officer", organisation="eastlaw")
        assert user["roles"] == [
            {"role": "funding_officer", "organisation": EASTLAW},
            {"role": "technical_officer", "organisation": EASTLAW},
        ]
        for wanted, found in (
            ({}, True),
            ({"organisation": "eastlaw"}, True),
            ({"organisation": EASTLAW.upper()}, True),
            ({"organisation": "clydeview"}, False),
            ({"role": "funding_officer"}, True),
            ({"role": "assessor"}, False),
            ({"organisation": "eastlaw", "role": "technical_officer"}, True),
            ({"organisation": "clydeview", "role": "technical_officer"}, False),
            ({"organisation": "nowhere"}, False),
        ):
            ids = [colleague["id"] for colleague in await staff(service, **wanted)]
            assert (user["id"] in ids) is found, wanted
            assert len(ids) == len(set(ids))

    async def test_somebody_without_a_role_is_found_by_the_home_organisation(self, service: Service) -> None:
        user = await a_user(service)
        assert user["id"] in [colleague["id"] for colleague in await staff(service, organisation="clydeview")]
        assert user["id"] not in [colleague["id"] for colleague in await staff(service, organisation="eastlaw")]

    async def test_an_email_address_is_given_once_in_any_case(self, service: Service) -> None:
        body = {"email": "AUDITOR@test.example", "name": "Another", "organisation": "clydeview"}
        response = await service.post(ADMIN, "/staff", body)
        assert (response.status_code, blocker(response.json())) == (409, "email_taken")

    async def test_workload_counts_open_and_overdue_cases_that_the_reader_sees(self, service: Service) -> None:
        user = await a_user(service, "housing_officer")
        walks = [await walked(service, tier="moderate") for _ in range(3)]
        for walk in walks:
            await walk.record("housing_officer", "assignment", {"assigned_to": user["email"]})
        await walks[0].take("close_not_proceeding")
        async with service.owner.transaction() as session:
            late = text("UPDATE cases SET due_on = current_date - 10 WHERE reference = :reference")
            await session.execute(late, {"reference": walks[1].reference})
        seen = {who: await self._workload(service, who, user["id"]) for who in ("team_manager", STRANGER, ADMIN)}
        assert seen["team_manager"] == {"open": 2, "overdue": 1}
        assert seen[STRANGER] == {"open": 0, "overdue": 0}
        assert seen[ADMIN] is None

    async def _workload(self, service: Service, who: str, user_id: int) -> Any:
        [colleague] = [c for c in await staff(service, who) if c["id"] == user_id]
        return colleague["workload"]


class TestRoles:
    async def test_a_role_given_counts_at_once_and_a_role_ended_no_longer(self, service: Service) -> None:
        user = await a_user(service)
        path = f"/staff/{user['id']}/roles"
        given = await service.post(ADMIN, path, {"role": "assessor", "organisation": "eastlaw"})
        assert given.status_code == 201, given.text
        assert given.json()["roles"] == [{"role": "assessor", "organisation": EASTLAW}]
        ended = await service.post(ADMIN, f"{path}/end", {"role": "assessor", "organisation": "eastlaw"})
        assert ended.status_code == 201, ended.text
        assert ended.json()["roles"] == []
        async with service.owner.transaction() as session:
            statement = text("SELECT granted_by, held_to = current_date FROM role_holdings WHERE user_id = :id")
            [(granted_by, ended_today)] = (await session.execute(statement, {"id": user["id"]})).all()
        assert (granted_by, ended_today) == (service.cast[ADMIN].id, True)

    async def test_a_role_from_a_later_day_does_not_count_yet(self, service: Service) -> None:
        user = await a_user(service)
        body = {"role": "assessor", "held_from": working_day(service, 10).isoformat()}
        given = await service.post(ADMIN, f"/staff/{user['id']}/roles", body)
        assert (given.status_code, given.json()["roles"]) == (201, [])

    async def test_a_role_that_ends_on_a_later_day_still_counts(self, service: Service) -> None:
        user = await a_user(service, "assessor")
        body = {"role": "assessor", "ends_on": working_day(service, 10).isoformat()}
        path = f"/staff/{user['id']}/roles/end"
        ended = await service.post(ADMIN, path, body)
        assert [held["role"] for held in ended.json()["roles"]] == ["assessor"]
        again = await service.post(ADMIN, path, body)
        assert (again.status_code, blocker(again.json())) == (409, "role_not_held")

    async def test_an_end_in_the_past_ends_the_role_today(self, service: Service) -> None:
        user = await a_user(service, "assessor")
        body = {"role": "assessor", "ends_on": "2020-01-01"}
        ended = await service.post(ADMIN, f"/staff/{user['id']}/roles/end", body)
        assert (ended.status_code, ended.json()["roles"]) == (201, [])

    async def test_a_role_is_held_once(self, service: Service) -> None:
        user = await a_user(service, "assessor")
        response = await service.post(ADMIN, f"/staff/{user['id']}/roles", {"role": "assessor"})
        assert (response.status_code, blocker(response.json())) == (409, "role_held")

    async def test_nobody_gives_a_role_to_themselves(self, service: Service) -> None:
        own = service.cast[ADMIN].id
        response = await service.post(ADMIN, f"/staff/{own}/roles", {"role": "service_manager"})
        assert response.status_code == 403

    async def test_an_organisation_that_is_not_there_is_refused_by_field(self, service: Service) -> None:
        user = await a_user(service)
        body = {"role": "assessor", "organisation": "nowhere"}
        response = await service.post(ADMIN, f"/staff/{user['id']}/roles", body)
        assert response.status_code == 422
        assert pointers(response.json()) == ["/organisation"]


class TestTraining:
    async def test_the_latest_record_of_each_module_is_shown_with_whether_it_still_counts(
        self, service: Service
    ) -> None:
        user = await a_user(service, "assessor")
        path = f"/staff/{user['id']}/training"
        for module, completed_on, expires_on in (
            (2, "2024-01-10", "2026-01-09"),
            (2, "2026-01-12", "2030-01-11"),
            (1, "2020-01-10", "2022-01-09"),
        ):
            body = {"module": module, "completed_on": completed_on, "expires_on": expires_on, "evidence": "Seen."}
            response = await service.post("team_manager", path, body)
            assert response.status_code == 201, response.text
        [colleague] = [c for c in await staff(service) if c["id"] == user["id"]]
        assert colleague["training"] == [
            {"module": 1, "completed_on": "2020-01-10", "expires_on": "2022-01-09", "in_date": False},
            {"module": 2, "completed_on": "2026-01-12", "expires_on": "2030-01-11", "in_date": True},
        ]

    async def test_training_still_counts_on_the_day_it_expires(self, service: Service) -> None:
        user = await a_user(service, "assessor")
        today = working_day(service, 0)
        for module, days, counts in ((1, 0, True), (2, -1, False)):
            body = {
                "module": module,
                "completed_on": "2020-01-10",
                "expires_on": (today + timedelta(days=days)).isoformat(),
                "evidence": "Seen.",
            }
            response = await service.post(ADMIN, f"/staff/{user['id']}/training", body)
            assert response.json()["training"][-1]["in_date"] is counts

    async def test_days_that_cannot_be_are_refused_by_field(self, service: Service) -> None:
        user = await a_user(service)
        body = {"module": 2, "completed_on": "2099-01-02", "expires_on": "2099-01-02", "evidence": "Seen."}
        response = await service.post(ADMIN, f"/staff/{user['id']}/training", body)
        assert response.status_code == 422
        assert pointers(response.json()) == ["/completed_on", "/expires_on"]

    async def test_nobody_records_their_own_training(self, service: Service) -> None:
        own = service.cast["team_manager"].id
        body = TrainingIn.model_json_schema()["examples"][0]
        assert (await service.post("team_manager", f"/staff/{own}/training", body)).status_code == 403
