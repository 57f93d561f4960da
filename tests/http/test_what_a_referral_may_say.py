"""A referral says what it says in one way only: nothing is guessed from a value of another kind."""

from typing import Any

import pytest

from app.kernel.paging import encode
from tests.support.referrals import referral
from tests.support.refusals import nothing_written, pointers, with_value
from tests.support.service import Service

pytestmark = pytest.mark.database
OFFICER = "housing_officer"


@pytest.mark.parametrize("pointer", ["/person/date_of_birth", "/first_contact_on", "/consent/recorded_on"])
@pytest.mark.parametrize(
    "value", [86_400, -1, "0", 1.5e9, "2026-01-12T00:00:00Z", "2026-1-2", "20260112", "0001-01-01", "1899-12-31"]
)
async def test_a_day_is_a_day_and_within_reach(service: Service, pointer: str, value: Any) -> None:
    async with nothing_written(service):
        response = await service.post(OFFICER, "/referrals", with_value(referral(), pointer, value))
    assert pointers(response) == {pointer}


@pytest.mark.parametrize("value", ["yes", "true", 1, "on", None])
async def test_consent_is_never_guessed(service: Service, value: Any) -> None:
    body = with_value(referral(), "/consent/share_with_partners", value)
    async with nothing_written(service):
        response = await service.post(OFFICER, "/referrals", body)
    assert pointers(response) == {"/consent/share_with_partners"}


@pytest.mark.parametrize("name", ["\u200b\u200b", "\u202e", "---", "\U0001f600"])
async def test_a_name_has_something_to_read(service: Service, name: str) -> None:
    async with nothing_written(service):
        response = await service.post(OFFICER, "/referrals", with_value(referral(), "/person/name", name))
    assert pointers(response) == {"/person/name"}


@pytest.mark.parametrize("name", ["李小龙", "Ó Dálaigh", "أمينة", "X Æ A-12"])
async def test_a_name_in_any_script_is_taken(service: Service, name: str) -> None:
    response = await service.post(OFFICER, "/referrals", with_value(referral(), "/person/name", name))
    assert response.status_code == 201
    assert response.json()["person"]["name"] == name


@pytest.mark.parametrize("place", ["a", "1", "~~~~", "00000000900000000000x", "0" * 19])
async def test_a_cursor_of_another_list_does_not_pass_for_the_end_of_the_worklist(service: Service, place: str) -> None:
    response = await service.get(OFFICER, "/cases", cursor=encode(place))
    assert pointers(response) == {"/cursor"}
