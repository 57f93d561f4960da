"""Signing in and out, by keyboard alone and with scripts on and off."""

import pytest

from tests.browser.conftest import Visit
from tests.browser.keyboard import Keyboard
from tests.support.browsing import PASSWORD
from tests.support.served import Site

pytestmark = pytest.mark.browser
scripts_on_and_off = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])


@scripts_on_and_off
async def test_in_by_keyboard_after_a_slip_and_out_again(office: Site, visit: Visit, scripts: bool) -> None:
    person = await visit(office, scripts=scripts)
    keys = Keyboard(person)
    await person.goto("/")
    assert person.path == "/sign-in"
    await keys.write("E-mail address", office.service.cast["housing_officer"].email)
    await keys.write("Password", "not the password")
    await keys.press("Enter")
    await person.page.get_by_role("heading", name="There is a problem").wait_for()
    assert (await person.page.title()).startswith("Error: ")
    assert await person.page.get_by_label("E-mail address").input_value() == "housing_officer@test.example"
    assert await person.page.get_by_label("Password").input_value() == ""
    await keys.write("Password", PASSWORD)
    await keys.to("Sign in", element="button")
    await keys.press("Space")
    await person.page.wait_for_url(office.base + "/")
    await keys.to("Sign out")
    await keys.press("Enter")
    await person.page.wait_for_url(office.base + "/sign-in")
    await person.page.go_back()
    assert await person.heading() == "Sign in"


@scripts_on_and_off
async def test_the_error_leads_to_its_field(office: Site, visit: Visit, scripts: bool) -> None:
    person = await visit(office, scripts=scripts)
    keys = Keyboard(person)
    await person.goto("/sign-in")
    await keys.to("Sign in", element="button")
    await keys.press("Enter")
    await person.page.get_by_role("heading", name="There is a problem").wait_for()
    await keys.to("Enter your password.", element="a")
    await keys.press("Enter")
    assert (await keys.here()).id == "password"


async def test_skipping_to_the_content(office: Site, visit: Visit) -> None:
    person = await visit(office, "housing_officer")
    keys = Keyboard(person)
    await person.goto("/")
    assert (await keys.tab()).name == "Skip to main content"
    await keys.press("Enter")
    inside = "() => document.querySelector('main').contains(document.activeElement)"
    assert await person.page.evaluate(inside)
