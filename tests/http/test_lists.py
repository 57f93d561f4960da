"""Lists are read page by page; a cursor or a filter that cannot be is named."""

import pytest

from app.kernel.paging import encode
from tests.support.refusals import pointers
from tests.support.service import API, Service
from tests.support.walks import Walk, log

pytestmark = pytest.mark.database
OFFICER = "housing_officer"
NOTE = {"note": "Key is with the neighbour at number 12."}


@pytest.fixture(scope="module")
async def walk(service: Service) -> Walk:
    """A case that has been received and that no test here moves."""
    return await log(service, tier="moderate")


@pytest.mark.parametrize("cursor", ["x", "!!!!", "AA=A", "x" * 300, encode("\n"), encode("é" * 3), "%00", ""])
@pytest.mark.parametrize("route", ["/cases", "/cases/{r}/events"])
async def test_a_malformed_cursor_is_named(service: Service, walk: Walk, route: str, cursor: str) -> None:
    path = f"{API}{route.format(r=walk.reference)}?cursor={cursor}"
    response = await service.http.get(path, headers=service.cast[OFFICER].headers)
    assert pointers(response) == {"/cursor"}


async def test_a_cursor_of_another_list_is_never_a_fault(service: Service, walk: Walk) -> None:
    for route in ("/cases", f"/cases/{walk.reference}/events"):
        for place in ("1", "0" * 18, "zzz", "00000000"):
            response = await service.get(OFFICER, route, cursor=encode(place))
            assert response.status_code in (200, 422)


async def test_pages_follow_one_another_without_gap_or_double(service: Service) -> None:
    long = await log(service, tier="moderate")
    for _ in range(4):
        await long.record(OFFICER, "notes", NOTE)
    seen: list[int] = []
    cursor: dict[str, str | None] = {}
    for _ in range(3):
        page = (await service.get(OFFICER, f"/cases/{long.reference}/events", limit=2, **cursor)).json()
        seen += [event["sequence"] for event in page["items"]]
        cursor = {"cursor": page["next_cursor"]}
    assert seen == [1, 2, 3, 4, 5]
    assert cursor == {"cursor": None}


@pytest.mark.parametrize(
    "query",
    ["q=%00", "q=%ff", "q=%ED%A0%80", "tier=%00", "stage=%00", "organisation=%00", "fast_track=%00", "source=%00",
     "group=%00", "assigned_to=%00", f"assigned_to={10**30}", "q=:*%26|!", "q='%3Bdrop", "limit=0", "limit=201",
     f"limit={10**30}", "limit=x", "due=never", "q=" + "x" * 201],
)  # fmt: skip
async def test_a_strange_filter_is_an_empty_page_or_named(service: Service, query: str) -> None:
    response = await service.http.get(f"{API}/cases?{query}", headers=service.cast[OFFICER].headers)
    if response.status_code == 200:
        assert response.json() == {"items": [], "next_cursor": None}
    else:
        assert len(pointers(response)) == 1
