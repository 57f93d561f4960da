"""Views that users keep for themselves: saved, changed, deleted, and seen by nobody else."""

from typing import Any

import pytest
from sqlalchemy import text

from app.cases.actions.keep_views import MOST_VIEWS
from tests.support.answers import blocker, pointers
from tests.support.cast import STRANGER
from tests.support.service import Service

pytestmark = pytest.mark.database
OFFICER, THERAPIST = "housing_officer", "occupational_therapist"
VIEW: dict[str, Any] = {
    "name": "Late showers",
    "list": "team",
    "sort": "waited",
    "filters": {"adaptation": "level_access_shower", "on_hold": False, "assigned_to": "me"},
}


async def views(service: Service, who: str) -> dict[str, int]:
    """Name -> number."""
    response = await service.get(who, "/views")
    assert response.status_code == 200, response.text
    return {view["name"]: view["id"] for view in response.json()["items"]}


async def test_a_view_is_saved_renamed_changed_and_deleted(service: Service) -> None:
    saved = await service.post(OFFICER, "/views", VIEW)
    assert saved.status_code == 201, saved.text
    view = saved.json()
    assert view == {**VIEW, "id": view["id"]}
    renamed = await service.post(OFFICER, f"/views/{view['id']}", {"name": "Showers"})
    assert renamed.json() == {**view, "name": "Showers"}
    wanted = {"list": None, "sort": "name", "filters": {"tier": "complex"}}
    changed = await service.post(OFFICER, f"/views/{view['id']}", {"name": "showers", "wanted": wanted})
    assert changed.json() == {**wanted, "id": view["id"], "name": "showers"}
    assert (await service.post(OFFICER, f"/views/{view['id']}/delete")).json() == {"id": view["id"]}
    assert "showers" not in await views(service, OFFICER)
    again = await service.post(OFFICER, f"/views/{view['id']}/delete")
    assert again.status_code == 404


async def test_a_view_is_nobody_else_s(service: Service) -> None:
    view = (await service.post(THERAPIST, "/views", {**VIEW, "name": "Mine alone"})).json()
    for who in (OFFICER, STRANGER, "service_manager", "auditor"):
        assert "Mine alone" not in await views(service, who)
        assert (await service.post(who, f"/views/{view['id']}", {"name": "Taken"})).status_code == 404
        assert (await service.post(who, f"/views/{view['id']}/delete")).status_code == 404
        # Names are one's own too.
        own = await service.post(who, "/views", {**VIEW, "name": "mine ALONE"})
        assert own.status_code == 201
    assert (await views(service, THERAPIST))["Mine alone"] == view["id"]


async def test_a_name_is_given_once_in_any_case(service: Service) -> None:
    first = await service.post(OFFICER, "/views", {"name": "Once"})
    second = await service.post(OFFICER, "/views", {"name": "Twice"})
    assert (first.status_code, second.status_code) == (201, 201)
    taken = await service.post(OFFICER, "/views", {"name": "ONCE"})
    assert (taken.status_code, blocker(taken.json())) == (409, "name_taken")
    taken = await service.post(OFFICER, f"/views/{second.json()['id']}", {"name": "once"})
    assert (taken.status_code, blocker(taken.json())) == (409, "name_taken")
    kept = await service.post(OFFICER, f"/views/{first.json()['id']}", {"name": "Once"})
    assert kept.status_code == 201


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"name": ""}, ["/name"]),
        ({"name": "x" * 61}, ["/name"]),
        ({"name": "two\nlines"}, ["/name"]),
        ({"name": "x", "list": "theirs"}, ["/list"]),
        ({"name": "x", "sort": "height"}, ["/sort"]),
        ({"name": "x", "filters": {"tier": "enormous", "stage": "limbo"}}, ["/filters/tier", "/filters/stage"]),
        ({"name": "x", "filters": {"q": "Davina Dummie"}}, ["/filters/q"]),
        ({"name": "x", "filters": {"organisation": "nowhere"}}, ["/filters/organisation"]),
    ],
)
async def test_what_no_view_can_hold_is_refused_by_name(
    service: Service, body: dict[str, Any], where: list[str]
) -> None:
    response = await service.post(OFFICER, "/views", body)
    assert response.status_code == 422, response.text
    assert pointers(response.json()) == where


async def test_nobody_keeps_more_views_than_can_be_shown(fresh_service: Service) -> None:
    for number in range(MOST_VIEWS):
        assert (await fresh_service.post(OFFICER, "/views", {"name": f"View {number}"})).status_code == 201
    full = await fresh_service.post(OFFICER, "/views", {"name": "One more"})
    assert (full.status_code, blocker(full.json())) == (409, "too_many_views")
    assert (await fresh_service.post(THERAPIST, "/views", {"name": "One more"})).status_code == 201


async def test_a_view_of_a_former_version_is_still_there(service: Service) -> None:
    kept = '{"list": "gone", "order": "gone", "filters": {"gone": "x", "tier": "complex"}}'
    statement = text(
        "INSERT INTO saved_views (user_id, name, wanted) VALUES (:u, 'Old', CAST(:w AS jsonb)) RETURNING id"
    )
    async with service.owner.transaction() as session:
        number = await session.scalar(statement, {"u": service.cast["assessor"].id, "w": kept})
    [view] = (await service.get("assessor", "/views")).json()["items"]
    assert view == {"id": number, "name": "Old", "list": None, "sort": "first", "filters": {"tier": "complex"}}
