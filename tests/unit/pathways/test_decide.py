"""What a move says beside where it leads: outcome, clock, hold, memory, what is set, and on which day."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from app.pathways.facts import State
from app.pathways.pathway import CompiledPathway, UnknownAction
from app.pathways.results import FieldError, Incomplete, Move
from tests.unit.pathways.support import TODAY, facts


def move(pathway: CompiledPathway, tier: str, stage: str, action: str, details: Any = None, **changes: Any) -> Move:
    state = State(tier, stage)
    about = facts(pathway, state, **changes)
    decision = pathway.decide(state, action, about, pathway.example_details(action, about) | (details or {}))
    assert isinstance(decision, Move), decision
    return decision


def errors(
    pathway: CompiledPathway, tier: str, stage: str, action: str, details: Any = None, **changes: Any
) -> tuple[FieldError, ...]:
    state = State(tier, stage)
    about = facts(pathway, state, **changes)
    decision = pathway.decide(state, action, about, pathway.example_details(action, about) | (details or {}))
    assert isinstance(decision, Incomplete), decision
    return decision.errors


def test_a_referral_opens_a_case_in_the_proposed_tier(housing: CompiledPathway) -> None:
    about = facts(housing, State("complex", "received"), proposed_tier="moderate")
    opened = housing.decide(None, "log_referral", about, {})
    assert isinstance(opened, Move)
    assert (opened.from_, opened.to) == (None, State("moderate", "received"))
    assert opened.custody == "actor"


@pytest.mark.parametrize(
    ("tier", "to"),
    [
        ("direct_access", "direct_access/approved"),
        ("non_complex", "non_complex/awaiting_assessment"),
        ("moderate", "moderate/awaiting_assessment"),
        ("complex", "complex/awaiting_assessment"),
    ],
)
def test_screening_leads_to_where_the_chosen_tier_begins(housing: CompiledPathway, tier: str, to: str) -> None:
    screened = move(housing, "moderate", "received", "screen", {"tier": tier, "tier_reason": "As seen at the visit."})
    assert str(screened.to) == to
    assert screened.sets == {"priority": "substantial", "fast_track": None, "direct_provision": False}
    assert screened.custody == "stays"


def test_direct_provision_by_the_landlord_goes_straight_to_approval(housing: CompiledPathway) -> None:
    agreed = {"direct_provision_items": frozenset({"level_access_shower"})}
    screened = move(housing, "moderate", "received", "screen", {"direct_provision": True}, **agreed)
    assert screened.to == State("moderate", "approved")


def test_direct_provision_of_a_complex_case_leads_nowhere(housing: CompiledPathway) -> None:
    agreed = {"direct_provision_items": frozenset({"kitchen_alterations"})}
    wrong = errors(housing, "complex", "received", "screen", {"direct_provision": True}, **agreed)
    assert [error.pointer for error in wrong] == ["/direct_provision"]


def test_another_tier_than_the_proposed_one_needs_a_reason(housing: CompiledPathway) -> None:
    wrong = errors(housing, "moderate", "received", "screen", {"tier": "complex"})
    assert wrong == (FieldError("/tier_reason", "Say why you chose another tier than the one proposed."),)


def test_the_journal_keeps_what_triage_proposed_and_why_not_lower(housing: CompiledPathway) -> None:
    screened = move(housing, "moderate", "received", "screen", flags=("child",))
    assert screened.recorded == {
        "triage": {
            "proposed_tier": "moderate",
            "lowest_tier": "moderate",
            "reasons": [
                "Level-access shower: normally moderate",
                "the person's situation calls for occupational therapy staff (the person is a child)",
            ],
            "lower_ruled_out": [
                f"{tier}: Level-access shower: normally moderate; "
                "the person's situation calls for occupational therapy staff (the person is a child)"
                for tier in ("Direct access", "Non-complex")
            ],
        }
    }


def test_triage_of_a_case_with_words_of_an_older_version_still_answers(housing: CompiledPathway) -> None:
    screened = move(housing, "moderate", "received", "screen", adaptations=("gone_item",), flags=("gone_flag",))
    assert screened.to == State("moderate", "awaiting_assessment")


@pytest.mark.parametrize(
    ("tier", "next_step", "to"),
    [
        ("non_complex", None, "funding"),
        ("non_complex", "funding", "funding"),
        ("moderate", "funding", "funding"),
        ("moderate", "feasibility", "feasibility"),
        ("complex", None, "feasibility"),
        ("complex", "feasibility", "feasibility"),
    ],
)
def test_an_approved_recommendation_goes_where_its_tier_says(
    housing: CompiledPathway, tier: str, next_step: str | None, to: str
) -> None:
    approved = move(housing, tier, "recommended", "approve_recommendation", {"next_step": next_step})
    assert approved.to == State(tier, to)


@pytest.mark.parametrize(("tier", "next_step"), [("non_complex", "feasibility"), ("complex", "funding")])
def test_a_next_step_that_the_tier_does_not_have_is_pointed_at(
    housing: CompiledPathway, tier: str, next_step: str
) -> None:
    wrong = errors(housing, tier, "recommended", "approve_recommendation", {"next_step": next_step})
    assert [error.pointer for error in wrong] == ["/next_step"]


def test_a_moderate_recommendation_needs_its_next_step(housing: CompiledPathway) -> None:
    wrong = errors(housing, "moderate", "recommended", "approve_recommendation", {"next_step": None})
    assert [error.pointer for error in wrong] == ["/next_step"]


@pytest.mark.parametrize(("tier", "chosen"), [("moderate", "moderate"), ("moderate", "non_complex")])
def test_a_case_escalates_upwards_only(housing: CompiledPathway, tier: str, chosen: str) -> None:
    wrong = errors(housing, tier, "assessment", "escalate", {"tier": chosen})
    assert wrong == (FieldError("/tier", "Choose Complex: the case is Moderate now."),)


def test_a_case_steps_down_downwards_only(housing: CompiledPathway) -> None:
    wrong = errors(housing, "moderate", "assessment", "step_down", {"tier": "complex"})
    assert wrong == (FieldError("/tier", "Choose Direct access or Non-complex: the case is Moderate now."),)


def test_stepping_down_to_direct_access_needs_no_assessment(housing: CompiledPathway) -> None:
    down = move(housing, "complex", "assessment", "step_down", {"tier": "direct_access"})
    assert down.to == State("direct_access", "approved")


def test_a_hold_opens_remembers_the_stage_and_resuming_closes_it(housing: CompiledPathway) -> None:
    held = move(housing, "complex", "feasibility", "hold")
    assert (held.to, held.resume_stage, held.hold) == (State("complex", "on_hold"), "feasibility", "opens")
    resumed = move(housing, "complex", "on_hold", "resume", resume_stage="feasibility")
    assert (resumed.to, resumed.resume_stage, resumed.hold) == (State("complex", "feasibility"), None, "closes")


def test_closing_a_case_on_hold_closes_the_hold(housing: CompiledPathway) -> None:
    closed = move(housing, "moderate", "on_hold", "close_not_proceeding", {"reason": "died"})
    assert (closed.hold, closed.ends, closed.outcome) == ("closes", True, "died")


@pytest.mark.parametrize(
    "reason",
    ["withdrawn", "died", "moved_away", "lost_contact", "declined_contribution", "declined_works", "duplicate"],
)
def test_a_case_that_stops_ends_with_its_reason(housing: CompiledPathway, reason: str) -> None:
    assert move(housing, "moderate", "funding", "close_not_proceeding", {"reason": reason}).outcome == reason


ENDINGS = [
    ("received", "signpost", "advice_only"),
    ("received", "refuse", "refused"),
    ("funding", "refuse_funding", "refused"),
    ("panel_scheduled", "panel_refuse", "refused"),
    ("appeal", "dismiss_appeal", "refused"),
]


@pytest.mark.parametrize(("stage", "action", "outcome"), ENDINGS)
def test_an_end_has_its_outcome(housing: CompiledPathway, stage: str, action: str, outcome: str) -> None:
    ended = move(housing, "complex", stage, action)
    assert (ended.ends, ended.outcome) == (True, outcome)


@pytest.mark.parametrize("solution", ["adapted", "rehoused", "other_solution"])
def test_a_completed_case_ends_with_the_solution_put_in_place(housing: CompiledPathway, solution: str) -> None:
    assert move(housing, "moderate", "review", "record_outcome", solution=solution).outcome == solution


def test_a_completed_case_of_which_nothing_was_recorded_ends_adapted(housing: CompiledPathway) -> None:
    assert move(housing, "moderate", "review", "record_outcome", solution=None).outcome == "adapted"


CLOCKS = [
    ("works", "complete_works", "stops", "adapted"),
    ("ordered", "complete_works", "stops", "adapted"),
    ("rehousing", "rehoused", "stops", "rehoused"),
    ("other_solution", "provide_other_solution", "stops", "other_solution"),
    ("installed", "raise_snag", "restarts", None),
    ("completed", "reopen", "new_episode", None),
    ("installed", "pass_check", None, None),
    ("funding", "hold", None, None),
]


@pytest.mark.parametrize(("stage", "action", "clock", "solution"), CLOCKS)
def test_the_clock_stops_when_the_solution_is_in_place(
    housing: CompiledPathway, stage: str, action: str, clock: str | None, solution: str | None
) -> None:
    moved = move(housing, "moderate", stage, action)
    assert (moved.clock, moved.solution) == (clock, solution)


MEMORIES = [
    ("assessment", "recommend", ("recommender",)),
    ("approved", "place_order", ("order_placer",)),
    ("assessment", "refuse", ("refuser",)),
    ("funding", "refuse_funding", ("refuser",)),
    ("panel_scheduled", "panel_refuse", ("refuser",)),
    ("appeal", "dismiss_appeal", ()),
]


@pytest.mark.parametrize(("stage", "action", "remembers"), MEMORIES)
def test_who_did_what_is_remembered_for_later(
    housing: CompiledPathway, stage: str, action: str, remembers: tuple[str, ...]
) -> None:
    assert move(housing, "complex", stage, action).remembers == remembers


def test_a_recommendation_sets_the_goals_and_the_adaptations(housing: CompiledPathway) -> None:
    moved = move(housing, "moderate", "assessment", "recommend", {"adaptations": ["stairlift"]})
    assert moved.sets == {"goals": ["To wash without help from my daughter"], "adaptations": ["stairlift"]}


def test_the_details_are_ready_for_json_and_leave_out_what_was_left_empty(housing: CompiledPathway) -> None:
    details = {
        "finished_on": "2025-03-03",
        "final_cost": [{"source": "hra", "amount": 4850}, {"source": "charity", "amount": "12.5"}],
    }
    moved = move(housing, "moderate", "works", "complete_works", details)
    assert moved.details == {
        "finished_on": "2025-03-03",
        "final_cost": [{"source": "hra", "amount": "4850.00"}, {"source": "charity", "amount": "12.50"}],
    }
    assert moved.happened_on == date(2025, 3, 3)
    assert moved.occurred_at is None


def test_the_moment_given_stands_beside_the_details(housing: CompiledPathway) -> None:
    moved = move(housing, "moderate", "approved", "place_order", {"occurred_at": "2025-03-04T10:15:00+01:00"})
    assert moved.occurred_at == datetime(2025, 3, 4, 9, 15, tzinfo=UTC)
    assert "occurred_at" not in moved.details


WRONG_DAYS = [
    ("works", "complete_works", "finished_on", TODAY + timedelta(days=1)),
    ("rehousing", "rehoused", "moved_on", TODAY + timedelta(days=1)),
    ("funding", "hold", "review_on", TODAY - timedelta(days=1)),
    ("panel_scheduled", "panel_defer", "by_when", TODAY - timedelta(days=1)),
    ("approved", "place_order", "expected_finish", TODAY + timedelta(days=13)),
]


@pytest.mark.parametrize(("stage", "action", "field", "day"), WRONG_DAYS)
def test_a_day_on_the_wrong_side_is_pointed_at(
    housing: CompiledPathway, stage: str, action: str, field: str, day: date
) -> None:
    wrong = errors(housing, "complex", stage, action, {field: day.isoformat()})
    assert [error.pointer for error in wrong] == [f"/{field}"]


@pytest.mark.parametrize("field", ["safe", "fit_for_purpose"])
def test_works_that_are_not_right_cannot_pass_the_check(housing: CompiledPathway, field: str) -> None:
    wrong = errors(housing, "moderate", "installed", "pass_check", {field: False})
    assert [error.pointer for error in wrong] == [f"/{field}"]
    assert "Report a fault" in wrong[0].message


def test_every_goal_needs_its_result(housing: CompiledPathway) -> None:
    results = [{"goal": "To wash alone", "result": "met"}]
    wrong = errors(housing, "moderate", "review", "record_outcome", {"results": results})
    assert wrong == (FieldError("/results", "Say how it went with the goal “To get to the garden”."),)


def test_a_meeting_that_does_not_exist_is_pointed_at(housing: CompiledPathway) -> None:
    wrong = errors(housing, "complex", "panel_referred", "schedule_for_panel", {"meeting": 999})
    assert [error.pointer for error in wrong] == ["/meeting"]


def test_the_share_of_a_grant_must_be_said_and_only_of_a_grant(housing: CompiledPathway) -> None:
    grant = {"source": "rsl_adaptations_grant", "level": None}
    wrong = errors(housing, "moderate", "funding", "approve_funding", grant)
    assert wrong == (FieldError("/level", "Say whether the grant pays 80 or 100 per cent."),)
    own = {"source": "self_funded", "level": None}
    assert move(housing, "moderate", "funding", "approve_funding", own).to == State("moderate", "approved")


def test_a_form_that_is_wrong_is_told_before_what_blocks(housing: CompiledPathway) -> None:
    wrong = errors(housing, "moderate", "assessment", "recommend", {"nonsense": 1}, conversations=0)
    assert wrong == (FieldError("/nonsense", "This form has no such field."),)


def test_an_unknown_action_is_unknown(housing: CompiledPathway) -> None:
    state = State("moderate", "received")
    with pytest.raises(UnknownAction):
        housing.decide(state, "abracadabra", facts(housing, state), {})


def test_details_may_come_as_the_form_itself(housing: CompiledPathway) -> None:
    state = State("moderate", "approved")
    about = facts(housing, state)
    form = housing.form("place_order").model_validate(housing.example_details("place_order", about))
    assert isinstance(housing.decide(state, "place_order", about, form), Move)


def test_upholding_an_appeal_looks_at_the_case_again(housing: CompiledPathway) -> None:
    assert move(housing, "direct_access", "appeal", "uphold_appeal").to == State("direct_access", "received")
    assert move(housing, "complex", "appeal", "uphold_appeal").to == State("complex", "assessment")
