"""Panels and their meetings over HTTP."""

from datetime import date, timedelta
from typing import Any

import pytest

from app.panels.schemas import AssentIn, AttendanceIn, MeetingIn, MemberIn, PanelIn
from tests.support.answers import blocker, pointers
from tests.support.panels import COORDINATOR, a_meeting, a_panel, coordinate, working_day
from tests.support.service import Service

pytestmark = pytest.mark.database

UNKNOWN = 2_000_000_000


class TestPanels:
    async def test_a_panel_is_listed_with_the_rules_of_its_quorum_and_its_members(self, service: Service) -> None:
        key = await a_panel(service)
        response = await service.get("housing_officer", "/panels", limit=200)
        [panel] = [panel for panel in response.json()["items"] if panel["key"] == key]
        assert (panel["quorum"], panel["quorum_sectors"]) == (2, ["health", "housing"])
        assert [(member["email"], member["sector"]) for member in panel["members"]] == [
            ("panel_member@test.example", "housing"),
            ("senior_occupational_therapist@test.example", "health"),
        ]

    async def test_panels_come_page_by_page_and_each_once(self, service: Service) -> None:
        made = {await a_panel(service, members=False) for _ in range(3)}
        seen: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            page = (await service.get(COORDINATOR, "/panels", limit=2, **cursor)).json()
            seen += [panel["key"] for panel in page["items"]]
            if page["next_cursor"] is None:
                break
            cursor = {"cursor": page["next_cursor"]}
        assert made <= set(seen)
        assert seen == sorted(set(seen))

    async def test_a_key_is_given_to_one_panel_only(self, service: Service) -> None:
        key = await a_panel(service, members=False)
        body = {"key": key, "name": "Another", "quorum": 1, "papers_working_days": 0}
        response = await service.post(COORDINATOR, "/panels", body)
        assert (response.status_code, blocker(response.json())) == (409, "key_taken")

    async def test_a_member_sits_once_and_may_come_back(self, service: Service) -> None:
        key = await a_panel(service)
        member = {"email": service.cast["panel_member"].email.upper(), "sector": "other"}
        twice = await service.post(COORDINATOR, f"/panels/{key}/members", member)
        assert (twice.status_code, blocker(twice.json())) == (409, "member_already")
        seats = (await service.get(COORDINATOR, "/panels", limit=200)).json()["items"]
        number = next(m["id"] for p in seats if p["key"] == key for m in p["members"] if m["sector"] == "housing")
        without = await coordinate(service, f"/panels/{key}/members/{number}/end")
        assert [m["sector"] for m in without["members"]] == ["health"]
        again = await coordinate(service, f"/panels/{key}/members", member)
        assert sorted(m["sector"] for m in again["members"]) == ["health", "other"]
        ended = await service.post(COORDINATOR, f"/panels/{key}/members/{number}/end")
        assert ended.status_code == 404

    @pytest.mark.parametrize(
        ("member", "pointer"),
        [
            ({"email": "nobody@test.example", "sector": "housing"}, "/email"),
            ({"email": "auditor@test.example", "sector": "housing", "organisation": "nowhere"}, "/organisation"),
            ({"email": "auditor@test.example", "sector": "astronomy"}, "/sector"),
        ],
    )
    async def test_a_member_who_cannot_be_is_refused_by_field(
        self, service: Service, member: dict[str, str], pointer: str
    ) -> None:
        key = await a_panel(service, members=False)
        response = await service.post(COORDINATOR, f"/panels/{key}/members", member)
        assert response.status_code == 422
        assert pointers(response.json()) == [pointer]


class TestSettingMeetings:
    async def test_papers_are_due_as_many_working_days_before_as_the_panel_says(self, service: Service) -> None:
        key = await a_panel(service, papers_working_days=7)
        meeting = await a_meeting(service, key=key, ahead=20)
        calendar = service.app.state.casework.timekeeper.calendars["scotland"]
        due, held = date.fromisoformat(meeting["papers_due_on"]), date.fromisoformat(meeting["held_on"])
        assert calendar.working_days(due, held) == 7
        assert calendar.is_working_day(due)

    async def test_no_meeting_is_held_on_a_saturday(self, service: Service) -> None:
        key = await a_panel(service)
        day = working_day(service, 20)
        saturday = day + timedelta(days=5 - day.weekday())
        response = await service.post(
            COORDINATOR, f"/panels/{key}/meetings", {"held_on": saturday.isoformat(), "capacity": 4}
        )
        assert response.status_code == 422
        assert pointers(response.json()) == ["/held_on"]

    async def test_a_meeting_whose_papers_would_be_late_already_is_refused(self, service: Service) -> None:
        key = await a_panel(service, papers_working_days=10)
        for ahead, status in ((9, 422), (11, 201)):
            body = {"held_on": working_day(service, ahead).isoformat(), "capacity": 4}
            response = await service.post(COORDINATOR, f"/panels/{key}/meetings", body)
            assert response.status_code == status, response.text

    async def test_a_panel_meets_once_a_day_but_a_cancelled_day_can_be_set_again(self, service: Service) -> None:
        key = await a_panel(service)
        first = await a_meeting(service, key=key, ahead=30)
        body = {"held_on": first["held_on"], "capacity": 2, "place": "The annexe"}
        second = await service.post(COORDINATOR, f"/panels/{key}/meetings", body)
        assert (second.status_code, blocker(second.json())) == (409, "meeting_exists")
        cancelled = await coordinate(service, f"/meetings/{first['id']}/cancel")
        assert cancelled["cancelled_at"] is not None
        again = await coordinate(service, f"/panels/{key}/meetings", body)
        assert (again["id"], again["cancelled_at"], again["capacity"]) == (first["id"], None, 2)

    async def test_meetings_are_listed_by_day_from_a_day_on_page_by_page(self, service: Service) -> None:
        key = await a_panel(service)
        days = [(await a_meeting(service, key=key, ahead=ahead))["held_on"] for ahead in (40, 30, 50)]
        first = (await service.get("auditor", f"/panels/{key}/meetings", limit=2)).json()
        assert [m["held_on"] for m in first["items"]] == sorted(days)[:2]
        rest = (await service.get("auditor", f"/panels/{key}/meetings", cursor=first["next_cursor"])).json()
        assert [m["held_on"] for m in rest["items"]] == sorted(days)[2:]
        assert rest["next_cursor"] is None
        later = (await service.get("auditor", f"/panels/{key}/meetings", since=sorted(days)[1])).json()
        assert [m["held_on"] for m in later["items"]] == sorted(days)[1:]

    async def test_the_same_request_sent_twice_sets_one_meeting(self, service: Service) -> None:
        key = await a_panel(service)
        body = {"held_on": working_day(service, 20).isoformat(), "capacity": 4}
        headers = {"Idempotency-Key": f"set-{key}"}
        first = await service.post(COORDINATOR, f"/panels/{key}/meetings", body, headers)
        second = await service.post(COORDINATOR, f"/panels/{key}/meetings", body, headers)
        assert first.status_code == second.status_code == 201
        assert first.content == second.content


EXAMPLES = (PanelIn, MemberIn, MeetingIn, AttendanceIn, AssentIn)


@pytest.mark.parametrize("form", EXAMPLES, ids=lambda form: form.__name__)
def test_the_example_of_each_form_is_valid(form: type[PanelIn]) -> None:
    for example in form.model_json_schema()["examples"]:
        form.model_validate(example)


READS = ("/panels", "/panels/any/meetings", "/meetings/1")
WRITES: dict[str, Any] = {
    "/panels": PanelIn.model_json_schema()["examples"][0],
    "/panels/any/members": MemberIn.model_json_schema()["examples"][0],
    "/panels/any/members/1/end": None,
    "/panels/any/meetings": MeetingIn.model_json_schema()["examples"][0],
    "/meetings/1/attendance": AttendanceIn.model_json_schema()["examples"][0],
    "/meetings/1/cases/HS-000001-H/assents": {"assents": True},
    "/meetings/1/cancel": None,
}


@pytest.mark.parametrize("path", READS)
async def test_nobody_reads_without_a_token(service: Service, path: str) -> None:
    assert (await service.http.get(f"/api/v1{path}")).status_code == 401


@pytest.mark.parametrize("path", WRITES)
async def test_nobody_writes_without_a_token(service: Service, path: str) -> None:
    assert (await service.http.post(f"/api/v1{path}", json=WRITES[path])).status_code == 401


@pytest.mark.parametrize("who", ["referrer", "administrator"])
@pytest.mark.parametrize("path", READS)
async def test_who_has_nothing_to_do_with_panels_does_not_read_them(service: Service, path: str, who: str) -> None:
    assert (await service.get(who, path)).status_code == 403


async def test_only_the_coordinator_writes(service: Service) -> None:
    key = await a_panel(service)
    meeting = await a_meeting(service, key=key)
    number = meeting["members"][0]["id"]
    paths = [path.replace("/any/", f"/{key}/").replace("/meetings/1", f"/meetings/{meeting['id']}") for path in WRITES]
    for path, body in zip(paths, WRITES.values(), strict=True):
        if path.endswith("assents"):
            continue
        response = await service.post("service_manager", path.replace("/members/1/", f"/members/{number}/"), body)
        assert response.status_code == 403, f"{path}: {response.text}"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/panels", {"key": "Not A Key", "name": "x", "quorum": 1, "papers_working_days": 0}),
        ("/panels", {"key": "k", "name": "x", "quorum": 0, "papers_working_days": 61}),
        ("/panels/any/meetings", {"held_on": "tomorrow", "capacity": 6}),
        ("/panels/any/meetings", {"held_on": "2031-03-18", "capacity": 6, "chair": "nobody"}),
        ("/meetings/none/cancel", None),
        (f"/meetings/{2**31}/cancel", None),
        ("/meetings/1/attendance", {"present": [True]}),
        ("/meetings/1/attendance", {"present": "everybody"}),
        ("/meetings/1/cases/HS-000001-H/assents", {"assents": "perhaps"}),
    ],
)
async def test_what_cannot_be_read_is_refused_by_field(service: Service, path: str, body: Any) -> None:
    response = await service.post(COORDINATOR, path, body)
    assert response.status_code == 422, response.text
    assert response.json()["errors"]


@pytest.mark.parametrize("path", ["/panels/none/meetings", f"/meetings/{UNKNOWN}"])
async def test_what_does_not_exist_is_not_found(service: Service, path: str) -> None:
    assert (await service.get(COORDINATOR, path)).status_code == 404


@pytest.mark.parametrize("cursor", ["!", "bm90LWEtZGF5"])
async def test_a_cursor_that_nobody_gave_is_refused(service: Service, cursor: str) -> None:
    key = await a_panel(service, members=False)
    response = await service.get(COORDINATOR, f"/panels/{key}/meetings", cursor=cursor)
    assert response.status_code == 422
    assert pointers(response.json()) == ["/cursor"]
