"""Every page in every state that it is looked at in: by the tests of accessibility and weight, and in pictures.

A page is added here and nowhere else. `tests/browser/test_pages.py` fails while a page of the app is missing.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from app.people import commands
from tests.browser.scene import A_FAULT, WITH_TELEPHONE, Scene
from tests.browser.visitor import Visitor
from tests.support.browsing import PASSWORD

Act = Callable[[Visitor], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One page in one state. `{name}` in `address` is the reference of a case of the scene.

    `act`: what is done on the page before it is looked at. `pictured`: whether docs/screens/ has a picture of it.
    """

    route: str
    state: str
    address: str
    who: str | None = None
    status: int = 200
    act: Act | None = None
    pictured: bool = True

    @property
    def name(self) -> str:
        """The name of its picture, and of its tests."""
        page = re.sub(r"[^a-z0-9]+", "-", self.route).strip("-") or "home"
        return f"{page}-{self.state}"

    async def show(self, person: Visitor, scene: Scene) -> None:
        """Bring a new visitor before it."""
        if self.who is not None:
            await person.sign_in(self.who)
        await person.goto(self.address.format(**scene.cases), status=self.status)
        if self.act is not None:
            await self.act(person)


_DOCUMENTS: Final = "/cases/{reference}/documents"
_DOCUMENT: Final = f"{_DOCUMENTS}/{{document_id}}"
_THEIRS: Final = "/cases/{assessed}/documents"
NOT_PAGES: Final[Mapping[str, str]] = {
    f"{_DOCUMENT}/versions/{{version}}/content": "a file, as what it is",
    f"{_DOCUMENT}/versions/{{version}}/thumbnail": "a small picture",
}
"""Routes beside the pages' that answer a browser with something else than a page, and with what."""


async def _send_empty(person: Visitor) -> None:
    await person.page.get_by_role("button", name="Sign in").click()
    await person.page.get_by_role("heading", name="There is a problem").wait_for()


async def _send_wrong(person: Visitor) -> None:
    await person.page.get_by_label("E-mail address").fill("nobody@demo.example")
    await person.page.get_by_label("Password").fill("not the password")
    await _send_empty(person)


async def _sign_in_as_far_as_the_code(person: Visitor) -> None:
    await person.page.get_by_label("E-mail address").fill(WITH_TELEPHONE)
    await person.page.get_by_label("Password").fill(PASSWORD)
    await person.page.get_by_role("button", name="Sign in").click()
    await person.page.get_by_role("heading", name="Enter your code").wait_for()


async def _send_wrong_code(person: Visitor) -> None:
    await _sign_in_as_far_as_the_code(person)
    await person.page.get_by_label("Code", exact=True).fill("no code")
    await person.page.get_by_role("button", name="Go on").click()
    await person.page.get_by_role("heading", name="There is a problem").wait_for()


async def _begin_codes(person: Visitor) -> None:
    begin = person.page.get_by_role("button", name="Set up codes")
    # Whoever has begun finds the same key again.
    if await begin.count():
        await person.page.get_by_label("Your present password").fill(PASSWORD)
        await begin.click()
    await person.page.get_by_text("Key:").wait_for()


async def _change_to_nothing(person: Visitor) -> None:
    await person.page.get_by_role("button", name="Change password").click()
    await person.page.get_by_role("heading", name="There is a problem").wait_for()


async def _follow_a_link(person: Visitor) -> None:
    async with person.site.service.owner.transaction() as session:
        secret = await commands.make_reset(session, WITH_TELEPHONE)
    # What the first page still loads is not broken off.
    await person.page.wait_for_load_state("networkidle")
    await person.goto(f"/reset-password?token={secret}")


async def _set_too_short(person: Visitor) -> None:
    await _follow_a_link(person)
    await person.page.wait_for_load_state("networkidle")
    await person.page.get_by_label("New password").fill("short")
    await person.page.get_by_role("button", name="Set password").click()


async def _add_a_page(person: Visitor) -> None:
    await person.page.get_by_label("Photograph").check()
    page = {"name": "holiday.jpg", "mimeType": "image/jpeg", "buffer": b"<!DOCTYPE html><script>alert(1)</script>"}
    await person.page.get_by_label("Which file?").set_input_files(page)
    await _add_nothing(person)


async def _add_nothing(person: Visitor) -> None:
    await person.page.get_by_role("button", name="Add it").click()
    await person.page.get_by_role("heading", name="There is a problem").wait_for()


async def _take_away_without_a_reason(person: Visitor) -> None:
    await person.page.get_by_role("button", name="Take it away").click()
    await person.page.get_by_role("heading", name="There is a problem").wait_for()


CATALOGUE: Final[tuple[Shown, ...]] = (
    Shown(route="/sign-in", state="ordinary", address="/sign-in"),
    Shown(route="/sign-in", state="empty", address="/sign-in", act=_send_empty),
    Shown(route="/sign-in", state="wrong", address="/sign-in", act=_send_wrong, pictured=False),
    Shown(route="/sign-in/code", state="ordinary", address="/sign-in", act=_sign_in_as_far_as_the_code),
    Shown(route="/sign-in/code", state="wrong", address="/sign-in", act=_send_wrong_code, pictured=False),
    Shown(route="/account", state="ordinary", address="/account", who="housing_officer", pictured=False),
    Shown(route="/account/password", state="ordinary", address="/account/password", who="housing_officer"),
    Shown(
        route="/account/password",
        state="empty",
        address="/account/password",
        who="housing_officer",
        act=_change_to_nothing,
        pictured=False,
    ),
    Shown(route="/account/second-factor", state="none", address="/account/second-factor", who="housing_officer"),
    Shown(
        route="/account/second-factor",
        state="begun",
        address="/account/second-factor",
        who="technical_officer",
        act=_begin_codes,
        pictured=False,
    ),
    Shown(route="/forgot-password", state="ordinary", address="/forgot-password"),
    Shown(route="/forgot-password/sent", state="ordinary", address="/forgot-password/sent"),
    Shown(route="/reset-password", state="gone", address="/reset-password?token=none", status=404),
    Shown(route="/reset-password", state="ordinary", address="/forgot-password", act=_follow_a_link),
    Shown(route="/reset-password", state="short", address="/forgot-password", act=_set_too_short, pictured=False),
    Shown(route="/reset-password/done", state="ordinary", address="/reset-password/done"),
    Shown(route="/hats", state="ordinary", address="/hats", who="housing_officer"),
    Shown(route="/", state="ordinary", address="/", who="housing_officer"),
    Shown(route="/", state="no-cases", address="/", who="administrator"),
    Shown(route="/", state="bad-cursor", address="/?cursor=x", who="housing_officer", status=422, pictured=False),
    Shown(route=_DOCUMENTS, state="ordinary", address=_THEIRS, who="housing_officer"),
    Shown(route=_DOCUMENTS, state="empty", address="/cases/{new}/documents", who="housing_officer", pictured=False),
    Shown(route=_DOCUMENTS, state="to-look", address=_THEIRS, who="auditor", pictured=False),
    Shown(route=_DOCUMENT, state="ordinary", address=f"{_THEIRS}/{{photograph}}", who="housing_officer"),
    Shown(route=_DOCUMENT, state="gone", address=f"{_THEIRS}/{{gone}}", who="housing_officer", pictured=False),
    Shown(route=f"{_DOCUMENTS}/new", state="ordinary", address=f"{_THEIRS}/new", who="housing_officer"),
    Shown(
        route=f"{_DOCUMENTS}/new",
        state="wrong-file",
        address=f"{_THEIRS}/new",
        who="housing_officer",
        act=_add_a_page,
    ),
    Shown(
        route=f"{_DOCUMENT}/versions",
        state="ordinary",
        address=f"{_THEIRS}/{{photograph}}/versions",
        who="housing_officer",
        pictured=False,
    ),
    Shown(
        route=f"{_DOCUMENT}/versions",
        state="without-a-file",
        address=f"{_THEIRS}/{{photograph}}/versions",
        who="housing_officer",
        act=_add_nothing,
        pictured=False,
    ),
    Shown(
        route=f"{_DOCUMENT}/withdrawal",
        state="ordinary",
        address=f"{_THEIRS}/{{photograph}}/withdrawal",
        who="housing_officer",
    ),
    Shown(
        route=f"{_DOCUMENT}/withdrawal",
        state="no-reason",
        address=f"{_THEIRS}/{{photograph}}/withdrawal",
        who="housing_officer",
        act=_take_away_without_a_reason,
        pictured=False,
    ),
    Shown(route="(anywhere)", state="not-found", address="/nowhere", status=404),
    Shown(route="(anywhere)", state="fault", address=A_FAULT, status=500),
)
