"""One's own tokens over HTTP: shown once, kept as a hash, nobody else's business."""

import asyncio
from datetime import datetime
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from app.edge.doors import TOKEN_PREFIX, token_hash
from tests.support.service import API, Service

pytestmark = pytest.mark.database

WHO = "assessor"


async def a_token(service: Service, who: str = WHO, **body: Any) -> dict[str, Any]:
    response = await service.post(who, "/tokens", {"name": "for a test", **body})
    assert response.status_code == 201, response.text
    made: dict[str, Any] = response.json()
    return made


async def ask(service: Service, token: str, method: str = "GET", path: str = "/me", body: Any = None) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"}
    return await service.http.request(method, API + path, json=body, headers=headers)


async def test_a_token_opens_the_door_as_its_maker(service: Service) -> None:
    made = await a_token(service)
    assert made["token"].startswith(TOKEN_PREFIX)
    assert (await ask(service, made["token"])).json()["email"] == service.cast[WHO].email


async def test_a_token_lasts_ninety_days_unless_another_number_is_given(service: Service) -> None:
    asked: list[tuple[dict[str, Any], int]] = [({}, 90), ({"days": 1}, 1), ({"days": 365}, 365)]
    for body, days in asked:
        made = await a_token(service, **body)
        created, expires = (datetime.fromisoformat(made[name]) for name in ("created_at", "expires_at"))
        assert (expires - created).days == days
        assert abs((service.app.state.clock.now() - created).total_seconds()) < 60


@pytest.mark.parametrize(
    "body",
    [{"days": 0}, {"days": 366}, {"scopes": []}, {"scopes": ["admin"]}, {"name": ""}, {"name": "x" * 101}, {"user": 1}],
)
async def test_a_token_that_cannot_be_is_refused_by_field(service: Service, body: dict[str, Any]) -> None:
    response = await service.post(WHO, "/tokens", {"name": "for a test", **body})
    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"].startswith(f"/{next(iter(body))}")


async def test_only_the_hash_of_a_token_reaches_the_database(service: Service) -> None:
    headers = {"Idempotency-Key": "one token"}
    first = await service.post(WHO, "/tokens", {"name": "kept nowhere"}, headers)
    secret = first.json()["token"]
    async with service.owner.transaction() as session:
        kept = await session.scalar(
            text("SELECT token_hash FROM api_tokens WHERE id = :id"), {"id": first.json()["id"]}
        )
        answers = (await session.scalars(text("SELECT body FROM idempotency_keys"))).all()
    assert bytes(kept) == token_hash(secret)
    assert answers
    assert not [answer for answer in answers if secret.encode() in bytes(answer)]


async def test_a_repeat_of_the_request_makes_no_second_token_and_tells_no_secret(service: Service) -> None:
    headers = {"Idempotency-Key": "the same token"}
    first, second = [(await service.post(WHO, "/tokens", {"name": "repeated"}, headers)).json() for _ in range(2)]
    assert first["token"] is not None
    assert second == {**first, "token": None}


async def test_a_token_is_listed_to_its_owner_only_and_without_the_secret(service: Service) -> None:
    made = await a_token(service, name="mine alone")
    mine = (await service.get(WHO, "/tokens", limit=200)).json()["items"]
    [listed] = [token for token in mine if token["id"] == made["id"]]
    assert listed == {name: value for name, value in made.items() if name != "token"}
    assert [token["id"] for token in mine] == sorted((token["id"] for token in mine), reverse=True)
    for other in ("administrator", "service_manager"):
        theirs = (await service.get(other, "/tokens", limit=200)).json()["items"]
        assert made["id"] not in [token["id"] for token in theirs]


async def test_tokens_come_page_by_page(service: Service) -> None:
    for _ in range(3):
        await a_token(service, "funding_officer")
    first = (await service.get("funding_officer", "/tokens", limit=2)).json()
    rest = (await service.get("funding_officer", "/tokens", limit=200, cursor=first["next_cursor"])).json()
    ids = [token["id"] for token in first["items"] + rest["items"]]
    assert len(ids) == len(set(ids)) == 4
    assert rest["next_cursor"] is None


async def test_a_revoked_token_opens_nothing_from_that_moment(service: Service) -> None:
    made = await a_token(service)
    revoked = await service.post(WHO, f"/tokens/{made['id']}/revoke")
    assert revoked.status_code == 201
    assert revoked.json()["revoked_at"] is not None
    assert (await ask(service, made["token"])).status_code == 401
    again = await service.post(WHO, f"/tokens/{made['id']}/revoke")
    assert again.json()["revoked_at"] == revoked.json()["revoked_at"]


async def test_nobody_revokes_a_token_of_somebody_else(service: Service) -> None:
    made = await a_token(service)
    assert (await service.post("administrator", f"/tokens/{made['id']}/revoke")).status_code == 404
    assert (await ask(service, made["token"])).status_code == 200


async def test_an_expired_token_opens_nothing(service: Service) -> None:
    made = await a_token(service)
    async with service.owner.transaction() as session:
        statement = text(
            "UPDATE api_tokens SET created_at = now() - interval '2 days', expires_at = now() - interval '1 second'"
            " WHERE id = :id"
        )
        await session.execute(statement, {"id": made["id"]})
    assert (await ask(service, made["token"])).status_code == 401


async def test_a_token_that_reads_neither_writes_nor_makes_one_that_does(service: Service) -> None:
    reading = (await a_token(service, scopes=["read"]))["token"]
    assert (await ask(service, reading)).status_code == 200
    assert (await ask(service, reading, "POST", "/tokens", {"name": "more"})).status_code == 403
    writing = (await a_token(service, scopes=["write"]))["token"]
    assert (await ask(service, writing)).status_code == 403
    beyond = await ask(service, writing, "POST", "/tokens", {"name": "more", "scopes": ["read", "write"]})
    assert beyond.status_code == 403
    assert (await ask(service, writing, "POST", "/tokens", {"name": "same", "scopes": ["write"]})).status_code == 201


async def test_two_requests_with_one_key_at_once_make_one_token(service: Service) -> None:
    headers = {"Idempotency-Key": "at once"}
    answers = await asyncio.gather(
        *(service.post("auditor", "/tokens", {"name": "at once"}, headers) for _ in range(4))
    )
    bodies = [answer.json() for answer in answers]
    assert len({body["id"] for body in bodies}) == 1
    assert sum(body["token"] is not None for body in bodies) == 1


@pytest.mark.parametrize(("method", "path"), [("GET", "/tokens"), ("POST", "/tokens"), ("POST", "/tokens/1/revoke")])
async def test_without_a_token_there_are_no_tokens(service: Service, method: str, path: str) -> None:
    body = {"name": "nobody's"} if path == "/tokens" and method == "POST" else None
    assert (await service.http.request(method, API + path, json=body)).status_code == 401


async def test_a_number_that_is_none_is_refused(service: Service) -> None:
    assert (await service.post(WHO, "/tokens/mine/revoke")).status_code == 422
