"""A person with a mouse, who fills in forms as most people do and reads what the page answers."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Locator

from tests.browser.visitor import Visitor
from tests.support.walks import Walk


@dataclass
class Hands:
    """The hands of one visitor; `who` they are by their name in the cast."""

    person: Visitor
    who: str

    async def take(self, walk: Walk, action: str, **answers: Any) -> None:
        """Open a case, choose an action, fill in its form with the API's own example and send it."""
        offer = await walk.offered(self.who, action)
        assert offer is not None, f"{action} does not stand at {walk.tier}/{walk.stage}"
        await self.person.goto(f"/cases/{walk.reference}")
        await self.person.page.locator(".adapt-actions").get_by_role("link", name=offer["label"], exact=True).click()
        await self.fill({**offer["form"]["examples"][0], **answers})
        await self.send()
        await self.recorded()
        await refresh(walk)

    async def record(self, walk: Walk, what: str, **answers: Any) -> None:
        """Open a case, choose something to write down, fill in its form and send it."""
        await self.person.goto(f"/cases/{walk.reference}")
        await self.person.page.locator(f"a[href$='/record/{what}']:visible").first.click()
        await self.fill(answers)
        await self.send()
        await self.recorded()
        await refresh(walk)

    async def fill(self, answers: Mapping[str, Any]) -> None:
        """Fill in a form's fields by their names in the API."""
        for name, value in _fields(answers):
            await self._answer(name, value)

    async def send(self, button: str | None = None) -> None:
        """Press the form's button and wait for the page that answers."""
        form = self.person.page.locator("main form").last
        found = form.get_by_role("button", name=button) if button else form.get_by_role("button").last
        async with self.person.page.expect_navigation():
            await found.click()

    async def recorded(self) -> None:
        """Read that something was recorded, or fail with what the page says instead."""
        banner = self.person.page.get_by_role("heading", name="Recorded", exact=True)
        assert await banner.count() == 1, await self.says()

    async def says(self) -> str:
        """What the page says, in few words."""
        words = await self.person.page.locator("main").inner_text()
        return f"{self.person.path}: {' '.join(words.split())[:1500]}"

    async def _answer(self, name: str, value: str) -> None:
        field = self.person.page.locator(f"main form [name='{name}']")
        kind = await _kind(field.first)
        if kind in ("radio", "checkbox"):
            await self.person.page.locator(f"main form [name='{name}'][value='{value}']").check()
        elif kind == "select":
            await field.select_option(value)
        else:
            await field.fill(value)


async def _kind(field: Locator) -> str:
    found: str = await field.evaluate("field => field.localName === 'select' ? 'select' : field.type")
    return found


def _fields(answers: Mapping[str, Any], within: str = "") -> Iterator[tuple[str, str]]:
    """JSON as a form's fields: rows are numbered, and a day has three fields."""
    for key, value in answers.items():
        name = within + key.replace(".", "-")
        if isinstance(value, bool):
            yield name, str(value).lower()
        elif isinstance(value, Mapping):
            yield from _fields(value, f"{name}-")
        elif isinstance(value, list):
            for number, one in enumerate(value):
                yield from _fields(one, f"{name}-{number}-") if isinstance(one, Mapping) else [(name, str(one))]
        elif re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(value)):
            year, month, day = str(value).split("-")
            yield from ((f"{name}-day", day), (f"{name}-month", month), (f"{name}-year", year))
        else:
            yield name, str(value)


async def refresh(walk: Walk) -> None:
    """Look at where a case stands after somebody has moved it on a page."""
    case = await walk.case()
    walk.tier, walk.stage, walk.sequence = case["tier"], case["stage"], case["sequence"]
