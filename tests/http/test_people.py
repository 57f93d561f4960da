"""Organisations, staff, roles, training and direct provision over HTTP."""

from itertools import count
from typing import Any

import pytest

from app.access.permissions import GRANTS, Permission
from app.access.roles import SIGHT, Role
from app.people.schemas import (
    DirectProvisionIn,
    OrganisationIn,
    RoleEndIn,
    RoleIn,
    TokenIn,
    TrainingIn,
    UserIn,
)
from tests.support.answers import blocker, pointers
from tests.support.service import Service

pytestmark = pytest.mark.database

ADMIN = "administrator"
CLYDEVIEW, EASTLAW = "Clydeview Housing Association", "Eastlaw HSCP Occupational Therapy"
_numbers = count(1)


class TestMe:
    @pytest.mark.parametrize("role", list(Role))
    async def test_everybody_learns_which_roles_and_permissions_they_have(self, service: Service, role: Role) -> None:
        me = (await service.get(role.value, "/me")).json()
        assert me["email"] == service.cast[role.value].email
        assert {held["role"] for held in me["roles"]} == {role}
        assert set(me["permissions"]) == {p for p in Permission if role in GRANTS[p]}
        assert me["sees"] == [SIGHT[role]]
        assert me["organisation"] == CLYDEVIEW

    async def test_a_role_held_in_two_organisations_is_told_twice(self, service: Service) -> None:
        me = (await service.get("occupational_therapist", "/me")).json()
        assert [held["organisation"] for held in me["roles"]] == [CLYDEVIEW, EASTLAW]


class TestOrganisations:
    async def test_an_organisation_is_added_and_listed(self, service: Service) -> None:
        n = next(_numbers)
        body = {"key": f"sampleton-{n}", "name": f"Sampleton Care & Repair {n}", "kind": "care_and_repair"}
        added = await service.post(ADMIN, "/organisations", body)
        assert added.status_code == 201, added.text
        assert added.json() == {**body, "active": True}
        listed = (await service.get("referrer", "/organisations", limit=200)).json()["items"]
        assert {**body, "active": True} in listed
        assert [o["name"].lower() for o in listed] == sorted(o["name"].lower() for o in listed)

    @pytest.mark.parametrize(
        "body",
        [
            {"key": "clydeview", "name": "Another name", "kind": "other"},
            {"key": "another-key", "name": CLYDEVIEW.upper(), "kind": "other"},
        ],
    )
    async def test_key_and_name_are_each_given_once(self, service: Service, body: dict[str, str]) -> None:
        response = await service.post(ADMIN, "/organisations", body)
        assert (response.status_code, blocker(response.json())) == (409, "organisation_exists")


class TestDirectProvision:
    async def test_an_agreement_stands_until_another_takes_its_place_or_it_ends(self, service: Service) -> None:
        body = {"organisation": "elsewhere", "adaptation": "over_bath_shower", "criteria": "Ground floor only."}
        first = await service.post(ADMIN, "/direct-provision", body)
        assert first.status_code == 201, first.text
        second = await service.post(ADMIN, "/direct-provision", {**body, "criteria": "Any floor."})
        assert second.status_code == 201, second.text
        assert await self._standing(service) == [(second.json()["id"], "over_bath_shower", "Any floor.")]
        path = f"/direct-provision/{second.json()['id']}/end"
        assert (await service.post(ADMIN, path)).status_code == 201
        assert await self._standing(service) == []
        assert (await service.post(ADMIN, path)).status_code == 404

    async def _standing(self, service: Service) -> list[tuple[int, str, str]]:
        items = (await service.get("housing_officer", "/direct-provision", limit=200)).json()["items"]
        return [(i["id"], i["adaptation"], i["criteria"]) for i in items if i["organisation"] == "Elsewhere Council"]

    @pytest.mark.parametrize(
        ("changed", "pointer"),
        [({"organisation": "nowhere"}, "/organisation"), ({"adaptation": "a_moat"}, "/adaptation")],
    )
    async def test_what_is_not_there_is_refused_by_field(
        self, service: Service, changed: dict[str, str], pointer: str
    ) -> None:
        body = {"organisation": "clydeview", "adaptation": "grab_rails", "criteria": "Any.", **changed}
        response = await service.post(ADMIN, "/direct-provision", body)
        assert response.status_code == 422
        assert pointers(response.json()) == [pointer]


FORMS = (OrganisationIn, UserIn, RoleIn, RoleEndIn, TrainingIn, TokenIn, DirectProvisionIn)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_the_example_of_each_form_is_valid(form: type[UserIn]) -> None:
    for example in form.model_json_schema()["examples"]:
        form.model_validate(example)


READS = ("/me", "/organisations", "/staff", "/direct-provision")
WRITES: dict[str, Any] = {
    "/organisations": OrganisationIn,
    "/staff": UserIn,
    "/staff/1/roles": RoleIn,
    "/staff/1/roles/end": RoleEndIn,
    "/staff/1/training": TrainingIn,
    "/direct-provision": DirectProvisionIn,
    "/direct-provision/1/end": None,
}


def body_for(path: str) -> Any:
    form = WRITES[path]
    return form.model_json_schema()["examples"][0] if form else None


@pytest.mark.parametrize("path", READS)
async def test_nobody_reads_without_a_token(service: Service, path: str) -> None:
    assert (await service.http.get(f"/api/v1{path}")).status_code == 401


@pytest.mark.parametrize("path", WRITES)
async def test_nobody_writes_without_a_token(service: Service, path: str) -> None:
    assert (await service.http.post(f"/api/v1{path}", json=body_for(path))).status_code == 401


@pytest.mark.parametrize("who", ["referrer", "panel_member"])
@pytest.mark.parametrize("path", ["/staff", "/direct-provision"])
async def test_who_needs_no_colleagues_does_not_see_them(service: Service, path: str, who: str) -> None:
    assert (await service.get(who, path)).status_code == 403


@pytest.mark.parametrize("path", WRITES)
async def test_only_an_administrator_writes(service: Service, path: str) -> None:
    assert (await service.post("service_manager", path, body_for(path))).status_code == 403


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/staff/2000000000/roles", {"role": "assessor"}),
        ("/staff/2000000000/roles/end", {"role": "assessor"}),
        ("/staff/2000000000/training", TrainingIn.model_json_schema()["examples"][0]),
        ("/direct-provision/2000000000/end", None),
    ],
)
async def test_who_is_not_there_is_not_found(service: Service, path: str, body: Any) -> None:
    assert (await service.post(ADMIN, path, body)).status_code == 404


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/organisations", {"key": "Capital", "name": "x", "kind": "other"}),
        ("/organisations", {"key": "-", "name": "", "kind": "guild"}),
        ("/staff", {"email": "no address", "name": "x", "organisation": "clydeview"}),
        ("/staff", {"email": "a@b", "name": "x", "organisation": "clydeview", "roles": ["king"]}),
        ("/staff", {"email": "a@b", "name": "x", "organisation": "clydeview", "admin": True}),
        ("/staff/none/roles", {"role": "assessor"}),
        ("/staff/1/roles", {"role": "assessor", "held_from": "soon"}),
        ("/staff/1/training", {"module": 10, "completed_on": "2026-01-01", "expires_on": "x", "evidence": ""}),
        ("/direct-provision", {"organisation": "clydeview"}),
    ],
)
async def test_what_cannot_be_read_is_refused_by_field(service: Service, path: str, body: Any) -> None:
    response = await service.post(ADMIN, path, body)
    assert response.status_code == 422, response.text
    assert response.json()["errors"]


@pytest.mark.parametrize("query", [{"role": "king"}, {"limit": 0}, {"cursor": "bm8"}, {"organisation": "a\x00b"}])
async def test_a_filter_that_cannot_be_read_is_refused(service: Service, query: dict[str, Any]) -> None:
    response = await service.get("team_manager", "/staff", **query)
    assert response.status_code == 422, response.text
    assert pointers(response.json()) == [f"/{next(iter(query))}"]
