"""A housing officer at the counter: from an empty page to approved with the keyboard alone, and on to a finished job."""

import re

import pytest

from tests.browser.conftest import Visit
from tests.browser.keyboard import Keyboard
from tests.browser.visitor import Visitor
from tests.support.served import Site
from tests.support.walks import walked

pytestmark = pytest.mark.browser
scripts_on_and_off = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
MOST_FIELDS = 12
_DONE = ("place_order", "complete_works", "pass_check", "record_outcome")


async def known_person(office: Site, *actions: str) -> tuple[str, str]:
    """Somebody who has asked for an adaptation before, with what was done about it: name and postcode."""
    before = await walked(office.service, "screen", *actions, tier="direct_access")
    case = await before.case()
    return case["person"]["name"], case["home"]["postcode"]


async def log_and_approve(keys: Keyboard, name: str, postcode: str, *, another_need: str = "") -> None:
    """Fill in the page for somebody we know, and send it. `another_need`: why it is not what is under way already."""
    person = keys.person
    await keys.write("Do we know them already?", postcode)
    if not person.scripts:
        await keys.to("Look up")
        await keys.press("Enter")
    await person.page.get_by_role("group", name="Is it one of these?").wait_for()
    await keys.choose("Is it one of these?", name)
    await keys.write("What is asked for?", "lever taps")
    await keys.write("What is difficult for the person?", "Cannot turn the taps in the kitchen.")
    await keys.choose("Who asks?", "The person")
    await keys.choose("May the partner organisations share", "Yes, the person said so")
    await keys.choose("How great is the risk", "Moderate")
    await keys.choose("Which level of need", "Moderate risk")
    if another_need:
        if not person.scripts:
            await keys.to("Check before sending")
            await keys.press("Enter")
        await person.page.get_by_label("Why is this another need?").wait_for()
        await keys.write("Why is this another need?", another_need)
    await keys.to("Log and approve")
    await keys.press("Enter")
    await person.page.wait_for_url(re.compile(r"/cases/HS-"))


@scripts_on_and_off
async def test_logged_and_approved_by_keyboard_with_one_press(office: Site, visit: Visit, scripts: bool) -> None:
    name, postcode = await known_person(office, *_DONE)
    person = await visit(office, "housing_officer", scripts=scripts)
    keys = Keyboard(person)
    await person.goto("/referrals/new")
    await log_and_approve(keys, name, postcode)
    assert keys.answers <= MOST_FIELDS
    assert await person.heading() == name
    case = await _case(office, person)
    assert (case["tier"], case["stage"], case["person"]["name"]) == ("direct_access", "approved", name)
    events = await _events(office, person)
    assert [event["action"] for event in events] == ["log_referral", "screen"]


@scripts_on_and_off
async def test_what_is_under_way_already_is_shown_and_told_apart(office: Site, visit: Visit, scripts: bool) -> None:
    name, postcode = await known_person(office)
    person = await visit(office, "housing_officer", scripts=scripts)
    keys = Keyboard(person)
    await person.goto("/referrals/new")
    await log_and_approve(keys, name, postcode, another_need="The rails are for the stairs; these are the taps.")
    assert keys.answers <= MOST_FIELDS
    assert (await _case(office, person))["stage"] == "approved"


async def _case(office: Site, person: Visitor) -> dict[str, object]:
    reference = re.search(r"/cases/([^/?]+)", person.path)
    assert reference is not None
    response = await office.service.get("service_manager", f"/cases/{reference[1]}")
    found: dict[str, object] = response.json()
    return found


async def _events(office: Site, person: Visitor) -> list[dict[str, object]]:
    reference = (await _case(office, person))["reference"]
    response = await office.service.get("service_manager", f"/cases/{reference}/events")
    found: list[dict[str, object]] = response.json()["items"]
    return found
