"""What has been put into a home: it outlives the tenancy, tells nothing of the person, and can be used again."""

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app.kernel.clock import SystemClock
from tests.support.answers import blocker
from tests.support.cast import STRANGER
from tests.support.referrals import referral
from tests.support.refusals import nothing_written, pointers, refused
from tests.support.service import Service
from tests.support.walks import Walk, log, walked

pytestmark = pytest.mark.database
OFFICER, TECHNICIAN, MANAGER = "housing_officer", "technical_officer", "service_manager"
TODAY = SystemClock().now().date()
LOGGED = {"first_contact_on": TODAY.isoformat()}
LIFT = {"adaptations": ["key_safe"]}
"""A direct-access adaptation that can be taken out and used again."""


async def installed(service: Service, *items: str, **more: Any) -> Walk:
    """A case whose works are finished."""
    walk = await walked(service, "screen", tier="direct_access", **LOGGED, **more)
    await walk.take("place_order", items=list(items or ("key_safe", "grab_rails")))
    await walk.take("complete_works")
    return walk


async def history(service: Service, reference: str, who: str = OFFICER) -> list[dict[str, Any]]:
    response = await service.get(who, f"/cases/{reference}/home-history")
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = response.json()["items"]
    return found


async def item_of(walk: Walk, adaptation: str = "key_safe") -> dict[str, Any]:
    [found] = [one for one in await history(walk.service, walk.reference) if one["adaptation"] == adaptation]
    return found


async def mark(service: Service, item: int, which: str, who: str = OFFICER, **more: Any) -> Any:
    body = {"mark": which, "marked_on": TODAY.isoformat(), **more}
    return await service.post(who, f"/home-adaptations/{item}/marks", body)


async def home_of(walk: Walk) -> dict[str, Any]:
    return (await walk.case())["home"]  # type: ignore[no-any-return]


async def test_what_is_finished_is_in_the_home_once_however_often_it_is_finished(service: Service) -> None:
    walk = await installed(service)
    first = await history(service, walk.reference)
    assert {one["adaptation"]: (one["label"], one["reusable"], one["own"]) for one in first} == {
        "key_safe": ("Key safe", True, True),
        "grab_rails": ("Grab rails", False, True),
    }
    assert {one["installed_on"] for one in first} == {TODAY.isoformat()}
    assert {one["organisation"] for one in first} == {"Clydeview Housing Association"}
    await walk.take("raise_snag", what_is_wrong="It does not open.")
    await walk.take("complete_works")
    assert await history(service, walk.reference) == first


async def test_nothing_is_there_before_the_works_are_finished(service: Service) -> None:
    walk = await walked(service, "screen", "place_order", tier="direct_access", **LOGGED)
    assert await history(service, walk.reference) == []


async def test_a_corrected_day_and_corrected_items_count(service: Service) -> None:
    earlier = (TODAY - timedelta(days=30)).isoformat()
    walk = await walked(service, "screen", tier="direct_access", first_contact_on=earlier)
    placed = await walk.take("place_order", items=["key_safe", "grab_rails"])
    await walk.take("complete_works")
    correction = {
        "sequence": placed["sequence"], "field": "detail", "detail": "items", "now": "key safe, lever taps", "why": "A slip.",
    }  # fmt: skip
    await walk.record(OFFICER, "corrections", correction)
    assert {one["adaptation"] for one in await history(service, walk.reference)} == {"key_safe", "lever_taps"}
    back = {**correction, "now": "key_safe, grab_rails"}
    await walk.record(OFFICER, "corrections", back)
    assert {one["adaptation"] for one in await history(service, walk.reference)} == {"key_safe", "grab_rails"}


async def test_the_next_tenant_is_told_what_is_there_and_not_whose_it_was(service: Service) -> None:
    person = {"name": "Hamish Dummie-Original", "phone": "01632 960999"}
    before = await installed(service, person=person)
    home = await home_of(before)
    noted = "Ask Hamish Dummie-Original's daughter for the code."
    assert (await mark(service, (await item_of(before))["id"], "still_in_use", note=noted)).status_code == 201
    # Another organisation logs the next tenant, and writes the address in its own way.
    new = referral(
        home={"address": home["address"].upper(), "postcode": home["postcode"], "landlord": "Elsewhere Council"}
    )
    logged = (await service.post(STRANGER, "/referrals", new)).json()
    response = await service.get(STRANGER, f"/cases/{logged['reference']}/home-history")
    [safe] = [one for one in response.json()["items"] if one["adaptation"] == "key_safe"]
    assert (safe["installed_on"], safe["organisation"], safe["own"], safe["reference"]) == (
        TODAY.isoformat(), "Clydeview Housing Association", False, None,
    )  # fmt: skip
    [seen] = safe["marks"]
    assert (seen["mark"], seen["organisation"], seen["note"]) == ("still_in_use", "Clydeview Housing Association", None)
    for secret in ("Original", "960999", "daughter", before.reference, home["address"]):
        assert secret not in response.text
    # Who may see both cases is told which one it was.
    [known] = [one for one in await history(service, logged["reference"], MANAGER) if one["adaptation"] == "key_safe"]
    assert (known["reference"], known["marks"][0]["note"]) == (before.reference, noted)
    refused(await service.get(STRANGER, f"/cases/{before.reference}"), 404)


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        # The same number for the home, whatever the address says.
        ({"uprn": "906700034567"}, {"uprn": "906700034567", "address": "Flat 9, Another Name"}, True),
        # Another number: two flats of one address are two homes.
        ({"uprn": "906700034568"}, {"uprn": "906700034569"}, False),
        # One side has no number: the address counts.
        ({"uprn": "906700034570"}, {}, True),
        # Another house in the same street.
        ({}, {"address": "99999 Sample Street, Fixtureton"}, False),
    ],
)
async def test_one_home_is_told_from_another(
    service: Service, ours: dict[str, Any], theirs: dict[str, Any], *, same: bool
) -> None:
    before = await installed(service, home=ours)
    home = await home_of(before)
    address = {"address": home["address"], "postcode": home["postcode"]} | theirs
    logged = (await service.post(OFFICER, "/referrals", referral(home=address))).json()
    assert bool(await history(service, logged["reference"])) is same


async def test_an_item_is_marked_by_whoever_works_at_the_home_and_found_for_reuse(service: Service) -> None:
    walk = await installed(service)
    item = (await item_of(walk))["id"]
    marked = await mark(service, item, "for_recycling", note="In the shed.")
    assert marked.json() == {
        "id": item, "adaptation": "key_safe", "mark": "for_recycling", "marked_on": TODAY.isoformat(),
    }  # fmt: skip
    listed = (await service.get(TECHNICIAN, "/home-adaptations", adaptation="key_safe", limit=200)).json()["items"]
    [found] = [one for one in listed if one["id"] == item]
    assert (found["organisation"], found["note"], found["reference"], found["may_mark"]) == (
        "Clydeview Housing Association", "In the shed.", walk.reference, True,
    )  # fmt: skip
    waiting = (
        await service.get(
            OFFICER, f"/cases/{(await log(service, tier='direct_access', need=LIFT, **LOGGED)).reference}/provision"
        )
    ).json()
    assert waiting["waiting_for_reuse"][0]["adaptation"] == "key_safe"
    assert waiting["waiting_for_reuse"][0]["waiting"] == len(listed)
    assert (await mark(service, item, "recycled")).status_code == 201
    after = (await service.get(TECHNICIAN, "/home-adaptations", limit=200)).json()["items"]
    assert item not in [one["id"] for one in after]
    assert [one["mark"] for one in (await item_of(walk))["marks"]] == ["for_recycling", "recycled"]


async def test_of_a_hidden_home_the_list_tells_whom_to_ask_and_not_where_it_is(service: Service) -> None:
    body = referral(home={"landlord": "Elsewhere Council"}, need=LIFT)
    logged = (await service.post(STRANGER, "/referrals", {**body, **LOGGED})).json()
    walk = Walk(
        service, logged["reference"], service.app.state.casework.pathways.default, "direct_access", "received", 1
    )
    await walk.take("screen", by=STRANGER)
    await walk.take("place_order", by=STRANGER, items=["key_safe"])
    await walk.take("complete_works", by=STRANGER)
    [own] = await history(service, walk.reference, STRANGER)
    assert (await mark(service, own["id"], "for_recycling", STRANGER, note="Ring Mrs Dummie.")).status_code == 201
    response = await service.get(TECHNICIAN, "/home-adaptations", organisation="Elsewhere Council")
    [found] = response.json()["items"]
    assert (found["organisation"], found["note"], found["reference"], found["address"], found["may_mark"]) == (
        "Elsewhere Council", None, None, None, False,
    )  # fmt: skip
    for secret in (body["person"]["name"], body["home"]["address"], body["home"]["postcode"], "Mrs Dummie"):
        assert secret not in response.text
    refused(await mark(service, own["id"], "recycled", TECHNICIAN), 404)
    assert (await service.get(TECHNICIAN, "/home-adaptations", organisation="nobody we know")).json()["items"] == []


async def test_the_list_goes_on_where_its_page_ended(service: Service) -> None:
    for _ in range(3):
        walk = await installed(service, "key_safe")
        await mark(service, (await item_of(walk))["id"], "for_recycling")
    seen, cursor = [], None
    while True:
        page = (
            await service.get(MANAGER, "/home-adaptations", limit=2, **({"cursor": cursor} if cursor else {}))
        ).json()
        seen += [one["id"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) >= 3
    assert seen == [one["id"] for one in (await service.get(MANAGER, "/home-adaptations", limit=200)).json()["items"]]


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"mark": "lost"}, {"/mark"}),
        ({"marked_on": "2199-01-01"}, {"/marked_on"}),
        ({"marked_on": "2001-01-01"}, {"/marked_on"}),
        ({"marked_on": "soon"}, {"/marked_on"}),
        ({"note": " "}, {"/note"}),
        ({"note": "x" * 2_001}, {"/note"}),
        ({"by": "me"}, {"/by"}),
    ],
)
async def test_a_malformed_mark_is_named(service: Service, changes: dict[str, Any], where: set[str]) -> None:
    item = (await item_of(await installed(service)))["id"]
    body = {"mark": "removed", "marked_on": TODAY.isoformat(), **changes}
    async with nothing_written(service):
        response = await service.post(OFFICER, f"/home-adaptations/{item}/marks", body)
    assert pointers(response) == where


async def test_what_stays_with_the_home_cannot_be_marked_for_another(service: Service) -> None:
    item = (await item_of(await installed(service), "grab_rails"))["id"]
    async with nothing_written(service):
        response = await mark(service, item, "for_recycling")
    assert blocker(refused(response, 409)) == "not_reusable"


async def test_a_mark_sent_twice_is_made_once(service: Service) -> None:
    item = (await item_of(await installed(service)))["id"]
    body, key = {"mark": "removed", "marked_on": TODAY.isoformat()}, {"Idempotency-Key": f"mark {item} twice"}
    first = await service.post(OFFICER, f"/home-adaptations/{item}/marks", body, key)
    again = await service.post(OFFICER, f"/home-adaptations/{item}/marks", body, key)
    assert (first.status_code, again.content) == (201, first.content)
    async with nothing_written(service):
        assert blocker(refused(await mark(service, item, "removed"), 409)) == "marked_already"


async def test_two_who_mark_at_once_mark_once(service: Service) -> None:
    item = (await item_of(await installed(service)))["id"]
    answers = await asyncio.gather(*(mark(service, item, "for_recycling", who) for who in (OFFICER, TECHNICIAN)))
    assert sorted(answer.status_code for answer in answers) == [201, 409]


async def test_who_may_not_mark_is_told_whose_it_is(service: Service) -> None:
    walk = await installed(service)
    item = (await item_of(walk))["id"]
    async with nothing_written(service):
        for role in ("funding_officer", "auditor", "referrer", "panel_member"):
            assert "This is for:" in refused(await mark(service, item, "removed", role), 403)["detail"]
    for role in ("assessor", "auditor", "referrer", "funding_officer"):
        refused(await service.get(role, "/home-adaptations"), 403)
    refused(await mark(service, item, "removed", STRANGER), 404)
    refused(await mark(service, 2_000_000_000, "removed"), 404)
    refused(await service.get(STRANGER, f"/cases/{walk.reference}/home-history"), 404)
    refused(await service.http.get("/api/v1/home-adaptations"), 401)


async def test_what_was_shown_of_which_case_is_on_record(service: Service) -> None:
    walk = await installed(service)
    await mark(service, (await item_of(walk))["id"], "for_recycling")
    await service.get("team_manager", "/home-adaptations", limit=200)
    await history(service, walk.reference, "assessor")
    await service.get("assessor", f"/cases/{walk.reference}/provision")
    reads = (await service.get("auditor", f"/cases/{walk.reference}/reads", limit=200)).json()["items"]
    routes = {(read["email"].split("@")[0], read["route"]) for read in reads}
    assert ("team_manager", "GET /home-adaptations") in routes
    assert ("assessor", "GET /cases/{reference}/home-history") in routes
    assert ("assessor", "GET /cases/{reference}/provision") in routes


async def test_the_history_outlives_the_address(service: Service) -> None:
    """Where a person's data are erased, what is in the home is still known to whoever works there next."""
    before = await installed(service)
    home = await home_of(before)
    async with service.owner.transaction() as session:
        erase = text(
            "UPDATE homes SET address = '', postcode = NULL, address_key = ''"
            " WHERE id = (SELECT home_id FROM cases WHERE reference = :r)"
        )
        await session.execute(erase, {"r": before.reference})
    again = referral(home={"address": home["address"], "postcode": home["postcode"]})
    logged = (await service.post(OFFICER, "/referrals", again)).json()
    assert {one["adaptation"] for one in await history(service, logged["reference"])} == {"key_safe", "grab_rails"}
    assert date.fromisoformat((await history(service, logged["reference"]))[0]["installed_on"]) == TODAY
