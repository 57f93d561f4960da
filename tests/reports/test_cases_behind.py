"""The cases that a figure leads to are those that it counts: as many, in every way to tell a measure."""

import os
import re
import secrets
from collections.abc import AsyncIterator
from datetime import date
from html import unescape
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.reports.answers import question_behind
from app.reports.behind import of_figure, without_what_it_says
from app.reports.filters import MeasureBehind
from app.reports.measuring.running import Question, run
from app.reports.measuring.views import VIEWS, views_of
from tests.reports.measure_walks import measure_walks
from tests.reports.test_measures_by_hand import AROUND, MEASURES
from tests.reports.test_tallies import GONE, TOLD
from tests.reports.walks import Walk
from tests.support.journals import write_case
from tests.support.pagewalks import Office, office
from tests.support.service import Service

pytestmark = [
    pytest.mark.database,
    pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning"),
]

EXAMPLES = int(os.environ.get("ADAPT_BEHIND_EXAMPLES", "1"))
"""How many sets of journals for each measure; more by hand. Every example follows some hundred figures."""
KEYS = (
    "end-to-end", "dfg-works-in-twelve-months", "stage-works", "completions", "charter-households-waiting", "cost-by-source",
    "stage-on-hold",
)  # fmt: skip
"""One of each kind: with a target, with a limit, of stays, of events, of a day, of money."""
OF_EVERY_KIND = [next(one for one in MEASURES if one.key == key) for key in KEYS]
PERIOD = {"completed_from": date(2024, 3, 1), "completed_to": date(2024, 12, 31)}


@pytest.mark.parametrize("measure", OF_EVERY_KIND, ids=KEYS)
@given(
    written=st.lists(measure_walks(), min_size=5, max_size=8), by=st.sampled_from(["none", "tenure", "tier"]),
    of_a_period=st.booleans(), by_start=st.booleans(), today=st.dates(date(2024, 4, 20), date(2026, 6, 1)),
)  # fmt: skip
@settings(max_examples=EXAMPLES, deadline=None)
async def test_each_figure_leads_to_as_many_cases_as_it_counts(
    counting: Service, measure: Any, written: list[Walk], by: str, of_a_period: bool, by_start: bool, today: date
) -> None:
    source, known = secrets.token_hex(8), {**AROUND.values(), "today": today}
    one_day = measure.definition.kind == "open"
    cohort = by_start and measure.definition.kind in ("interval", "stays")
    asked: dict[str, Any] = {"source": source, "by": by, "counted_by": "start" if cohort else "completion"}
    asked |= PERIOD if of_a_period and not one_day else {}
    values = {name: value for name, value in asked.items() if name not in ("by", "counted_by")}
    async with counting.owner.engine.connect() as session:
        for walk in written:
            await write_case(
                session, walk.steps, custody_id=counting.cast.organisations["clydeview"],
                first_contact_on=walk.first_contact_on, tenure=walk.tenure, source=source,
            )  # fmt: skip
        followed = 0
        for view in views_of(measure):
            for row in await VIEWS[view].run(session, measure, Question(by, cohort, values), known):
                for name in VIEWS[view].columns(measure):
                    said = of_figure(view, name, row)
                    if said is None:
                        continue
                    wanted = MeasureBehind.model_validate({**without_what_it_says(asked, said), **said, "limit": 200})
                    cases = await run(session, measure, question_behind(measure, wanted), "measure.cases", known)
                    assert len(cases) == row[name], (view, name, row)
                    assert {one["total"] for one in cases} <= {len(cases)}
                    followed += 1
        await session.rollback()
    assert followed > 0 or measure.key not in ("end-to-end", "completions")


@pytest.fixture(scope="module")
async def offices(alone: Service) -> AsyncIterator[Office]:
    async with office(alone) as opened:
        yield opened


SHOWN = re.compile(r'<a class="govuk-link" href="(/reports/[a-z-]+/cases[^"]*)"[^>]*>([0-9,]+)<')


@pytest.fixture(scope="module")
async def waiting(alone: Service) -> None:
    """Two adapted, one that left and two who wait, one of them in another tenure."""
    async with alone.owner.transaction() as session:
        for number, steps in enumerate((TOLD, TOLD, GONE, TOLD[:2], TOLD[:1])):
            await write_case(
                session, steps, custody_id=alone.cast.organisations["clydeview"], first_contact_on=date(2025, 1, 1),
                tenure="other" if number == 4 else "rsl_tenant",
            )  # fmt: skip


@pytest.mark.usefixtures("waiting")
@pytest.mark.parametrize(
    "address",
    [
        "/reports?period=2024-25", "/reports/end-to-end?by=tenure&period=2024-25", "/reports/end-to-end?view=flow&period=2024-25",
        "/reports/end-to-end?view=ageing", "/reports/end-to-end?view=distribution",
        "/reports/end-to-end?view=estimate&period=2024-25", "/reports/end-to-end?view=compare&by=tenure&period=2024-25",
        "/reports/cumulative-flow?period=2024-25",
    ],
)  # fmt: skip
async def test_a_number_on_a_page_leads_to_a_list_of_so_many(offices: Office, address: str) -> None:
    browser = await offices.browser("service_manager")
    page = (await browser.http.get(address)).text
    found = SHOWN.findall(page)
    assert found, page
    for link, number in dict.fromkeys(found):
        cases = await browser.http.get(unescape(link))
        assert cases.status_code == 200, (link, cases.text)
        assert f"{number} counted" in cases.text, link


@pytest.mark.parametrize(
    ("asked", "where"),
    [
        ("figure=came_in", "/month"), ("figure=completed&month=2025-13", "/month"), ("figure=pounds", "/figure"),
        ("figure=over_limit", "/figure"), ("figure=within_target&month=2025-03", "/figure"),
        ("figure=came_in&month=2025-03&completed_from=2025-01-01", "/completed_from"),
        ("figure=still_open&status=left", "/status"), ("least_days=-1", "/least_days"),
        ("as_known_on=2099-01-01", "/as_known_on"),
    ],
)  # fmt: skip
async def test_cases_that_cannot_be_told_so_are_refused(alone: Service, asked: str, where: str) -> None:
    answer = await alone.get("service_manager", f"/reports/end-to-end/cases?{asked}")
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [where]


async def test_a_report_of_a_day_to_come_has_no_cases(alone: Service) -> None:
    answer = await alone.get("service_manager", "/reports/waiting-now/cases?as_known_on=2099-01-01")
    assert answer.status_code == 422
