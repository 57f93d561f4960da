"""Of all pages together: no link leads nowhere, and no two pages have the same title."""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import httpx
import pytest

from tests.browser.catalogue import CATALOGUE, Shown
from tests.browser.scene import Scene
from tests.support.browsing import ACCEPT, Page
from tests.support.served import Site

pytestmark = pytest.mark.browser
LOADED = [shown for shown in CATALOGUE if shown.act is None]


@asynccontextmanager
async def _as(site: Site, who: str | None) -> AsyncIterator[httpx.AsyncClient]:
    cookies = dict(await site.cookies_of(who)) if who else {}
    async with httpx.AsyncClient(base_url=site.base, cookies=cookies, headers={"Accept": ACCEPT}, timeout=60) as client:
        yield client


@pytest.fixture(scope="module")
async def pages(scene: Scene) -> list[tuple[Shown, Page]]:
    """Every page that is reached by its address alone."""
    found = []
    for who in dict.fromkeys(shown.who for shown in LOADED):
        async with _as(scene.site, who) as client:
            for shown in LOADED:
                if shown.who == who:
                    response = await client.get(shown.address.format(**scene.cases))
                    assert response.status_code == shown.status, shown.name
                    found.append((shown, Page(response.text)))
    return found


async def test_no_link_leads_nowhere(scene: Scene, pages: list[tuple[Shown, Page]]) -> None:
    found: dict[str, tuple[str | None, str, str]] = {}
    for shown, page in pages:
        for link in page.links:
            # Of links that differ in the case or in who looks alone, one is followed.
            shape = re.sub(r"/cases/[^/?]+|=[^&]*", "", link.partition("#")[0])
            if link.startswith("/"):
                found.setdefault(shape, (shown.who, link.partition("#")[0], shown.name))
    assert len(found) > len(LOADED) / 3
    assert await _broken(scene, list(found.values())) == []


async def _broken(scene: Scene, found: Sequence[tuple[str | None, str, str]]) -> list[str]:
    broken = []
    for who in dict.fromkeys(whose for whose, _, _ in found):
        async with _as(scene.site, who) as client:
            for whose, link, page in found:
                if whose == who and (status := (await client.get(link)).status_code) >= 400:
                    broken.append(f"{page}, as {who}: {link} answers {status}")
    return broken


async def test_every_page_has_a_title_of_its_own(pages: list[tuple[Shown, Page]]) -> None:
    titles: dict[str, set[str]] = {}
    for shown, page in pages:
        what, *_, product = page.title.split(" – ")
        assert what.strip(), shown.name
        assert product == "Adapt", shown.name
        titles.setdefault(page.title, set()).add(shown.address.partition("?")[0])
    assert {title: shown for title, shown in titles.items() if len(shown) > 1} == {}
