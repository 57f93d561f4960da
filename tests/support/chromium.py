"""The browser that the browser tests drive: the distribution's own Chromium, found, never downloaded."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from playwright.async_api import Browser, async_playwright

NAMED_BY: Final = "ADAPT_BROWSER"
HOW_TO_GET_IT: Final = f"apt-get install chromium, or name another Chromium in {NAMED_BY}"
# The first is the same Chromium without what a window needs: the tests take little more than half the time with it.
_NAMES: Final = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome-stable")
# It never leaves this machine, and runs as root in containers, where it has no sandbox of its own.
_FLAGS: Final = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--font-render-hinting=none",
)  # fmt: skip


class NoSuchBrowserError(Exception):
    """ADAPT_BROWSER names something that cannot be run."""


def executable() -> str | None:
    """The browser's program; None on a machine without one.

    Raises NoSuchBrowserError when one was named that is not there: somebody wanted these tests to run.
    """
    named = os.environ.get(NAMED_BY)
    if named:
        found = shutil.which(named)
        if found is None:
            raise NoSuchBrowserError(f"{NAMED_BY} names {named}, which cannot be run.")
        return found
    return next((found for name in _NAMES if (found := shutil.which(name))), None)


@asynccontextmanager
async def running_chromium() -> AsyncIterator[Browser]:
    """A browser without a window; contexts of it know nothing of one another."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=executable(), args=list(_FLAGS))
        try:
            yield chromium
        finally:
            await chromium.close()
