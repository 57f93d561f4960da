"""Quotes, orders, snags, costs, goals and surveys of a case, through the API."""

from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from app.kernel.clock import SystemClock
from tests.support.answers import blocker
from tests.support.cast import STRANGER
from tests.support.refusals import nothing_written, pointers, refused
from tests.support.service import Service
from tests.support.walks import Walk, log, walked

pytestmark = pytest.mark.database
OFFICER, TECHNICIAN = "housing_officer", "technical_officer"
LOGGED = {"first_contact_on": SystemClock().now().date().isoformat()}
DELIVERED = ("screen", "place_order", "complete_works", "pass_check", "record_outcome")


def today(service: Service) -> date:
    return service.app.state.casework.timekeeper.day(service.app.state.clock.now())  # type: ignore[no-any-return]


def a_quote(service: Service, **changes: Any) -> dict[str, Any]:
    body = {
        "contractor": "Testcase Joiners", "amount": "120.50", "items": ["grab_rails"],
        "received_on": today(service).isoformat(),
    }  # fmt: skip
    return {**body, **changes}


def a_survey(service: Service, **changes: Any) -> dict[str, Any]:
    body = {
        "answers": {"ease": "easy", "satisfaction": "satisfied", "own_words": "It was fine."}, "given_by": "carer",
        "how": "visit", "answered_on": today(service).isoformat(),
    }  # fmt: skip
    return {**body, **changes}


async def provision(walk: Walk, who: str = OFFICER) -> dict[str, Any]:
    response = await walk.service.get(who, f"/cases/{walk.reference}/provision")
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


async def send(walk: Walk, what: str, body: Any, who: str = TECHNICIAN, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await walk.service.post(who, f"/cases/{walk.reference}/{what}", body, named)


@pytest.fixture(scope="module")
async def untouched(service: Service) -> Walk:
    """An approved case that no test here changes."""
    return await walked(service, "screen", tier="direct_access", **LOGGED)


async def test_a_new_case_has_no_provision_yet(service: Service) -> None:
    found = await provision(await log(service, tier="moderate", **LOGGED))
    for part in ("funding", "quotes", "orders", "snags", "checks", "goals", "surveys", "costs", "corrections"):
        assert found[part] == []
    assert (found["agreed_price"], found["final_cost"], found["outcome"]) == (None, None, None)
    assert found["survey_form"]["questions"][0]["question"] == "ease"


async def test_a_case_is_followed_from_quote_to_survey(service: Service) -> None:
    walk = await walked(service, "screen", tier="direct_access", **LOGGED)
    day = today(service)
    assert (await send(walk, "quotes", a_quote(service, contractor="Dummie Rails", amount=150))).status_code == 201
    assert (await send(walk, "quotes", a_quote(service, items=["grab rail"]))).status_code == 201
    order = {
        "contractor": "testcase  joiners", "items": ["grab_rails"], "price": "120.50",
        "expected_start": day.isoformat(), "expected_finish": (day + timedelta(days=2)).isoformat(),
    }  # fmt: skip
    placed = await walk.take("place_order", **order)
    await walk.take("complete_works", final_cost=[{"source": "landlord", "amount": "100.00"}])
    await walk.take("raise_snag", what_is_wrong="One rail is loose.")
    shares = [{"source": "landlord", "amount": "100.00"}, {"source": "self_funded", "amount": "30.50"}]
    finished = await walk.take("complete_works", final_cost=shares)
    await walk.take("pass_check")
    await walk.take("record_outcome", results=[{"goal": "To get up safely", "result": "met"}], satisfaction="satisfied")
    assert (await send(walk, "surveys", a_survey(service))).status_code == 201

    found = await provision(walk)
    [other, taken] = found["quotes"]
    assert (other["contractor"], other["chosen_by"]) == ("Dummie Rails", None)
    assert (taken["amount"], taken["items"], taken["chosen_by"]) == (
        "120.50", [{"adaptation": "grab_rails", "label": "Grab rails"}], placed["sequence"],
    )  # fmt: skip
    [ordered] = found["orders"]
    assert (ordered["state"], ordered["days_late"], ordered["price"]) == ("finished", 0, "120.50")
    assert (ordered["final_cost"], ordered["variance"]) == ("130.50", "10.00")
    assert [(cost["label"], cost["amount"]) for cost in found["costs"]] == [
        ("Landlord's own budget", "100.00"),
        ("Paid by the person", "30.50"),
    ]
    assert (found["agreed_price"], found["final_cost"]) == ("120.50", "130.50")
    assert [(snag["what_is_wrong"], snag["closed_on"]) for snag in found["snags"]] == [
        ("One rail is loose.", day.isoformat())
    ]
    assert [(goal["goal"], goal["result"], goal["label"]) for goal in found["goals"]] == [
        ("To get up safely", "met", "Met")
    ]
    assert found["outcome"]["label"] == "Satisfied"
    [survey] = found["surveys"]
    assert {answer["asked"]: answer["said"] for answer in survey["answers"]} == {
        "How easy was it to get help?": "Easy",
        "All in all, how satisfied are you?": "Satisfied",
        "Is there anything else you would like to say?": "It was fine.",
    }
    paid = sum(float(row["amount"]) for row in finished["details"]["final_cost"])
    assert float(found["final_cost"]) == paid
    assert [event["kind"] for event in await walk.events()].count("quote_received") == 2


async def test_a_corrected_price_counts_and_is_told(service: Service) -> None:
    walk = await walked(service, "screen", tier="direct_access", **LOGGED)
    placed = await walk.take("place_order", price="100.00")
    correction = {"sequence": placed["sequence"], "field": "detail", "detail": "price", "now": "110", "why": "Misread."}
    await walk.record(OFFICER, "corrections", correction)
    found = await provision(walk)
    assert found["orders"][0]["price"] == "110.00"
    [told] = found["corrections"]
    assert (told["was"], told["now"], told["why"], told["counts"]) == ("100.00", "110", "Misread.", True)


async def test_a_quote_and_a_survey_move_nothing(service: Service) -> None:
    walk = await walked(service, *DELIVERED, tier="direct_access", **LOGGED)
    before = await walk.case()
    event = (await send(walk, "surveys", a_survey(service))).json()
    after = await walk.case()
    assert (event["kind"], event["action"], event["from"]) == ("survey_answered", None, event["to"])
    assert after["sequence"] == before["sequence"] + 1
    assert {k: v for k, v in after.items() if k != "sequence"} == {k: v for k, v in before.items() if k != "sequence"}


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"items": ["a trapeze"]}, {"/items/0"}),
        ({"items": []}, {"/items"}),
        ({"amount": "-5"}, {"/amount"}),
        ({"amount": "12.345"}, {"/amount"}),
        ({"amount": "lots"}, {"/amount"}),
        ({"received_on": "2199-01-01"}, {"/received_on"}),
        ({"received_on": 20260101}, {"/received_on"}),
        ({"valid_until": "2001-01-01"}, {"/valid_until"}),
        ({"contractor": "  "}, {"/contractor"}),
        ({"contractor": "x" * 201}, {"/contractor"}),
        ({"price": "100"}, {"/price"}),
        ({"items": ["a trapeze"], "received_on": "2199-01-01"}, {"/items/0", "/received_on"}),
    ],
)
async def test_a_malformed_quote_is_named(
    service: Service, untouched: Walk, changes: dict[str, Any], where: set[str]
) -> None:
    async with nothing_written(service):
        response = await send(untouched, "quotes", a_quote(service, **changes))
    assert pointers(response) == where


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"answers": {}}, {"/answers/satisfaction"}),
        ({"answers": {"ease": "easy"}}, {"/answers/satisfaction"}),
        ({"answers": {"satisfaction": "satisfied", "ease": "dead easy"}}, {"/answers/ease"}),
        ({"answers": {"satisfaction": "satisfied", "weather": "fine"}}, {"/answers/weather"}),
        ({"answers": {"satisfaction": 5}}, {"/answers/satisfaction"}),
        ({"given_by": "Ewan Dummie"}, {"/given_by"}),
        ({"how": "pigeon"}, {"/how"}),
        ({"answered_on": "2199-01-01"}, {"/answered_on"}),
    ],
)
async def test_a_malformed_survey_is_named(service: Service, changes: dict[str, Any], where: set[str]) -> None:
    walk = await log(service, tier="moderate", **LOGGED)
    async with nothing_written(service):
        response = await send(walk, "surveys", a_survey(service, **changes))
    assert pointers(response) == where


async def test_nobody_is_asked_how_it_went_before_something_is_in_place(service: Service, untouched: Walk) -> None:
    async with nothing_written(service):
        response = await send(untouched, "surveys", a_survey(service))
    assert blocker(refused(response, 409)) == "nothing_in_place"


async def test_no_quote_is_taken_for_a_case_that_has_ended(service: Service) -> None:
    walk = await walked(service, *DELIVERED, tier="direct_access", **LOGGED)
    async with nothing_written(service):
        response = await send(walk, "quotes", a_quote(service))
    assert blocker(refused(response, 409)) == "case_has_ended"


async def test_what_is_sent_twice_is_recorded_once(service: Service) -> None:
    walk = await walked(service, *DELIVERED, tier="direct_access", **LOGGED)
    key = f"{walk.reference}-twice"
    first = await send(walk, "surveys", a_survey(service), Idempotency_Key=key)
    again = await send(walk, "surveys", a_survey(service), Idempotency_Key=key)
    assert first.status_code == 201
    assert again.content == first.content
    async with nothing_written(service):
        without_key = await send(walk, "surveys", a_survey(service))
    assert blocker(refused(without_key, 409)) == "known_survey"
    assert (await send(walk, "surveys", a_survey(service, given_by="person"))).status_code == 201


async def test_a_quote_that_is_known_is_refused_and_another_by_the_same_is_not(service: Service) -> None:
    walk = await walked(service, "screen", tier="direct_access", **LOGGED)
    assert (await send(walk, "quotes", a_quote(service))).status_code == 201
    async with nothing_written(service):
        again = await send(walk, "quotes", a_quote(service, contractor="Testcase Joiners."))
    assert blocker(refused(again, 409)) == "known_quote"
    assert (await send(walk, "quotes", a_quote(service, amount="119.00"))).status_code == 201


async def test_a_case_that_has_moved_on_takes_no_stale_quote(service: Service) -> None:
    walk = await walked(service, "screen", tier="direct_access", **LOGGED)
    await walk.record(OFFICER, "notes", {"note": "Rang back."})
    stale = await send(walk, "quotes", a_quote(service), If_Match=f'"{walk.sequence}"')
    assert refused(stale, 412)["since"][0]["kind"] == "note_added"


@pytest.mark.parametrize(("what", "role"), [("quotes", "assessor"), ("quotes", "auditor"), ("surveys", "referrer")])
async def test_the_wrong_role_is_told_whose_it_is(service: Service, untouched: Walk, what: str, role: str) -> None:
    body = a_quote(service) if what == "quotes" else a_survey(service)
    async with nothing_written(service):
        response = await send(untouched, what, body, role)
    assert "This is for:" in refused(response, 403)["detail"]


async def test_a_stranger_finds_nothing(service: Service, untouched: Walk) -> None:
    refused(await service.get(STRANGER, f"/cases/{untouched.reference}/provision"), 404)
    refused(await send(untouched, "quotes", a_quote(service), STRANGER), 404)
    refused(await send(untouched, "surveys", a_survey(service), STRANGER), 404)


async def test_who_has_not_come_in_is_asked_to(service: Service, untouched: Walk) -> None:
    refused(await service.http.get(f"/api/v1/cases/{untouched.reference}/provision"), 401)
