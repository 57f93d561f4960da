"""What a page cannot be asked is said beside the field, and never left out in silence or fallen over."""

from collections.abc import AsyncIterator

import pytest

from tests.support.pagewalks import Office, office, words
from tests.support.service import Service

pytestmark = pytest.mark.database


@pytest.fixture(scope="module")
async def offices(alone: Service) -> AsyncIterator[Office]:
    async with office(alone) as opened:
        yield opened


@pytest.mark.parametrize(
    "address",
    [
        "/reports?locality=abc", "/reports?organisation=a%00b", "/reports/end-to-end?landlord=Nobody",
        "/reports/end-to-end?source=EX", "/reports/end-to-end?version=99", "/reports/outcomes?publish=true",
        "/reports/waiting?view=flow", "/reports/cost-by-source?view=flow",
        "/reports/end-to-end?publish=true&by=month&period=2025-26", "/reports?as_known_on=2025-01-05", "/reports?by=tier",
        "/reports?tier=none", "/reports?tenure=not_recorded", "/reports/waiting-now?tenure=other",
        "/reports/cumulative-flow?organisation=Elsewhere+Council", "/reports/end-to-end?view=flow&period=2099-00",
        "/reports/end-to-end?view=flow&split_on=2025-06-01",
    ],
)  # fmt: skip
async def test_a_page_that_cannot_be_asked_so_says_so(offices: Office, address: str) -> None:
    answer = await (await offices.browser("service_manager")).http.get(address)
    assert answer.status_code == 422
    assert "There is a problem" in words(answer.text)


@pytest.mark.parametrize("asked", ["publish=true", "source=EX", "version=99"])
async def test_no_file_is_made_of_something_else_than_was_asked(offices: Office, asked: str) -> None:
    answer = await (await offices.browser("service_manager")).http.get(f"/reports/outcomes/file?format=csv&{asked}")
    assert answer.status_code == 404


async def test_a_view_that_a_report_does_not_have_changes_nothing(offices: Office) -> None:
    answer = await (await offices.browser("service_manager")).http.get("/reports/cumulative-flow?view=flow")
    assert answer.status_code == 200


@pytest.mark.parametrize("form", ["", "/file?format=csv&"])
async def test_two_times_told_by_month_are_shown(offices: Office, form: str) -> None:
    address = f"/reports/end-to-end{form or '?'}split_on=2025-06-01&by=month"
    answer = await (await offices.browser("service_manager")).http.get(address)
    assert answer.status_code == 200


@pytest.mark.parametrize("view", ["flow", "ageing"])
async def test_groups_that_share_cases_are_not_added_up_in_a_picture(offices: Office, view: str) -> None:
    answer = await (await offices.browser("service_manager")).http.get(f"/reports/end-to-end?by=adaptation&view={view}")
    assert answer.status_code == 200
    assert "adapt-chart" not in answer.text
