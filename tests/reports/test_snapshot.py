"""The annual snapshot: its sample can be worked out by anybody and picked by nobody; parts are handed in once."""

import hashlib
import io
from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Any

import pikepdf
import pytest
from openpyxl import load_workbook
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.support.journals import Step, go_on, noon, write_case
from tests.support.pagewalks import Office, office, words
from tests.support.service import Service

pytestmark = pytest.mark.database

SM, YEAR, SEED, ONE_IN = "service_manager", 2024, "7 19 23 31 40 44", 4
TENURES = ("rsl_tenant", "council_tenant", "owner_occupier")
TIERS = ("moderate", "complex")
WORKS = {"clock": "stops", "solution": "adapted"}
_FIRST = text(
    """
    SELECT c.reference, c.tenure, e.effects -> 'sets' ->> 'proposed_tier' AS tier FROM case_events e
      JOIN cases c ON c.id = e.case_id
     WHERE e.sequence = 1 AND e.actor_kind <> 'import' AND e.recorded_at >= '2024-03-31T23:00Z'
       AND e.recorded_at < '2025-03-31T23:00Z' ORDER BY e.id
    """
)


def drawn_by_hand(cases: list[tuple[str, str, str]]) -> set[str]:
    """The sample as the published method says, from the list of cases and the seed alone."""
    strata: dict[tuple[str, str], list[str]] = defaultdict(list)
    for reference, tier, tenure in cases:
        strata[tier, tenure].append(reference)
    found = set()
    for (tier, tenure), references in strata.items():
        digest = hashlib.sha256(f"{SEED}|{tier}|{tenure}".encode()).hexdigest()
        found |= set(references[int(digest[:8], 16) % ONE_IN :: ONE_IN])
    return found


@pytest.fixture(scope="module")
async def drawn(alone: Service) -> Service:
    """A published seed and sixty cases that came in its year, some of each stratum, some of another organisation."""
    wanted = {"year": YEAR, "seed": SEED, "seed_source": "A lottery.", "one_in": ONE_IN}
    answer = await alone.post(SM, "/snapshots", wanted)
    assert answer.status_code == 201, answer.text
    assert answer.json()["in_time"] is False
    async with alone.owner.transaction() as session:
        for number in range(60):
            first = noon("2024-05-06", minutes=number)
            await write_case(
                session,
                [
                    Step(at=first, action="log_referral", effects={"sets": {"proposed_tier": TIERS[number % 2]}}),
                    Step(at=noon("2024-06-10", minutes=number), action="complete_works", to="installed", effects=WORKS),
                    Step(at=noon("2024-07-10", minutes=number), action="record_outcome", to="completed",
                         effects={"ends": True, "outcome": "adapted"}, details={"satisfaction": "satisfied"}),
                ],
                custody_id=alone.cast.organisations["clydeview" if number % 3 else "eastlaw"],
                first_contact_on="2024-05-06", tenure=TENURES[number % 3],
            )  # fmt: skip
    return alone


@pytest.fixture(scope="module")
async def offices(alone: Service) -> AsyncIterator[Office]:
    async with office(alone) as opened:
        yield opened


async def sampled(service: Service, who: str = SM) -> list[dict[str, Any]]:
    answer = await service.get(who, f"/snapshots/{YEAR}/cases")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_anybody_with_the_seed_draws_the_same_sample(drawn: Service) -> None:
    async with drawn.owner.transaction() as session:
        cases = [(row.reference, row.tier, row.tenure) for row in (await session.execute(_FIRST)).all()]
    assert len(cases) >= 60
    found = {item["reference"] for item in await sampled(drawn)}
    assert found == drawn_by_hand(cases)
    assert len(cases) / ONE_IN - 12 < len(found) < len(cases) / ONE_IN + 12


async def test_a_case_handed_over_after_the_year_stays_in_the_part_that_had_it(drawn: Service) -> None:
    clydeview, eastlaw = (drawn.cast.organisations[key] for key in ("clydeview", "eastlaw"))
    steps = [
        Step(at=noon("2024-10-07"), action="log_referral"),
        Step(at=noon("2024-11-04"), kind="handed_over", custody_id=clydeview),
        Step(at=noon("2025-06-02"), kind="handed_over", custody_id=eastlaw),
    ]
    written = []
    async with drawn.owner.transaction() as session:
        for _ in range(2 * ONE_IN):
            written.append(  # noqa: PERF401 # each after the one before
                await write_case(
                    session, steps[:2], custody_id=eastlaw, first_contact_on="2024-10-07", tenure="private_rented"
                )
            )
    references = {one.reference for one in written}

    async def held() -> dict[str, str]:
        return {
            item["reference"]: item["organisation"] for item in await sampled(drawn) if item["reference"] in references
        }

    before = await held()
    assert len(before) == 2
    assert set(before.values()) == {"Clydeview Housing Association"}
    async with drawn.owner.transaction() as session:
        for one in written:
            await go_on(session, one, steps, custody_id=eastlaw, first_contact_on="2024-10-07")
    assert await held() == before


async def test_what_comes_later_changes_nothing_of_what_was_drawn(drawn: Service) -> None:
    before = {item["reference"] for item in await sampled(drawn)}
    async with drawn.owner.transaction() as session:
        for number in range(8):
            await write_case(
                session, [Step(at=noon("2024-09-02", minutes=number), action="log_referral")],
                custody_id=drawn.cast.organisations["clydeview"], first_contact_on="2024-09-02", tenure="rsl_tenant",
            )  # fmt: skip
    assert before <= {item["reference"] for item in await sampled(drawn)}


async def test_a_seed_is_published_once_and_stays(drawn: Service) -> None:
    again = {"year": YEAR, "seed": "another one", "seed_source": "Me.", "one_in": 2}
    assert (await drawn.post(SM, "/snapshots", again)).status_code == 409
    async with drawn.owner.engine.connect() as session:
        with pytest.raises(DBAPIError, match="stay as they are"):
            await session.execute(text("UPDATE snapshots SET seed = 'another one'"))


async def test_each_sees_the_sampled_cases_that_they_may_see(drawn: Service) -> None:
    mine = {item["reference"] for item in await sampled(drawn, "team_manager")}
    assert mine <= {item["reference"] for item in await sampled(drawn)}
    assert (await drawn.get("panel_member", f"/snapshots/{YEAR}/cases")).status_code == 403
    assert (await drawn.get("team_manager", f"/snapshots/{YEAR}")).status_code == 403
    assert (await drawn.get(SM, "/snapshots/2031")).status_code == 404


async def test_a_part_is_completed_submitted_once_and_then_stays(drawn: Service) -> None:
    mine = [item for item in await sampled(drawn) if item["organisation"].startswith("Eastlaw")]
    assert mine
    submit = {"organisation": "eastlaw", "note": "One could not be reached."}
    early = await drawn.post(SM, f"/snapshots/{YEAR}/submissions", submit)
    assert (early.status_code, "not complete yet" in early.json()["detail"]) == (409, True)
    entry = {"professions": ["Speech therapist"], "outcome_told": "Washes alone again.", "surveyed": True}
    for item in mine:
        answer = await drawn.post(SM, f"/snapshots/{YEAR}/cases/{item['reference']}", entry)
        assert answer.status_code == 201, answer.text
    others = next(i["reference"] for i in await sampled(drawn) if not i["organisation"].startswith("Eastlaw"))
    outside = await drawn.post(SM, f"/snapshots/{YEAR}/cases/HS-000000-X", entry)
    assert outside.status_code == 404
    handed = await drawn.post(SM, f"/snapshots/{YEAR}/submissions", submit)
    assert handed.status_code == 201, handed.text
    assert (await drawn.post(SM, f"/snapshots/{YEAR}/submissions", submit)).status_code == 409
    assert (await drawn.post(SM, f"/snapshots/{YEAR}/cases/{mine[0]['reference']}", entry)).status_code == 409
    assert (await drawn.post(SM, f"/snapshots/{YEAR}/cases/{others}", entry)).status_code == 201
    async with drawn.owner.engine.connect() as session:
        with pytest.raises(DBAPIError, match="has been submitted"):
            await session.execute(text("DELETE FROM snapshot_entries WHERE outcome_told = 'Washes alone again.' "
                                       "AND organisation_id = (SELECT id FROM organisations WHERE key = 'eastlaw')"))  # fmt: skip


async def test_a_part_is_not_handed_in_before_the_year_is_over(drawn: Service) -> None:
    wanted = {"year": 2098, "seed": SEED, "seed_source": "A lottery."}
    assert (await drawn.post(SM, "/snapshots", wanted)).status_code == 201
    early = await drawn.post(SM, "/snapshots/2098/submissions", {"organisation": "eastlaw"})
    assert (early.status_code, "not over" in early.json()["detail"]) == (409, True)


async def test_the_report_is_put_together_from_the_sampled_cases(drawn: Service, offices: Office) -> None:
    report = (await drawn.get(SM, f"/snapshots/{YEAR}")).json()
    items = await sampled(drawn)
    assert report["sampled"] == len(items)
    tables = {table["title"]: table for table in report["tables"]}
    [row] = tables["Time, all together"]["rows"]
    assert row["completed"] + row["still_open"] + row["left_before"] == len(items)
    assert row["completed"] == sum(item["stage"] == "completed" for item in items)
    assert sum(one["completed"] for one in tables["Time by tenure"]["rows"]) == row["completed"]
    browser = (await offices.browser(SM)).http
    page = words((await browser.get(f"/snapshot/{YEAR}/report")).text)
    assert "never from organisations' own averages" in page
    book = load_workbook(io.BytesIO((await browser.get(f"/snapshot/{YEAR}/report.xlsx")).content))
    assert book["1 Time, all together"]["B2"].value == row["completed"]
    with pikepdf.open(io.BytesIO((await browser.get(f"/snapshot/{YEAR}/report.pdf")).content)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert "Performance snapshot 2024-25" in str(pdf.docinfo["/Title"])


async def test_a_part_by_form(drawn: Service, offices: Office) -> None:
    [first, *_] = [item for item in await sampled(drawn) if not item["organisation"].startswith("Eastlaw")]
    fields = {"outcome_told": ["Sleeps better."], "surveyed": ["true"], "professions": ["Plumber; Speech therapist"]}
    path = f"/snapshot/{YEAR}/cases/{first['reference']}"
    assert (await offices.send(SM, path, {"outcome_told": [""], "surveyed": ["true"]})).status_code == 422
    assert (await offices.send(SM, path, fields)).status_code == 303
    changed = next(item for item in await sampled(drawn) if item["reference"] == first["reference"])
    assert (changed["outcome_told"], changed["professions"]) == ("Sleeps better.", ["Plumber", "Speech therapist"])
    fields = {"year": ["2097"], "one_in": ["10"], "seed": ["1 2 3 4 5 6"], "seed_source": ["A lottery."]}
    assert (await offices.send(SM, "/snapshot/new", fields)).status_code == 303
    refused = await offices.send(SM, f"/snapshot/{YEAR}/submit", {"organisation": ["clydeview"], "note": [""]})
    assert (refused.status_code, "are not complete yet" in words(refused.text)) == (409, True)
