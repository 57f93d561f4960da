"""Walk a case along its pathway through the HTTP API, as the people who may, with the examples the API itself gives.

What stands in the way is mended the way a caseworker would: somebody is assigned, the conversation is recorded, the
panel meets. Where the way is barred to one person (who recommended cannot approve), a colleague takes the step.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx

from app.access.roles import Role
from app.pathways.pathway import CompiledPathway
from tests.support.cast import SECOND_MANAGER, SECOND_TECHNICIAN
from tests.support.referrals import referral
from tests.support.service import Service

HOUSING, GRANT = "housing-solutions", "disabled-facilities-grant"
ADAPTATION = {
    (HOUSING, "direct_access"): "grab_rails",
    (HOUSING, "non_complex"): "over_bath_shower",
    (HOUSING, "moderate"): "level_access_shower",
    (HOUSING, "complex"): "ground_floor_shower_room",
    (GRANT, "simple"): "rails",
    (GRANT, "complex"): "through_floor_lift",
}
"""What to ask for so that triage proposes the tier."""
CONVERSATION: dict[str, Any] = {
    "with_whom": ["the person"],
    "what_matters": "To wash without help.",
    "options": [
        {"option": "rehousing", "outcome": "Does not wish to move."},
        {"option": "adaptation", "outcome": "A shower without a step would do."},
    ],
}
# One holder of each role, and colleagues for what one may not decide about one's own work.
PEOPLE: dict[str, Role] = {
    **{role.value: role for role in Role},
    SECOND_MANAGER: Role.TEAM_MANAGER,
    SECOND_TECHNICIAN: Role.TECHNICAL_OFFICER,
}
_panels = count(1)


@dataclass
class Walk:
    """One case on its way. `taken` holds every (tier, action) that the API accepted."""

    service: Service
    reference: str
    pathway: CompiledPathway
    tier: str
    stage: str
    sequence: int
    taken: list[tuple[str, str]] = field(default_factory=list)

    async def take(self, action: str, *, by: str | None = None, **answers: Any) -> dict[str, Any]:
        """Take an action with the example of its form, changed by `answers`; the event."""
        if action == "schedule_for_panel" and "meeting" not in answers:
            answers["meeting"] = await set_meeting(self.service)
        who, offer = (by, await self.offered(by, action)) if by else await self._somebody_for(action)
        assert offer is not None, f"{action} does not stand at {self.tier}/{self.stage}"
        response = await self._post(who, offer, answers)
        assert response.status_code == 201, f"{action} by {who} from {self.tier}/{self.stage}: {response.text}"
        event: dict[str, Any] = response.json()
        self.taken.append((self.tier, action))
        self.tier, self.stage = event["to"]["tier"], event["to"]["stage"]
        self.sequence = event["sequence"]
        return event

    async def attempt(
        self, who: str, action: str, headers: dict[str, str] | None = None, **answers: Any
    ) -> httpx.Response:
        """Try an action as somebody, whatever stands in the way."""
        offer = await self.offered(who, action) or {"action": action, "form": {"examples": [{}]}}
        return await self._post(who, offer, answers, headers)

    async def offered(self, who: str, action: str) -> dict[str, Any] | None:
        """The action as it is offered to somebody now; None where it does not leave the case's state."""
        response = await self.service.get(who, f"/cases/{self.reference}/actions")
        assert response.status_code == 200, response.text
        return next((offer for offer in response.json() if offer["action"] == action), None)

    async def blockers(self, who: str, action: str) -> set[str]:
        """Codes of what stands in the way of somebody."""
        offer = await self.offered(who, action)
        assert offer is not None, f"{action} does not stand at {self.tier}/{self.stage}"
        return {blocker["code"] for blocker in offer["blockers"]}

    async def case(self, who: str = "service_manager") -> dict[str, Any]:
        """The case as it is shown."""
        response = await self.service.get(who, f"/cases/{self.reference}")
        assert response.status_code == 200, response.text
        shown: dict[str, Any] = response.json()
        return shown

    async def events(self, who: str = "service_manager") -> list[dict[str, Any]]:
        """The case's journal."""
        response = await self.service.get(who, f"/cases/{self.reference}/events", limit=200)
        assert response.status_code == 200, response.text
        found: list[dict[str, Any]] = response.json()["items"]
        return found

    async def record(self, who: str, what: str, body: dict[str, Any]) -> dict[str, Any]:
        """Record something beside the moves: `conversation`, `assignment`, `notes`."""
        response = await self.service.post(who, f"/cases/{self.reference}/{what}", body)
        assert response.status_code == 201, f"{what} by {who}: {response.text}"
        event: dict[str, Any] = response.json()
        return event

    async def _post(
        self, who: str, offer: dict[str, Any], answers: dict[str, Any], headers: dict[str, str] | None = None
    ) -> httpx.Response:
        body = {**offer["form"]["examples"][0], **answers}
        return await self.service.post(who, f"/cases/{self.reference}/actions/{offer['action']}", body, headers)

    async def _somebody_for(self, action: str) -> tuple[str, dict[str, Any] | None]:
        roles = self.pathway.roles_for(action)
        seen = {}
        for who in (who for who, role in PEOPLE.items() if role in roles):
            offer = await self.offered(who, action)
            codes = {blocker["code"] for blocker in (offer or {"blockers": [{"code": "not_from_here"}]})["blockers"]}
            if codes <= set(_MENDS):
                for code in sorted(codes):
                    await _MENDS[code](self)
                return who, offer
            seen[who] = codes
        raise AssertionError(f"Nobody can {action} from {self.tier}/{self.stage}: {seen}")


async def log(service: Service, *, pathway: str = HOUSING, tier: str, by: str = "housing_officer", **more: Any) -> Walk:
    """Log a referral for which triage proposes the tier."""
    need = {"adaptations": [ADAPTATION[pathway, tier]], **more.pop("need", {})}
    response = await service.post(by, "/referrals", referral(need=need, pathway=pathway, **more))
    assert response.status_code == 201, response.text
    case = response.json()
    compiled = service.app.state.casework.pathways.latest(pathway)
    assert case["tier"] == case["proposed_tier"]["tier"] == tier
    return Walk(
        service, case["reference"], compiled, tier, case["stage"], case["sequence"], [(tier, compiled.initial_action)]
    )


async def walked(service: Service, *actions: str, pathway: str = HOUSING, tier: str, **more: Any) -> Walk:
    """A case that has been through these actions."""
    walk = await log(service, pathway=pathway, tier=tier, **more)
    for action in actions:
        await walk.take(action)
    return walk


async def set_meeting(service: Service, *, capacity: int = 6) -> int:
    """A meeting of a new panel that two organisations sit on, in good time for papers."""
    key = f"panel-{next(_panels)}-{service.cast['panel_coordinator'].token[:6].lower().strip('_-').replace('_', '0')}"
    panel = {"key": key, "name": key, "quorum": 2, "quorum_sectors": ["health", "housing"], "papers_working_days": 5}
    await _coordinate(service, "/panels", panel)
    for who, sector, organisation in (
        ("panel_member", "housing", "clydeview"),
        ("senior_occupational_therapist", "health", "eastlaw"),
    ):
        member = {"email": service.cast[who].email, "sector": sector, "organisation": organisation}
        await _coordinate(service, f"/panels/{key}/members", member)
    casework = service.app.state.casework
    today = casework.timekeeper.day(service.app.state.clock.now())
    held_on = casework.timekeeper.calendars["scotland"].add_working_days(today, 20)
    meeting = await _coordinate(
        service, f"/panels/{key}/meetings", {"held_on": held_on.isoformat(), "capacity": capacity}
    )
    number: int = meeting["id"]
    return number


async def _coordinate(service: Service, path: str, body: dict[str, Any]) -> dict[str, Any]:
    response = await service.post("panel_coordinator", path, body)
    assert response.status_code == 201, f"{path}: {response.text}"
    answer: dict[str, Any] = response.json()
    return answer


async def _assign(walk: Walk) -> None:
    colleague = walk.service.cast["occupational_therapist"].email
    await walk.record("housing_officer", "assignment", {"assigned_to": colleague})


async def _converse(walk: Walk) -> None:
    await walk.record("housing_officer", "conversation", CONVERSATION)


async def _consent(walk: Walk) -> None:
    consent = {"share_with_partners": True, "recorded_on": "2026-01-12", "given_by": "the person"}
    await walk.record("housing_officer", "consent", consent)


async def _attend(walk: Walk) -> None:
    meeting = await _meeting_of(walk)
    present = [member["id"] for member in meeting["members"]]
    await _coordinate(walk.service, f"/meetings/{meeting['id']}/attendance", {"present": present})


async def _assent(walk: Walk) -> None:
    meeting = await _meeting_of(walk)
    [item] = [item for item in meeting["items"] if item["reference"] == walk.reference and item["decision"] is None]
    for organisation in item["missing_assents"]:
        body = {"assents": True, "organisation": organisation}
        await _coordinate(walk.service, f"/meetings/{meeting['id']}/cases/{walk.reference}/assents", body)


async def _meeting_of(walk: Walk) -> dict[str, Any]:
    scheduled = [event for event in await walk.events() if event["action"] == "schedule_for_panel"]
    response = await walk.service.get("panel_coordinator", f"/meetings/{scheduled[-1]['details']['meeting']}")
    assert response.status_code == 200, response.text
    meeting: dict[str, Any] = response.json()
    return meeting


_MENDS: dict[str, Callable[[Walk], Awaitable[None]]] = {
    "nobody_assigned": _assign,
    "assignee_not_trained": _assign,
    "no_conversation": _converse,
    "rehousing_not_considered": _converse,
    "no_consent_to_share": _consent,
    "meeting_not_quorate": _attend,
    "assent_missing": _assent,
}
"""What to do about a blocker that everybody has; a blocker that one person has needs another person."""
