"""Walk a case through its pages: the same walk as through the API, each step a form that a browser would send."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import httpx

from app.cases.action_questions import Asking, action_questions
from app.edge.questions import Question, filled_with
from app.pathways.facts import Facts, State
from tests.support.browsing import Browser, Page, browsing, give_passwords
from tests.support.service import Service
from tests.support.walks import Walk

_TAGS = re.compile(r"<[^>]+>")


def words(source: str) -> str:
    """What a page says, without its markup."""
    return " ".join(unescape(_TAGS.sub(" ", source)).split())


@dataclass
class Office:
    """A browser for each of the cast, signed in when first needed."""

    service: Service
    stack: AsyncExitStack
    browsers: dict[str, Browser] = field(default_factory=dict)

    async def browser(self, who: str) -> Browser:
        """Somebody's browser."""
        if who not in self.browsers:
            opened = await self.stack.enter_async_context(
                browsing(self.service, address=f"192.0.2.{len(self.browsers)}")
            )
            answer = await opened.sign_in(self.service.cast[who].email)
            assert answer.status_code == 303, answer.text
            self.browsers[who] = opened
        return self.browsers[who]

    async def send(self, who: str, path: str, fields: dict[str, list[str]], **changes: str) -> httpx.Response:
        """Load a page and send its form, filled in."""
        browser = await self.browser(who)
        page = await browser.http.get(path)
        hidden = Page(page.text).hidden if page.status_code == 200 else {}
        return await browser.http.post(path, data={**hidden, **fields, **changes})


@asynccontextmanager
async def office(service: Service) -> AsyncIterator[Office]:
    """Browsers for the cast of a service."""
    await give_passwords(service)
    async with AsyncExitStack() as stack:
        yield Office(service, stack)


def questions_of(walk: Walk, action: str) -> tuple[Question, ...]:
    """The questions of an action, as far as they do not depend on the case."""
    facts = Facts(
        actor_id=1,
        actor_roles=frozenset(),
        today=walk.service.app.state.casework.timekeeper.day(walk.service.app.state.clock.now()),
        state=State(walk.tier, walk.stage),
        proposed_tier=walk.tier,
        tenure="rsl_tenant",
    )
    return action_questions(Asking(pathway=walk.pathway, action=action, facts=facts, meetings={}))


def fields_for(questions: tuple[Question, ...], answers: dict[str, Any]) -> dict[str, list[str]]:
    """What a browser sends when a form is filled in with these answers."""
    return {name: list(values) for name, values in filled_with(questions, answers).fields.items()}


@dataclass
class PageWalk(Walk):
    """A walk whose every move is a form sent from its page."""

    office: Office | None = None

    async def _post(
        self, who: str, offer: dict[str, Any], answers: dict[str, Any], headers: dict[str, str] | None = None
    ) -> httpx.Response:
        del headers
        assert self.office is not None
        body = {**offer["form"]["examples"][0], **answers}
        fields = fields_for(questions_of(self, offer["action"]), body)
        path = f"/cases/{self.reference}/actions/{offer['action']}"
        response = await self.office.send(who, path, fields)
        if response.status_code != 303:
            return response
        assert response.headers["location"].startswith(f"/cases/{self.reference}?recorded="), response.headers
        sequence = int(response.headers["location"].rpartition("=")[2])
        [event] = [event for event in await self.events() if event["sequence"] == sequence]
        return httpx.Response(201, json=event)
