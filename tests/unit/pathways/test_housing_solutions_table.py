"""The table of actions, written out again from the partnership's own text: what may happen from each state."""

import pytest

from app.pathways.facts import State
from app.pathways.pathway import CompiledPathway

TIERS = ["direct_access", "non_complex", "moderate", "complex"]
ASSESSED = ["non_complex", "moderate", "complex"]

STAGES = {
    "direct_access": {
        "received", "approved", "ordered", "works", "installed", "review", "on_hold", "appeal",
        "completed", "signposted", "not_proceeding", "refused",
    },
}  # fmt: skip
STAGES["non_complex"] = STAGES["direct_access"] | {
    "awaiting_assessment", "assessment", "recommended", "funding", "rehousing", "other_solution",
}  # fmt: skip
STAGES["moderate"] = STAGES["non_complex"] | {"feasibility"}
STAGES["complex"] = STAGES["moderate"] | {"panel_referred", "panel_scheduled"}
ENDED = {"completed", "signposted", "not_proceeding", "refused"}


def entry(tier: str) -> str:
    return "approved" if tier == "direct_access" else "awaiting_assessment"


def expected(tier: str, stage: str) -> dict[str, set[str]]:
    """Every action that stands in a state, with its destinations."""
    here: dict[str, set[str]] = {}

    def on(action: str, *stages: str, to: list[str], tiers: list[str] = TIERS) -> None:
        if stage in stages and tier in tiers:
            here[action] = set(to)

    def same(*stages: str) -> list[str]:
        return [f"{tier}/{one}" for one in stages]

    higher = TIERS[TIERS.index(tier) + 1 :]
    lower = TIERS[: TIERS.index(tier)]
    open_stages = STAGES[tier] - ENDED - {"on_hold"}

    on("screen", "received", to=[f"{one}/{entry(one)}" for one in TIERS] + ["moderate/approved"])
    on("signpost", "received", to=same("signposted"))
    on("start_assessment", "awaiting_assessment", to=same("assessment"))
    on("recommend", "assessment", to=same("recommended"))
    on("recommend_rehousing", "assessment", "recommended", "panel_scheduled", to=same("rehousing"))
    on("rehoused", "rehousing", to=same("review"))
    on("rehousing_failed", "rehousing", to=same("assessment"))
    on("recommend_other_solution", "assessment", to=same("other_solution"))
    on("provide_other_solution", "other_solution", to=same("review"))
    on("approve_recommendation", "recommended", to=same("funding"), tiers=["non_complex"])
    on("approve_recommendation", "recommended", to=same("funding", "feasibility"), tiers=["moderate"])
    on("approve_recommendation", "recommended", to=same("feasibility"), tiers=["complex"])
    on("return_recommendation", "recommended", to=same("assessment"))
    on("complete_feasibility", "feasibility", to=same("funding"))
    # The panel is for complex cases; in the other tiers the action stands there to say so, and leads nowhere.
    on("refer_to_panel", "assessment", "recommended", "feasibility", to=[], tiers=["non_complex", "moderate"])
    on("refer_to_panel", "assessment", "recommended", "feasibility", to=same("panel_referred"), tiers=["complex"])
    on("schedule_for_panel", "panel_referred", to=same("panel_scheduled"))
    on("panel_agree", "panel_scheduled", to=same("funding"))
    on("panel_defer", "panel_scheduled", to=same("panel_referred"))
    on("panel_refuse", "panel_scheduled", to=same("refused"))
    on("approve_funding", "funding", to=same("approved"))
    on("refuse_funding", "funding", to=same("refused"))
    on("place_order", "approved", to=same("ordered"))
    on("start_works", "ordered", to=same("works"))
    on("complete_works", "ordered", "works", to=same("installed"))
    on("raise_snag", "installed", to=same("works"))
    on("pass_check", "installed", to=same("review"))
    on("record_outcome", "review", to=same("completed"))
    on(
        "escalate",
        "received", "awaiting_assessment", "assessment", "recommended", "feasibility", "funding",
        to=[f"{one}/awaiting_assessment" for one in higher],
        tiers=TIERS[:-1],
    )  # fmt: skip
    on(
        "escalate",
        "approved", "ordered",
        to=[f"{one}/awaiting_assessment" for one in higher],
        tiers=["direct_access"],
    )  # fmt: skip
    on("step_down", "awaiting_assessment", "assessment", to=[f"{one}/{entry(one)}" for one in lower])
    on("hold", *open_stages, to=same("on_hold"))
    on("resume", "on_hold", to=same(*open_stages))
    on("close_not_proceeding", *open_stages, "on_hold", to=same("not_proceeding"))
    on("refuse", "received", "assessment", "recommended", to=same("refused"))
    on("appeal", "refused", to=same("appeal"))
    on("uphold_appeal", "appeal", to=same("received" if tier == "direct_access" else "assessment"))
    on("dismiss_appeal", "appeal", to=same("refused"))
    on("reopen", "signposted", "not_proceeding", "completed", to=same("received"))
    return here


EVERY_STATE = [(tier, stage) for tier in TIERS for stage in sorted(STAGES[tier])]


def test_the_states_are_the_pairs_that_make_sense(housing: CompiledPathway) -> None:
    assert {(state.tier, state.stage) for state in housing.states} == set(EVERY_STATE)


@pytest.mark.parametrize(("tier", "stage"), EVERY_STATE)
def test_from_each_state_exactly_the_listed_actions_lead_exactly_there(
    housing: CompiledPathway, tier: str, stage: str
) -> None:
    state = State(tier, stage)
    found = {action: {str(to) for to in housing.destinations(state, action)} for action in housing.actions_from(state)}
    assert found == expected(tier, stage)


def test_a_referral_opens_a_case_in_the_tier_that_is_proposed(housing: CompiledPathway) -> None:
    arcs = housing.action("log_referral").arcs
    assert housing.initial_action == "log_referral"
    assert list(arcs) == [None]
    assert {str(arc.to) for arc in arcs[None]} == {f"{tier}/received" for tier in TIERS}


RF, HO, AS = "referrer", "housing_officer", "assessor"
OT, SOT, TM = "occupational_therapist", "senior_occupational_therapist", "team_manager"
FO, TO, PC, SM = "funding_officer", "technical_officer", "panel_coordinator", "service_manager"
ANYONE_WHO_MAY_ACT = {HO, AS, OT, SOT, TM, FO, TO, PC, SM}
WHO = {
    "log_referral": {RF, HO, AS, OT, SOT},
    "screen": {HO, AS, OT, SOT},
    "signpost": {HO, AS, OT, SOT},
    "start_assessment": {AS, OT, SOT},
    "recommend": {AS, OT, SOT},
    "recommend_rehousing": {OT, SOT, TM},
    "rehoused": {HO},
    "rehousing_failed": {HO, OT, SOT},
    "recommend_other_solution": {AS, OT, SOT},
    "provide_other_solution": {AS, OT, SOT},
    "approve_recommendation": {TM},
    "return_recommendation": {TM},
    "complete_feasibility": {TO, SOT},
    "refer_to_panel": {OT, SOT},
    "schedule_for_panel": {PC},
    "panel_agree": {PC},
    "panel_defer": {PC},
    "panel_refuse": {PC},
    "approve_funding": {FO},
    "refuse_funding": {FO},
    "place_order": {HO, TO},
    "start_works": {HO, TO},
    "complete_works": {HO, TO},
    "raise_snag": {HO, AS, OT, SOT, TO},
    "pass_check": {HO, AS, OT, SOT, TO},
    "record_outcome": {HO, AS, OT, SOT},
    "escalate": {HO, AS, OT, SOT},
    "step_down": {AS, OT, SOT, TM},
    "hold": ANYONE_WHO_MAY_ACT,
    "resume": ANYONE_WHO_MAY_ACT,
    "close_not_proceeding": ANYONE_WHO_MAY_ACT,
    "refuse": {OT, SOT, TM},
    "appeal": {RF, HO, OT, TM},
    "uphold_appeal": {SM},
    "dismiss_appeal": {SM},
    "reopen": {HO, OT, SOT, TM},
}


def test_every_action_is_for_exactly_the_listed_roles(housing: CompiledPathway) -> None:
    assert {action: set(housing.roles_for(action)) for action in housing.actions} == WHO


def test_stages_stand_in_the_listed_groups(housing: CompiledPathway) -> None:
    groups = {
        "intake": {"received"},
        "assessing": {"awaiting_assessment", "assessment"},
        "deciding": {"recommended", "feasibility", "panel_referred", "panel_scheduled", "funding", "appeal"},
        "delivering": {"approved", "ordered", "works", "rehousing", "other_solution"},
        "checking": {"installed", "review"},
        "held": {"on_hold"},
        "ended": ENDED,
    }
    found = {group: {key for key in housing.definition.stages if housing.stage_group(key) == group} for group in groups}
    assert found == groups
    assert not any(housing.is_open(stage) for stage in ENDED)
    assert housing.is_open("on_hold")
