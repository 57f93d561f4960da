"""Direct access at a counter, by keyboard alone: for the test that it works and the benchmark of how long it takes."""

import re

from tests.browser.keyboard import Keyboard


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
    if another_need and person.scripts:
        await _tell_apart(keys, another_need)
    await keys.write("What is difficult for the person?", "Cannot turn the taps in the kitchen.")
    await keys.choose("Who asks?", "The person")
    await keys.choose("May the partner organisations share", "Yes, the person said so")
    await keys.choose("How great is the risk", "Moderate")
    await keys.choose("Which level of need", "Moderate risk")
    if another_need and not person.scripts:
        await keys.to("Check before sending")
        await keys.press("Enter")
        await _tell_apart(keys, another_need)
    await keys.to("Log and approve")
    await keys.press("Enter")
    await person.page.wait_for_url(re.compile(r"/cases/HS-"))


async def _tell_apart(keys: Keyboard, another_need: str) -> None:
    """Say why it is not what is under way already, once the page has shown that."""
    await keys.person.page.get_by_label("Why is this another need?").wait_for()
    await keys.write("Why is this another need?", another_need)
