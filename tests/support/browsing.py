"""A browser without a screen: keeps cookies, sends forms as they stand on the page, does not follow where it is sent."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import httpx
from sqlalchemy import text

from app.edge.sessions import COOKIE
from app.edge.templating import static_url
from app.people.passwords import hash_password
from tests.support.service import Service

PASSWORD = "a long enough pass phrase"
ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def _versions() -> list[str]:
    return [static_url(f"built/{name}.js") for name in ("adapt", "supported")]


@dataclass
class Page(HTMLParser):
    """What a page holds: its title, texts by tag, hidden fields, ids and links."""

    source: str
    title: str = ""
    hidden: dict[str, str] = field(default_factory=dict)
    ids: dict[str, dict[str, str]] = field(default_factory=dict)
    links: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    cells: list[list[str]] = field(default_factory=list)
    attributes: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._open: list[str] = []
        self.feed(self.source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        self.attributes += found.items()
        self._open.append(tag)
        if "id" in found:
            self.ids[found["id"]] = found
        if found.get("type") == "hidden":
            self.hidden[found["name"]] = found["value"]
        if tag == "a":
            self.links.append(found["href"])
        if tag == "tr":
            self.cells.append([])
        if tag in ("td", "th"):
            self.cells[-1].append("")

    def scripts_are_ours(self) -> bool:
        """Whether every script is one of our own files, and none stands on the page itself."""
        sources = [value for name, value in self.attributes if name == "src" and value.endswith(tuple(_versions()))]
        return self.tags.count("script") == len(sources) == 2

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "title" in self._open:
            self.title += data
        if self.cells and self._open and {"td", "th"} & set(self._open):
            self.cells[-1][-1] = " ".join(f"{self.cells[-1][-1]} {data}".split())


@dataclass(frozen=True)
class Browser:
    """One person's browser."""

    http: httpx.AsyncClient

    async def sign_in(self, email: str, password: str = PASSWORD, **fields: str) -> httpx.Response:
        """Load the sign-in page and send its form."""
        page = Page((await self.http.get("/sign-in")).text)
        return await self.http.post("/sign-in", data={**page.hidden, "email": email, "password": password, **fields})

    async def send(self, page: str, path: str, **fields: str) -> httpx.Response:
        """Load a page and send the form on it to `path`, with its hidden fields and these."""
        hidden = Page((await self.http.get(page)).text).hidden
        return await self.http.post(path, data={**hidden, **fields})

    async def home(self) -> httpx.Response:
        """Load the home page."""
        return await self.http.get("/")


@asynccontextmanager
async def browsing(
    service: Service, *, address: str = "192.0.2.7", base: str = "https://testserver"
) -> AsyncIterator[Browser]:
    """A new browser at a network address."""
    transport = httpx.ASGITransport(app=service.app, raise_app_exceptions=False, client=(address, 50000))
    async with httpx.AsyncClient(transport=transport, base_url=base, headers={"Accept": ACCEPT}) as http:
        yield Browser(http)


async def give_passwords(service: Service) -> None:
    """Let the whole cast sign in with `PASSWORD`."""
    async with service.owner.transaction() as session:
        await session.execute(text("UPDATE users SET password_hash = :hash"), {"hash": hash_password(PASSWORD)})


def signed_in(response: httpx.Response) -> bool:
    """Whether the answer sends a new session home."""
    return (response.status_code, response.headers.get("location")) == (303, "/") and COOKIE in response.cookies


def faulty(response: httpx.Response, status: int, field: str, message: str) -> Page:
    """The page, after looking that it says what is wrong where an eye, a keyboard and a screen reader find it."""
    assert response.status_code == status, response.text
    page = Page(response.text)
    assert page.title.startswith("Error: ")
    assert f"#{field}" in page.links
    assert page.ids[field]["aria-describedby"].split()[-1] == f"{field}-error"
    assert f"{field}-error" in page.ids
    assert page.ids[field]["aria-invalid"] == "true"
    assert response.text.count(message) == 2
    assert COOKIE not in response.cookies
    return page


async def change(service: Service, statement: str, **values: Any) -> None:
    """Change rows as the schema's owner; at least one."""
    async with service.owner.transaction() as session:
        assert (await session.execute(text(statement), values)).rowcount > 0
