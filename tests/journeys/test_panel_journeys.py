"""Cases on their way through the panel, from the agenda to what has come of it, over HTTP."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from tests.support.answers import blocker, pointers
from tests.support.cast import STRANGER
from tests.support.panels import COORDINATOR, a_meeting, coordinate, meeting_now, working_day
from tests.support.service import Service
from tests.support.walks import Walk, walked

pytestmark = pytest.mark.database

ON_THE_WAY = ("screen", "start_assessment", "refer_to_panel")
HOUSING, HEALTH = "clydeview", "eastlaw"


class Item:
    """A complex case on the agenda of a meeting of a panel of two, and what is done with it there."""

    def __init__(self, service: Service, walk: Walk, meeting: dict[str, Any]) -> None:
        self.service, self.walk, self.meeting = service, walk, meeting
        self.path = f"/meetings/{meeting['id']}/cases/{walk.reference}"

    async def attend(self, *, absent: int | None = None) -> None:
        ids = [member["id"] for member in self.meeting["members"]]
        here = [number for number in ids if number != absent]
        await coordinate(
            self.service,
            f"/meetings/{self.meeting['id']}/attendance",
            {"present": here, "absent": [absent] * bool(absent)},
        )

    async def assent(self, organisation: str, *, reasons: str | None = None) -> None:
        """Housing's member speaks for itself; the coordinator passes on what health's says."""
        who, named = ("panel_member", None) if organisation == HOUSING else (COORDINATOR, organisation)
        body = {"assents": reasons is None, "reasons": reasons, "organisation": named}
        response = await self.service.post(who, f"{self.path}/assents", body)
        assert response.status_code == 201, response.text

    async def all_agree(self) -> None:
        await self.assent(HOUSING)
        await self.assent(HEALTH)

    async def decide(self, decision: str, *, who: str = COORDINATOR, **more: Any) -> Any:
        answers = {
            "solution": "A ground-floor shower room in the present store.",
            "reasons": "It meets the person's goals.",
            "review_on": self.ahead(60),
        }
        body = {"decision": decision, "answers": answers, **more}
        return await self.service.post(who, f"{self.path}/decision", body)

    async def defer(self, decision: str = "defer") -> dict[str, Any]:
        answers = {
            "what_is_needed": "A second opinion on the drainage.",
            "from_whom": "The technical officer",
            "by_when": self.ahead(10),
        }
        response = await self.decide(decision, answers=answers)
        assert response.status_code == 201, response.text
        return response.json()

    async def now(self, who: str = COORDINATOR) -> dict[str, Any]:
        response = await self.service.get(who, self.path)
        assert response.status_code == 200, response.text
        return response.json()

    def ahead(self, days: int) -> str:
        return working_day(self.service, days).isoformat()

    async def stage(self) -> str:
        return str((await self.service.get(COORDINATOR, f"/cases/{self.walk.reference}")).json()["stage"])


async def accept(service: Service, panel: str, walk: Walk) -> None:
    """The coordinator finds the referral complete enough."""
    await coordinate(service, f"/panels/{panel}/referrals/{walk.reference}/check", {"outcome": "accepted"})


async def an_item(service: Service, walk: Walk | None = None) -> Item:
    meeting = await a_meeting(service)
    walk = walk or await walked(service, *ON_THE_WAY, tier="complex")
    await accept(service, meeting["panel"], walk)
    await walk.take("schedule_for_panel", meeting=meeting["id"])
    return Item(service, walk, meeting)


async def test_agreed(service: Service) -> None:
    item = await an_item(service)
    early = await item.decide("agree")
    assert [one["code"] for one in early.json()["blockers"]] == ["meeting_not_quorate", "assent_missing"]
    await item.attend()
    await item.all_agree()
    decided = (await item.decide("agree")).json()
    assert (decided["decision"], decided["decided"]["quorate"], decided["missing_assents"]) == ("agreed", True, [])
    assert decided["decided"]["tell_by"] > decided["decided"]["decided_on"]
    assert {seat["organisation"] for seat in decided["decided"]["seats"] if seat["present"]} == {
        "Clydeview Housing Association",
        "Eastlaw HSCP Occupational Therapy",
    }
    assert await item.stage() == "funding"


async def test_agreed_with_conditions_that_somebody_meets(service: Service) -> None:
    item = await an_item(service)
    await item.attend()
    await item.all_agree()
    assert pointers((await item.decide("agree_with_conditions")).json()) == ["/tasks"]
    condition = {
        "kind": "condition",
        "told": "The landlord agrees to the change of use.",
        "due_on": item.ahead(15),
        "owner": service.cast["housing_officer"].email,
    }
    assert pointers((await item.decide("agree", tasks=[condition])).json()) == ["/decision"]
    nobody = {**condition, "owner": "nobody@test.example"}
    stranger = {**condition, "owner": service.cast[STRANGER].email}
    theirs = {**condition, "organisation": "elsewhere"}
    for wrong, where in ((nobody, "owner"), (stranger, "owner"), (theirs, "organisation")):
        refused = await item.decide("agree_with_conditions", tasks=[wrong])
        assert pointers(refused.json()) == [f"/tasks/0/{where}"]
    assert await item.stage() == "panel_scheduled"

    decided = await item.decide("agree_with_conditions", tasks=[condition])
    assert decided.status_code == 201, decided.text
    assert decided.json()["decision"] == "agreed_with_conditions"
    event = (await item.walk.events())[-1]
    assert event["details"]["conditions"] == condition["told"]
    mine = await _tasks(service, "housing_officer", item)
    assert [(task["kind"], task["told"], task["overdue"]) for task in mine] == [("condition", condition["told"], False)]
    path = f"/panel-tasks/{mine[0]['id']}/end"
    assert pointers((await service.post("housing_officer", path, {"outcome": "not_met"})).json()) == ["/result"]
    # Who may not see the case does not see that there is such a task.
    assert (await service.post(STRANGER, path, {"outcome": "done"})).status_code == 404
    assert (await service.post("funding_officer", path, {"outcome": "done"})).status_code in (403, 404)
    assert (await service.post("housing_officer", path, {"outcome": "done"})).status_code == 201
    again = await service.post("housing_officer", path, {"outcome": "done"})
    assert (again.status_code, blocker(again.json())) == (409, "ended_already")
    assert await _tasks(service, "housing_officer", item) == []
    assert (await item.now())["tasks"][0]["outcome"] == "done"


async def test_deferred_twice_and_then_agreed(service: Service) -> None:
    item = await an_item(service)
    for _ in range(2):
        deferred = await item.defer()
        assert deferred["decision"] == "deferred"
        [task] = deferred["tasks"]
        assert task["kind"] == "information"
        assert task["told"] == "A second opinion on the drainage. From: The technical officer"
        assert await item.stage() == "panel_referred"
        item = await an_item(service, item.walk)
    await item.attend()
    await item.all_agree()
    assert (await item.decide("agree")).status_code == 201
    assert await item.stage() == "funding"


async def test_referred_on_is_told_apart_from_deferred(service: Service) -> None:
    item = await an_item(service)
    referred = await item.defer("refer_on")
    assert (referred["decision"], referred["decided"]["decision"]) == ("referred_on", "referred_on")
    assert await item.stage() == "panel_referred"


async def test_a_declared_interest_can_take_the_quorum_away(service: Service) -> None:
    item = await an_item(service)
    await item.attend()
    await item.all_agree()
    assert (await item.now())["quorate"]
    leaving = {"nature": "The person is my neighbour.", "effect": "leaves"}
    response = await service.post("panel_member", f"{item.path}/interests", leaving)
    assert response.status_code == 201, response.text
    # Who has left sees nothing of the case from then on.
    assert response.json()["items"] == []
    assert (await service.get("panel_member", item.path)).status_code == 404
    assert (await service.get("panel_member", f"/cases/{item.walk.reference}")).status_code == 404
    stands = await item.now()
    assert (stands["quorate"], stands["stood_aside"]) == (False, ["Clydeview Housing Association"])
    refused = await item.decide("agree")
    assert [one["code"] for one in refused.json()["blockers"]] == ["meeting_not_quorate"]
    await item.defer()
    kinds = await _exceptions(service, item)
    assert kinds == ["quorum_failed"]


async def test_who_only_speaks_has_no_part_in_the_decision_and_a_word_given_before_is_void(service: Service) -> None:
    item = await an_item(service)
    await item.attend()
    await item.all_agree()
    speaking = {"nature": "I assessed the person last year.", "effect": "speaks_only"}
    assert (await service.post("panel_member", f"{item.path}/interests", speaking)).status_code == 201
    stands = await item.now("panel_member")
    assert (stands["quorate"], stands["stood_aside"]) == (True, ["Clydeview Housing Association"])
    refused = await service.post("panel_member", f"{item.path}/assents", {"assents": True})
    assert refused.status_code == 403
    assert "declared an interest" in refused.json()["detail"]
    for_them = await service.post(COORDINATOR, f"{item.path}/assents", {"assents": True, "organisation": "clydeview"})
    assert (for_them.status_code, blocker(for_them.json())) == (409, "stood_aside")
    assert (await item.decide("agree")).status_code == 201


async def test_interests_are_ones_own_unless_the_coordinator_declares_them(service: Service) -> None:
    item = await an_item(service)
    other = service.cast["senior_occupational_therapist"].email
    path, body = f"{item.path}/interests", {"nature": "A relative.", "effect": "stays"}
    assert (await service.post("panel_member", path, {**body, "member": other})).status_code == 403
    assert pointers((await service.post(COORDINATOR, path, body)).json()) == ["/member"]
    assert (await service.post(COORDINATOR, path, {**body, "member": other})).status_code == 201
    assert [(one["name"], one["effect"]) for one in (await item.now())["interests"]] == [
        ("Senior Occupational Therapist", "stays")
    ]
    assert (await service.post(STRANGER, path, body)).status_code == 404
    assert (await service.post("housing_officer", path, body)).status_code == 403
    assert pointers((await service.post("panel_member", path, {**body, "effect": "hides"})).json()) == ["/effect"]
    await item.defer()
    late = await service.post("panel_member", path, body)
    assert late.status_code in (404, 409)


async def test_dissent_of_one_partner_stands_in_the_way_and_on_record(service: Service) -> None:
    item = await an_item(service)
    await item.attend()
    await item.assent(HOUSING, reasons="The cost is not settled.")
    await item.assent(HEALTH)
    stands = await item.now()
    assert (stands["dissenting"], stands["missing_assents"]) == (
        ["Clydeview Housing Association"],
        ["Clydeview Housing Association"],
    )
    refused = await item.decide("agree")
    assert [one["code"] for one in refused.json()["blockers"]] == ["assent_missing"]
    await item.assent(HOUSING)
    assert (await item.decide("agree")).status_code == 201


async def test_a_member_is_replaced_in_mid_item(service: Service) -> None:
    item = await an_item(service)
    [seat] = [one for one in item.meeting["members"] if one["email"] == service.cast["panel_member"].email]
    await item.assent(HOUSING, reasons="Not before the drawings are seen.")
    panel = item.meeting["panel"]
    await coordinate(service, f"/panels/{panel}/members/{seat['id']}/end")
    assert (await service.get("panel_member", item.path)).status_code == 404
    new = {"email": service.cast["team_manager"].email, "sector": "housing", "organisation": "clydeview"}
    await coordinate(service, f"/panels/{panel}/members", new)
    meeting = await meeting_now(service, item.meeting["id"])
    replaced = Item(service, item.walk, meeting)
    await replaced.attend()
    await replaced.assent(HEALTH)
    # The organisation's word stands until its new member gives another.
    assert (await replaced.now())["dissenting"] == ["Clydeview Housing Association"]
    passed_on = {"assents": True, "organisation": "clydeview"}
    assert (await service.post(COORDINATOR, f"{item.path}/assents", passed_on)).status_code == 201
    assert (await replaced.decide("agree")).status_code == 201


async def test_rehousing_is_the_panels_when_it_is_quorate_and_agreed(service: Service) -> None:
    item = await an_item(service)
    therapist = "occupational_therapist"
    answers = {"reason": "No adaptation of this home is safe.", "needs": "A level home near the daughter."}
    early = await item.decide("rehouse", who=therapist, answers=answers)
    assert [one["code"] for one in early.json()["blockers"]] == ["meeting_not_quorate", "assent_missing"]
    await item.attend()
    await item.all_agree()
    coordinator = await item.decide("rehouse", answers=answers)
    assert coordinator.status_code == 403
    form = await service.get(therapist, f"/cases/{item.walk.reference}/actions")
    [rehousing] = [one for one in form.json() if one["action"] == "recommend_rehousing"]
    decided = await item.decide("rehouse", who=therapist, answers=rehousing["form"]["examples"][0])
    assert decided.status_code == 201, decided.text
    assert decided.json()["decision"] == "rehouse"
    assert await item.stage() == "rehousing"


async def test_a_decision_recorded_twice_says_who_recorded_the_first(service: Service) -> None:
    item = await an_item(service)
    await item.attend()
    await item.all_agree()
    both = await asyncio.gather(item.decide("agree"), item.decide("agree"))
    assert sorted(one.status_code for one in both) == [201, 409]
    [second] = [one.json() for one in both if one.status_code == 409]
    assert blocker(second) == "decided_already"
    assert "Panel Coordinator has recorded a decision on this case already: agreed." in second["detail"]
    assert [event["action"] for event in await item.walk.events()].count("panel_agree") == 1


async def test_an_assent_and_a_withdrawal_at_once_leave_no_word_on_a_closed_item(service: Service) -> None:
    for _ in range(5):
        item = await an_item(service)
        reference = item.walk.reference
        given, closed = await asyncio.gather(
            service.post("panel_member", f"{item.path}/assents", {"assents": True}),
            service.post(
                "occupational_therapist", f"/cases/{reference}/actions/close_not_proceeding", {"reason": "withdrawn"}
            ),
        )
        assert closed.status_code == 201, closed.text
        assert given.status_code in (201, 404, 409), given.text
        shown = await item.now()
        assert shown["decision"] == "withdrawn"
        if given.status_code == 201:
            assert len(shown["assents"]) == 1
        else:
            assert shown["assents"] == []


async def test_a_cancelled_meeting_takes_its_cases_to_another_one(service: Service) -> None:
    item = await an_item(service)
    second = await walked(service, *ON_THE_WAY, tier="complex")
    await accept(service, item.meeting["panel"], second)
    await second.take("schedule_for_panel", meeting=item.meeting["id"])
    cancel, panel = f"/meetings/{item.meeting['id']}/cancel", item.meeting["panel"]
    nowhere = await service.post(COORDINATOR, cancel)
    assert (nowhere.status_code, blocker(nowhere.json())) == (409, "cases_wait")
    elsewhere = await a_meeting(service)
    assert pointers((await service.post(COORDINATOR, cancel, {"move_to": elsewhere["id"]})).json()) == ["/move_to"]
    small = await a_meeting(service, key=panel, capacity=1, ahead=25)
    full = await service.post(COORDINATOR, cancel, {"move_to": small["id"]})
    assert (full.status_code, blocker(full.json())) == (409, "meeting_full")
    # All of them or none: the first is where it was.
    assert (await meeting_now(service, small["id"]))["booked"] == 0
    assert (await meeting_now(service, item.meeting["id"]))["booked"] == 2

    held = await a_meeting(service, key=panel, capacity=2, ahead=30)
    assert (await service.post("panel_member", cancel, {"move_to": held["id"]})).status_code == 403
    done = await service.post(COORDINATOR, cancel, {"move_to": held["id"], "reason": "Snow."})
    assert done.status_code == 201, done.text
    assert done.json()["cancelled_at"] is not None
    assert {one["decision"] for one in done.json()["items"]} == {"moved"}
    moved = await meeting_now(service, held["id"])
    assert {one["reference"] for one in moved["items"]} == {item.walk.reference, second.reference}
    assert [event["action"] for event in await second.events()][-2:] == ["panel_defer", "schedule_for_panel"]
    assert await _exceptions(service, item) == ["meeting_moved"]
    # A move is no decision of the panel's.
    assert (await item.now())["decided"] is None
    on = Item(service, item.walk, moved)
    await on.attend()
    await on.all_agree()
    assert (await on.decide("agree")).status_code == 201


async def test_an_urgent_case_is_decided_by_correspondence_when_everybody_agrees(service: Service) -> None:
    walk = await walked(service, *ON_THE_WAY, tier="complex")
    meeting = await a_meeting(service)
    path = f"/panels/{meeting['panel']}/correspondence"
    body = {"reference": walk.reference, "closes_on": working_day(service, 3).isoformat()}
    slow = await service.post(COORDINATOR, path, body)
    assert (slow.status_code, blocker(slow.json())) == (409, "not_urgent")
    walk = await walked(service, tier="complex")
    await walk.take("screen", fast_track="end_of_life")
    await walk.take("start_assessment")
    await walk.take("refer_to_panel")
    body["reference"] = walk.reference
    assert (await service.post("panel_member", path, body)).status_code == 403
    past = {**body, "closes_on": "2020-01-06"}
    assert pointers((await service.post(COORDINATOR, path, past)).json()) == ["/closes_on"]
    opened = await service.post(COORDINATOR, path, body)
    assert opened.status_code == 201, opened.text
    assert opened.json()["kind"] == "correspondence"
    item = Item(service, walk, opened.json())
    assert not (await item.now("panel_member"))["quorate"]
    nobody_goes = await service.post(COORDINATOR, f"/meetings/{opened.json()['id']}/attendance", {"present": []})
    assert (nobody_goes.status_code, blocker(nobody_goes.json())) == (409, "by_correspondence")
    other = await walked(service, *ON_THE_WAY, tier="complex")
    taken = {"meeting": opened.json()["id"]}
    jumped = await service.post(COORDINATOR, f"/cases/{other.reference}/actions/schedule_for_panel", taken)
    assert jumped.status_code == 422

    await item.assent(HOUSING)
    early = await item.decide("agree")
    assert [one["code"] for one in early.json()["blockers"]] == ["meeting_not_quorate", "assent_missing"]
    await item.assent(HEALTH, reasons="The drawings are missing.")
    assert [one["code"] for one in (await item.decide("agree")).json()["blockers"]] == ["assent_missing"]
    await item.assent(HEALTH)
    decided = await item.decide("agree")
    assert decided.status_code == 201, decided.text
    assert decided.json()["decided"]["way"] == "correspondence"
    assert await item.stage() == "funding"


async def test_the_person_is_told_in_a_letter_that_stays_as_it_was_sent(service: Service) -> None:
    item = await an_item(service)
    path = f"{item.path}/letter"
    early = await service.post(COORDINATOR, path, {})
    assert (early.status_code, blocker(early.json())) == (409, "not_decided")
    await item.attend()
    await item.all_agree()
    refusal = {"reasons": "We could not find a way that would be safe.", "right_to_appeal": True}
    assert (await item.decide("refuse", answers=refusal)).status_code == 201
    assert (await service.get(COORDINATOR, path)).status_code == 404
    unwritten = await service.post(COORDINATOR, f"{path}/sent", {"sent_on": item.ahead(0)})
    assert (unwritten.status_code, blocker(unwritten.json())) == (409, "no_letter")
    drafted = await service.post(COORDINATOR, path, {})
    assert drafted.status_code == 201, drafted.text
    body = drafted.json()["body"]
    assert body.startswith("Dear ")
    assert "Why: We could not find a way that would be safe." in body
    assert "you may appeal" in body
    changed = await service.post(COORDINATOR, path, {"body": body + "\n\nWe will ring you on Friday."})
    assert changed.json()["body"].endswith("We will ring you on Friday.")
    for who, status in ((STRANGER, 404), ("panel_member", 403), ("housing_officer", 403)):
        assert (await service.post(who, path, {})).status_code == status
    today = str((await item.now())["decided"]["decided_on"])
    assert pointers((await service.post(COORDINATOR, f"{path}/sent", {"sent_on": "2020-01-06"})).json()) == ["/sent_on"]
    sent = await service.post(COORDINATOR, f"{path}/sent", {"sent_on": today})
    assert (sent.status_code, sent.json()["sent_on"]) == (201, today)
    for again, more in ((path, {}), (f"{path}/sent", {"sent_on": today})):
        late = await service.post(COORDINATOR, again, more)
        assert (late.status_code, blocker(late.json())) == (409, "sent_already")
    assert "letter_late" not in await _exceptions(service, item)
    # Whoever sees the case may read it.
    assert (await service.get("housing_officer", path)).json()["sent_on"] == today


async def test_only_the_coordinator_decides_and_nothing_malformed_is_taken(service: Service) -> None:
    item = await an_item(service)
    assert (await item.decide("agree", who=STRANGER)).status_code == 404
    assert (await item.decide("agree", who="panel_member")).status_code == 403
    assert (await item.decide("agree", who="housing_officer")).status_code == 403
    assert pointers((await item.decide("perhaps")).json()) == ["/decision"]
    stale = await service.post(
        COORDINATOR,
        f"{item.path}/decision",
        {"decision": "defer", "answers": {}},
        {"If-Match": '"1"'},
    )
    assert stale.status_code == 412


async def _tasks(service: Service, who: str, item: Item) -> list[dict[str, Any]]:
    response = await service.get(who, "/panel-tasks")
    assert response.status_code == 200
    return [task for task in response.json()["items"] if task["reference"] == item.walk.reference]


async def _exceptions(service: Service, item: Item) -> list[str]:
    async with service.owner.transaction() as session:
        statement = text(
            "SELECT e.kind FROM panel_exceptions e JOIN cases c ON c.id = e.case_id WHERE c.reference = :reference"
        )
        return list((await session.scalars(statement, {"reference": item.walk.reference})).all())
