"""Every blocker, row by row. Each row says in English what is so; `None` means that nothing stands in the way."""

from datetime import timedelta
from typing import Any

import pytest

from app.pathways.blockers import BLOCKERS
from app.pathways.facts import State
from app.pathways.loader import PathwayCatalogue
from app.pathways.pathway import CompiledPathway
from app.pathways.results import Blocker, Incomplete, Move, Refused
from tests.unit.pathways.support import COLLEAGUE, OFFICER, TODAY, assignee, facts, meeting

YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
THERAPIST = frozenset({"occupational_therapist"})
NOBODY: frozenset[str] = frozenset()


def codes(
    pathway: CompiledPathway, tier: str, stage: str, action: str, details: Any = None, **changes: Any
) -> set[str] | None:
    """Try an action on an ordinary case but for `changes`; return what blocks it, or None when it moves."""
    state = State(tier, stage)
    about = facts(pathway, state, **changes)
    answers = pathway.example_details(action, about) | (details or {})
    match pathway.decide(state, action, about, answers):
        case Refused(blockers=blockers):
            return {blocker.code for blocker in blockers}
        case Incomplete(errors=errors):
            raise AssertionError(errors)
        case Move():
            return None


SCREEN = [
    ("consent is recorded and nothing looks like a repeat", {}, None),
    ("no consent to share is recorded", {"consent_to_share": False}, {"no_consent_to_share"}),
    ("a possible repeat has not been looked at", {"unresolved_repeats": ("HS-000012-K",)}, {"unresolved_repeat"}),
    (
        "both, and both are told",
        {"consent_to_share": False, "unresolved_repeats": ("HS-000012-K", "HS-000013-M")},
        {"no_consent_to_share", "unresolved_repeat"},
    ),
]


@pytest.mark.parametrize(("case", "changes", "wanted"), SCREEN)
@pytest.mark.parametrize("action", ["screen", "escalate"])
def test_a_referral_is_passed_on_only_with_consent_and_without_open_repeats(
    housing: CompiledPathway, action: str, case: str, changes: dict[str, Any], wanted: set[str] | None
) -> None:
    assert codes(housing, "non_complex", "received", action, **changes) == wanted, case


def test_an_assessed_case_is_escalated_without_asking_for_consent_again(housing: CompiledPathway) -> None:
    assert codes(housing, "non_complex", "assessment", "escalate", consent_to_share=False) is None


ITEM = "level_access_shower"
DIRECT = [
    ("the landlord has agreed the item", {"direct_provision_items": frozenset({ITEM})}, None),
    ("the landlord has agreed nothing", {}, {"direct_provision_not_agreed"}),
    (
        "only one of two items is agreed",
        {"direct_provision_items": frozenset({ITEM}), "adaptations": (ITEM, "stairlift")},
        {"direct_provision_not_agreed"},
    ),
    (
        "the item is agreed, but the person owns the home",
        {"direct_provision_items": frozenset({ITEM}), "tenure": "owner_occupier"},
        {"direct_provision_not_agreed"},
    ),
    ("no adaptation is named", {"adaptations": ()}, {"direct_provision_not_agreed"}),
    (
        "a council tenant's landlord has agreed too",
        {"direct_provision_items": frozenset({ITEM}), "tenure": "council_tenant"},
        None,
    ),
]


@pytest.mark.parametrize(("case", "changes", "wanted"), DIRECT)
def test_direct_provision_is_for_what_the_landlord_has_agreed(
    housing: CompiledPathway, case: str, changes: dict[str, Any], wanted: set[str] | None
) -> None:
    found = codes(housing, "moderate", "received", "screen", {"direct_provision": True}, **changes)
    assert found == wanted, case


COMPETENCE = [
    ("non_complex", "nobody is assigned", None, {"nobody_assigned"}),
    ("complex", "nobody is assigned", None, {"nobody_assigned"}),
    ("non_complex", "a trained assessor", {"roles": frozenset({"assessor"})}, None),
    ("non_complex", "an assessor without module 2", {"training": {3: TOMORROW}}, {"assignee_not_trained"}),
    ("non_complex", "module 2 ran out yesterday", {"training": {2: YESTERDAY}}, {"assignee_not_trained"}),
    ("non_complex", "module 2 is valid for the last day", {"training": {2: TODAY}}, None),
    ("non_complex", "a housing officer", {"roles": frozenset({"housing_officer"})}, {"assignee_not_trained"}),
    ("moderate", "a therapist, who needs no module here", {"roles": THERAPIST, "training": {}}, None),
    ("moderate", "an assessor", {"roles": frozenset({"assessor"})}, {"assignee_not_trained"}),
    ("complex", "a therapist with module 3", {"roles": THERAPIST, "training": {3: TOMORROW}}, None),
    ("complex", "a therapist with module 2 only", {"roles": THERAPIST, "training": {2: TOMORROW}},
     {"assignee_not_trained"}),
    ("complex", "an assessor with module 3", {"roles": frozenset({"assessor"})}, {"assignee_not_trained"}),
]  # fmt: skip


@pytest.mark.parametrize(("tier", "case", "who", "wanted"), COMPETENCE)
def test_an_assessment_starts_with_somebody_trained_for_the_tier(
    housing: CompiledPathway, tier: str, case: str, who: dict[str, Any] | None, wanted: set[str] | None
) -> None:
    somebody = None if who is None else assignee(**who)
    found = codes(housing, tier, "awaiting_assessment", "start_assessment", assignee=somebody)
    assert found == wanted, case


SILENT: dict[str, Any] = {"conversations": 0, "options_discussed": NOBODY}
CONVERSATION = [
    ("recommend", "assessment", "talked about moving home", {}, None),
    ("recommend", "assessment", "nobody has talked", SILENT, {"no_conversation", "rehousing_not_considered"}),
    ("recommend", "assessment", "talked, but not about moving", {"options_discussed": frozenset({"staying"})},
     {"rehousing_not_considered"}),
    ("recommend_rehousing", "assessment", "nobody has talked", SILENT, {"no_conversation"}),
    ("recommend_rehousing", "recommended", "nobody has talked", SILENT, {"no_conversation"}),
    ("recommend_rehousing", "panel_scheduled", "nobody has talked", SILENT, {"no_conversation"}),
    ("recommend_rehousing", "assessment", "talked, but not about moving", {"options_discussed": NOBODY}, None),
    ("recommend_other_solution", "assessment", "nobody has talked", SILENT, {"no_conversation"}),
    ("refer_to_panel", "assessment", "nobody has talked", SILENT, {"no_conversation", "rehousing_not_considered"}),
    ("refer_to_panel", "feasibility", "talked about moving home", {}, None),
]  # fmt: skip


@pytest.mark.parametrize(("action", "stage", "case", "changes", "wanted"), CONVERSATION)
def test_a_recommendation_follows_a_conversation(
    housing: CompiledPathway,
    action: str,
    stage: str,
    case: str,
    changes: dict[str, Any],
    wanted: set[str] | None,
) -> None:
    assert codes(housing, "complex", stage, action, **changes) == wanted, case


@pytest.mark.parametrize("tier", ["non_complex", "moderate"])
def test_a_simpler_case_is_told_to_escalate_before_the_panel(housing: CompiledPathway, tier: str) -> None:
    assert codes(housing, tier, "assessment", "refer_to_panel") == {"tier_not_complex"}
    everything = codes(housing, tier, "recommended", "refer_to_panel", **SILENT)
    assert everything == {"tier_not_complex", "no_conversation", "rehousing_not_considered"}


PARTS = [
    ("approve_recommendation", "recommended", "recommender", "own_recommendation"),
    ("pass_check", "installed", "order_placer", "checker_placed_the_order"),
    ("uphold_appeal", "appeal", "refuser", "decider_took_part_in_refusal"),
    ("dismiss_appeal", "appeal", "refuser", "decider_took_part_in_refusal"),
]


@pytest.mark.parametrize(("action", "stage", "part", "code"), PARTS)
def test_nobody_decides_about_their_own_part(
    housing: CompiledPathway, action: str, stage: str, part: str, code: str
) -> None:
    mine, theirs = {part: frozenset({OFFICER, 99})}, {part: frozenset({COLLEAGUE})}
    other_part = {"somebody_else": frozenset({OFFICER})}
    assert codes(housing, "complex", stage, action, remembered=mine) == {code}
    assert codes(housing, "complex", stage, action, remembered=theirs) is None
    assert codes(housing, "complex", stage, action, remembered=other_part) is None


CHECKS = [
    ("direct_access", "housing_officer", True, "a simple fitting may be checked by whoever ordered it", None),
    ("non_complex", "housing_officer", True, "so may a non-complex one", None),
    ("moderate", "technical_officer", False, "a technical officer who did not order", None),
    ("moderate", "assessor", False, "an assessor", None),
    ("moderate", "housing_officer", False, "a housing officer alone", {"check_needs_qualified_person"}),
    ("moderate", "technical_officer", True, "the technical officer who ordered", {"checker_placed_the_order"}),
    ("complex", "housing_officer", True, "a housing officer who ordered",
     {"check_needs_qualified_person", "checker_placed_the_order"}),
]  # fmt: skip


@pytest.mark.parametrize(("tier", "role", "ordered", "case", "wanted"), CHECKS)
def test_works_are_checked_by_somebody_qualified_who_did_not_order_them(
    housing: CompiledPathway, tier: str, role: str, ordered: bool, case: str, wanted: set[str] | None
) -> None:
    remembered = {"order_placer": frozenset({OFFICER} if ordered else {COLLEAGUE})}
    found = codes(housing, tier, "installed", "pass_check", actor_roles=frozenset({role}), remembered=remembered)
    assert found == wanted, case


@pytest.mark.parametrize(
    ("consent", "wanted"),
    [("given", None), ("not_needed", None), ("awaited", {"consent_missing"}), ("refused", {"consent_missing"})],
)
def test_feasibility_needs_the_owners_or_landlords_consent(
    housing: CompiledPathway, consent: str, wanted: set[str] | None
) -> None:
    assert codes(housing, "moderate", "feasibility", "complete_feasibility", {"consent": consent}) == wanted


MEETINGS = [
    ("there is room and time", {}, None),
    ("the last place is free", {"capacity": 3, "booked": 2}, None),
    ("it is full", {"capacity": 2, "booked": 2}, {"meeting_full"}),
    ("papers are due today", {"papers_due_on": TODAY}, None),
    ("papers were due yesterday", {"papers_due_on": YESTERDAY}, {"papers_deadline_passed"}),
    (
        "it is full and the papers were due",
        {"capacity": 2, "booked": 3, "papers_due_on": YESTERDAY},
        {"meeting_full", "papers_deadline_passed"},
    ),
]


@pytest.mark.parametrize(("case", "changes", "wanted"), MEETINGS)
def test_a_case_goes_to_a_meeting_with_room_and_time_for_papers(
    housing: CompiledPathway, case: str, changes: dict[str, Any], wanted: set[str] | None
) -> None:
    found = codes(housing, "complex", "panel_referred", "schedule_for_panel", meeting=meeting(**changes))
    assert found == wanted, case


def test_the_meeting_that_deferred_a_case_does_not_stand_in_the_way_of_the_next(housing: CompiledPathway) -> None:
    state = State("complex", "panel_referred")
    past = meeting(held_on=YESTERDAY, papers_due_on=YESTERDAY, capacity=1, booked=1)
    assert housing.blockers(state, "schedule_for_panel", facts(housing, state, meeting=past)) == ()


DECISIONS = [
    ("quorate, and every partner agrees", {}, None),
    ("not quorate", {"quorate": False}, {"meeting_not_quorate"}),
    ("a partner has not agreed", {"missing_assents": ("Eastlaw HSCP",)}, {"assent_missing"}),
    (
        "neither",
        {"quorate": False, "missing_assents": ("Eastlaw HSCP", "Northburn Council")},
        {"meeting_not_quorate", "assent_missing"},
    ),
]


@pytest.mark.parametrize(("case", "changes", "wanted"), DECISIONS)
@pytest.mark.parametrize("action", ["panel_agree", "panel_refuse"])
def test_the_panel_decides_with_a_quorum_and_every_partners_assent(
    housing: CompiledPathway, action: str, case: str, changes: dict[str, Any], wanted: set[str] | None
) -> None:
    assert codes(housing, "complex", "panel_scheduled", action, meeting=meeting(**changes)) == wanted, case


def test_a_panel_decision_belongs_to_a_meeting(housing: CompiledPathway) -> None:
    assert codes(housing, "complex", "panel_scheduled", "panel_agree", meeting=None) == {"meeting_not_quorate"}
    assert codes(housing, "complex", "panel_scheduled", "panel_defer", meeting=None) is None


FUNDING = [
    ("owner_occupier", "scheme_of_assistance", None),
    ("private_rented", "scheme_of_assistance", None),
    ("council_tenant", "hra", None),
    ("rsl_tenant", "rsl_adaptations_grant", None),
    ("rsl_tenant", "landlord", None),
    ("other", "charity", None),
    ("rsl_tenant", "scheme_of_assistance", {"funding_source_not_for_tenure"}),
    ("council_tenant", "scheme_of_assistance", {"funding_source_not_for_tenure"}),
    ("council_tenant", "rsl_adaptations_grant", {"funding_source_not_for_tenure"}),
    ("owner_occupier", "hra", {"funding_source_not_for_tenure"}),
    ("owner_occupier", "rsl_adaptations_grant", {"funding_source_not_for_tenure"}),
    ("owner_occupier", "landlord", {"funding_source_not_for_tenure"}),
    ("other", "scheme_of_assistance", {"funding_source_not_for_tenure"}),
]


@pytest.mark.parametrize(("tenure", "source", "wanted"), FUNDING)
def test_money_is_for_the_tenure(housing: CompiledPathway, tenure: str, source: str, wanted: set[str] | None) -> None:
    details = {"source": source, "level": 80}
    assert codes(housing, "moderate", "funding", "approve_funding", details, tenure=tenure) == wanted


@pytest.mark.parametrize(
    ("tenure", "source", "wanted"),
    [
        ("owner_occupier", "scheme_of_assistance", {"extension_on_mandatory_grant"}),
        ("owner_occupier", "self_funded", None),
        ("rsl_tenant", "rsl_adaptations_grant", None),
        ("rsl_tenant", "scheme_of_assistance", {"extension_on_mandatory_grant", "funding_source_not_for_tenure"}),
    ],
)
def test_the_mandatory_grant_does_not_pay_for_an_extension(
    housing: CompiledPathway, tenure: str, source: str, wanted: set[str] | None
) -> None:
    details = {"source": source, "level": 100}
    found = codes(housing, "complex", "funding", "approve_funding", details, tenure=tenure, adaptations=("extension",))
    assert found == wanted


APPEALS = [
    ("on the last day", TODAY - timedelta(days=28), TODAY, None),
    ("a day late", TODAY - timedelta(days=29), TODAY, {"appeal_window_closed"}),
    ("in time, though it is written down late", TODAY - timedelta(days=40), TODAY - timedelta(days=12), None),
    ("late, whenever it is written down", TODAY - timedelta(days=40), TODAY - timedelta(days=11),
     {"appeal_window_closed"}),
    ("nobody knows when it was refused", None, TODAY, None),
]  # fmt: skip


@pytest.mark.parametrize(("case", "refused_on", "received_on", "wanted"), APPEALS)
def test_an_appeal_counts_by_the_day_it_was_received(
    housing: CompiledPathway, case: str, refused_on: Any, received_on: Any, wanted: set[str] | None
) -> None:
    details = {"received_on": received_on.isoformat()}
    found = codes(housing, "moderate", "refused", "appeal", details, refused_on=refused_on)
    assert found == wanted, case


def test_before_a_form_is_filled_in_only_what_does_not_depend_on_it_blocks(housing: CompiledPathway) -> None:
    state = State("moderate", "funding")
    assert housing.blockers(state, "approve_funding", facts(housing, state)) == ()
    waiting = State("moderate", "assessment")
    silent = facts(housing, waiting, conversations=0)
    assert [blocker.code for blocker in housing.blockers(waiting, "recommend", silent)] == ["no_conversation"]


def test_an_action_from_elsewhere_is_refused_with_what_is_possible_here(housing: CompiledPathway) -> None:
    state = State("moderate", "funding")
    decision = housing.decide(state, "place_order", facts(housing, state), {})
    message = (
        "“Place the order” is not possible while the case is at “Funding”. Possible now: Approve funding, "
        "Refuse funding, Escalate, Put on hold, Close without a solution."
    )
    assert decision == Refused((Blocker("not_from_here", message),))
    assert housing.blockers(state, "place_order", facts(housing, state)) == (Blocker("not_from_here", message),)


def test_a_case_cannot_be_opened_twice_nor_by_any_other_action(housing: CompiledPathway) -> None:
    state = State("moderate", "received")
    about = facts(housing, state)
    for from_, action in ((state, "log_referral"), (None, "screen")):
        decision = housing.decide(from_, action, about, {})
        assert isinstance(decision, Refused)
        assert decision.blockers[0].code == "not_from_here"


def test_every_known_blocker_is_used_explained_and_speaks_in_sentences(pathways: PathwayCatalogue) -> None:
    used = {
        entry.blocker
        for pathway in pathways.all()
        for action in pathway.definition.actions.values()
        for entry in action.blocked_when
    }
    assert used == set(BLOCKERS)
    assert all(rule.explanation.endswith(".") for rule in BLOCKERS.values())


NEEDS = {
    "screen": {"repeats", "direct_provision"},
    "escalate": {"repeats"},
    "start_assessment": {"assignee"},
    "schedule_for_panel": {"meeting"},
    "panel_agree": {"meeting"},
    "panel_refuse": {"meeting"},
}


def test_only_what_an_action_reads_is_loaded_for_it(housing: CompiledPathway) -> None:
    assert {name: set(housing.needs(name)) for name in housing.actions if housing.needs(name)} == NEEDS
