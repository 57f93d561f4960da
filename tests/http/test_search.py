"""One person looked for in many ways: by a name spelt as it may be, a number, a postcode, a reference."""

from collections.abc import AsyncIterator

import pytest

from tests.support.cast import STRANGER
from tests.support.databases import TestServer
from tests.support.referrals import referral
from tests.support.service import Service, running_service
from tests.support.walks import Walk, log

pytestmark = pytest.mark.database
OFFICER = "housing_officer"


@pytest.fixture(scope="module")
async def searched(database_server: TestServer, worker_name: str) -> AsyncIterator[Service]:
    """A partnership of this module's own."""
    with database_server.fresh(f"{worker_name}_search") as url:
        async with running_service(url) as service:
            yield service


@pytest.fixture(scope="module")
async def known(searched: Service) -> dict[str, str]:
    """Name -> reference of cases of the housing officer's organisation."""
    found = {}
    for name in ("Isobel McSample-Ågren", "Zoë O'Placeholder", "Maryann Testerton", "Catherine Fixture"):
        response = await searched.post(OFFICER, "/referrals", referral(person={"name": name}))
        assert response.status_code == 201, response.text
        found[name] = response.json()["reference"]
    return found


@pytest.fixture(scope="module")
async def walk(searched: Service) -> Walk:
    """A case with a number and a postcode of its own."""
    return await log(searched, tier="moderate")


async def references(service: Service, who: str, typed: str, **more: object) -> list[str]:
    """What somebody finds."""
    response = await service.get(who, "/cases", q=typed, limit=200, **more)
    assert response.status_code == 200, response.text
    return [case["reference"] for case in response.json()["items"]]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Isobel McSample", "Isobel McSample-Ågren"),  # as it is spelt
        ("isobel mac sample", "Isobel McSample-Ågren"),  # Mac apart, no capitals
        ("MacSample Agren", "Isobel McSample-Ågren"),  # Mac for Mc, no hyphen, no ring
        ("McSampleAgren", "Isobel McSample-Ågren"),  # the hyphen closed up
        ("Isbel", "Isobel McSample-Ågren"),  # a letter dropped
        ("Issobel", "Isobel McSample-Ågren"),  # a letter added
        ("Isoebl", "Isobel McSample-Ågren"),  # two letters swapped
        ("Usobel", "Isobel McSample-Ågren"),  # the first letter wrong
        ("Isobel McSanple", "Isobel McSample-Ågren"),  # a wrong letter far into a word
        ("Iso Agr", "Isobel McSample-Ågren"),  # the beginnings of words
        ("Zoe", "Zoë O'Placeholder"),  # no dots
        ("O Placeholder", "Zoë O'Placeholder"),  # no apostrophe
        ("OPlacehoder", "Zoë O'Placeholder"),  # no apostrophe and a letter dropped
        ("Ms Placeholder-Zoe", "Zoë O'Placeholder"),  # a title, the last name first, no apostrophe
        ("holder", None),  # the end of a word
        ("Mary Ann Testerton", "Maryann Testerton"),  # a name in two
        ("Kathryn Fixture", "Catherine Fixture"),  # as it sounds
        ("Catherine Testerton", None),  # two people's names
        ("Isobel Nobody", None),  # half of it is another name
    ],
)
async def test_a_name_is_found_as_people_spell_it(
    searched: Service, known: dict[str, str], typed: str, name: str | None
) -> None:
    found = await references(searched, OFFICER, typed)
    assert (known[name] in found) if name else not set(known.values()) & set(found)
    assert not set(await references(searched, STRANGER, typed)) & set(known.values())


async def test_a_home_is_found_by_its_postcode_and_the_beginning_of_it(searched: Service, walk: Walk) -> None:
    home = (await walk.case())["home"]
    for typed in (home["postcode"], home["postcode"].lower().replace(" ", ""), home["postcode"][:-2],
                  home["postcode"].split()[0]):  # fmt: skip
        assert walk.reference in await references(searched, OFFICER, typed, list="open"), typed
        assert await references(searched, STRANGER, typed) == []


async def test_a_person_is_found_by_number_and_a_case_by_its_reference(searched: Service, walk: Walk) -> None:
    number = (await walk.case())["person"]["nhs_number"]
    for typed in (number, f"{number[:3]} {number[3:6]} {number[6:]}", walk.reference, walk.reference.lower()):
        assert await references(searched, OFFICER, typed) == [walk.reference]
        assert await references(searched, STRANGER, typed) == []


async def test_words_that_are_many_people_s_are_read_page_by_page(searched: Service) -> None:
    for _ in range(6):
        await log(searched, tier="moderate")
    whole = await references(searched, OFFICER, "Dummie")
    first = (await searched.get(OFFICER, "/cases", q="Dummie", limit=3)).json()
    second = (await searched.get(OFFICER, "/cases", q="Dummie", limit=3, cursor=first["next_cursor"])).json()
    assert [case["reference"] for case in (*first["items"], *second["items"])] == whole[:6]


@pytest.mark.parametrize("most", [0, 1])
async def test_what_fits_too_many_people_is_left_to_the_database(
    searched: Service, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    whole, by_postcode = await references(searched, OFFICER, "Dum"), await references(searched, OFFICER, "FK1")
    monkeypatch.setattr("app.cases.search.MOST", most)
    assert len(whole) > 1
    assert await references(searched, OFFICER, "Dum") == whole
    assert await references(searched, OFFICER, "FK1") == by_postcode
