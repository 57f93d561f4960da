"""How long the server takes for a page, beside what the API takes for the same case or list in the same run."""

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


def measure(world: World, served: Served, *, seconds: int) -> dict[str, tuple[Load, Load]]:
    """Each page and the same through the API, two connections each."""
    references = _references(world)
    with httpx.Client(base_url=served.base, headers={"Accept": ACCEPT}) as browser:
        cookie = _signed_in(world, browser)
        found_by = _searched(browser)
    # As many cases on each side.
    wanted = {
        "worklist": (["/worklist?list=team"], ["/api/v1/cases?list=team&limit=25"]),
        "home": (["/"], ["/api/v1/cases?list=mine&limit=10"]),
        "search": ([found_by], [f"/api/v1/cases?q={quote(MISSPELT)}&limit=25"]),
        "case": ([f"/cases/{one}" for one in references], [f"/api/v1/cases/{one}" for one in references]),
    }
    found = {}
    for name, (pages, calls) in wanted.items():
        page = _load(world, served, pages, ("Cookie", cookie), ACCEPT, seconds)
        api = _load(
            world, served, calls, ("Authorization", f"Bearer {world.cast[WHO].token}"), "application/json", seconds
        )
        found[name] = page, api
    return found


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


def _searched(browser: httpx.Client) -> str:
    """Where a search for a misspelt name leads to."""
    page = Page(browser.get("/worklist").text)
    response = browser.post("/worklist/search", data={**page.hidden, "typed": MISSPELT})
    assert response.status_code == 303, response.text
    return str(response.headers["location"])


def _signed_in(world: World, browser: httpx.Client) -> str:
    """The cookie of somebody who has signed in at the page."""
    hashed, email = hash_password(PASSWORD), world.cast[WHO].email
    with connect(world.url) as connection:
        connection.execute("UPDATE users SET password_hash = %s WHERE email = %s", (hashed, email))
    page = Page(browser.get("/sign-in").text)
    form = {**page.hidden, "email": email, "password": PASSWORD}
    response = browser.post("/sign-in", data=form)
    assert response.status_code == 303, response.text
    return "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
