"""How long it takes to log and approve a direct-access adaptation for somebody known, by keyboard, in a browser."""

import asyncio
import statistics
import time
from dataclasses import dataclass
from typing import Any, Final

import httpx

from benchmarks.pages import WHO, signed_in
from benchmarks.servers import Served
from benchmarks.world import World
from tests.browser.counter import log_and_approve
from tests.browser.keyboard import Keyboard
from tests.browser.visitor import DESK, new_context, visitor
from tests.support.chromium import running_chromium
from tests.support.referrals import referral

TIMES: Final = 5


@dataclass(frozen=True, slots=True)
class Here:
    """Where the browser finds the service."""

    base: str


@dataclass(frozen=True, slots=True)
class Logged:
    """From asking for the empty page to reading that it is approved."""

    seconds: float
    fields: int
    presses: int


def measure(world: World, served: Served) -> Logged:
    """The median of several, each for somebody else; the keys are pressed as fast as the browser takes them."""
    people = [_somebody_known(world, served) for _ in range(TIMES)]
    found = asyncio.run(_log_each(served, signed_in(world, served), people))
    return Logged(statistics.median(one.seconds for one in found), found[0].fields, found[0].presses)


def _somebody_known(world: World, served: Served) -> dict[str, Any]:
    """A person whose earlier case is closed."""
    body = referral()
    headers = world.cast[WHO].headers
    with httpx.Client(base_url=f"{served.base}/api/v1", headers=headers, timeout=60) as api:
        case = api.post("/referrals", json=body).raise_for_status().json()
        path = f"/cases/{case['reference']}/actions"
        offers = {offer["action"]: offer for offer in api.get(path).raise_for_status().json()}
        ended = offers["close_not_proceeding"]["form"]["examples"][0]
        api.post(f"{path}/close_not_proceeding", json=ended).raise_for_status()
    return body


async def _log_each(served: Served, cookies: dict[str, str], people: list[dict[str, Any]]) -> list[Logged]:
    async with running_chromium() as chromium:
        context = await new_context(chromium, scripts=True)
        await context.add_cookies(
            [{"name": name, "value": value, "url": served.base} for name, value in cookies.items()]
        )
        keys = [Keyboard(await visitor(context, Here(served.base), scripts=True, width=DESK)) for _ in people]
        return [await _log_one(at, body) for at, body in zip(keys, people, strict=True)]


async def _log_one(keys: Keyboard, body: dict[str, Any]) -> Logged:
    begun = time.monotonic()
    await keys.person.goto("/referrals/new")
    await log_and_approve(keys, body["person"]["name"], body["home"]["postcode"])
    await keys.person.page.wait_for_load_state("load")
    took = time.monotonic() - begun
    if keys.person.faults:
        raise SystemExit(f"The browser complained: {keys.person.faults}")
    return Logged(took, keys.answers, keys.presses)
