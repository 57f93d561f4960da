"""The snapshot as its users go through it: what is entered, what the report says of people, and what is never lost."""

import io
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pikepdf
import pytest
from openpyxl import load_workbook

from app.reports.labels import Labels
from app.reports.snapshot_files import as_print
from app.reports.snapshot_outcomes import PARTNERSHIP
from app.reports.snapshot_schemas import SnapshotReport
from tests.support.browsing import Page
from tests.support.journals import Step, go_on, noon, write_case
from tests.support.pagewalks import Office, office, words
from tests.support.service import Service

pytestmark = pytest.mark.database

SM, TM, YEAR = "service_manager", "team_manager", 2023
CLYDEVIEW, EASTLAW = "Clydeview Housing Association", "Eastlaw HSCP Occupational Therapy"
WORKS = {"clock": "stops", "solution": "adapted"}
NOT_REACHED = {"surveyed": False, "not_asked_because": "not_reached"}
OWN_WORDS = "Thank you, dear Nan."


def reviewed(day: str, satisfaction: str, *results: str) -> Step:
    goals = [{"goal": f"Goal {number}", "result": result} for number, result in enumerate(results)]
    return Step(at=noon(day), action="record_outcome", to="completed", effects={"ends": True, "outcome": "adapted"},
                details={"satisfaction": satisfaction, "results": goals})  # fmt: skip


def surveyed(day: str, **answers: str) -> Step:
    said = {"a_lot": "A lot", "satisfied": "Satisfied", "dissatisfied": "Dissatisfied"}
    kept = [{"question": key, "asked": key, "answer": one, "said": said.get(one, one)} for key, one in answers.items()]
    return Step(at=noon(day), kind="survey_answered",
                details={"survey": 1, "given_by": "person", "how": "visit", "answered_on": day, "answers": kept})  # fmt: skip


def corrected(day: str, sequence: int, detail: str, now: str) -> Step:
    said = {
        "field": "detail",
        "sequence": sequence,
        "detail": detail,
        "was": "satisfied",
        "now": now,
        "why": "Misheard.",
    }
    return Step(at=noon(day), kind="corrected", details=said)


@dataclass(frozen=True)
class Drawn:
    """A year in which every case is drawn, and its cases by what is special about them."""

    service: Service
    cases: dict[str, str]

    async def enter(self, who: str, name: str, **changes: Any) -> Any:
        entry = {"outcome_told": f"Told of {name}.", "surveyed": True, **changes}
        return await self.service.post(who, f"/snapshots/{YEAR}/cases/{self.cases[name]}", entry)

    async def report(self) -> dict[str, Any]:
        answer = await self.service.get(SM, f"/snapshots/{YEAR}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def page(self, name: str) -> str:
        return f"/snapshot/{YEAR}/cases/{self.cases[name]}"


# By name: which organisation has the case when the year is over, and what comes after the works.
_CASES: dict[str, tuple[str, list[Step]]] = {
    "asked": ("clydeview", [reviewed("2023-08-01", "satisfied", "met", "partly_met"),
                            surveyed("2023-09-01", helped="a_lot", satisfaction="satisfied", own_words=OWN_WORDS)]),
    "changed": ("clydeview", [reviewed("2023-08-01", "satisfied"), surveyed("2023-09-01", satisfaction="dissatisfied")]),
    "corrected": ("clydeview", [reviewed("2023-08-01", "satisfied"), corrected("2023-09-01", 3, "satisfaction",
                                                                               "dissatisfied")]),
    "silent": ("clydeview", []),
    "unreached": ("eastlaw", [reviewed("2023-08-01", "satisfied")]),
    "passed_on": ("eastlaw", [Step(at=noon("2023-10-01"), kind="handed_over")]),
}  # fmt: skip


@pytest.fixture(scope="module")
async def drawn(alone: Service) -> Drawn:
    wanted = {"year": YEAR, "seed": "7 19 23 31 40 44", "seed_source": "A lottery.", "one_in": 1}
    assert (await alone.post(SM, "/snapshots", wanted)).status_code == 201
    ids, cases = alone.cast.organisations, {}
    async with alone.owner.transaction() as session:
        for name, (key, after) in _CASES.items():
            first = "clydeview" if name == "passed_on" else key
            steps = [
                Step(at=noon("2023-05-08"), action="log_referral"),
                Step(at=noon("2023-06-12"), action="complete_works", to="installed", effects=WORKS),
                *(
                    Step(at=one.at, kind=one.kind, custody_id=ids[key]) if one.kind == "handed_over" else one
                    for one in after
                ),
            ]
            case = await write_case(session, steps, custody_id=ids[first], first_contact_on="2023-05-08")
            cases[name] = case.reference
    return Drawn(alone, cases)


@pytest.fixture(scope="module")
async def offices(alone: Service) -> AsyncIterator[Office]:
    async with office(alone) as opened:
        yield opened


async def complete_all(drawn: Drawn) -> None:
    for name in drawn.cases:
        changes = NOT_REACHED if name == "unreached" else {}
        # What was submitted by another of these tests stays as it was entered here.
        assert (await drawn.enter(SM, name, **changes)).status_code in (201, 409)


def row_of(report: dict[str, Any], title: str, group: str) -> dict[str, Any]:
    [table] = [table for table in report["tables"] if table["title"] == title]
    return next(row for row in table["rows"] if row["group"] == group)


async def test_the_report_tells_who_was_asked_as_entered_and_what_they_answered(drawn: Drawn, offices: Office) -> None:
    await complete_all(drawn)
    report = await drawn.report()
    whole = row_of(report, "Who was asked", PARTNERSHIP)
    assert (whole["sampled"], whole["asked"], whole["not_asked"], whole["answered"]) == (6, 5, 1, 3)
    assert (whole["asked_no_answer"], whole["not_asked_but_answered"]) == (2, 1)
    assert row_of(report, "Who was asked", EASTLAW)["asked"] == 1
    assert row_of(report, "Why people were not asked", EASTLAW)["not_reached"] == 1
    # The newest answer counts: of one a later survey's, of one what a correction made of it.
    satisfied = row_of(report, "All in all, how satisfied are you?", CLYDEVIEW)
    assert satisfied["asked"] == 4
    assert (satisfied["answered_satisfied"], satisfied["answered_dissatisfied"], satisfied["no_answer"]) == (1, 2, 1)
    assert row_of(report, "Has it helped?", PARTNERSHIP)["answered_a_lot"] == 1
    goals = row_of(report, "What came of people's goals", PARTNERSHIP)
    assert (goals["goals"], goals["met"], goals["partly_met"]) == (2, 1, 1)
    assert (row_of(report, "Time by part", CLYDEVIEW)["completed"], row_of(report, "Time by part", EASTLAW)["completed"],
            row_of(report, "Time by part", PARTNERSHIP)["completed"]) == (4, 2, 6)  # fmt: skip
    assert {one["organisation"]: len(one["words"]) for one in report["told"]} == {CLYDEVIEW: 4, EASTLAW: 2}
    assert OWN_WORDS not in str(report)
    assert not any(reference in str(report) for reference in drawn.cases.values())

    browser = (await offices.browser(SM)).http
    page = Page((await browser.get(f"/snapshot/{YEAR}/report")).text)
    assert [PARTNERSHIP, "6", "0", "1", "5", "3", "2", "1"] in page.cells
    assert "Told of asked." in words(page.source)
    assert "and not for publication: numbers are whole ones" in words(page.source)
    book = load_workbook(io.BytesIO((await browser.get(f"/snapshot/{YEAR}/report.xlsx")).content))
    [sheet] = [book[name] for name in book.sheetnames if name.endswith("Who was asked")]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0][:5] == ["Group", "Sampled", "Not entered yet", "Not asked", "Asked"]
    assert [PARTNERSHIP, 6, 0, 1, 5, 3, 2, 1] in rows
    assert any("All in all" in name for name in book.sheetnames)
    with pikepdf.open(io.BytesIO((await browser.get(f"/snapshot/{YEAR}/report.pdf")).content)) as pdf:
        assert pdf.Root.MarkInfo.Marked
    keeper = drawn.service.app.state.casework.timekeeper
    printed = as_print(
        SnapshotReport.model_validate(report), Labels(keeper.pathways), partnership="Testshire", today=date(2026, 1, 5)
    )
    parts = {part["title"]: part["lines"] for part in printed["cases"][0]["parts"]}
    assert "Asked: 5" in next(one for one in parts["Who was asked"] if one["label"] == PARTNERSHIP)["texts"]
    assert "Told of asked." in next(one for one in parts["What was written of people"])["texts"]


async def test_why_nobody_asked_must_be_said(drawn: Drawn, offices: Office) -> None:
    refused = await drawn.enter(SM, "asked", surveyed=False)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/not_asked_because")
    both = await drawn.enter(SM, "asked", not_asked_because="died")
    assert (both.status_code, both.json()["errors"][0]["pointer"]) == (422, "/not_asked_because")
    assert (await drawn.enter(SM, "asked", surveyed=False, not_asked_because="bored")).status_code == 422
    fields = {"outcome_told": ["Told of silent."], "surveyed": ["false"], "not_asked_because": [""]}
    page = await offices.send(TM, drawn.page("silent"), fields)
    assert (page.status_code, "Choose why the person has not been asked." in words(page.text)) == (422, True)
    assert "not_asked_because-error" in Page(page.text).ids
    fields["not_asked_because"] = ["not_able"]
    assert (await offices.send(TM, drawn.page("silent"), fields)).status_code == 303
    # Who was asked after all: what stands in the reason's place is not sent on.
    fields["surveyed"] = ["true"]
    assert (await offices.send(TM, drawn.page("silent"), fields)).status_code == 303


async def test_what_somebody_else_entered_meanwhile_is_shown_and_not_overwritten(drawn: Drawn, offices: Office) -> None:
    assert (await drawn.enter(SM, "changed", outcome_told="First.")).status_code == 201
    browser, path = (await offices.browser(TM)).http, drawn.page("changed")
    hidden = Page((await browser.get(path)).text).hidden
    newer = (await drawn.enter(SM, "changed", outcome_told="Second, by somebody else.")).json()
    fields = {"outcome_told": "Third, typed long.", "surveyed": "true", "professions": ""}
    stale = await browser.post(path, data={**hidden, **fields})
    said = words(stale.text)
    assert stale.status_code == 409
    assert "Somebody has entered something about this case since you opened it" in said
    assert "Second, by somebody else." in said
    assert "Third, typed long." in said
    # A slip on the way does not lose the warning's sense: what it shows is what the next sending replaces.
    again = Page(stale.text).hidden
    slip = await browser.post(path, data={**again, **fields, "outcome_told": ""})
    assert slip.status_code == 422
    assert (await browser.post(path, data={**Page(slip.text).hidden, **fields})).status_code == 303
    # The API says what it has seen, or not; what it says is held to.
    assert (await drawn.enter(SM, "changed", replaces=newer["version"])).status_code == 409
    assert (await drawn.enter(SM, "changed", replaces=0)).status_code == 409
    assert (await drawn.enter(SM, "changed", replaces=newer["version"] + 1)).status_code == 201


async def test_a_slip_beside_somebody_elses_entry_keeps_what_was_seen(drawn: Drawn, offices: Office) -> None:
    browser, path = (await offices.browser(TM)).http, drawn.page("corrected")
    hidden = Page((await browser.get(path)).text).hidden
    assert (await drawn.enter(SM, "corrected", outcome_told="By somebody else.")).status_code == 201
    fields = {"outcome_told": "", "surveyed": "true", "professions": ""}
    slip = await browser.post(path, data={**hidden, **fields})
    assert slip.status_code == 422
    mended = await browser.post(path, data={**Page(slip.text).hidden, **fields, "outcome_told": "Mine."})
    assert (mended.status_code, "By somebody else." in words(mended.text)) == (409, True)


async def test_what_was_entered_before_a_handover_is_shown_to_who_has_the_case_now(
    drawn: Drawn, offices: Office
) -> None:
    wanted = {"year": 2022, "seed": "7 19 23 31 40 44", "seed_source": "A lottery.", "one_in": 1}
    assert (await drawn.service.post(SM, "/snapshots", wanted)).status_code == 201
    clydeview, eastlaw = (drawn.service.cast.organisations[key] for key in ("clydeview", "eastlaw"))
    steps = [
        Step(at=noon("2022-05-09"), action="log_referral"),
        Step(at=noon("2022-06-13"), kind="handed_over", custody_id=eastlaw),
    ]
    async with drawn.service.owner.transaction() as session:
        case = await write_case(session, steps[:1], custody_id=clydeview, first_contact_on="2022-05-09")
    path = f"/snapshots/2022/cases/{case.reference}"
    entry = {"outcome_told": "Told before the handover.", **NOT_REACHED}
    assert (await drawn.service.post(TM, path, entry)).status_code == 201
    async with drawn.service.owner.transaction() as session:
        await go_on(session, case, steps, custody_id=clydeview, first_contact_on="2022-05-09")
    [item] = (await drawn.service.get(SM, "/snapshots/2022/cases")).json()["items"]
    assert (item["organisation"], item["outcome_told"]) == (EASTLAW, None)
    page = words((await (await offices.browser(SM)).http.get(f"/snapshot/2022/cases/{case.reference}")).text)
    assert f"What {CLYDEVIEW} entered before the case was handed over" in page
    assert "Told before the handover." in page


async def test_another_organisations_part_is_looked_at_and_not_written(drawn: Drawn, offices: Office) -> None:
    path = drawn.page("passed_on")
    browser = (await offices.browser(TM)).http
    page = await browser.get(path)
    told = (f"in the part of {EASTLAW}", "has submitted its part")
    assert (page.status_code, "<textarea" in page.text) == (200, False)
    assert any(one in words(page.text) for one in told)
    assert (await drawn.enter(TM, "passed_on")).status_code == 403
    year = await browser.get(f"/snapshot/{YEAR}")
    assert "only cases that you may see are counted" in words(year.text)
    [row] = [row for row in Page(year.text).cells if row and row[0] == drawn.cases["passed_on"]]
    assert "Look" in row[-1]
    form = await browser.get(f"/snapshot/{YEAR}/submit")
    assert EASTLAW not in form.text
    # An auditor sees every part and writes none.
    looking = (await offices.browser("auditor")).http
    seen = await looking.get(drawn.page("asked"))
    assert (seen.status_code, "<textarea" in seen.text) == (200, False)
    assert (await drawn.enter("auditor", "asked")).status_code == 403
    refused = await drawn.service.post(TM, f"/snapshots/{YEAR}/submissions", {"organisation": "eastlaw"})
    assert refused.status_code == 403


async def test_a_part_is_submitted_once_and_its_pages_say_so(drawn: Drawn, offices: Office) -> None:
    await complete_all(drawn)
    browser, path = (await offices.browser(SM)).http, f"/snapshot/{YEAR}/submit"
    form = await browser.get(path)
    assert "2 of 2 cases complete" in words(form.text)
    other = Page((await browser.get(path)).text).hidden
    opened = Page((await browser.get(drawn.page("unreached"))).text).hidden
    sent = {**Page(form.text).hidden, "organisation": "eastlaw", "note": "One could not be reached."}
    first, second = await browser.post(path, data=sent), await browser.post(path, data=sent)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["location"] == second.headers["location"]
    year = words((await browser.get(first.headers["location"])).text)
    assert f"The part of {EASTLAW} is submitted." in year
    # From another tab, opened before: refused in words, and what was typed is still there.
    late = await browser.post(path, data={**other, "organisation": "eastlaw", "note": ""})
    assert (late.status_code, "has been submitted, and stays as it is" in words(late.text)) == (409, True)
    typed = {**opened, "outcome_told": "Typed too late.", "surveyed": "true", "professions": ""}
    refused = await browser.post(drawn.page("unreached"), data=typed)
    assert refused.status_code == 409
    assert "has been submitted" in words(refused.text)
    assert "Typed too late." in refused.text
    closed = await browser.get(drawn.page("unreached"))
    assert "has submitted its part" in words(closed.text)
    assert "They could not be reached" in words(closed.text)
    assert "<textarea" not in closed.text
    # What is said afterwards is on the case and in the report; what was entered stays.
    report = await drawn.report()
    part = next(part for part in report["parts"] if part["key"] == "eastlaw")
    assert (part["cases"], part["completed"], part["note"]) == (2, 2, "One could not be reached.")
    assert f"{EASTLAW}: 2 of 2 sampled cases completed, submitted on" in words(
        (await browser.get(f"/snapshot/{YEAR}/report")).text
    )
    # The team manager sees one of its two cases, and still what was handed in.
    seen = Page((await (await offices.browser(TM)).http.get(f"/snapshot/{YEAR}")).text)
    assert next(row for row in seen.cells if row and row[0] == EASTLAW)[1] == "2 of 2"


async def test_before_the_year_is_over_the_pages_say_when_parts_can_be_submitted(drawn: Drawn, offices: Office) -> None:
    wanted = {"year": 2096, "seed": "7 19 23 31 40 44", "seed_source": "A lottery."}
    assert (await drawn.service.post(SM, "/snapshots", wanted)).status_code == 201
    browser = (await offices.browser(SM)).http
    form = await browser.get("/snapshot/2096/submit")
    assert "Parts can be submitted from 1 April 2097 on" in words(form.text)
    assert '<form method="post" novalidate>' not in form.text
    year = await browser.get("/snapshot/2096")
    assert (year.status_code, "/snapshot/2096/submit" in Page(year.text).links) == (200, False)
    empty = await browser.get("/snapshot/2096/report")
    assert (empty.status_code, "0 of 0 cases" in words(empty.text)) == (200, True)
    for ending in ("xlsx", "pdf"):
        assert (await browser.get(f"/snapshot/2096/report.{ending}")).status_code == 200
