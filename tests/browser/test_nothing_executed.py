"""Script in every text field of a referral and of what is written on a case: shown as typed, never run."""

from typing import Any, Final

import pytest

from tests.browser.conftest import Visit
from tests.browser.hands import Hands
from tests.browser.visitor import Visitor
from tests.support.referrals import referral
from tests.support.served import Site

pytestmark = pytest.mark.browser
SCRIPT: Final = "<script>document.title='ran';alert(1)</script>"
IMAGE: Final = '"><img src=x onerror="document.title=\'ran\';alert(2)"><svg onload=alert(3)>{{7*7}}${7*7}'
PAGES: Final = (
    "", "/timeline", "/repeats", "/actions/screen", "/actions/signpost", "/record/notes", "/record/corrections?event=1",
)  # fmt: skip


def _hostile() -> dict[str, Any]:
    body = referral()
    body["person"] |= {"name": f"Davina {SCRIPT}", "preferred_contact": IMAGE, "phone": "01632 960123"}
    body["home"] |= {"address": f"1 {IMAGE}", "landlord": IMAGE[:100]}
    body["referrer"] = {"capacity": SCRIPT, "name": IMAGE, "organisation": SCRIPT}
    body["need"] |= {"description": f"{SCRIPT} {IMAGE}"}
    body["consent"] |= {"given_by": IMAGE}
    return body


async def _untouched(person: Visitor) -> None:
    """The page is as it was made: its own title, and nothing on it that came from what was typed."""
    assert "ran" not in (await person.page.title()).split()
    assert await person.page.locator("img[src=x], svg[onload], main script").count() == 0


async def test_what_was_typed_is_text(office: Site, visit: Visit) -> None:
    logged = await office.service.post("housing_officer", "/referrals", _hostile())
    assert logged.status_code == 201, logged.text
    reference = logged.json()["reference"]
    person = await visit(office, "housing_officer")
    hands = Hands(person, "housing_officer")
    for what, answers in (
        ("notes", {"note": f"{SCRIPT} {IMAGE}"}),
        ("contacts", {"with_whom": SCRIPT, "channel": "phone", "summary": IMAGE}),
        (
            "conversation",
            {"with_whom": SCRIPT, "what_matters": IMAGE, "options": [{"option": "adaptation", "outcome": SCRIPT}]},
        ),
    ):
        await person.goto(f"/cases/{reference}/record/{what}")
        await hands.fill(answers)
        await hands.send()
        await hands.recorded()
        await _untouched(person)
    for page in PAGES:
        await person.goto(f"/cases/{reference}{page}")
        await _untouched(person)
    await person.goto(f"/cases/{reference}")
    assert SCRIPT in await person.page.locator("main").inner_text()
    for path in ("/", "/referrals/new"):
        await person.goto(path)
        await _untouched(person)


async def test_what_is_shown_again_after_a_fault_is_text(office: Site, visit: Visit) -> None:
    person = await visit(office, "housing_officer")
    hands = Hands(person, "housing_officer")
    await person.goto("/referrals/new")
    for field in await person.page.locator("main input[type=text]:visible, main textarea:visible").all():
        await field.fill(IMAGE)
    await hands.send("Log and approve")
    assert (await person.page.title()).startswith("Error: ")
    await _untouched(person)
    await person.page.wait_for_load_state("networkidle")
    await _untouched(person)
    assert IMAGE in [await field.input_value() for field in await person.page.locator("main textarea").all()]
