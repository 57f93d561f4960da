"""What those see who answer for a panel: figures that are those of the journal, and nobody's case that is not theirs."""

import csv
import io
from typing import Any

import pytest
from sqlalchemy import text

from tests.journeys.test_panel_appeals import refused
from tests.journeys.test_panel_journeys import COORDINATOR, HEALTH, ON_THE_WAY, Item, accept, an_item
from tests.support.answers import pointers
from tests.support.cast import STRANGER
from tests.support.pagewalks import office
from tests.support.panels import a_meeting, a_panel, coordinate
from tests.support.service import Service
from tests.support.walks import walked

pytestmark = pytest.mark.database


async def seen(service: Service, panel: str, who: str = COORDINATOR, **days: str) -> dict[str, Any]:
    response = await service.get(who, f"/panels/{panel}/oversight", **days)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


async def on(service: Service, meeting: dict[str, Any]) -> Item:
    walk = await walked(service, *ON_THE_WAY, tier="complex")
    await accept(service, meeting["panel"], walk)
    await walk.take("schedule_for_panel", meeting=meeting["id"])
    return Item(service, walk, meeting)


async def test_its_figures_are_those_of_what_was_decided(service: Service) -> None:
    meeting = await a_meeting(service, key=await a_panel(service))
    panel = meeting["panel"]
    before = await seen(service, panel)
    assert (before["decided"]["count"], before["decisions"], before["deferrals"]) == (0, [], [])
    await refused(service, await on(service, meeting))
    agreed = await on(service, meeting)
    await agreed.all_agree()
    condition = {
        "kind": "condition",
        "told": "The landlord agrees.",
        "due_on": agreed.ahead(10),
        "owner": service.cast["housing_officer"].email,
    }
    assert (await agreed.decide("agree_with_conditions", tasks=[condition])).status_code == 201
    [task] = (await agreed.now())["tasks"]
    ended = {"outcome": "not_met", "result": "The landlord does not agree."}
    assert (await service.post("housing_officer", f"/panel-tasks/{task['id']}/end", ended)).status_code == 201
    deferred = await on(service, meeting)
    await deferred.defer()
    open_item = await on(service, meeting)

    now = await seen(service, panel)
    assert {one["decision"]: one["count"] for one in now["decisions"]} == {
        "agreed_with_conditions": 1,
        "deferred": 1,
        "refused": 1,
    }
    assert [one["by_tenure"] for one in now["decisions"]] == [{"rsl_tenant": 1}] * 3
    assert (now["decided"]["count"], now["decided"]["longest"]) == (2, 0)
    assert now["waiting"]["count"] >= 2
    assert [(one["reference"], one["from_whom"]) for one in now["deferrals"]] == [
        (deferred.walk.reference, "The technical officer")
    ]
    assert [(one["told"], one["outcome"], one["result"]) for one in now["conditions"]] == [
        ("The landlord agrees.", "not_met", "The landlord does not agree.")
    ]
    assert now["exceptions_by_kind"]["decided_without_papers"] == 1
    assert [(one["kind"], one["reference"]) for one in now["exceptions"]] == [
        ("decided_without_papers", agreed.walk.reference)
    ]
    assert open_item.walk.reference not in str(now["deferrals"])


async def test_who_sees_it_sees_their_own_cases_alone(service: Service) -> None:
    item = await an_item(service)
    await item.defer()
    panel = item.meeting["panel"]
    for who, status in (("panel_member", 403), ("housing_officer", 403), ("administrator", 403)):
        assert (await service.get(who, f"/panels/{panel}/oversight")).status_code == status
    for who in ("service_manager", "auditor", COORDINATOR):
        assert [one["reference"] for one in (await seen(service, panel, who))["deferrals"]] == [item.walk.reference]
    assert (await service.get(STRANGER, f"/panels/{panel}/oversight")).status_code == 403
    assert (await service.get(COORDINATOR, "/panels/nowhere/oversight")).status_code == 404
    reads = (await service.get("auditor", f"/cases/{item.walk.reference}/reads")).json()["items"]
    assert "GET /panels/{key}/oversight" in {one["route"] for one in reads}


async def test_days_in_the_wrong_order_or_none_at_all_are_refused(service: Service) -> None:
    panel = await a_panel(service)
    path = f"/panels/{panel}/oversight"
    wrong = await service.get(COORDINATOR, path, since="2026-02-01", until="2026-01-01")
    assert pointers(wrong.json()) == ["/since"]
    assert (await service.get(COORDINATOR, path, since="yesterday")).status_code == 422
    earlier = await seen(service, panel, since="2020-01-01", until="2020-12-31")
    assert (earlier["since"], earlier["until"], earlier["decisions"]) == ("2020-01-01", "2020-12-31", [])


async def test_attendance_is_told_by_member_and_half_year(service: Service) -> None:
    item = await an_item(service)
    panel, meeting = item.meeting["panel"], item.meeting["id"]
    await item.assent(HEALTH)
    async with service.owner.transaction() as session:
        # Held last month, as the months go by.
        await session.execute(
            text(
                "UPDATE panel_members SET member_from = current_date - 60 WHERE panel_id ="
                " (SELECT panel_id FROM panel_meetings WHERE id = :id)"
            ),
            {"id": meeting},
        )
        await session.execute(
            text(
                "UPDATE panel_meetings SET held_on = current_date - 20, papers_due_on = current_date - 30 WHERE id = :id"
            ),
            {"id": meeting},
        )
    [first, second] = item.meeting["members"]
    await coordinate(service, f"/meetings/{meeting}/attendance", {"present": [first["id"]], "absent": [second["id"]]})
    now = await seen(service, panel)
    assert [(one["member"], one["meetings"], one["came"], one["unknown"]) for one in now["attendance"]] == [
        (first["name"], 1, 1, 0),
        (second["name"], 1, 0, 0),
    ]
    assert [one["reference"] for one in now["undecided"]] == [item.walk.reference]


async def test_the_file_names_no_case_and_starts_no_formula(service: Service) -> None:
    item = await an_item(service)
    await item.defer()
    panel = item.meeting["panel"]
    async with office(service) as offices:
        response = await (await offices.browser(COORDINATOR)).http.get(f"/panels/{panel}/oversight.csv")
    assert response.headers["content-type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert rows[0] == ["Panel", "From", "To", "What", "Of", "Which", "Figure"]
    assert ["Deferrals", "", "", "1"] in [row[3:] for row in rows]
    assert item.walk.reference not in response.text
