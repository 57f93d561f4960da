"""How long the server takes for a page, beside what the API takes for the same case or list in the same run."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

import httpx

from app.people.passwords import hash_password
from benchmarks.database import connect
from benchmarks.servers import Load, Served, wrk
from benchmarks.world import World
from tests.support.browsing import ACCEPT, PASSWORD, Page

CASES: Final = 500
WHO: Final = "housing_officer"
MISSPELT: Final = "Hgh Macedale"
"""Like a name or two of the world's people, with a letter of the first name dropped."""
CALLS: Final = ("", "/actions", "/time", "/events")
"""What an API client asks to know what the case page shows."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A page, and the calls of the API that say the same."""

    name: str
    page: Load
    calls: Mapping[str, Load]

    @property
    def ratio(self) -> float:
        """The page's p95 beside that of its calls, one after another."""
        return self.page.p95_ms / sum(call.p95_ms for call in self.calls.values())


def measure(world: World, served: Served, *, seconds: int) -> Iterator[Compared]:
    """Worklists, a search and the case page, two connections each; as many cases on each side."""
    cookies = signed_in(world, served)
    cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
    bearer = ("Authorization", f"Bearer {world.cast[WHO].token}")

    def page(paths: list[str]) -> Load:
        return _load(world, served, paths, ("Cookie", cookie), ACCEPT, seconds)

    def call(paths: list[str]) -> Load:
        return _load(world, served, paths, bearer, "application/json", seconds)

    yield Compared("home", page(["/"]), {"GET /cases": call(["/api/v1/cases?list=mine&limit=10"])})
    team = call(["/api/v1/cases?list=team&limit=25"])
    yield Compared("worklist", page(["/worklist?list=team"]), {"GET /cases": team})
    found_by, searched = _searched(served, cookies), call([f"/api/v1/cases?q={quote(MISSPELT)}&limit=25"])
    yield Compared("search", page([found_by]), {"GET /cases": searched})
    cases = [f"/cases/{reference}" for reference in _references(world)]
    calls = {f"GET /cases/{{reference}}{part}": call([f"/api/v1{one}{part}" for one in cases]) for part in CALLS}
    yield Compared("case", page(cases), calls)


def _searched(served: Served, cookies: Mapping[str, str]) -> str:
    """Where a search for a misspelt name leads to."""
    with httpx.Client(base_url=served.base, headers={"Accept": ACCEPT}, cookies=dict(cookies)) as browser:
        page = Page(browser.get("/worklist").text)
        response = browser.post("/worklist/search", data={**page.hidden, "typed": MISSPELT})
    assert response.status_code == 303, response.text
    return str(response.headers["location"])


def _load(world: World, served: Served, paths: list[str], header: tuple[str, str], accept: str, seconds: int) -> Load:
    listed: Path = world.folder / "paths.txt"
    listed.write_text("".join(f"{path}\n" for path in paths))
    load = wrk("reading.lua", served.base, connections=2, seconds=seconds, arguments=[str(listed), *header, accept])
    if load.refused:
        raise SystemExit(f"{load.refused} of {load.requests} loads were refused, {paths[0]} among them.")
    return load


def _references(world: World) -> list[str]:
    """Cases that the reader sees; those with most events first."""
    query = "SELECT reference FROM cases WHERE custody_id = %s ORDER BY sequence DESC, id LIMIT %s"
    with connect(world.url) as connection:
        rows = connection.execute(query, (world.cast.organisations["clydeview"], CASES)).fetchall()
    return [str(row[0]) for row in rows]


def signed_in(world: World, served: Served) -> dict[str, str]:
    """The cookies of somebody who has signed in at the page."""
    hashed, email = hash_password(PASSWORD), world.cast[WHO].email
    with connect(world.url) as connection:
        connection.execute("UPDATE users SET password_hash = %s WHERE email = %s", (hashed, email))
    with httpx.Client(base_url=served.base, headers={"Accept": ACCEPT}) as browser:
        page = Page(browser.get("/sign-in").text)
        form = {**page.hidden, "email": email, "password": PASSWORD}
        response = browser.post("/sign-in", data=form)
        assert response.status_code == 303, response.text
        return dict(browser.cookies)
