"""Under every due date stands its working, and the working leads to the date."""

from dataclasses import replace
from datetime import UTC, date, datetime

from app.cases.deadlines import Targets, deadlines
from app.cases.due_explained import Terms, why_due, why_end_to_end
from app.cases.rules import CaseState
from app.kernel.clock import LONDON
from app.pathways.calendar_files import load_calendars
from app.pathways.loader import load_pathways
from app.settings import ROOT

CALENDARS = load_calendars(ROOT / "pathways" / "calendars")
PATHWAY = load_pathways(ROOT / "pathways", CALENDARS).latest("housing-solutions")
TERMS = Terms(pathway=PATHWAY, calendar=CALENDARS["scotland"], zone=LONDON)
CASE = CaseState(
    sequence=3, tier="moderate", stage="assessment", stage_group="assessing", resume_stage=None,
    stage_since=datetime(2025, 12, 22, 10, tzinfo=UTC), custody_id=1, party_ids=(1,), assigned_to=1,
    priority="moderate", fast_track=None, proposed_tier="moderate", consent_to_share=True, pathway_version=1,
    first_contact_on=date(2025, 12, 1), received_at=datetime(2025, 12, 2, tzinfo=UTC),
    last_occurred_at=datetime(2025, 12, 22, 10, tzinfo=UTC), ended_at=None, outcome=None, solution=None,
    solution_at=None, memory={"entered": {"assessment": "2025-12-22T10:00:00+00:00"}},
)  # fmt: skip


def _due(case: CaseState) -> tuple[date | None, date | None]:
    targets = Targets(
        stage=PATHWAY.target(case.tier, case.stage, case.priority, case.fast_track),
        end_to_end=PATHWAY.end_to_end_target(case.tier),
    )
    found = deadlines(case, targets, TERMS.calendar, LONDON)
    return found.due_on, found.end_to_end_due_on


def test_a_stages_date_names_the_target_the_start_and_the_holidays_left_out() -> None:
    due, _ = _due(CASE)
    assert due == date(2026, 1, 9)
    why = why_due(CASE, due, TERMS)
    assert why[0] == "Target for “Assessment” in a moderate case: 10 working days."
    assert why[1] == "It is counted from the day after 22 December 2025, when “Assessment” began."
    assert "left out 25 December 2025, 26 December 2025, 1 January 2026, 2 January 2026" in " ".join(why)
    assert why[-1].startswith("These are the partnership's own choices")


def test_days_on_hold_are_said_to_have_been_added() -> None:
    hold = {"from": "2025-12-23T09:00:00+00:00", "to": "2025-12-30T09:00:00+00:00"}
    held = replace(CASE, memory={**CASE.memory, "holds": [hold]})
    due, _ = _due(held)
    assert "3 working days on hold since then were added." in why_due(held, due, TERMS)
    assert due == TERMS.calendar.add_working_days(date(2025, 12, 22), 13)


def test_on_hold_it_is_the_day_that_was_named() -> None:
    held = replace(CASE, stage="on_hold", stage_group="held")
    assert "look at it again on 9 January 2026" in why_due(held, date(2026, 1, 9), TERMS)[0]


def test_an_urgent_case_says_so() -> None:
    urgent = replace(CASE, stage="awaiting_assessment", fast_track="end_of_life")
    due, _ = _due(urgent)
    assert why_due(urgent, due, TERMS)[0].endswith("in a moderate case that is urgent: 5 working days.")


def test_the_whole_way_counts_from_first_contact_and_holds_do_not_stop_it() -> None:
    _, due = _due(CASE)
    why = why_end_to_end(CASE, due, TERMS)
    assert "90 working days" in why[0]
    assert why[1] == "It is counted from the day after 1 December 2025: first contact. Holds do not stop it."
    assert why_end_to_end(CASE, None, TERMS) == ()


def test_where_nothing_is_due_there_is_nothing_to_explain() -> None:
    assert why_due(CASE, None, TERMS) == ()
