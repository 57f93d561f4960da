"""Every page in every state that it is looked at in: by the tests of accessibility and weight, and in pictures.

A page is added here and nowhere else. `tests/browser/test_pages.py` fails while a page of the app is missing.
"""

import re
import secrets
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import SecretStr

from app.access.providers import Provider
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
        page = re.sub(r"\{[a-z]+\}|[^a-z0-9]+", "-", self.route)
        return re.sub("-+", "-", f"{page.strip('-') or 'home'}-{self.state}")

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
    "/worklist.csv": "a file",
    "/panels/{key}/oversight.csv": "a file",
    "/reports/file": "a file",
    "/reports/{key}/file": "a file",
    "/reports/information-request.xlsx": "a file",
    "/reports/information-request.csv": "a file",
    "/snapshot/{year}/report.xlsx": "a file",
    "/snapshot/{year}/report.pdf": "a file",
    "/meetings/{meeting_id}/invitation.ics": "a file for calendars",
    "/meetings/{meeting_id}/papers.pdf": "a file to print",
    "/meetings/{meeting_id}/cases/{reference}/papers.pdf": "a file to print",
    "/meetings/{meeting_id}/cases/{reference}/papers/documents/{document_id}/content": "a file, as what it is",
    "/sign-in/with/{key}/back": "sends on whoever comes back from a partner organisation's sign-in, or shows /sign-in",
}
"""Routes beside the pages' that answer a browser with something else than a page, and with what."""

_INDICATOR: Final = "/targets/{indicator_id}/{year}"
_LOOKED_AT: Final = {"not-over": 1, "stale": 3}
"""The quarter in which a form of a quarter is in a state."""
_ITEM: Final = "/meetings/{meeting_id}/cases/{reference}"
_ON_AGENDA: Final = "/meetings/{meeting}/cases/{on_agenda}"
CASE: Final = "/cases/{reference}"
ACTION: Final = "/cases/{reference}/actions/{action}"
RECORD: Final = "/cases/{reference}/record/{what}"


_VALUES: Final = {"key": "complex-cases", "meeting_id": "{coming}", "reference": "{to_panel}", "member_id": "{member}"}


def _panel_form(route: str, *, wrong: bool = True, **values: str) -> Iterator[Shown]:
    """A form of the panel's coordinator: as it comes, and where `wrong` as it is refused when sent like that."""
    address = route.format(**{**_VALUES, **values})
    yield Shown(route=route, state="ordinary", address=address, who="panel_coordinator")
    if wrong:
        yield Shown(route=route, state="empty", address=address, who="panel_coordinator", act=send, pictured=False)


def _referral(state: str = "ordinary", who: str = "housing_officer", **more: Any) -> Shown:
    return Shown(route="/referrals/new", state=state, address="/referrals/new", who=who, **more)


def _case(name: str, who: str = "housing_officer", **more: Any) -> Shown:
    return Shown(route=CASE, state=name.replace("_", "-"), address=f"/cases/{{{name}}}", who=who, **more)


def _action(name: str, action: str, who: str, *, state: str = "", **more: Any) -> Shown:
    named = "-".join(part for part in (action.replace("_", "-"), state) if part)
    return Shown(route=ACTION, state=named, address=f"/cases/{{{name}}}/actions/{action}", who=who, **more)


def _record(name: str, what: str, who: str = "housing_officer", *, query: str = "", **more: Any) -> Shown:
    return Shown(route=RECORD, state=what, address=f"/cases/{{{name}}}/record/{what}{query}", who=who, **more)


async def send(person: Visitor) -> None:
    """Send the page's form as it is, which is refused."""
    await person.page.locator("main form button:not(.govuk-button--secondary)").last.click()
    await person.page.get_by_role("heading", name="There is a problem").wait_for()


async def _not_asked(person: Visitor) -> None:
    """Say that nobody asked the person, and not why."""
    await person.page.get_by_label("What came of it for the person?").fill("Still waits.")
    await person.page.get_by_label("No", exact=True).check()
    await send(person)
    await person.page.get_by_text("Choose why the person has not been asked.").first.wait_for()


async def _send_wrong(person: Visitor) -> None:
    await person.page.get_by_label("E-mail address").fill("nobody@demo.example")
    await person.page.get_by_label("Password").fill("not the password")
    await send(person)


async def _draft_letter(person: Visitor) -> None:
    await person.page.locator("main form button").last.click()
    await person.page.get_by_label("The letter").wait_for()


async def _send_stale(person: Visitor) -> None:
    reference = person.path.split("/")[2]
    note = {"note": "The daughter rang and asks to be called back."}
    response = await person.site.service.post("housing_officer", f"/cases/{reference}/notes", note)
    assert response.status_code == 201, response.text
    await person.page.locator("main form button").last.click()
    await person.page.get_by_role("heading", name="Somebody else has worked on this case").wait_for()


async def _aim_wrongly(person: Visitor) -> None:
    page = person.page
    await page.get_by_label("What is aimed at?").fill("People wait less")
    await page.get_by_label("By which measure?").select_option("end-to-end")
    await page.get_by_label("Lower").check()
    await page.get_by_label("One locality").check()
    await page.get_by_label("What is it today?").fill("about sixty")
    await page.get_by_label("What is aimed at for that year?").fill("1,250.5")
    await send(person)


async def _say_meanwhile(person: Visitor) -> None:
    _, _, indicator, year, _, quarter, *_ = person.path.split("/")
    path = f"/indicators/{indicator}/years/{year}/quarters/{quarter}"
    said = {"commentary": "The joiner was away.\nShe is back.", "judged": "amber", "judged_because": "She is quick."}
    response = await person.site.service.post("service_manager", path, said)
    assert response.status_code == 201, response.text


async def _say_stale(person: Visitor) -> None:
    await _say_meanwhile(person)
    await person.page.get_by_label("What is behind the figure").fill("Two assessors were ill in October.")
    await person.page.locator("main form button").last.click()
    await person.page.get_by_role("heading", name="Somebody else has worked on this").wait_for()


async def _sign_stale(person: Visitor) -> None:
    await _say_meanwhile(person)
    await person.page.locator("main form button").last.click()
    await person.page.get_by_role("heading", name="This has changed since you looked").wait_for()


async def _send_signed_out(person: Visitor) -> None:
    await person.page.get_by_label("What should others know?").fill("The key is with the neighbour at number 12.")
    await person.context.clear_cookies(name="adapt_session")
    await person.page.locator("main form button").last.click()
    await person.page.get_by_role("heading", name="Sign in").wait_for()


async def _of_a_partner_with_its_own(person: Visitor) -> None:
    state = person.site.service.app.state
    before = state.settings
    provider = Provider(
        label="Glenmore Council",
        issuer="https://id.example",
        client_id="adapt",
        client_secret=SecretStr("hush"),
        organisations=("glenmore",),
        email_domains=("demo.example",),
    )
    await person.page.wait_for_load_state("networkidle")
    state.settings = before.model_copy(update={"oidc_providers": {"glenmore": provider}})
    try:
        await person.goto("/sign-in")
    finally:
        state.settings = before
    await person.page.get_by_role("button", name="Sign in with Glenmore Council").wait_for()


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


async def _look_up(person: Visitor) -> None:
    await person.page.get_by_label("Do we know them already?").fill("FK2 2TT")
    await person.page.get_by_role("button", name="Look up").click()
    await person.page.get_by_role("group", name="Is it one of these?").wait_for()


async def _ask_for_much(person: Visitor) -> None:
    await person.page.get_by_label("What is asked for?").fill("level access shower; gold taps")
    await person.page.get_by_role("button", name="Check before sending").click()
    await person.page.get_by_text("We do not know").wait_for()


async def _search(person: Visitor) -> None:
    await person.page.get_by_label("Find a person or a case").fill("Featherstonhaugh")
    await person.page.get_by_role("button", name="Search").click()
    await person.page.get_by_role("heading", name="What your search found").wait_for()


async def _search_for_nothing(person: Visitor) -> None:
    await person.page.get_by_role("button", name="Search").click()
    await person.page.get_by_role("heading", name="There is a problem").wait_for()


async def _open_a_view(person: Visitor) -> None:
    # A view of this name may be there from another width.
    await person.page.get_by_label("Name of the view").fill(f"Complex cases {secrets.token_hex(4)}")
    await person.page.get_by_role("button", name="Save").click()
    await person.page.get_by_role("link", name="Rename or delete the view").click()
    await person.page.get_by_role("button", name="Delete the view").wait_for()


async def _assign_to_nobody(person: Visitor) -> None:
    await person.page.get_by_role("button", name="Assign").click()
    await person.page.get_by_role("heading", name="There is a problem").wait_for()


async def _assign(person: Visitor) -> None:
    await person.page.get_by_label("Who is to work on them?").select_option(index=1)
    await person.page.get_by_role("button", name="Assign").click()
    await person.page.get_by_role("heading", name="assigned to").wait_for()


def _send_as_it_came(button: str) -> Act:
    """Send a form as it came, which is not enough."""

    async def act(person: Visitor) -> None:
        await person.page.get_by_role("button", name=button).click()
        await person.page.get_by_role("heading", name="There is a problem").wait_for()

    return act


CATALOGUE: Final[tuple[Shown, ...]] = (
    Shown(route="/sign-in", state="ordinary", address="/sign-in"),
    Shown(route="/sign-in", state="empty", address="/sign-in", act=send),
    Shown(route="/sign-in", state="wrong", address="/sign-in", act=_send_wrong, pictured=False),
    Shown(
        route="/sign-in",
        state="session-lost",
        address="/cases/{new}/record/notes",
        who="housing_officer",
        act=_send_signed_out,
    ),
    Shown(route="/sign-in", state="partner", address="/sign-in", act=_of_a_partner_with_its_own),
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
    _referral(),
    _referral("empty", act=send),
    _referral("found", act=_look_up),
    _referral("findings", act=_ask_for_much),
    _referral("as-referrer", who="referrer", pictured=False),
    _referral("no-permission", who="auditor", status=403),
    _case("new"),
    _case("unassigned"),
    _case("assessed", who="occupational_therapist"),
    _case("recommended", who="team_manager", pictured=False),
    _case("on_hold"),
    _case("ended"),
    _case("completed"),
    _case("long"),
    _case("right_to_left"),
    _case("many_events"),
    _case("offered", who="team_manager"),
    _case("repeat"),
    Shown(route=CASE, state="out-of-sight", address="/cases/{new}", who="administrator", status=404, pictured=False),
    Shown(
        route="/cases/{reference}/timeline",
        state="many-events",
        address="/cases/{many_events}/timeline",
        who="housing_officer",
    ),
    Shown(route="/cases/{reference}/timeline", state="completed", address="/cases/{completed}/timeline", who="auditor"),
    Shown(route="/cases/{reference}/repeats", state="found", address="/cases/{repeat}/repeats", who="housing_officer"),
    Shown(
        route="/cases/{reference}/repeats",
        state="none",
        address="/cases/{new}/repeats",
        who="housing_officer",
        pictured=False,
    ),
    Shown(
        route="/cases/{reference}/repeats/{other}",
        state="ordinary",
        address="/cases/{repeat}/repeats/{first}",
        who="housing_officer",
    ),
    _action("new", "screen", "housing_officer"),
    _action("new", "screen", "housing_officer", state="empty", act=send),
    _action("unassigned", "start_assessment", "occupational_therapist", state="blocked"),
    _action("assessed", "recommend", "occupational_therapist", state="blocked"),
    _action("talked", "recommend", "occupational_therapist"),
    _action("talked", "recommend", "occupational_therapist", state="empty", act=send),
    _action("stale", "hold", "occupational_therapist", state="stale", act=_send_stale),
    _action("recommended", "approve_recommendation", "team_manager"),
    _action("recommended", "approve_recommendation", "housing_officer", state="no-permission"),
    _action("funding", "approve_funding", "funding_officer"),
    _action("funding", "approve_funding", "funding_officer", state="empty", act=send, pictured=False),
    _action("approved", "place_order", "housing_officer"),
    _action("ordered", "complete_works", "technical_officer"),
    _action("to_panel", "schedule_for_panel", "panel_coordinator"),
    _action("review", "record_outcome", "housing_officer"),
    _record("assessed", "conversation", "occupational_therapist"),
    _record("assessed", "contacts"),
    _record("assessed", "notes"),
    _record("unassigned", "assignment"),
    _record("new", "consent"),
    _record("unassigned", "handover", "team_manager"),
    _record("offered", "handover-answer", "team_manager"),
    _record("assessed", "corrections", "team_manager", query="?event=1"),
    Shown(route="/help", state="ordinary", address="/help"),
    Shown(route="/help", state="signed-in", address="/help", who="occupational_therapist", pictured=False),
    Shown(route="/accessibility", state="ordinary", address="/accessibility"),
    Shown(route="/privacy", state="ordinary", address="/privacy"),
    Shown(route="/", state="ordinary", address="/", who="housing_officer"),
    Shown(route="/", state="no-cases", address="/", who="administrator"),
    Shown(route="/", state="therapist", address="/", who="occupational_therapist"),
    Shown(route="/", state="no-case-waits", address="/", who="auditor", pictured=False),
    Shown(route="/worklist", state="team", address="/worklist?list=team", who="housing_officer"),
    Shown(route="/worklist", state="filtered", address="/worklist?list=open&on_hold=true", who="service_manager"),
    Shown(
        route="/worklist", state="choosing", address="/worklist?list=team&tier=complex&choose=1", who="housing_officer"
    ),
    Shown(route="/worklist", state="empty", address="/worklist?list=mine&tier=complex", who="referrer", pictured=False),
    Shown(route="/worklist", state="read-only", address="/worklist?list=open", who="auditor", pictured=False),
    Shown(
        route="/worklist",
        state="gone",
        address="/worklist?list=team&stage=gone&sort=gone",
        who="housing_officer",
        status=422,
    ),
    Shown(
        route="/worklist",
        state="bad-cursor",
        address="/worklist?list=team&cursor=x",
        who="housing_officer",
        status=422,
        pictured=False,
    ),
    Shown(route="/worklist", state="searched", address="/worklist", who="housing_officer", act=_search, pictured=False),
    Shown(route="/worklist/search", state="ordinary", address="/worklist/search", who="housing_officer"),
    Shown(
        route="/worklist/search",
        state="empty",
        address="/worklist/search",
        who="housing_officer",
        act=_search_for_nothing,
        pictured=False,
    ),
    Shown(route="/worklist/save", state="ordinary", address="/worklist/save?list=team", who="housing_officer"),
    Shown(
        route="/worklist/views/{view_id}",
        state="ordinary",
        address="/worklist/save?list=team&tier=complex",
        who="housing_officer",
        act=_open_a_view,
    ),
    Shown(
        route="/worklist/assign",
        state="ordinary",
        address="/worklist/assign?case={new}&case={long}&case={right_to_left}",
        who="housing_officer",
    ),
    Shown(
        route="/worklist/assign",
        state="empty",
        address="/worklist/assign?case={new}",
        who="housing_officer",
        act=_assign_to_nobody,
        pictured=False,
    ),
    Shown(
        route="/worklist/assigned/{number}",
        state="ordinary",
        address="/worklist/assign?case={new}&case={long}&case={ended}",
        who="housing_officer",
        act=_assign,
    ),
    Shown(route="/team", state="ordinary", address="/team", who="service_manager"),
    Shown(route="/team", state="one", address="/team?organisation=clydeview", who="team_manager", pictured=False),
    Shown(
        route="/cases/{reference}/provision",
        state="ordinary",
        address="/cases/{provided}/provision",
        who="technical_officer",
    ),
    Shown(
        route="/cases/{reference}/provision",
        state="nothing-yet",
        address="/cases/{new}/provision",
        who="housing_officer",
    ),
    Shown(
        route="/cases/{reference}/provision",
        state="long",
        address="/cases/{long}/provision",
        who="housing_officer",
        pictured=False,
    ),
    Shown(
        route="/cases/{reference}/provision/quote",
        state="ordinary",
        address="/cases/{ordered}/provision/quote",
        who="technical_officer",
    ),
    Shown(
        route="/cases/{reference}/provision/quote",
        state="empty",
        address="/cases/{ordered}/provision/quote",
        who="technical_officer",
        act=_send_as_it_came("Record the quote"),
        pictured=False,
    ),
    Shown(
        route="/cases/{reference}/provision/quote",
        state="ended",
        address="/cases/{ended}/provision/quote",
        who="technical_officer",
        pictured=False,
    ),
    Shown(
        route="/cases/{reference}/provision/survey",
        state="ordinary",
        address="/cases/{provided}/provision/survey",
        who="housing_officer",
    ),
    Shown(
        route="/cases/{reference}/provision/survey",
        state="empty",
        address="/cases/{provided}/provision/survey",
        who="housing_officer",
        act=_send_as_it_came("Record the answers"),
        pictured=False,
    ),
    Shown(route="/cases/{reference}/home", state="ordinary", address="/cases/{provided}/home", who="technical_officer"),
    Shown(route="/cases/{reference}/home", state="nothing-yet", address="/cases/{new}/home", who="housing_officer"),
    Shown(
        route="/cases/{reference}/home/{item_id}",
        state="ordinary",
        address="/cases/{provided}/home/{item}",
        who="technical_officer",
    ),
    Shown(
        route="/cases/{reference}/home/{item_id}",
        state="empty",
        address="/cases/{provided}/home/{item}",
        who="technical_officer",
        act=_send_as_it_came("Mark it"),
        pictured=False,
    ),
    Shown(route="/reusable-items", state="ordinary", address="/reusable-items", who="technical_officer"),
    Shown(
        route="/reusable-items",
        state="nothing",
        address="/reusable-items?adaptation=stairlift&organisation=nobody",
        who="technical_officer",
        pictured=False,
    ),
    Shown(route="/panels", state="ordinary", address="/panels", who="panel_coordinator"),
    Shown(route="/meetings/{meeting_id}", state="ordinary", address="/meetings/{meeting}", who="panel_coordinator"),
    Shown(route="/meetings/{meeting_id}", state="held", address="/meetings/{held}", who="panel_coordinator"),
    Shown(
        route="/meetings/{meeting_id}",
        state="member",
        address="/meetings/{meeting}",
        who="panel_member",
        pictured=False,
    ),
    Shown(
        route="/meetings/{meeting_id}/attendance",
        state="ordinary",
        address="/meetings/{meeting}/attendance",
        who="panel_coordinator",
    ),
    Shown(route=_ITEM, state="ordinary", address=_ON_AGENDA, who="panel_coordinator"),
    Shown(route=_ITEM, state="member", address=_ON_AGENDA, who="panel_member", pictured=False),
    Shown(route=_ITEM, state="decided", address="/meetings/{held}/cases/{decided}", who="panel_coordinator"),
    Shown(route=f"{_ITEM}/interests", state="ordinary", address=f"{_ON_AGENDA}/interests", who="panel_member"),
    Shown(
        route=f"{_ITEM}/interests",
        state="empty",
        address=f"{_ON_AGENDA}/interests",
        who="panel_coordinator",
        act=send,
        pictured=False,
    ),
    Shown(route=f"{_ITEM}/assents", state="ordinary", address=f"{_ON_AGENDA}/assents", who="panel_coordinator"),
    Shown(
        route=f"{_ITEM}/assents",
        state="empty",
        address=f"{_ON_AGENDA}/assents",
        who="panel_member",
        act=send,
        pictured=False,
    ),
    Shown(
        route=f"{_ITEM}/decision/{{decision}}",
        state="conditions",
        address=f"{_ON_AGENDA}/decision/agree_with_conditions",
        who="panel_coordinator",
    ),
    Shown(
        route=f"{_ITEM}/decision/{{decision}}",
        state="defer",
        address=f"{_ON_AGENDA}/decision/defer",
        who="panel_coordinator",
    ),
    Shown(
        route=f"{_ITEM}/decision/{{decision}}",
        state="defer-empty",
        address=f"{_ON_AGENDA}/decision/defer",
        who="panel_coordinator",
        act=send,
        pictured=False,
    ),
    Shown(
        route=f"{_ITEM}/letter",
        state="none-yet",
        address="/meetings/{held}/cases/{decided}/letter",
        who="panel_coordinator",
        pictured=False,
    ),
    Shown(
        route=f"{_ITEM}/letter",
        state="ordinary",
        address="/meetings/{held}/cases/{decided}/letter",
        who="panel_coordinator",
        act=_draft_letter,
    ),
    Shown(
        route=f"{_ITEM}/letter/sent",
        state="ordinary",
        address="/meetings/{held}/cases/{decided}/letter/sent",
        who="panel_coordinator",
        pictured=False,
    ),
    Shown(
        route=f"{_ITEM}/letter/sent",
        state="empty",
        address="/meetings/{held}/cases/{decided}/letter/sent",
        who="panel_coordinator",
        act=send,
        pictured=False,
    ),
    Shown(route="/my-panel", state="ordinary", address="/my-panel", who="panel_member"),
    Shown(route="/my-panel", state="nothing", address="/my-panel", who="panel_coordinator", pictured=False),
    *_panel_form("/panels/new"),
    *(
        Shown(
            route="/panels/{key}/oversight",
            state=who.replace("_", "-"),
            address="/panels/complex-cases/oversight",
            who=who,
            pictured=who == "panel_coordinator",
        )
        for who in ("panel_coordinator", "service_manager", "auditor")
    ),
    Shown(
        route="/panels/{key}/oversight",
        state="wrong-days",
        address="/panels/complex-cases/oversight?since=yesterday",
        who="auditor",
        pictured=False,
    ),
    Shown(route="/reports", state="ordinary", address="/reports?period=all", who="service_manager"),
    Shown(route="/reports", state="own-cases", address="/reports", who="team_manager", pictured=False),
    Shown(
        route="/reports",
        state="wrong-choice",
        address="/reports?period=yesterday&tier=highest",
        who="auditor",
        status=422,
        pictured=False,
    ),
    Shown(
        route="/reports/information-request", state="ordinary", address="/reports/information-request", who="auditor"
    ),
    Shown(
        route="/reports/information-request",
        state="goes-on",
        address="/reports/information-request?year=2026-27",
        who="auditor",
        status=422,
        pictured=False,
    ),
    Shown(route="/projection", state="ordinary", address="/projection", who="service_manager"),
    Shown(route="/targets", state="ordinary", address="/targets?year=2025", who="service_manager"),
    Shown(route="/targets", state="nothing", address="/targets?year=2001", who="auditor", pictured=False),
    Shown(
        route="/targets/{indicator_id}/{year}",
        state="ordinary",
        address="/targets/{indicator}/2025",
        who="service_manager",
    ),
    Shown(
        route="/targets/{indicator_id}/{year}",
        state="under-way",
        address="/targets/{running}/2026",
        who="service_manager",
        pictured=False,
    ),
    Shown(route="/targets/{indicator_id}/{year}", state="withdrawn", address="/targets/{in_error}/2025", who="auditor"),
    Shown(route="/targets", state="under-way", address="/targets?year=2026", who="service_manager"),
    Shown(route="/targets/new", state="ordinary", address="/targets/new", who="service_manager"),
    Shown(route="/targets/new", state="empty", address="/targets/new", who="service_manager", act=send, pictured=False),
    Shown(route="/targets/new", state="impossible", address="/targets/new", who="service_manager", act=_aim_wrongly),
    *(
        Shown(
            route=f"{_INDICATOR}/{what}",
            state=state,
            address=f"/targets/{address}/{what.format(quarter=_LOOKED_AT.get(state, 2))}",
            who="service_manager",
            **more,
        )
        for what, state, address, more in (
            ("target", "ordinary", "{local}/2026", {}),
            ("target", "change", "{local}/2025", {"pictured": False}),
            ("target", "empty", "{local}/2026", {"act": send, "pictured": False}),
            ("target", "signed-off", "{indicator}/2025", {"pictured": False}),
            ("withdraw", "ordinary", "{local}/2025", {}),
            ("withdraw", "empty", "{local}/2025", {"act": send, "pictured": False}),
            ("withdraw", "withdrawn", "{in_error}/2025", {"pictured": False}),
            ("quarters/{quarter}", "ordinary", "{indicator}/2025", {}),
            ("quarters/{quarter}", "stale", "{local}/2025", {"act": _say_stale}),
            ("quarters/{quarter}/sign-off", "ordinary", "{indicator}/2025", {}),
            ("quarters/{quarter}/sign-off", "stale", "{local}/2025", {"act": _sign_stale}),
            ("quarters/{quarter}/sign-off", "not-over", "{running}/2026", {"pictured": False}),
        )
    ),
    Shown(route="/snapshot", state="ordinary", address="/snapshot", who="occupational_therapist"),
    Shown(route="/snapshot/new", state="ordinary", address="/snapshot/new", who="service_manager", pictured=False),
    Shown(route="/snapshot/{year}", state="ordinary", address="/snapshot/2025?done={submitted}", who="service_manager"),
    Shown(route="/snapshot/{year}", state="goes-on", address="/snapshot/2026", who="team_manager", pictured=False),
    Shown(route="/snapshot/{year}/report", state="ordinary", address="/snapshot/2025/report", who="service_manager"),
    Shown(
        route="/snapshot/{year}/cases/{sampled}",
        state="ordinary",
        address="/snapshot/2026/cases/{sampled}",
        who="occupational_therapist",
    ),
    Shown(
        route="/snapshot/{year}/cases/{sampled}",
        state="why-not",
        address="/snapshot/2025/cases/{left}",
        who="service_manager",
        act=_not_asked,
        pictured=False,
    ),
    Shown(
        route="/snapshot/{year}/cases/{sampled}",
        state="submitted",
        address="/snapshot/2025/cases/{submitted}",
        who="service_manager",
    ),
    *(
        Shown(
            route="/snapshot/{year}/submit",
            state=state,
            address=f"/snapshot/{year}/submit",
            who="service_manager",
            pictured=state == "ordinary",
        )
        for state, year in (("ordinary", 2025), ("goes-on", 2026))
    ),
    Shown(route="/reports/every", state="ordinary", address="/reports/every", who="auditor"),
    *(
        Shown(
            route="/reports/{key}",
            state=state,
            address=f"/reports/{asked}",
            who="service_manager",
            status=status,
            pictured=state in ("by-tenure", "estimate", "where-time-goes"),
        )
        for state, asked, status in (
            ("by-tenure", "end-to-end?by=tenure&period=all", 200),
            ("months", "end-to-end?by=month&period=all&tier=moderate", 200),
            ("spread", "end-to-end?view=distribution&period=all", 200),
            ("flow", "end-to-end?view=flow", 200),
            ("ageing", "end-to-end?view=ageing&by=tier", 200),
            ("estimate", "end-to-end?view=estimate&by=tier&period=all", 200),
            ("compare", "end-to-end?view=compare&by=tenure&period=all", 200),
            ("before-and-after", "end-to-end?split_on=2026-01-01&period=all", 200),
            ("waiting", "waiting?by=organisation", 200),
            ("cost", "cost-by-source?by=funding&period=all", 200),
            ("where-time-goes", "where-time-goes?period=all", 200),
            ("flow-of-stages", "cumulative-flow", 200),
            ("nothing", "wales-psr-002", 200),
            ("unconfirmed", "charter-average-days", 200),
            ("wrong-day", "end-to-end?as_known_on=tomorrow&split_on=never&by=sign", 422),
        )
    ),
    Shown(
        route="/reports/{key}/cases",
        state="ordinary",
        address="/reports/end-to-end/cases?by=tenure&group=rsl_tenant&status=open",
        who="service_manager",
    ),
    Shown(
        route="/reports/{key}/cases",
        state="nothing",
        address="/reports/end-to-end/cases?completed_from=2001-01-01&completed_to=2001-01-02",
        who="service_manager",
        pictured=False,
    ),
    Shown(
        route="/cases/{reference}/panel",
        state="ordinary",
        address="/cases/{on_agenda}/panel",
        who="occupational_therapist",
    ),
    Shown(
        route="/cases/{reference}/panel", state="deferred", address="/cases/{decided}/panel", who="panel_coordinator"
    ),
    Shown(
        route="/cases/{reference}/panel",
        state="nothing",
        address="/cases/{to_panel}/panel",
        who="panel_coordinator",
        pictured=False,
    ),
    Shown(route="/appeals", state="ordinary", address="/appeals", who="panel_coordinator"),
    Shown(
        route="/cases/{reference}/hearing", state="ordinary", address="/cases/{heard}/hearing", who="panel_coordinator"
    ),
    *_panel_form("/cases/{reference}/hearing/set", reference="{heard}"),
    *_panel_form("/cases/{reference}/hearing/attended", reference="{heard}"),
    *_panel_form("/panels/{key}/terms"),
    *_panel_form("/panels/{key}/members"),
    *_panel_form("/panels/{key}/invitees"),
    *_panel_form("/panels/{key}/members/{member_id}"),
    *_panel_form("/panels/{key}/meetings/new"),
    *_panel_form("/panels/{key}/series"),
    Shown(
        route="/panels/{key}/referrals",
        state="ordinary",
        address="/panels/complex-cases/referrals",
        who="panel_coordinator",
    ),
    *_panel_form("/panels/{key}/referrals/{reference}"),
    *_panel_form("/meetings/{meeting_id}/change", wrong=False),
    *_panel_form("/meetings/{meeting_id}/agenda", wrong=False, meeting_id="{meeting}"),
    *_panel_form("/meetings/{meeting_id}/chair"),
    *_panel_form("/meetings/{meeting_id}/apologies"),
    Shown(route=f"{_ITEM}/papers", state="ordinary", address=f"{_ON_AGENDA}/papers", who="panel_member"),
    Shown(route=f"{_ITEM}/papers", state="earlier", address=f"{_ON_AGENDA}/papers?version=1", who="panel_coordinator"),
    Shown(
        route="/meetings/{meeting_id}/papers",
        state="ordinary",
        address="/meetings/{meeting}/papers",
        who="panel_member",
    ),
    Shown(
        route="/meetings/{meeting_id}/papers",
        state="nothing",
        address="/meetings/{held}/papers",
        who="panel_member",
        pictured=False,
    ),
    Shown(
        route=f"{_ITEM}/papers/prepare",
        state="ordinary",
        address=f"{_ON_AGENDA}/papers/prepare",
        who="panel_coordinator",
    ),
    Shown(
        route=f"{_ITEM}/papers/prepare",
        state="unchanged",
        address=f"{_ON_AGENDA}/papers/prepare",
        who="panel_coordinator",
        act=send,
        pictured=False,
    ),
    Shown(
        route=f"{_ITEM}/papers/options",
        state="ordinary",
        address=f"{_ON_AGENDA}/papers/options",
        who="panel_coordinator",
    ),
    Shown(
        route=f"{_ITEM}/papers/withheld",
        state="ordinary",
        address=f"{_ON_AGENDA}/papers/withheld",
        who="panel_coordinator",
    ),
    Shown(
        route=f"{_ITEM}/papers/withheld",
        state="empty",
        address=f"{_ON_AGENDA}/papers/withheld",
        who="panel_coordinator",
        act=send,
        pictured=False,
    ),
    Shown(route=f"{_ITEM}/questions", state="ordinary", address=f"{_ON_AGENDA}/questions", who="panel_member"),
    Shown(
        route=f"{_ITEM}/questions/{{question_id}}",
        state="ordinary",
        address=f"{_ON_AGENDA}/questions/{{question}}",
        who="panel_coordinator",
    ),
    Shown(
        route="/meetings/{meeting_id}/cancel",
        state="ordinary",
        address="/meetings/{meeting}/cancel",
        who="panel_coordinator",
    ),
    Shown(
        route="/meetings/{meeting_id}/cancel",
        state="empty",
        address="/meetings/{meeting}/cancel",
        who="panel_coordinator",
        act=send,
        pictured=False,
    ),
    Shown(
        route="/panels/{key}/correspondence",
        state="ordinary",
        address="/panels/complex-cases/correspondence",
        who="panel_coordinator",
    ),
    Shown(
        route="/panels/{key}/correspondence",
        state="empty",
        address="/panels/complex-cases/correspondence",
        who="panel_coordinator",
        act=send,
        pictured=False,
    ),
    Shown(route="/panel-tasks", state="ordinary", address="/panel-tasks", who="technical_officer"),
    Shown(route="/panel-tasks", state="nothing", address="/panel-tasks", who="referrer", pictured=False),
    Shown(
        route="/panel-tasks/{task_id}/end",
        state="ordinary",
        address="/panel-tasks/{task}/end",
        who="panel_coordinator",
    ),
    Shown(
        route="/panel-tasks/{task_id}/end",
        state="empty",
        address="/panel-tasks/{task}/end",
        who="panel_coordinator",
        act=send,
        pictured=False,
    ),
    Shown(route="(anywhere)", state="not-found", address="/nowhere", status=404),
    Shown(route="(anywhere)", state="fault", address=A_FAULT, status=500),
)
