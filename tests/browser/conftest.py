"""What every browser test starts from: one Chromium a worker, two partnerships, and people who visit them."""

import os
import re
from collections.abc import AsyncIterator, Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import pytest
from playwright.async_api import Browser, BrowserContext

from app.settings import ROOT
from tests.browser.scene import Scene, set_scene
from tests.browser.visitor import DESK, Visitor, new_context, visitor
from tests.support.chromium import running_chromium
from tests.support.databases import TestServer
from tests.support.served import Site, served_cast

KEPT = ROOT / "build" / "browser"
"""Where what a failed test saw is kept."""
TRACED_BY = "ADAPT_BROWSER_TRACE"
_FAILED = pytest.StashKey[bool]()


class Visit(Protocol):
    """Lets somebody visit a partnership."""

    async def __call__(
        self, site: Site, who: str | None = None, *, scripts: bool = True, width: int = DESK
    ) -> Visitor: ...


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let fixtures know whether their test failed."""
    report = yield
    if report.when == "call":
        item.stash[_FAILED] = report.failed
    return report


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """The browser of this worker."""
    async with running_chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
async def office(database_server: TestServer, worker_name: str) -> AsyncIterator[Site]:
    """The tests' cast at the present time: each test works on cases of its own."""
    with database_server.fresh(f"{worker_name}_office") as url:
        async with served_cast(url) as site:
            yield site


@pytest.fixture(scope="session")
async def scene(database_server: TestServer, worker_name: str) -> AsyncIterator[Scene]:
    """The demo partnership on one morning: looked at, not changed."""
    with database_server.fresh(f"{worker_name}_scene") as url:
        async with set_scene(url) as made:
            yield made


@pytest.fixture(scope="session")
async def contexts(chromium: Browser) -> AsyncIterator["Contexts"]:
    """Browsers that were used before, cleared of everybody's cookies: one takes half the time of a new one."""
    kept = Contexts(chromium)
    yield kept
    for context in kept.free[True] + kept.free[False]:
        await context.close()


@dataclass
class Contexts:
    """Lends browsers with scripts on or off."""

    chromium: Browser
    free: dict[bool, list[BrowserContext]] = field(default_factory=lambda: {True: [], False: []})

    async def lend(self, *, scripts: bool) -> BrowserContext:
        """One that nobody uses now."""
        return self.free[scripts].pop() if self.free[scripts] else await new_context(self.chromium, scripts=scripts)

    async def give_back(self, context: BrowserContext, *, scripts: bool) -> None:
        """Take one back, and forget who used it."""
        first, *others = context.pages
        for page in others:
            await page.close()
        await first.goto("about:blank")
        await context.clear_cookies()
        self.free[scripts].append(context)


@pytest.fixture
async def visit(contexts: Contexts, request: pytest.FixtureRequest) -> AsyncIterator[Visit]:
    """Somebody at a screen; afterwards nobody's browser may have complained."""
    people: list[Visitor] = []

    async def visiting(site: Site, who: str | None = None, *, scripts: bool = True, width: int = DESK) -> Visitor:
        context = await contexts.lend(scripts=scripts)
        person = await visitor(context, site, scripts=scripts, width=width)
        people.append(person)
        if os.environ.get(TRACED_BY):
            await context.tracing.start(screenshots=True, snapshots=True)
        if who is not None:
            await person.sign_in(who)
        return person

    yield visiting
    faults = [fault for person in people for fault in person.faults]
    failed = bool(faults) or request.node.stash.get(_FAILED, True)
    for number, person in enumerate(people, 1):
        person.look_away()
        await _leave(person, _folder(request) / str(number) if failed else None)
        if failed:
            await person.context.close()
        else:
            await contexts.give_back(person.context, scripts=person.scripts)
    assert faults == []


def _folder(request: pytest.FixtureRequest) -> Path:
    return KEPT / re.sub(r"[^\w.-]+", "-", request.node.nodeid.removeprefix("tests/browser/")).strip("-")


async def _leave(person: Visitor, folder: Path | None) -> None:
    """Keep what somebody saw where something failed."""
    traced = bool(os.environ.get(TRACED_BY))
    if folder is not None:
        await person.keep(folder)
    if traced:
        await person.context.tracing.stop(**({"path": folder / "trace.zip"} if folder else {}))
