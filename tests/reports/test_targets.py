"""Indicators from being set until a quarter is signed off, over the API and by form, and what nobody may do."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.support.journals import Step, noon, write_case
from tests.support.pagewalks import Office, office, words
from tests.support.service import Service

pytestmark = pytest.mark.database

SM = "service_manager"
YEAR = 2024


@pytest.fixture(scope="module")
async def offices(alone: Service) -> AsyncIterator[Office]:
    async with office(alone) as opened:
        yield opened


@pytest.fixture(scope="module")
async def solved(alone: Service) -> Service:
    """Two solutions in the first quarter of 2024-25 and one in the second."""
    async with alone.owner.transaction() as session:
        for first, done in (("2024-04-08", "2024-05-10"), ("2024-04-08", "2024-06-20"), ("2024-07-01", "2024-07-12")):
            await write_case(
                session,
                [
                    Step(at=noon(first), action="log_referral"),
                    Step(at=noon(done), action="complete_works", to="installed",
                         effects={"clock": "stops", "solution": "adapted"}),
                ],
                custody_id=alone.cast.organisations["clydeview"], first_contact_on=first, tenure="council_tenant",
            )  # fmt: skip
    return alone


def wanted(service: Service, **changes: Any) -> dict[str, Any]:
    return {
        "title": "People wait less", "measure": "end-to-end", "figure": "median_working_days", "better": "lower",
        "officer": service.cast[SM].email, "baseline": "60", "baseline_told": "2023-24, all tenures", "year": YEAR,
        "target": "20", **changes,
    }  # fmt: skip


async def made(service: Service, **changes: Any) -> dict[str, Any]:
    answer = await service.post(SM, "/indicators", wanted(service, **changes))
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_an_indicator_is_judged_quarter_by_quarter(solved: Service) -> None:
    found = await made(solved, trajectory=["30", "25", "22", "20"])
    first, second = found["quarters"][:2]
    asked = {"completed_from": "2024-04-01", "completed_to": "2024-06-30"}
    measured = (await solved.get(SM, "/reports/end-to-end", **asked)).json()["rows"][0]
    assert float(first["value"]) == measured["median_working_days"]
    assert first["counted"] == measured["completed"]
    assert first["rag"] in ("amber", "red")
    assert second["rag"] == "green"
    assert "Green: on the quarter's trajectory" in found["rule"]
    assert "From first contact" in found["definition"]


async def test_what_was_signed_off_stays_whatever_is_recorded_later(solved: Service) -> None:
    found = await made(solved)
    base = f"/indicators/{found['id']}/years/{YEAR}"
    said = {"commentary": "Two assessors were ill.", "judged": "amber", "judged_because": "They are back."}
    answer = await solved.post(SM, f"{base}/quarters/1", said)
    assert answer.status_code == 201, answer.text
    assert answer.json()["quarters"][0]["rag"] == "amber"
    signed = (await solved.post(SM, f"{base}/quarters/1/sign-off", {})).json()["quarters"][0]
    assert signed["signed_off_by"]
    async with solved.owner.transaction() as session:
        await write_case(
            session,
            [
                Step(at=noon("2024-04-08"), action="log_referral"),
                Step(at=noon("2024-06-28"), action="complete_works", to="installed",
                     effects={"clock": "stops", "solution": "adapted"}),
            ],
            custody_id=solved.cast.organisations["clydeview"], first_contact_on="2024-04-08", tenure="other",
        )  # fmt: skip
    later = (await solved.get(SM, base)).json()["quarters"][0]
    assert later == signed
    assert (await solved.post(SM, f"{base}/quarters/1", said)).status_code == 409
    assert (await solved.post(SM, f"{base}/quarters/1/sign-off", {})).status_code == 409
    assert (await solved.post(SM, base, {"target": "30"})).status_code == 409
    async with solved.owner.engine.connect() as session:
        with pytest.raises(DBAPIError, match="signed off"):
            await session.execute(text("UPDATE indicator_quarters SET value = 1 WHERE signed_off_at IS NOT NULL"))


async def test_a_quarter_that_is_not_over_cannot_be_signed_off(solved: Service) -> None:
    found = await made(solved, year=2098)
    answer = await solved.post(SM, f"/indicators/{found['id']}/years/2098/quarters/4/sign-off", {})
    assert (answer.status_code, "not over" in answer.json()["detail"]) == (409, True)


async def test_two_who_sign_off_at_once_do_it_once(solved: Service) -> None:
    found = await made(solved)
    path = f"/indicators/{found['id']}/years/{YEAR}/quarters/2/sign-off"
    answers = await asyncio.gather(*(solved.post(SM, path, {}) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"figure": "percent_within_target", "measure": "approval-to-works"}, "/figure"),
        ({"officer": "nobody@test.example"}, "/officer"),
        ({"scope": "organisation", "scope_value": "Nobody's"}, "/scope_value"),
        ({"scope": "locality"}, ""),
        ({"target": "-1"}, "/target"),
        ({"trajectory": ["1", "2"]}, "/trajectory"),
    ],
)
async def test_what_could_never_be_judged_is_refused(solved: Service, changes: dict[str, Any], pointer: str) -> None:
    answer = await solved.post(SM, "/indicators", wanted(solved, **changes))
    assert answer.status_code == 422, answer.text
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]


@pytest.mark.parametrize("who", ["housing_officer", "team_manager", "panel_member"])
async def test_targets_are_for_those_who_see_all_cases(solved: Service, who: str) -> None:
    assert (await solved.get(who, "/indicators")).status_code == 403
    assert (await solved.post(who, "/indicators", wanted(solved))).status_code == 403


async def test_who_audits_reads_and_changes_nothing(solved: Service) -> None:
    assert (await solved.get("auditor", "/indicators", year=YEAR)).status_code == 200
    assert (await solved.post("auditor", "/indicators", wanted(solved))).status_code == 403


async def test_a_manager_sets_comments_and_signs_off_by_form(solved: Service, offices: Office) -> None:
    fields = {name: [str(value)] for name, value in wanted(solved, title="By form", scope="partnership").items()}
    answer = await offices.send(SM, "/targets/new", fields)
    assert answer.status_code == 303, words(answer.text)
    place = answer.headers["location"]
    said = {"commentary": ["It was the weather."], "judged": ["green"], "judged_because": [""]}
    refused = await offices.send(SM, f"{place}/quarters/1", said)
    assert (refused.status_code, "neither" in words(refused.text)) == (422, True)
    said["judged_because"] = ["The weather is over."]
    assert (await offices.send(SM, f"{place}/quarters/1", said)).status_code == 303
    assert (await offices.send(SM, f"{place}/quarters/1/sign-off", {})).status_code == 303
    browser = await offices.browser(SM)
    page = words((await browser.http.get(place)).text)
    assert "It was the weather." in page
    assert "Signed off by" in page
    listed = await browser.http.get("/targets", params={"year": str(YEAR)})
    assert "By form" in words(listed.text)
