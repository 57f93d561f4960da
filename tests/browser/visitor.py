"""One person at one screen. Whatever the browser complains of fails the test that the person is in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Dialog, Error, Page, Request, Response

from tests.support.served import Site

PHONE: Final = 320
"""The narrowest phone, and what is left of 1280 pixels at 400 % zoom."""
DESK: Final = 1280
_HEIGHTS: Final = {PHONE: 640, DESK: 800}


@dataclass
class Visitor:
    """A page in a browser context of its own, and what has gone wrong on it so far."""

    site: Site
    context: BrowserContext
    page: Page
    scripts: bool
    faults: list[str] = field(default_factory=list)

    async def goto(self, path: str, *, status: int = 200) -> None:
        """Load a page of ours, which answers with this status."""
        response = await self.page.goto(self.site.base + path)
        assert response is not None
        assert response.status == status, f"{path}: {response.status} {await self.page.title()}"

    async def sign_in(self, who: str) -> None:
        """Become somebody, with the cookies that signing in gave."""
        cookies: list[Any] = [
            {"name": name, "value": value, "url": self.site.base} for name, value in await self.site.cookies_of(who)
        ]
        await self.context.add_cookies(cookies)

    @property
    def path(self) -> str:
        """Where the browser is: path and query, without our address."""
        return self.page.url.removeprefix(self.site.base)

    async def heading(self) -> str:
        """The page's first heading."""
        return " ".join(await self.page.locator("h1").all_inner_texts())

    def watch(self) -> None:
        """Note from now on what no page of ours may do."""
        for event, note in self._noted():
            self.page.on(event, note)

    def look_away(self) -> None:
        """Note nothing any more: somebody else will use the page."""
        for event, note in self._noted():
            self.page.remove_listener(event, note)

    def _noted(self) -> Iterator[tuple[str, Callable[..., object]]]:
        yield "console", self._console
        yield "pageerror", self._script_failed
        yield "requestfailed", self._failed
        yield "response", self._answered
        yield "dialog", self._dialog

    async def keep(self, folder: Path) -> None:
        """Keep what is on the screen, in a folder that need not be there yet."""
        await self.page.screenshot(path=folder / "screen.png", full_page=True)
        (folder / "page.html").write_text(await self.page.content(), encoding="utf-8")
        (folder / "notes.txt").write_text("\n".join([self.page.url, *self.faults, ""]), encoding="utf-8")

    def _console(self, message: ConsoleMessage) -> None:
        # The browser notes every answer over 399, also of the page itself: tests ask for such pages on purpose.
        if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
            self.faults.append(f"The browser says: {message.text}")

    def _script_failed(self, error: Error) -> None:
        self.faults.append(f"A script failed: {error}")

    def _failed(self, request: Request) -> None:
        # What is still on its way when somebody goes on to another page is given up.
        if not request.is_navigation_request() and request.failure != "net::ERR_ABORTED":
            self.faults.append(f"Not loaded: {request.url} ({request.failure})")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and not response.request.is_navigation_request():
            self.faults.append(f"{response.status} for {response.url}")

    async def _dialog(self, dialog: Dialog) -> None:
        self.faults.append(f"A dialog opened: {dialog.message}")
        await dialog.dismiss()


async def new_context(chromium: Browser, *, scripts: bool) -> BrowserContext:
    """A browser that knows nothing of others."""
    context = await chromium.new_context(
        java_script_enabled=scripts, locale="en-GB", timezone_id="Europe/London", reduced_motion="reduce"
    )
    context.set_default_timeout(20_000)
    return context


async def visitor(context: BrowserContext, site: Site, *, scripts: bool, width: int) -> Visitor:
    """Somebody new at a screen of this width, signed in as nobody."""
    page = context.pages[0] if context.pages else await context.new_page()
    await page.set_viewport_size({"width": width, "height": _HEIGHTS.get(width, 800)})
    person = Visitor(site, context, page, scripts)
    person.watch()
    return person
