"""A housing officer at the counter: from an empty page to approved with the keyboard alone, and on to a finished job."""

import re

import pytest

from tests.browser.conftest import Visit
from tests.browser.counter import log_and_approve
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
