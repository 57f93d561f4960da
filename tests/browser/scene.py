"""The demo partnership with the cases that pages are looked at with: long names, two hundred events, on hold, ended."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request

from tests.support.authenticator import MovedClock, enrolled
from tests.support.browsing import PASSWORD, browsing
from tests.support.files import picture
from tests.support.served import MORNING, Site, served_demo
from tests.support.uploads import LETTER, added, send
from tests.support.walks import Walk, log, walked

A_FAULT: Final = "/a-fault"
"""An address at which the service fails, as it might anywhere."""
WITH_TELEPHONE: Final = "housing_officer.northburn@demo.example"
"""Somebody who signs in with a code."""
LONG_NAME: Final = (
    "Wilhelmina-Constantinopolitana Featherstonehaugh-Cholmondeley-Majoribanks of Sampleshire-upon-Fixture"
)
LONG_WORD: Final = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch"
RIGHT_TO_LEFT: Final = "דוגמה אברהם בן־יצחק"
MANY_EVENTS: Final = 200


@dataclass(frozen=True)
class Scene:
    """The partnership on its morning, and its cases by what is special about them."""

    site: Site
    cases: dict[str, str]
    """By name: references of cases, and numbers of documents of the one that is `assessed`."""


@asynccontextmanager
async def set_scene(url: str) -> AsyncIterator[Scene]:
    """The demo on an empty database, served, with one case of each kind."""
    async with served_demo(url) as site:
        site.service.app.add_route(A_FAULT, _fail)
        await _give_telephone(site)
        cases = {name: walk.reference for name, walk in (await _cases(site)).items()}
        yield Scene(site, cases | await _documents(site, cases["assessed"]))


async def _documents(site: Site, reference: str) -> dict[str, str]:
    """A photograph in two versions, a letter with a long name, and one that was taken away."""
    photograph = await added(
        site.service, reference, picture("JPEG", (900, 600)), name="bath.jpg", about="The bath before the works"
    )
    path = f"/cases/{reference}/documents"
    newer = picture("JPEG", (600, 900))
    answer = await send(site.service, "assessor", f"{path}/{photograph['id']}/versions", newer, name="bath again.jpg")
    assert answer.status_code == 201, answer.text
    await added(site.service, reference, LETTER, kind="letter", name=f"{LONG_WORD}.txt", about=f"{LONG_WORD} said so")
    gone = await added(site.service, reference, LETTER, kind="consent", name="wrong.txt")
    answer = await site.service.post("assessor", f"{path}/{gone['id']}/withdrawal", {"reason": "wrong_person"})
    assert answer.status_code == 201, answer.text
    return {"photograph": str(photograph["id"]), "gone": str(gone["id"])}


async def _give_telephone(site: Site) -> None:
    """Let `WITH_TELEPHONE` sign in with codes, from the pages where anybody does."""
    async with browsing(site.service, base=site.base) as browser:
        await browser.sign_in(WITH_TELEPHONE)
        await enrolled(browser, MovedClock(MORNING), password=PASSWORD)


async def _fail(request: Request) -> None:
    message = "A fault on purpose"
    raise RuntimeError(message)


async def _cases(site: Site) -> dict[str, Walk]:
    service = site.service
    cases = {
        "new": await log(service, tier="moderate"),
        "assessed": await walked(service, "screen", "start_assessment", tier="moderate"),
        "on_hold": await walked(service, "screen", "hold", tier="moderate"),
        "ended": await walked(service, "close_not_proceeding", tier="non_complex"),
        "direct": await walked(service, "screen", "place_order", tier="direct_access"),
        "right_to_left": await log(service, tier="non_complex", person={"name": RIGHT_TO_LEFT}),
        "long": await log(
            service,
            tier="complex",
            person={"name": LONG_NAME, "preferred_contact": LONG_WORD * 2},
            home={"address": f"Flat 3/2, {LONG_WORD}, {LONG_WORD} Avenue, Fixtureton-under-Sample"},
            need={"description": f"{LONG_WORD} " * 3 + "Cannot get into the bath, nor out of it. " * 40},
        ),
        "many_events": await walked(service, "screen", tier="moderate"),
    }
    many = cases["many_events"]
    for number in range(many.sequence, MANY_EVENTS):
        await many.record("housing_officer", "notes", {"note": f"Note {number}: rang, nobody answered."})
    return cases
