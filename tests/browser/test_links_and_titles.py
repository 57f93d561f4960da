"""Of all pages together: no link leads nowhere, and no two pages have the same title."""

import re
from collections.abc import AsyncIterator, Mapping
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


async def _source(scene: Scene, shown: Shown) -> Page:
    async with _as(scene.site, shown.who) as client:
        response = await client.get(shown.address.format(**scene.cases))
    assert response.status_code == shown.status, shown.name
    return Page(response.text)


async def test_no_link_leads_nowhere(scene: Scene) -> None:
    found: dict[tuple[str | None, str], str] = {}
    alike = set()
    for shown in LOADED:
        for link in (await _source(scene, shown)).links:
            # Of links that differ in the case alone, one is followed.
            shape = (shown.who, re.sub(r"/cases/[^/?]+|=[^&]*", "", link.partition("#")[0]))
            if link.startswith("/") and shape not in alike:
                alike.add(shape)
                found[shown.who, link.partition("#")[0]] = shown.name
    assert len(found) > len(LOADED)
    assert await _broken(scene, found) == []


async def _broken(scene: Scene, found: Mapping[tuple[str | None, str], str]) -> list[str]:
    broken = []
    for who in {who for who, _ in found}:
        async with _as(scene.site, who) as client:
            for (whose, link), page in found.items():
                if whose == who and (status := (await client.get(link)).status_code) >= 400:
                    broken.append(f"{page}, as {who}: {link} answers {status}")
    return broken


async def test_every_page_has_a_title_of_its_own(scene: Scene) -> None:
    titles: dict[str, set[str]] = {}
    for shown in LOADED:
        title = (await _source(scene, shown)).title
        what, *_, product = title.split(" – ")
        assert what.strip(), shown.name
        assert product == "Adapt", shown.name
        titles.setdefault(title, set()).add(shown.address.partition("?")[0])
    assert {title: pages for title, pages in titles.items() if len(pages) > 1} == {}
