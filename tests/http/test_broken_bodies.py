"""Whatever bytes, kinds and sizes a client sends are answered, never with a fault, and leave nothing half written."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.support.referrals import referral
from tests.support.refusals import nothing_written, refused, send, texts_in, with_value
from tests.support.service import Service
from tests.support.walks import CONVERSATION, Walk, log

pytestmark = pytest.mark.database
OFFICER = "housing_officer"
NOTE = {"note": "Key is with the neighbour at number 12."}


@pytest.fixture(scope="module")
async def walk(service: Service) -> Walk:
    """A case that has been received and that no test here moves."""
    return await log(service, tier="moderate")


BROKEN = {
    "nothing": b"",
    "half an object": b'{"note": ',
    "not JSON": b"note=1",
    "invalid UTF-8": b'{"note": "\xff\xfe caf\xe9"}',
    "a byte order mark and rubbish": b"\xef\xbb\xbf{",
    "not a number": b'{"note": NaN}',
    "infinity": b'{"note": 1e999999}',
    "a list": b"[]",
    "a text": b'"note"',
    "null": b"null",
    "two objects": b'{"note": "x"}{"note": "y"}',
    "a lone surrogate": b'{"note": "\\ud800"}',
    "a lone surrogate as a key": b'{"\\ud800": "x"}',
    "a NUL": b'{"note": "a\\u0000b"}',
    "deep lists": b"[" * 100_000,
    "deep lists that end": b"[" * 50_000 + b"]" * 50_000,
    "a deep object": b'{"note":' * 50_000 + b"1" + b"}" * 50_000,
    "a number of a hundred thousand digits": b'{"note": ' + b"9" * 100_000 + b"}",
}
ROUTES = [
    "/referrals",
    "/cases/{r}/notes",
    "/cases/{r}/conversation",
    "/cases/{r}/actions/screen",
    "/cases/{r}/assignment",
]


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN.keys())
async def test_a_body_that_cannot_be_read_is_refused(service: Service, walk: Walk, route: str, body: bytes) -> None:
    async with nothing_written(service):
        response = await send(service, route.format(r=walk.reference), body)
    assert response.status_code in (400, 422)
    refused(response, response.status_code)


@pytest.mark.parametrize("character", ["\x00", "\ud800"], ids=["NUL", "surrogate"])
async def test_no_text_of_a_referral_takes_a_character_that_cannot_be_kept(service: Service, character: str) -> None:
    person = {"phone": "01632 960123", "email": "d@test.example", "preferred_contact": "phone"}
    full = referral(person=person, home={"uprn": "100012345678"}, referrer={"name": "Ewan Dummie", "organisation": "X"})
    async with nothing_written(service):
        for pointer in texts_in(full):
            body = json.dumps(with_value(full, pointer, f"a{character}b"))
            response = await send(service, "/referrals", body.encode())
            assert response.status_code in (400, 422), f"{pointer}: {response.text[:300]}"
            refused(response, response.status_code)


@pytest.mark.parametrize("character", ["\x00", "\ud800"], ids=["NUL", "surrogate"])
async def test_no_form_takes_a_character_that_cannot_be_kept(service: Service, walk: Walk, character: str) -> None:
    offers = (await service.get("senior_occupational_therapist", f"/cases/{walk.reference}/actions")).json()
    async with nothing_written(service):
        for offer in offers:
            example = offer["form"]["examples"][0]
            for pointer in texts_in(example):
                body = json.dumps(with_value(example, pointer, f"a{character}b")).encode()
                headers = service.cast["senior_occupational_therapist"].headers
                response = await send(service, f"/cases/{walk.reference}/actions/{offer['action']}", body, headers)
                assert response.status_code == 422, f"{offer['action']}{pointer}: {response.text[:300]}"


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("conversation", CONVERSATION),
        ("contacts", {"with_whom": "the person", "channel": "phone", "summary": "Told them."}),
        ("handover", {"organisation": "eastlaw", "reason": "Nearer."}),
        ("assignment", {"assigned_to": "me", "note": "Hello"}),
        ("corrections", {"sequence": 1, "field": "detail", "detail": "tenure", "now": "other", "why": "A slip."}),
        ("consent", {"share_with_partners": True, "recorded_on": "2026-01-12", "given_by": "the person"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_nothing_beside_the_moves_takes_a_nul(
    service: Service, walk: Walk, what: str, body: dict[str, Any]
) -> None:
    async with nothing_written(service):
        for pointer in texts_in(body):
            response = await service.post(
                OFFICER, f"/cases/{walk.reference}/{what}", with_value(body, pointer, "a\x00b")
            )
            assert response.status_code == 422, f"{pointer}: {response.text[:300]}"


async def test_a_body_declared_too_large_is_refused_before_it_is_read(service: Service, walk: Walk) -> None:
    async with nothing_written(service):
        response = await send(service, f"/cases/{walk.reference}/notes", b'{"note": "' + b"x" * 1_000_001 + b'"}')
    refused(response, 413)


@pytest.mark.parametrize("route", ROUTES)
async def test_a_body_that_grows_too_large_on_the_way_is_refused(service: Service, walk: Walk, route: str) -> None:
    async def endless() -> AsyncIterator[bytes]:
        yield b'{"note": "'
        for _ in range(40):
            yield b"x" * 65_536

    async with nothing_written(service):
        response = await send(service, route.format(r=walk.reference), endless())
    assert "content-length" not in response.request.headers
    refused(response, 413)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", "json"])
async def test_a_body_of_another_kind_is_refused(service: Service, walk: Walk, kind: str) -> None:
    async with nothing_written(service):
        response = await send(service, f"/cases/{walk.reference}/notes", b'{"note": "x"}', {"Content-Type": kind})
    refused(response, 415)


async def test_json_with_a_charset_is_json(service: Service) -> None:
    walk = await log(service, tier="moderate")
    kind = {"Content-Type": "application/json; charset=utf-8"}
    response = await send(service, f"/cases/{walk.reference}/notes", b'{"note": "x"}', kind)
    assert response.status_code == 201
