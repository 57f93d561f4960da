"""Reports over HTTP: the contract's names, who may read, what is refused, files, and the cases behind a figure."""

import csv
import io
from dataclasses import dataclass
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import text

from app.access.permissions import GRANTS, Permission
from app.access.roles import Role
from app.reports.catalogue import REPORTS
from tests.support.journals import Step, Written, noon, write_case
from tests.support.service import Service

pytestmark = pytest.mark.database

END_TO_END = "/reports/end-to-end"
SOLVED = {"clock": "stops", "solution": "adapted"}
FORMULA = "=cmd|'/c calc'!A1"
ROW = {
    "group", "completed", "median_working_days", "p90_working_days", "mean_working_days", "median_calendar_days",
    "longest_working_days", "net_median_working_days", "net_p90_working_days", "net_mean_working_days",
    "net_median_calendar_days", "net_longest_working_days", "cases",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """Three solved cases of one import source: two of Clydeview's, one that only Elsewhere is party to."""

    source: str
    fast: Written
    slow: Written
    hidden: Written


@pytest.fixture(scope="session")
async def known(counting: Service) -> Known:
    source = "known-cases"
    async with counting.owner.transaction() as session:
        found = counting.cast.organisations
        fast = await write_case(
            session,
            [Step(at=noon("2025-01-06")), Step(at=noon("2025-01-10"), to="installed", effects=SOLVED)],
            custody_id=found["clydeview"], first_contact_on="2025-01-06", tenure="rsl_tenant", source=source,
        )  # fmt: skip
        slow = await write_case(
            session,
            [
                Step(at=noon("2025-01-06")),
                Step(
                    at=noon("2025-01-07"), to="on_hold",
                    effects={"hold": "opens", "hold_details": {"waits_on": "person", "cause": "ill"}},
                ),
                Step(at=noon("2025-01-14"), to="works", effects={"hold": "closes", "sets": {"priority": "critical"}}),
                Step(at=noon("2025-01-20"), kind="handed_over", custody_id=found["eastlaw"]),
                Step(at=noon("2025-02-03"), to="installed", recorded_at=noon("2025-02-10"), effects=SOLVED),
            ],
            custody_id=found["clydeview"], first_contact_on="2025-01-06", tenure="other", source=source,
        )  # fmt: skip
        hidden = await write_case(
            session,
            [Step(at=noon("2025-01-06")), Step(at=noon("2025-01-13"), to="installed", effects=SOLVED)],
            custody_id=found["elsewhere"], first_contact_on="2025-01-06", tenure="other", source=source,
        )  # fmt: skip
    return Known(source, fast, slow, hidden)


async def rows(service: Service, known: Known, who: str = "service_manager", **asked: Any) -> dict[str, dict[str, Any]]:
    answer = await service.get(who, END_TO_END, source=known.source, **asked)
    assert answer.status_code == 200, answer.text
    return {row["group"]: row for row in answer.json()["rows"]}


async def definition_of(service: Service, key: str) -> str:
    answer = (await service.get("service_manager", f"/reports/{key}")).json()
    assert isinstance(answer["definition"], str)
    return answer["definition"]


async def test_without_groups_there_is_one_row(counting: Service, known: Known) -> None:
    found = await rows(counting, known)
    [row] = found.values()
    assert set(row) >= ROW
    assert (row["group"], row["completed"], row["longest_working_days"], row["mean_working_days"]) == (
        "all", 3, 20, 9.6667,
    )  # fmt: skip
    assert (row["net_longest_working_days"], row["median_calendar_days"]) == (15, 7.0)


@pytest.mark.parametrize(
    ("by", "counted"),
    [
        ("tenure", {"rsl_tenant": 1, "other": 2}),
        ("tier", {"moderate": 3}),
        ("priority", {"critical": 1, "not_recorded": 2}),
        (
            "organisation",
            {"Clydeview Housing Association": 1, "Eastlaw HSCP Occupational Therapy": 1, "Elsewhere Council": 1},
        ),
        ("none", {"all": 3}),
    ],
)
async def test_cases_are_grouped_as_they_were_when_the_solution_came(
    counting: Service, known: Known, by: str, counted: dict[str, int]
) -> None:
    found = await rows(counting, known, by=by)
    assert {group: row["completed"] for group, row in found.items()} == counted


async def test_a_period_counts_what_was_completed_in_it(counting: Service, known: Known) -> None:
    found = await rows(counting, known, completed_from="2025-01-10", completed_to="2025-01-13")
    assert found["all"]["completed"] == 2


async def test_what_was_recorded_later_was_not_known_earlier(counting: Service, known: Known) -> None:
    assert (await rows(counting, known, as_known_on="2025-02-09"))["all"]["completed"] == 2
    assert (await rows(counting, known, as_known_on="2025-02-10"))["all"]["completed"] == 3


async def test_nothing_completed_is_told_as_nothing(counting: Service, known: Known) -> None:
    found = await rows(counting, known, completed_from="2031-01-01")
    assert (found["all"]["completed"], found["all"]["median_working_days"]) == (0, None)
    assert await rows(counting, known, completed_from="2031-01-01", by="tier") == {}


async def test_a_reader_of_one_organisation_counts_that_organisations_cases(counting: Service, known: Known) -> None:
    assert (await rows(counting, known, "team_manager"))["all"]["completed"] == 2
    answer = (await counting.get("team_manager", END_TO_END, source=known.source)).json()
    assert answer["scope"] == "The cases to which your organisations are party."
    behind = (await counting.get("team_manager", f"{END_TO_END}/cases", source=known.source)).json()
    assert {item["reference"] for item in behind["items"]} == {known.fast.reference, known.slow.reference}


async def test_the_link_beside_a_figure_leads_to_the_cases_behind_it(counting: Service, known: Known) -> None:
    row = (await rows(counting, known, by="tenure", completed_to="2025-02-28"))["rsl_tenant"]
    who = counting.cast["service_manager"]
    [item] = (await counting.http.get(row["cases"], headers=who.headers)).json()["items"]
    assert (item["reference"], item["started_on"], item["ended_on"], item["working_days"]) == (
        known.fast.reference, "2025-01-06", "2025-01-10", 4,
    )  # fmt: skip


async def test_the_cases_behind_a_figure_come_page_by_page_and_are_recorded_as_read(
    counting: Service, known: Known
) -> None:
    asked: dict[str, Any] = {"source": known.source, "limit": 2}
    first = (await counting.get("auditor", f"{END_TO_END}/cases", **asked)).json()
    second = (await counting.get("auditor", f"{END_TO_END}/cases", **asked, cursor=first["next_cursor"])).json()
    read = [item["reference"] for page in (first, second) for item in page["items"]]
    assert read == [known.slow.reference, known.hidden.reference, known.fast.reference]
    assert second["next_cursor"] is None
    statement = text("SELECT case_ids FROM case_reads WHERE user_id = :id AND route LIKE 'GET /reports/%' ORDER BY id")
    async with counting.owner.transaction() as session:
        recorded = await session.scalars(statement, {"id": counting.cast["auditor"].id})
        assert list(recorded)[-2:] == [[known.slow.id, known.hidden.id], [known.fast.id]]


async def test_every_report_is_listed_with_its_definition_and_parameters(counting: Service) -> None:
    listed = (await counting.get("service_manager", "/reports")).json()
    keys = [report["key"] for report in listed]
    assert len(set(keys)) == len(keys)
    assert {"end-to-end", "wales-psr-002", "charter-average-days", *REPORTS} <= set(keys)
    for report in listed:
        assert report["title"]
        assert report["definition"]
        assert "as_known_on" in report["parameters"]


@pytest.mark.parametrize("key", list(REPORTS))
async def test_every_report_answers_in_every_form_and_shows_its_cases(
    counting: Service, known: Known, key: str
) -> None:
    asked = {"source": known.source}
    answer = await counting.get("service_manager", f"/reports/{key}", **asked)
    assert answer.status_code == 200, answer.text
    assert answer.json()["definition"] == REPORTS[key].definition
    assert all(list(row) == [*REPORTS[key].columns, "cases"] for row in answer.json()["rows"])
    as_csv = await counting.get("service_manager", f"/reports/{key}", **asked, format="csv")
    assert as_csv.headers["content-type"] == "text/csv; charset=utf-8"
    as_xlsx = await counting.get("service_manager", f"/reports/{key}", **asked, format="xlsx")
    assert load_workbook(io.BytesIO(as_xlsx.content)).sheetnames == ["Figures", "What is counted"]
    behind = await counting.get("service_manager", f"/reports/{key}/cases", **asked)
    assert behind.status_code == 200, behind.text
    assert {item["reference"] for item in behind.json()["items"]} <= {
        case.reference for case in (known.fast, known.slow, known.hidden)
    }


async def test_a_csv_says_what_is_counted_and_never_becomes_a_formula(counting: Service) -> None:
    answer = await counting.get("service_manager", END_TO_END, format="csv", source=FORMULA, as_known_on="2025-03-31")
    assert answer.headers["content-disposition"].startswith('attachment; filename="end-to-end-')
    table = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    about = {line[0]: line[1] for line in table[: table.index([])]}
    assert about["What is counted"] == (await definition_of(counting, "end-to-end"))
    assert about["Filter: As known on"] == "2025-03-31"
    assert about["Filter: Source"] == f"'{FORMULA}"
    assert set(table[table.index([]) + 1]) >= ROW - {"cases"}


async def test_a_workbook_says_what_is_counted_and_never_becomes_a_formula(counting: Service, known: Known) -> None:
    asked = {"format": "xlsx", "source": known.source, "by": "tenure"}
    book = load_workbook(io.BytesIO((await counting.get("service_manager", END_TO_END, **asked)).content))
    figures = list(book["Figures"].iter_rows(values_only=True))
    assert figures[0][:2] == ("Group", "Completed")
    assert [line[:2] for line in figures[1:]] == [("other", 2), ("rsl_tenant", 1)]
    about = dict(book["What is counted"].iter_rows(values_only=True))
    assert about["What is counted"] == (await definition_of(counting, "end-to-end"))
    assert about["Filter: By"] == "tenure"
    evil = await counting.get("service_manager", END_TO_END, format="xlsx", source=FORMULA)
    cells = [cell for row in load_workbook(io.BytesIO(evil.content))["What is counted"].iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} == {"s"}


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ({"by": "colour"}, "/by"),
        ({"completed_from": "yesterday"}, "/completed_from"),
        ({"completed_from": "2025-02-01", "completed_to": "2025-01-01"}, "/completed_to"),
        ({"as_known_on": "2025-02-30"}, "/as_known_on"),
        ({"as_known_on": "2.5e-177"}, "/as_known_on"),  # a number is not a day
        ({"completed_from": "86400"}, "/completed_from"),
        ({"format": "pdf"}, "/format"),
        ({"completed_since": "2025-01-01"}, "/completed_since"),
        ({"source": "a\x00b"}, "/source"),
    ],
)
async def test_a_filter_that_is_wrong_is_named(counting: Service, asked: dict[str, str], pointer: str) -> None:
    answer = await counting.get("service_manager", END_TO_END, **asked)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


@pytest.mark.parametrize("cursor", ["nonsense", "MS4yLjM", "LTEuMg"])
async def test_a_cursor_of_somebody_elses_is_refused(counting: Service, cursor: str) -> None:
    answer = await counting.get("service_manager", f"{END_TO_END}/cases", cursor=cursor)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/cursor"


@pytest.mark.parametrize("path", [END_TO_END, "/reports/where-time-goes", "/reports/waiting-now"])
async def test_what_will_be_known_is_not_known(counting: Service, path: str) -> None:
    answer = await counting.get("service_manager", path, as_known_on="9999-12-31")
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/as_known_on"]


async def test_far_away_days_are_answered(counting: Service) -> None:
    asked = {"completed_from": "0001-01-01", "completed_to": "9999-12-31", "as_known_on": "2005-01-01"}
    assert (await counting.get("service_manager", END_TO_END, **asked)).status_code == 200
    assert (await counting.get("service_manager", END_TO_END, as_known_on="0001-01-01")).status_code == 200


@pytest.mark.parametrize("path", ["/reports/horoscope", "/reports/horoscope/cases"])
async def test_an_unknown_report_is_not_found(counting: Service, path: str) -> None:
    answer = await counting.get("service_manager", path)
    assert answer.status_code == 404
    assert "end-to-end" in answer.json()["detail"]


@pytest.mark.parametrize("path", ["/reports", "/reports/horoscope", *(f"/reports/{key}" for key in REPORTS)])
@pytest.mark.parametrize("role", list(Role))
async def test_reports_are_for_those_with_the_permission(counting: Service, role: Role, path: str) -> None:
    answer = await counting.get(role.value, path)
    allowed = 404 if "horoscope" in path else 200
    assert answer.status_code == (allowed if role in GRANTS[Permission.REPORT_READ] else 403)


@pytest.mark.parametrize("path", ["/reports", *(f"/reports/{key}/cases" for key in REPORTS)])
async def test_nobody_reads_reports_without_a_token(counting: Service, path: str) -> None:
    assert (await counting.http.get(f"/api/v1{path}")).status_code == 401


async def test_each_row_leads_to_the_very_cases_that_it_counts(counting: Service, known: Known) -> None:
    """Figures, what is still open, a month of the flow, and where cases were as a month ended."""

    async def behind(row: dict[str, Any]) -> list[dict[str, Any]]:
        answer = await counting.get("service_manager", f"{row['cases'].removeprefix('/api/v1')}&limit=200")
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    asked = {"source": known.source, "completed_from": "2025-01-01", "completed_to": "2025-02-28"}
    flow = (await counting.get("service_manager", END_TO_END, **asked, view="flow", by="tenure")).json()["rows"]
    assert {len(await behind(row)) - row["completed"] for row in flow} == {0}
    assert sum(row["completed"] for row in flow) == 3
    async with counting.owner.transaction() as session:
        await write_case(
            session, [Step(at=noon("2025-01-06"))], custody_id=counting.cast.organisations["clydeview"],
            first_contact_on="2025-01-06", tenure="rsl_tenant", source="still-open",
        )  # fmt: skip
    waiting: dict[str, Any] = {"source": "still-open", "view": "ageing", "by": "tenure"}
    ageing = (await counting.get("service_manager", END_TO_END, **waiting)).json()["rows"]
    assert [row["still_open"] for row in ageing] == [1]
    for row in ageing:
        assert len(await behind(row)) == row["still_open"]
    days = {"source": known.source, "happened_from": "2025-01-01", "happened_to": "2025-02-28"}
    stages = (await counting.get("service_manager", "/reports/cumulative-flow", **days)).json()["rows"]
    groups = ("intake", "assessing", "deciding", "delivering", "checking", "held", "ended")
    for row in stages:
        found = [item["group"] for item in await behind(row)]
        assert {group: found.count(group) for group in groups} == {group: row[group] for group in groups}
