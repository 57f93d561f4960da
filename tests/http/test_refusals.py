"""Whatever a client sends is answered, refused with a reason where it must be, and leaves nothing half written."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from app.edge.doors import token_hash
from app.kernel.paging import encode
from tests.support.cast import STRANGER
from tests.support.referrals import referral
from tests.support.refusals import nothing_written, pointers, refused, rows
from tests.support.service import API, Service
from tests.support.walks import CONVERSATION, Walk, log, walked

pytestmark = pytest.mark.database
OFFICER = "housing_officer"
NOTE = {"note": "Key is with the neighbour at number 12."}
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
async def walk(service: Service) -> Walk:
    """A case that has been received and that no test here moves."""
    return await log(service, tier="moderate")


async def send(service: Service, path: str, content: Any, headers: dict[str, str] | None = None) -> httpx.Response:
    """POST bytes as the housing officer."""
    headers = {**service.cast[OFFICER].headers, **JSON, **(headers or {})}
    return await service.http.post(API + path, content=content, headers=headers)


def _latin(service: Service, name: str, value: str) -> dict[bytes, bytes]:
    """The officer's headers and one more, with the bytes that a careless client would send."""
    token = service.cast[OFFICER].headers["Authorization"].encode()
    return {b"Authorization": token, name.encode(): value.encode("latin-1")}


def texts_in(body: Any, pointer: str = "") -> Iterator[str]:
    """Where in a body there is text."""
    match body:
        case dict():
            for key, value in body.items():
                yield from texts_in(value, f"{pointer}/{key}")
        case list():
            for index, value in enumerate(body):
                yield from texts_in(value, f"{pointer}/{index}")
        case str():
            yield pointer
        case _:
            pass


def with_value(body: dict[str, Any], pointer: str, value: Any) -> dict[str, Any]:
    """The body with something else at a pointer."""
    changed = deepcopy(body)
    *path, last = pointer.strip("/").split("/")
    inside: Any = changed
    for part in path:
        inside = inside[int(part)] if isinstance(inside, list) else inside[part]
    inside[int(last) if isinstance(inside, list) else last] = value
    return changed


# --- Where to, and from where ---


@pytest.mark.parametrize(
    "action", ["fly", "SCREEN", "screen ", "%00", "%F0%9F%8F%A0", "x" * 5000, "__class__", "%2e%2e%2fscreen"]
)
async def test_an_unknown_action_is_not_found(service: Service, walk: Walk, action: str) -> None:
    async with nothing_written(service):
        refused(await service.post(OFFICER, f"/cases/{walk.reference}/actions/{action}", {}), 404)


async def test_an_unknown_action_is_answered_with_those_there_are(service: Service, walk: Walk) -> None:
    problem = refused(await service.post(OFFICER, f"/cases/{walk.reference}/actions/fly", {}), 404)
    assert "start_assessment" in problem["detail"]


@pytest.mark.parametrize("reference", ["HS-000001-A", "HS-0", "7", "%00", "HS-999999999999-X", "é", "x" * 3000])
async def test_a_reference_that_is_none_is_not_found(service: Service, reference: str) -> None:
    refused(await service.get(OFFICER, f"/cases/{reference}"), 404)
    refused(await service.post(OFFICER, f"/cases/{reference}/notes", NOTE), 404)


async def test_a_reference_is_read_as_people_type_it(service: Service, walk: Walk) -> None:
    typed = walk.reference.replace("-", " ").lower()
    assert (await service.get(OFFICER, f"/cases/{typed}")).json()["reference"] == walk.reference


async def test_an_action_not_allowed_from_here_is_refused_with_its_blockers(service: Service, walk: Walk) -> None:
    async with nothing_written(service):
        response = await service.post("funding_officer", f"/cases/{walk.reference}/actions/approve_funding", {})
    assert [blocker["code"] for blocker in refused(response, 409)["blockers"]] == ["not_from_here"]


@pytest.mark.parametrize(("method", "path"), [("DELETE", "/cases"), ("PUT", "/referrals"), ("PATCH", "/cases/x")])
async def test_a_wrong_method_is_a_problem_that_names_the_right_one(service: Service, method: str, path: str) -> None:
    response = await service.http.request(method, API + path, headers=service.cast[OFFICER].headers)
    refused(response, 405)
    assert response.headers["allow"]


async def test_an_unknown_address_is_a_problem(service: Service) -> None:
    refused(await service.get(OFFICER, "/nothing/here"), 404)


# --- What the body says ---


@pytest.mark.parametrize(
    ("part", "names"),
    [
        ({"person": {}}, {"/person/name", "/person/date_of_birth"}),
        ({"home": {}}, {"/home/address", "/home/postcode", "/home/tenure"}),
        ({"need": {}}, {"/need/description", "/need/adaptations"}),
        ({"consent": {}}, {"/consent/share_with_partners", "/consent/recorded_on", "/consent/given_by"}),
        ({"referrer": {}}, {"/referrer/capacity"}),
    ],
    ids=lambda part: next(iter(part)) if isinstance(part, dict) else None,
)
async def test_every_missing_field_is_named(service: Service, part: dict[str, Any], names: set[str]) -> None:
    async with nothing_written(service):
        response = await service.post(OFFICER, "/referrals", {**referral(), **part})
    assert pointers(response) == names


async def test_fields_that_do_not_exist_are_named_at_every_depth(service: Service) -> None:
    body = referral(person={"shoe_size": 7}, need={"urgency": "very"})
    async with nothing_written(service):
        response = await service.post(OFFICER, "/referrals", {**body, "colour": "blue"})
    assert pointers(response) == {"/person/shoe_size", "/need/urgency", "/colour"}


WRONG: list[Any] = [None, True, 7, 7.5, -(10**40), "", " ", "x" * 100_000, [], [[]], {}, {"a": {"b": []}}, "2026-13-45"]


@pytest.mark.parametrize("value", WRONG, ids=lambda value: repr(value)[:20])
async def test_a_value_of_the_wrong_kind_is_never_a_fault(service: Service, value: Any) -> None:
    body = referral()
    fields = {*texts_in(body), "/person", "/home", "/need", "/need/adaptations", "/need/flags", "/consent"}
    for pointer in sorted(fields):
        # Each time a new person, lest one attempt be the repeat of another.
        response = await service.post(OFFICER, "/referrals", with_value(referral(), pointer, value))
        assert response.status_code in (201, 422), f"{pointer}: {response.text[:300]}"
        if response.status_code == 422:
            assert any(found.startswith(pointer) for found in pointers(response)), pointer


@pytest.mark.parametrize("value", WRONG, ids=lambda value: repr(value)[:20])
async def test_a_form_filled_in_wrongly_names_its_field(service: Service, walk: Walk, value: Any) -> None:
    offer = await walk.offered(OFFICER, "screen")
    assert offer is not None
    example = offer["form"]["examples"][0]
    async with nothing_written(service):
        for name in example:
            if name == "direct_provision" and isinstance(value, bool | None):
                continue
            response = await walk.attempt(OFFICER, "screen", **{name: value})
            assert f"/{name}" in pointers(response)


async def test_a_form_with_unknown_and_missing_fields_names_them_all(service: Service, walk: Walk) -> None:
    async with nothing_written(service):
        path = f"/cases/{walk.reference}/actions/screen"
        response = await service.post(OFFICER, path, {"tiers": "moderate", "a/b~c": 1})
    assert pointers(response) >= {"/tiers", "/a~1b~0c", "/tier", "/priority", "/eligibility"}


async def test_an_unknown_adaptation_or_flag_is_named(service: Service) -> None:
    body = referral(need={"adaptations": ["grab_rails", "moat"], "flags": ["dragon"]})
    async with nothing_written(service):
        response = await service.post(OFFICER, "/referrals", body)
    assert pointers(response) == {"/need/adaptations/1", "/need/flags/0"}


async def test_an_identifier_that_cannot_be_is_refused_without_repeating_it(service: Service) -> None:
    body = referral(person={"nhs_number": "1234567890", "chi_number": "3113500001"}, home={"postcode": "NOWHERE"})
    async with nothing_written(service):
        response = await service.post(OFFICER, "/referrals", body)
    assert pointers(response) == {"/person/nhs_number", "/person/chi_number", "/home/postcode"}
    assert "1234567890" not in response.text
    assert "3113500001" not in response.text


# --- Encodings ---

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


# --- Numbers and days out of reach ---


@pytest.mark.parametrize("number", [10**30, -(10**30), 2**31, 2**63, 0, -1])
async def test_a_number_out_of_reach_is_named(service: Service, walk: Walk, number: int) -> None:
    correction = {"sequence": number, "field": "first_contact_on", "now": "2026-01-01", "why": "A slip."}
    async with nothing_written(service):
        assigned = await service.post(OFFICER, f"/cases/{walk.reference}/assignment", {"assigned_to": number})
        corrected = await service.post(OFFICER, f"/cases/{walk.reference}/corrections", correction)
        headers = service.cast["panel_coordinator"].headers
        form = json.dumps({"meeting": number}).encode()
        scheduled = await send(service, f"/cases/{walk.reference}/actions/schedule_for_panel", form, headers)
    assert any(found.startswith("/assigned_to") for found in pointers(assigned))
    assert pointers(corrected) == {"/sequence"}
    # The case is not before the panel at all, which is said before anything about the meeting.
    assert scheduled.status_code in (409, 422)


FAR = ["0001-01-01", "0000-01-01", "9999-12-31", "10000-01-01", "-0001-01-01", "294277-01-01", "2026-02-30"]


@pytest.mark.parametrize("day", FAR)
async def test_a_day_far_away_is_never_a_fault(service: Service, day: str) -> None:
    for pointer in ("/person/date_of_birth", "/first_contact_on", "/consent/recorded_on"):
        response = await service.post(OFFICER, "/referrals", with_value(referral(), pointer, day))
        assert response.status_code in (201, 422), f"{pointer}: {response.text[:300]}"


@pytest.mark.parametrize("day", FAR)
async def test_a_case_that_took_a_far_day_can_still_be_worked_on(service: Service, day: str) -> None:
    body = {**referral(person={"date_of_birth": "0001-01-01"}), "first_contact_on": day}
    response = await service.post(OFFICER, "/referrals", body)
    if response.status_code == 422:
        assert "/first_contact_on" in pointers(response)
        return
    reference = response.json()["reference"]
    for path in (f"/cases/{reference}", f"/cases/{reference}/actions", f"/cases/{reference}/time"):
        assert (await service.get(OFFICER, path)).status_code < 500


@pytest.mark.parametrize(
    "moment",
    ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00",
     "2026-01-12", "2026-01-12T10:00:00", "now", "", 1.5, 10**18, True, "2026-W03", "2026-01-12T25:00:00Z"],
)  # fmt: skip
async def test_a_moment_that_cannot_be_is_named(service: Service, walk: Walk, moment: Any) -> None:
    async with nothing_written(service):
        moved = await walk.attempt(OFFICER, "screen", occurred_at=moment)
        noted = await service.post(OFFICER, f"/cases/{walk.reference}/notes", {**NOTE, "occurred_at": moment})
    assert pointers(moved) == {"/occurred_at"}
    assert pointers(noted) == {"/occurred_at"}


async def test_an_event_cannot_have_happened_in_the_future(service: Service, walk: Walk) -> None:
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()  # noqa: TID251 # the database's clock is the real one
    async with nothing_written(service):
        assert pointers(await walk.attempt(OFFICER, "screen", occurred_at=tomorrow)) == {"/occurred_at"}
        noted = await service.post(OFFICER, f"/cases/{walk.reference}/notes", {**NOTE, "occurred_at": tomorrow})
        assert pointers(noted) == {"/occurred_at"}


async def test_an_event_cannot_have_happened_before_the_one_before_it(service: Service) -> None:
    walk = await walked(service, "screen", tier="non_complex")
    [_, screened] = await walk.events()
    before = (datetime.fromisoformat(screened["occurred_at"]) - timedelta(microseconds=1)).isoformat()
    async with nothing_written(service):
        assert pointers(await walk.attempt(OFFICER, "hold", occurred_at=before)) == {"/occurred_at"}
    assert (await walk.take("hold", occurred_at=screened["occurred_at"]))["occurred_at"] == screened["occurred_at"]


# --- What has moved on ---


async def test_a_stale_sequence_is_told_what_moved_the_case(service: Service) -> None:
    walk = await walked(service, "screen", tier="non_complex")
    await walk.record(OFFICER, "notes", NOTE)
    async with nothing_written(service):
        response = await walk.attempt(OFFICER, "hold", {"If-Match": '"1"'})
    problem = refused(response, 412)
    assert problem["sequence"] == 3
    assert [(event["sequence"], event["kind"], event["action"]) for event in problem["since"]] == [
        (2, "moved", "screen"),
        (3, "note_added", None),
    ]
    assert (await walk.attempt(OFFICER, "hold", {"If-Match": '"3"'})).status_code == 201


async def test_a_sequence_that_is_yet_to_come_is_stale_too(service: Service, walk: Walk) -> None:
    problem = refused(await walk.attempt(OFFICER, "screen", {"If-Match": '"900"'}), 412)
    assert problem["since"] == []


@pytest.mark.parametrize("match", ["seven", '"seven"', '""', "-1", '"1", "2"', '"9999999999"', '"1.0"', "²", "x" * 21])
async def test_a_malformed_if_match_is_named(service: Service, walk: Walk, match: str) -> None:
    async with nothing_written(service):
        response = await service.http.post(
            f"{API}/cases/{walk.reference}/notes", json=NOTE, headers=_latin(service, "If-Match", match)
        )
    assert pointers(response) == {"/If-Match"}


# --- Doing it again ---


async def test_a_replayed_key_gives_the_first_answer_again_byte_for_byte(service: Service) -> None:
    walk = await log(service, tier="moderate")
    key = {"Idempotency-Key": f"{walk.reference}-replayed"}
    first = await walk.attempt(OFFICER, "hold", key, review_on="2199-01-04")
    body = json.loads(first.request.content)
    before = await rows(service)
    again = await service.post(OFFICER, f"/cases/{walk.reference}/actions/hold", body, key)
    assert first.status_code == again.status_code == 201
    assert again.content == first.content
    assert again.headers["content-type"] == first.headers["content-type"]
    assert await rows(service) == before


async def test_a_referral_sent_twice_with_one_key_is_one_case(service: Service) -> None:
    body, key = referral(), {"Idempotency-Key": "a referral sent twice"}
    first = await service.post(OFFICER, "/referrals", body, key)
    before = await rows(service)
    again = await service.post(OFFICER, "/referrals", body, key)
    assert again.content == first.content
    assert await rows(service) == before


@pytest.mark.parametrize("other", ["another body", "another case", "another way"])
async def test_a_key_used_for_something_else_is_refused(service: Service, walk: Walk, other: str) -> None:
    second = await log(service, tier="moderate")
    key = {"Idempotency-Key": f"{second.reference} and {other}"}
    path = f"/cases/{second.reference}/notes"
    assert (await service.post(OFFICER, path, NOTE, key)).status_code == 201
    async with nothing_written(service):
        response = await {
            "another body": lambda: service.post(OFFICER, path, {"note": "Something else."}, key),
            "another case": lambda: service.post(OFFICER, f"/cases/{walk.reference}/notes", NOTE, key),
            "another way": lambda: service.post(OFFICER, f"/cases/{second.reference}/conversation", CONVERSATION, key),
        }[other]()
    assert pointers(response) == {"/Idempotency-Key"}


async def test_two_people_may_use_one_key(service: Service) -> None:
    walk = await log(service, tier="moderate")
    key = {"Idempotency-Key": "mine and yours"}
    mine = await service.post(OFFICER, f"/cases/{walk.reference}/notes", NOTE, key)
    yours = await service.post("assessor", f"/cases/{walk.reference}/notes", NOTE, key)
    assert (mine.json()["sequence"], yours.json()["sequence"]) == (2, 3)


async def test_a_refusal_for_what_the_case_was_like_is_remembered_with_its_key(service: Service) -> None:
    walk = await walked(service, "screen", tier="non_complex")
    key = {"Idempotency-Key": f"{walk.reference} early"}
    path = f"/cases/{walk.reference}/actions/start_assessment"
    first = await service.post("assessor", path, {}, key)
    refused(first, 409)
    await walk.record(OFFICER, "assignment", {"assigned_to": service.cast["assessor"].email})
    assert (await service.post("assessor", path, {}, key)).content == first.content
    assert (await service.post("assessor", path, {})).status_code == 201


async def test_a_form_mended_after_a_refusal_may_use_its_key_again(service: Service) -> None:
    walk = await log(service, tier="moderate")
    key, path = {"Idempotency-Key": f"{walk.reference} mended"}, f"/cases/{walk.reference}/notes"
    refused(await service.post(OFFICER, path, {"note": ""}, key), 422)
    assert (await service.post(OFFICER, path, NOTE, key)).status_code == 201


@pytest.mark.parametrize("key", ["x" * 201, "tab\there", "\xa0nbsp"])
async def test_a_key_that_cannot_be_kept_is_named(service: Service, walk: Walk, key: str) -> None:
    headers = _latin(service, "Idempotency-Key", key)
    async with nothing_written(service):
        response = await service.http.post(f"{API}/cases/{walk.reference}/notes", json=NOTE, headers=headers)
    assert {found.lower() for found in pointers(response)} == {"/idempotency-key"}


async def test_one_key_sent_many_times_at_once_is_one_event(service: Service) -> None:
    walk = await log(service, tier="moderate")
    key, path = {"Idempotency-Key": f"{walk.reference} at once"}, f"/cases/{walk.reference}/notes"
    answers = await asyncio.gather(*(service.post(OFFICER, path, NOTE, key) for _ in range(12)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert len(await walk.events()) == 2


# --- Lists ---


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


# --- Size and kind ---


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


# --- At the door ---


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
