"""What may be published: no small number, whatever two questions are laid beside one another."""

from datetime import date
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from app.reports.measuring.publication import fault_of_year, faults_of, published
from tests.support.journals import Step, noon, write_case
from tests.support.service import Service

FEWEST = 5
ROW = {"completed": 12, "median_working_days": 14.5, "longest_working_days": 119, "still_open": 3, "doubtful": 0,
       "open_median_working_days": 30.0, "open_longest_working_days": 40, "within_target": 9}  # fmt: skip


def test_counts_are_rounded_days_are_whole_and_one_persons_time_is_not_told() -> None:
    [row] = published([{"group": "all", **ROW}], fewest=FEWEST)
    assert row == {
        "group": "all", "completed": 10, "median_working_days": 14, "longest_working_days": None, "still_open": None,
        "doubtful": 0, "open_median_working_days": None, "open_longest_working_days": None, "within_target": 10,
    }  # fmt: skip


@given(size=st.integers(0, FEWEST - 1))
def test_of_a_small_group_nothing_is_told(size: int) -> None:
    [row] = published([{"group": "rsl_tenant", **ROW, "completed": size}], fewest=FEWEST)
    assert {name: value for name, value in row.items() if value is not None} == {"group": "rsl_tenant"}


@given(cells=st.lists(st.integers(0, 40), min_size=2, max_size=6))
def test_differences_of_published_counts_never_tell_a_small_one(cells: list[int]) -> None:
    """Whatever may be asked (each cell, their whole), a published difference fits several true ones."""
    questions = {frozenset([place]): number for place, number in enumerate(cells)}
    questions[frozenset(range(len(cells)))] = sum(cells)
    told = {
        asked: published([{"group": "g", "completed": number}], fewest=FEWEST)[0]["completed"]
        for asked, number in questions.items()
    }
    for one, other in combinations(told, 2):
        if told[one] is None or told[other] is None:
            continue
        gap = told[one] - told[other]
        assert gap % FEWEST == 0
        # The true difference may be anything within four of it: one that is small stays hidden among others.
        assert abs(gap - (questions[one] - questions[other])) < FEWEST


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"tenure": "rsl_tenant"}, "/tenure"),
        ({"as_known_on": date(2026, 3, 31)}, "/as_known_on"),
        ({"source": "EX"}, "/source"),
        ({"completed_from": date(2026, 4, 2)}, "/completed_from"),
        ({"completed_to": date(2026, 3, 30)}, "/completed_to"),
        ({"by": "month"}, "/by"),
        ({"view": "distribution"}, "/view"),
        ({"split_on": date(2026, 4, 1)}, "/split_on"),
        ({"counted_by": "start"}, "/counted_by"),
    ],
)
def test_a_question_that_could_be_differenced_is_refused(asked: dict[str, Any], field: str) -> None:
    year = {"completed_from": date(2025, 4, 1), "completed_to": date(2026, 3, 31)}
    assert [fault.pointer for fault in faults_of({"publish": True, **year, **asked})] == [field]


def test_whole_financial_years_by_one_grouping_may_be_published() -> None:
    for year in range(2020, 2027):
        asked = {
            "completed_from": date(year, 4, 1),
            "completed_to": date(year + 1, 3, 31),
            "by": "tenure",
            "publish": True,
        }
        assert faults_of(asked) == []
    assert faults_of({"publish": True}, one_day=True) == []
    # A part of a year, or two years, could be told from another published answer by taking one from the other.
    for first, last in (
        (date(2025, 4, 1), date(2025, 6, 30)), (date(2025, 4, 1), date(2027, 3, 31)), (date(2025, 7, 1), date(2025, 9, 30)),
        (date(2025, 4, 1), None), (None, date(2026, 3, 31)), (None, None),
    ):  # fmt: skip
        days = {name: day for name, day in (("completed_from", first), ("completed_to", last)) if day is not None}
        assert faults_of({"publish": True, **days}), (first, last)


def test_a_year_may_be_published_from_the_day_after_its_last() -> None:
    last = date(2026, 3, 31)
    for today in (date(2025, 4, 1), date(2026, 3, 30), last):
        wrong = fault_of_year(last, today)
        assert wrong is not None, today
        assert "2025-26 goes on until 31 March 2026" in wrong
        assert "Ask for 2024-25 or a year before it." in wrong
    assert fault_of_year(last, date(2026, 4, 1)) is None
    # Of years to come the one to ask for is still the last that is over.
    assert "Ask for 2024-25 or" in (fault_of_year(date(2040, 3, 31), date(2025, 12, 1)) or "")


def test_sums_and_means_are_not_told_where_a_group_is_too_small() -> None:
    rows = [
        {"group": "hra", "works": 30, "pounds": 90_250.0, "mean_working_days": 40.2, "median_working_days": 31.0},
        {"group": "charity", "works": 1, "pounds": 14_193.0, "mean_working_days": 202.0, "median_working_days": 202.0},
    ]
    many, few = published(rows, fewest=FEWEST)
    assert (many["works"], many["pounds"], many["mean_working_days"], many["median_working_days"]) == (
        30,
        None,
        None,
        31,
    )
    assert {name for name, value in few.items() if value is not None} == {"group"}
    [alone] = published(rows[:1], fewest=FEWEST)
    assert (alone["pounds"], alone["mean_working_days"]) == (90_000, 40)


@pytest.mark.database
async def test_the_api_refuses_what_would_tell_too_much(counting: Service) -> None:
    asked = {"publish": "true", "tenure": "rsl_tenant"}
    answer = await counting.get("service_manager", "/reports/end-to-end", **asked)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/tenure")
    assert (await counting.get("team_manager", "/reports/end-to-end", publish="true")).status_code == 403
    assert (await counting.get("housing_officer", "/reports/end-to-end", publish="true")).status_code == 403
    told = await counting.get(
        "service_manager", "/reports/end-to-end", publish="true", by="tenure", completed_from="2025-04-01",
        completed_to="2026-03-31",
    )  # fmt: skip
    assert told.status_code == 200
    for row in told.json()["rows"]:
        assert row["completed"] is None or row["completed"] % 5 == 0
        assert row["longest_working_days"] is None
    year = counting.app.state.casework.timekeeper.day(counting.app.state.clock.now())
    begins = year.year - (year.month < 4)
    going_on = {"completed_from": f"{begins}-04-01", "completed_to": f"{begins + 1}-03-31"}
    early = await counting.get("service_manager", "/reports/end-to-end", publish="true", **going_on)
    assert (early.status_code, early.json()["errors"][0]["pointer"]) == (422, "/completed_to")
    assert f"goes on until 31 March {begins + 1}" in early.json()["detail"]
    assert (await counting.get("service_manager", "/reports/end-to-end", **going_on)).status_code == 200
    behind = await counting.get("service_manager", "/reports/end-to-end/cases", publish="true")
    assert behind.status_code == 422


@pytest.mark.database
@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ({"by": "sign"}, "/by"),
        ({"tier": "highest"}, "/tier"),
        ({"tenure": "squatter"}, "/tenure"),
        ({"organisation": "Nobody's"}, "/organisation"),
        ({"adaptation": "moat"}, "/adaptation"),
        ({"locality": "fk1' OR 1=1"}, "/locality"),
        ({"priority": "highest"}, "/priority"),
        ({"version": "99999"}, "/version"),
        ({"completed_from": "31/03/2026"}, "/completed_from"),
        ({"completed_from": "2026-04-01", "completed_to": "2026-03-31"}, "/completed_to"),
        ({"completed_form": "2026-04-01"}, "/completed_form"),
        ({"view": "horoscope"}, "/view"),
        ({"view": "flow", "completed_from": "0001-01-01"}, "/completed_from"),
        ({"view": "flow", "completed_to": "0001-01-01"}, "/completed_from"),
        ({"view": "flow", "completed_from": "2024-01-01", "completed_to": "9999-12-31"}, "/completed_from"),
        ({"publish": "true", "completed_from": "2025-04-01", "completed_to": "9999-12-31"}, "/completed_to"),
        ({"view": "flow", "as_known_on": "0001-01-01"}, "/completed_from"),
    ],
)
async def test_a_bad_filter_is_refused_and_never_ignored(
    counting: Service, asked: dict[str, str], pointer: str
) -> None:
    answer = await counting.get("service_manager", "/reports/first-contact-to-assessment", **asked)
    assert answer.status_code == 422, answer.text
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]


@pytest.mark.database
async def test_a_private_landlords_name_is_in_no_report_and_no_address(counting: Service) -> None:
    steps = [Step(at=noon("2025-01-06"), action="log_referral")]
    async with counting.owner.transaction() as session:
        for tenure, landlord in (("private_rented", "Dorothea Landlady"), ("rsl_tenant", "Sample Homes")):
            case = await write_case(
                session, steps, custody_id=counting.cast.organisations["clydeview"], tenure=tenure, source="landlords",
                first_contact_on="2025-01-06",
            )  # fmt: skip
            statement = text("UPDATE cases SET landlord = :landlord WHERE id = :id")
            await session.execute(statement, {"landlord": landlord, "id": case.id})
    answer = await counting.get("service_manager", "/reports/requests", by="landlord", source="landlords")
    assert {row["group"] for row in answer.json()["rows"]} == {"private_landlord", "another_landlord"}
    assert "Dorothea" not in answer.text


@pytest.mark.database
async def test_a_measure_that_waits_for_somebodys_word_gives_no_figure(counting: Service) -> None:
    answer = await counting.get("service_manager", "/reports/charter-average-days")
    assert answer.status_code == 409
    assert "received or approved" in answer.json()["detail"]
    assert (await counting.get("service_manager", "/reports/charter-average-days/cases")).status_code == 409
    assert (await counting.get("service_manager", "/reports/end-to-end", version="2")).status_code == 404


@pytest.mark.database
async def test_every_measure_answers_in_every_way_that_it_can_be_told(counting: Service) -> None:
    keeper = counting.app.state.casework.timekeeper
    for one in keeper.pathways.measures.newest():
        if not one.usable:
            continue
        for view in ("figures", "distribution", "flow", "ageing", "estimate", "compare"):
            answer = await counting.get("service_manager", f"/reports/{one.key}", view=view)
            fits = one.definition.kind in ("interval", "stays") or view == "figures"
            fits = fits or (one.definition.kind == "open" and view == "ageing")
            assert answer.status_code == (200 if fits else 422), (one.key, view, answer.text[:300])
        for by in one.definition.group_by:
            answer = await counting.get("service_manager", f"/reports/{one.key}", by=by)
            assert answer.status_code == 200, (one.key, by, answer.text[:300])
            if answer.json()["rows"]:
                path = answer.json()["rows"][0]["cases"].removeprefix("/api/v1")
                assert (await counting.get("service_manager", path)).status_code == 200
