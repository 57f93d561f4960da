"""Who comes in, and what a token allows."""

import pytest
from sqlalchemy import text

from app.edge.doors import token_hash
from tests.support.cast import STRANGER
from tests.support.referrals import referral
from tests.support.refusals import nothing_written, refused
from tests.support.service import API, Service
from tests.support.walks import Walk, log

pytestmark = pytest.mark.database
OFFICER = "housing_officer"
NOTE = {"note": "Key is with the neighbour at number 12."}


@pytest.fixture(scope="module")
async def walk(service: Service) -> Walk:
    """A case that has been received and that no test here moves."""
    return await log(service, tier="moderate")


@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer", "Bearer ", "Basic YTpi", "Bearer adapt_unknown", "Bearer \x00", "Bearer " + "x" * 8000, "é"],
    ids=repr,
)
async def test_nobody_comes_in_without_a_known_token(service: Service, walk: Walk, authorization: str | None) -> None:
    headers = {} if authorization is None else {b"Authorization": authorization.encode("latin-1")}
    async with nothing_written(service):
        read = await service.http.get(f"{API}/cases/{walk.reference}", headers=headers)
        written = await service.http.post(f"{API}/cases/{walk.reference}/notes", json=NOTE, headers=headers)
    for response in (read, written):
        refused(response, 401)
        assert response.headers["www-authenticate"] == "Bearer"


async def _token(
    service: Service, name: str, *, scopes: str = "{read,write}", expires: str = "1 day"
) -> dict[str, str]:
    statement = text(
        """
        INSERT INTO api_tokens (user_id, name, token_hash, scopes, created_at, expires_at)
        VALUES (:u, :n, :h, CAST(:s AS text[]), now() - interval '2 days', now() + CAST(:e AS interval))
        """
    )
    values = {"u": service.cast[OFFICER].id, "n": name, "h": token_hash(name), "s": scopes, "e": expires}
    async with service.owner.transaction() as session:
        await session.execute(statement, values)
    return {"Authorization": f"Bearer {name}"}


async def test_an_expired_token_opens_nothing(service: Service, walk: Walk) -> None:
    expired = await _token(service, "expired", expires="-1 second")
    refused(await service.http.get(f"{API}/cases/{walk.reference}", headers=expired), 401)


async def test_a_revoked_token_opens_nothing_from_that_moment(service: Service, walk: Walk) -> None:
    token = await _token(service, "revoked")
    assert (await service.http.get(f"{API}/cases/{walk.reference}", headers=token)).status_code == 200
    async with service.owner.transaction() as session:
        await session.execute(text("UPDATE api_tokens SET revoked_at = now() WHERE name = 'revoked'"))
    refused(await service.http.get(f"{API}/cases/{walk.reference}", headers=token), 401)


async def test_a_token_that_may_read_may_not_write(service: Service, walk: Walk) -> None:
    token = await _token(service, "reader", scopes="{read}")
    assert (await service.http.get(f"{API}/cases/{walk.reference}", headers=token)).status_code == 200
    async with nothing_written(service):
        for path, body in ((f"/cases/{walk.reference}/notes", NOTE), ("/referrals", referral())):
            refused(await service.http.post(API + path, json=body, headers=token), 403)


async def test_a_token_that_may_write_may_not_read(service: Service, walk: Walk) -> None:
    token = await _token(service, "writer", scopes="{write}")
    refused(await service.http.get(f"{API}/cases/{walk.reference}", headers=token), 403)


async def test_somebody_who_has_left_comes_in_no_more(fresh_service: Service) -> None:
    walk = await log(fresh_service, tier="moderate")
    async with fresh_service.owner.transaction() as session:
        await session.execute(text("UPDATE users SET active = false WHERE email = 'housing_officer@test.example'"))
    refused(await fresh_service.get(OFFICER, f"/cases/{walk.reference}"), 401)


async def test_a_role_given_back_opens_nothing(fresh_service: Service) -> None:
    walk = await log(fresh_service, tier="moderate")
    async with fresh_service.owner.transaction() as session:
        ended = text("UPDATE role_holdings SET held_from = held_from - 9, held_to = current_date WHERE user_id = :u")
        await session.execute(ended, {"u": fresh_service.cast[OFFICER].id})
    refused(await fresh_service.get(OFFICER, f"/cases/{walk.reference}"), 404)
    refused(await fresh_service.post(OFFICER, "/referrals", referral()), 403)


async def test_a_stranger_cannot_tell_a_hidden_case_from_none(service: Service, walk: Walk) -> None:
    hidden = await service.get(STRANGER, f"/cases/{walk.reference}")
    none = await service.get(STRANGER, "/cases/HS-999999-K")
    assert refused(hidden, 404)["detail"] == refused(none, 404)["detail"]
    async with nothing_written(service):
        refused(await service.post(STRANGER, f"/cases/{walk.reference}/notes", NOTE), 404)
        refused(await service.post(STRANGER, f"/cases/{walk.reference}/actions/screen", {}), 404)


async def test_a_wrong_role_is_told_whose_it_is(service: Service, walk: Walk) -> None:
    async with nothing_written(service):
        problem = refused(await service.post("auditor", f"/cases/{walk.reference}/actions/screen", {}), 403)
    assert "housing officer" in problem["detail"]
