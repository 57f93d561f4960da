"""A panel is set up and run: terms in versions, series, seats and substitutes, apologies, agendas, checked referrals."""

import asyncio
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from tests.journeys.test_panel_journeys import (
    COORDINATOR,
    HEALTH,
    HOUSING,
    ON_THE_WAY,
    Item,
    _exceptions,
    accept,
    an_item,
)
from tests.support.answers import blocker, pointers
from tests.support.cast import STRANGER
from tests.support.panels import a_meeting, a_panel, coordinate, meeting_now, working_day
from tests.support.service import Service
from tests.support.walks import walked

pytestmark = pytest.mark.database
SENIOR = "senior_occupational_therapist"


def terms(service: Service, **more: Any) -> dict[str, Any]:
    return {
        "in_force_from": working_day(service, 10).isoformat(),
        "quorum": 1,
        "quorum_sectors": ["housing"],
        "papers_working_days": 8,
        "decision_working_days": 3,
        "capacity": 4,
        "item_minutes": 20,
        "substitution": "named",
        "assent_rule": "every_partner_answers",
        "correspondence": "never",
        "sight_days_after": 7,
        "checklist": ["views"],
        **more,
    }


class TestTerms:
    async def test_a_meeting_is_held_by_the_terms_of_its_day(self, service: Service) -> None:
        panel = await a_panel(service)
        soon = await a_meeting(service, key=panel, ahead=8)
        late = await a_meeting(service, key=panel, ahead=30)
        kept = await coordinate(service, f"/panels/{panel}/terms", terms(service))
        assert [(one["version"], one["quorum"]) for one in kept["items"]] == [(2, 1), (1, 2)]
        for meeting, moved in ((soon, False), (late, True)):
            now = await meeting_now(service, meeting["id"])
            assert (now["papers_due_on"] < meeting["papers_due_on"]) is moved
        first = await service.get("housing_officer", f"/panels/{panel}/terms")
        assert first.json() == kept

    async def test_dissent_stands_on_record_where_partners_need_only_answer(self, service: Service) -> None:
        panel = await a_panel(service)
        await coordinate(service, f"/panels/{panel}/terms", terms(service))
        meeting = await a_meeting(service, key=panel, ahead=40)
        walk = await walked(service, *ON_THE_WAY, tier="complex")
        await walk.take("schedule_for_panel", meeting=meeting["id"])
        item = Item(service, walk, meeting)
        await item.attend(absent=meeting["members"][1]["id"])
        await item.assent(HOUSING)
        await item.assent(HEALTH, reasons="The cost is not settled.")
        assert (await item.decide("agree")).status_code == 201
        assert (await item.now())["dissenting"] == ["Eastlaw HSCP Occupational Therapy"]
        assert "scheduled_unchecked" in await _exceptions(service, item)

    async def test_terms_that_contradict_themselves_or_the_past_are_refused(self, service: Service) -> None:
        panel = await a_panel(service)
        path = f"/panels/{panel}/terms"
        today = service.app.state.casework.timekeeper.day(service.app.state.clock.now()).isoformat()
        for wrong, where in (
            ({"in_force_from": today}, "/in_force_from"),
            ({"quorum": 3, "correspondence_quorum": 2}, "/correspondence_quorum"),
            ({"quorum_sectors": ["police"]}, "/quorum_sectors/0"),
            ({"checklist": ["shoes"]}, "/checklist/0"),
        ):
            assert pointers((await service.post(COORDINATOR, path, terms(service, **wrong))).json()) == [where]
        assert (await service.post("panel_member", path, terms(service))).status_code == 403

    async def test_two_new_versions_at_once_get_two_numbers(self, service: Service) -> None:
        path = f"/panels/{await a_panel(service)}/terms"
        both = await asyncio.gather(*(service.post(COORDINATOR, path, terms(service)) for _ in range(2)))
        assert [one.status_code for one in both] == [201, 201]
        kept = (await service.get(COORDINATOR, path)).json()["items"]
        assert [one["version"] for one in kept] == [3, 2, 1]


class TestSeries:
    async def test_it_gives_meetings_on_working_days_and_leaves_those_that_stand(self, service: Service) -> None:
        panel = await a_panel(service)
        body = {
            "every": 1,
            "unit": "months",
            "weekday": 0,
            "week_of_month": 1,
            "first_on": "2032-01-01",
            "last_on": "2032-06-30",
            "capacity": 5,
            "starts_at": "10:00",
        }
        stands = {"held_on": "2032-02-02", "capacity": 2}
        await coordinate(service, f"/panels/{panel}/meetings", stands)
        made = await coordinate(service, f"/panels/{panel}/series", body)
        days = [date.fromisoformat(one["held_on"]) for one in made["items"]]
        # The first Monday of May is a holiday in Scotland: the next working day takes its place.
        assert [str(day) for day in days] == [
            "2032-01-05", "2032-02-02", "2032-03-01", "2032-04-05", "2032-05-04", "2032-06-07",
        ]  # fmt: skip
        assert [one["capacity"] for one in made["items"]] == [5, 2, 5, 5, 5, 5]
        again = await service.post(COORDINATOR, f"/panels/{panel}/series", body)
        assert (again.status_code, blocker(again.json())) == (409, "meeting_exists")

    async def test_a_series_that_makes_no_sense_is_refused_and_sets_nothing(self, service: Service) -> None:
        panel = await a_panel(service)
        path = f"/panels/{panel}/series"
        body = {
            "every": 2,
            "unit": "weeks",
            "weekday": 3,
            "first_on": "2032-01-01",
            "last_on": "2032-03-31",
            "capacity": 5,
        }
        tomorrow = working_day(service, 1)
        soon = {"first_on": tomorrow.isoformat(), "weekday": tomorrow.weekday()}
        for wrong, where in (
            ({"last_on": "2031-12-01"}, "/last_on"),
            ({"week_of_month": 2}, "/week_of_month"),
            ({"unit": "months"}, "/week_of_month"),
            ({"last_on": "2036-01-01"}, "/last_on"),
            ({**soon, "last_on": working_day(service, 60).isoformat()}, "/first_on"),
            ({"starts_at": "10:00", "ends_at": "09:00"}, "/ends_at"),
        ):
            refused = await service.post(COORDINATOR, path, body | wrong)
            assert refused.status_code == 422, (wrong, refused.text)
            assert pointers(refused.json()) == [where], refused.text
        assert (await service.get(COORDINATOR, f"/panels/{panel}/meetings")).json()["items"] == []
        assert (await service.post("panel_member", path, body)).status_code == 403


class TestSeats:
    async def test_a_member_is_replaced_in_one_go(self, service: Service) -> None:
        item = await an_item(service)
        panel = item.meeting["panel"]
        [seat] = [one for one in item.meeting["members"] if one["email"] == service.cast["panel_member"].email]
        path = f"/panels/{panel}/members/{seat['id']}/replace"
        sits = {"email": service.cast[SENIOR].email}
        taken = await service.post(COORDINATOR, path, sits)
        assert (taken.status_code, blocker(taken.json())) == (409, "member_already")
        # Nothing is half done: the member still sits there.
        assert (await service.get("panel_member", item.path)).status_code == 200
        done = await coordinate(service, path, {"email": service.cast["team_manager"].email})
        assert {one["email"] for one in done["members"]} == {sits["email"], service.cast["team_manager"].email}
        assert (await service.get("panel_member", item.path)).status_code == 404
        again = await service.post(COORDINATOR, path, {"email": service.cast["team_manager"].email})
        assert again.status_code == 404

    async def test_a_substitute_reads_and_decides_in_the_members_place_at_that_meeting_alone(
        self, service: Service
    ) -> None:
        item = await an_item(service)
        other = await an_item(service)
        panel, meeting = item.meeting["panel"], item.meeting["id"]
        [seat] = [one for one in item.meeting["members"] if one["email"] == service.cast[SENIOR].email]
        substitute = {"substitute": service.cast["panel_member"].email}
        apologies = f"/meetings/{meeting}/apologies"
        # The member of housing has a seat already, and nobody else is a panel member by role.
        named = f"/panels/{panel}/members/{seat['id']}/substitutes"
        assert (await service.post(COORDINATOR, named, substitute)).status_code == 201
        refused = await service.post(SENIOR, apologies, substitute)
        assert refused.status_code == 403  # who sits without the role cannot act as a member
        refused = await service.post(COORDINATOR, apologies, {**substitute, "member": seat["email"]})
        assert pointers(refused.json()) == ["/substitute"]
        [housing] = [one for one in item.meeting["members"] if one["id"] != seat["id"]]
        await coordinate(service, f"/panels/{panel}/members/{housing['id']}/end")
        assert (await service.get("panel_member", item.path)).status_code == 404
        await coordinate(service, apologies, {**substitute, "member": seat["email"]})
        assert (await service.get("panel_member", item.path)).status_code == 200
        now = await meeting_now(service, meeting, "panel_member")
        assert [(one["apologies"], one["substitute"]) for one in now["members"]] == [(True, "Panel Member")]
        given = await service.post("panel_member", f"{item.path}/assents", {"assents": True})
        assert given.status_code == 201, given.text
        [word] = (await item.now())["assents"]
        assert word["organisation"] == "Eastlaw HSCP Occupational Therapy"
        await coordinate(service, f"/panels/{panel}/members/{seat['id']}/substitutes/end", substitute)
        gone = await service.post(COORDINATOR, f"/panels/{panel}/members/{seat['id']}/substitutes/end", substitute)
        assert pointers(gone.json()) == ["/substitute"]
        assert (await service.get("panel_member", other.path)).status_code == 200  # its own seat, elsewhere

    async def test_whom_the_terms_do_not_allow_cannot_sit_for_a_member(self, service: Service) -> None:
        meeting = await a_meeting(service)
        seats = {one["email"]: one for one in meeting["members"]}
        member = seats[service.cast["panel_member"].email]
        path = f"/meetings/{meeting['id']}/apologies"
        for wrong in ("housing_officer", "panel_member"):
            body = {"substitute": service.cast[wrong].email, "member": member["email"]}
            assert pointers((await service.post(COORDINATOR, path, body)).json()) == ["/substitute"]
        assert pointers((await service.post(COORDINATOR, path, {})).json()) == ["/member"]
        assert (
            await service.post("panel_member", path, {"member": seats[service.cast[SENIOR].email]["email"]})
        ).status_code == 403
        assert (await service.post("panel_member", path, {})).status_code == 201
        now = await meeting_now(service, meeting["id"])
        assert [one["apologies"] for one in now["members"] if one["id"] == member["id"]] == [True]
        # Who comes all the same has not apologised.
        await coordinate(service, f"/meetings/{meeting['id']}/attendance", {"present": [member["id"]]})
        now = await meeting_now(service, meeting["id"])
        assert [(o["apologies"], o["present"]) for o in now["members"] if o["id"] == member["id"]] == [(False, True)]
        came = await service.post("panel_member", path, {})
        assert (came.status_code, blocker(came.json())) == (409, "attended")


class TestMeetings:
    async def test_a_meeting_is_moved_and_calendars_are_told(self, service: Service) -> None:
        item = await an_item(service)
        path = f"/meetings/{item.meeting['id']}"
        before = (await service.get(COORDINATOR, f"{path}/invitation.ics")).text
        day = working_day(service, 33).isoformat()
        changed = await coordinate(service, f"{path}/change", {"held_on": day, "capacity": 3, "place": "Room 3"})
        assert (changed["held_on"], changed["capacity"], changed["place"]) == (day, 3, "Room 3")
        assert changed["papers_due_on"] > item.meeting["papers_due_on"]
        after = (await service.get(COORDINATOR, f"{path}/invitation.ics")).text
        assert "SEQUENCE:0" in before
        assert "SEQUENCE:1" in after
        assert _line(before, "UID") == _line(after, "UID")
        taken = await a_meeting(service, key=item.meeting["panel"], ahead=40)
        for wrong, answer in (
            ({"held_on": taken["held_on"], "capacity": 3}, "meeting_exists"),
            ({"held_on": "2031-12-25", "capacity": 3}, "/held_on"),
            ({"held_on": "2020-01-06", "capacity": 3}, "/held_on"),
            ({"held_on": day, "capacity": 0}, "/capacity"),
        ):
            refused = (await service.post(COORDINATOR, f"{path}/change", wrong)).json()
            assert (pointers(refused) if answer.startswith("/") else [blocker(refused)]) == [answer]
        assert (
            await service.post("panel_member", f"{path}/change", {"held_on": day, "capacity": 3})
        ).status_code == 403
        await item.attend()
        held = await service.post(COORDINATOR, f"{path}/change", {"held_on": day, "capacity": 3})
        assert (held.status_code, blocker(held.json())) == (409, "was_held")

    async def test_the_agenda_has_its_order_and_each_case_its_time(self, service: Service) -> None:
        meeting = await a_meeting(service)
        path = f"/meetings/{meeting['id']}"
        body = {"held_on": meeting["held_on"], "capacity": 6, "starts_at": "10:00"}
        await coordinate(service, f"{path}/change", body)
        walks = []
        for _ in range(3):
            walk = await walked(service, *ON_THE_WAY, tier="complex")
            await accept(service, meeting["panel"], walk)
            await walk.take("schedule_for_panel", meeting=meeting["id"])
            walks.append(walk.reference)
        first, second, third = walks
        presenter = service.cast["occupational_therapist"].email
        order = [
            {"reference": third, "minutes": 45, "presenter": presenter},
            {"reference": first},
            {"reference": second},
        ]
        ordered = await coordinate(service, f"{path}/agenda", {"items": order})
        assert [(one["reference"], one["starts_at"], one["minutes"]) for one in ordered["items"]] == [
            (third, "10:00", 45),
            (first, "10:45", 30),
            (second, "11:15", 30),
        ]
        assert ordered["items"][0]["presenter"] == "Occupational Therapist"
        for wrong in (order[:2], [*order, order[0]], [{"reference": "HS-000999-Z"}]):
            assert pointers((await service.post(COORDINATOR, f"{path}/agenda", {"items": wrong})).json()) == ["/items"]
        assert (await service.post("panel_member", f"{path}/agenda", {"items": order})).status_code == 403

    async def test_the_chair_is_somebody_who_sits_there_and_came(self, service: Service) -> None:
        meeting = await a_meeting(service)
        path = f"/meetings/{meeting['id']}/chair"
        member = service.cast["panel_member"].email
        assert (await coordinate(service, path, {"chair": member}))["chair"] == "Panel Member"
        nobody = await service.post(COORDINATOR, path, {"chair": service.cast["housing_officer"].email})
        assert pointers(nobody.json()) == ["/chair"]
        await coordinate(service, f"/meetings/{meeting['id']}/attendance", {"present": [], "absent": [member]})
        assert pointers((await service.post(COORDINATOR, path, {"chair": member})).json()) == ["/chair"]
        assert (await service.post("panel_member", path, {"chair": member})).status_code == 403


def _line(ics: str, name: str) -> str:
    [line] = [line for line in ics.splitlines() if line.startswith(f"{name}:")]
    return line


class TestReferrals:
    async def test_one_that_lacks_something_is_sent_back_and_becomes_a_task(self, service: Service) -> None:
        panel = await a_panel(service)
        walk = await walked(service, *ON_THE_WAY, tier="complex")
        path = f"/panels/{panel}/referrals/{walk.reference}/check"
        [waiting] = [one for one in await _referrals(service, panel) if one["reference"] == walk.reference]
        assert (waiting["missing"], waiting["check"]) == (["goals", "options"], None)
        assert pointers((await service.post(COORDINATOR, path, {"outcome": "sent_back"})).json()) == [
            "/note",
            "/due_on",
        ]
        back = {
            "outcome": "sent_back",
            "note": "What would each option cost?",
            "due_on": working_day(service, 5).isoformat(),
            "owner": service.cast["occupational_therapist"].email,
        }
        stranger = {**back, "owner": service.cast[STRANGER].email}
        assert pointers((await service.post(COORDINATOR, path, stranger)).json()) == ["/owner"]
        await coordinate(service, path, back)
        [waiting] = [one for one in await _referrals(service, panel) if one["reference"] == walk.reference]
        assert waiting["check"]["outcome"] == "sent_back"
        tasks = (await service.get("occupational_therapist", "/panel-tasks")).json()["items"]
        [task] = [one for one in tasks if one["reference"] == walk.reference]
        assert task["told"].startswith("What would each option cost? Not found in the referral: ")
        # The clock has not stopped: the case is where it was.
        assert (await service.get(COORDINATOR, f"/cases/{walk.reference}")).json()["stage"] == "panel_referred"
        assert (await service.post("panel_member", path, back)).status_code in (403, 404)
        await accept(service, panel, walk)
        meeting = await a_meeting(service, key=panel)
        await walk.take("schedule_for_panel", meeting=meeting["id"])
        assert await _exceptions(service, Item(service, walk, meeting)) == []
        late = await service.post(COORDINATOR, path, {"outcome": "accepted"})
        assert (late.status_code, blocker(late.json())) == (409, "not_referred")

    async def test_one_that_nobody_accepted_is_an_exception_when_it_comes_onto_an_agenda(
        self, service: Service
    ) -> None:
        walk = await walked(service, *ON_THE_WAY, tier="complex")
        meeting = await a_meeting(service)
        await walk.take("schedule_for_panel", meeting=meeting["id"])
        item = Item(service, walk, meeting)
        assert await _exceptions(service, item) == ["scheduled_unchecked"]
        await item.defer()
        again = await a_meeting(service, key=meeting["panel"], ahead=30)
        await walk.take("schedule_for_panel", meeting=again["id"])
        assert await _exceptions(service, item) == ["scheduled_unchecked"]

    async def test_what_was_withheld_and_prepared_goes_along_to_the_next_meeting(self, service: Service) -> None:
        item = await an_item(service)
        options = {"options": [{"name": "A ground-floor flat", "meaning": "A longer wait."}]}
        await coordinate(service, f"{item.path}/papers/options", options)
        held = {"part": "person.home", "reason": "Nobody needs it to decide."}
        await coordinate(service, f"{item.path}/papers/withheld", held)
        await item.defer()
        again = await an_item(service, item.walk)
        draft = (await service.get(COORDINATOR, f"{again.path}/papers/draft")).json()
        assert draft["withheld"] == {"person.home": "Nobody needs it to decide."}
        assert "A ground-floor flat" in str(draft["parts"])
        assert (await service.get("panel_member", f"/cases/{item.walk.reference}")).status_code == 404


async def _referrals(service: Service, panel: str) -> list[dict[str, Any]]:
    return (await service.get(COORDINATOR, f"/panels/{panel}/referrals")).json()["items"]


async def test_two_coordinators_put_two_cases_on_the_last_place(service: Service) -> None:
    meeting = await a_meeting(service, capacity=1)
    walks = [await walked(service, *ON_THE_WAY, tier="complex") for _ in range(2)]
    path = "/cases/{}/actions/schedule_for_panel"
    answers = await asyncio.gather(
        *(service.post(COORDINATOR, path.format(walk.reference), {"meeting": meeting["id"]}) for walk in walks)
    )
    assert sorted(one.status_code for one in answers) == [201, 409]
    [full] = [one.json() for one in answers if one.status_code == 409]
    assert [one["code"] for one in full["blockers"]] == ["meeting_full"]
    async with service.owner.transaction() as session:
        known = {"id": meeting["id"]}
        assert await session.scalar(text("SELECT count(*) FROM panel_items WHERE meeting_id = :id"), known) == 1
