"""Targets: which one applies, and on which day it is over."""

from datetime import date

import pytest

from app.kernel.calendars import Calendar
from app.pathways.pathway import CompiledPathway
from app.pathways.targets import add_months

TIERS = ["direct_access", "non_complex", "moderate", "complex"]
PLAIN = [
    ("received", dict.fromkeys(TIERS, 2)),
    ("awaiting_assessment", {"non_complex": 10, "moderate": 30, "complex": 30}),
    ("assessment", {"non_complex": 5, "moderate": 10, "complex": 20}),
    ("recommended", {"non_complex": 2, "moderate": 2, "complex": 2}),
    ("feasibility", {"moderate": 40, "complex": 40}),
    ("panel_referred", {"complex": 20}),
    ("panel_scheduled", {"complex": 20}),
    ("funding", {"non_complex": 10, "moderate": 10, "complex": 10}),
    ("approved", dict.fromkeys(TIERS, 3)),
    ("ordered", {"direct_access": 10, "non_complex": 20, "moderate": 40, "complex": 120}),
    ("works", {"direct_access": 10, "non_complex": 20, "moderate": 40, "complex": 120}),
    ("installed", dict.fromkeys(TIERS, 10)),
    ("review", dict.fromkeys(TIERS, 20)),
    ("rehousing", {"non_complex": 180, "moderate": 180, "complex": 180}),
    ("other_solution", {"non_complex": 15, "moderate": 15, "complex": 15}),
    ("appeal", dict.fromkeys(TIERS, 20)),
]  # fmt: skip


@pytest.mark.parametrize(("stage", "days"), PLAIN)
def test_each_stage_has_its_target(housing: CompiledPathway, stage: str, days: dict[str, int]) -> None:
    for tier, wanted in days.items():
        target = housing.target(tier, stage, "substantial", None)
        assert target is not None
        assert (target.working_days, target.months, target.choice_of) == (wanted, None, "partnership")


@pytest.mark.parametrize(
    ("stage", "priority", "fast_track", "days"),
    [
        ("received", "critical", None, 1),
        ("received", None, "end_of_life", 1),
        ("received", None, None, 2),
        ("awaiting_assessment", "critical", None, 5),
        ("awaiting_assessment", "low", "hospital_discharge", 5),
        ("awaiting_assessment", "low", "progressive_condition", 5),
        ("awaiting_assessment", "substantial", None, 30),
        ("funding", "critical", "end_of_life", 10),
    ],
)
def test_critical_and_fast_track_cases_have_shorter_targets(
    housing: CompiledPathway, stage: str, priority: str | None, fast_track: str | None, days: int
) -> None:
    target = housing.target("complex", stage, priority, fast_track)
    assert target is not None
    assert target.working_days == days
    assert housing.is_urgent(priority, fast_track) == (days in {1, 5} or stage == "funding")


def test_a_hold_and_an_end_have_no_target(housing: CompiledPathway) -> None:
    for stage in ("on_hold", "completed", "refused"):
        assert housing.target("complex", stage, "critical", None) is None


def test_the_works_count_from_the_order_and_the_panel_from_the_referral(housing: CompiledPathway) -> None:
    since = {
        stage: target.since_stage
        for stage in ("ordered", "works", "panel_referred", "panel_scheduled")
        if (target := housing.target("complex", stage, None, None))
    }
    assert since == {"ordered": None, "works": "ordered", "panel_referred": None, "panel_scheduled": "panel_referred"}


@pytest.mark.parametrize(("tier", "days"), list(zip(TIERS, [20, 40, 90, 180], strict=True)))
def test_from_first_contact_to_a_solution_there_is_a_target(housing: CompiledPathway, tier: str, days: int) -> None:
    target = housing.end_to_end_target(tier)
    assert target is not None
    assert target.working_days == days


@pytest.mark.parametrize(("days", "soon"), [(1, 1), (2, 1), (10, 2), (30, 6), (180, 36)])
def test_the_last_fifth_is_due_soon(housing: CompiledPathway, days: int, soon: int) -> None:
    found = [
        target.due_soon
        for tier in TIERS
        for stage in housing.definition.targets.stages
        for priority in ("critical", "low")
        if (target := housing.target(tier, stage, priority, None)) and target.working_days == days
    ]
    assert found
    assert set(found) == {soon}


def test_a_target_is_over_on_a_working_day(housing: CompiledPathway, calendars: dict[str, Calendar]) -> None:
    target = housing.target("moderate", "received", None, None)
    assert target is not None
    scotland = calendars["scotland"]
    start = date(2024, 12, 23)
    assert target.due_on(start, scotland) == date(2024, 12, 27)
    assert target.status(start, start, scotland) == "on_track"
    assert target.status(start, date(2024, 12, 24), scotland) == "due_soon"
    assert target.status(start, date(2024, 12, 27), scotland) == "due_soon"
    assert target.status(start, date(2024, 12, 28), scotland) == "overdue"


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (date(2024, 8, 31), date(2025, 2, 28)),
        (date(2023, 8, 31), date(2024, 2, 29)),
        (date(2025, 8, 28), date(2026, 2, 28)),
        (date(2025, 3, 15), date(2025, 9, 15)),
        (date(2025, 7, 1), date(2026, 1, 1)),
        (date(2025, 12, 31), date(2026, 6, 30)),
    ],
)
def test_the_council_decides_within_six_months_of_the_application(
    grant: CompiledPathway, calendars: dict[str, Calendar], start: date, end: date
) -> None:
    target = grant.target("simple", "application", "critical", "end_of_life")
    assert target is not None
    assert (target.months, target.working_days, target.choice_of) == (6, None, "law")
    assert target.source == "Housing Grants, Construction and Regeneration Act 1996, section 34"
    assert target.due_on(start, calendars["england"]) == end


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 11, 30), 3, date(2025, 2, 28)),
        (date(2024, 12, 1), 1, date(2025, 1, 1)),
    ],
)
def test_months_end_on_the_same_day_or_the_months_last(start: date, months: int, end: date) -> None:
    assert add_months(start, months) == end
