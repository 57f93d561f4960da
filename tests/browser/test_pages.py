"""Every page in every state: usable by everybody on a phone without scripts and at a desk with them, and light."""

import pytest
from fastapi.routing import APIRoute

from app.main import PAGES
from tests.browser.accessibility import accessible, bears_larger_text
from tests.browser.catalogue import CATALOGUE, NOT_PAGES, Shown
from tests.browser.conftest import Visit
from tests.browser.keyboard import reaches_everything
from tests.browser.loading import MOST_BYTES, shifts, weight
from tests.browser.scene import Scene
from tests.browser.visitor import DESK, PHONE

pytestmark = pytest.mark.browser
FIRST = {shown.route: shown for shown in reversed(CATALOGUE)}
# A state without a picture of its own is a small variation of its page: a desk shows it as it shows the others.
AT_A_DESK = [shown for shown in CATALOGUE if shown.pictured or shown is FIRST[shown.route]]
every_page = pytest.mark.parametrize("shown", CATALOGUE, ids=lambda shown: shown.name)


def test_every_page_of_the_app_is_looked_at() -> None:
    routes = {
        route.path
        for pages in PAGES
        for route in pages.router.routes
        if isinstance(route, APIRoute) and "GET" in route.methods
    }
    looked_at = {shown.route for shown in CATALOGUE if not shown.route.startswith("(")}
    assert sorted(routes - looked_at - set(NOT_PAGES)) == [], "Add them to tests/browser/catalogue.py."
    assert sorted((looked_at | set(NOT_PAGES)) - routes) == [], "These are no pages of the app any more."
    names = [shown.name for shown in CATALOGUE]
    assert len(names) == len(set(names))


@every_page
async def test_on_a_phone_without_scripts(scene: Scene, visit: Visit, shown: Shown) -> None:
    person = await visit(scene.site, scripts=False, width=PHONE)
    await shown.show(person, scene)
    await reaches_everything(person)
    # Colours are looked at once, where most states are seen.
    await accessible(person, colours=shown not in AT_A_DESK)


@pytest.mark.parametrize("shown", AT_A_DESK, ids=lambda shown: shown.name)
async def test_at_a_desk_with_scripts(scene: Scene, visit: Visit, shown: Shown) -> None:
    person = await visit(scene.site, scripts=True, width=DESK)
    await shown.show(person, scene)
    assert await shifts(person) == []
    carried = await weight(person)
    assert sum(carried.values()) < MOST_BYTES, carried
    await accessible(person)
    await bears_larger_text(person)
