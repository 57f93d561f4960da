"""By start or by completion, on the page: what carries over from one year into the next is in one of them, not in both."""

from datetime import date

import pytest

from tests.support.journals import Step, noon, write_case
from tests.support.pagewalks import office, words
from tests.support.service import Service

pytestmark = pytest.mark.database

SM = "service_manager"
SOLVED = {"clock": "stops", "solution": "adapted"}


@pytest.mark.parametrize(
    ("period", "counted_by", "completed"),
    [
        ("2024-25", "", 0),
        ("2024-25", "start", 1),
        ("2025-26", "", 1),
        ("2025-26", "completion", 1),
        ("2025-26", "start", 0),
    ],
)
async def test_what_carries_over_is_in_the_year_that_was_asked_for(
    fresh_service: Service, period: str, counted_by: str, completed: int
) -> None:
    async with fresh_service.owner.transaction() as session:
        await write_case(
            session,
            [
                Step(at=noon("2025-03-10"), action="log_referral"),
                Step(at=noon("2025-05-12"), action="complete_works", to="installed", effects=SOLVED),
            ],
            custody_id=fresh_service.cast.organisations["clydeview"], first_contact_on=date(2025, 3, 10),
        )  # fmt: skip
    asked = {"period": period, "counted_by": counted_by}
    async with office(fresh_service) as opened:
        browser = (await opened.browser(SM)).http
        page = await browser.get("/reports/end-to-end", params=asked)
        assert page.status_code == 200
        told = words(page.text)
        assert "In the period if As the measure says It was completed then It began then" in told
        file = await browser.get("/reports/end-to-end/file", params={**asked, "format": "csv"})
        wrong = await browser.get("/reports/end-to-end", params={"counted_by": "chance"})
        assert wrong.status_code == 422
    lines = file.text.splitlines()
    names = next(line.split(",") for line in lines if line.startswith("group"))
    figures = dict(zip(names, lines[-1].split(","), strict=True))
    assert figures["completed"] == str(completed)
