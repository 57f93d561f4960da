"""Each user's day on pages, with scripts on and off: a case goes from hand to hand until the work is done."""

import pytest

from tests.browser.conftest import Visit
from tests.browser.hands import Hands, refresh
from tests.support.cast import STRANGER
from tests.support.served import Site
from tests.support.walks import CONVERSATION, log, set_meeting, walked

pytestmark = pytest.mark.browser
scripts_on_and_off = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])


@scripts_on_and_off
async def test_a_shower_goes_from_hand_to_hand_until_it_is_used(office: Site, visit: Visit, scripts: bool) -> None:
    async def hands(who: str) -> Hands:
        return Hands(await visit(office, who, scripts=scripts), who)

    walk = await log(office.service, tier="moderate")
    officer = await hands("housing_officer")
    await officer.take(walk, "screen")
    await officer.record(walk, "assignment", assigned_to=office.service.cast["occupational_therapist"].email)
    therapist = await hands("occupational_therapist")
    await therapist.take(walk, "start_assessment")
    await therapist.record(walk, "conversation", **_spoken())
    await therapist.take(walk, "recommend")
    await (await hands("team_manager")).take(walk, "approve_recommendation", next_step="funding")
    await (await hands("funding_officer")).take(walk, "approve_funding")
    technician = await hands("technical_officer")
    for action in ("place_order", "start_works", "complete_works"):
        await technician.take(walk, action)
    await therapist.take(walk, "pass_check")
    await therapist.take(walk, "record_outcome")
    case = await walk.case()
    assert (case["stage"], case["outcome"]) == ("completed", "adapted")


def _spoken() -> dict[str, object]:
    """A conversation as its form asks for it."""
    return {**CONVERSATION, "with_whom": "; ".join(CONVERSATION["with_whom"])}


@scripts_on_and_off
async def test_the_panels_coordinator_puts_a_case_on_an_agenda(office: Site, visit: Visit, scripts: bool) -> None:
    walk = await walked(office.service, "screen", "start_assessment", "refer_to_panel", tier="complex")
    coordinator = Hands(await visit(office, "panel_coordinator", scripts=scripts), "panel_coordinator")
    await coordinator.take(walk, "schedule_for_panel", meeting=await set_meeting(office.service))
    assert walk.stage == "panel_scheduled"


async def test_what_one_may_not_see_is_not_there(office: Site, visit: Visit) -> None:
    walk = await walked(office.service, "screen", tier="moderate")
    stranger = await visit(office, STRANGER)
    for path in ("", "/timeline", "/actions/start_assessment", "/record/notes"):
        await stranger.goto(f"/cases/{walk.reference}{path}", status=404)
    reader = await visit(office, "auditor")
    await reader.goto(f"/cases/{walk.reference}")
    assert await reader.page.locator("main form, .adapt-actions > li > a").count() == 0
    await refresh(walk)
    assert walk.stage == "awaiting_assessment"
