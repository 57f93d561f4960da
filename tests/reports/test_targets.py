"""Indicators from being set until a quarter is signed off or they are withdrawn, and what nobody may do."""

import asyncio
import importlib
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.reports.periods import year_of
from app.reports.pictures import number
from tests.support.browsing import PASSWORD, Page, browsing, change, faulty
from tests.support.journals import Step, noon, write_case
from tests.support.pagewalks import Office, office, words
from tests.support.service import Service

pytestmark = pytest.mark.database

SM = "service_manager"
YEAR = 2024
ENTERED_TWICE = importlib.import_module("migrations.versions.0032_targets_kept").ENTERED_TWICE


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
        await session.execute(text("UPDATE homes SET postcode = 'FK1 1AA' WHERE id = (SELECT min(id) FROM homes)"))
    return alone


@pytest.fixture(autouse=True)
async def nothing_followed(alone: Service) -> None:
    """Each test begins without an indicator that is followed."""
    async with alone.owner.transaction() as session:
        await session.execute(
            text(
                "UPDATE indicators SET ended_at = now(), ended_by = set_by, ended_because = 'Another test begins.'"
                " WHERE ended_at IS NULL"
            )
        )


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


def at(found: dict[str, Any], quarter: int | None = None) -> str:
    base = f"/indicators/{found['id']}/years/{found['year']}"
    return base if quarter is None else f"{base}/quarters/{quarter}"


async def shown(service: Service, found: dict[str, Any], quarter: int) -> dict[str, Any]:
    one: dict[str, Any] = (await service.get(SM, at(found))).json()["quarters"][quarter - 1]
    return one


async def sign(service: Service, found: dict[str, Any], quarter: int) -> httpx.Response:
    """Sign a quarter off as it is now."""
    body = {"shown": (await shown(service, found, quarter))["shown"]}
    return await service.post(SM, f"{at(found, quarter)}/sign-off", body)


def wrong(answer: httpx.Response) -> dict[str, str]:
    """What is wrong with a body, by pointer."""
    assert answer.status_code == 422, answer.text
    return {error["pointer"]: error["message"] for error in answer.json()["errors"]}


async def one_more(service: Service, done: str) -> None:
    """Somebody waited from 8 April 2024 until this day, and it is recorded now."""
    async with service.owner.transaction() as session:
        await write_case(
            session,
            [
                Step(at=noon("2024-04-08"), action="log_referral"),
                Step(at=noon(done), action="complete_works", to="installed",
                     effects={"clock": "stops", "solution": "adapted"}),
            ],
            custody_id=service.cast.organisations["clydeview"], first_contact_on="2024-04-08", tenure="other",
        )  # fmt: skip


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
    said = {"commentary": "Two assessors were ill.", "judged": "amber", "judged_because": "They are back."}
    answer = await solved.post(SM, at(found, 1), said)
    assert answer.status_code == 201, answer.text
    assert answer.json()["quarters"][0]["rag"] == "amber"
    signed = (await sign(solved, found, 1)).json()["quarters"][0]
    assert signed["signed_off_by"]
    await one_more(solved, "2024-06-28")
    assert await shown(solved, found, 1) == signed
    assert (await solved.post(SM, at(found, 1), said)).status_code == 409
    assert (await sign(solved, found, 1)).status_code == 409
    assert (await solved.post(SM, at(found), {"target": "30"})).status_code == 409
    async with solved.owner.engine.connect() as session:
        with pytest.raises(DBAPIError, match="signed off"):
            await session.execute(text("UPDATE indicator_quarters SET value = 1 WHERE signed_off_at IS NOT NULL"))


async def test_a_quarter_that_is_not_over_cannot_be_signed_off_and_is_so_far(solved: Service) -> None:
    this = year_of(solved.app.state.clock.now().date())
    found = await made(solved, year=this)
    under_way = [one for one in found["quarters"] if one["so_far"]]
    assert len(under_way) == 1
    answer = await sign(solved, found, under_way[0]["quarter"])
    assert (answer.status_code, "not over" in answer.json()["detail"]) == (409, True)
    assert not any(one["so_far"] for one in (await made(solved, figure="p90_working_days"))["quarters"])


async def test_two_who_sign_off_at_once_do_it_once(solved: Service) -> None:
    found = await made(solved)
    answers = await asyncio.gather(*(sign(solved, found, 2) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]


async def test_only_what_was_shown_is_signed_off(solved: Service) -> None:
    found = await made(solved)
    said = {"commentary": "Two assessors were ill."}

    async def refused(seen: dict[str, Any]) -> dict[str, Any]:
        answer = await solved.post(SM, f"{at(found, 1)}/sign-off", {"shown": seen["shown"]})
        problem: dict[str, Any] = answer.json()
        assert (answer.status_code, problem["type"]) == (412, "/problems/changed-meanwhile")
        assert problem["now"] == await shown(solved, found, 1)
        now: dict[str, Any] = problem["now"]
        return now

    seen = await shown(solved, found, 1)
    await one_more(solved, "2024-06-27")
    now = await refused(seen)
    assert (now["counted"], now["value"]) != (seen["counted"], seen["value"])
    assert (await solved.post(SM, at(found, 1), said)).status_code == 201
    now = await refused(now)
    judged = {**said, "judged": "green", "judged_because": "It will be."}
    assert (await solved.post(SM, at(found, 1), judged)).status_code == 201
    now = await refused(now)
    assert (await solved.post(SM, at(found), {"target": "19"})).status_code == 201
    now = await refused(now)
    answer = await solved.post(SM, f"{at(found, 1)}/sign-off", {"shown": now["shown"]})
    assert answer.status_code == 201, answer.text
    assert answer.json()["quarters"][0]["value"] == now["value"]
    assert wrong(await solved.post(SM, f"{at(found, 2)}/sign-off", {})) == {"/shown": "This is missing."}


@pytest.mark.parametrize(
    ("changes", "pointer", "told"),
    [
        ({"figure": "percent_within_target", "measure": "approval-to-works"}, "/figure", "It gives: Median"),
        (
            {"figure": "median_working_days", "measure": "completions"},
            "/figure",
            "It gives: How many, from 1 April on.",
        ),
        ({"measure": "waiting"}, "/measure", "Choose another"),
        ({"measure": "cost-by-source"}, "/measure", "Choose another"),
        ({"measure": "charter-average-days"}, "/measure", "confirm"),
        ({"measure": "no-such-measure"}, "/measure", "There is no such measure"),
        ({"officer": "nobody@test.example"}, "/officer", "Nobody"),
        ({"scope": "organisation", "scope_value": "Nobody's"}, "/scope_value", "Clydeview Housing Association"),
        ({"scope": "locality", "scope_value": "ZZ9"}, "/scope_value", "There is: FK1."),
        ({"scope": "locality"}, "/scope_value", "Say which locality"),
        ({"scope": "organisation"}, "/scope_value", "Say which organisation"),
        ({"scope_value": "FK1"}, "/scope_value", "Leave this empty"),
        ({"target": "-1"}, "/target", "from 0"),
        ({"target": "about twenty"}, "/target", "Enter a number, such as"),
        ({"target": "NaN"}, "/target", "Enter a number, such as"),
        ({"target": True}, "/target", "Enter a number, such as"),
        ({"baseline": "60.005"}, "/baseline", "two decimals"),
        ({"target": "60.01"}, "/target", "Lower is better, and the baseline is 60. Enter 60 or less."),
        ({"better": "higher"}, "/target", "Higher is better, and the baseline is 60. Enter 60 or more."),
        ({"figure": "percent_within_target", "better": "higher", "target": "101"}, "/target", "100 or less"),
        ({"figure": "percent_within_target", "baseline": "160"}, "/baseline", "100 or less"),
        ({"trajectory": ["1", "2"]}, "/trajectory", "all four quarters"),
        ({"trajectory": ["30", "19", "22", "20"]}, "/trajectory/1", "past the year's target of 20. Enter 20 or more."),
        ({"trajectory": ["30", "25", "22", "21"]}, "/trajectory/3", "enter 20"),
    ],
)
async def test_what_could_never_be_worked_out_or_met_is_refused(
    solved: Service, changes: dict[str, Any], pointer: str, told: str
) -> None:
    faults = wrong(await solved.post(SM, "/indicators", wanted(solved, **changes)))
    assert list(faults) == [pointer]
    assert told in faults[pointer]


async def test_what_can_be_met_is_taken(solved: Service) -> None:
    held = await made(solved, target="60")
    assert [one["trajectory"] for one in held["quarters"]] == ["60.00"] * 4
    # Clearing what has waited longest makes waits look longer at first.
    await made(solved, figure="p90_working_days", trajectory=["75", "50", "20", "20"])
    await made(solved, figure="completed", better="higher", baseline=3, target=5.5)
    local = await made(solved, scope="locality", scope_value="fk1")
    assert local["scope_value"] == "FK1"
    theirs = await made(solved, scope="organisation", scope_value="Clydeview Housing Association")
    assert theirs["quarters"][1]["counted"] == held["quarters"][1]["counted"]
    assert sum(one["counted"] for one in local["quarters"]) == 1


async def test_a_number_is_that_of_the_year_until_then(solved: Service) -> None:
    number = await made(solved, figure="completed", better="higher", baseline=3, target=8)
    each = [one["counted"] or 0 for one in (await made(solved))["quarters"]]
    assert sum(each) > max(each)
    assert [one["trajectory"] for one in number["quarters"]] == ["2.00", "4.00", "6.00", "8.00"]
    assert [Decimal(one["value"]) for one in number["quarters"]] == [sum(each[: place + 1]) for place in range(4)]
    held = {"target": "8", "trajectory": ["9", "2", "6", "8"]}
    faults = wrong(await solved.post(SM, f"/indicators/{number['id']}/years/{YEAR}", held))
    assert set(faults) == {"/trajectory/0", "/trajectory/1"}


async def test_april_is_held_against_the_quarter_before_it(solved: Service) -> None:
    """Six days in winter and twice forty in spring are no way down from a baseline of sixty."""
    async with solved.owner.transaction() as session:
        for first, done in (("2018-01-08", "2018-01-16"), ("2018-04-09", "2018-06-20")):
            await write_case(
                session,
                [
                    Step(at=noon(first), action="log_referral"),
                    Step(at=noon(done), to="installed", effects={"clock": "stops", "solution": "adapted"}),
                ],
                custody_id=solved.cast.organisations["clydeview"], first_contact_on=first, tenure="council_tenant",
            )  # fmt: skip
    found = await made(solved, year=2018)
    first = found["quarters"][0]
    assert (first["value"], first["trajectory"], first["rag"]) == ("50.00", "50.00", "green")
    steep = {"target": "20", "trajectory": ["40", "30", "25", "20"]}
    # Ten better than the baseline, kept up, would do; but it is worse than the quarter before.
    steeper = (await solved.post(SM, f"/indicators/{found['id']}/years/2018", steep)).json()["quarters"][0]
    assert (steeper["rag"], "the quarter before" in steeper["ruled_because"]) == ("red", False)


async def test_a_figure_of_a_scope_is_followed_once(solved: Service) -> None:
    found = await made(solved)
    faults = wrong(await solved.post(SM, "/indicators", wanted(solved, title="The same", year=YEAR + 1)))
    assert faults == {
        "/measure": "“People wait less” follows this figure already. Open it, and set a target for another year there."
    }
    answers = await asyncio.gather(
        *(solved.post(SM, "/indicators", wanted(solved, figure="completed", target="1")) for _ in range(4))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 422, 422, 422]
    async with solved.owner.engine.connect() as session:
        with pytest.raises(DBAPIError, match="uq_indicators_followed"):
            await session.execute(
                text(
                    "INSERT INTO indicators (title, measure_key, measure_version, figure, better, scope, officer_id,"
                    " baseline, baseline_told, set_by) SELECT title, measure_key, measure_version, figure, better,"
                    " scope, officer_id, baseline, baseline_told, set_by FROM indicators WHERE id = :id"
                ),
                {"id": found["id"]},
            )


async def test_of_what_was_entered_twice_before_the_one_with_more_signed_off_stays(solved: Service) -> None:
    first, other = await made(solved), await made(solved, figure="p90_working_days")
    assert (await sign(solved, other, 1)).status_code == 201
    # A second year could once be had only by entering the same again.
    path = f"/indicators/{first['id']}/years/{YEAR + 1}"
    assert (await solved.post(SM, path, {"target": "10"})).status_code == 201
    assert (await solved.post(SM, f"{path}/quarters/1", {"commentary": "Of the next year."})).status_code == 201
    async with solved.owner.engine.connect() as session:
        await session.execute(text("DROP INDEX uq_indicators_followed"))
        await session.execute(
            text(
                "INSERT INTO indicators (title, measure_key, measure_version, figure, better, scope, officer_id, baseline,"
                " baseline_told, set_by) SELECT title, measure_key, measure_version, 'median_working_days', better, scope,"
                " officer_id, baseline, baseline_told, set_by FROM indicators WHERE id = :id"
            ),
            {"id": other["id"]},
        )
        await session.execute(
            text("UPDATE indicators SET figure = 'median_working_days' WHERE id = :id"), {"id": other["id"]}
        )
        await session.execute(text(ENTERED_TWICE))
        years = await session.scalars(
            text("SELECT year FROM indicator_targets WHERE indicator_id = :id ORDER BY year"), {"id": other["id"]}
        )
        assert years.all() == [YEAR, YEAR + 1]
        said = text("SELECT commentary FROM indicator_quarters WHERE indicator_id = :id AND year = :year")
        moved = await session.scalar(said, {"id": other["id"], "year": YEAR + 1})
        assert moved == "Of the next year."
        left = (await session.scalars(text("SELECT id FROM indicators WHERE ended_at IS NULL"))).all()
        told = await session.scalar(text("SELECT ended_because FROM indicators WHERE id = :id"), {"id": first["id"]})
    assert left == [other["id"]]
    assert told is not None
    assert told.startswith("It was entered twice.")


@pytest.mark.parametrize("trajectory", ["{30,25,22,21}", "{30,19,22,20}"])
async def test_the_database_holds_that_quarters_lead_to_the_target(solved: Service, trajectory: str) -> None:
    found = await made(solved)
    async with solved.owner.engine.connect() as session:
        with pytest.raises(DBAPIError, match="ck_indicator_targets_leads_there"):
            await session.execute(
                text("UPDATE indicator_targets SET trajectory = CAST(:t AS numeric[]) WHERE indicator_id = :id"),
                {"t": trajectory, "id": found["id"]},
            )


async def test_another_year_goes_on_from_the_one_before_it(solved: Service) -> None:
    found = await made(solved)
    path = f"/indicators/{found['id']}/years"
    later = (await solved.post(SM, f"{path}/{YEAR + 2}", {"target": "10"})).json()
    assert [one["trajectory"] for one in later["quarters"]] == ["17.50", "15.00", "12.50", "10.00"]
    told = wrong(await solved.post(SM, f"{path}/{YEAR + 1}", {"target": "21"}))["/target"]
    assert told == "Lower is better, and the target for 2024-25 is 20. Enter 20 or less."
    told = wrong(await solved.post(SM, f"{path}/{YEAR + 1}", {"target": "9"}))["/target"]
    assert told == "This is past the target for 2026-27, which is 10. Enter 10 or more, or change that one first."
    between = (await solved.post(SM, f"{path}/{YEAR + 1}", {"target": "16"})).json()
    assert [one["trajectory"] for one in between["quarters"]] == ["19.00", "18.00", "17.00", "16.00"]
    # The first year has the baseline before it, whatever later years aim at.
    first = (await solved.post(SM, f"{path}/{YEAR}", {"target": "40"})).json()
    assert [one["trajectory"] for one in first["quarters"]] == ["55.00", "50.00", "45.00", "40.00"]
    assert "/target" in wrong(await solved.post(SM, f"{path}/{YEAR}", {"target": "15"}))


async def test_a_target_that_somebody_else_has_set_is_not_overwritten_unseen(solved: Service) -> None:
    found = await made(solved)
    seen = {"If-Match": f'"{found["target_version"]}"'}
    assert (await solved.post(SM, at(found), {"target": "30"}, seen)).status_code == 201
    answer = await solved.post(SM, at(found), {"target": "25"}, seen)
    assert (answer.status_code, answer.json()["now"]) == (412, {"target": "30.00", "version": 2})
    assert (await solved.post(SM, at(found), {"target": "25"}, {"If-Match": '"2"'})).status_code == 201
    none_yet = f"/indicators/{found['id']}/years/{YEAR + 1}"
    assert (await solved.post(SM, none_yet, {"target": "20"}, {"If-Match": '"0"'})).status_code == 201
    assert (await solved.post(SM, none_yet, {"target": "19"}, {"If-Match": '"0"'})).status_code == 412


async def test_what_others_wrote_of_a_quarter_is_not_overwritten_unseen(solved: Service) -> None:
    found = await made(solved)
    bodies = [{"commentary": f"Written by number {number}."} for number in range(4)]
    unseen = {"If-Match": '"0"'}
    answers = await asyncio.gather(*(solved.post(SM, at(found, 1), body, unseen) for body in bodies))
    assert sorted(answer.status_code for answer in answers) == [201, 412, 412, 412]
    kept = await shown(solved, found, 1)
    for answer in answers:
        if answer.status_code == 412:
            assert answer.json()["now"]["commentary"] == kept["commentary"]
            assert answer.json()["now"]["written_by"] == kept["written_by"]
    assert (await solved.post(SM, at(found, 1), bodies[0], {"If-Match": f'"{kept["version"]}"'})).status_code == 201
    assert (await shown(solved, found, 1))["version"] == 2


async def test_a_judgement_of_ones_own_needs_its_reason_and_a_reason_its_judgement(solved: Service) -> None:
    found = await made(solved)
    said = {"commentary": "It was the weather."}
    assert list(wrong(await solved.post(SM, at(found, 1), {**said, "judged": "red"}))) == ["/judged_because"]
    assert list(wrong(await solved.post(SM, at(found, 1), {**said, "judged_because": "So."}))) == ["/judged"]


async def test_an_indicator_that_was_withdrawn_stays_with_what_was_signed_off(solved: Service) -> None:
    found = await made(solved)
    assert (await sign(solved, found, 1)).status_code == 201
    signed = await shown(solved, found, 1)
    path = f"/indicators/{found['id']}/withdrawal"
    assert list(wrong(await solved.post(SM, path, {"reason": " "}))) == ["/reason"]
    gone = (await solved.post(SM, path, {"reason": "The wrong measure."})).json()
    assert (gone["withdrawn_because"], bool(gone["withdrawn_by"]), bool(gone["withdrawn_at"])) == (
        "The wrong measure.", True, True,
    )  # fmt: skip
    listed = (await solved.get(SM, "/indicators", year=YEAR)).json()
    assert found["id"] not in [one["id"] for one in listed["items"]]
    assert found["id"] in [one["id"] for one in listed["withdrawn"]]
    assert await shown(solved, found, 1) == signed
    for answer in (
        await solved.post(SM, path, {"reason": "Again."}),
        await solved.post(SM, at(found, 2), {"commentary": "Too late."}),
        await sign(solved, found, 2),
        await solved.post(SM, f"/indicators/{found['id']}/years/{YEAR + 1}", {"target": "10"}),
    ):
        assert (answer.status_code, "withdrawn" in answer.json()["detail"]) == (409, True)
    for statement in (
        "UPDATE indicators SET ended_at = NULL, ended_by = NULL, ended_because = NULL WHERE id = :id",
        "UPDATE indicator_targets SET target = 5, trajectory = '{5,5,5,5}' WHERE indicator_id = :id",
        "INSERT INTO indicator_quarters (indicator_id, year, quarter, written_by) VALUES (:id, 2024, 3, 1)",
    ):
        async with solved.owner.engine.connect() as session:
            with pytest.raises(DBAPIError, match=r"withdrawn|signed off"):
                await session.execute(text(statement), {"id": found["id"]})
    # Another may follow the same now.
    await made(solved)


async def test_an_indicator_without_a_target_in_a_year_is_not_forgotten(solved: Service) -> None:
    found = await made(solved)
    listed = (await solved.get(SM, "/indicators", year=YEAR + 1)).json()
    assert [one["id"] for one in listed["without_target"]] == [found["id"]]
    assert listed["items"] == []
    # Before it was followed there was nothing to forget.
    assert (await solved.get(SM, "/indicators", year=YEAR - 1)).json()["without_target"] == []


@pytest.mark.parametrize("who", ["housing_officer", "team_manager", "panel_member"])
async def test_targets_are_for_those_who_see_all_cases(solved: Service, who: str) -> None:
    assert (await solved.get(who, "/indicators")).status_code == 403
    assert (await solved.post(who, "/indicators", wanted(solved))).status_code == 403


async def test_who_audits_reads_and_changes_nothing(solved: Service) -> None:
    found = await made(solved)
    assert (await solved.get("auditor", "/indicators", year=YEAR)).status_code == 200
    assert (await solved.post("auditor", "/indicators", wanted(solved))).status_code == 403
    reason = {"reason": "I would rather not."}
    assert (await solved.post("auditor", f"/indicators/{found['id']}/withdrawal", reason)).status_code == 403


def fields(answers: dict[str, Any]) -> dict[str, list[str]]:
    """What a browser sends of these."""
    return {name: [str(value)] for name, value in answers.items()}


async def test_a_manager_sets_comments_and_signs_off_by_form(solved: Service, offices: Office) -> None:
    asked = fields(wanted(solved, title="By form", scope="partnership", baseline="1,060.5"))
    answer = await offices.send(SM, "/targets/new", asked)
    assert answer.status_code == 303, words(answer.text)
    place = answer.headers["location"]
    said = {"commentary": ["It was the weather."], "judged": ["green"], "judged_because": [""]}
    refused = await offices.send(SM, f"{place}/quarters/1", said)
    page = faulty(refused, 422, "judged_because", "Say why you judge it otherwise than the rule.")
    assert "It was the weather." in page.source
    said["judged_because"] = ["The weather is over."]
    assert (await offices.send(SM, f"{place}/quarters/1", said)).status_code == 303
    browser = await offices.browser(SM)
    to_sign = words((await browser.http.get(f"{place}/quarters/1/sign-off")).text)
    first = await shown(solved, {"id": place.split("/")[2], "year": YEAR}, 1)
    for told in (
        number(Decimal(first["value"])), "1,060.50", "20 for the year", first["ruled_because"], "The weather is over.",
        "It was the weather.",
    ):  # fmt: skip
        assert told in to_sign
    assert (await offices.send(SM, f"{place}/quarters/1/sign-off", {})).status_code == 303
    page_words = words((await browser.http.get(place)).text)
    assert "It was the weather." in page_words
    assert "Signed off by" in page_words
    listed = await browser.http.get("/targets", params={"year": str(YEAR)})
    assert "By form" in words(listed.text)


@pytest.mark.parametrize(
    ("changes", "field", "told"),
    [
        ({"target": "about twenty"}, "target", "Enter a number, such as 1,250.5."),
        ({"baseline": "12,5"}, "baseline", "Enter a number, such as 1,250.5."),
        ({"target": "61"}, "target", "Lower is better, and the baseline is 60. Enter 60 or less."),
        ({"scope": "locality", "locality": ""}, "locality", "Say which locality."),
        ({"scope": "organisation", "organisation": "Nobody's"}, "organisation", "No organisation has this name."),
        ({"figure": "completed", "measure": "end-to-end", "officer": "nobody@test.example"}, "officer", "Nobody"),
        ({"figure": "median_working_days", "measure": "requests"}, "figure", "It gives: How many, from 1 April on."),
        ({"trajectory-0": "30", "trajectory-1": "", "trajectory-2": "22"}, "trajectory-1", "Enter a number, such as"),
        ({"trajectory-0": "19", "trajectory-1": "20", "trajectory-2": "20"}, "trajectory-0", "past the year"),
    ],
)
async def test_what_is_wrong_stands_beside_its_field(
    solved: Service, offices: Office, changes: dict[str, Any], field: str, told: str
) -> None:
    asked = fields(wanted(solved, **{"scope": "partnership", **changes}))
    answer = await offices.send(SM, "/targets/new", asked)
    assert answer.status_code == 422, words(answer.text)
    page = Page(answer.text)
    assert f"#{field}" in page.links
    assert told in words(answer.text)
    assert page.ids[field]["aria-invalid"] == "true"
    assert answer.text.count('class="govuk-error-message"') == 1


async def test_a_number_is_asked_for_without_a_pound_sign(offices: Office) -> None:
    page = Page((await (await offices.browser(SM)).http.get("/targets/new")).text)
    assert page.ids["target"]["inputmode"] == "decimal"
    assert "£" not in page.source


async def test_commentary_comes_back_with_what_the_other_wrote(solved: Service, offices: Office) -> None:
    found = await made(solved)
    path = f"/targets/{found['id']}/{YEAR}/quarters/1"
    browser = await offices.browser(SM)
    mine = Page((await browser.http.get(path)).text)
    theirs = {"commentary": "The other's words.", "judged": "red", "judged_because": "The other's reason."}
    assert (await solved.post(SM, at(found, 1), theirs)).status_code == 201
    answer = await browser.http.post(path, data={**mine.hidden, "commentary": "My own words."})
    assert answer.status_code == 412
    told = words(answer.text)
    for text_ in ("Somebody else has worked on this meanwhile", "The other's words.", "The other's reason.", "My own"):
        assert text_ in told
    assert (await shown(solved, found, 1))["commentary"] == "The other's words."
    both = {**Page(answer.text).hidden, "commentary": "My own words, and the other's."}
    assert (await browser.http.post(path, data=both)).status_code == 303
    assert (await shown(solved, found, 1))["commentary"] == "My own words, and the other's."


@pytest.mark.usefixtures("offices")
async def test_what_was_typed_when_the_session_was_gone_is_put_beside_what_the_other_wrote(solved: Service) -> None:
    found = await made(solved)
    path = f"/targets/{found['id']}/{YEAR}/quarters/1"
    async with browsing(solved, address="192.0.2.99") as browser:
        assert (await browser.sign_in(solved.cast[SM].email)).status_code == 303
        mine = Page((await browser.http.get(path)).text)
        newest = "SELECT id FROM sessions ORDER BY created_at DESC LIMIT 1"
        await change(solved, f"UPDATE sessions SET ended_at = now() WHERE id = ({newest})")
        lost = await browser.http.post(path, data={**mine.hidden, "commentary": "Typed for an hour."})
        assert (await solved.post(SM, at(found, 1), {"commentary": "The other's words."})).status_code == 201
        form = {**Page(lost.text).hidden, "email": solved.cast[SM].email, "password": PASSWORD}
        back = await browser.http.post("/sign-in", data=form)
        assert (back.status_code, back.headers["location"]) == (303, f"{path}?draft=1")
        again = await browser.http.get(back.headers["location"])
        assert "Typed for an hour." in again.text
        assert "The other's words." in words(again.text)
        both = {**Page(again.text).hidden, "commentary": "Typed for an hour, and the other's words."}
        assert (await browser.http.post(path, data=both)).status_code == 303
        assert "Typed for an hour" in (await browser.http.get(path)).text
        assert "did not send it" not in words((await browser.http.get(path)).text)


async def test_a_form_that_does_not_say_what_it_saw_overwrites_nothing(solved: Service, offices: Office) -> None:
    found = await made(solved)
    assert (await solved.post(SM, at(found, 1), {"commentary": "First."})).status_code == 201
    path = f"/targets/{found['id']}/{YEAR}/quarters/1"
    for seen in ("", "x", "0"):
        answer = await offices.send(SM, path, {"commentary": ["Second."]}, seen=seen)
        assert answer.status_code == 412
    answer = await offices.send(SM, f"{path}/sign-off", {}, seen="")
    assert answer.status_code == 412
    assert (await shown(solved, found, 1))["signed_off_at"] is None


async def test_what_changed_between_showing_and_signing_is_shown_and_not_signed(
    solved: Service, offices: Office
) -> None:
    found = await made(solved)
    path = f"/targets/{found['id']}/{YEAR}/quarters/1/sign-off"
    browser = await offices.browser(SM)
    before = Page((await browser.http.get(path)).text)
    await one_more(solved, "2024-06-26")
    answer = await browser.http.post(path, data=before.hidden)
    assert answer.status_code == 412
    assert "has changed since you looked. Nothing was signed off." in words(answer.text)
    now = await shown(solved, found, 1)
    assert now["signed_off_at"] is None
    assert f"of {now['counted']} cases" in words(answer.text)
    assert (await browser.http.post(path, data=Page(answer.text).hidden)).status_code == 303
    assert (await shown(solved, found, 1))["counted"] == now["counted"]


async def test_the_next_years_target_and_a_withdrawal_by_form(solved: Service, offices: Office) -> None:
    found = await made(solved)
    place = f"/targets/{found['id']}/{YEAR}"
    browser = await offices.browser(SM)
    links = Page((await browser.http.get(place)).text).links
    following = f"/targets/{found['id']}/{YEAR + 1}/target"
    assert {following, f"{place}/target", f"{place}/withdraw"} <= {*links}
    page = faulty(await offices.send(SM, following, {"target": ["21"]}), 422, "target", "Enter 20 or less.")
    assert page.ids["target"]["value"] == "21"
    quarters = {"target": ["10"], "trajectory-0": ["18"], "trajectory-1": ["15.5"], "trajectory-2": ["11"]}
    answer = await offices.send(SM, following, quarters)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/targets/{found['id']}/{YEAR + 1}")
    again = Page((await browser.http.get(following)).text)
    assert [again.ids[f"trajectory-{place}"]["value"] for place in range(3)] == ["18", "15.5", "11"]
    answer = await offices.send(SM, f"{place}/withdraw", {"reason": ["It was the wrong measure."]})
    assert answer.status_code == 303
    page_words = words((await browser.http.get(place)).text)
    assert "This indicator was withdrawn" in page_words
    assert "It was the wrong measure." in page_words
    assert "Say something of quarter" not in page_words
    listed = words((await browser.http.get("/targets", params={"year": str(YEAR)})).text)
    assert "Withdrawn" in listed
    late = await browser.http.post(following, data={**again.hidden, "target": "9"})
    assert (late.status_code, "was withdrawn" in words(late.text)) == (409, True)
    assert 'value="9"' in late.text


async def test_a_quarter_under_way_is_so_far_on_the_list(solved: Service, offices: Office) -> None:
    this = year_of(solved.app.state.clock.now().date())
    await made(solved, year=this)
    browser = await offices.browser(SM)
    listed = words((await browser.http.get("/targets", params={"year": str(this)})).text)
    assert "1 of these so far" in listed
    assert "so far" in listed.partition("Quarter 4")[2]
