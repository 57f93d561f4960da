"""Projections over HTTP and as a page: from the journal's own months, refused where there is too little to go by."""

import csv
import io
from collections.abc import AsyncIterator

import pytest
from openpyxl import load_workbook

from app.reports.projecting import month_after
from tests.support.browsing import Page
from tests.support.databases import TestServer
from tests.support.journals import Step, noon, write_case
from tests.support.pagewalks import Office, office, words
from tests.support.service import Service, running_service

pytestmark = pytest.mark.database

SM = "service_manager"


@pytest.fixture(scope="module")
async def grown(database_server: TestServer, worker_name: str) -> AsyncIterator[Service]:
    """A partnership of forty months with two requests each, four in winter, assessed a week later."""
    with database_server.fresh(f"{worker_name}_projections") as url:
        async with running_service(url) as service:
            await _live(service)
            yield service


async def _live(service: Service) -> None:
    this = service.app.state.casework.timekeeper.day(service.app.state.clock.now()).replace(day=1)
    async with service.owner.transaction() as session:
        for back in range(40, 0, -1):
            month = month_after(this, -back)
            for number in range(4 if month.month in (12, 1, 2) else 2):
                first = noon(month.replace(day=3 + number))
                await write_case(
                    session,
                    [
                        Step(at=first, action="log_referral"),
                        Step(at=noon(month.replace(day=5 + number)), action="screen", to="awaiting_assessment"),
                        Step(at=noon(month.replace(day=12 + number)), action="start_assessment", to="assessment"),
                    ],
                    custody_id=service.cast.organisations["clydeview"], first_contact_on=first.date(),
                    tenure="council_tenant" if number % 2 else "rsl_tenant",
                )  # fmt: skip


@pytest.fixture(scope="module")
async def offices(grown: Service) -> AsyncIterator[Office]:
    async with office(grown) as opened:
        yield opened


async def test_demand_is_told_with_its_range_its_test_and_its_parts(grown: Service) -> None:
    answer = await grown.get(SM, "/projections/demand", months=36, by="tenure")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert len(found["history"]) == 40
    assert {one["requests"] for one in found["history"]} == {2, 4}
    assert len(found["ahead"]) == 36
    assert all(0 <= one["low95"] <= one["expected"] <= one["high95"] for one in found["ahead"])
    assert found["test"]["of"] == 12
    assert sum(part["last_twelve_months"] for part in found["groups"]) == 30
    assert {part["group"] for part in found["groups"]} == {"council_tenant", "rsl_tenant"}
    assert "seed" in found["method"]


async def test_more_assessors_and_direct_provision_leave_fewer_waiting(grown: Service) -> None:
    asked = {"assessors": 1, "more": 2, "direct_percent": 40}
    found = (await grown.get(SM, "/projections/capacity", **asked)).json()
    assert len(found["months"]) == 12
    assert found["months"][-1]["waiting_what_if"] <= found["months"][-1]["waiting"]
    assert (await grown.get(SM, "/projections/capacity", assessors=0)).status_code == 422
    assert (await grown.get("housing_officer", "/projections/demand")).status_code == 403


async def test_the_page_says_the_same_and_what_cannot_be_read(grown: Service, offices: Office) -> None:
    browser = (await offices.browser(SM)).http
    page = await browser.get("/projection", params={"assessors": "1", "more": "2"})
    assert page.status_code == 200
    assert "In the last twelve months there were 30 requests." in words(page.text)
    refused = await browser.get("/projection", params={"assessors": "many"})
    assert (refused.status_code, "give a whole number from 1 to 500" in words(refused.text)) == (422, True)


async def test_too_little_history_is_refused_in_words(fresh_service: Service) -> None:
    answer = await fresh_service.get(SM, "/projections/demand")
    assert answer.status_code == 409
    assert "whole months of history" in answer.json()["detail"]


async def test_a_pack_answers_every_question_in_figures_that_may_be_published(grown: Service, offices: Office) -> None:
    answer = await grown.get(SM, "/packs/information-request", year=2024)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    pack = grown.app.state.casework.timekeeper.pathways.packs["information-request"]
    assert [(item["asked"], item["by"]) for item in found["items"]] == [
        (question.asked, by) for question in pack.questions for by in question.by
    ]
    for item in found["items"]:
        for row in item["rows"]:
            assert row.get("completed") is None or row["completed"] % 5 == 0
    asked = next(item for item in found["items"] if item["by"] == "none" and "asked for help" in item["asked"])
    assert asked["rows"][0]["completed"] == 30
    assert (await grown.get("team_manager", "/packs/information-request")).status_code == 403
    assert (await grown.get(SM, "/packs/horoscope")).status_code == 404
    browser = (await offices.browser(SM)).http
    assert "How many people asked for help?" in words((await browser.get("/reports/information-request")).text)
    book = await browser.get("/reports/information-request.xlsx", params={"year": "2024-25"})
    assert book.headers["content-disposition"] == 'attachment; filename="information-request-2024-25.xlsx"'


async def test_a_pack_says_why_a_figure_is_not_told_on_the_page_and_in_files(grown: Service, offices: Office) -> None:
    found = (await grown.get(SM, "/packs/information-request", year=2024)).json()
    asked = {(item["asked"], item["by"]): item for item in found["items"]}
    none = asked["How many appealed?", "none"]
    assert none["told"][0]["completed"] == "0"
    assert none["marks"]["0"] == "none."
    for item in found["items"]:
        assert [set(row) - {"group"} for row in item["rows"]] == [set(told) for told in item["told"]]
        for row, told in zip(item["rows"], item["told"], strict=True):
            assert "–" not in told.values()
            assert all(told[name] not in ("", "None") for name in told)
            assert all(value is None or name == "group" or told[name] for name, value in row.items())
        for told in (cell for row in item["told"] for cell in row.values()):
            assert told in item["marks"] or float(told) > 0, (item["asked"], told)
    browser, address = (await offices.browser(SM)).http, "/reports/information-request"
    page = (await browser.get(address, params={"year": "2024-25"})).text
    assert not any("–" in row for row in Page(page).cells)
    assert "0 : none." in words(page)
    text_file = await browser.get(f"{address}.csv", params={"year": "2024-25"})
    assert text_file.headers["content-disposition"] == 'attachment; filename="information-request-2024-25.csv"'
    rows = list(csv.reader(io.StringIO(text_file.content.decode("utf-8-sig"))))
    place = next(at for at, row in enumerate(rows) if row and row[0] == "How many appealed? (all together)")
    assert rows[place + 1 : place + 4] == [["All", "0"], ["“0”: none."], []]
    content = (await browser.get(f"{address}.xlsx", params={"year": "2024-25"})).content
    sheet = load_workbook(io.BytesIO(content))["Answers"]
    cells = [[cell.value for cell in row if cell.value is not None] for row in sheet.iter_rows()]
    place = cells.index(["How many appealed? (all together)", "How many"])
    assert cells[place + 1 : place + 3] == [["All", 0], ["“0”: none."]]
    as_json = await grown.get(SM, "/packs/information-request", year=2024, format="csv")
    assert as_json.content == text_file.content


async def test_a_pack_is_of_a_year_that_is_over(grown: Service, offices: Office) -> None:
    today = grown.app.state.casework.timekeeper.day(grown.app.state.clock.now())
    begins = today.year - (today.month < 4)
    key = f"{begins}-{(begins + 1) % 100:02}"
    refused = await grown.get(SM, "/packs/information-request", year=begins)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/year")
    assert f"The financial year {key} goes on until 31 March {begins + 1}" in refused.json()["detail"]
    assert (await grown.get(SM, "/packs/information-request", year=begins - 1)).status_code == 200
    browser, address = (await offices.browser(SM)).http, "/reports/information-request"
    page = await browser.get(address, params={"year": key})
    assert (page.status_code, f"The financial year {key} goes on" in words(page.text)) == (422, True)
    assert "year" in Page(page.text).ids
    assert not any(f"year={key}" in link for link in Page(page.text).links)
    ordinary = await browser.get(address)
    assert (ordinary.status_code, f"can be answered from 1 April {begins + 1} on" in words(ordinary.text)) == (
        200,
        True,
    )
    assert (await browser.get(address, params={"year": "horoscope"})).status_code == 422
    for form in ("csv", "xlsx"):
        assert (await browser.get(f"{address}.{form}", params={"year": key})).status_code == 422
    # A measure's own page refuses beside its field, and shows what may be seen inside.
    asked = {"publish": "true", "period": key}
    report = await browser.get("/reports/end-to-end", params=asked)
    assert report.status_code == 422
    assert "period-error" in Page(report.text).ids
