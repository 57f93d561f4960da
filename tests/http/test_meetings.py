"""What happens at a meeting, over HTTP: who came, who agreed, who may see it."""

import pytest

from tests.support.answers import blocker, pointers
from tests.support.cast import STRANGER
from tests.support.panels import COORDINATOR, a_meeting, coordinate, meeting_now
from tests.support.service import Service
from tests.support.walks import Walk, walked

pytestmark = pytest.mark.database

ON_THE_WAY = ("screen", "start_assessment", "refer_to_panel")
UNKNOWN = 2_000_000_000


async def scheduled(service: Service, meeting_id: int) -> Walk:
    """A complex case on the agenda of the meeting."""
    walk = await walked(service, *ON_THE_WAY, tier="complex")
    await walk.take("schedule_for_panel", meeting=meeting_id)
    return walk


class TestAttendance:
    async def test_a_meeting_is_quorate_when_enough_members_of_each_sector_came(self, service: Service) -> None:
        meeting = await a_meeting(service)
        path = f"/meetings/{meeting['id']}/attendance"
        housing, health = (member["id"] for member in meeting["members"])
        half = await coordinate(service, path, {"present": [housing], "absent": [health]})
        assert not half["quorate"]
        assert [member["present"] for member in half["members"]] == [True, False]
        email = "Senior_Occupational_Therapist@test.example"
        whole = await coordinate(service, path, {"present": [email]})
        assert whole["quorate"]
        assert [member["present"] for member in whole["members"]] == [True, True]

    async def test_somebody_who_does_not_sit_on_the_panel_is_refused_by_place_in_the_list(
        self, service: Service
    ) -> None:
        meeting = await a_meeting(service)
        housing, health = (member["id"] for member in meeting["members"])
        body = {"present": [housing, "auditor@test.example"], "absent": [health, UNKNOWN, housing]}
        response = await service.post(COORDINATOR, f"/meetings/{meeting['id']}/attendance", body)
        assert response.status_code == 422
        assert pointers(response.json()) == ["/present/1", "/absent/1", "/absent/2"]
        unchanged = await meeting_now(service, meeting["id"])
        assert [member["present"] for member in unchanged["members"]] == [None, None]

    async def test_nobody_attends_a_cancelled_meeting(self, service: Service) -> None:
        meeting = await a_meeting(service)
        await coordinate(service, f"/meetings/{meeting['id']}/cancel")
        body = {"present": [meeting["members"][0]["id"]]}
        response = await service.post(COORDINATOR, f"/meetings/{meeting['id']}/attendance", body)
        assert (response.status_code, blocker(response.json())) == (409, "cancelled")

    async def test_attendance_cannot_take_the_quorum_from_a_decision_that_was_taken(self, service: Service) -> None:
        meeting = await a_meeting(service)
        walk = await scheduled(service, meeting["id"])
        await walk.take("panel_agree")
        body = {"present": [], "absent": [meeting["members"][0]["id"]]}
        response = await service.post(COORDINATOR, f"/meetings/{meeting['id']}/attendance", body)
        assert (response.status_code, blocker(response.json())) == (409, "decided_already")
        assert (await meeting_now(service, meeting["id"]))["quorate"]


class TestAssents:
    async def test_a_member_assents_for_the_organisation_it_sits_for(self, service: Service) -> None:
        meeting = await a_meeting(service)
        walk = await scheduled(service, meeting["id"])
        path = f"/meetings/{meeting['id']}/cases/{walk.reference}/assents"
        response = await service.post("panel_member", path, {"assents": True})
        assert response.status_code == 201, response.text
        [item] = response.json()["items"]
        [assent] = item["assents"]
        assert (assent["organisation"], assent["assents"]) == ("Clydeview Housing Association", True)
        assert assent["given_by"] == "Panel Member"
        assert item["missing_assents"] == ["Eastlaw HSCP Occupational Therapy"]

    async def test_dissent_needs_reasons_and_still_leaves_the_assent_missing(self, service: Service) -> None:
        meeting = await a_meeting(service)
        walk = await scheduled(service, meeting["id"])
        path = f"/meetings/{meeting['id']}/cases/{walk.reference}/assents"
        for reasons in (None, " "):
            refused = await service.post("panel_member", path, {"assents": False, "reasons": reasons})
            assert refused.status_code == 422
            assert pointers(refused.json()) == ["/reasons"]
        said = await service.post("panel_member", path, {"assents": False, "reasons": "The drains cannot take it."})
        [item] = said.json()["items"]
        assert item["missing_assents"] == ["Clydeview Housing Association", "Eastlaw HSCP Occupational Therapy"]
        changed = await service.post("panel_member", path, {"assents": True})
        [item] = changed.json()["items"]
        assert [(a["assents"], a["reasons"]) for a in item["assents"]] == [(True, None)]

    async def test_the_coordinator_says_whose_assent_is_passed_on(self, service: Service) -> None:
        meeting = await a_meeting(service)
        walk = await scheduled(service, meeting["id"])
        path = f"/meetings/{meeting['id']}/cases/{walk.reference}/assents"
        for body in ({"assents": True}, {"assents": True, "organisation": "elsewhere"}):
            refused = await service.post(COORDINATOR, path, body)
            assert refused.status_code == 422
            assert pointers(refused.json()) == ["/organisation"]
        for organisation in ("Eastlaw", "CLYDEVIEW HOUSING ASSOCIATION"):
            await coordinate(service, path, {"assents": True, "organisation": organisation})
        assert "assent_missing" not in await walk.blockers(COORDINATOR, "panel_agree")

    async def test_a_member_does_not_assent_for_another_organisation(self, service: Service) -> None:
        meeting = await a_meeting(service)
        walk = await scheduled(service, meeting["id"])
        path = f"/meetings/{meeting['id']}/cases/{walk.reference}/assents"
        response = await service.post("panel_member", path, {"assents": True, "organisation": "eastlaw"})
        assert response.status_code == 403

    async def test_assent_comes_too_late_once_the_case_is_off_the_agenda(self, service: Service) -> None:
        meeting = await a_meeting(service)
        walk = await scheduled(service, meeting["id"])
        await walk.take("panel_defer")
        path = f"/meetings/{meeting['id']}/cases/{walk.reference}/assents"
        response = await service.post(COORDINATOR, path, {"assents": True, "organisation": "eastlaw"})
        assert (response.status_code, blocker(response.json())) == (409, "off_the_agenda")

    async def test_assent_on_a_case_that_is_not_on_the_agenda_finds_nothing(self, service: Service) -> None:
        meeting = await a_meeting(service)
        walk = await walked(service, tier="complex")
        path = f"/meetings/{meeting['id']}/cases/{walk.reference}/assents"
        response = await service.post(COORDINATOR, path, {"assents": True, "organisation": "eastlaw"})
        assert response.status_code == 404


class TestCancelling:
    async def test_a_meeting_that_cases_wait_for_is_not_cancelled(self, service: Service) -> None:
        meeting = await a_meeting(service)
        walk = await scheduled(service, meeting["id"])
        response = await service.post(COORDINATOR, f"/meetings/{meeting['id']}/cancel")
        assert (response.status_code, blocker(response.json())) == (409, "cases_wait")
        assert response.json()["references"] == [walk.reference]
        await walk.take("panel_defer")
        await coordinate(service, f"/meetings/{meeting['id']}/cancel")
        twice = await service.post(COORDINATOR, f"/meetings/{meeting['id']}/cancel")
        assert (twice.status_code, blocker(twice.json())) == (409, "cancelled_already")

    async def test_a_meeting_that_was_held_is_not_cancelled(self, service: Service) -> None:
        meeting = await a_meeting(service)
        body = {"present": [meeting["members"][0]["id"]]}
        await coordinate(service, f"/meetings/{meeting['id']}/attendance", body)
        response = await service.post(COORDINATOR, f"/meetings/{meeting['id']}/cancel")
        assert (response.status_code, blocker(response.json())) == (409, "was_held")


class TestWhoSeesWhat:
    async def test_a_case_of_others_is_counted_and_not_shown(self, service: Service) -> None:
        meeting = await a_meeting(service)
        walk = await scheduled(service, meeting["id"])
        theirs = await meeting_now(service, meeting["id"], "housing_officer")
        assert [item["reference"] for item in theirs["items"]] == [walk.reference]
        strangers = await meeting_now(service, meeting["id"], STRANGER)
        assert (strangers["booked"], strangers["items"]) == (1, [])

    async def test_a_member_sees_the_case_while_it_is_on_the_agenda_and_no_longer(self, service: Service) -> None:
        meeting = await a_meeting(service)
        walk = await scheduled(service, meeting["id"])
        assert (await service.get("panel_member", f"/cases/{walk.reference}")).status_code == 200
        await walk.take("panel_agree")
        assert (await service.get("panel_member", f"/cases/{walk.reference}")).status_code == 404

    async def test_looking_at_an_agenda_is_on_record_for_each_case_shown(self, service: Service) -> None:
        meeting = await a_meeting(service)
        walk = await scheduled(service, meeting["id"])
        await meeting_now(service, meeting["id"], "technical_officer")
        reads = (await service.get("auditor", f"/cases/{walk.reference}/reads")).json()["items"]
        assert (reads[0]["email"], reads[0]["route"]) == (
            service.cast["technical_officer"].email,
            "GET /meetings/{meeting_id}",
        )


async def test_who_sees_the_case_and_sits_on_no_panel_does_not_assent(service: Service) -> None:
    meeting = await a_meeting(service)
    walk = await scheduled(service, meeting["id"])
    path = f"/meetings/{meeting['id']}/cases/{walk.reference}/assents"
    assert (await service.post("service_manager", path, {"assents": True})).status_code == 403


async def test_a_stranger_to_the_case_does_not_find_it_on_the_agenda(service: Service) -> None:
    meeting = await a_meeting(service)
    walk = await scheduled(service, meeting["id"])
    path = f"/meetings/{meeting['id']}/cases/{walk.reference}/assents"
    assert (await service.post(STRANGER, path, {"assents": True})).status_code == 404
