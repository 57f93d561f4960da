"""What an import brings in, seen from the end: the figures, the journals, and that a second import changes nothing."""

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import text

from app.cases import rules
from app.cases.events import load_events
from app.cases.models import SELECT_CASE, case_from
from app.cases.projection import differences
from app.checks.findings import Severity
from app.checks.registry import RULES
from app.checks.run import run_checks
from app.checks.verify import verify
from app.kernel.clock import SystemClock
from app.reports.calendar_sync import sync_calendars
from app.reports.labels import Labels
from app.reports.pictures import number
from app.settings import ROOT
from tests.support.extracts import MANAGER, a_row, facts, generated, imported, sheet
from tests.support.pagewalks import office, words
from tests.support.service import Service
from tests.unit.imports.test_extracts import figures

pytestmark = pytest.mark.database
SHARED = ROOT.parent / "shared" / "data"
EXTRACTS = sorted(SHARED.glob("*-extract.answers.json"))
YEARS = (2023, 2024, 2025)
THERAPIST = "occupational_therapist"


@pytest.fixture
async def fresh(fresh_service: Service) -> Service:
    """An empty partnership that knows its calendars."""
    async with fresh_service.owner.transaction() as session:
        await sync_calendars(session, fresh_service.app.state.casework.timekeeper.calendars)
    return fresh_service


async def reported(service: Service, source: str) -> dict[str, dict[str, float]]:
    """The end-to-end figures of a source by financial year and group, named as the answers name them."""
    found: dict[str, dict[str, float]] = {}
    for year in YEARS:
        within = {"completed_from": f"{year}-04-01", "completed_to": f"{year + 1}-03-31", "source": source}
        for by in ("none", "tenure", "tier"):
            response = await service.get(MANAGER, "/reports/end-to-end", by=by, **within)
            assert response.status_code == 200, response.text
            for row in response.json()["rows"]:
                if not row["completed"]:
                    continue
                group = "all/all" if by == "none" else f"{by}/{row['group']}"
                found[f"{year}-{(year + 1) % 100:02}/{group}"] = {
                    name: value for name, value in row.items() if name in _NAMES
                }
    return found


_NAMES = (
    "completed", "median_working_days", "p90_working_days", "mean_working_days", "median_calendar_days",
    "longest_working_days",
)  # fmt: skip


def answered(answers_path: Path) -> tuple[dict[str, Any], bytes]:
    """The answers, and the extract that they are about."""
    extract = answers_path.with_name(answers_path.name.replace(".answers.json", ".csv"))
    return json.loads(answers_path.read_text(encoding="utf-8")), extract.read_bytes()


def same(found: dict[str, dict[str, float]], expected: dict[str, dict[str, float]]) -> None:
    assert found.keys() == expected.keys()
    for group, numbers in expected.items():
        assert found[group] == pytest.approx(numbers, abs=2e-4), group


async def in_good_order(service: Service) -> None:
    """Every chain holds, and every rule over live data; a sheet brings organisations, but nobody to work there."""
    assert (await verify(service.owner)).broken == 0
    rules_ = [rule for rule in RULES if rule.key != "open_case_has_owner"]
    report = await run_checks(service.owner, casework=service.app.state.casework, clock=SystemClock(), rules=rules_)
    wrong = [
        (outcome.rule.key, finding)
        for outcome in report.outcomes
        if outcome.rule.severity is Severity.ERROR
        for finding in outcome.findings
    ]
    assert wrong == []


def columns_of(errors: Iterable[dict[str, Any]]) -> dict[str, list[str]]:
    rejected: dict[str, list[str]] = defaultdict(list)
    for error in errors:
        rejected[str(error["row"])].append(error["column"])
    return dict(rejected)


@pytest.mark.skipif(not EXTRACTS, reason="no extract lies beside the repository")
@pytest.mark.parametrize("answers_path", EXTRACTS, ids=lambda path: path.name)
async def test_an_extract_with_answers_gives_exactly_those_answers(fresh: Service, answers_path: Path) -> None:
    answers, content = answered(answers_path)
    report = await imported(fresh, content, source="EX")
    assert (report["rows"], report["accepted"]) == (answers["rows"], answers["accepted"])
    assert columns_of(report["errors"]) == answers["rejected"]
    same(await reported(fresh, "EX"), answers["figures"])
    before = await facts(fresh)
    again = await imported(fresh, content, source="EX")
    assert (again["accepted"], again["unchanged"], again["rejected"]) == (0, report["accepted"], report["rejected"])
    assert await facts(fresh) == before
    await in_good_order(fresh)


@pytest.mark.parametrize("answers_path", [None, *EXTRACTS], ids=lambda path: path.name if path else "made")
async def test_its_answers_stand_on_every_surface(fresh: Service, answers_path: Path | None) -> None:
    """An extract that is made here, with figures of its own, and every one that lies beside the repository."""
    if answers_path is None:
        content, truth = generated(200, seed=3)
        answers = {"figures": figures(truth, fresh.app.state.casework.timekeeper.calendars["scotland"])}
    else:
        answers, content = answered(answers_path)
    await imported(fresh, content, source="EX")
    async with office(fresh) as opened:
        browser = (await opened.browser(MANAGER)).http
        for form in ("csv", "xlsx"):
            read = _csv if form == "csv" else _xlsx
            api = await filed(lambda asked: fresh.get(MANAGER, "/reports/end-to-end", **asked), form, read, pages=False)
            page = await filed(
                lambda asked: browser.get("/reports/end-to-end/file", params=asked), form, read, pages=True
            )
            same(api, answers["figures"])
            same(page, answers["figures"])
        for key, numbers in answers["figures"].items():
            year, by, group = key.split("/")
            asked = {"period": year, "by": "none" if by == "all" else by}
            told = words((await browser.get("/reports/end-to-end", params=asked)).text)
            labels = Labels(fresh.app.state.casework.timekeeper.pathways)
            shown = [
                number(numbers[name]) for name in ("completed", "median_working_days", "p90_working_days",
                                                   "mean_working_days", "median_calendar_days")
            ]  # fmt: skip
            assert f"{labels.group(asked['by'], group)} {' '.join(shown)}" in told, key


async def filed(get: Any, form: str, read: Any, *, pages: bool) -> dict[str, dict[str, float]]:
    """The same figures out of files, by financial year and group."""
    found: dict[str, dict[str, float]] = {}
    for year in YEARS:
        for by in ("none", "tenure", "tier"):
            name = f"{year}-{(year + 1) % 100:02}"
            asked = {"period": name, "by": by, "format": form}
            days = {"completed_from": f"{year}-04-01", "completed_to": f"{year + 1}-03-31"}
            response = await get(asked if pages else {**days, "by": by, "format": form})
            assert response.status_code == 200, response.text
            for row in read(response.content):
                if row["completed"]:
                    group = "all/all" if by == "none" else f"{by}/{row['group']}"
                    found[f"{name}/{group}"] = {column: row[column] for column in _NAMES}
    return found


def _csv(content: bytes) -> list[dict[str, Any]]:
    lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    start = lines.index([]) + 1
    return [
        {name: value if name == "group" else float(value or 0) for name, value in zip(lines[start], line, strict=True)}
        for line in lines[start + 1 :]
    ]


def _xlsx(content: bytes) -> list[dict[str, Any]]:
    head, *rows = load_workbook(io.BytesIO(content))["Figures"].iter_rows(values_only=True)
    names = [str(name).lower().replace(" ", "_") for name in head]
    return [dict(zip(names, row, strict=True)) for row in rows]


async def test_a_generated_extract_gives_the_figures_that_it_was_made_of(fresh: Service) -> None:
    content, truth = generated(400)
    report = await imported(fresh, content, source="made")
    assert report["accepted"] == 400
    scotland = fresh.app.state.casework.timekeeper.calendars["scotland"]
    same(await reported(fresh, "made"), figures(truth, scotland))
    assert (await fresh.get(MANAGER, "/reports/end-to-end", source="other", by="tier")).json()["rows"] == []
    await in_good_order(fresh)


async def test_every_journal_replays_to_the_state_that_is_stored(fresh: Service) -> None:
    content, _ = generated(150, seed=11)
    await imported(fresh, content, source="made")
    async with fresh.owner.transaction() as session:
        cases = [case_from(row) for row in (await session.execute(text(SELECT_CASE))).all()]
        assert len(cases) == 150
        for case in cases:
            replayed = rules.replay(await load_events(session, case.id))
            assert replayed is not None
            assert differences(case.state, replayed) == ()
            due = fresh.app.state.casework.timekeeper.deadlines(case.pathway_key, replayed)
            assert (case.due_on, case.end_to_end_due_on) == (due.due_on, due.end_to_end_due_on)


async def journal(service: Service, **changes: str) -> tuple[str, list[dict[str, Any]]]:
    """The reference and journal of the one case that a row becomes."""
    await imported(service, sheet(a_row(**changes)), source="one")
    [case] = (await service.get(MANAGER, "/cases")).json()["items"]
    events = (await service.get(MANAGER, f"/cases/{case['reference']}/events")).json()["items"]
    return case["reference"], events


async def test_an_event_tells_its_milestone_at_midday_and_that_the_journey_is_unknown(fresh: Service) -> None:
    reference, events = await journal(fresh, works_completed="09/06/2025")
    told = [(event["details"]["milestone"], event["occurred_at"], event["to"]["stage"]) for event in events]
    assert told == [
        ("first_contact", "2025-02-03T12:00:00Z", "received"),
        ("received", "2025-02-03T12:00:00Z", "received"),
        ("screened", "2025-02-05T12:00:00Z", "awaiting_assessment"),
        ("works_completed", "2025-06-09T11:00:00Z", "installed"),
    ]
    assert [event["details"].get("journey") for event in events] == [None, None, None, "unknown"]
    assert {event["kind"] for event in events} == {"milestone_imported"}
    async with fresh.owner.transaction() as session:
        rows = await session.execute(text("SELECT DISTINCT actor_kind, actor_id FROM case_events"))
        assert [tuple(row) for row in rows] == [("import", fresh.cast[MANAGER].id)]
    case = (await fresh.get(MANAGER, f"/cases/{reference}")).json()
    assert (case["tier"], case["stage"], case["first_contact_on"]) == ("moderate", "installed", "2025-02-03")


async def test_no_word_of_the_sheet_is_in_the_journal_which_can_never_forget(fresh: Service) -> None:
    _, events = await journal(
        fresh,
        notes="Ring Jean",
        outcome="moved in with Jean",
        closed="01/07/2025",
        hold_from="01/03/2025",
        hold_to="01/04/2025",
        hold_reason="with Jean",
        referred_by="Jean",
        funding_source="Jean's purse",
    )
    assert "Jean" not in json.dumps(events)
    assert "Dummie" not in json.dumps(events)
    assert any("what is written" in doubt for doubt in events[0]["details"]["doubts"])


async def test_a_hold_is_in_the_ledger_and_leaves_the_net_clock(fresh: Service) -> None:
    reference, _ = await journal(
        fresh, hold_from="03/03/2025", hold_to="01/04/2025", hold_reason="in hospital", works_completed="09/06/2025"
    )
    time = (await fresh.get(MANAGER, f"/cases/{reference}/time")).json()
    async with fresh.owner.transaction() as session:
        [hold] = (await session.execute(text("SELECT cause, waits_on, opened_by, closed_by FROM holds"))).all()
    assert tuple(hold) == ("person_in_hospital", "person", 4, 5)
    assert "person_in_hospital" in json.dumps(time)
    await in_good_order(fresh)


async def test_a_hold_without_an_end_leaves_the_case_on_hold(fresh: Service) -> None:
    reference, events = await journal(fresh, works_completed="", hold_from="03/03/2025", hold_reason="budget")
    case = (await fresh.get(MANAGER, f"/cases/{reference}")).json()
    assert (case["stage"], case["stage_group"]) == ("on_hold", "held")
    assert events[-1]["to"]["stage"] == "on_hold"
    actions = (await fresh.get("housing_officer", f"/cases/{reference}/actions")).json()
    [resume] = [action for action in actions if action["action"] == "resume"]
    assert resume["to"] == [{"tier": "moderate", "stage": "awaiting_assessment"}]
    await in_good_order(fresh)


async def test_an_imported_case_goes_on_as_any_other(fresh: Service) -> None:
    reference, _ = await journal(fresh, works_completed="")
    path = f"/cases/{reference}"
    assert (await fresh.post(THERAPIST, f"{path}/assignment", {"assigned_to": "me"})).status_code == 201
    response = await fresh.post(THERAPIST, f"{path}/actions/start_assessment", {})
    assert response.status_code == 201, response.text
    assert response.json()["to"] == {"tier": "moderate", "stage": "assessment"}
    await in_good_order(fresh)


async def test_what_happened_today_is_not_in_the_future_whatever_the_hour(fresh: Service) -> None:
    today = fresh.app.state.casework.timekeeper.day(SystemClock().now())
    day = f"{today:%d/%m/%Y}"
    reference, events = await journal(fresh, first_contact=day, screened=day, works_completed=day)
    assert {date.fromisoformat(event["occurred_at"][:10]) for event in events} == {today}
    assert all(event["occurred_at"] <= event["recorded_at"] for event in events)
    assert reference


async def test_a_tier_that_is_left_empty_is_the_one_that_triage_proposes(fresh: Service) -> None:
    reference, events = await journal(fresh, tier="", adaptations="through-floor lift")
    case = (await fresh.get(MANAGER, f"/cases/{reference}")).json()
    assert case["tier"] == "complex"
    assert events[0]["details"]["proposed_because"]


async def test_a_tenant_in_the_landlords_own_sheet_has_that_landlord(fresh: Service) -> None:
    await imported(
        fresh,
        sheet(
            a_row(), a_row(source_reference="GLEN-2", tenure="council"), a_row(source_reference="GLEN-3", tenure="oo")
        ),
        source="one",
    )
    async with fresh.owner.transaction() as session:
        rows = await session.execute(text("SELECT landlord_organisation_id FROM cases ORDER BY source_reference"))
        landlords = [row.landlord_organisation_id for row in rows]
    assert landlords == [fresh.cast.organisations["clydeview"], None, None]
