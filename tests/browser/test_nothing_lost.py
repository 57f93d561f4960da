"""Two tabs, the back button, a double click, a session that ended: nothing is lost, nothing is done twice."""

import pytest

from tests.browser.conftest import Visit
from tests.browser.hands import Hands
from tests.browser.visitor import Visitor
from tests.support.browsing import PASSWORD
from tests.support.served import Site
from tests.support.walks import Walk, walked

pytestmark = pytest.mark.browser
scripts_on_and_off = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
WHO = "occupational_therapist"
NOTE = "The key is with the neighbour at number 12."


async def _case(office: Site) -> Walk:
    return await walked(office.service, "screen", "start_assessment", tier="moderate")


async def _notes(walk: Walk) -> list[str]:
    return [event["details"]["note"] for event in await walk.events() if event["kind"] == "note_added"]


async def _writing(person: Visitor, walk: Walk, note: str) -> Hands:
    """A note typed on its page and not sent."""
    await person.goto(f"/cases/{walk.reference}/record/notes")
    hands = Hands(person, WHO)
    await hands.fill({"note": note})
    return hands


@scripts_on_and_off
async def test_a_form_gone_stale_says_who_did_what_and_keeps_what_was_typed(
    office: Site, visit: Visit, scripts: bool
) -> None:
    walk = await _case(office)
    person = await visit(office, WHO, scripts=scripts)
    hands = Hands(person, WHO)
    await person.goto(f"/cases/{walk.reference}/actions/hold")
    offer = await walk.offered(WHO, "hold")
    assert offer is not None
    await hands.fill({**offer["form"]["examples"][0], "evidence": "The landlord wrote on Monday."})
    await walk.record("housing_officer", "notes", {"note": "The daughter rang."})
    await hands.send()
    told = await person.page.get_by_role("alert").filter(has_text="Somebody else has worked on this case").inner_text()
    assert "Housing Officer" in told
    assert "Note" in told
    assert await person.page.locator("[name=evidence]").input_value() == "The landlord wrote on Monday."
    assert (await walk.case())["stage"] == "assessment"
    await hands.send()
    await hands.recorded()
    held = (await walk.events())[-1]
    assert (held["action"], held["details"]["evidence"]) == ("hold", "The landlord wrote on Monday.")


async def test_the_same_form_in_two_tabs_is_two_notes_and_neither_is_lost(office: Site, visit: Visit) -> None:
    walk = await _case(office)
    first = await visit(office, WHO)
    second = Visitor(office, first.context, await first.context.new_page(), scripts=True)
    second.watch()
    one, other = (
        await _writing(first, walk, "From the first tab."),
        await _writing(second, walk, "From the second tab."),
    )
    await one.send()
    await one.recorded()
    await other.send()
    assert "Somebody else has worked on this case meanwhile" in await other.says()
    assert await second.page.locator("[name=note]").input_value() == "From the second tab."
    await other.send()
    await other.recorded()
    assert await _notes(walk) == ["From the first tab.", "From the second tab."]
    assert second.faults == []


@scripts_on_and_off
async def test_going_back_and_sending_again_writes_nothing_twice(office: Site, visit: Visit, scripts: bool) -> None:
    walk = await _case(office)
    person = await visit(office, WHO, scripts=scripts)
    hands = await _writing(person, walk, NOTE)
    await hands.send()
    await hands.recorded()
    await person.page.go_back()
    assert await person.page.locator("[name=note]").input_value() == NOTE, "The browser kept nothing to send again."
    await hands.send()
    assert "You have sent exactly this before" in await hands.says()
    assert await _notes(walk) == [NOTE]
    await hands.send()
    await hands.recorded()
    assert await _notes(walk) == [NOTE, NOTE]


@scripts_on_and_off
async def test_a_double_click_sends_once(office: Site, visit: Visit, scripts: bool) -> None:
    walk = await _case(office)
    person = await visit(office, WHO, scripts=scripts)
    hands = await _writing(person, walk, NOTE)
    await person.page.get_by_role("button", name="Add the note").dblclick()
    await person.page.wait_for_url(f"**/cases/{walk.reference}?recorded=*")
    await hands.recorded()
    assert await _notes(walk) == [NOTE]


@scripts_on_and_off
async def test_a_session_that_ended_in_mid_form_loses_nothing(office: Site, visit: Visit, scripts: bool) -> None:
    walk = await _case(office)
    person = await visit(office, WHO, scripts=scripts)
    hands = await _writing(person, walk, NOTE)
    await person.context.clear_cookies(name="adapt_session")
    await hands.send()
    assert await person.heading() == "Sign in"
    assert await _notes(walk) == []
    await person.page.get_by_label("E-mail address").fill(office.service.cast[WHO].email)
    await person.page.get_by_label("Password").fill(PASSWORD)
    await hands.send("Sign in")
    assert await person.page.locator("[name=note]").input_value() == NOTE
    await hands.send()
    await hands.recorded()
    assert await _notes(walk) == [NOTE]
