"""Every blocker the service knows is met over HTTP: the action is refused, says why, and nothing is written."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app.pathways.blockers import BLOCKERS
from tests.support.referrals import referral
from tests.support.service import Service
from tests.support.walks import ADAPTATION, CONVERSATION, HOUSING, Walk, log, set_meeting, walked

pytestmark = pytest.mark.database


@dataclass(frozen=True)
class Barred:
    """An action that somebody cannot take now. `foreseen`: the list of actions says so before the form is filled in."""

    walk: Walk
    action: str
    by: str
    answers: dict[str, Any] = field(default_factory=dict)
    foreseen: bool = True


class _Later:
    def __init__(self, days: int) -> None:
        self._days = days

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(days=self._days)  # noqa: TID251 # ahead of the database's clock on purpose


@asynccontextmanager
async def later(service: Service, days: int) -> AsyncIterator[None]:
    """Let the app believe that some days have gone by."""
    clock = service.app.state.clock
    service.app.state.clock = _Later(days)
    try:
        yield
    finally:
        service.app.state.clock = clock


async def _no_consent_to_share(service: Service) -> Barred:
    consent = {"share_with_partners": False, "recorded_on": "2026-01-12", "given_by": "the person"}
    return Barred(await log(service, tier="non_complex", consent=consent), "screen", "housing_officer")


async def _unresolved_repeat(service: Service) -> Barred:
    body = referral(need={"adaptations": [ADAPTATION[HOUSING, "moderate"]]})
    await service.post("housing_officer", "/referrals", body)
    case = (await service.post("housing_officer", "/referrals", body)).json()
    pathway = service.app.state.casework.pathways.latest(HOUSING)
    return Barred(Walk(service, case["reference"], pathway, "moderate", "received", 1), "screen", "housing_officer")


async def _direct_provision_not_agreed(service: Service) -> Barred:
    walk = await log(service, tier="moderate")
    return Barred(walk, "screen", "housing_officer", {"direct_provision": True}, foreseen=False)


async def _nobody_assigned(service: Service) -> Barred:
    return Barred(await walked(service, "screen", tier="non_complex"), "start_assessment", "assessor")


async def _assignee_not_trained(service: Service) -> Barred:
    walk = await walked(service, "screen", tier="moderate")
    await walk.record("housing_officer", "assignment", {"assigned_to": service.cast["assessor"].email})
    return Barred(walk, "start_assessment", "occupational_therapist")


async def _no_conversation(service: Service) -> Barred:
    return Barred(await walked(service, "screen", "start_assessment", tier="moderate"), "recommend", "assessor")


async def _rehousing_not_considered(service: Service) -> Barred:
    walk = await walked(service, "screen", "start_assessment", tier="moderate")
    options = [option for option in CONVERSATION["options"] if option["option"] != "rehousing"]
    await walk.record("housing_officer", "conversation", {**CONVERSATION, "options": options})
    return Barred(walk, "recommend", "assessor")


async def _own_recommendation(service: Service) -> Barred:
    # The cast's therapist becomes a manager too, for this case's sake in an organisation that no other test names.
    walk = await walked(service, "screen", "start_assessment", tier="non_complex")
    await walk.record("housing_officer", "conversation", CONVERSATION)
    await walk.take("recommend", by="assessor")
    await _hold_role(service, "assessor", "team_manager")
    return Barred(walk, "approve_recommendation", "assessor")


async def _consent_missing(service: Service) -> Barred:
    walk = await walked(service, "screen", "start_assessment", "recommend", "approve_recommendation", tier="complex")
    return Barred(walk, "complete_feasibility", "technical_officer", {"consent": "awaited"}, foreseen=False)


async def _tier_not_complex(service: Service) -> Barred:
    walk = await walked(service, "screen", "start_assessment", tier="moderate")
    return Barred(walk, "refer_to_panel", "occupational_therapist")


async def _on_agenda(service: Service, *actions: str) -> Walk:
    return await walked(service, "screen", "start_assessment", "refer_to_panel", *actions, tier="complex")


async def _meeting_full(service: Service) -> Barred:
    meeting = await set_meeting(service, capacity=1)
    first, second = await _on_agenda(service), await _on_agenda(service)
    await first.take("schedule_for_panel", meeting=meeting)
    return Barred(second, "schedule_for_panel", "panel_coordinator", {"meeting": meeting}, foreseen=False)


async def _papers_deadline_passed(service: Service) -> Barred:
    meeting = await set_meeting(service)
    async with service.owner.transaction() as session:
        moved = text("UPDATE panel_meetings SET papers_due_on = current_date - 1 WHERE id = :id")
        await session.execute(moved, {"id": meeting})
    walk = await _on_agenda(service)
    return Barred(walk, "schedule_for_panel", "panel_coordinator", {"meeting": meeting}, foreseen=False)


async def _meeting_not_quorate(service: Service) -> Barred:
    return Barred(await _on_agenda(service, "schedule_for_panel"), "panel_agree", "panel_coordinator")


async def _assent_missing(service: Service) -> Barred:
    return Barred(await _on_agenda(service, "schedule_for_panel"), "panel_refuse", "panel_coordinator")


async def _funded(service: Service, **more: Any) -> Walk:
    return await walked(service, "screen", "start_assessment", "recommend", "approve_recommendation", **more)


async def _funding_source_not_for_tenure(service: Service) -> Barred:
    walk = await _funded(service, tier="non_complex")
    return Barred(walk, "approve_funding", "funding_officer", {"source": "hra"}, foreseen=False)


async def _extension_on_mandatory_grant(service: Service) -> Barred:
    home = {"tenure": "owner_occupier", "landlord": None}
    walk = await log(service, tier="complex", need={"adaptations": ["extension"]}, home=home)
    for action in ("screen", "start_assessment", "recommend", "approve_recommendation", "complete_feasibility"):
        await walk.take(action)
    grant = {"source": "scheme_of_assistance", "level": 80}
    return Barred(walk, "approve_funding", "funding_officer", grant, foreseen=False)


async def _installed(service: Service) -> Walk:
    walk = await _funded(service, tier="moderate")
    await walk.take("approve_funding")
    await walk.take("place_order", by="technical_officer")
    await walk.take("complete_works")
    return walk


async def _check_needs_qualified_person(service: Service) -> Barred:
    return Barred(await _installed(service), "pass_check", "housing_officer")


async def _checker_placed_the_order(service: Service) -> Barred:
    return Barred(await _installed(service), "pass_check", "technical_officer")


async def _appeal_window_closed(service: Service) -> Barred:
    return Barred(await walked(service, "refuse", tier="moderate"), "appeal", "housing_officer")


async def _decider_took_part_in_refusal(service: Service) -> Barred:
    walk = await log(service, tier="moderate")
    await _hold_role(service, "service_manager", "senior_occupational_therapist")
    await walk.take("refuse", by="service_manager")
    await walk.take("appeal")
    return Barred(walk, "dismiss_appeal", "service_manager")


async def _hold_role(service: Service, who: str, role: str) -> None:
    statement = text(
        """
        INSERT INTO role_holdings (user_id, organisation_id, role)
        VALUES (:user_id, (SELECT id FROM organisations WHERE key = 'clydeview'), :role)
        """
    )
    async with service.owner.transaction() as session:
        await session.execute(statement, {"user_id": service.cast[who].id, "role": role})


SCENARIOS: dict[str, Callable[[Service], Awaitable[Barred]]] = {
    "no_consent_to_share": _no_consent_to_share,
    "unresolved_repeat": _unresolved_repeat,
    "direct_provision_not_agreed": _direct_provision_not_agreed,
    "nobody_assigned": _nobody_assigned,
    "assignee_not_trained": _assignee_not_trained,
    "no_conversation": _no_conversation,
    "rehousing_not_considered": _rehousing_not_considered,
    "own_recommendation": _own_recommendation,
    "consent_missing": _consent_missing,
    "tier_not_complex": _tier_not_complex,
    "meeting_full": _meeting_full,
    "papers_deadline_passed": _papers_deadline_passed,
    "meeting_not_quorate": _meeting_not_quorate,
    "assent_missing": _assent_missing,
    "funding_source_not_for_tenure": _funding_source_not_for_tenure,
    "extension_on_mandatory_grant": _extension_on_mandatory_grant,
    "check_needs_qualified_person": _check_needs_qualified_person,
    "checker_placed_the_order": _checker_placed_the_order,
    "appeal_window_closed": _appeal_window_closed,
    "decider_took_part_in_refusal": _decider_took_part_in_refusal,
}
DAYS_LATER = {"appeal_window_closed": 29}
CHANGES_THE_CAST = {"own_recommendation", "decider_took_part_in_refusal"}


@pytest.mark.parametrize("code", [code for code in BLOCKERS if code not in CHANGES_THE_CAST])
async def test_a_blocked_action_says_why_and_writes_nothing(service: Service, code: str) -> None:
    await _is_barred(service, code)


@pytest.mark.parametrize("code", sorted(CHANGES_THE_CAST))
async def test_nobody_judges_their_own_work(fresh_service: Service, code: str) -> None:
    await _is_barred(fresh_service, code)


async def _is_barred(service: Service, code: str) -> None:
    barred = await SCENARIOS[code](service)
    walk, before = barred.walk, await barred.walk.case()
    async with later(service, DAYS_LATER.get(code, 0)):
        if barred.foreseen:
            assert code in await walk.blockers(barred.by, barred.action)
        response = await walk.attempt(barred.by, barred.action, **barred.answers)
    assert response.status_code == 409, response.text
    problem = response.json()
    messages = {blocker["code"]: blocker["message"] for blocker in problem["blockers"]}
    assert code in messages
    assert messages[code].endswith(".")
    assert messages[code] in problem["detail"]
    after = await walk.case()
    assert (after["sequence"], after["stage"]) == (before["sequence"], before["stage"])
    assert len(await walk.events()) == before["sequence"]


async def test_every_blocker_is_gathered_into_one_answer(service: Service) -> None:
    walk = await walked(service, "screen", "start_assessment", tier="moderate")
    response = await walk.attempt("occupational_therapist", "refer_to_panel")
    codes = [blocker["code"] for blocker in response.json()["blockers"]]
    assert codes == ["tier_not_complex", "no_conversation", "rehousing_not_considered"]


async def test_an_action_that_does_not_stand_here_says_what_does(service: Service) -> None:
    walk = await log(service, tier="moderate")
    response = await walk.attempt("housing_officer", "place_order")
    assert response.status_code == 409
    [blocker] = response.json()["blockers"]
    assert blocker["code"] == "not_from_here"
    assert "Screen" in blocker["message"]


async def test_a_landlord_that_has_agreed_provides_directly(fresh_service: Service) -> None:
    async with fresh_service.owner.transaction() as session:
        agreed = """
            INSERT INTO direct_provision (organisation_id, adaptation, criteria)
            VALUES (:organisation_id, 'level_access_shower', 'Ground floor, no structural work')
        """
        await session.execute(text(agreed), {"organisation_id": fresh_service.cast.organisations["clydeview"]})
    walk = await log(fresh_service, tier="moderate")
    event = await walk.take("screen", direct_provision=True)
    assert event["to"] == {"tier": "moderate", "stage": "approved"}
